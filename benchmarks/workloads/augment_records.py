"""TFRecords of 3 KB, each parsed, flipped and brightened by itself before the batcher."""

from __future__ import annotations

from typing import Any

from benchmarks.workloads._side import Result, Side, Task, main
from benchmarks.workloads.read_records import (
    BATCH,
    CAPACITY,
    MIN_AFTER_DEQUEUE,
    SHAPE,
    features,
    prepare,
    record_file,
    runner_of,
    session_of,
    timed,
)


def plain(task: Task) -> Result:
    """The reader as the tutorials of the time taught it."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default():
        queue = tf.train.string_input_producer([record_file(task)], shuffle=True)
        _, record = tf.TFRecordReader().read(queue)
        batch = tf.train.shuffle_batch(
            augmented(tf, record), BATCH, CAPACITY, MIN_AFTER_DEQUEUE, num_threads=task.threads
        )
        with tf.Session() as session:
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            result = timed(task, lambda: session.run(batch))
            coordinator.request_stop()
            coordinator.join(threads)
            return result


def same_calls(task: Task, engine: str) -> Result:
    """The same calls from `graphkit.readers`, on one of its engines."""
    from graphkit import readers
    from graphkit._tf import tf
    from graphkit.graph import GraphBuilder
    from graphkit.session import SessionRunner

    with GraphBuilder() as g, readers.engine(engine):
        queue = readers.string_input_producer([record_file(task)], shuffle=True)
        _, record = readers.TFRecordReader().read(queue)
        batch = readers.shuffle_batch(
            augmented(tf, record), BATCH, CAPACITY, MIN_AFTER_DEQUEUE, num_threads=task.threads
        )
    with SessionRunner(g) as runner:
        return timed(task, lambda: runner.run(batch))


def by_hand(task: Task) -> Result:
    """The same on tf.data, record by record on both cores."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default():
        records = tf.data.TFRecordDataset(record_file(task)).repeat()
        images = records.map(lambda record: tuple(augmented(tf, record)), num_parallel_calls=2)
        batches = images.shuffle(CAPACITY).batch(BATCH).prefetch(2)
        with session_of(tf) as session:
            return timed(task, runner_of(tf, session, batches))


def augmented(tf: Any, record: Any) -> list[Any]:
    """An image (float32, `[32, 32, 3]`), flipped and brightened by chance, and its label."""
    parsed = tf.parse_single_example(record, features(tf))
    pixels = tf.reshape(tf.decode_raw(parsed["image"], tf.uint8), SHAPE)
    image = tf.image.random_flip_left_right(tf.cast(pixels, tf.float32) / 255.0)
    return [tf.image.random_brightness(image, 0.2), parsed["label"]]


if __name__ == "__main__":
    sides: dict[str, Side] = {
        "tf115": plain,
        "compat": plain,
        "graphkit": lambda task: same_calls(task, "queues"),
        "graphkit tf.data": lambda task: same_calls(task, "tf.data"),
        "compat tf.data": by_hand,
    }
    main(sides, prepare)
