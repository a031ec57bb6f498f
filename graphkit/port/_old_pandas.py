"""What pandas took away between 0.20 and 2.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["PANDAS_NAMES"]


def _data_frame_append(pandas: Any) -> Callable[..., Any]:
    def append(frame: Any, other: Any, ignore_index: bool = False, **_checks: Any) -> Any:
        if isinstance(other, Mapping):
            other = pandas.Series(other)
        if isinstance(frame, pandas.DataFrame) and isinstance(other, pandas.Series):
            other = other.to_frame().T
        others = list(other) if isinstance(other, list) else [other]
        return pandas.concat([frame, *others], ignore_index=ignore_index)

    return append


class _Either:
    """`frame.ix[…]`: by label, and by position where there is no such label."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def __getitem__(self, key: Any) -> Any:
        try:
            return self._data.loc[key]
        except (KeyError, TypeError):
            return self._data.iloc[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        try:
            self._data.loc[key]
        except (KeyError, TypeError):
            self._data.iloc[key] = value
        else:
            self._data.loc[key] = value


PANDAS_NAMES: dict[str, Callable[[Any], Any]] = {
    "DataFrame.append": _data_frame_append,
    "Series.append": _data_frame_append,
    "DataFrame.as_matrix": lambda pandas: (
        lambda frame, columns=None: (
            frame.to_numpy() if columns is None else frame[columns].to_numpy()
        )
    ),
    "Series.as_matrix": lambda pandas: lambda series: series.to_numpy(),
    "DataFrame.iteritems": lambda pandas: pandas.DataFrame.items,
    "Series.iteritems": lambda pandas: pandas.Series.items,
    "DataFrame.ix": lambda pandas: property(lambda frame: _Either(frame)),
    "Series.ix": lambda pandas: property(lambda series: _Either(series)),
    "DataFrame.get_value": lambda pandas: lambda frame, row, column: frame.at[row, column],
    "DataFrame.sort": lambda pandas: (
        lambda frame, columns=None, **options: (
            frame.sort_index(**options)
            if columns is None
            else frame.sort_values(columns, **options)
        )
    ),
    "rolling_mean": lambda pandas: lambda data, window, **o: data.rolling(window, **o).mean(),
    "rolling_std": lambda pandas: lambda data, window, **o: data.rolling(window, **o).std(),
    "DataFrame.from_csv": lambda pandas: staticmethod(
        lambda path, index_col=0, **o: pandas.read_csv(path, index_col=index_col, **o)
    ),
}
