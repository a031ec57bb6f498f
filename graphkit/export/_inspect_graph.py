"""What is in a `GraphDef`."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from graphkit._tf import tf
from graphkit.export._constants import VARIABLE_MARK
from graphkit.export._nodes import ops_within
from graphkit.export._op_kinds import PLACEHOLDERS, VARIABLES, feeds_pipeline, is_unsafe
from graphkit.export._outputs import file_outputs
from graphkit.export._tensor_info import TensorInfo

__all__ = ["GraphDetails", "describe_graph"]


@dataclass(frozen=True)
class GraphDetails:
    """What a graph file holds.

    Attributes:
        inputs: The placeholders.
        outputs: The names of what the file was written for, or of what nothing consumes.
        nodes: How many nodes there are, those in functions included.
        parameters: How many numbers its variables hold, or held before they were frozen; of a
            file that does not say what was a variable, its floating constants but single numbers.
        ops: How often each op type occurs, the most frequent first.
        producer: The GraphDef version of the TensorFlow that wrote it; 0 if it does not say.
        pipeline_ops: Queues, readers and iterators, as `name (type)`.
        unsafe_ops: Ops that touch files or run code, as `name (type)`.
    """

    inputs: list[TensorInfo]
    outputs: list[str]
    nodes: int
    parameters: int
    ops: dict[str, int]
    producer: int
    pipeline_ops: list[str]
    unsafe_ops: list[str]


def describe_graph(graph_def: Any) -> GraphDetails:
    """Describes a graph without building it, so that unknown ops do no harm.

    Args:
        graph_def: The `GraphDef`.

    Returns:
        The description.
    """
    ops = list(ops_within(graph_def))
    return GraphDetails(
        inputs=[_placeholder_info(node) for node in graph_def.node if node.op in PLACEHOLDERS],
        outputs=[n if i is None else f"{n}:{i}" for n, i in file_outputs(graph_def)],
        nodes=len(ops),
        parameters=_parameters(graph_def.node),
        ops=dict(Counter(kind for _, kind in ops).most_common()),
        producer=graph_def.versions.producer,
        pipeline_ops=[f"{name} ({kind})" for name, kind in ops if feeds_pipeline(kind)],
        unsafe_ops=[f"{name} ({kind})" for name, kind in ops if is_unsafe(kind)],
    )


def _placeholder_info(node: Any) -> TensorInfo:
    shape = node.attr["shape"].shape
    known = node.attr["shape"].HasField("shape") and not shape.unknown_rank
    dims = tuple(dim.size if dim.size >= 0 else None for dim in shape.dim) if known else None
    return TensorInfo(node.name, _dtype_name(node.attr["dtype"].type), dims)


def _dtype_name(enum: int) -> str:
    try:
        return str(tf.DType(enum).name)
    except (TypeError, KeyError):
        return f"unknown dtype {enum}"


def _parameters(nodes: Any) -> int:
    known = [node for node in nodes if node.op in VARIABLES or VARIABLE_MARK in node.attr]
    return sum(map(_elements, known or filter(_may_be_weight, nodes)))


def _may_be_weight(node: Any) -> bool:
    if node.op != "Const" or not node.attr["value"].tensor.tensor_shape.dim:
        return False
    return "float" in _dtype_name(node.attr["dtype"].type)


def _elements(node: Any) -> int:
    value, declared = node.attr["value"].tensor.tensor_shape, node.attr["shape"].shape
    dims = value.dim if node.op == "Const" else declared.dim
    return max(0, math.prod(int(dim.size) for dim in dims))
