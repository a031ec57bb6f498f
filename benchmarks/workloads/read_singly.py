"""TFRecords of 3 KB that a session takes one by one: file names, reader, decode, no batcher."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.workloads._pipelines import data_file, sides_of
from benchmarks.workloads._side import Task, main

RECORDS = 5000
BYTES = 3072


def prepare(task: Task) -> None:
    """Writes one file of records, each of random bytes."""
    import tensorflow.compat.v1 as tf

    with tf.python_io.TFRecordWriter(_file(task)) as writer:
        for _ in range(RECORDS):
            writer.write(os.urandom(BYTES))


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader as the tutorials of the time taught it."""
    queue = tf.train.string_input_producer([_file(task)])
    _, record = tf.TFRecordReader().read(queue)
    return [_decoded(tf, record)]


def dataset(tf: Any, task: Task) -> Any:
    """The fastest tf.data pipeline that we could write."""
    return (
        tf.data.TFRecordDataset(_file(task)).repeat().map(lambda r: (_decoded(tf, r),)).prefetch(8)
    )


def _file(task: Task) -> str:
    return data_file(task, "singly.tfrecord")


def _decoded(tf: Any, record: Any) -> Any:
    """The bytes of a record, uint8 `[1, 3072]`."""
    return tf.reshape(tf.decode_raw(record, tf.uint8), [1, BYTES])


SIDES = sides_of(calls, dataset)

if __name__ == "__main__":
    main(SIDES, prepare)
