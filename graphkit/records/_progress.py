"""How long work tells that it goes on; drawing it is the caller's business."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[int, "int | None"], None]
"""Called as `progress(done, total)`; the total is None where it is not known."""


def no_progress(done: int, total: int | None) -> None:
    """Tells nobody."""
