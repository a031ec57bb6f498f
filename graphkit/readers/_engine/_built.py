"""Builds batchers, and what takes single elements, with the engine of choice; says which it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from graphkit._marks import ELEMENT_MARK, TAKEN_SINGLY, TAKEN_TOGETHER
from graphkit._own_ops import own_ops
from graphkit._tf import Graph, Operation, tf
from graphkit.errors import ArgumentError
from graphkit.readers._checks import require_batch_arguments
from graphkit.readers._engine._choice import at_end, current_engine, current_options
from graphkit.readers._engine._launch import COLLECTED
from graphkit.readers._engine._marked import (
    batchers_reported,
    delivered_by_batchers,
    elements_reported,
    marked_ops,
)
from graphkit.readers._engine._pipelines import Lifted, built_by_tf_data
from graphkit.readers._engine._position import warn_of_no_position
from graphkit.readers._engine._refusal import NoGate, NotLifted, SharedProducer
from graphkit.readers._engine._report import PipelineReport
from graphkit.readers._engine._served import (
    Batcher,
    Element,
    batchers,
    elements_taken,
)
from graphkit.readers._engine._single import lifted_element
from graphkit.readers._engine._sources import TOGETHER, takes_together
from graphkit.readers._engine._takers import fills_a_queue, taking_singly
from graphkit.readers._queues import built_by_queues

__all__ = [
    "ASKED_FOR",
    "built_batcher",
    "built_element",
    "explain",
    "give_back_collected",
    "graphs_with_batchers",
    "left_to_queue",
    "looked_at",
]

ASKED_FOR = "the queues were asked for"
_CHECKED = ("min_after_dequeue", "num_buckets", "bucket_capacities")
# In their order, unlike a WeakSet.
_graphs: WeakKeyDictionary[Graph, None] = WeakKeyDictionary()


def graphs_with_batchers() -> list[Graph]:
    """Lists the graphs of this process that batchers were built in and that are still in use.

    Returns:
        The graphs, in the order of their first batchers.
    """
    return list(_graphs)


def explain(graph: Graph | None = None) -> list[PipelineReport]:
    """Says for each batcher of a graph what serves it, and why.

    Args:
        graph: The graph; the current one unless given.

    Returns:
        One report per batcher, in the order they were built, those of a MetaGraph last; then one
        per op that takes records which nothing batches, so that a session takes them.
    """
    graph = getattr(graph, "graph", graph) or tf.get_default_graph()
    marked = marked_ops(graph)
    elements = elements_reported(graph, marked)
    asked_for = [op for op in elements if not fills_a_queue(op)]
    batched = delivered_by_batchers(marked)
    singly = [op for op in taking_singly(graph) if op not in batched]
    return [
        *batchers_reported(graph, marked),
        *(elements.get(op) or _taken(op) for op in dict.fromkeys([*singly, *asked_for])),
    ]


def _taken(op: Operation) -> PipelineReport:
    return PipelineReport(op.name, "queues", TAKEN_TOGETHER if takes_together(op) else TAKEN_SINGLY)


def built_batcher(function: str, arguments: Mapping[str, Any]) -> Any:
    """Checks the arguments of a batching function of this room and builds with them.

    Args:
        function: Its name, here and in `tf.train`.
        arguments: Its arguments by name, as its `locals()` are before the first statement.

    Returns:
        The batches.
    """
    require_batch_arguments(
        function,
        arguments["batch_size"],
        arguments["capacity"],
        num_threads=arguments.get("num_threads", 1),
        **{key: arguments.get(key) for key in _CHECKED},
    )
    if current_options().exact_epochs:
        arguments = {**arguments, "allow_smaller_final_batch": True}
    known = batchers(tf.get_default_graph())
    _graphs[tf.get_default_graph()] = None
    lifted: Lifted | None = None
    reason = ""
    try:
        result, lifted = _lifted(function, arguments, known)
    except NotLifted as refusal:
        if current_engine() == "tf.data":
            raise _insisted(function, str(refusal)) from None
        name = refusal.scope or arguments["name"]
        result = built_by_queues(function, **{**arguments, "name": name})
        give_back_collected(tf.get_default_graph())
        reason = str(refusal)
    if lifted is not None:
        elements = elements_taken(tf.get_default_graph())
        _give_back(elements, lifted.queues, "a batcher collects what it takes")
    batcher = Batcher(_first(result), reason, lifted, function, dict(arguments), result)
    known.append(batcher)
    if current_options().resumable and current_engine() != "queues":
        batcher.expect_position()
    return result


def built_element(take: Callable[[str | None], Any], name: str | None, default: str) -> Any:
    """Builds what takes one element each step from a queue, on tf.data where it can be.

    A session that takes it is served so. A batcher that collects it takes its place.

    Args:
        take: Takes the element from the queue, by an op of the name it is given.
        name: Name of the op.
        default: Its name unless given.

    Returns:
        What `take` returns.

    Raises:
        ArgumentError: tf.data was insisted on, and cannot do it.
    """
    asked, chosen = current_options(), current_engine()
    if chosen == "queues" or not asked.single_elements:
        return take(name)
    known = elements_taken(tf.get_default_graph())
    with tf.name_scope(name, default) as scope:
        taken = take("dequeue")
        by_queue = _first(taken)
        try:
            with own_ops():
                outputs, lifted = lifted_element(by_queue, resumable=asked.resumable)
            reason = ""
        except NotLifted as refusal:
            if isinstance(refusal, SharedProducer):  # a queue may yet collect what all take
                _give_back(known, [refusal.queue], str(refusal))
            elif chosen == "tf.data" and not isinstance(refusal, NoGate):
                raise _insisted(scope.removesuffix("/"), str(refusal)) from None
            outputs, lifted, reason = list(by_queue.outputs), None, str(refusal)
        with own_ops():
            named = tf.identity_n(outputs, name=scope)
    named[0].op._set_attr(ELEMENT_MARK, tf.AttrValue(b=True))  # noqa: SLF001
    element = Element(named[0].op, reason, lifted, by_queue)
    known.append(element)
    at_end(lambda: _judge(element, chosen, resumable=asked.resumable))
    return tf.nest.pack_sequence_as(taken, named)


def left_to_queue(taken: Operation) -> None:
    """Leaves to its queue what was taken of a producer many at once, and checks that it may.

    Args:
        taken: What takes it.

    Raises:
        ArgumentError: tf.data was insisted on.
    """
    asked, chosen = current_options(), current_engine()
    if chosen == "queues" or not asked.single_elements:
        return
    if chosen == "tf.data":
        raise _insisted(taken.name, str(NotLifted(taken, TOGETHER)))

    def warn() -> None:
        if not fills_a_queue(taken):
            warn_of_no_position(taken.name, TOGETHER)

    if asked.resumable:
        at_end(warn)


def looked_at(op: Any) -> Any:
    """Finds out what of a graph goes back to the queues as an op looks at one, or at a reader.

    Args:
        op: The op, or what it gives.

    Returns:
        The same.
    """
    for one in (*batchers(op.graph), *elements_taken(op.graph)):
        if one.lifted is not None:
            one.lifted.launch.reason()
    return op


def _judge(element: Element, chosen: str, *, resumable: bool) -> None:
    """Refuses what the queues deliver to a session, or warns, as was asked for.

    What a queue collects was not asked for.
    """
    reason = element.report.reason
    if chosen == "tf.data" and reason and not element.collected:
        raise _insisted(element.name, reason)
    if resumable:
        element.expect_position()


def _insisted(where: str, reason: str) -> ArgumentError:
    """The error that a pipeline which tf.data was insisted on for is left to the queues."""
    wanted = f"'auto' or 'queues', since tf.data cannot serve this pipeline ({reason})"
    return ArgumentError(where, "engine", "tf.data", wanted)


def _first(built: Any) -> Operation:
    """The op that delivers the first of some tensors."""
    return tf.nest.flatten(built, expand_composites=True)[0].op


def _lifted(
    function: str, arguments: Mapping[str, Any], known: list[Batcher]
) -> tuple[Any, Lifted]:
    """Builds on tf.data; whoever takes from the same producer goes back to the queues first."""
    if current_engine() == "queues":
        raise NotLifted(None, ASKED_FOR)
    queues = [queue for one in known if one.lifted is not None for queue in one.lifted.queues]
    by_number, resumable = current_options().by_number, current_options().resumable
    try:
        return built_by_tf_data(
            function, arguments, queues, by_number=by_number, resumable=resumable
        )
    except SharedProducer as refusal:
        _give_back(known, [refusal.queue], str(refusal))
        raise


def give_back_collected(graph: Graph) -> None:
    """Hands back the single elements that queues collect, whose threads then pass no gate.

    Args:
        graph: The graph of the queues.
    """
    for element in elements_taken(graph):
        if element.lifted is not None and element.collected:
            element.give_back(COLLECTED)


def _give_back(
    known: Sequence[Batcher | Element], queues: Sequence[Operation], reason: str
) -> None:
    """Hands back to the queues what takes from producers from which others take."""
    for one in known:
        if one.lifted is not None and not set(one.lifted.queues).isdisjoint(queues):
            one.give_back(reason)
