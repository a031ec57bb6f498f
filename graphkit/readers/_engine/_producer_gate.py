"""The gate of a producer's queue: where steps that take single elements wait for its start.

It is built with the queue, before any session can have run what fills it; an op that a session has
run takes up nothing new.
"""

from __future__ import annotations

from typing import Any

from graphkit._own_ops import own_ops
from graphkit._tf import Operation, tf
from graphkit.readers._engine._choice import current_engine, current_options
from graphkit.readers._engine._gate import Gate

__all__ = ["build_gate", "gate_of", "opening_gate"]

_GATES = ("graphkit", "gates")  # a key that is no text stays out of MetaGraphs


def build_gate(queue: Any) -> None:
    """Builds the gate of a producer's queue, which whoever first fills or closes the queue opens.

    None is built where single elements are left to the queue anyway.

    Args:
        queue: The queue, with all that fills or closes it so far.
    """
    handle = queue.queue_ref
    alone = not handle.op.get_attr("shared_name")
    if current_engine() == "queues" or not current_options().single_elements or not alone:
        return
    with own_ops(), tf.control_dependencies(None), tf.device("/device:CPU:0"):
        with tf.name_scope(f"{handle.op.name}/tf_data/"):
            gate = Gate()
            gate.leads([handle])
            opened = gate.opened_once()
    tf.get_collection_ref(_GATES).append((handle.op, gate, opened))
    for op in handle.consumers():
        if op.type.startswith(("QueueEnqueue", "QueueClose")):
            opening_gate(op)


def gate_of(queue: Operation) -> Gate | None:
    """The gate of a queue; None if it has none."""
    found = _built_for(queue)
    return None if found is None else found[0]


def opening_gate(op: Operation) -> Operation:
    """Lets an op that fills or closes a queue open its gate first, so that steps take from it.

    Args:
        op: The op.

    Returns:
        The op.
    """
    found = _built_for(op.inputs[0].op)
    if found is not None:
        op._add_control_input(found[1])  # noqa: SLF001
    return op


def _built_for(queue: Operation) -> tuple[Gate, Operation] | None:
    """The gate of a queue, and what opens it unless it is open."""
    built = queue.graph.get_collection(_GATES)
    return next(((gate, opened) for one, gate, opened in built if one is queue), None)
