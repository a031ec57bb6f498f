"""What is in a `GraphDef`."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from graphkit._tf import tf
from graphkit.export._nodes import ops_within
from graphkit.export._op_kinds import PLACEHOLDERS, VARIABLES, feeds_pipeline, is_unsafe
from graphkit.export._outputs import file_outputs
from graphkit.export._signature import TensorInfo

__all__ = ["GraphDetails", "describe_graph"]

_WEIGHT_RANK = 1


@dataclass(frozen=True)
class GraphDetails:
    """What a graph file holds.

    Attributes:
        inputs: The placeholders.
        outputs: The names of what the file was written for, or of what nothing consumes.
        nodes: How many nodes there are, those in functions included.
        parameters: How many floating numbers its variables and constants of rank 1 or more hold.
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
        outputs=[f"{name}:{index or 0}" for name, index in file_outputs(graph_def)],
        nodes=len(ops),
        parameters=sum(_parameters(node) for node in graph_def.node),
        ops=dict(Counter(kind for _, kind in ops).most_common()),
        producer=graph_def.versions.producer,
        pipeline_ops=[f"{name} ({kind})" for name, kind in ops if feeds_pipeline(kind)],
        unsafe_ops=[f"{name} ({kind})" for name, kind in ops if is_unsafe(kind)],
    )


def _placeholder_info(node: Any) -> TensorInfo:
    shape = node.attr["shape"].shape
    known = node.attr["shape"].HasField("shape") and not shape.unknown_rank
    dims = tuple(dim.size if dim.size >= 0 else None for dim in shape.dim) if known else None
    return TensorInfo(f"{node.name}:0", _dtype_name(node.attr["dtype"].type), dims)


def _dtype_name(enum: int) -> str:
    try:
        return str(tf.DType(enum).name)
    except (TypeError, KeyError):
        return f"unknown dtype {enum}"


def _parameters(node: Any) -> int:
    """The numbers in a variable, or in a constant that looks like one."""
    if node.op in VARIABLES:
        dims = node.attr["shape"].shape.dim
    elif node.op == "Const":
        dims = node.attr["value"].tensor.tensor_shape.dim
    else:
        return 0
    floating = _dtype_name(node.attr["dtype"].type).startswith(("float", "bfloat", "half"))
    ranked = node.op in VARIABLES or len(dims) >= _WEIGHT_RANK
    return max(0, math.prod(dim.size for dim in dims)) if floating and ranked else 0
