"""TFRecords of 3 KB, each parsed, flipped and brightened by itself before the batcher."""

from __future__ import annotations

from typing import Any

from benchmarks.workloads._pipelines import sides_of
from benchmarks.workloads._side import Task, main
from benchmarks.workloads.read_records import (
    BATCH,
    CAPACITY,
    MIN_AFTER_DEQUEUE,
    SHAPE,
    features,
    prepare,
    record_file,
)


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader as the tutorials of the time taught it."""
    queue = tf.train.string_input_producer([record_file(task)], shuffle=True)
    _, record = tf.TFRecordReader().read(queue)
    batch: list[Any] = tf.train.shuffle_batch(
        augmented(tf, record), BATCH, CAPACITY, MIN_AFTER_DEQUEUE, num_threads=task.threads
    )
    return batch


def dataset(tf: Any, task: Task) -> Any:
    """The same on tf.data, record by record on both cores."""
    records = tf.data.TFRecordDataset(record_file(task)).repeat()
    images = records.map(lambda record: tuple(augmented(tf, record)), num_parallel_calls=2)
    return images.shuffle(CAPACITY).batch(BATCH).prefetch(2)


def augmented(tf: Any, record: Any) -> list[Any]:
    """An image (float32, `[32, 32, 3]`), flipped and brightened by chance, and its label."""
    parsed = tf.parse_single_example(record, features(tf))
    pixels = tf.reshape(tf.decode_raw(parsed["image"], tf.uint8), SHAPE)
    image = tf.image.random_flip_left_right(tf.cast(pixels, tf.float32) / 255.0)
    return [tf.image.random_brightness(image, 0.2), parsed["label"]]


SIDES = sides_of(calls, dataset)

if __name__ == "__main__":
    main(SIDES, prepare)
