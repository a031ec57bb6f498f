"""Lines of numbers through TensorFlow 1's queues: file names, reader, decode_csv, batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._pipelines import data_file, sides_of
from benchmarks.workloads._side import Task, main

BATCH = 128
COLUMNS = 10
LINES = 20_000


def prepare(task: Task) -> None:
    """Writes one file of lines, each ten numbers and a label."""
    numbers = np.random.RandomState(1).rand(LINES, COLUMNS)
    with open(_file(task), "w") as file:
        for index, row in enumerate(numbers):
            file.write(",".join([*(f"{number:.4f}" for number in row), str(index % 10)]) + "\n")


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader as the tutorials of the time taught it."""
    queue = tf.train.string_input_producer([_file(task)])
    _, line = tf.TextLineReader().read(queue)
    batch: list[Any] = tf.train.batch(
        _decoded(tf, line, axis=0), BATCH, num_threads=task.threads, capacity=BATCH * 4
    )
    return batch


def dataset(tf: Any, task: Task) -> Any:
    """The fastest tf.data pipeline that we could write."""
    lines = tf.data.TextLineDataset(_file(task)).repeat().batch(BATCH)
    return lines.map(lambda batch: _decoded(tf, batch, axis=1), num_parallel_calls=2).prefetch(2)


def _file(task: Task) -> str:
    return data_file(task, "train.csv")


def _decoded(tf: Any, lines: Any, axis: int) -> tuple[Any, Any]:
    """The numbers (float32, `[…, 10]`) and labels (int32, `[…]`) of lines."""
    *columns, label = tf.decode_csv(lines, [[0.0]] * COLUMNS + [[0]])
    return tf.stack(columns, axis), label


SIDES = sides_of(calls, dataset)

if __name__ == "__main__":
    main(SIDES, prepare)
