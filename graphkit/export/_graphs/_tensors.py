"""What goes into a graph and what comes out, by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.export._tensor_info import TensorInfo

__all__ = ["describe_tensor", "find_tensor", "find_tensors", "is_handle", "short_name"]


def describe_tensor(tensor: Tensor) -> TensorInfo:
    """Describes a graph tensor."""
    shape = None if tensor.shape.rank is None else tuple(tensor.shape.as_list())
    return TensorInfo(short_name(tensor), tensor.dtype.base_dtype.name, shape)


def short_name(tensor: Tensor) -> str:
    """The op's name where that is enough to mean the tensor, else the full name."""
    return str(tensor.op.name if len(tensor.op.outputs) == 1 else tensor.name)


def find_tensors(where: str, argument: str, graph: Graph, names: Any) -> list[Tensor]:
    """Looks up one name or several, each once.

    Args:
        where: The function the names were given to.
        argument: Its argument.
        graph: The graph they are looked up in.
        names: A name or tensor, or a sequence of them.

    Returns:
        The tensors, in the order of their names.

    Raises:
        UnknownNameError: No such tensor.
        ArgumentError: An op has no output or several, a name comes twice, there is none, or a
            tensor belongs to another graph.
        ArgumentTypeError: Something else than a name or a tensor was given.
    """
    listed = names if isinstance(names, Sequence) and not isinstance(names, str) else [names]
    if not listed:
        raise ArgumentError(where, argument, list(listed), "at least one tensor name")
    found = [find_tensor(where, argument, graph, name) for name in listed]
    if len({tensor.name for tensor in found}) < len(found):
        raise ArgumentError(where, argument, [t.name for t in found], "different tensors")
    return found


def find_tensor(where: str, argument: str, graph: Graph, name: Any) -> Tensor:
    """Looks up `"x"`, `"x:0"` or a tensor of this graph; see `find_tensors`."""
    owner: Any = getattr(name, "graph", graph)
    if owner is not graph:
        raise ArgumentError(where, argument, name.name, "a tensor of this graph, not of another")
    name = getattr(name, "name", name)
    if not isinstance(name, str):
        raise ArgumentTypeError(where, argument, type(name).__name__, "the name of a tensor")
    op_name, _, index = name.removeprefix("^").partition(":")
    try:
        op = graph.get_operation_by_name(op_name)
    except (KeyError, ValueError):
        raise UnknownNameError("tensor or op", name, _names_like(name, graph)) from None
    outputs = {str(i): tensor for i, tensor in enumerate(op.outputs)}
    if index in outputs:
        return outputs[index]
    if not index and len(outputs) == 1:
        return outputs["0"]
    if not outputs:
        raise ArgumentError(where, argument, name, f"a tensor; {op.type} ops have no output")
    raise ArgumentError(where, argument, name, f"one of {_listed(op.outputs)}")


def _names_like(name: str, graph: Graph) -> Iterable[str]:
    """Names in the form that was asked in: with an output index or without."""
    ops = graph.get_operations()
    if ":" in name:
        return [tensor.name for op in ops for tensor in op.outputs]
    return [op.name for op in ops if op.outputs]


def _listed(tensors: Iterable[Tensor]) -> str:
    return ", ".join(repr(tensor.name) for tensor in tensors)


def is_handle(tensor: Tensor) -> bool:
    """Tells whether a tensor is no value but points to one: a resource or a variant."""
    return tensor.dtype.base_dtype in (tf.resource, tf.variant)
