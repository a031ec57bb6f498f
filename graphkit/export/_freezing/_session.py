"""A session into one file of structure and constants, proven equal before it gets its name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit._aside import check_target, files_together
from graphkit._tf import Tensor
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    ConversionError,
    VerificationError,
)
from graphkit.export._apart._beside import weights_prefix
from graphkit.export._apart._split import Split
from graphkit.export._freezing._constants import count_parameters, hold_variables, is_too_large
from graphkit.export._freezing._fresh._process import FreshProcess, fresh_process
from graphkit.export._freezing._other_branches import OtherBranches, other_branches
from graphkit.export._freezing._plan import FreezePlan, plan_freeze
from graphkit.export._freezing._proof import (
    Outputs,
    compare_outputs,
    expected_outputs,
    reloaded_outputs,
    session_outputs,
)
from graphkit.export._freezing._table_files import TableFiles
from graphkit.export._freezing._transformed import Transformed, changed_for_opencv, transformed
from graphkit.export._freezing._written import files_of, write_graph, write_through
from graphkit.export._graphs._libraries import Libraries, load_libraries
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._output_shapes import note_shapes
from graphkit.export._graphs._outputs import mark_outputs
from graphkit.export._graphs._run_sites import output_count
from graphkit.export._graphs._signature_names import SignatureNames
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
from graphkit.export._transforms._step import BoundStep
from graphkit.export._transforms._taken import StepReport
from graphkit.session import SessionRunner
from graphkit.session._patience import patiently

__all__ = ["FrozenReport", "freeze_session"]

_OTHER_FORMATS = frozenset({".h5", ".hdf5", ".keras", ".onnx", ".tflite"})


@dataclass(frozen=True)
class FrozenReport:
    """What was written, and what was compared.

    Attributes:
        path: The file.
        inputs: What it takes.
        outputs: What it gives.
        max_abs_diff: The largest difference between session and reloaded file over all batches.
        batches_checked: How many batches were compared.
        nodes: How many nodes the graph has.
        parameters: How many numbers its variables held.
        bytes: The size of the file, with that of weights that lie apart.
        pins: The values of the placeholders that became constants, by name; with those that say
            whether the graph is training or what dropouts drop, which are pinned unasked.
        cut: The inputs that a queue, reader or iterator fills in the source.
        consumers: The largest difference of each output in the other programs that were asked.
        by_batch: The normalisations that were built for training: they use the mean and variance of
            the batch they are given, and not the trained averages, so that what an example gives
            depends on those beside it.
        steps: What each of the transforms did; with `for_opencv`, which is taken unasked where
            OpenCV is a target and refuses the graph without.
        weights: The prefix of the weights, if they lie apart; a model may have none.
        uncompared: What of the source could not be compared, as a sentence; mostly empty.
        forced: The branches that no batch took, and that were compared by telling session and file
            what their condition is, such as `Less=True`.
        unproven: The branches that could not be, and conditions of which it is not known which
            branches ran; each with the reason.
        signature: What the signature of the source calls inputs and outputs, if it has one.
    """

    path: Path
    inputs: list[TensorInfo]
    outputs: list[TensorInfo]
    max_abs_diff: float
    batches_checked: int
    nodes: int
    parameters: int
    bytes: int
    pins: dict[str, Any] = field(default_factory=dict)
    cut: list[str] = field(default_factory=list)
    consumers: dict[str, dict[str, float]] = field(default_factory=dict)
    by_batch: list[str] = field(default_factory=list)
    steps: list[StepReport] = field(default_factory=list)
    weights: Path | None = None
    uncompared: str = ""
    forced: list[str] = field(default_factory=list)
    unproven: dict[str, str] = field(default_factory=dict)
    signature: SignatureNames = field(default_factory=SignatureNames)


def freeze_session(
    session: Any,
    path: str | PathLike[str],
    *,
    outputs: str | Sequence[str],
    inputs: str | Sequence[str] | None = None,
    pins: Mapping[str, Any] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    tolerance: float = 1e-5,
    text: bool = False,
    clear_devices: bool = True,
    libraries: Libraries = (),
    weights_apart: bool = False,
) -> FrozenReport:
    """Writes what a session computes as one `.pb`: structure and weights, no variable left.

    TF1: `tf.graph_util.convert_variables_to_constants` and `tf.io.write_graph`. On top of that,
    the file is read back and run in a fresh process on the batches the session runs, and gets its
    name only if both agree; a good file of that name stays if they do not. Names may be given with
    or without `:0`. Nothing is added to the session's graph.

    Args:
        session: A session whose variables have values.
        path: The file to write, in a folder that exists.
        outputs: The names of the tensors the file shall compute.
        inputs: The names of the tensors it shall take. One that is computed becomes a placeholder
            of its dtype and shape. Unless given: every placeholder the outputs need, and what
            queues, readers and iterators hand on, so that those are left out.
        pins: Values of placeholders to make constants, such as `{"keep_prob": 1.0}`; the side of a
            `tf.cond` that can then not run is left out. Unless named here or among the inputs, a
            single bool named as `is_training` is False, and a number that dropouts alone read is
            the one that drops nothing.
        feeds: One batch to compare on, or several: arrays by input name. Batches of one and of
            three examples are generated unless given.
        tolerance: The largest difference allowed, of numbers above 1 in proportion to them.
        text: Whether to write the text form (`.pbtxt`).
        clear_devices: Whether to forget the devices ops were placed on, so that the file runs on
            machines that have others.
        libraries: The files of custom ops that the graph uses, as for `tf.load_op_library`; to
            load one runs its code, here and where the file is read back.
        weights_apart: Whether to write the weights beside the graph, into `PATH.weights.index` and
            `PATH.weights.data-00000-of-00001`. Done unasked where graph and weights exceed the
            2 GiB that one file can hold.

    Returns:
        What was written and compared.

    Raises:
        UnknownNameError: A name the graph does not have.
        ArgumentError: The outputs need what a file cannot hold (a queue, a mutable table, Python),
            are random, or an argument does not fit; the message says what would, and where a
            queue or table can be cut off.
        ArgumentTypeError: `session` is none, or an argument is of another type.
        MissingFileError: The file cannot be written there, or the text file of a table is gone.
        CorruptFileError: The text file of a table changed since the session read it.
        RunError: The session fails on the batches, or the process that reads the file back ends.
        VerificationError: The reloaded file computes something else; it was not kept.
    """
    where = "freeze_session"
    is_session = hasattr(session, "graph") and hasattr(session, "run")
    if isinstance(session, SessionRunner) or not is_session:
        wanted = "a tf.Session (of a SessionRunner, its .session)"
        raise ArgumentTypeError(where, "session", type(session).__name__, wanted)
    target = Path(path)
    check_graph_request(where, target, tolerance)
    loaded = load_libraries(where, libraries)
    plan = plan_freeze(where, session.graph, outputs, inputs, pins, TableFiles())
    request = FreezeRequest(
        where,
        target,
        feeds,
        tolerance,
        text,
        clear_devices,
        libraries=loaded,
        weights_apart=weights_apart,
    )
    return write_proven(session, plan, request)


@dataclass(frozen=True)
class FreezeRequest:
    """How a plan is to be written and proven; see `freeze_session` and `freeze`."""

    where: str
    target: Path
    feeds: Any
    tolerance: float
    text: bool
    clear_devices: bool
    consumers: Sequence[str] = ()
    origin: Origin | None = None  # no record is written without
    libraries: Sequence[str] = ()
    transforms: Sequence[BoundStep] = ()
    weights_apart: bool = False
    source: str = "the session"
    names: SignatureNames = field(default_factory=SignatureNames)


def check_request(where: str, target: Path, tolerance: float) -> None:
    """Refuses a place that cannot be written, or a tolerance that means nothing."""
    check_target(target)
    number: Any = tolerance  # whatever came
    if not isinstance(number, Real) or not 0 <= tolerance < inf:
        raise ArgumentError(where, "tolerance", tolerance, "a finite number, 0 or more")


def check_graph_request(where: str, target: Path, tolerance: float) -> None:
    """The same where a graph is written; a name that promises another format is refused too."""
    if target.suffix.lower() in _OTHER_FORMATS:
        wanted = "a file .pb, or .pbtxt for text; graphkit convert writes other formats"
        raise ArgumentError(where, "path", str(target), wanted)
    check_request(where, target, tolerance)


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
    others = other_branches(session, plan, batches, tolerance, request.source)
    proof = Proof(plan, batches, expected, process)
    graph = transformed(frozen, plan, request.transforms, proof, tolerance)
    work = _Work(session, plan, request, process, batches, expected, others, split)
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
    process: FreshProcess
    batches: Sequence[Batch]
    expected: list[Outputs]
    others: OtherBranches
    split: Split | None

    def batch(self, number: int) -> Batch:
        """One of the batches, behind which come those for other branches."""
        return [*self.batches, *self.others.batches][number]


def _written(work: _Work, graph: Transformed) -> FrozenReport:
    """Writes a graph, has it read back and the other programs run it."""
    plan, request, batches, expected = work.plan, work.request, work.batches, work.expected
    whole, steps, tolerance = graph
    others = work.others.within(whole)
    work = replace(work, others=others)
    frozen, split = _parted(work, whole)
    note_shapes(frozen, plan.outputs)
    files = files_of(request.target, apart=split is not None)
    records = [record_of(request.target)] if request.origin is not None else []
    with files_together([*records, *files]) as parts:
        *_, part = written = parts[len(records) :]
        write_graph(request.target, part, frozen, split, request.text)
        found = reloaded_outputs(
            request.where, work.process, part, plan, [*batches, *others.batches]
        )
        blame = partial(_blame, work, part, tolerance)
        wanted = [*expected, *others.expected]
        differences = compare_outputs(plan, wanted, found, tolerance, blame)
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
