"""Which engine runs a model fastest, among those that agree."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

from graphkit.errors import GraphkitError
from graphkit.export._running._difference import difference
from graphkit.export._running._open_model import engines_for, open_model

if TYPE_CHECKING:
    from graphkit.session import SessionConfig

__all__ = ["EngineTiming", "compare_engines"]

_RUNS = 3


@dataclass(frozen=True)
class EngineTiming:
    """How one engine does on a batch.

    Attributes:
        engine: Its name.
        seconds: What one run takes, the best of a few after the first; 0 if it failed.
        max_abs_diff: The largest difference from the first engine's outputs.
        agrees: Whether it computes the same.
        reason: Why it does not, "" if it does.
    """

    engine: str
    seconds: float = 0.0
    max_abs_diff: float = 0.0
    agrees: bool = True
    reason: str = ""


def compare_engines(
    path: str | PathLike[str],
    feeds: Mapping[str, Any],
    *,
    allow: Collection[str] = (),
    config: SessionConfig | None = None,
    tolerance: float = 1e-4,
) -> list[EngineTiming]:
    """Runs a model on one batch by each engine that can.

    Args:
        path: The model; see `open_model`.
        feeds: The batch.
        allow: As for `open_model`.
        config: As for `open_model`.
        tolerance: How far from the first engine's outputs another may be, of numbers above 1 in
            proportion to them.

    Returns:
        The engines: those that agree, the fastest first, then the others with their reasons.

    Raises:
        GraphkitError: The first engine, which the others are compared with, fails.
    """
    expected: dict[str, Any] | None = None
    found = []
    for engine in engines_for(path):
        try:
            with open_model(path, engine=engine, allow=allow, config=config) as model:
                values = model.run(feeds)
                seconds = min(_seconds(model, feeds) for _ in range(_RUNS))
        except GraphkitError as exc:
            if expected is None:
                raise
            found.append(EngineTiming(engine, agrees=False, reason=str(exc)))
            continue
        expected = values if expected is None else expected
        absolute, scaled = _apart(expected, values)
        reason = "" if scaled <= tolerance else f"its outputs differ by {absolute:.3g}"
        found.append(EngineTiming(engine, seconds, absolute, not reason, reason))
    return ranked(found)


def ranked(timings: Iterable[EngineTiming]) -> list[EngineTiming]:
    """Puts those that agree first, the fastest at the front; of equals the one that came first."""
    return sorted(timings, key=lambda timing: (not timing.agrees, timing.seconds))


def _seconds(model: Any, feeds: Mapping[str, Any]) -> float:
    started = time.perf_counter()
    model.run(feeds)
    return time.perf_counter() - started


def _apart(expected: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[float, float]:
    """The largest difference, and the largest in proportion to numbers above 1."""
    largest = [
        difference(first, second.astype(first.dtype))
        for first, second in zip(expected.values(), found.values(), strict=True)
    ]
    return max(one.absolute for one in largest), max(one.scaled for one in largest)
