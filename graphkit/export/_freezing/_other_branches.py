"""The branches that no batch takes: session and file are made to take them.

The proof of a file is that it computes what the session computes, and a branch that is never taken
is computed by neither. Any tensor of a graph can be fed, though, and so can the one that a
condition hangs on. What was never meant to be may have no end then, or take all memory; so the file
goes first, in its own process, which can be ended.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, RunError
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._proof import Outputs
from graphkit.export._graphs._conditions import Condition, conditions
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._waits import running_always
from graphkit.export._running._batches import Batch
from graphkit.export._running._difference import difference
from graphkit.session._patience import patiently
from graphkit.session._unreadable import readable_errors

__all__ = ["OtherBranches", "other_branches"]

_MOST = 24
_IN_A_LOOP = "hangs on what a loop computes"
_IN_A_FUNCTION = "hangs on what a function computes"
_NO_NUMBER = "hangs on something else than one number"
_TOO_MANY = f"comes after {_MOST} others"
_FAILS = "the source fails there"
_BY_CHANCE = "the source gives other numbers each time there"
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
    asked = [one for one in conditions(plan.graph_def, session.graph) if _is_asked(one, plan)]
    if not asked:
        return OtherBranches()
    forcing = _Forcing(session, plan, batches, source)
    told, reasons = _told(forcing.missing(asked), batches[0], left)
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


def _is_asked(condition: Condition, plan: FreezePlan) -> bool:
    """Leaves out what only an assert asks for: it has one value that does not end the run."""
    return condition.decides not in {tensor.name for tensor in plan.asked}


class _Forcing:
    """A session whose conditions can be told what to be.

    Args:
        session: The session.
        plan: What is frozen.
        batches: What it was run on.
        source: What it was opened for.
    """

    def __init__(
        self, session: Any, plan: FreezePlan, batches: Sequence[Batch], source: str
    ) -> None:
        self._session = session
        self._plan = plan
        self._batches = batches
        self._source = source
        self._names = {tensor.name: name for name, tensor in plan.inputs.items()}

    def missing(
        self, found: Sequence[Condition]
    ) -> Iterator[tuple[str, dict[str, npt.NDArray[Any]], str]]:
        """The branches that no batch takes: their names, what leads there, what is in the way."""
        taken = self._taken(found)
        for condition in found:
            name = condition.decides.removesuffix(":0")
            tensors = {one: self._tensor(one) for one in (condition.decides, *condition.path)}
            if obstacle := self._obstacle(condition, tensors.values()):
                yield name, {}, obstacle
                continue
            for value in condition.values:
                path = {**condition.path, condition.decides: value}
                if not any(_follows(batch, path) for batch in taken):
                    decides = tensors[condition.decides]
                    said = bool(value) if decides.dtype.base_dtype == tf.bool else value
                    yield f"{name}={said}", self._fed(path), ""

    def _obstacle(self, condition: Condition, tensors: Collection[Any]) -> str:
        """Why a condition cannot be told what to be, or nothing."""
        if condition.in_loop:
            return _IN_A_LOOP
        if None in tensors:
            return _IN_A_FUNCTION
        return "" if all(self._can_be_told(tensor) for tensor in tensors) else _NO_NUMBER

    def _can_be_told(self, tensor: Tensor) -> bool:
        """Whether it is a single bool or number, as far as that is known, and can be fed."""
        dtype = tensor.dtype.base_dtype
        fits = dtype.is_bool or dtype.is_integer or dtype.is_floating
        return fits and tensor.shape.rank in (0, None) and self._session.graph.is_feedable(tensor)

    def expected(self, batch: Batch, tolerance: float) -> Outputs | str:
        """What the session gives both times it is asked, or why that is not known."""
        first, second = self._outputs(batch), self._outputs(batch)
        if first is None or second is None:
            return _FAILS
        if any(difference(*two).scaled > tolerance for two in zip(first, second, strict=True)):
            return _BY_CHANCE
        return first

    def _outputs(self, batch: Batch) -> Outputs | None:
        """What the session gives, if it does not fail."""
        try:
            with readable_errors():
                found = self._run(self._plan.outputs, batch)
        except (tf.errors.OpError, TypeError, ValueError):
            return None
        return [np.asarray(value) for value in found]

    def _taken(self, found: Sequence[Condition]) -> list[dict[str, int]]:
        """The values of conditions for each batch, as far as they can be looked at."""
        always = running_always(self._plan.graph_def.node)
        named = sorted({one.decides for one in found})
        tensors = ((name, self._tensor(name)) for name in named if op_of(name) in always)
        shown = {n: one for n, one in tensors if one is not None and self._can_be_told(one)}
        known = {one.decides: one.values for one in found}
        rows = [self._run([*shown.values()], batch) for batch in self._batches]
        return [
            {name: _branch(value, known[name]) for name, value in zip(shown, row, strict=True)}
            for row in rows
        ]

    def _run(self, tensors: Sequence[Tensor], batch: Batch) -> list[Any]:
        fed = self._plan.fed(batch)
        return list(patiently(lambda: self._session.run(tensors, fed), self._source))

    def _tensor(self, name: str) -> Any:
        """A tensor of the session's own graph; None if it is not there."""
        try:
            return self._session.graph.get_tensor_by_name(name)
        except (KeyError, ValueError):
            return None

    def _fed(self, path: Mapping[str, int]) -> dict[str, npt.NDArray[Any]]:
        dtypes = {name: self._tensor(name).dtype.base_dtype.as_numpy_dtype for name in path}
        return {
            self._names.get(name, name): np.asarray(value, dtypes[name])
            for name, value in path.items()
        }


def _branch(value: Any, known: Sequence[int]) -> int:
    """The branch that a value leads to: another number than those that are named, to the last.

    An `If` takes an array, too, which is true unless it is empty.
    """
    if np.ndim(value):
        return known[-1] if np.size(value) else known[0]
    return int(value) if value in known else known[-1]


def _follows(taken: Mapping[str, int], path: Mapping[str, int]) -> bool:
    return all(taken.get(name) == value for name, value in path.items())
