"""What a training loop is asked to do, checked before its first step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, TypeAlias

from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["Feed", "StepPlan"]

Feed: TypeAlias = Mapping[Any, Any] | Callable[[int], Mapping[Any, Any] | None] | None

_COUNTS = (
    "max_steps",
    "num_steps",
    "epoch_size",
    "summary_every",
    "checkpoint_every",
    "trace_every",
)


@dataclass(frozen=True, kw_only=True)
class StepPlan:
    """The arguments of `SessionRunner.steps`, which documents them.

    Raises:
        ArgumentError: A number that is not above 0.
        ArgumentTypeError: A value of the wrong type.
    """

    train_op: Any
    fetches: Any = None
    feed: Feed = None
    max_steps: int | None = None
    num_steps: int | None = None
    global_step: Any = None
    epoch_size: int | None = None
    summary: Any = None
    summary_every: int = 100
    checkpoint: bool = True
    checkpoint_every: int | None = None
    checkpoint_seconds: float | None = None
    progress: bool | None = None
    trace_every: int | None = None
    description: str | None = None

    def __post_init__(self) -> None:
        """Refuses what would fail, or silently do nothing, in the middle of the loop."""
        if self.train_op is None:
            raise ArgumentTypeError("steps", "train_op", "None", "an op, tensor or nesting of them")
        for name in _COUNTS:
            object.__setattr__(self, name, _checked_count(name, getattr(self, name)))
        _check_seconds(self.checkpoint_seconds)
        _check_feed(self.feed)

    def last_step(self, start: int) -> int | None:
        """The global step the loop ends at.

        Args:
            start: The global step it began at.

        Returns:
            The nearer of `max_steps` and `num_steps` more; `None` for no end but the data's.
        """
        ends = [self.max_steps, None if self.num_steps is None else start + self.num_steps]
        return min((end for end in ends if end is not None), default=None)


def _checked_count(name: str, count: Any) -> int | None:
    """The count as Python's own integer, NumPy's included."""
    if count is None:
        return None
    if isinstance(count, bool) or not isinstance(count, Integral):
        raise ArgumentTypeError("steps", name, type(count).__name__, "an integer or None")
    if count < 1:
        raise ArgumentError("steps", name, count, "1 or more")
    return int(count)


def _check_seconds(seconds: Any) -> None:
    if seconds is None:
        return
    if not isinstance(seconds, Real):
        received = type(seconds).__name__
        raise ArgumentTypeError("steps", "checkpoint_seconds", received, "a number or None")
    if not float(seconds) > 0:
        raise ArgumentError("steps", "checkpoint_seconds", seconds, "above 0")


def _check_feed(feed: Any) -> None:
    if feed is None or callable(feed) or isinstance(feed, Mapping):
        return
    wanted = "a dict, or a function of the step that returns one"
    raise ArgumentTypeError("steps", "feed", type(feed).__name__, wanted)
