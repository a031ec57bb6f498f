"""Which engine builds a batcher, and what is said about it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from graphkit._marks import ELEMENT_MARK
from graphkit._tf import Graph, Operation, tf
from graphkit.errors import ArgumentError
from graphkit.readers._checks import require_batch_arguments
from graphkit.readers._engine._pipelines import Lifted, built_by_tf_data
from graphkit.readers._engine._refusal import NotLifted, SharedProducer
from graphkit.readers._engine._served import (
    Batcher,
    Element,
    PipelineReport,
    batchers,
    elements_reported,
    elements_taken,
)
from graphkit.readers._engine._single import lifted_element
from graphkit.readers._engine._takers import fills_a_queue, taking_singly
from graphkit.readers._queues import built_by_queues

__all__ = [
    "ASKED_FOR",
    "Engine",
    "built_batcher",
    "built_element",
    "engine",
    "explain",
    "graphs_with_batchers",
    "set_default_engine",
]

ASKED_FOR = "the queues were asked for"
_SINGLY = "no batcher collects its records, which a session takes one by one"
Engine = Literal["auto", "queues", "tf.data"]
Draws = Literal["by number", "in turn"]
_DRAWS = ("by number", "in turn")
_CHECKED = ("min_after_dequeue", "num_buckets", "bucket_capacities")
_ENGINES = ("auto", "queues", "tf.data")
_chosen: ContextVar[Engine | None] = ContextVar("engine", default=None)
# In their order, unlike a WeakSet.
_graphs: WeakKeyDictionary[Graph, None] = WeakKeyDictionary()
_standing: list[Engine] = ["auto"]


@dataclass(frozen=True)
class _Options:
    """What `engine` was asked for besides its name."""

    by_number: bool = True
    resumable: bool = False
    exact_epochs: bool = False
    single_elements: bool = False


_options: ContextVar[_Options] = ContextVar("options", default=_Options())  # noqa: B039  # frozen


def graphs_with_batchers() -> list[Graph]:
    """Lists the graphs of this process that batchers were built in and that are still in use.

    Returns:
        The graphs, in the order of their first batchers.
    """
    return list(_graphs)


@contextmanager
def engine(
    name: Engine,
    *,
    draws: Draws = "by number",
    resumable: bool = False,
    exact_epochs: bool = False,
    single_elements: bool = False,
) -> Iterator[None]:
    """Chooses what serves the batchers that are built inside the `with`.

    Args:
        name: "queues" for TensorFlow's queues and their threads; "tf.data" for one tf.data
            pipeline from the producer to the batch; "auto" for tf.data where the pipeline can be
            lifted, and queues elsewhere.
        draws: How random ops draw on tf.data. "by number": from the op's seed and the number of
            the example, so that examples can be computed in any order and together, and yet are
            the same in every run with seeds. "in turn": from TensorFlow's generators, one example
            after the other, with the numbers that TensorFlow 1 drew.
        resumable: Whether, on tf.data, Savers made after the batchers also save where these are,
            so that a run that restores a checkpoint goes on with the very next batch.
        exact_epochs: Whether what is left at the end of the data makes a last, smaller batch, on
            either engine and whatever `allow_smaller_final_batch` says. The size of the batches
            is then unknown while the graph is built.
        single_elements: Whether tf.data also serves what readers and producers made inside hand
            out one by one, to a session without a batcher. That is not faster (the keys of
            records of one file make it slower), but it can be resumed.

    Raises:
        ArgumentError: There is no such engine or way to draw; or, as a batcher is built under
            "tf.data", the pipeline cannot be lifted.
    """
    _require_engine("engine", name)
    if draws not in _DRAWS:
        raise ArgumentError("engine", "draws", draws, "one of " + ", ".join(map(repr, _DRAWS)))
    before = _chosen.set(name)
    asked = _Options(draws == _DRAWS[0], resumable, exact_epochs, single_elements)
    options_before = _options.set(asked)
    try:
        yield
    finally:
        _chosen.reset(before)
        _options.reset(options_before)


def set_default_engine(name: Engine) -> None:
    """Chooses what serves the batchers built outside any `engine(…)`, in all threads.

    Args:
        name: As for `engine`; "auto" until this is called.

    Raises:
        ArgumentError: There is no such engine.
    """
    _require_engine("set_default_engine", name)
    _standing[:] = [name]


def _require_engine(where: str, name: str) -> None:
    if name not in _ENGINES:
        raise ArgumentError(where, "name", name, "one of " + ", ".join(map(repr, _ENGINES)))


def _current() -> Engine:
    return _chosen.get() or _standing[0]


def explain(graph: Graph | None = None) -> list[PipelineReport]:
    """Says for each batcher of a graph what serves it, and why.

    Args:
        graph: The graph; the current one unless given.

    Returns:
        One report per batcher, in the order they were built; then one per op that takes records
        which nothing batches, so that a session takes them one by one.
    """
    graph = getattr(graph, "graph", graph) or tf.get_default_graph()
    elements = elements_reported(graph)
    asked_for = [op for op in elements if not fills_a_queue(op)]
    singly = [
        elements.get(op) or PipelineReport(op.name, "queues", _SINGLY)
        for op in dict.fromkeys([*taking_singly(graph), *asked_for])
    ]
    return [*(one.report for one in batchers(graph)), *singly]


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
    if _options.get().exact_epochs:
        arguments = {**arguments, "allow_smaller_final_batch": True}
    known = batchers(tf.get_default_graph())
    _graphs[tf.get_default_graph()] = None
    try:
        result, lifted = _lifted(function, arguments, known)
    except NotLifted as refusal:
        if _current() == "tf.data":
            wanted = f"a pipeline that tf.data can serve: {refusal}"
            raise ArgumentError(function, "engine", "tf.data", wanted) from None
        name = refusal.scope or arguments["name"]
        built = built_by_queues(function, **{**arguments, "name": name})
        known.append(Batcher(_first(built), str(refusal), None, function, dict(arguments), built))
        return built
    elements = elements_taken(tf.get_default_graph())
    _give_back(elements, lifted.queues, "a batcher collects what it takes")
    known.append(Batcher(_first(result), "", lifted, function, dict(arguments), result))
    return result


def built_element(take: Callable[[str | None], Any], name: str | None, default: str) -> Any:
    """Builds what takes one element each step from a queue, on tf.data where that was asked for.

    Elsewhere it is left to the queue, since a batcher mostly follows and takes its place.

    Args:
        take: Takes the element from the queue, by an op of the name it is given.
        name: Name of the op.
        default: Its name unless given.

    Returns:
        What `take` returns.
    """
    asked = _options.get()
    if _current() == "queues" or not asked.single_elements:
        return take(name)
    known = elements_taken(tf.get_default_graph())
    with tf.name_scope(name, default) as scope:
        taken = take("dequeue")
        by_queue = _first(taken)
        try:
            outputs, lifted = lifted_element(by_queue, resumable=asked.resumable)
            reason = ""
        except NotLifted as refusal:
            if isinstance(refusal, SharedProducer):
                _give_back(known, [refusal.queue], str(refusal))
            outputs, lifted, reason = list(by_queue.outputs), None, str(refusal)
        named = tf.identity_n(outputs, name=scope)
    named[0].op._set_attr(ELEMENT_MARK, tf.AttrValue(b=True))  # noqa: SLF001
    known.append(Element(named[0].op, reason, lifted, by_queue))
    return tf.nest.pack_sequence_as(taken, named)


def _first(built: Any) -> Operation:
    """The op that delivers the first of some tensors."""
    return tf.nest.flatten(built, expand_composites=True)[0].op


def _lifted(
    function: str, arguments: Mapping[str, Any], known: list[Batcher]
) -> tuple[Any, Lifted]:
    """Builds on tf.data; whoever takes from the same producer goes back to the queues first."""
    if _current() == "queues":
        raise NotLifted(None, ASKED_FOR)
    queues = [queue for one in known if one.lifted is not None for queue in one.lifted.queues]
    by_number, resumable = _options.get().by_number, _options.get().resumable
    try:
        return built_by_tf_data(
            function, arguments, queues, by_number=by_number, resumable=resumable
        )
    except SharedProducer as refusal:
        _give_back(known, [refusal.queue], str(refusal))
        raise


def _give_back(
    known: Sequence[Batcher | Element], queues: Sequence[Operation], reason: str
) -> None:
    """Hands back to the queues what takes from producers from which others take."""
    for one in known:
        if one.lifted is not None and not set(one.lifted.queues).isdisjoint(queues):
            one.give_back(reason)
