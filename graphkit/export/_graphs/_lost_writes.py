"""Frozen graphs that still write to what was a variable, and is a constant now.

TensorFlow 1's `convert_variables_to_constants` left the training side of a batch normalization in
the file, with its updates: "Input 0 of node … was passed float … incompatible with expected
float_ref", or "expected resource". Nothing can be written there any more, so each update becomes
the value it would have given; who never trains the file never computes it.
"""

from __future__ import annotations

from typing import Any

from graphkit.export._graphs._nodes import op_of

__all__ = ["forget_lost_writes"]

_VALUES = {"Assign": "Identity", "AssignAdd": "Add", "AssignSub": "Sub"}
_NOTHING = {"AssignAddVariableOp", "AssignSubVariableOp", "AssignVariableOp"}
_PLAIN = {
    "ReadVariableOp": "Identity",
    "RefEnter": "Enter",
    "RefExit": "Exit",
    "RefIdentity": "Identity",
    "RefMerge": "Merge",
    "RefNextIteration": "NextIteration",
    "RefSwitch": "Switch",
}
_PASSES_ON = {*_VALUES, *_PLAIN, *_PLAIN.values()}


def forget_lost_writes(graph_def: Any) -> None:
    """Lets ops that want a variable take the constant it became.

    Args:
        graph_def: The graph, changed in place; with variables it stays as it is.
    """
    nodes = {node.name: node for node in graph_def.node}
    wants = [node for node in graph_def.node if node.op in _PLAIN or node.op in _VALUES]
    wants += [node for node in graph_def.node if node.op in _NOTHING]
    for node in [node for node in wants if _is_of_constant(nodes, node)]:
        _take_value(node)


def _is_of_constant(nodes: dict[str, Any], node: Any) -> bool:
    """Tells whether a constant is where a variable was, behind ops that only pass it on."""
    met: set[str] = set()
    while node is not None and node.name not in met and node.input:
        met.add(node.name)
        node = nodes.get(op_of(node.input[0]))
        if node is not None and node.op == "Const":
            return True
        if node is not None and node.op not in _PASSES_ON:
            return False
    return False


def _take_value(node: Any) -> None:
    kind, dtype = node.op, node.attr["T" if "T" in node.attr else "dtype"].type
    if kind in _NOTHING:
        waits = [f"^{op_of(reference)}" for reference in node.input]
        del node.input[:]
        node.input.extend(dict.fromkeys(waits))
        node.op = "NoOp"
    else:
        node.op = _PLAIN.get(kind) or _VALUES[kind]
        if kind == "Assign":
            del node.input[0]
    kept = {"N", "frame_name", "is_constant", "parallel_iterations"} & set(node.attr)
    for name in set(node.attr) - kept:
        del node.attr[name]
    if node.op != "NoOp":
        node.attr["T"].type = dtype
