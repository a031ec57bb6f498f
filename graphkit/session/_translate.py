"""The border where TensorFlow's run errors become graphkit's.

What leaves here is a `RunError` and TensorFlow's own class at once, so `except
tf.errors.OutOfRangeError` keeps working; its message starts with the op's name and the user's line
that made the op, followed by the root cause alone. The original is chained as the cause.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from graphkit._tf import Graph, Operation, tf
from graphkit.errors import RunError
from graphkit.readers import find_damaged_record
from graphkit.session._origin import describe

__all__ = ["cause_of", "op_of", "root_cause", "translated", "translated_op_error"]

_DETECTED = re.compile(
    r"\A(?:Graph execution error:\s*)?(?:Detected at node.*?^Node: '[^\n]*\n)?", re.S | re.M
)
_SEVERAL = re.compile(r"\A\d+ root error\(s\) found\.\s*\(0\) (?:[A-Z_]+: |[A-Z][a-z ]+: )?")
_IN_A_FUNCTION = re.compile(
    r"\AError in user-defined function passed to \S+ transformation with iterator: \S+\s*"
    r"(?:Name: <unknown>, )?"
)
_TRAIL = re.compile(
    r"\s*\n\s*(?:\[\[|Original stack trace|\(1\) |Defined at|0 (?:successful|derived)).*", re.S
)
_NODE = re.compile(
    r"\{\{node ([^\s}]+)\}\}|device for operation ([^\s:]+):"
    r"|\[\[([^\s{}]+/IteratorGetNext(?:Sync)?)\]\]"
)
_DEVICE = re.compile(r"explicitly assigned to (\S+) but available devices are \[ ?([^\]]*?) ?\]")
_LOCAL = "/job:localhost/replica:0/task:0"
_UNINITIALISED = re.compile(r"uninitialized")


class _SessionError(RunError):
    """The half of a translated error that is graphkit's: a message of one piece."""

    original: type[Exception]

    def __str__(self) -> str:
        return str(self.args[0])

    @property
    def message(self) -> str:
        """The whole message, where TensorFlow's errors keep theirs."""
        return str(self)

    def __reduce__(self) -> Any:
        return _rebuilt, (self.original, str(self))


@cache
def _class_for(original: Any) -> type[_SessionError]:
    namespace = {"original": original, "__module__": __name__, "__doc__": original.__doc__}
    return type(original.__name__, (_SessionError, original), namespace)


def _rebuilt(original: type[Exception], message: str) -> RunError:
    is_op_error = issubclass(original, tf.errors.OpError)
    return translated(original(None, None, message) if is_op_error else original(message), message)


def translated(error: Exception, message: str) -> RunError:
    """The same error as graphkit tells it.

    Args:
        error: What TensorFlow raised.
        message: What the user should read.

    Returns:
        A `RunError` that is also an instance of the error's own class; raise it `from error`.
    """
    if isinstance(error, RunError):
        return error
    original: Any = type(error)
    cls = _class_for(original)
    told = cls.__new__(cls, message)
    told.__dict__.update(error.__dict__)
    told.args = (message,)
    return told


def translated_op_error(error: Any, graph: Graph) -> RunError:
    """A `tf.errors.OpError` of a plain session, told as `SessionRunner` tells it.

        try:
            session.run(loss)
        except tf.errors.OpError as error:
            raise translated_op_error(error, session.graph) from error

    Args:
        error: What the session raised.
        graph: The session's graph.

    Returns:
        A `RunError` that is an instance of the error's own class too; its message starts with the
        op and the line of the program that made it, followed by the root cause alone.
    """
    op = op_of(error, graph)
    cause = cause_of(error, graph)
    return translated(error, f"{describe(op)}: {cause}" if op is not None else cause)


def op_of(error: Any, graph: Graph) -> Operation | None:
    """The op a run error is about.

    Args:
        error: A `tf.errors.OpError`.
        graph: The session's graph.

    Returns:
        The op, or `None` when TensorFlow names none, or one inside a function.
    """
    if error.op is not None:
        return error.op
    for match in _NODE.finditer(error.message):
        try:
            return graph.get_operation_by_name(match[1] or match[2] or match[3])
        except KeyError:  # a node of a function
            continue
    return None


def root_cause(message: str) -> str:
    """What went wrong, without TensorFlow's node lists and stack traces around it.

    Args:
        message: The message of a `tf.errors.OpError`.

    Returns:
        The cause alone.
    """
    text = _DETECTED.sub("", message, count=1)
    text = _SEVERAL.sub("", text, count=1)
    text = _IN_A_FUNCTION.sub("", text, count=1)
    return _TRAIL.sub("", text, count=1).strip()


def cause_of(error: Any, graph: Graph) -> str:
    """The root cause of a run error, and what to do about it where that is always the same.

    Args:
        error: A `tf.errors.OpError`.
        graph: The graph that was run.

    Returns:
        The cause, in a sentence.
    """
    cause = root_cause(error.message)
    device = _DEVICE.search(cause)
    if device is not None:
        there = ", ".join(part.strip().removeprefix(_LOCAL) for part in device[2].split(","))
        return (
            f"asked for {device[1].removeprefix(_LOCAL)}, which this session does not have; it has "
            f"{there}. Place the op on one of these, or allow SessionConfig(soft_placement=True)"
        )
    if isinstance(error, tf.errors.FailedPreconditionError) and _UNINITIALISED.search(cause):
        return f"{cause.split(' This could mean')[0]} It was not initialised in this session: open \
SessionRunner with initialize=True, or run its initializer first"
    damaged = find_damaged_record(graph, error)
    if damaged is not None:
        return f"{damaged.path}: the record at byte {damaged.offset} is damaged ({cause})"
    return cause
