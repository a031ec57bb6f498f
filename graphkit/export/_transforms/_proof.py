"""The proof that a transformed graph computes what its source does."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graphkit._tf import Tensor
from graphkit.errors import ArgumentError, UnsafeFileError, VerificationError
from graphkit.export._freezing._forcing import branches_not_taken
from graphkit.export._freezing._fresh._process import FreshProcess
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._proof import Outputs, compare_outputs, expected_outputs
from graphkit.export._graphs._choices import choices
from graphkit.export._graphs._nodes import op_of, ops_within
from graphkit.export._graphs._op_kinds import VARIABLES, is_unsafe, waits
from graphkit.export._graphs._tables import fill_tables
from graphkit.export._running._batches import (
    Batch,
    checked_batches,
    fed_inputs,
    generated_batches,
)
from graphkit.export._transforms._network import Baseline, Network, copied
from graphkit.export._transforms._source import needed_graph, source_outputs

__all__ = ["Proof", "proof_of"]

_WHERE = "transform"


class Proof:
    """What the outputs of a network are, on a few batches.

    Attributes:
        process: Where networks are run.

    Args:
        plan: What the inputs and outputs were before any step.
        batches: The values of the inputs.
        expected: What the outputs are for each batch.
        process: Where networks are run.
    """

    def __init__(
        self,
        plan: FreezePlan,
        batches: Sequence[Batch],
        expected: Sequence[Outputs],
        process: FreshProcess,
    ) -> None:
        self.process = process
        self._plan = plan
        self._batches = batches
        self._expected = list(expected)

    @property
    def batches(self) -> int:
        """How many batches are compared."""
        return len(self._batches)

    def check(
        self, step: str, network: Network, tolerance: float, file: Path | None = None
    ) -> list[float]:
        """Runs a network on the batches in the fresh process.

        Args:
            step: The step it comes from.
            network: What to run.
            tolerance: The largest difference allowed, of numbers above 1 in proportion to them.
            file: Where it is written; unless given, it is written for the process to read.

        Returns:
            The largest difference of each output.

        Raises:
            VerificationError: It computes something else.
            ArgumentError: TensorFlow does not accept it, or it cannot be run where its source can.
            RunError: The process ended, or did not answer.
        """
        if file is None:
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder) / "step.pb"
                place.write_bytes(network.graph_def.SerializeToString())
                return self.check(step, network, tolerance, place)
        found = self._found(step, network, file)
        try:
            return [*compare_outputs(self._plan, self._expected, found, tolerance).values()]
        except VerificationError as exc:
            raise VerificationError(
                exc.tensor,
                exc.max_abs_diff,
                exc.tolerance,
                between=f"the graph after {step} differs from its source",
            ) from exc

    def after(self, path: Path, before: Network, baseline: Baseline, tolerance: float) -> Proof:
        """The proof for what comes after a step that changed what is computed.

        Args:
            path: The file the network came from.
            before: The network before that step; its values are what is compared on.
            baseline: What it computes from now on.
            tolerance: How far two runs of the same may be apart.
        """
        given = [{before.inputs[k]: value for k, value in one.items()} for one in self._batches]
        batches = [{name: one[name] for name in baseline.inputs if name in one} for one in given]
        if baseline.feeds:
            tensors = list(baseline.feeds.values())
            computed = source_outputs(str(path), self.process, tensors, given)
            for batch, values in zip(batches, computed, strict=True):
                batch.update(zip(baseline.feeds, values, strict=True))
        return proof_of(path, baseline, None, tolerance, self.process, batches)

    def branches_not_taken(self, path: Path) -> dict[str, str]:
        """Lists the branches that were not compared, as no batch leads there, with the reasons.

        Args:
            path: The file the network came from, for messages.
        """
        plan = self._plan

        def run(tensors: Sequence[Tensor], batch: Batch) -> Sequence[Any]:
            named = {plan.inputs[name].name: value for name, value in batch.items()}
            [found] = source_outputs(str(path), self.process, tensors, [named])
            return found

        return branches_not_taken(plan, plan.outputs[0].graph, self._batches, run)

    def _found(self, step: str, network: Network, file: Path) -> list[Outputs]:
        names = network.inputs
        batches = [
            {names[key]: value for key, value in batch.items() if key in names}
            for batch in self._batches
        ]
        try:
            return self.process.run(file, network.outputs, batches)
        except ValueError as exc:
            wanted = f"one whose graph TensorFlow accepts and runs ({exc})"
            raise ArgumentError(_WHERE, step, step, wanted) from exc


def proof_of(
    path: Path,
    baseline: Baseline,
    feeds: Any,
    tolerance: float,
    process: FreshProcess,
    batches: Sequence[Mapping[str, Any]] = (),
) -> Proof:
    """Runs what a network is to be equal to.

    Args:
        path: The file the network came from, for messages.
        baseline: The tensors that say it.
        feeds: Batches by input; made up where None is given.
        tolerance: How far two runs of the same may be apart.
        process: Where the network is run.
        batches: Values for some of the inputs, one dict for each batch, instead of `feeds`.

    Raises:
        UnsafeFileError: It would touch files or run code.
        ArgumentError: It needs what no session gives it (variables, queues), is random, or no
            values can be made up.
        UnknownNameError: `feeds` names no input.
        RunError: It cannot be run.
    """
    needed_def = needed_graph(baseline.outputs)
    _check_runnable(path, needed_def)
    inputs = dict(baseline.inputs)
    plan = FreezePlan(
        needed_def, baseline.outputs, inputs, {}, choices=_choices(needed_def, inputs)
    )
    given = feeds is not None
    values = checked_batches(_WHERE, inputs, feeds) if given else _completed(plan, batches)

    def compute(batches: Sequence[Batch]) -> list[Outputs]:
        named = [{plan.inputs[k].name: value for k, value in one.items()} for one in batches]
        return source_outputs(str(path), process, plan.outputs, named)

    expected = expected_outputs(_WHERE, compute, plan, values, given=given, tolerance=tolerance)
    return Proof(plan, values, expected, process)


def _choices(graph_def: Any, inputs: Mapping[str, Tensor]) -> dict[str, Any]:
    """What can be made up for inputs, where the graph tells it."""
    if not inputs:
        return {}
    graph = next(iter(inputs.values())).graph
    found = choices(graph_def, graph, fill_tables(copied(graph_def), {}))
    return {name: found[t.op.name] for name, t in inputs.items() if t.op.name in found}


def _completed(plan: FreezePlan, batches: Sequence[Mapping[str, Any]]) -> list[Batch]:
    """Makes values up for the inputs that have none."""
    given = set(batches[0]) if batches else set()
    wanted = {name: t for name, t in fed_inputs(plan.inputs).items() if name not in given}
    made = generated_batches(_WHERE, wanted, plan.choices)
    if not batches:
        return made
    return [{**made[place % len(made)], **batch} for place, batch in enumerate(batches)]


def _check_runnable(path: Path, graph_def: Any) -> None:
    """Refuses what would harm this machine, wait for ever, or has no values."""
    for name, kind in ops_within(graph_def):
        if is_unsafe(kind):
            reason = f"its op {op_of(name)!r} is a {kind}, which touches files or runs code"
            raise UnsafeFileError(path, f"{reason}; nothing was run")
        if kind in VARIABLES or waits(kind):
            wanted = "a frozen graph (graphkit freeze makes one)"
            shown = f"{path}, whose op {name!r} is a {kind}"
            raise ArgumentError(_WHERE, "path", str(path), wanted, shown=shown)
