"""What is in a graph."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit._formats._releases import release_of
from graphkit._marks import GATE_MARK, VARIABLE_MARK, WEIGHTS_MARK
from graphkit.errors import GraphkitError
from graphkit.export._apart._beside import check_weights
from graphkit.export._graph_file import GraphFile
from graphkit.export._graphs._op_changes import GONE, newer_attribute
from graphkit.export._graphs._op_kinds import (
    CONTROL_FLOW,
    VARIABLES,
    feeds_pipeline,
    is_training,
    is_unsafe,
)
from graphkit.export._inspection._ends import graph_inputs, graph_outputs
from graphkit.export._inspection._engines import engines_of
from graphkit.export._inspection._facts import Shape
from graphkit.export._inspection._flops import count_flops
from graphkit.export._inspection._shapes import infer_shapes
from graphkit.export._meta_graph import Signature, signatures_of, writer_of
from graphkit.export._tensor_info import TensorInfo

__all__ = ["GraphDetails", "describe_graph"]


@dataclass(frozen=True)
class GraphDetails:
    """What a graph file holds.

    Attributes:
        inputs: The placeholders, without those of savers.
        outputs: The names of what the file was written for, or of what nothing but its training
            and its savers read.
        nodes: How many nodes there are, those in functions included.
        parameters: How many numbers its variables hold, or held before they were frozen, flags
            left out; of a file that does not say what was a variable, its floating constants but
            single numbers.
        parameter_bytes: The memory they take.
        ops: How often each op type occurs, the most frequent first.
        producer: The GraphDef version of the TensorFlow that wrote it; 0 if it does not say.
        release: The TensorFlow that number stands for, or those it lies between.
        tensorflow: That TensorFlow's version, "" if the file does not say.
        signatures: What a SavedModel or `.meta` says it can be asked for.
        devices: How many nodes were placed on each device.
        control_flow: How often each op of loops, conditions and calls occurs.
        loops: The frames of `tf.while_loop` as TensorFlow 1 writes it.
        functions: How many nodes each function has: bodies of loops and conditions of version 2.
        training_ops: How often each op occurs that serves training alone.
        pipeline_ops: Queues, readers and iterators, as `name (type)`.
        engines: What serves the batches of graphkit's readers, by their names, and the records
            that a session takes one by one, by the ops that take them: tf.data, or queues and why.
        unsafe_ops: Ops that touch files or run code, as `name (type)`.
        gone_ops: How often each op occurs that today's TensorFlow does not have.
        newer_attributes: How often each attribute occurs that ops got after TensorFlow 2.16, as
            `Op.attribute`; earlier ones refuse a graph that has it.
        batch: What an open first dimension of an input was taken for.
        flops: The floating point operations of one run of every node, of a loop one turn, as far
            as `flops_by_op` goes; a multiplication and an addition are two.
        flops_by_op: Those of each op type, the most first.
        uncounted_ops: How often each op occurs whose operations are not counted: shapes are open,
            or the op is not known.
        weights: The variables, or the constants that `parameters` counts.
        weights_apart: Where the weights lie if that is beside the graph, or why they are not its
            own; empty of other graphs.
    """

    inputs: list[TensorInfo]
    outputs: list[str]
    nodes: int
    parameters: int
    parameter_bytes: int
    ops: dict[str, int]
    producer: int
    release: str
    tensorflow: str
    signatures: list[Signature]
    devices: dict[str, int]
    control_flow: dict[str, int]
    loops: list[str]
    functions: dict[str, int]
    training_ops: dict[str, int]
    pipeline_ops: list[str]
    engines: dict[str, str]
    unsafe_ops: list[str]
    gone_ops: dict[str, int]
    newer_attributes: dict[str, int]
    batch: int
    flops: int
    flops_by_op: dict[str, int]
    uncounted_ops: dict[str, int]
    weights: list[TensorInfo]
    weights_apart: str = ""


def describe_graph(
    file: GraphFile, *, batch: int = 1, shapes: Mapping[str, Shape] | None = None
) -> GraphDetails:
    """Describes a graph without building it, so that unknown ops do no harm.

    Args:
        file: The file, read.
        batch: What an open first dimension of an input is taken for, to count operations.
        shapes: Shapes of inputs, or other nodes, that the file leaves open.

    Returns:
        The description.

    Raises:
        ArgumentError: A shape is given for what is no node.
        FormatError: What an attribute holds is damaged.
    """
    graph = file.graph
    weights = _weights(graph)
    flops = count_flops(infer_shapes(graph, batch=batch, given=shapes))
    return GraphDetails(
        inputs=[_placeholder(node) for node in graph_inputs(graph)],
        outputs=graph_outputs(graph),
        nodes=sum(1 for _ in graph.all_nodes()),
        parameters=sum(elements for _, elements, _ in weights),
        parameter_bytes=sum(elements * size for _, elements, size in weights),
        ops=_counted(node.op for _, node in graph.all_nodes()),
        producer=graph.producer,
        release=release_of(graph.producer),
        tensorflow=writer_of(file.meta_graphs),
        signatures=signatures_of(file.meta_graphs),
        devices=_counted(node.device for _, node in graph.all_nodes() if node.device),
        control_flow=_counted(node.op for _, node in graph.all_nodes() if node.op in CONTROL_FLOW),
        loops=sorted({n.text("frame_name") for n in graph.nodes if n.op in ("Enter", "RefEnter")}),
        functions={name: len(inside) for name, inside in graph.functions.items()},
        training_ops=_counted(node.op for _, node in graph.all_nodes() if is_training(node.op)),
        pipeline_ops=_named(graph, feeds_pipeline),
        engines=engines_of(graph.nodes),
        unsafe_ops=_named(graph, is_unsafe),
        gone_ops=_counted(node.op for _, node in graph.all_nodes() if node.op in GONE),
        newer_attributes=_counted(_newer_attributes(graph)),
        batch=batch,
        flops=flops.total,
        flops_by_op=flops.by_op,
        uncounted_ops=flops.uncounted,
        weights=[info for info, _, _ in weights],
        weights_apart=_apart(file),
    )


def _newer_attributes(graph: StoredGraph) -> Iterator[str]:
    for _, node in graph.all_nodes():
        yield from (f"{node.op}.{name}" for name in node.attrs if newer_attribute(node.op, name))


def _apart(file: GraphFile) -> str:
    found = [node.text(WEIGHTS_MARK) for node in file.graph.nodes if WEIGHTS_MARK in node.attrs]
    if not found:
        return ""
    try:
        return f"{check_weights(file.path, found[0])}.*"
    except GraphkitError as exc:
        return str(exc)


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(Counter(words).most_common())


def _named(graph: StoredGraph, belongs: Callable[[str], bool]) -> list[str]:
    return [f"{name} ({node.op})" for name, node in graph.all_nodes() if belongs(node.op)]


def _placeholder(node: StoredNode) -> TensorInfo:
    dtype = node.dtype("dtype")
    return TensorInfo(node.name, dtype.name if dtype else "unknown dtype 0", node.shape())


def _weights(graph: StoredGraph) -> list[tuple[TensorInfo, int, int]]:
    """The variables, or else what may have been some: each with its elements and their size."""
    apart = any(WEIGHTS_MARK in node.attrs for node in graph.nodes)  # with other large constants
    kinds = frozenset[str]() if apart else VARIABLES
    known = [n for n in graph.nodes if n.op in kinds or VARIABLE_MARK in n.attrs]
    candidates = known or [node for node in graph.nodes if node.op == "Const"]
    found = []
    for node in candidates:
        dtype = node.dtype("dtype")
        tensor = node.tensor() if node.op == "Const" else None
        shape = node.shape() if tensor is None else tensor.shape
        if not known and not (shape and dtype and "float" in dtype.name):
            continue
        if GATE_MARK in node.attrs or (dtype is not None and dtype.name == "bool"):
            continue
        elements = math.prod(size or 0 for size in shape) if shape is not None else 0
        name = dtype.name if dtype else "unknown dtype 0"
        found.append((TensorInfo(node.name, name, shape), elements, dtype.bytes if dtype else 0))
    return found
