"""Tells a program's failure from its author's side: own lines first, then cause and remedy."""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from graphkit.port._damaged_records import explain_damage
from graphkit.port._explanations import explain
from graphkit.port._old_library import find_old_library
from graphkit.port._ownership import is_own
from graphkit.port._reading_errors import note_reading_errors, reading_error

__all__ = ["describe_failure", "thread_reporter"]

_ORIGIN = re.compile(r'^\s*File "(?P<path>[^"]+)", line (?P<line>\d+), in (?P<function>.+)$')
_OWN_TRACE = "Original stack trace for"
_DETECTED = "\nDetected at node"
_NODE = re.compile(r"^Node: '[^']*'\n", re.MULTILINE)


def describe_failure(
    error: BaseException, trace: TracebackType | None, *, whole: bool = False
) -> str:
    """Writes what stderr gets to see of a failure.

    Args:
        error: What was raised.
        trace: Its traceback.
        whole: Whether to show every frame, as Python does.

    Returns:
        The text, ending with a line break.
    """
    if whole:
        text = "".join(traceback.format_exception(type(error), error, trace))
        return text + _advice(error)
    frames = traceback.extract_tb(trace)
    own = [frame for frame in frames if _is_shown(frame)]
    lines = ["Traceback (most recent call last):\n"]
    lines += traceback.format_list(own)
    hidden = len(frames) - len(own)
    if hidden:
        noun = "frame" if hidden == 1 else "frames"
        lines.append(f"  ({hidden} {noun} of installed packages left out; --traceback shows all)\n")
    if isinstance(error, SyntaxError):
        lines += traceback.format_exception_only(type(error), error)
    else:
        lines.append(f"{_headline(error)}\n")
    if error.__cause__ is not None:
        lines.append(f"  because of {_headline(error.__cause__)}{_raised_at(error.__cause__)}\n")
    return "".join(lines) + _advice(error)


def _is_shown(frame: traceback.FrameSummary) -> bool:
    return not frame.filename.startswith("<frozen") and (
        frame.filename.startswith("<") or is_own(frame.filename)
    )


def _class_name(error: BaseException) -> str:
    kind = type(error)
    if kind.__module__ in ("builtins", "__main__"):
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def _headline(error: BaseException) -> str:
    message = _message(error)
    return f"{_class_name(error)}: {message}" if message else _class_name(error)


def _raised_at(error: BaseException) -> str:
    """Says in which line of the program a cause came up."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_shown(frame)]
    return f", at {own[-1].filename}:{own[-1].lineno}" if own else ""


def _message(error: BaseException) -> str:
    """Shortens what TensorFlow appends to a message: the trace of the op, of all its frames."""
    text = str(error).partition(_OWN_TRACE)[0]
    if _DETECTED in text:
        text = _NODE.split(text)[-1]
    return text.strip()


def _advice(error: BaseException) -> str:
    lines = []
    place = _where_built(str(error))
    if place:
        lines.append(f"graphkit: the op was built at {place}\n")
    cause = reading_error()
    if cause is not None and "Queue" in str(error):
        lines.append(f"graphkit: a reading thread had ended with {_headline(cause)}\n")
        lines.append("          that is the cause\n")
        return "".join(lines) + _known(cause)
    library = find_old_library(error)
    if library is not None:
        lines.append(f"graphkit: the installed library {library} was written for TensorFlow 1\n")
        lines.append(f"          what helps: graphkit run --old-library {library}\n")
        return "".join(lines)
    return "".join(lines) + _known(error)


def _known(error: BaseException) -> str:
    known = explain_damage(error) or explain(error)
    if known is None:
        return ""
    return f"graphkit: {known.cause}\n          what helps: {known.remedy}\n"


def _where_built(message: str) -> str:
    """Finds the program's own line in the trace TensorFlow keeps of an op."""
    found = [match for line in message.splitlines() if (match := _ORIGIN.match(line))]
    own = [match for match in found if is_own(match["path"])]
    return f"{own[-1]['path']}:{own[-1]['line']}" if own else ""


def thread_reporter(say: Callable[[str], None], whole: bool) -> Callable[..., None]:
    """Makes what tells about a failure of a thread.

    Args:
        say: Writes the text.
        whole: Whether to show every frame.

    Returns:
        A function for `threading.excepthook`.
    """

    def report(failure: threading.ExceptHookArgs) -> None:
        if failure.exc_value is None or isinstance(failure.exc_value, SystemExit):
            return
        name = failure.thread.name if failure.thread else "?"
        if _ends_with_session(name, failure.exc_value):
            return
        note_reading_errors([failure.exc_value] if "QueueRunner" in name else [])
        text = describe_failure(failure.exc_value, failure.exc_traceback, whole=whole)
        say(f"Exception in thread {name}:\n{text}")

    return report


def _ends_with_session(thread: str, error: BaseException) -> bool:
    """Says whether a thread that fills a queue only noticed that its session was closed."""
    names = {kind.__name__ for kind in type(error).__mro__}
    closed = "CancelledError" in names or "closed Session" in str(error)
    return closed and ("QueueRunner" in thread or "CloseOnStop" in thread)
