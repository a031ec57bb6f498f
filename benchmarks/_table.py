"""Medians, ranges and ratios of the runs, as a Markdown table and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks._runs import Measured

__all__ = ["Spread", "as_json", "as_table", "ratio", "spread"]

_REFERENCES = ("tf115", "compat")
_HEAD = ("workload", "side", "median", "min - max", *(f"times {name}" for name in _REFERENCES))


@dataclass(frozen=True)
class Spread:
    """The middle and the ends of some figures."""

    median: float
    min: float
    max: float


def spread(figures: list[float]) -> Spread:
    """Summarises at least one figure."""
    return Spread(median(figures), min(figures), max(figures))


def ratio(measured: Measured, side: str, reference: str) -> Spread | None:
    """How many times as fast a side is, each run against the reference's run of the same round.

    Args:
        measured: The runs.
        side: The side that is judged.
        reference: The side it is compared with.

    Returns:
        The ratios, above 1 where `side` is faster; None when there is nothing to compare.
    """
    runs, others = measured.runs.get(side), measured.runs.get(reference)
    if side == reference or not runs or not others:
        return None
    pairs = zip(runs, others, strict=True)
    return spread([measured.workload.times_as_fast(a.figure, b.figure) for a, b in pairs])


def as_table(results: list[Measured]) -> str:
    """Renders one row per side that ran."""
    rows = [_HEAD, tuple("---" for _ in _HEAD)]
    for measured in results:
        title = f"{measured.workload.name} ({measured.workload.unit})"
        for side, runs in measured.runs.items():
            figures = spread([run.figure for run in runs])
            ends = f"{_number(figures.min)} - {_number(figures.max)}"
            ratios = (_times(ratio(measured, side, name)) for name in _REFERENCES)
            rows.append((title, side, _number(figures.median), ends, *ratios))
            title = ""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def as_json(results: list[Measured]) -> list[dict[str, Any]]:
    """The same, with every single run."""
    return [
        {
            "workload": measured.workload.name,
            "unit": measured.workload.unit,
            "sides": {side: _side(measured, side) for side in measured.runs},
            "failures": measured.failures,
            "disagreement": measured.disagreement(),
        }
        for measured in results
    ]


def _side(measured: Measured, side: str) -> dict[str, Any]:
    figures = [run.figure for run in measured.runs[side]]
    ratios = {name: ratio(measured, side, name) for name in _REFERENCES}
    return {
        "figures": figures,
        **asdict(spread(figures)),
        "times": {name: asdict(r) for name, r in ratios.items() if r},
        "versions": measured.runs[side][0].versions,
    }


def _number(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.3g}"


def _times(ratios: Spread | None) -> str:
    return "" if ratios is None else f"{ratios.median:.2f} ({ratios.min:.2f} - {ratios.max:.2f})"
