"""What runs only if a branch of a condition is taken, in the control flow of TensorFlow 1."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit._tf import Operation, Tensor

__all__ = ["guarded"]

_Guard = tuple[Operation, int]


def guarded(order: Sequence[Operation]) -> set[Operation]:
    """Finds the ops whose outputs may never come.

    Args:
        order: Ops with all they are computed by, inputs first but for the rounds of loops.
    """
    guards: dict[Operation, frozenset[_Guard]] = {}

    def of(tensor: Tensor) -> frozenset[_Guard]:
        op = tensor.op
        found = guards.get(op, frozenset())
        return found | {(_condition(op), tensor.value_index)} if _is_choice(op) else found

    for op in order:
        given = [of(tensor) for tensor in op.inputs if tensor.op.type != "NextIteration"]
        if op.type == "Merge":
            guards[op] = frozenset.intersection(*given)
        else:
            before = [guards.get(other, frozenset()) for other in op.control_inputs]
            guards[op] = frozenset().union(*given, *before)
    return {op for op in order if guards[op] or _is_choice(op)}


def _is_choice(op: Operation) -> bool:
    """Whether an op hands its input to one of two branches; a loop's goes to both in the end."""
    return bool(op.type == "Switch" and op.inputs[1].op.type != "LoopCond")


def _condition(switch: Operation) -> Operation:
    """What decides; a condition is handed to its branches, and a copy of it to what is in them."""
    condition = switch.inputs[1]
    while condition.op.type == "Identity":
        condition = condition.op.inputs[0]
    return condition.op
