"""`Session.run` of a graph of two ops: what one run costs before any mathematics."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from benchmarks.workloads._side import Result, Task, main

FED = [1.0, 2.0, 3.0, 4.0]


def plain(task: Task) -> Result:
    """TensorFlow 1 as it was written: a session and a feed dictionary."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [4], name="x")
        y = x * 2.0 + 1.0
        return _timed(task, lambda: session.run(y, {x: FED}))


def with_graphkit(task: Task, inter_op_threads: int | None = None) -> Result:
    """The same through a builder and a runner, fed by tensor."""
    from graphkit.graph import GraphBuilder
    from graphkit.session import SessionConfig, SessionRunner

    with GraphBuilder() as g:
        x = g.placeholder("x", "float32", [4])
        y = x * 2.0 + 1.0
    with SessionRunner(g, config=SessionConfig(inter_op_threads=inter_op_threads)) as runner:
        return _timed(task, lambda: runner.run(y, {x: FED}))


def _timed(task: Task, run: Any) -> Result:
    for _ in range(task.work // 20 + 1):
        run()
    started = time.perf_counter()
    for _ in range(task.work):
        value = run()
    seconds = time.perf_counter() - started
    return Result(task.work, seconds, {"last": value.tolist()})


if __name__ == "__main__":
    main(
        {
            "tf115": plain,
            "compat": plain,
            "graphkit": with_graphkit,
            "graphkit calling thread": partial(with_graphkit, inter_op_threads=-1),
        }
    )
