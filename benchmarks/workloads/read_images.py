"""JPEG files of 256x256 through TensorFlow 1's queues: names, reader, decode, resize, batch."""

from __future__ import annotations

import glob
from typing import Any

import numpy as np

from benchmarks.workloads._pipelines import data_file, session_of, sides_of
from benchmarks.workloads._side import Task, main

BATCH = 32
CAPACITY = BATCH * 4
FILES = 200
SIZE = [224, 224]


def prepare(task: Task) -> None:
    """Writes files of smooth colours with a little noise, which pack as well as photographs do."""
    import tensorflow.compat.v1 as tf

    numbers = np.random.RandomState(1)
    with tf.Graph().as_default(), session_of(tf) as session:
        colours = tf.placeholder(tf.float32, [16, 16, 3])
        noise = tf.random_normal([256, 256, 3], stddev=4.0, seed=1)
        pixels = tf.image.resize_images(colours, [256, 256], method="bicubic") + noise
        content = tf.image.encode_jpeg(tf.saturate_cast(pixels, tf.uint8), quality=90)
        for index in range(FILES):
            encoded = session.run(content, {colours: numbers.randint(0, 256, [16, 16, 3])})
            with open(data_file(task, f"{index:04d}.jpg"), "wb") as file:
                file.write(encoded)


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader as the tutorials of the time taught it."""
    queue = tf.train.string_input_producer(_files(task), shuffle=True)
    _, content = tf.WholeFileReader().read(queue)
    image = _resized(tf, content)
    return [tf.train.batch([image], BATCH, num_threads=task.threads, capacity=CAPACITY)]


def dataset(tf: Any, task: Task) -> Any:
    """The fastest tf.data pipeline that we could write."""
    names = tf.data.Dataset.from_tensor_slices(_files(task)).shuffle(FILES).repeat()
    images = names.map(lambda name: _resized(tf, tf.io.read_file(name)), num_parallel_calls=2)
    return images.batch(BATCH).map(lambda batch: (batch,)).prefetch(2)


def _files(task: Task) -> list[str]:
    return sorted(glob.glob(data_file(task, "*.jpg")))


def _resized(tf: Any, content: Any) -> Any:
    """An image of a file's bytes (float32, `[224, 224, 3]`)."""
    return tf.image.resize_images(tf.image.decode_jpeg(content, channels=3), SIZE)


SIDES = sides_of(calls, dataset)

if __name__ == "__main__":
    main(SIDES, prepare)
