"""A source whose conditions are told what to be, and which of its branches the batches take.

Any tensor of a graph can be fed, and so can the one that a condition hangs on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Graph, Tensor, tf
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._proof import Outputs
from graphkit.export._graphs._conditions import Condition, conditions
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._waits import running_always
from graphkit.export._running._batches import Batch
from graphkit.export._running._difference import difference
from graphkit.session._patience import patiently
from graphkit.session._unreadable import readable_errors

__all__ = ["Forcing", "SourceRuns", "branches_not_taken", "session_runs"]

_IN_A_LOOP = "hangs on what a loop computes"
_IN_A_FUNCTION = "hangs on what a function computes"
_NO_NUMBER = "hangs on something else than one number"
_FAILS = "the source fails there"
_BY_CHANCE = "the source gives other numbers each time there"
_NOT_TAKEN = "no batch leads there"


# Computes tensors of the source from a batch.
SourceRuns = Callable[[Sequence[Tensor], Batch], Sequence[Any]]


def session_runs(session: Any, plan: FreezePlan, source: str) -> SourceRuns:
    """What runs a session on a batch.

    Args:
        session: The session, its tables filled.
        plan: What is computed.
        source: What it was opened for, to be named if it takes long.
    """

    def run(tensors: Sequence[Tensor], batch: Batch) -> Sequence[Any]:
        return list(patiently(lambda: session.run(tensors, plan.fed(batch)), source))

    return run


def branches_not_taken(
    plan: FreezePlan, graph: Graph, batches: Sequence[Batch], run: SourceRuns
) -> dict[str, str]:
    """Lists the branches of a graph that no batch leads to, each with the reason.

    Args:
        plan: What is computed.
        graph: The graph.
        batches: The batches.
        run: What runs the graph.

    Returns:
        The branches, as `Less=True`, and the conditions of which it is not known.
    """
    missing = Forcing(plan, graph, batches, run).missing()
    return {name: obstacle or _NOT_TAKEN for name, _, obstacle in missing}


class Forcing:
    """A source whose conditions can be told what to be.

    Args:
        plan: What is computed.
        graph: The source's graph.
        batches: What it was run on.
        run: What runs it.
    """

    def __init__(
        self, plan: FreezePlan, graph: Graph, batches: Sequence[Batch], run: SourceRuns
    ) -> None:
        self._plan = plan
        self._graph = graph
        self._batches = batches
        self._run = run
        self._names = {tensor.name: name for name, tensor in plan.inputs.items()}

    def missing(self) -> Iterator[tuple[str, dict[str, npt.NDArray[Any]], str]]:
        """The branches that no batch takes: their names, what leads there, what is in the way."""
        listed = conditions(self._plan.graph_def, self._graph)
        found = [one for one in listed if _is_asked(one, self._plan)]
        taken = self._taken(found) if found else []
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
        return fits and tensor.shape.rank in (0, None) and self._graph.is_feedable(tensor)

    def expected(self, batch: Batch, tolerance: float) -> Outputs | str:
        """What the source gives both times it is asked, or why that is not known."""
        first, second = self._outputs(batch), self._outputs(batch)
        if first is None or second is None:
            return _FAILS
        if any(difference(*two).scaled > tolerance for two in zip(first, second, strict=True)):
            return _BY_CHANCE
        return first

    def _outputs(self, batch: Batch) -> Outputs | None:
        """What the source gives, if it does not fail."""
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

    def _tensor(self, name: str) -> Any:
        """A tensor of the source's own graph; None if it is not there."""
        try:
            return self._graph.get_tensor_by_name(name)
        except (KeyError, ValueError):
            return None

    def _fed(self, path: Mapping[str, int]) -> dict[str, npt.NDArray[Any]]:
        dtypes = {name: self._tensor(name).dtype.base_dtype.as_numpy_dtype for name in path}
        return {
            self._names.get(name, name): np.asarray(value, dtypes[name])
            for name, value in path.items()
        }


def _is_asked(condition: Condition, plan: FreezePlan) -> bool:
    """Leaves out what only an assert asks for: it has one value that does not end the run."""
    return condition.decides not in {tensor.name for tensor in plan.asked}


def _branch(value: Any, known: Sequence[int]) -> int:
    """The branch that a value leads to: another number than those that are named, to the last.

    An `If` takes an array, too, which is true unless it is empty.
    """
    if np.ndim(value):
        return known[-1] if np.size(value) else known[0]
    return int(value) if value in known else known[-1]


def _follows(taken: Mapping[str, int], path: Mapping[str, int]) -> bool:
    return all(taken.get(name) == value for name, value in path.items())
