"""The texts of TensorFlow's errors as 1.15 worded them, for programs that print or search them.

Today a graph's error begins with where each op was built and ends with frames of whoever started
the program; 1.15 began with the cause, and then said `[[node NAME (defined at FILE:LINE) ]]`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import traceback
from functools import cache
from types import SimpleNamespace
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load
from graphkit.tf1._repairs import ADOPTED

__all__ = ["word_errors_as_before"]

_TAG = re.compile(r"\{\{(node|colocation_node|function_node) ([^\s}]+)\}\}")
# What today's runtime says besides the cause: the eager kernel, the dataset's step, no name.
_BESIDES = re.compile(
    r"\{\{function_node __wrapped__[^}]*\}\} "
    r"|Error in user-defined function passed to \S+ transformation with iterator: \S+ "
    r"|(?<=\]) name: $"
)
_LIBRARIES = ("tensorflow", "tf_keras", "graphkit", *ADOPTED)

_interpolation: Any = load("tensorflow.python.framework.error_interpolation")


def word_errors_as_before(runner: str = "") -> None:
    """Gives the errors of sessions and of eager ops the texts of 1.15, in the whole process.

    `message` is the cause and the op, with the line of the program that built it; `str` adds the
    op's stack trace, from the program's first frame on.

    Args:
        runner: The file that runs the program, where it was not Python: frames up to it, and
            those of its folder, are not the program's.
    """
    kind = tf.errors.OpError
    if getattr(_interpolation.interpolate_graph, "words_as_before", False):
        return
    begin, tell = kind.__init__, kind.__str__

    def __init__(
        self: Any, node_def: Any, op: Any, message: Any, error_code: Any, *rest: Any
    ) -> None:
        if isinstance(message, str):
            message = _BESIDES.sub("", message)
        begin(self, node_def, op, message, error_code, *rest)

    def __str__(self: Any) -> str:
        text: str = tell(SimpleNamespace(message=self.message, _op=_as_told(self.op, runner)))
        return text

    kind.__init__, kind.__str__ = __init__, __str__
    _interpolation.interpolate_graph = _name_nodes


def _name_nodes(message: str, graph: Any) -> str:
    """Puts the ops of a graph where the runtime left marks for them."""

    def name_node(mark: re.Match[str]) -> str:
        kind, name = mark.groups()
        if kind == "function_node":
            return ""
        try:
            op = graph.get_operation_by_name(name)
        except (KeyError, ValueError):
            return mark[0]
        return f"node {op.name}{_defined_at(op)} "

    return _TAG.sub(name_node, message)


_name_nodes.words_as_before = True  # type: ignore[attr-defined]


@cache
def _library_folders() -> tuple[str, ...]:
    specs = [importlib.util.find_spec(name) for name in _LIBRARIES]
    return tuple(os.path.join(os.path.dirname(spec.origin or ""), "") for spec in specs if spec)


def _defined_at(op: Any) -> str:
    for frame in reversed(op.traceback or []):
        if not frame.filename.startswith(_library_folders()):
            return f" (defined at {frame.filename}:{frame.lineno})"
    return ""


def _as_told(op: Any, runner: str) -> Any:
    """What `OpError.__str__` reads of an op: its frames, now with their lines of source."""
    if op is None:
        return None
    frames = [
        traceback.FrameSummary(frame.filename, frame.lineno, frame.name)
        for frame in op.traceback or []
    ]
    starts = [place for place, frame in enumerate(frames, 1) if frame.filename == runner]
    folder = os.path.join(os.path.dirname(runner), "") if runner else None
    return SimpleNamespace(
        name=op.name,
        traceback=[
            frame
            for frame in frames[max(starts, default=0) :]
            if folder is None or not frame.filename.startswith(folder)
        ],
        _original_op=_as_told(op._original_op, runner),  # noqa: SLF001
    )
