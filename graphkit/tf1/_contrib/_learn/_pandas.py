"""contrib.learn's inputs of pandas: tables as arrays."""

from __future__ import annotations

from typing import Any

__all__ = [
    "HAS_PANDAS",
    "PANDAS_DTYPES",
    "extract_pandas_data",
    "extract_pandas_labels",
    "extract_pandas_matrix",
]

try:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]

    _DataFrame: Any = pandas.DataFrame
except ImportError:
    _DataFrame = ()

HAS_PANDAS = bool(_DataFrame)
PANDAS_DTYPES = {
    **{f"{sign}int{bits}": "int" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **{f"float{bits}": "float" for bits in (16, 32, 64)},
    "bool": "i",
}


def _check(table: Any, what: str) -> None:
    bad = [
        f"'{column}' type='{table[column].dtype.name}'"
        for column in table
        if table[column].dtype.name not in PANDAS_DTYPES
    ]
    if bad:
        raise ValueError(
            f"Data types for extracting {what} must be int, float, or bool. Found: {', '.join(bad)}"
        )


def extract_pandas_data(data: Any) -> Any:
    """Takes the numbers out of a table of features.

    Args:
        data: A DataFrame; anything else is returned as it is.

    Returns:
        Floats `[N, D]`.

    Raises:
        ValueError: A column holds no numbers.
    """
    if not isinstance(data, _DataFrame):
        return data
    _check(data, "pandas data")
    return data.to_numpy().astype("float")


def extract_pandas_matrix(data: Any) -> Any:
    """Takes the values out of a table.

    Args:
        data: A DataFrame; anything else is returned as it is.

    Returns:
        An array `[N, D]`.
    """
    return data.to_numpy() if isinstance(data, _DataFrame) else data


def extract_pandas_labels(labels: Any) -> Any:
    """Takes the values out of a table of labels.

    Args:
        labels: A DataFrame of one column; anything else is returned as it is.

    Returns:
        An array `[N, 1]`.

    Raises:
        ValueError: There are several columns, or the column holds no numbers.
    """
    if not isinstance(labels, _DataFrame):
        return labels
    if len(labels.columns) > 1:
        raise ValueError("Only one column for labels is allowed.")
    _check(labels, "labels")
    return labels.to_numpy()
