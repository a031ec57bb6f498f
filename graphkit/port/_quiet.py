"""Keeps TensorFlow's start-up messages and deprecation notes out of a program's output."""

from __future__ import annotations

import logging
import os
import re
import warnings

__all__ = ["quieten", "quieten_session_end", "quieten_unused"]

_NOTES = re.compile(
    r"is deprecated|Instructions for updating|non-resource variables are not supported"
    r"|AutoGraph could not|The name tf\.[\w.]+ is deprecated|Using a `tf\.Session`",
)
# The thread's own failure is told anyway, when it is one.
_SESSION_END = re.compile(r"Exception in QueueRunner")
_UNUSED = re.compile(r"Object was never used")
_WARNED = (
    ".*(is deprecated and )?will be removed",
    "The `[a-z]+` argument is deprecated",
    "You are saving your model as an HDF5 file",
)
_WARNINGS = (DeprecationWarning, FutureWarning, PendingDeprecationWarning, SyntaxWarning)


class _Filter(logging.Filter):
    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__()
        self._pattern = pattern

    def filter(self, record: logging.LogRecord) -> bool:
        return not self._pattern.search(record.getMessage())


def quieten() -> None:
    """Silences native start-up messages, deprecation notes and Python's warnings about old code.

    What the program logs itself, and real warnings, come through.
    """
    os.environ.pop("TF_CPP_MIN_LOG_LEVEL", None)  # graphkit._tf sets the most quiet one
    os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
    logging.getLogger("tensorflow").addFilter(_Filter(_NOTES))
    for kind in _WARNINGS:
        warnings.simplefilter("ignore", kind)
    for note in _WARNED:
        warnings.filterwarnings("ignore", message=note)


def quieten_session_end() -> None:
    """Drops what the threads of queue runners log when a session closes under them."""
    logging.getLogger("tensorflow").addFilter(_Filter(_SESSION_END))


def quieten_unused() -> None:
    """Drops what is logged of ops that a program was going to use, had it not been ended."""
    logging.getLogger("tensorflow").addFilter(_Filter(_UNUSED))
