"""Converters told to be quiet: what they print on standard error is kept for their errors."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["held_back", "logged"]


@contextmanager
def held_back() -> Iterator[None]:
    """Holds back warnings, and all that native code writes to file descriptor 2."""
    if sys.stderr is not None:  # as under pythonw
        sys.stderr.flush()
    with tempfile.TemporaryFile() as captured, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            kept = os.dup(2)
        except OSError:  # a daemon without a standard error: nothing can be seen
            yield
            return
        os.dup2(captured.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


class _Listener(logging.Handler):
    """Keeps messages instead of showing them."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps one."""
        self._lines.append(record.getMessage())


@contextmanager
def logged(name: str) -> Iterator[list[str]]:
    """Gives what a package logs in the block, and shows nothing of it.

    Args:
        name: The package.
    """
    lines: list[str] = []
    logger, listener = logging.getLogger(name), _Listener(lines)
    level, propagate = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield lines
    finally:
        logger.removeHandler(listener)
        logger.propagate = propagate
        logger.setLevel(level)
