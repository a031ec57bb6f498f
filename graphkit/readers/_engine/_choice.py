"""Which engine builds a batcher, and what is said about it afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

from graphkit._marks import ENGINE_MARK
from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError
from graphkit.readers._checks import require_batch_arguments
from graphkit.readers._engine._pipelines import Lifted, built_by_tf_data
from graphkit.readers._engine._refusal import NotLifted, SharedProducer
from graphkit.readers._engine._takers import taking_singly
from graphkit.readers._queues import built_by_queues

__all__ = [
    "ASKED_FOR",
    "Batcher",
    "Engine",
    "PipelineReport",
    "batchers",
    "built_batcher",
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


_options: ContextVar[_Options] = ContextVar("options", default=_Options())  # noqa: B039  # frozen


@dataclass(frozen=True)
class PipelineReport:
    """What serves a batcher, or a session that takes single records.

    Attributes:
        name: Name of the batcher's ops, or of the op that takes the records.
        engine: "queues" or "tf.data".
        reason: Why the queues do it; empty for tf.data.
    """

    name: str
    engine: str
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.engine}" + (f" ({self.reason})" if self.reason else "")


@dataclass
class Batcher:
    """A batcher as it was built: enough to report it, and to hand it back to the queues."""

    name: str
    function: str
    arguments: Mapping[str, Any]
    reason: str
    lifted: Lifted | None
    result: Any

    def __post_init__(self) -> None:
        self._mark()
        if self.lifted is not None:
            self.lifted.launch.at_reason = self._mark

    @property
    def report(self) -> PipelineReport:
        """What serves it."""
        reason = self.reason if self.lifted is None else self.lifted.launch.reason()
        return PipelineReport(self.name, "queues" if reason else "tf.data", reason)

    @property
    def batch(self) -> Any:
        """The batch alone, without the bucket that it came from."""
        return self.result[1] if "which_bucket" in self.arguments else self.result

    def _mark(self) -> None:
        """Leaves what serves it on the node of the batch, for whoever inspects a file of it."""
        first = tf.nest.flatten(self.result, expand_composites=True)[0].op
        said = str(self.report).removeprefix(f"{self.name}: ")
        first._set_attr(ENGINE_MARK, tf.AttrValue(s=said.encode()))  # noqa: SLF001

    def give_back(self, reason: str) -> None:
        """Lets queues deliver what tf.data was to deliver, behind the same tensors."""
        if self.lifted is not None:
            self.lifted.give_back(reason)
            self.lifted, self.reason = None, reason


# The batchers live in their graph and end with it; a key that is no text stays out of MetaGraphs.
_COLLECTION = ("graphkit", "batchers")


def batchers(graph: Graph) -> list[Batcher]:
    """Lists the batchers of a graph in the order they were built; the list itself, to add to."""
    found: list[Batcher] = graph.get_collection_ref(_COLLECTION)
    return found


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

    Raises:
        ArgumentError: There is no such engine or way to draw; or, as a batcher is built under
            "tf.data", the pipeline cannot be lifted.
    """
    _require_engine("engine", name)
    if draws not in _DRAWS:
        raise ArgumentError("engine", "draws", draws, "one of " + ", ".join(map(repr, _DRAWS)))
    before = _chosen.set(name)
    options_before = _options.set(_Options(draws == _DRAWS[0], resumable, exact_epochs))
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
    singly = [PipelineReport(op.name, "queues", _SINGLY) for op in taking_singly(graph)]
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
        lifted = _lifted(function, arguments, known)
    except NotLifted as refusal:
        if _current() == "tf.data":
            wanted = f"a pipeline that tf.data can serve: {refusal}"
            raise ArgumentError(function, "engine", "tf.data", wanted) from None
        name = refusal.scope or arguments["name"]
        built = built_by_queues(function, **{**arguments, "name": name})
        name = tf.nest.flatten(built, expand_composites=True)[0].op.name
        known.append(Batcher(name, function, dict(arguments), str(refusal), None, built))
        return built
    known.append(Batcher(lifted.outputs.name, function, dict(arguments), "", lifted, lifted.result))
    return lifted.result


def _lifted(function: str, arguments: Mapping[str, Any], known: list[Batcher]) -> Lifted:
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
        for one in known:
            if one.lifted is not None and refusal.queue in one.lifted.queues:
                one.give_back(str(refusal))
        raise
