"""The functions that the ops of a chain call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from graphkit._tf import Operation, tf

__all__ = ["functions_of", "reached"]


def functions_of(ops: Sequence[Operation]) -> list[Any]:
    """The functions that ops call, and those that these call."""
    nodes = [op.node_def for op in ops]
    if not any(_called(node) for node in nodes):
        return []
    library = ops[0].graph.as_graph_def().library.function
    return reached(nodes, {f.signature.name: f for f in library})


def reached(nodes: Iterable[Any], known: Mapping[str, Any]) -> list[Any]:
    """The functions that nodes call, and those that these call."""
    waiting = [name for node in nodes for name in _called(node)]
    found: dict[str, Any] = {}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = known[name]
            waiting += [inner for node in known[name].node_def for inner in _called(node)]
    return list(found.values())


def _called(node: Any) -> list[str]:
    by_attributes = [attr.func.name for attr in node.attr.values() if attr.HasField("func")]
    return [node.op, *by_attributes] if _is_function(node.op) else by_attributes


@cache
def _is_function(op_type: str) -> bool:
    """Whether an op is no op of TensorFlow's but a call of a function of its name."""
    try:
        tf.Graph().op_def_for_type(op_type)
    except RuntimeError:
        return True
    return False
