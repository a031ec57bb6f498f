"""What `%time` and `%%time` told in a notebook: processor time and time on the wall."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

__all__ = ["Stopwatch"]

_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6))


class Stopwatch:
    """Times one cell or statement after another."""

    def __init__(self) -> None:
        self._begin = (0.0, 0.0, 0.0)

    def start(self) -> None:
        """Begins to count."""
        self._begin = _now()

    def tell(self, value: Any = None) -> Any:
        """Prints the time since `start`.

        Args:
            value: What the timed expression gave.

        Returns:
            The same.
        """
        user, system, wall = (now - then for now, then in zip(_now(), self._begin, strict=True))
        sys.stdout.write(
            f"CPU times: user {_in_words(user)}, sys: {_in_words(system)}, "
            f"total: {_in_words(user + system)}\nWall time: {_in_words(wall)}\n"
        )
        return value


def _now() -> tuple[float, float, float]:
    used = os.times()
    return used.user, used.system, time.perf_counter()


def _in_words(seconds: float) -> str:
    if seconds >= 60:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes}min {rest}s"
    for unit, size in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return "0 ns"
