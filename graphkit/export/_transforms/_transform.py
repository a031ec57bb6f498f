"""A graph file changed step by step; each step is proven before the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

from google.protobuf import text_format

from graphkit._aside import check_target, files_aside
from graphkit._tf import Graph, Tensor
from graphkit.errors import ArgumentError
from graphkit.export._apart._beside import check_whole
from graphkit.export._freezing._fresh._process import fresh_process
from graphkit.export._freezing._request import check_graph_request
from graphkit.export._graphs._attributes import drop_later_defaults
from graphkit.export._graphs._libraries import Libraries, load_libraries
from graphkit.export._graphs._model_file import imported_graph, read_graph_def
from graphkit.export._graphs._nodes import needed_nodes
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._outputs import clear_marks, file_outputs, mark_outputs
from graphkit.export._graphs._surgery import clear_placement
from graphkit.export._graphs._tensors import describe_tensor, find_tensors
from graphkit.export._targets._record import (
    Origin,
    file_hashes,
    origin_of,
    record_of,
    record_text,
)
from graphkit.export._targets._whole import write_whole
from graphkit.export._tensor_info import TensorInfo
from graphkit.export._transforms._cut import cut_network
from graphkit.export._transforms._network import Baseline, Network, copied
from graphkit.export._transforms._proof import Proof, proof_of
from graphkit.export._transforms._step import BoundStep, Step, bound_step
from graphkit.export._transforms._taken import StepReport, proven_step

__all__ = ["TransformReport", "transform"]

_WHERE = "transform"


@dataclass(frozen=True)
class TransformReport:
    """What was written, and what was compared.

    Attributes:
        path: The file.
        inputs: What it takes.
        outputs: What it gives.
        steps: What each step did, in their order.
        nodes: How many nodes the graph has.
        bytes: The size of the file.
        max_abs_diff: The largest difference between the reloaded file and its source.
        batches_checked: How many batches were compared after each step.
        unproven: The branches that were not compared, as no batch leads there, and conditions of
            which that is not known; each with the reason.
    """

    path: Path
    inputs: list[TensorInfo]
    outputs: list[TensorInfo]
    steps: list[StepReport]
    nodes: int
    bytes: int
    max_abs_diff: float
    batches_checked: int
    unproven: dict[str, str] = field(default_factory=dict)


def transform(
    path: str | PathLike[str],
    output: str | PathLike[str],
    steps: Sequence[str | Step],
    *,
    inputs: str | Sequence[str] | None = None,
    outputs: str | Sequence[str] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    tolerance: float = 1e-5,
    libraries: Libraries = (),
) -> TransformReport:
    """Writes a frozen graph again, changed step by step and compared with its source after each.

    TF1: `tensorflow.tools.graph_transforms.TransformGraph`. On top of that, source and result run
    on the same batches after every step, the result in a fresh process, as does the file before it
    gets its name. `graphkit transform --steps` lists the steps and their arguments. What is known
    of pictures goes along in `OUTPUT.json`, which is written with the file.

    Args:
        path: The frozen graph, `.pb` or `.pbtxt`.
        output: The file to write, in a folder that exists; text if its name ends in `.pbtxt`.
        steps: The steps, in order: `"fold_constants"`, `"quantize_weights:dtype=int8"`, or `Step`.
        inputs: The names of the tensors the graph takes; one that is computed becomes a
            placeholder. Its placeholders unless given.
        outputs: The names of the tensors it gives; those the file was made for unless given.
        feeds: One batch to compare on, or several: arrays by input name. Batches of one and of
            three examples are generated unless given.
        tolerance: The largest difference allowed, of numbers above 1 in proportion to them. Steps
            that round add their own.
        libraries: The files of custom ops that the graph uses; to load one runs its code.

    Returns:
        What each step did, and what was compared.

    Raises:
        MissingFileError: The file does not exist, or `output` cannot be written.
        CorruptFileError: It holds no graph, or one this TensorFlow cannot build.
        UnknownNameError: A name the graph does not have, or no such step or argument of one.
        ArgumentError: An argument does not fit, the graph is not frozen, or it is random.
        UnsafeFileError: The graph would touch files or run code.
        RunError: It cannot be run on the batches.
        VerificationError: A step changed what the graph computes; nothing was written.
    """
    source, target = Path(path), Path(output)
    check_graph_request(_WHERE, target, tolerance)
    check_target(record_of(target))
    if isinstance(steps, str) or not steps:
        raise ArgumentError(_WHERE, "steps", steps, "a list of at least one step")
    known = load_libraries(_WHERE, libraries)
    bound = [bound_step(step) for step in steps]
    network, graph = _opened(source, inputs, outputs, known)
    origin = origin_of(source, None)
    baseline = network.baseline or Baseline(
        {name: graph.get_tensor_by_name(f"{name}:0") for name in network.inputs},
        [graph.get_tensor_by_name(name) for name in network.outputs],
    )
    process = fresh_process(known)  # loads TensorFlow while this one computes
    proof = proof_of(source, baseline, feeds, tolerance, process)
    run = _Run(source, network, proof, tolerance)
    for step in bound:
        run.take(step)
    return run.write(target, origin)


class _Run:
    """The steps taken so far.

    Args:
        source: The file.
        network: What it holds.
        proof: What it computes.
        tolerance: How far that may change.
    """

    def __init__(self, source: Path, network: Network, proof: Proof, tolerance: float) -> None:
        self._source = source
        self._network = replace(network, baseline=None)
        self._proof = proof
        self._base = self._allowed = tolerance
        self._steps: list[StepReport] = []

    def take(self, step: BoundStep) -> None:
        """Takes a step and proves it."""
        before, after = self._network, step.apply(self._network)
        if after.baseline is not None:
            self._proof = self._proof.after(self._source, before, after.baseline, self._base)
            self._allowed = self._base
        self._allowed += step.tolerance
        self._steps.append(proven_step(step, before, after, self._proof, self._allowed))
        self._network = replace(after, baseline=None)

    def write(self, target: Path, origin: Origin) -> TransformReport:
        """Writes what is left, has it read back in the fresh process and compares it once more."""
        graph_def = copied(self._network.graph_def)
        graph = imported_graph(self._source, graph_def)
        outputs = [graph.get_tensor_by_name(name) for name in self._network.outputs]
        clear_marks(graph_def)
        mark_outputs(graph_def, outputs)
        with files_aside([target, record_of(target)]) as (part, record):
            part.write_bytes(_serialized(graph_def, text=target.suffix == ".pbtxt"))
            found = self._proof.check("writing it", self._network, self._allowed, part)
            report = self._report(target, part, graph, outputs, max(found))
            write_whole(record, self._record(report, found, part, origin).encode())
        return report

    def _report(
        self, target: Path, part: Path, graph: Graph, outputs: list[Tensor], difference: float
    ) -> TransformReport:
        ops = graph.get_operations()
        placeholders = {op.name: op for op in ops if op.type in PLACEHOLDERS}
        names = [name for name in self._network.inputs.values() if name in placeholders]
        return TransformReport(
            path=target,
            inputs=[describe_tensor(placeholders[name].outputs[0]) for name in names],
            outputs=[describe_tensor(tensor) for tensor in outputs],
            steps=self._steps,
            nodes=len(ops),
            bytes=part.stat().st_size,
            max_abs_diff=difference,
            batches_checked=self._proof.batches,
            unproven=self._proof.branches_not_taken(self._source),
        )

    def _record(
        self, report: TransformReport, found: Sequence[float], part: Path, origin: Origin
    ) -> str:
        names = [info.name for info in report.outputs]
        return record_text(
            target="pb",
            inputs=report.inputs,
            outputs=report.outputs,
            files=file_hashes(part, report.path.name),
            origin=origin,
            differences={"tensorflow": dict(zip(names, found, strict=True))},
            tolerance=self._allowed,
            batches=report.batches_checked,
            unproven=report.unproven,
        )


def _opened(
    source: Path, inputs: Any, outputs: Any, libraries: Sequence[str]
) -> tuple[Network, Graph]:
    """The network in a file, between the tensors that were named, and the graph of the file."""
    graph_def = read_graph_def(source)
    check_whole(_WHERE, "path", source, graph_def.node)
    clear_placement(graph_def, devices=False)
    graph = imported_graph(source, graph_def)
    if outputs is None:
        places = [(graph.get_operation_by_name(op).outputs, k) for op, k in file_outputs(graph_def)]
        found = [t for tensors, k in places for t in (tensors if k is None else tensors[k : k + 1])]
        if not found:
            wanted = "named; the file does not tell what it is for"
            raise ArgumentError(_WHERE, "outputs", outputs, wanted)
    else:
        found = find_tensors(_WHERE, "outputs", graph, outputs)
    needed = needed_nodes(graph_def, [tensor.op.name for tensor in found])
    placeholders = {node.name: node.name for node in needed if node.op in PLACEHOLDERS}
    names = tuple(tensor.name for tensor in found)
    network = Network(graph_def, placeholders, names, libraries=tuple(libraries))
    if inputs is not None:
        named = find_tensors(_WHERE, "inputs", graph, inputs)
        network = cut_network(_WHERE, network, graph, named, found)
    return network, graph


def _serialized(graph_def: Any, *, text: bool) -> bytes:
    drop_later_defaults(graph_def)
    if text:
        return text_format.MessageToString(graph_def).encode()
    return bytes(graph_def.SerializeToString(deterministic=True))
