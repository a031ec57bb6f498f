"""TensorFlow 1's `tf.cond` as a choice between two values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Operation, Tensor

__all__ = ["join_branches"]


@dataclass(frozen=True)
class _Branch:
    """How one input of a Merge comes about.

    Attributes:
        side: 1 for the branch taken where the condition is true, 0 for the other.
        condition: The condition.
        ops: The ops of the branch.
    """

    side: int
    condition: Tensor
    ops: set[Operation]


def join_branches(
    ops: Sequence[Operation], graph_def: Any, outputs: Sequence[Tensor]
) -> set[str] | None:
    """Changes `Switch` and `Merge` nodes so that both branches run and a condition chooses.

    Args:
        ops: The ops.
        graph_def: The same as a GraphDef, which is changed.
        outputs: The tensors that are wanted of them.

    Returns:
        Names of the nodes that ran only if their branch was taken; None if a branch is not plain:
        it is part of a loop, its values may differ in shape from those of the other, or it is
        asked which branch was taken.
    """
    nodes = {node.name: node for node in graph_def.node}
    guarded: set[str] = set()
    joined: dict[Operation, Tensor] = {}
    wanted = {tensor.ref() for tensor in outputs}
    for op in ops:
        if op.type == "Switch":
            _pass_on(nodes[op.name])
        elif op.type == "Merge":
            sides = {}
            for tensor in op.inputs:
                branch = _branch(tensor, joined)
                if branch is None:
                    return None
                sides[branch.side] = (tensor, branch.condition)
                guarded |= {inner.name for inner in branch.ops}
            which = op.outputs[1]
            if set(sides) != {0, 1} or which.consumers() or which.ref() in wanted:
                return None
            condition = sides[1][1]
            if sides[0][1] is not condition or not _same_shape(op.inputs):
                return None
            if not any(user.name in nodes for user in condition.consumers()):
                return None
            _choose(nodes[op.name], condition, sides[1][0], sides[0][0])
            joined[op] = condition
    return guarded


def _branch(end: Tensor, joined: Mapping[Operation, Tensor]) -> _Branch | None:
    """Walks from an input of a Merge back to the Switches it starts from.

    Args:
        end: The input.
        joined: The Merges that have become choices, which may be on the way, and by what.
    """
    found: set[tuple[int, Tensor]] = set()
    inner: set[Tensor] = set()
    ops: set[Operation] = set()
    waiting: list[tuple[Operation, int | None]] = [(end.op, end.value_index)]
    while waiting:
        op, output = waiting.pop()
        if op.type == "Switch" and _condition(op).ref() not in inner:
            if output is not None:
                found.add((output, _condition(op).ref()))
            continue
        if op in joined:
            inner.add(joined[op].ref())
        elif op.type in {"Enter", "Merge", "NextIteration"}:
            return None
        if op not in ops:
            ops.add(op)
            waiting += [(tensor.op, tensor.value_index) for tensor in op.inputs]
            waiting += [(before, None) for before in op.control_inputs]
    if len(found) != 1:
        return None
    side, condition = found.pop()
    return _Branch(side, condition.deref(), ops)


def _condition(switch: Operation) -> Tensor:
    """What decides; a branch's constants hang on the condition itself, its values on a copy."""
    condition = switch.inputs[1]
    while condition.op.type == "Identity":
        condition = condition.op.inputs[0]
    return condition


def _same_shape(values: Sequence[Tensor]) -> bool:
    first = values[0].shape
    return first.is_fully_defined() and all(value.shape == first for value in values)


def _pass_on(node: Any) -> None:
    """Lets a Switch hand its value to both branches."""
    value, _, *controls = node.input
    dtype = node.attr["T"].type
    node.ClearField("input")
    node.input.extend([value, value, *controls])
    node.op = "IdentityN"
    node.attr.clear()
    node.attr["T"].list.type.extend([dtype, dtype])


def _choose(node: Any, condition: Tensor, taken: Tensor, other: Tensor) -> None:
    """Lets a Merge choose between the values of both branches."""
    dtype = node.attr["T"].type
    controls = [name for name in node.input if name.startswith("^")]
    node.ClearField("input")
    node.input.extend([condition.name, taken.name, other.name, *controls])
    node.op = "Select"
    node.attr.clear()
    node.attr["T"].type = dtype
