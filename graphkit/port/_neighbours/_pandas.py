"""What pandas took away between 0.20 and 3.0."""

from __future__ import annotations

import datetime
import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

from graphkit.port._neighbours._rows import (
    Neighbour,
    constants,
    provided_by,
    renamed,
    with_keywords,
)

__all__ = ["PANDAS_ROWS"]


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
            return self._data.iloc[self._places(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        try:
            self._data.loc[key]
        except (KeyError, TypeError):
            self._data.iloc[self._places(key)] = value
        else:
            self._data.loc[key] = value

    def _places(self, key: Any) -> Any:
        """Turns what of a key is a label into a place: `frame.ix[0, "loss"]`."""
        if not isinstance(key, tuple):
            return key
        axes = zip(self._data.axes, key, strict=False)
        return tuple(
            axis.get_loc(part) if isinstance(part, str) and part in axis else part
            for axis, part in axes
        )


def _positional(path: str, *parameters: str) -> dict[str, Callable[[Any], Any]]:
    """Lets a method take by place what pandas 2.0 takes by name only: `frame.drop("x", 1)`."""
    owner, _, name = path.partition(".")

    def provide(pandas: Any) -> Any:
        real = getattr(getattr(pandas, owner), name)

        @functools.wraps(real)
        def call(data: Any, *args: Any, **kwargs: Any) -> Any:
            return real(data, **dict(zip(parameters, args, strict=False)), **kwargs)

        return call

    return {path: provide}


def _filled(owner: str) -> Callable[[Any], Any]:
    """`fillna(method="ffill")`, removed in pandas 3.0."""

    def provide(pandas: Any) -> Any:
        real = getattr(pandas, owner).fillna

        @functools.wraps(real)
        def fillna(data: Any, value: Any = None, method: Any = None, **kwargs: Any) -> Any:
            if method is None:
                return real(data, value, **kwargs)
            forward = method in ("ffill", "pad")
            return (data.ffill if forward else data.bfill)(**kwargs)

        return fillna

    return provide


def _reader(pandas: Any) -> Any:
    """`read_csv` with the arguments it lost: bad lines, `squeeze`, `delim_whitespace`."""
    real = pandas.read_csv

    @functools.wraps(real)
    def read_csv(*args: Any, **kwargs: Any) -> Any:
        if kwargs.pop("error_bad_lines", None) is False:
            kwargs.setdefault("on_bad_lines", "skip")
        if kwargs.pop("delim_whitespace", False):
            kwargs["sep"] = r"\s+"
        squeeze = kwargs.pop("squeeze", False)
        for name in ("warn_bad_lines", "mangle_dupe_cols", "tupleize_cols"):
            kwargs.pop(name, None)
        table = real(*args, **kwargs)
        return table.squeeze("columns") if squeeze else table

    return read_csv


def _dummies(pandas: Any) -> Any:
    """Zeros and ones, which pandas 2.0 made truth values."""
    real = pandas.get_dummies

    @functools.wraps(real)
    def get_dummies(*args: Any, **kwargs: Any) -> Any:
        return real(*args, **{"dtype": "uint8", **kwargs})

    return get_dummies


def _looked_up(frame: Any, rows: Any, columns: Any) -> Any:
    np = importlib.import_module("numpy")
    places = frame.index.get_indexer(rows), frame.columns.get_indexer(columns)
    return np.asarray(frame.to_numpy()[places])


_NAMES: dict[str, Callable[[Any], Any]] = {
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

_MOVED: dict[str, Callable[[Any], Any]] = {
    **constants(datetime=datetime.datetime),
    **provided_by("pandas.plotting", "scatter_matrix"),
    **renamed(Int64Index="Index", Float64Index="Index", UInt64Index="Index", TimeGrouper="Grouper"),
    "np": lambda pandas: importlib.import_module("numpy"),
    "value_counts": lambda pandas: lambda values, **o: pandas.Series(values).value_counts(**o),
    "DataFrame.applymap": lambda pandas: pandas.DataFrame.map,
    "DataFrame.backfill": lambda pandas: pandas.DataFrame.bfill,
    "DataFrame.lookup": lambda pandas: _looked_up,
    "DataFrame.pad": lambda pandas: pandas.DataFrame.ffill,
    "DataFrame.mad": lambda pandas: lambda frame: (frame - frame.mean()).abs().mean(),
    "Series.backfill": lambda pandas: pandas.Series.bfill,
    "Series.is_monotonic": lambda pandas: pandas.Series.is_monotonic_increasing,
    "Series.mad": lambda pandas: lambda series: (series - series.mean()).abs().mean(),
    "Series.nonzero": lambda pandas: lambda series: series.to_numpy().nonzero(),
    "Series.order": lambda pandas: lambda series, **o: series.sort_values(**o),
    "Series.pad": lambda pandas: pandas.Series.ffill,
    "Series.ravel": lambda pandas: lambda series, order="C": series.to_numpy().ravel(order),
    "Series.reshape": lambda pandas: lambda series, *shape: series.to_numpy().reshape(*shape),
    "Series.get_value": lambda pandas: lambda series, label: series.at[label],
    "DataFrame.convert_objects": lambda pandas: lambda frame, **_: frame.infer_objects(),
}

PANDAS_ROWS: tuple[Neighbour, ...] = (
    Neighbour("pandas", "removed in pandas 1.0 to 3.0", {**_NAMES, **_MOVED}),
    Neighbour(
        "pandas",
        "arguments removed or made keyword-only in pandas 2.0 and 3.0",
        {
            **_positional("DataFrame.drop", "labels", "axis"),
            **_positional("DataFrame.dropna", "axis", "how", "thresh"),
            **_positional("DataFrame.sort_values", "by", "axis", "ascending"),
            **_positional("DataFrame.set_index", "keys", "drop", "append", "inplace"),
            **_positional("Series.reset_index", "level", "drop"),
            "DataFrame.fillna": _filled("DataFrame"),
            "Series.fillna": _filled("Series"),
            "get_dummies": _dummies,
            "read_csv": _reader,
            **with_keywords("concat", "join_axes"),
        },
        wraps=True,
    ),
)
