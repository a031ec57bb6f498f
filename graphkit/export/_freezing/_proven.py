"""A file of what a session computes, compared with the session before it gets its name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from graphkit._aside import files_together
from graphkit._tf import Tensor
from graphkit.errors import (
    ArgumentError,
    ConversionError,
    VerificationError,
)
from graphkit.export._apart._beside import weights_prefix
from graphkit.export._apart._split import Split
from graphkit.export._freezing._constants import count_parameters, hold_variables, is_too_large
from graphkit.export._freezing._fresh._process import FreshProcess, fresh_process
from graphkit.export._freezing._other_branches import OtherBranches, other_branches
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._proof import (
    Outputs,
    compare_outputs,
    expected_outputs,
    reloaded_outputs,
    session_outputs,
)
from graphkit.export._freezing._report import FrozenReport
from graphkit.export._freezing._request import FreezeRequest
from graphkit.export._freezing._transformed import Transformed, changed_for_opencv, transformed
from graphkit.export._freezing._written import files_of, write_graph, write_through
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._output_shapes import note_shapes
from graphkit.export._graphs._outputs import mark_outputs
from graphkit.export._graphs._run_sites import output_count
from graphkit.export._graphs._surgery import clear_placement
from graphkit.export._graphs._tensors import describe_tensor
from graphkit.export._running._batches import Batch, checked_batches, generated_batches
from graphkit.export._running._first_op import first_difference, values_on_the_way
from graphkit.export._targets._consumers import consumer_differences
from graphkit.export._targets._proof import Trial
from graphkit.export._targets._record import Origin, file_hashes, record_of, record_text
from graphkit.export._tensor_info import TensorInfo
from graphkit.export._transforms._network import copied
from graphkit.export._transforms._proof import Proof
from graphkit.session._patience import patiently

__all__ = ["write_proven"]

# How long a file may run in other branches: so many seconds, or times what it took in its own.
_LEAST, _TIMES = 60.0, 15


def write_proven(session: Any, plan: FreezePlan, request: FreezeRequest) -> FrozenReport:
    """Freezes a plan, reads the file back, compares, and only then gives it its name."""
    where, given = request.where, request.feeds is not None
    batches = (
        checked_batches(where, plan.inputs, request.feeds, request.names.aliases(plan.inputs))
        if given
        else generated_batches(where, plan.inputs, plan.choices)
    )
    tolerance = request.tolerance
    process = fresh_process(request.libraries)  # loads TensorFlow while the session computes
    frozen, split = _frozen_graph(session, plan, request)
    compute = session_outputs(session, plan, request.source)
    expected = expected_outputs(where, compute, plan, batches, given=given, tolerance=tolerance)
    proof = Proof(plan, batches, expected, process)
    graph = transformed(frozen, plan, request.transforms, proof, tolerance)
    work = _Work(session, plan, request, batches, expected, split)
    try:
        return _written(work, graph)
    except (ConversionError, VerificationError):
        again = changed_for_opencv(graph, plan, proof) if "opencv" in request.consumers else None
        if again is None:
            raise
    return _written(work, again)


@dataclass(frozen=True)
class _Work:
    """What a graph comes from, what it is to compute, and the values it could not hold."""

    session: Any
    plan: FreezePlan
    request: FreezeRequest
    batches: Sequence[Batch]
    expected: list[Outputs]
    split: Split | None
    others: OtherBranches = field(default_factory=OtherBranches)

    @property
    def process(self) -> FreshProcess:
        """What runs the file; another one if it was ended."""
        return fresh_process(self.request.libraries)

    def batch(self, number: int) -> Batch:
        """One of the batches, behind which come those for other branches."""
        return [*self.batches, *self.others.batches][number]


def _written(work: _Work, graph: Transformed) -> FrozenReport:
    """Writes a graph, has it read back and the other programs run it."""
    plan, request, batches, expected = work.plan, work.request, work.batches, work.expected
    whole, steps, tolerance = graph
    frozen, split = _parted(work, whole)
    note_shapes(frozen, plan.outputs)
    files = files_of(request.target, apart=split is not None)
    records = [record_of(request.target)] if request.origin is not None else []
    with files_together([*records, *files]) as parts:
        *_, part = written = parts[len(records) :]
        write_graph(request.target, part, frozen, split, request.text)
        begun = monotonic()
        found = reloaded_outputs(request.where, work.process, part, plan, batches)
        compare_outputs(plan, expected, found, tolerance, partial(_blame, work, part, tolerance))
        others = _others(work, whole, part, max(_LEAST, _TIMES * (monotonic() - begun)))
        work = replace(work, others=others)
        blame = partial(_blame, work, part, tolerance)
        wanted, got = [*expected, *others.expected], [*found, *others.found]
        differences = compare_outputs(plan, wanted, got, tolerance, blame)
        report = FrozenReport(
            path=request.target,
            inputs=[_input_info(name, tensor) for name, tensor in plan.inputs.items()],
            outputs=[describe_tensor(tensor) for tensor in plan.outputs],
            max_abs_diff=max(differences.values()),
            batches_checked=len(batches),
            nodes=len(frozen.node),
            parameters=count_parameters(plan.graph_def),
            bytes=sum(map(os.path.getsize, written)),
            pins={tensor.op.name: value.tolist() for tensor, value in plan.pins.items()},
            cut=[name for name, tensor in plan.inputs.items() if tensor in plan.cut],
            consumers=consumer_differences(
                request.consumers,
                whole,
                plan.inputs,
                plan.outputs,
                Trial(batches, expected, tolerance),
            ),
            by_batch=[node.name for node in frozen.node if _normalises_by_batch(node)],
            steps=steps,
            weights=weights_prefix(request.target) if split is not None else None,
            uncompared=request.origin.uncompared if request.origin is not None else "",
            forced=list(others.names),
            unproven=dict(others.unproven),
            signature=request.names.within(plan.inputs, plan.outputs),
        )
        for target, place in zip(records, parts, strict=False):
            text = _record(report, differences, written, request, tolerance)
            write_through(target, place, text)
    return report


def _others(work: _Work, whole: Any, part: Path, seconds: float) -> OtherBranches:
    """What comes out in the branches that no batch takes; the file has so long to tell."""
    request, plan = work.request, work.plan

    def run_file(batches: Sequence[Batch]) -> list[Outputs]:
        patience = seconds / len(batches)
        return reloaded_outputs(request.where, work.process, part, plan, batches, patience)

    left = {node.name for node in whole.node}
    return other_branches(
        work.session, plan, work.batches, request.tolerance, request.source, left, run_file
    )


def _parted(work: _Work, whole: Any) -> tuple[Any, Split | None]:
    """A graph and its weights, if they are to lie apart."""
    if work.split is None and not work.request.weights_apart:
        return whole, None
    frozen = copied(whole)
    split = Split(frozen, work.split.values if work.split is not None else {})
    split.take_constants()
    mark_outputs(frozen, work.plan.outputs)
    return frozen, split if split.values else None


def _normalises_by_batch(node: Any) -> bool:
    """Tells of a batch normalisation whether it was built for training, which is its default."""
    is_training = node.attr["is_training"].b if "is_training" in node.attr else True
    return node.op.startswith("FusedBatchNorm") and "Grad" not in node.op and is_training


def _record(
    report: FrozenReport,
    differences: dict[str, float],
    written: Sequence[Path],
    request: FreezeRequest,
    tolerance: float,
) -> bytes:
    return record_text(
        target="pb",
        inputs=report.inputs,
        outputs=report.outputs,
        files={name: value for part in written for name, value in file_hashes(part).items()},
        origin=request.origin or Origin(),
        differences={"tensorflow": differences, **report.consumers},
        tolerance=tolerance,
        batches=report.batches_checked,
        weights=report.weights,
        forced=report.forced,
        unproven=report.unproven,
        signature=report.signature,
    ).encode()


def _blame(work: _Work, part: Path, tolerance: float, number: int) -> tuple[str, str] | None:
    plan, batch = work.plan, work.batch(number)
    counts = {node.name: output_count(node) for node in plan.graph_def.node}
    ops = [
        op
        for op in work.session.graph.get_operations()
        if counts.get(op.name, -1) in (None, len(op.outputs))  # else some were left out
    ]
    feed = plan.fed(batch)

    def reloaded(tensors: Sequence[Tensor]) -> Outputs:
        [found] = work.process.run(part, [tensor.name for tensor in tensors], [batch])
        return found

    def computed(tensors: Sequence[Tensor]) -> Outputs:
        return list(patiently(lambda: work.session.run(tensors, feed), work.request.source))

    tensors = values_on_the_way(ops, PLACEHOLDERS)
    return first_difference(tensors, computed, reloaded, tolerance)


def _frozen_graph(
    session: Any, plan: FreezePlan, request: FreezeRequest
) -> tuple[Any, Split | None]:
    """The graph without variables; their values apart if it could not be written with them."""
    frozen = copied(plan.graph_def)
    split = Split(frozen) if is_too_large(frozen) else None
    for argument, given in (("targets", request.consumers), ("transforms", request.transforms)):
        if split is not None and given:
            wanted = (
                "left out: the variables exceed the 2 GiB that a graph can be handed on with; what "
                "is frozen without can be converted to a SavedModel, or outputs= cuts a part that "
                "is smaller"
            )
            raise ArgumentError(request.where, argument, given, wanted)
    hold_variables(request.where, session, frozen, split)
    clear_placement(frozen, devices=request.clear_devices)
    mark_outputs(frozen, plan.outputs)
    return frozen, split


def _input_info(name: str, tensor: Tensor) -> TensorInfo:
    return replace(describe_tensor(tensor), name=name)
