"""contrib.framework.fuse_op: a part of a GraphDef becomes one op, for a runtime that has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError

__all__ = ["fuse_op"]


def _name(text: str) -> str:
    """The node that an input names: without what marks a control input or an output's number."""
    return text.removeprefix("^").partition(":")[0]


def _up_to(names: Iterable[str], nodes: dict[str, Any]) -> set[str]:
    """Nodes and everything they are computed from."""
    found: set[str] = set()
    wave = list(names)
    while wave:
        name = wave.pop()
        if name not in found:
            found.add(name)
            wave += [_name(text) for text in nodes[name].input]
    return found


def _check(graph_def: Any, nodes: dict[str, Any], **named: Sequence[str]) -> None:
    if not isinstance(graph_def, tf.GraphDef):
        raise ArgumentTypeError("fuse_op", "graph_def", type(graph_def).__name__, "a GraphDef")
    for argument, names in named.items():
        if isinstance(names, str):
            raise ArgumentTypeError("fuse_op", argument, "str", "a list of names")
        for name in names:
            if name not in nodes:
                raise UnknownNameError("node", name, nodes)


def fuse_op(
    graph_def: Any,
    input_nodes: Sequence[str],
    output_nodes: Sequence[str],
    output_dtypes: Sequence[Any],
    output_quantized: bool,
    op_name: str,
    op_type: str,
) -> Any:
    """Puts one op in the place of what is between some nodes and others.

    Args:
        graph_def: The `GraphDef`; it is not changed.
        input_nodes: What the op takes.
        output_nodes: The last nodes, with one input each; they stay, and take what the op makes.
        output_dtypes: The dtypes of what it makes.
        output_quantized: Whether that is quantised.
        op_name: The op's name.
        op_type: The op's type.

    Returns:
        The new `GraphDef`.

    Raises:
        TypeError: An argument is of another type, or the part uses a node from before it that is
            not among `input_nodes`.
        LookupError: There is no node of a name.
        ValueError: An output has not one input.
    """
    nodes = {node.name: node for node in getattr(graph_def, "node", ())}
    _check(graph_def, nodes, input_nodes=input_nodes, output_nodes=output_nodes)
    before, needed = _up_to(input_nodes, nodes), _up_to(output_nodes, nodes)
    for name in [node for node in nodes if node in needed - before - set(output_nodes)]:
        for used in map(_name, nodes[name].input):
            if used in before and used not in input_nodes:
                raise TypeError(f"Node {name} uses input {used} not in input_nodes.")
    made = tf.GraphDef(versions=graph_def.versions, library=graph_def.library)
    made.node.extend(node for name, node in nodes.items() if name in before)
    fused = made.node.add(name=op_name, op=op_type, input=input_nodes)
    kinds = [tf.as_dtype(dtype).as_datatype_enum for dtype in output_dtypes]
    fused.attr["_output_types"].list.type[:] = kinds
    fused.attr["_output_quantized"].b = output_quantized
    for place, name in enumerate(output_nodes):
        if len(nodes[name].input) != 1:
            count = len(nodes[name].input)
            raise ArgumentError("fuse_op", "output_nodes", name, f"nodes of one input, not {count}")
        made.node.add().CopyFrom(nodes[name])
        made.node[-1].input[:] = [f"{op_name}:{place}" if place else op_name]
    made.node.extend(n for name, n in nodes.items() if name not in needed and name not in before)
    return made
