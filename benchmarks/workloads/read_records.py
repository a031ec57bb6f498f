"""TFRecords of 3 KB through TensorFlow 1's queues: file names, reader, shuffle, parse, decode."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from benchmarks.workloads._side import Result, Side, Task, main

BATCH = 128
CAPACITY = BATCH * 10
MIN_AFTER_DEQUEUE = BATCH * 5
SHAPE = [32, 32, 3]
RECORDS = 5000
WARM_UP = 20


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


def plain(task: Task) -> Result:
    """The reader as the tutorials of the time taught it."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default():
        queue = tf.train.string_input_producer([record_file(task)], shuffle=True)
        _, record = tf.TFRecordReader().read(queue)
        records = tf.train.shuffle_batch(
            [record], BATCH, CAPACITY, MIN_AFTER_DEQUEUE, num_threads=task.threads
        )
        batch = _parsed(tf, records)
        with tf.Session() as session:
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            result = timed(task, lambda: session.run(batch))
            coordinator.request_stop()
            coordinator.join(threads)
            return result


def same_calls(task: Task, engine: str = "queues") -> Result:
    """The same calls from `graphkit.readers`, on one of its engines."""
    from graphkit import readers
    from graphkit._tf import tf
    from graphkit.graph import GraphBuilder
    from graphkit.session import SessionRunner

    with GraphBuilder() as g, readers.engine(engine):
        queue = readers.string_input_producer([record_file(task)], shuffle=True)
        _, record = readers.TFRecordReader().read(queue)
        records = readers.shuffle_batch(
            [record], BATCH, CAPACITY, MIN_AFTER_DEQUEUE, num_threads=task.threads
        )
        batch = _parsed(tf, records)
    with SessionRunner(g) as runner:
        return timed(task, lambda: runner.run(batch))


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
        batch = parsed["image"], parsed["label"]
    with SessionRunner(g) as runner:
        return timed(task, lambda: runner.run(batch))


def by_hand(task: Task) -> Result:
    """The fastest tf.data pipeline that we could write."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default():
        records = tf.data.TFRecordDataset(record_file(task)).repeat().shuffle(CAPACITY).batch(BATCH)
        batches = records.map(lambda batch: _parsed(tf, batch), num_parallel_calls=2).prefetch(2)
        with session_of(tf) as session:
            return timed(task, runner_of(tf, session, batches))


def session_of(tf: Any) -> Any:
    """A session that runs small steps on the thread that calls it."""
    return tf.Session(config=tf.ConfigProto(inter_op_parallelism_threads=-1))


def runner_of(tf: Any, session: Any, batches: Any) -> Any:
    """Starts a dataset on threads of its own, untuned at run time; returns what runs a step."""
    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 2
    iterator = tf.data.make_initializable_iterator(batches.with_options(options))
    batch = iterator.get_next()
    session.run(iterator.initializer)
    return lambda: session.run(batch)


def record_file(task: Task) -> str:
    """The file that `prepare` wrote."""
    return os.path.join(task.data, "train.tfrecord")


def features(tf: Any) -> dict[str, Any]:
    """What a record holds."""
    return {
        "image": tf.FixedLenFeature([], tf.string),
        "label": tf.FixedLenFeature([], tf.int64),
    }


def _parsed(tf: Any, records: Any) -> tuple[Any, Any]:
    """Images uint8 `[128, 32, 32, 3]` and labels int64 `[128]`."""
    parsed = tf.parse_example(records, features(tf))
    return tf.reshape(tf.decode_raw(parsed["image"], tf.uint8), [-1, *SHAPE]), parsed["label"]


def timed(task: Task, run: Any) -> Result:
    """Reads `work` records in whole batches, once the queues are in their stride."""
    for _ in range(WARM_UP):
        run()
    records, pixels, labels = 0, 0, set()
    started = time.perf_counter()
    while records < task.work:
        images, numbers = run()
        records += len(numbers)
        pixels += images.size
        labels.update(numbers.tolist())
    seconds = time.perf_counter() - started
    return Result(records, seconds, {"pixels": pixels, "labels": sorted(labels)})


if __name__ == "__main__":
    sides: dict[str, Side] = {
        "tf115": plain,
        "compat": plain,
        "graphkit": same_calls,
        "graphkit record_batch": one_call,
        "graphkit tf.data": lambda task: same_calls(task, "tf.data"),
        "compat tf.data": by_hand,
    }
    main(sides, prepare)
