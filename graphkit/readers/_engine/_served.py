"""What was built for a batcher, or for a session that takes single elements, and what serves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphkit._marks import ENGINE_MARK
from graphkit._tf import Graph, Operation, tf
from graphkit.readers._engine._pipelines import Lifted
from graphkit.readers._engine._position import warn_of_no_position
from graphkit.readers._engine._report import PipelineReport
from graphkit.readers._engine._takers import fills_a_queue
from graphkit.readers._runner import is_queue, taken_from

__all__ = [
    "Batcher",
    "Element",
    "batchers",
    "elements_taken",
]


@dataclass
class _Served:
    """What is delivered under a name, and by what.

    Attributes:
        op: The op that delivers it.
        reason: Why the queues do it; empty where they need not.
        lifted: What delivers it on tf.data; None for the queues.
    """

    op: Operation
    reason: str
    lifted: Lifted | None

    def __post_init__(self) -> None:
        self._to_be_saved = False
        self._mark()
        if self.lifted is not None:
            self.lifted.launch.at_reason = self._tell_reason

    @property
    def name(self) -> str:
        """The name it has in reports."""
        return str(self.op.name)

    @property
    def report(self) -> PipelineReport:
        """What serves it."""
        reason = self.reason if self.lifted is None else self.lifted.launch.reason()
        return PipelineReport(self.name, "queues" if reason else "tf.data", reason)

    @property
    def batched(self) -> bool:
        """Whether it goes into the queue of a batcher, which is warned of in its place."""
        return False

    def expect_position(self) -> None:
        """Warns, once, where the queues serve it or as soon as they do: no position is saved."""
        self._to_be_saved = True
        self._warn()

    def _warn(self) -> None:
        reason = self.report.reason
        if self._to_be_saved and reason and not self.batched:
            self._to_be_saved = False
            warn_of_no_position(self.name, reason)

    def _tell_reason(self) -> None:
        self._mark()
        self._warn()

    def _mark(self) -> None:
        """Leaves what serves it on its node, for whoever inspects a file of it."""
        said = tf.AttrValue(s=self.report.said.encode())
        self.op._set_attr(ENGINE_MARK, said)  # noqa: SLF001

    def give_back(self, reason: str) -> None:
        """Lets queues deliver what tf.data was to deliver, behind the same tensors."""
        if self.lifted is not None:
            self.lifted.give_back(reason)
            self.lifted, self.reason = None, reason


@dataclass
class Batcher(_Served):
    """A batcher as it was built: enough to report it, and to hand it back to the queues.

    Attributes:
        function: The batching function's name.
        arguments: Its arguments by name.
        result: What it returned.
    """

    function: str
    arguments: Mapping[str, Any]
    result: Any

    @property
    def batch(self) -> Any:
        """The batch alone, without the bucket that it came from."""
        return self.result[1] if "which_bucket" in self.arguments else self.result


@dataclass
class Element(_Served):
    """What a session may take one each step.

    Attributes:
        by_queue: The op that takes it from the queues.
    """

    by_queue: Operation

    def give_back(self, reason: str) -> None:
        """Lets the queue deliver behind the same tensors, in steps that pass no gate."""
        super().give_back(reason)
        self.by_queue._remove_all_control_inputs()  # noqa: SLF001  # the program has put none there
        for place, output in enumerate(self.by_queue.outputs):
            self.op._update_input(place, output)  # noqa: SLF001

    @property
    def collected(self) -> bool:
        """Whether it goes into a queue, so that whoever takes from that has its place."""
        return fills_a_queue(self.op)

    @property
    def batched(self) -> bool:
        """Whether it goes into the queue of a batcher, which is warned of in its place."""
        graph = self.op.graph
        behind = taken_from([one.op for one in batchers(graph)])
        others = {op for op in graph.get_operations() if is_queue(op)}
        return fills_a_queue(self.op, others.difference(handle.op for handle in behind))


# They live in their graph and end with it; a key that is no text stays out of MetaGraphs.
_BATCHERS = ("graphkit", "batchers")
_ELEMENTS = ("graphkit", "elements")


def batchers(graph: Graph) -> list[Batcher]:
    """Lists the batchers of a graph in the order they were built; the list itself, to add to."""
    found: list[Batcher] = graph.get_collection_ref(_BATCHERS)
    return found


def elements_taken(graph: Graph) -> list[Element]:
    """Lists the single elements that were asked for on tf.data; the list itself, to add to."""
    found: list[Element] = graph.get_collection_ref(_ELEMENTS)
    return found
