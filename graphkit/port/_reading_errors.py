"""The first error of a reading thread: the cause of the `OutOfRangeError` that a program sees."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

__all__ = ["forget_reading_errors", "note_reading_errors", "reading_error", "recording_stop"]

_errors: list[BaseException] = []


def reading_error() -> BaseException | None:
    """Returns the first error that ended a reading thread, if there was one."""
    return _errors[0] if _errors else None


def forget_reading_errors() -> None:
    """Forgets them."""
    _errors.clear()


def recording_stop(real: Any) -> Any:
    """Wraps `Coordinator.request_stop`: keeps what a thread hands it."""

    @functools.wraps(real)
    def request_stop(coordinator: Any, ex: Any = None) -> Any:
        error = ex[1] if isinstance(ex, tuple) else ex
        note_reading_errors([error])
        return real(coordinator, ex)

    return request_stop


def note_reading_errors(errors: Iterable[Any]) -> None:
    """Keeps what ended a reading thread, unless it only saw its queue or session closed.

    Args:
        errors: Exceptions, or None.
    """
    for error in errors:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        ended = kinds & {"OutOfRangeError", "CancelledError"} or "closed Session" in str(error)
        if isinstance(error, Exception) and not ended:
            _errors.append(error)
