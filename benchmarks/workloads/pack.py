"""A tree of 32x32x3 images, one folder per class, packed into TFRecords in shuffled order."""

from __future__ import annotations

import glob
import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.workloads._side import Result, Task, main

CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def prepare(task: Task) -> None:
    """Writes `work` JPEG files of random bytes, spread over the class folders."""
    import cv2

    numbers = np.random.RandomState(1)
    for index in range(task.work):
        folder = os.path.join(_images(task), CLASSES[index % len(CLASSES)])
        os.makedirs(folder, exist_ok=True)
        pixels = numbers.randint(0, 256, (32, 32, 3)).astype(np.uint8)
        cv2.imwrite(os.path.join(folder, f"{index}.jpg"), pixels)


def plain(task: Task) -> Result:
    """The packing loop as the tutorials of the time taught it."""
    import cv2
    import tensorflow.compat.v1 as tf

    def pack(output: str) -> None:
        files, labels = [], []
        for label, name in enumerate(CLASSES):
            found = glob.glob(os.path.join(_images(task), name, "*"))
            files += found
            labels += [label] * len(found)
        order = list(range(len(files)))
        random.shuffle(order)
        with tf.python_io.TFRecordWriter(output) as writer:
            for index in order:
                image: Any = cv2.imread(files[index])
                feature = {
                    "image": tf.train.Feature(
                        bytes_list=tf.train.BytesList(value=[image.tobytes()])
                    ),
                    "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[labels[index]])),
                }
                example = tf.train.Example(features=tf.train.Features(feature=feature))
                writer.write(example.SerializeToString())

    return _timed(pack)


def with_graphkit(task: Task) -> Result:
    """The same tree through `graphkit.records`, which stores shape and colour order as well."""
    from graphkit import records

    def pack(output: str) -> None:
        images = records.scan_images(Path(_images(task)), classes=CLASSES)
        records.pack_images(images, Path(output))

    return _timed(pack)


def _images(task: Task) -> str:
    return os.path.join(task.data, "image")


def _timed(pack: Any) -> Result:
    """Packs twice, the first time to warm up, and counts what is in the second file."""
    with tempfile.TemporaryDirectory() as folder:
        pack(os.path.join(folder, "warm.tfrecord"))
        packed = os.path.join(folder, "train.tfrecord")
        started = time.perf_counter()
        pack(packed)
        seconds = time.perf_counter() - started
        facts = _facts(packed)
        return Result(sum(facts["labels"]), seconds, facts)


def _facts(packed: str) -> dict[str, Any]:
    """Bytes of pixels and records per label."""
    import tensorflow.compat.v1 as tf

    pixels, labels = 0, [0] * len(CLASSES)
    for record in tf.python_io.tf_record_iterator(packed):
        feature = tf.train.Example.FromString(record).features.feature
        pixels += len(feature["image"].bytes_list.value[0])
        labels[feature["label"].int64_list.value[0]] += 1
    return {"pixels": pixels, "labels": labels}


if __name__ == "__main__":
    main({"tf115": plain, "compat": plain, "graphkit": with_graphkit}, prepare)
