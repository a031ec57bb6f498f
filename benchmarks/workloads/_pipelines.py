"""What the workloads that read have in common: who runs a pipeline, and how it is timed."""

from __future__ import annotations

import importlib
import os
import time
from contextlib import ExitStack
from typing import Any, Callable  # noqa: UP035 (Python 3.7 runs this file)

from benchmarks.workloads._side import Result, Side, Task

__all__ = ["by_hand", "data_file", "session_of", "sides_of", "timed"]

WARM_UP = 20
_THREADS = 2

Build = Callable[[Any, Task], Any]
"""Makes a pipeline, given the `tf` of the time and the task; returns its batches."""


def sides_of(calls: Build, dataset: Build) -> dict[str, Side]:
    """The sides of a workload that reads: the same calls on every library, and one by hand.

    Args:
        calls: Makes the pipeline of queues; returns the tensors of a batch.
        dataset: Makes the dataset of the same batches.
    """
    ours = "graphkit.tf1"
    return {
        "tf115": _queued(calls, "tensorflow"),
        "compat": _queued(calls, "tensorflow.compat.v1"),
        "graphkit": _queued(calls, ours, "queues"),
        "graphkit tf.data": _queued(calls, ours, "tf.data"),
        "graphkit tf.data calling thread": _queued(calls, ours, "tf.data", calling_thread=True),
        "compat tf.data": by_hand(dataset),
    }


def _queued(
    build: Build,
    tf_name: str,
    engine: str | None = None,
    *,
    calling_thread: bool = False,
) -> Side:
    """A side that runs a pipeline of queues as the tutorials of the time did.

    Args:
        build: Makes the pipeline; returns the tensors of a batch.
        tf_name: The module that the pipeline is written for.
        engine: Which of graphkit's engines serves it; None without graphkit.
        calling_thread: Whether the session is one of `session_of`.
    """

    def side(task: Task) -> Result:
        tf = importlib.import_module(tf_name)
        with ExitStack() as stack:
            stack.enter_context(tf.Graph().as_default())
            if engine is not None:
                readers = importlib.import_module("graphkit.readers")
                stack.enter_context(readers.engine(engine))
            batch = build(tf, task)
            session = stack.enter_context(session_of(tf) if calling_thread else tf.Session())
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            result = timed(task, lambda: session.run(batch))
            coordinator.request_stop()
            coordinator.join(threads)
            return result

    return side


def by_hand(build: Build, *, tuned: bool = True) -> Side:
    """A side that runs a dataset.

    Args:
        build: Makes the dataset of the batches.
        tuned: Whether it has threads of its own, nothing to find out at run time, a session of
            `session_of` and batches taken in its thread; else all is left as TensorFlow has it.
    """

    def side(task: Task) -> Result:
        import tensorflow.compat.v1 as tf

        with tf.Graph().as_default():
            options = tf.data.Options()
            if tuned:
                options.autotune.enabled = False
                options.threading.private_threadpool_size = _THREADS
            dataset = build(tf, task).with_options(options)
            iterator = tf.data.make_initializable_iterator(dataset)
            batch = _next_at_once(tf, iterator) if tuned else iterator.get_next()
            with session_of(tf) if tuned else tf.Session() as session:
                session.run(iterator.initializer)
                return timed(task, lambda: session.run(batch))

    return side


def _next_at_once(tf: Any, iterator: Any) -> list[Any]:
    """The batch, taken in the thread of the step, where `get_next` takes it in another."""
    spec = tf.nest.flatten(iterator.element_spec)
    taken: list[Any] = tf.raw_ops.IteratorGetNextSync(
        iterator=iterator.initializer.inputs[1],
        output_types=[one.dtype for one in spec],
        output_shapes=[one.shape for one in spec],
    )
    return taken


def session_of(tf: Any) -> Any:
    """A session that runs small steps on the thread that calls it."""
    return tf.Session(config=tf.ConfigProto(inter_op_parallelism_threads=-1))


def timed(task: Task, run: Callable[[], Any]) -> Result:
    """Reads whole batches for as long as the task wants, once the pipeline is in its stride.

    Args:
        task: How many records, and for how long, at least.
        run: Reads a batch: a list of its values, and of its labels where there are any.
    """
    for _ in range(WARM_UP):
        run()
    records, pixels, found = 0, 0, set()
    started = time.perf_counter()
    while records < task.work or time.perf_counter() - started < task.seconds:
        values, *labels = run()
        records += len(values)
        pixels += values.size
        for numbers in labels:
            found.update(numbers.tolist())
    seconds = time.perf_counter() - started
    return Result(records, seconds, {"pixels": pixels / records, "labels": sorted(found)})


def data_file(task: Task, name: str) -> str:
    """The path of what `prepare` wrote under a name."""
    return os.path.join(task.data, name)
