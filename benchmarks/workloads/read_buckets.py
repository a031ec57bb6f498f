"""Sentences of many lengths through TensorFlow 1's queues: reader, parse, buckets by length."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._pipelines import by_hand, data_file, sides_of
from benchmarks.workloads._side import Task, main

BATCH = 32
BOUNDARIES = [10, 20, 30, 40, 50]
LONGEST = 60
RECORDS = 20_000


def prepare(task: Task) -> None:
    """Writes one file of records, each the numbers of 1 to 60 words and a label."""
    import tensorflow.compat.v1 as tf

    chance = np.random.RandomState(1)
    with tf.python_io.TFRecordWriter(_file(task)) as writer:
        for index in range(RECORDS):
            words = chance.randint(1, 30_000, chance.randint(1, LONGEST + 1))
            feature = {
                "words": tf.train.Feature(int64_list=tf.train.Int64List(value=words)),
                "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[index % 10])),
            }
            example = tf.train.Example(features=tf.train.Features(feature=feature))
            writer.write(example.SerializeToString())


def calls(tf: Any, task: Task) -> list[Any]:
    """The reader of a language model, as contrib's documentation had it.

    The words of a batch are taken and padded with the rest, but not compared: how much is padded
    depends on which records meet.
    """
    queue = tf.train.string_input_producer([_file(task)])
    _, record = tf.TFRecordReader().read(queue)
    length, words, label = _parsed(tf, record)
    lengths, (_, labels) = tf.contrib.training.bucket_by_sequence_length(
        length,
        [words, label],
        BATCH,
        BOUNDARIES,
        num_threads=task.threads,
        capacity=BATCH * 4,
        dynamic_pad=True,
    )
    return [lengths, labels]


def dataset(tf: Any, task: Task) -> Any:
    """The tf.data pipeline that most would write; each record is parsed by itself."""
    records = tf.data.TFRecordDataset(_file(task)).repeat()
    parsed = records.map(lambda record: _parsed(tf, record), num_parallel_calls=2)
    batches = parsed.bucket_by_sequence_length(
        lambda length, words, label: length, BOUNDARIES, [BATCH] * (len(BOUNDARIES) + 1)
    )
    return batches.map(lambda lengths, words, labels: (lengths, labels)).prefetch(2)


def _file(task: Task) -> str:
    return data_file(task, "sentences.tfrecord")


def _parsed(tf: Any, record: Any) -> tuple[Any, Any, Any]:
    """How many words, the words (int64, `[length]`) and the label (int64, `[]`) of a record."""
    features = {
        "words": tf.VarLenFeature(tf.int64),
        "label": tf.FixedLenFeature([], tf.int64),
    }
    parsed = tf.parse_single_example(record, features)
    words = parsed["words"].values
    return tf.size(words), words, parsed["label"]


# Today's compat.v1 has no contrib.
SIDES = {**sides_of(calls, dataset), "compat": by_hand(dataset, tuned=False)}

if __name__ == "__main__":
    main(SIDES, prepare)
