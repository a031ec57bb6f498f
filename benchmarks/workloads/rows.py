"""A million rows of 8 floats in memory, taken one by one and put into batches of 256."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._pipelines import by_hand, sides_of
from benchmarks.workloads._side import Task, main

BATCH = 256
ROWS, COLUMNS = 1_000_000, 8
SHUFFLED = BATCH * 10


def calls(tf: Any, task: Task) -> list[Any]:
    """The producer as the tutorials of the time taught it."""
    (row,) = tf.train.slice_input_producer([_rows()], shuffle=True)
    return [tf.train.batch([row], BATCH, num_threads=task.threads, capacity=BATCH * 4)]


def plain(tf: Any, task: Task) -> Any:
    """The tf.data pipeline as the guides have it."""
    return tf.data.Dataset.from_tensor_slices((_rows(),)).shuffle(SHUFFLED).repeat().batch(BATCH)


def row_by_row(tf: Any, task: Task) -> Any:
    """The same rows, with batches made ahead, for a session and options that are tuned."""
    rows = tf.data.Dataset.from_tensor_slices((_rows(),)).repeat()
    return rows.shuffle(SHUFFLED).batch(BATCH).prefetch(2)


def gathered(tf: Any, task: Task) -> Any:
    """A batch of numbers, its rows at once; those of many batches at once were slower by hand."""
    rows = tf.constant(_rows())

    def epoch(_number: Any) -> Any:
        whole = tf.random_shuffle(tf.range(ROWS))[: ROWS // BATCH * BATCH]
        return tf.data.Dataset.from_tensor_slices(tf.reshape(whole, [-1, BATCH]))

    numbers = tf.data.Dataset.range(2**40).flat_map(epoch)
    return numbers.map(lambda some: (tf.gather(rows, some),), num_parallel_calls=2).prefetch(2)


def _rows() -> Any:
    return np.random.RandomState(1).rand(ROWS, COLUMNS).astype(np.float32)


SIDES = {
    **sides_of(calls, gathered),
    "compat tf.data by row": by_hand(row_by_row),
    "compat tf.data by row, plain": by_hand(plain, tuned=False),
}

if __name__ == "__main__":
    main(SIDES)
