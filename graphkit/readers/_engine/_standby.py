"""The queues of a batcher that tf.data serves: in the graph as TensorFlow 1 put them, and at rest.

A program may look at a queue, fill it by hand, or start its runner without graphkit, and the
data's end is the queue's own error. So they are there, with the names they have always had; only
the op that takes from the last of them leaves its name to the batch that tf.data delivers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, give_stack, tf
from graphkit.readers._engine._datasets import FOR_EVER
from graphkit.readers._queues import built_by_queues, without_deprecation_warnings
from graphkit.readers._runner import ancestors, is_queue

__all__ = ["Standby", "queue_behind"]

_GIVEN = "graphkit_given"
_DEQUEUE = "dequeue"
_BESIDE_GIVEN = f"loc:@{_GIVEN}_".encode()  # a device to share; what is given may be on any


@dataclass(frozen=True)
class Standby:
    """The queues that a batching function makes, imported into the current graph.

    Attributes:
        name: The name that the op which takes a batch had.
        outputs: What it delivers, flat.
        dequeue: That op.
        runners: The queue runners that would fill them; in no collection.
    """

    name: str
    outputs: list[Tensor]
    dequeue: Operation
    runners: list[Any]

    @classmethod
    def of(cls, function: str, arguments: Mapping[str, Any], scope: str) -> Standby:
        """Builds it in a graph aside, where the op that takes is renamed, and imports it.

        Args:
            function: The batching function's name.
            arguments: Its arguments by name.
            scope: The name scope of the batcher, with a slash at the end.
        """
        graph = tf.get_default_graph()
        given: dict[str, Tensor] = {}
        with tf.Graph().as_default() as aside:
            tf.set_random_seed(graph.seed)
            stand_ins = _stood_in(arguments, given)
            built = built_by_queues(function, **{**stand_ins, "name": scope})
        flat = tf.nest.flatten(built, expand_composites=True)
        name = _taking(flat).name
        renamed = {name: f"{scope}{_DEQUEUE}"}
        graph_def = _renamed(aside, name, renamed[name])
        used = {name for node in graph_def.node for name in node.input}
        mapped = {name: tensor for name, tensor in given.items() if name in used}
        tf.import_graph_def(graph_def, input_map=mapped, name="")
        for summary in aside.get_collection(tf.GraphKeys.SUMMARIES):
            tf.add_to_collection(tf.GraphKeys.SUMMARIES, graph.get_tensor_by_name(summary.name))
        outputs = [_counterpart(graph, tensor, renamed) for tensor in flat]
        runners = aside.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        dequeue = graph.get_operation_by_name(renamed[name])
        give_stack(dequeue)
        return cls(
            name,
            outputs,
            dequeue,
            [_runner_of(graph, runner) for runner in runners],
        )

    @property
    def last(self) -> Any:
        """The queue that the batches are taken from."""
        queue = next(given.op for given in self.dequeue.inputs if is_queue(given.op))
        return queue_behind(queue)

    @property
    def most_steps(self) -> int:
        """How many steps take what the last queue can hold; a reader's, one record of each file."""
        capacity = int(self.last.queue_ref.op.get_attr("capacity"))
        if capacity < 0:
            return FOR_EVER
        many = not self.dequeue.type.startswith("ReaderRead") and len(self.dequeue.inputs) > 1
        taken = tf.get_static_value(self.dequeue.inputs[1]) if many else 1
        return capacity // int(taken or 1)


def queue_behind(op: Operation) -> Any:
    """The queue that an op made, as an object to work with."""
    shapes = op.get_attr("shapes") or None
    return tf.QueueBase(op.get_attr("component_types"), shapes, None, op.outputs[0])


def _taking(batch: list[Tensor]) -> Operation:
    """The op that takes a batch from a queue."""
    above = ancestors([tensor.op for tensor in batch])
    return next(op for op in above if op.type.startswith("QueueDequeue"))


def _stood_in(arguments: Mapping[str, Any], given: dict[str, Tensor]) -> Any:
    """Puts placeholders in the place of tensors, whose names go to `given`."""

    def stand_in(value: Any) -> Any:
        if not tf.is_tensor(value):
            return value
        if value.op.type == "Const" and value.shape.rank == 0:  # such as the size of a batch
            return tf.constant(tf.get_static_value(value), value.dtype)
        name = f"{_GIVEN}_{len(given)}"
        given[name] = value
        return tf.placeholder(value.dtype, value.shape, name)

    return tf.nest.map_structure(stand_in, dict(arguments), expand_composites=True)


def _renamed(aside: Graph, before: str, after: str) -> Any:
    """The graph without its placeholders, one op renamed."""
    graph_def = aside.as_graph_def()
    before_it, after_it = f"loc:@{before}".encode(), f"loc:@{after}".encode()
    nodes = [node for node in graph_def.node if not node.name.startswith(_GIVEN)]
    for node in nodes:
        if node.name == before:
            node.name = after
        if "_class" in node.attr:
            places = node.attr["_class"].list.s
            beside = [place for place in places if not place.startswith(_BESIDE_GIVEN)]
            places[:] = [after_it if place == before_it else place for place in beside]
        for place, name in enumerate(node.input):
            op, colon, output = name.removeprefix("^").partition(":")
            if op == before:
                node.input[place] = "^" * name.startswith("^") + after + colon + output
    renamed = tf.GraphDef(library=graph_def.library, versions=graph_def.versions)
    renamed.node.extend(nodes)
    return renamed


def _counterpart(graph: Graph, tensor: Tensor, renamed: Mapping[str, str]) -> Tensor:
    """The imported tensor, of the same static shape."""
    name = renamed.get(tensor.op.name, tensor.op.name)
    found = graph.get_tensor_by_name(f"{name}:{tensor.value_index}")
    found.set_shape(tensor.shape)
    return found


def _runner_of(graph: Graph, aside: Any) -> Any:
    """A runner of the imported queue, like that of the queue aside."""
    queue = aside.queue
    handle = graph.get_tensor_by_name(queue.queue_ref.name)
    with without_deprecation_warnings():
        return tf.train.QueueRunner(
            tf.QueueBase(queue.dtypes, queue.shapes, queue.names, handle),
            [graph.as_graph_element(op.name) for op in aside.enqueue_ops],
            graph.as_graph_element(aside.close_op.name),
            graph.as_graph_element(aside.cancel_op.name),
            aside.queue_closed_exception_types,
        )
