"""Which line of the user's own code made an op, or raised an error.

TensorFlow's traces hold thirty frames of its own; the one that helps is the last that is neither
TensorFlow's, Keras's nor ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import TracebackType

from graphkit._tf import Operation, tf

__all__ = ["describe", "op_line", "raising_line"]

_PACKAGES = os.path.dirname(tf.sysconfig.get_lib())
_FOREIGN = tuple(
    os.path.join(_PACKAGES, package) + os.sep for package in ("tensorflow", "tf_keras", "keras")
)
_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def op_line(op: Operation) -> str | None:
    """Where the user's code made `op`, as `file:line`.

    Args:
        op: An op of any graph.

    Returns:
        The line, or `None` for an op that came from a file or from another library alone.
    """
    return _last_own_line((frame.filename, frame.lineno) for frame in op.traceback or ())


def raising_line(trace: TracebackType | None) -> str | None:
    """The user's last line that an error came through, as `file:line`.

    Args:
        trace: The error's `__traceback__`.

    Returns:
        The line, or `None` when there is none of the user's.
    """
    frames = []
    while trace is not None:
        frames.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return _last_own_line(frames)


def describe(op: Operation) -> str:
    """An op in the words an error message starts with.

    Args:
        op: The op.

    Returns:
        `name (Type, file:line)`.
    """
    line = op_line(op)
    return f"{op.name} ({op.type}, {line})" if line else f"{op.name} ({op.type})"


def _last_own_line(frames: Iterable[tuple[str, int]]) -> str | None:
    found = None
    for filename, line in frames:
        if not filename.startswith((*_FOREIGN, _OWN)):
            found = f"{filename}:{line}"
    return found
