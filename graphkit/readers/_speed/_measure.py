"""Measures the pipelines of a graph."""

from __future__ import annotations

import time
from collections.abc import Callable

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError
from graphkit.readers._engine._served import Batcher, batchers
from graphkit.readers._speed._advice import advice
from graphkit.readers._speed._report import PipelineSpeed, stage_speeds
from graphkit.readers._speed._rounds import records_per_second
from graphkit.readers._speed._stages import parts_of

__all__ = ["measure_speed"]


def measure_speed(
    graph: Graph | None = None,
    *,
    seconds: float = 1.0,
    progress: Callable[[int, int | None], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[PipelineSpeed]:
    """Measures each pipeline of a graph, from its producer to the session, stage by stage.

    Every stage is run by itself with all that comes before it, in a session of its own and in
    batches of the pipeline's own size, by the engine that serves the pipeline. Variables begin at
    their initial values. The parts are added to the graph, also to one that was finalised: it is
    of no use for training afterwards.

    Args:
        graph: The graph; the current one unless given.
        seconds: How long each stage is run.
        progress: Called with the number of stages done and of all.
        clock: Tells the time in seconds.

    Returns:
        One report per batcher, in the order they were built.

    Raises:
        ArgumentError: `seconds` is not above 0.
        DataError: A pipeline has fewer than two batches.
        MissingFileError: A file to be read is absent.
        RunError: An op of a pipeline fails, or no batch comes.
    """
    if not seconds > 0:
        raise ArgumentError("measure_speed", "seconds", seconds, "above 0")
    graph = getattr(graph, "graph", graph) or tf.get_default_graph()
    graph._unsafe_unfinalize()  # noqa: SLF001  # there is no public way
    with graph.as_default(), tf.control_dependencies(None), tf.device(None):
        found = [(batcher, parts_of(batcher)) for batcher in list(batchers(graph))]
    total, done = sum(len(parts) for _, parts in found), 0
    speeds = []
    for batcher, parts in found:
        rates: dict[str, float] = {}
        for part in parts:
            rates[part.name] = records_per_second(part, batcher.name, seconds, clock)
            done += 1
            if progress is not None:
                progress(done, total)
        speeds.append(_speed(batcher, rates))
    return speeds


def _speed(batcher: Batcher, rates: dict[str, float]) -> PipelineSpeed:
    stages = stage_speeds(rates)
    report = batcher.report
    plain = PipelineSpeed(batcher.name, report.engine, report.reason, stages, ())
    return PipelineSpeed(
        batcher.name, report.engine, report.reason, stages, advice(batcher, plain.bottleneck)
    )
