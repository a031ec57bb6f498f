"""What a layer is given: a tensor of some graph, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

import numpy as np

from graphkit._tf import DType, Graph, tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["Kind", "LayerInput", "checked_flag", "checked_input"]

Kind = Literal[
    "any", "float", "float of at most 32 bits", "float or complex", "int32 or int64", "number"
]

_KINDS: dict[str, Any] = {
    "any": lambda dtype: True,
    "float": lambda dtype: dtype.is_floating,
    "float of at most 32 bits": lambda dtype: dtype.is_floating and dtype.size <= 4,
    "float or complex": lambda dtype: dtype.is_floating or dtype.is_complex,
    "int32 or int64": lambda dtype: dtype in (tf.int32, tf.int64),
    "number": lambda dtype: dtype.is_floating or dtype.is_integer,
}


class LayerInput(NamedTuple):
    """What is known of a layer's input while the graph is built.

    Attributes:
        graph: The graph the layer's nodes belong in.
        dtype: The input's dtype.
        sizes: One entry per axis, `None` where the size is known only at run time.
    """

    graph: Graph
    dtype: DType
    sizes: list[int | None]


def checked_input(
    where: str,
    inputs: Any,
    *,
    rank: int | None = None,
    min_rank: int = 1,
    kind: Kind = "any",
    argument: str = "inputs",
) -> LayerInput:
    """Checks a layer's input and finds its graph.

    Args:
        where: The layer, for error messages.
        inputs: A tensor or variable of a graph, or an array where a graph is current.
        rank: How many axes it must have; any number unless given.
        min_rank: How many axes it must have at least.
        kind: What its dtype must be.
        argument: The argument's name, for error messages.

    Returns:
        Its graph, dtype and static sizes.

    Raises:
        ArgumentError: It has another rank, or its rank is not known.
        ArgumentTypeError: It is no tensor of a graph, or its dtype is of another kind.
    """
    graph = _building_graph(where, inputs, argument)
    dtype = tf.as_dtype(inputs.dtype).base_dtype
    if not _KINDS[kind](dtype):
        raise ArgumentTypeError(where, argument, dtype.name, f"of dtype {kind}")
    shape = tf.TensorShape(inputs.shape)
    wanted = f"of rank {rank}" if rank is not None else f"of rank {min_rank} or more"
    if shape.rank is None:
        raise ArgumentError(where, argument, "unknown rank", f"{wanted} (set_shape tells it)")
    if shape.rank != rank if rank is not None else shape.rank < min_rank:
        raise ArgumentError(where, argument, shape.as_list(), wanted)
    return LayerInput(graph, dtype, shape.as_list())


def checked_flag(where: str, argument: str, value: Any, graph: Graph) -> Any:
    """Checks something that is true or false, now or at each run.

    Args:
        where: The layer, for error messages.
        argument: The argument's name.
        value: A bool, or a bool tensor `[]` of the layer's graph, a switch placeholder for one.
        graph: The layer's graph.

    Returns:
        A Python bool, or the tensor unchanged.

    Raises:
        ArgumentError: The tensor is not a scalar or belongs to another graph.
        ArgumentTypeError: It is neither a bool nor a bool tensor.
    """
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    owner = _owner(value)
    if owner is None or value.dtype.base_dtype != tf.bool:
        received = repr(value) if owner is None else f"a tensor of {value.dtype.name}"
        raise ArgumentTypeError(where, argument, received, "a bool or a bool tensor")
    if value.shape.rank not in (None, 0):
        raise ArgumentError(where, argument, value.shape.as_list(), "a scalar")
    if owner not in lineage(graph):
        raise ArgumentError(where, argument, value.name, "a tensor of the same graph as inputs")
    return value


def lineage(graph: Graph) -> Iterator[Graph]:
    """Lists a graph and the graphs around it, where it is the body of a `tf.cond` or loop."""
    current: Graph | None = graph
    while current is not None:
        yield current
        current = getattr(current, "outer_graph", None)


def _building_graph(where: str, inputs: Any, argument: str) -> Graph:
    """Finds the graph to build in: the input's own, or the branch of it that is being built."""
    current = None if tf.executing_eagerly() else tf.get_default_graph()
    owner = current if isinstance(inputs, np.ndarray) else _owner(inputs)
    if owner is None:
        wanted = "a tensor of a graph (or an array inside `with graph.as_default()`)"
        raise ArgumentTypeError(where, argument, type(inputs).__name__, wanted)
    return current if current is not None and owner in lineage(current) else owner


def _owner(value: Any) -> Graph | None:
    """Returns the graph of a tensor or variable; `None` for eager tensors and anything else."""
    if not (tf.is_tensor(value) or isinstance(value, tf.Variable)):
        return None
    owner = getattr(value, "graph", None)
    return owner if isinstance(owner, tf.Graph) and hasattr(value, "dtype") else None
