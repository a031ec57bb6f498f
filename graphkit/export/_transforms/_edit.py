"""A single node put in or exchanged; what is computed from then on is what the new graph says."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphkit._tf import Graph, Operation, tf
from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name, needed_nodes, op_of
from graphkit.export._graphs._tensors import find_tensor
from graphkit.export._transforms._network import (
    Baseline,
    Network,
    copied,
    rewire,
)

__all__ = ["insert", "replace"]


def insert(
    network: Network, *, after: str, op: str, name: str = "", arguments: str = "{}"
) -> Network:
    """Puts a node behind a tensor; all that read the tensor read the node.

    Args:
        network: The network.
        after: The tensor; the node takes it as its first input.
        op: The type of the node, such as "Softmax".
        name: Its name; that of its type in lower case unless given.
        arguments: What else `tf.raw_ops` asks for, as JSON: `{"y": 0.5}` of a "Mul".

    Raises:
        UnknownNameError: No such tensor or type of op.
        ArgumentError: TensorFlow does not accept the node, or the graph with it.
    """
    graph = _imported("insert", network.graph_def)
    tensor = find_tensor("insert", "after", graph, after)
    graph_def = copied(network.graph_def)
    taken = {node.name for node in graph_def.node}
    made = _made(
        "insert", graph, op, [tensor], free_name(set(taken), name or op.lower()), arguments
    )
    moved = {tensor.name: f"{made.name}:0"}
    rewire(graph_def.node, moved)
    graph_def.node.extend(node for node in graph.as_graph_def().node if node.name not in taken)
    outputs = [moved.get(output, output) for output in network.outputs]
    return _edited("insert", network, graph_def, outputs)


def replace(
    network: Network, *, node: str, op: str = "", value: str = "", arguments: str = "{}"
) -> Network:
    """Makes a node one of another type with the same inputs, or a constant.

    Args:
        network: The network.
        node: The node.
        op: The type it gets, such as "Relu".
        value: The value it gets instead, as JSON; its dtype stays.
        arguments: What else `tf.raw_ops` asks for, as JSON.

    Raises:
        UnknownNameError: No such node or type of op.
        ArgumentError: TensorFlow does not accept the node, or the graph with it.
    """
    if bool(op) == bool(value):
        shown = "both" if op else "none of them"
        raise ArgumentError("replace", "op", op, "op=TYPE or value=JSON", shown=shown)
    graph = _imported("replace", network.graph_def)
    nodes = {candidate.name: candidate for candidate in network.graph_def.node}
    if node not in nodes:
        raise UnknownNameError("node", node, nodes)
    old = graph.get_operation_by_name(node)
    graph_def = copied(network.graph_def)
    changed = next(candidate for candidate in graph_def.node if candidate.name == node)
    if value:
        make_constant(changed, node, _constant(old, value))
        return _edited("replace", network, graph_def, network.outputs)
    waits = [name for name in changed.input if name.startswith("^")]
    name = free_name(set(nodes), f"{node}_replaced")
    made = _made("replace", graph, op, list(old.inputs), name, arguments)
    found = {candidate.name: candidate for candidate in graph.as_graph_def().node}
    changed.CopyFrom(found.pop(made.name))
    changed.name = node
    changed.input.extend(waits)
    graph_def.node.extend(added for added_name, added in found.items() if added_name not in nodes)
    return _edited("replace", network, graph_def, network.outputs)


def _made(
    where: str, graph: Graph, op: str, inputs: Sequence[Any], name: str, arguments: str
) -> Operation:
    """Adds a node to a graph through the function TensorFlow has for its type."""
    function = getattr(tf.raw_ops, op, None)
    if function is None or op.startswith("_"):
        raise UnknownNameError("op type", op, [n for n in dir(tf.raw_ops) if n[0].isupper()])
    further = _json(where, "arguments", arguments)
    parameters = list(inspect.signature(function).parameters)
    try:
        if not isinstance(further, Mapping):
            raise TypeError("it is no object of JSON")
        taken = dict(zip(parameters, inputs, strict=False))
        with graph.as_default():
            made = function(**taken, **further, name=name)
    except (TypeError, ValueError, tf.errors.OpError) as exc:
        wanted = f"what tf.raw_ops.{op} takes: {', '.join(parameters[:-1])} ({_first_line(exc)})"
        raise ArgumentError(where, "arguments", arguments, wanted) from exc
    first = made[0] if isinstance(made, (list, tuple)) else made
    return first if isinstance(first, tf.Operation) else first.op


def _constant(old: Operation, value: str) -> Any:
    wanted = old.outputs[0].dtype.base_dtype.as_numpy_dtype if len(old.outputs) == 1 else None
    if wanted is None:
        raise ArgumentError("replace", "node", old.name, "a node of one output")
    try:
        return np.array(_json("replace", "value", value), wanted)
    except (TypeError, ValueError) as exc:
        dtype = old.outputs[0].dtype.name
        raise ArgumentError("replace", "value", value, f"an array of {dtype}") from exc


def _json(where: str, argument: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as exc:
        raise ArgumentError(where, argument, text, f"JSON ({exc})") from exc


def _edited(where: str, network: Network, graph_def: Any, outputs: Sequence[str]) -> Network:
    """The network whose results are, from now on, those of this graph."""
    graph = _imported(where, graph_def)
    needed = {node.name for node in needed_nodes(graph_def, map(op_of, outputs))}
    inputs = [name for name in network.inputs.values() if name in needed]
    kinds = {node.name: node.op for node in graph_def.node}
    inputs = [name for name in inputs if kinds[name] != "Const"]
    baseline = Baseline(
        {name: graph.get_tensor_by_name(f"{name}:0") for name in inputs},
        [graph.get_tensor_by_name(name) for name in outputs],
    )
    names = {name: name for name in inputs}
    edited = Network(graph_def, names, tuple(outputs), baseline, network.libraries)
    return edited.with_graph(graph_def)


def _imported(where: str, graph_def: Any) -> Graph:
    graph = tf.Graph()
    try:
        with graph.as_default():
            tf.import_graph_def(copied(graph_def), name="")
    except (ValueError, TypeError, tf.errors.OpError) as exc:
        wanted = f"one TensorFlow accepts in its place ({_first_line(exc)})"
        raise ArgumentError(where, "node", "such a node", wanted) from exc
    return graph


def _first_line(error: Exception) -> str:
    return str(getattr(error, "message", error)).partition("\n")[0]
