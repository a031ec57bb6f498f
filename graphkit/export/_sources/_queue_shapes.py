"""The shapes of what comes from a queue, which a file of nodes alone leaves out."""

from __future__ import annotations

from graphkit._tf import Graph, Operation, tf

__all__ = ["set_queue_shapes"]

_BATCHES = ("QueueDequeueMany", "QueueDequeueUpTo")


def set_queue_shapes(graph: Graph) -> None:
    """Gives dequeued tensors of a graph the shapes that their queue was made for.

    Args:
        graph: The graph; what it knows of the shapes is not taken back.
    """
    for op in graph.get_operations():
        if op.type.startswith("QueueDequeue"):
            queue = op.inputs[0].op
            shapes = queue.get_attr("shapes") if "shapes" in queue.node_def.attr else []
            for tensor, shape in zip(op.outputs, shapes, strict=False):
                tensor.set_shape([*_count(op), *tf.TensorShape(shape)])


def _count(op: Operation) -> list[int | None]:
    """How many elements are taken at once; an end of them may make it fewer."""
    if not op.type.startswith(_BATCHES):
        return []
    number = tf.get_static_value(op.inputs[1])
    return [None if number is None or "UpTo" in op.type else int(number)]
