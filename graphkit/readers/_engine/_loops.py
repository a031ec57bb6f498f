"""Loops of TensorFlow 1, made of switches and merges: which nodes run in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from graphkit._tf import Tensor

__all__ = ["ARRAYS", "frames_of", "is_array"]

ARRAYS = {
    f"TensorArray{kind}V3"
    for kind in ("", "Concat", "Gather", "Read", "Scatter", "Size", "Split", "Write")
}
_PASSING = {"Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch"}


def frames_of(nodes: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Tells which nodes run in loops.

    Args:
        nodes: NodeDefs; whoever is in a loop has all of it among them.

    Returns:
        By the name of each node in a loop, the names of the frames it is in, the outermost first.
        What begins a loop is in it, what ends it is not.
    """
    known = {node.name: node for node in nodes}
    users = defaultdict(list)
    waiting: list[tuple[Any, tuple[str, ...]]] = []
    for node in known.values():
        needed = [_op_name(given) for given in node.input]
        for name in needed:
            users[name].append(node)
        if known.keys().isdisjoint(needed):
            waiting.append((node, ()))
    frames: dict[str, tuple[str, ...]] = {}
    while waiting:
        node, outside = waiting.pop()
        if node.name not in frames:
            frames[node.name] = _frames(node, outside)
            waiting += [(user, frames[node.name]) for user in users[node.name]]
    return {name: path for name, path in frames.items() if path}


def _frames(node: Any, of_inputs: tuple[str, ...]) -> tuple[str, ...]:
    """The frames that what a node returns is in; all that it is given is in the same."""
    if node.op == "Enter":
        return (*of_inputs, node.attr["frame_name"].s.decode())
    return of_inputs[:-1] if node.op == "Exit" else of_inputs


def is_array(handle: Tensor) -> bool:
    """Whether a resource is a TensorArray, maybe on its way into a loop or a branch."""
    op = handle.op
    while op.type in _PASSING:
        op = op.inputs[0].op
    return bool(op.type == "TensorArrayV3")


def _op_name(given: str) -> str:
    return given.removeprefix("^").split(":")[0]
