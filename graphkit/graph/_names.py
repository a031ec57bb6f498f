"""Names in a graph: which are valid, and finding a tensor or an op by one."""

from __future__ import annotations

import re
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError

__all__ = ["checked_graph", "checked_name", "find_operation", "find_tensor"]

_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")
_NAME_INSIDE_SCOPE = re.compile(r"[A-Za-z0-9_.\\/>-]+")
_OUTPUT = re.compile(r"(?P<op>.+):(?P<index>\d+)")


def checked_graph(where: str, graph: Any) -> Graph:
    """Returns `graph` if it is a `tf.Graph`.

    Raises:
        ArgumentTypeError: It is something else, a `GraphBuilder` for one.
    """
    if not isinstance(graph, tf.Graph):
        raise ArgumentTypeError(where, "graph", type(graph).__name__, "a tf.Graph")
    return graph


def checked_name(where: str, name: Any, graph: Graph | None = None) -> str:
    """Returns `name` if TensorFlow would accept it for a node in the graph's current scope.

    Args:
        where: The call, for the error message.
        name: What came.
        graph: The graph the node will be in, if known; inside a scope `_` may come first.

    Returns:
        The name, unchanged.

    Raises:
        ArgumentTypeError: It is not a string.
        ArgumentError: It is empty or holds a character that op names cannot have.
    """
    if not isinstance(name, str):
        raise ArgumentTypeError(where, "name", repr(name), "a string")
    in_scope = graph is not None and graph.get_name_scope()
    pattern = _NAME_INSIDE_SCOPE if in_scope else _NAME
    if not pattern.fullmatch(name):
        wanted = "made of letters, digits and _ . - / with a letter or digit first"
        raise ArgumentError(where, "name", name, wanted)
    return name


def find_tensor(graph: Graph, name: Any) -> Tensor:
    """Finds a tensor by name, so that feeds, fetches and outputs can be given as strings.

    `"y"` means `"y:0"`. The name of a variable means its value, as it did in TensorFlow 1: today's
    variables are resources, and the tensor of that name would be a handle nobody can read.

    Args:
        graph: The graph to look in.
        name: `"name"`, `"name:0"`, or a tensor or variable of this graph.

    Returns:
        The tensor; one given as a tensor is returned unchanged, a variable as its value.

    Raises:
        UnknownNameError: No such tensor; the nearest names are suggested.
        ArgumentError: The tensor belongs to another graph, or the op has no outputs.
        ArgumentTypeError: Neither a name nor a tensor.
    """
    checked_graph("find_tensor", graph)
    if not isinstance(name, str):
        return _own_tensor(graph, name)
    written = _OUTPUT.fullmatch(name)
    operation = _operation(graph, written["op"] if written else name, "tensor", name)
    index = int(written["index"]) if written else 0
    if not operation.outputs:
        wanted = "the name of an op with outputs (find_operation finds the others)"
        raise ArgumentError("find_tensor", "name", name, wanted)
    if index >= len(operation.outputs):
        raise UnknownNameError("tensor", name, [t.name for t in operation.outputs])
    tensor = operation.outputs[index]
    return _variable_value(graph, tensor) if tensor.dtype == tf.resource else tensor


def find_operation(graph: Graph, name: Any) -> Operation:
    """Finds an op by name; the name of one of its outputs will do.

    Args:
        graph: The graph to look in.
        name: `"name"`, `"name:0"`, or an op, tensor or variable of this graph.

    Returns:
        The op; one given as an op is returned unchanged, a tensor as the op that makes it.

    Raises:
        UnknownNameError: No such op; the nearest names are suggested.
        ArgumentError: The op or tensor belongs to another graph.
        ArgumentTypeError: Neither a name nor an op nor a tensor.
    """
    checked_graph("find_operation", graph)
    if isinstance(name, str):
        written = _OUTPUT.fullmatch(name)
        return _operation(graph, written["op"] if written else name, "op", name)
    element = _own_element(graph, name, "find_operation", "a name, an op or a tensor")
    return element if isinstance(element, tf.Operation) else element.op


def _operation(graph: Graph, op_name: str, kind: str, asked: str) -> Operation:
    try:
        return graph.get_operation_by_name(op_name)
    except (KeyError, ValueError) as exc:
        operations = graph.get_operations()
        names = [op.name for op in operations]
        if asked != op_name:
            names = [tensor.name for op in operations for tensor in op.outputs]
        raise UnknownNameError(kind, asked, names) from exc


def _own_tensor(graph: Graph, value: Any) -> Tensor:
    element = _own_element(graph, value, "find_tensor", "a name or a tensor")
    if isinstance(element, tf.Operation):
        raise ArgumentTypeError("find_tensor", "name", f"the op {value.name!r}", "a tensor")
    return element


def _own_element(graph: Graph, value: Any, where: str, wanted: str) -> Any:
    """Resolves an object to the tensor or op it stands for, if it is of this very graph."""
    owner = getattr(value, "graph", None)
    if not isinstance(owner, tf.Graph):
        raise ArgumentTypeError(where, "name", type(value).__name__, wanted)
    if owner is not graph:
        wanted = "of the graph that is searched; this one belongs to another graph"
        raise ArgumentError(where, "name", value.name, wanted)
    return graph.as_graph_element(value)


def _variable_value(graph: Graph, handle: Tensor) -> Tensor:
    """Follows a variable's handle to the tensor that reads it; other resources stay as they are."""
    keys = (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES)
    variables = [variable for key in keys for variable in graph.get_collection(key)]
    owner = [v for v in variables if getattr(v, "handle", None) is handle]
    return graph.as_graph_element(owner[0]) if owner else handle
