"""TFRecords of 3 KB through TensorFlow 1's queues: file names, reader, shuffle, parse, decode."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._pipelines import data_file, sides_of, timed
from benchmarks.workloads._side import Result, Task, main

BATCH = 128
CAPACITY = BATCH * 10
MIN_AFTER_DEQUEUE = BATCH * 5
SHAPE = [32, 32, 3]
RECORDS = 5000


def prepare(task: Task) -> None:
    """Writes one file of records, each an image of random bytes and a label."""
    import tensorflow.compat.v1 as tf

    numbers = np.random.RandomState(1)
    with tf.python_io.TFRecordWriter(record_file(task)) as writer:
        for index in range(RECORDS):
            image = numbers.bytes(int(np.prod(SHAPE)))
            feature = {
                "image": tf.train.Feature(bytes_list=tf.train.BytesList(value=[image])),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[index % 10])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader as the tutorials of the time taught it."""
    queue = tf.train.string_input_producer([record_file(task)], shuffle=True)
    _, record = tf.TFRecordReader().read(queue)
    records = tf.train.shuffle_batch(
        [record], BATCH, CAPACITY, MIN_AFTER_DEQUEUE, num_threads=task.threads
    )
    return _parsed(tf, records)


def one_call(task: Task) -> Result:
    """The whole chain in one call of graphkit's."""
    from graphkit import readers
    from graphkit._tf import tf
    from graphkit.graph import GraphBuilder
    from graphkit.session import SessionRunner

    with GraphBuilder() as g:
        parsed = readers.record_batch(
            [record_file(task)],
            features(tf),
            batch_size=BATCH,
            decode={"image": readers.DecodeRaw(tf.uint8, tuple(SHAPE))},
            num_epochs=None,
            num_threads=task.threads,
        )
        batch = [parsed["image"], parsed["label"]]
    with SessionRunner(g) as runner:
        return timed(task, lambda: runner.run(batch))


def dataset(tf: Any, task: Task) -> Any:
    """The fastest tf.data pipeline that we could write."""
    records = tf.data.TFRecordDataset(record_file(task)).repeat().shuffle(CAPACITY).batch(BATCH)
    return records.map(lambda batch: tuple(_parsed(tf, batch)), num_parallel_calls=2).prefetch(2)


def record_file(task: Task) -> str:
    """The file that `prepare` wrote."""
    return data_file(task, "train.tfrecord")


def features(tf: Any) -> dict[str, Any]:
    """What a record holds."""
    return {
        "image": tf.FixedLenFeature([], tf.string),
        "label": tf.FixedLenFeature([], tf.int64),
    }


def _parsed(tf: Any, records: Any) -> list[Any]:
    """Images uint8 `[128, 32, 32, 3]` and labels int64 `[128]`."""
    parsed = tf.parse_example(records, features(tf))
    return [tf.reshape(tf.decode_raw(parsed["image"], tf.uint8), [-1, *SHAPE]), parsed["label"]]


SIDES = {
    **sides_of(calls, dataset),
    "graphkit record_batch": one_call,
}

if __name__ == "__main__":
    main(SIDES, prepare)
