"""The branches that no batch takes: session and file are made to take them.

The proof of a file is that it computes what the session computes, and a branch that is never taken
is computed by neither, unless both are told what the condition is. What was never meant to be may
have no end then, or take all memory; so the file goes first, in its own process, which can be
ended.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphkit.errors import ArgumentError, RunError
from graphkit.export._freezing._forcing import Forcing, session_runs
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._proof import Outputs
from graphkit.export._graphs._nodes import op_of
from graphkit.export._running._batches import Batch

__all__ = ["OtherBranches", "other_branches"]

_MOST = 24
_TOO_MANY = f"comes after {_MOST} others"
_NOT_IN_FILE = "hangs on what the file computes otherwise"
_NO_END = "the file comes to no end there"

# Runs the file on batches.
FileRuns = Callable[[Sequence[Batch]], list[Outputs]]


@dataclass(frozen=True)
class OtherBranches:
    """What session and file compute where their conditions are told what to be.

    Attributes:
        batches: The first batch, with what conditions are told.
        expected: What the session gave for each.
        found: What the file gave.
        names: Which branch each is about, as `Less=True`.
        unproven: The branches that could not be taken, or conditions of which that is not known;
            each with the reason.
    """

    batches: Sequence[Batch] = ()
    expected: Sequence[Outputs] = ()
    found: Sequence[Outputs] = ()
    names: Sequence[str] = ()
    unproven: Mapping[str, str] = field(default_factory=dict)


def other_branches(
    session: Any,
    plan: FreezePlan,
    batches: Sequence[Batch],
    tolerance: float,
    source: str,
    left: Collection[str],
    run_file: FileRuns,
) -> OtherBranches:
    """Runs file and session in the branches that they do not take by themselves.

    Args:
        session: The session, its tables filled.
        plan: What is frozen.
        batches: What it was run on; the first one is what it is run on again.
        tolerance: How far two runs of the same may be apart.
        source: What the session was opened for, to be named if it takes long.
        left: The names of the nodes in the file.
        run_file: Runs the file.

    Returns:
        What they give there. A branch that fails, has no end, or does what chance says counts as
        unproven.

    Raises:
        ArgumentError: The file fails where the session does not.
    """
    run_source = session_runs(session, plan, source)
    forcing = Forcing(plan, session.graph, batches, run_source)
    told, reasons = _told(forcing.missing(), batches[0], left)
    rows: list[tuple[str, Batch, Outputs, Outputs]] = []
    runs = _run_each(run_file, [batch for _, batch in told])
    for (name, batch), found in zip(told, runs, strict=True):
        if isinstance(found, RunError):
            reasons[name] = _NO_END
            continue
        expected = forcing.expected(batch, tolerance)
        if isinstance(expected, str):
            reasons[name] = expected
        elif isinstance(found, ArgumentError):
            raise found
        else:
            rows.append((name, batch, expected, found))
    return OtherBranches(
        [batch for _, batch, _, _ in rows],
        [expected for _, _, expected, _ in rows],
        [found for _, _, _, found in rows],
        [name for name, _, _, _ in rows],
        {name: reason for name, reason in reasons.items() if reason},
    )


def _told(
    missing: Iterable[tuple[str, Batch, str]], batch: Batch, left: Collection[str]
) -> tuple[list[tuple[str, Batch]], dict[str, str]]:
    """The names of branches, with batches that lead there, or else the reason; nothing of others.

    Several ways may lead to branches of one name, as those around them are taken or not.
    """
    told: list[tuple[str, Batch]] = []
    reasons: dict[str, str] = {}
    for name, feeds, obstacle in missing:
        lost = _NOT_IN_FILE if any(op_of(one) not in left for one in feeds) else ""
        reason = obstacle or lost or (_TOO_MANY if len(told) == _MOST else "")
        reasons[name] = reason or reasons.get(name, "")
        if not reason:
            told.append((name, {**batch, **feeds}))
    return told, reasons


def _run_each(
    run_file: FileRuns, batches: Sequence[Batch]
) -> list[Outputs | ArgumentError | RunError]:
    """What a file gives for each batch, or why nothing; all in one go unless one is in the way."""
    if not batches:
        return []
    try:
        return [*run_file(batches)]
    except (ArgumentError, RunError) as exc:
        if len(batches) == 1:
            return [exc]
        return [one for batch in batches for one in _run_each(run_file, [batch])]
