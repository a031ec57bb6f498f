"""Which file a damaged record is in, where the graphs that were run tell."""

from __future__ import annotations

import importlib
from typing import Any

from graphkit.port._explanations import Explanation
from graphkit.port._watch import run_graphs

__all__ = ["explain_damage"]


def explain_damage(error: BaseException) -> Explanation | None:
    """Finds the damaged record an error is about.

    The files that the graph reads are read once, up to the byte that TensorFlow told.

    Args:
        error: What was raised.

    Returns:
        The row about it; None if the error is about something else, or nothing is found.
    """
    found = _damaged_record(error)
    if found is None:
        return None
    return Explanation(
        "DataLossError",
        "",
        f"{found.path}: the record at byte {found.offset} is damaged or not complete",
        f"graphkit records show {found.path} says what is wrong: write or fetch the file anew; if "
        "it finds nothing, the file is compressed, and its reader has to be told how: "
        "tf.TFRecordReader(options=tf.python_io.TFRecordOptions(...))",
    )


def _damaged_record(error: BaseException) -> Any:
    graph = getattr(getattr(error, "op", None), "graph", None)  # none where a thread ran the op
    try:
        find = importlib.import_module("graphkit.readers").find_damaged_record
        found = (find(one, error) for one in ([graph] if graph is not None else run_graphs()))
        return next(filter(None, found), None)
    except (Exception, KeyboardInterrupt):  # only the program's own failure is news
        return None
