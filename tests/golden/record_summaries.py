"""Records an event file of TensorFlow 1.15.5 for tests/summaries.

Run with Python 3.7 and TensorFlow 1.15.5: `python tests/golden/record_summaries.py`. Writes the
folder summaries beside this file: two steps of a scalar, a histogram, images and a text, the graph
and the run metadata of one run; and in histograms.json how 1.15.5 sorts numbers into buckets.
"""

from __future__ import print_function

import json
import os
import shutil

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "summaries")

NUMBERS = {
    "few": [-1.0, 0.0, 0.5, 0.5, 2.0],
    "none": [],
    "spread": [-1e30, -3e-13, 1e-12, 1.1, 1.0, 7e19, 1e20, 1e30],
}


def record_events():
    folder = os.path.join(HERE, "run")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 2, 2, 1], name="x")
        tf.summary.scalar("average", tf.reduce_mean(x))
        tf.summary.histogram("values", x)
        tf.summary.image("pictures", x)
        tf.summary.text("note", tf.constant("**bold**"))
        merged = tf.summary.merge_all()
        writer = tf.summary.FileWriter(folder, graph)
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        for step in (0, 1):
            metadata = tf.RunMetadata()
            images = np.arange(8, dtype=np.float32).reshape(2, 2, 2, 1) + step
            summary = session.run(merged, {x: images}, options, metadata)
            writer.add_summary(summary, step)
        writer.add_run_metadata(metadata, "last", 1)
        writer.close()
    (name,) = os.listdir(folder)
    os.rename(os.path.join(folder, name), os.path.join(folder, "events.out.tfevents.1.recorded"))


def record_histograms():
    found = {}
    for name, numbers in NUMBERS.items():
        with tf.Graph().as_default(), tf.Session() as session:
            op = tf.summary.histogram("h", tf.constant(numbers, tf.float64))
            histogram = tf.Summary.FromString(session.run(op)).value[0].histo
            found[name] = {
                "numbers": numbers,
                "min": histogram.min,
                "max": histogram.max,
                "num": histogram.num,
                "sum": histogram.sum,
                "sum_squares": histogram.sum_squares,
                "bucket_limit": list(histogram.bucket_limit),
                "bucket": list(histogram.bucket),
            }
    with open(os.path.join(HERE, "histograms.json"), "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.makedirs(HERE)
    record_events()
    record_histograms()


if __name__ == "__main__":
    main()
