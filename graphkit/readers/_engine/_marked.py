"""What the nodes of a graph tell of its pipelines, also where the graph was imported.

What was built in this process is known to it; of a graph from a MetaGraph there are the marks on
the nodes, and the runners that start its pipelines.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphkit._marks import ENGINE_MARK
from graphkit._tf import Graph, Operation, tf
from graphkit.readers._engine._iterator_runner import IteratorRunner
from graphkit.readers._engine._launch import Launch
from graphkit.readers._engine._report import PipelineReport
from graphkit.readers._engine._served import batchers, elements_taken
from graphkit.readers._engine._sources import taking_for
from graphkit.readers._runner import ancestors

__all__ = ["batchers_reported", "delivered_by_batchers", "elements_reported", "marked_ops"]

_NOT_STARTED = "what starts its pipeline on tf.data was not imported"


def marked_ops(graph: Graph) -> list[Operation]:
    """Lists the ops that deliver what is reported: batches, and single elements."""
    return [op for op in graph.get_operations() if ENGINE_MARK in op.node_def.attr]


def batchers_reported(graph: Graph, marked: Sequence[Operation]) -> list[PipelineReport]:
    """Says what serves each batcher: of those built here in their order, then of imported ones.

    Args:
        graph: The graph.
        marked: Its marked ops.
    """
    known = batchers(graph)
    built = {one.op for one in known}
    launches = _launches(graph)
    imported = [op for op in marked if op not in built and taking_for(op) is None]
    return [*(one.report for one in known), *(_report(op, launches) for op in imported)]


def elements_reported(graph: Graph, marked: Sequence[Operation]) -> dict[Operation, PipelineReport]:
    """Says what serves single elements, by the ops that take them from the queues.

    Args:
        graph: The graph.
        marked: Its marked ops.
    """
    known = {one.op: one.report for one in elements_taken(graph)}
    launches = _launches(graph)
    pairs = [(op, taking_for(op)) for op in marked]
    return {
        by_queue: known.get(op) or _report(op, launches)
        for op, by_queue in pairs
        if by_queue is not None
    }


def delivered_by_batchers(marked: Sequence[Operation]) -> set[Operation]:
    """Lists the ops that batches are computed from, up to the batchers' queues.

    Args:
        marked: The marked ops of a graph.
    """
    return set(ancestors([op for op in marked if taking_for(op) is None]))


def _launches(graph: Graph) -> dict[Operation, Launch]:
    """What starts pipelines on tf.data, by their iterators."""
    runners = graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    launches = [runner.launch for runner in runners if isinstance(runner, IteratorRunner)]
    return {launch.initializer.inputs[1].op: launch for launch in launches}


def _report(op: Operation, launches: dict[Operation, Launch]) -> PipelineReport:
    """What the mark of an op says, unless the pipeline was given back to the queues since then."""
    told = PipelineReport.read(op.name, op.get_attr(ENGINE_MARK).decode())
    if told.engine == "queues":
        return told
    found = [launches[one] for one in ancestors([op]) if one in launches]
    reason = found[0].reason() if found else _NOT_STARTED
    return PipelineReport(op.name, "queues", reason) if reason else told
