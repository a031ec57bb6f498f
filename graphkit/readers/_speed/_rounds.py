"""Counts the records that come out of a part of a pipeline, in sessions of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.errors import CorruptFileError, DataError, RunError
from graphkit.readers._damage import find_damaged_record
from graphkit.readers._runner import ancestors, fills_of
from graphkit.readers._serving import serving

__all__ = ["Part", "records_per_second"]

_ROUNDS = 10
_PATIENCE = 60  # seconds
_GRACE = 10  # seconds
_BESIDE = ("[[", "Hint:")  # what TensorFlow adds to a cause


@dataclass(frozen=True)
class Part:
    """A part of a pipeline that can be run.

    Attributes:
        name: The stage it ends with.
        fetches: What a step runs, or fetches.
        rows: How many records a step takes (int64, `[]`).
    """

    name: str
    fetches: list[Any]
    rows: Tensor


def records_per_second(
    part: Part, pipeline: str, seconds: float, clock: Callable[[], float]
) -> float:
    """Runs a part of a pipeline for some time and counts.

    The first step, which waits until the stock is filled, does not count. Data that ends is begun
    again, a few times at most.

    Args:
        part: The part.
        pipeline: The pipeline's name, for messages.
        seconds: How long to count.
        clock: Tells the time in seconds.

    Raises:
        CorruptFileError: A record is damaged.
        DataError: There are fewer than two batches.
        RunError: An op of the pipeline fails, or no batch comes.
    """
    needed, runners = serving([getattr(fetch, "op", fetch) for fetch in part.fetches])
    records, spent = 0, 0.0
    try:
        for _ in range(_ROUNDS):
            with _opened(needed, runners) as session:
                taken, time = _round(session, part, seconds - spent, clock)
            records, spent = records + taken, spent + time
            if spent >= seconds:
                break
    except tf.errors.DeadlineExceededError as error:
        raise RunError(f"{pipeline}, {part.name}: no batch came in {_PATIENCE} s") from error
    except tf.errors.OpError as error:
        damaged = find_damaged_record(part.rows.graph, error)
        if damaged is not None:
            reason = f"the record is damaged ({_cause(error)})"
            raise CorruptFileError(damaged.path, reason, offset=damaged.offset) from error
        raise RunError(f"{pipeline}, {part.name}: {_cause(error)}") from error
    if not records:
        raise DataError(pipeline, "its data holds fewer than two batches, too few to be measured")
    return records / spent


def _round(
    session: Any, part: Part, seconds: float, clock: Callable[[], float]
) -> tuple[int, float]:
    """Counts until the time is over or the data ends; returns the records and the time."""
    records, time = 0, 0.0
    fetches = [*part.fetches, part.rows]
    try:
        session.run(fetches, options=tf.RunOptions(timeout_in_ms=1000 * _PATIENCE))
        begun = clock()
        while time < seconds:
            taken = int(session.run(fetches)[-1])
            records, time = records + taken, clock() - begun
    except tf.errors.OutOfRangeError:
        pass
    return records, time


def _cause(error: Any) -> str:
    """What went wrong, without the places TensorFlow lists around it."""
    lines = [line.strip() for line in error.message.splitlines()]
    return str([line for line in lines if line and not line.startswith(_BESIDE)][-1])


@contextmanager
def _opened(needed: list[Operation], runners: list[Any]) -> Iterator[Any]:
    """Opens a session where those runners run and their variables and all epochs have values."""
    graph = needed[0].graph
    checked = [
        op
        for runner in graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        for op in ancestors(fills_of(runner))
    ]
    present = {*needed, *(op.inputs[0].op for op in checked if "CountUpTo" in op.type)}
    kinds = (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES)
    variables = [v for kind in kinds for v in graph.get_collection(kind) if v.op in present]
    tables = graph.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)
    coordinator = tf.train.Coordinator()
    with tf.Session(graph=graph) as session:
        session.run([*(variable.initializer for variable in variables), *tables])
        threads = [
            thread
            for runner in runners
            for thread in runner.create_threads(session, coordinator, daemon=True, start=True)
        ]
        no_news: list[type[Exception]] = []
        try:
            yield session
        except KeyboardInterrupt:
            no_news.append(tf.errors.OpError)  # of threads whose session was closed
            raise
        finally:
            coordinator.request_stop()
            with suppress(*no_news):
                coordinator.join(threads, stop_grace_period_secs=_GRACE, ignore_live_threads=True)
