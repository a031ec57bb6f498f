"""Notices that an installed library was written for TensorFlow 1."""

from __future__ import annotations

import re
import traceback

from graphkit.port._ownership import is_installed_package, is_own

__all__ = ["find_old_library"]

_LOST = re.compile(
    r"(module 'tensorflow[\w.]*' has no attribute|No module named 'tensorflow\.|"
    r"cannot import name .* from 'tensorflow)"
)
# Their frames stand between a library and the name it misses.
_BETWEEN = frozenset(
    {
        "graphkit",
        "importlib",
        "keras",
        "tensorflow",
        "tensorflow_estimator",
        "tf_keras",
        "tf_slim",
    }
)


def find_old_library(error: BaseException) -> str | None:
    """Finds the installed library that missed a name of TensorFlow 1.

    Args:
        error: What was raised.

    Returns:
        The name it is imported by; None if it was no library, counts as the program already, or
        failed for another reason.
    """
    if not _LOST.search(str(error)):
        return None
    frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
    for frame in reversed(frames):
        top = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if top not in _BETWEEN:
            named = is_own(frame.f_code.co_filename)
            return top if is_installed_package(top) and not named else None
    return None
