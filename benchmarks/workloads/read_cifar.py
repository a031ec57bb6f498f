"""CIFAR-10's binary files through TensorFlow 1's queues: records of fixed length, batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._pipelines import data_file, sides_of
from benchmarks.workloads._side import Task, main

BATCH = 128
PIXELS = 32 * 32 * 3
RECORDS = 5000


def prepare(task: Task) -> None:
    """Writes one file like CIFAR-10's, each record a label and an image of random bytes."""
    records = np.random.RandomState(1).randint(0, 256, [RECORDS, 1 + PIXELS]).astype(np.uint8)
    records[:, 0] = np.arange(RECORDS) % 10
    records.tofile(_file(task))


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader as the tutorials of the time taught it."""
    queue = tf.train.string_input_producer([_file(task)])
    _, record = tf.FixedLengthRecordReader(1 + PIXELS).read(queue)
    numbers = tf.decode_raw(record, tf.uint8)
    label = tf.cast(tf.reshape(tf.strided_slice(numbers, [0], [1]), []), tf.int32)
    depth_first = tf.reshape(tf.strided_slice(numbers, [1], [1 + PIXELS]), [3, 32, 32])
    image = tf.cast(tf.transpose(depth_first, [1, 2, 0]), tf.float32)
    batch: list[Any] = tf.train.batch(
        [image, label], BATCH, num_threads=task.threads, capacity=BATCH * 4
    )
    return batch


def dataset(tf: Any, task: Task) -> Any:
    """The fastest tf.data pipeline that we could write."""
    records = tf.data.FixedLengthRecordDataset(_file(task), 1 + PIXELS).repeat().batch(BATCH)
    return records.map(lambda batch: _decoded(tf, batch), num_parallel_calls=2).prefetch(2)


def _file(task: Task) -> str:
    return data_file(task, "data_batch_1.bin")


def _decoded(tf: Any, records: Any) -> tuple[Any, Any]:
    """Images (float32, `[128, 32, 32, 3]`) and labels (int32, `[128]`) of a batch."""
    numbers = tf.decode_raw(records, tf.uint8)
    depth_first = tf.reshape(numbers[:, 1:], [-1, 3, 32, 32])
    images = tf.cast(tf.transpose(depth_first, [0, 2, 3, 1]), tf.float32)
    return images, tf.cast(numbers[:, 0], tf.int32)


SIDES = sides_of(calls, dataset)

if __name__ == "__main__":
    main(SIDES, prepare)
