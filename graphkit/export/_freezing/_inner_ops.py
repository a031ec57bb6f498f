"""What runs in branches and loops of TensorFlow 1, whose values cannot be fetched.

These lie in the graph itself, between what leads in and what leads out:

    Switch ──► branch ──► Merge         Enter ──► Merge ──► Switch ──► body ──► NextIteration
                                                   ▲           └──► Exit             │
                                                   └─────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Sequence

from graphkit._tf import Operation, Tensor

__all__ = ["inner_ops"]

_Place = frozenset[str]  # The entrances of loops and the sides of switches passed, but not left.


def inner_ops(ops: Sequence[Operation]) -> set[Operation]:
    """Finds the ops that run in branches and loops of TensorFlow 1.

    Args:
        ops: All ops of a graph.

    Returns:
        Those inside; what leads in is, what leads out is not.
    """
    places: dict[Operation, _Place] = {}
    # An op may stand before one that it reads.
    before: dict[Operation, _Place] | None = None
    while before != places:
        before = dict(places)
        places.update((op, _place(op, places)) for op in ops)
    return {op for op in ops if places[op] or _kind(op) in ("Enter", "Switch")}


def _place(op: Operation, places: dict[Operation, _Place]) -> _Place:
    kind = _kind(op)
    if kind == "Exit":
        return _before_loop(op, places)
    if kind == "Merge":
        # What a loop hands to its next round came in by the other input.
        sides = [_side(t, places) for t in op.inputs if _kind(t.op) != "NextIteration"]
        return frozenset.intersection(*sides)
    read = frozenset().union(*(_side(tensor, places) for tensor in op.inputs))
    waited = frozenset().union(*(places.get(one, frozenset()) for one in op.control_inputs))
    return read | waited | (_entered(op) if kind == "Enter" else frozenset())


def _side(tensor: Tensor, places: dict[Operation, _Place]) -> _Place:
    """Where a tensor is; the switch of a loop leads nowhere that its entrance did not."""
    op = tensor.op
    place = places.get(op, frozenset())
    if _kind(op) != "Switch" or op.inputs[1].op.type == "LoopCond":
        return place
    return place | {f"{op.inputs[1].name} {tensor.value_index}"}


def _before_loop(op: Operation, places: dict[Operation, _Place]) -> _Place:
    merge = op.inputs[0].op.inputs[0].op
    enter = next(tensor.op for tensor in merge.inputs if _kind(tensor.op) == "Enter")
    return places.get(enter, frozenset()) - _entered(enter)


def _entered(op: Operation) -> _Place:
    return frozenset({op.get_attr("frame_name").decode()})


def _kind(op: Operation) -> str:
    return str(op.type).removeprefix("Ref")
