"""Writes with TensorFlow 1.15.5 what today's TensorFlow refuses to import, as old_graphs/.

/path/to/python3.7 tests/golden/record_old_graphs.py
"""

from __future__ import print_function

import os
import shutil

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "old_graphs")


def network(tf):
    """A normalisation with its averages, trained all the same: fine-tuning as slim does it."""
    x = tf.placeholder(tf.float32, [None, 2, 2, 2], "x")
    y = tf.layers.batch_normalization(x, training=False)
    loss = tf.reduce_mean(tf.square(y - 1.0), name="loss")
    tf.train.GradientDescentOptimizer(0.1).minimize(loss, name="train")


def main():
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.mkdir(FOLDER)
    network(tf)
    tf.train.export_meta_graph(
        os.path.join(FOLDER, "normalised.meta"), saver_def=tf.train.Saver().as_saver_def()
    )
    builder = tf.saved_model.Builder(os.path.join(FOLDER, "saved_model"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(session, ["train"])
    builder.save()


if __name__ == "__main__":
    main()
