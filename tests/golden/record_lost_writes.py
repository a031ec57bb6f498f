"""Frozen files of 1.15.5 that 1.15.5 itself cannot load, and what the sessions computed.

Run by TensorFlow 1.15.5: python record_lost_writes.py
"""

import os

import numpy as np
import tensorflow as tf
from tensorflow.contrib import slim

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lost_writes")
RANDOM = np.random.RandomState(7)
IMAGES = RANDOM.normal(size=(2, 4, 4, 2)).astype(np.float32)


def normalized(images, is_training):
    """Batch normalization whose updates stand in the branch that trains, as FaceNet's do."""
    parameters = {"is_training": is_training, "updates_collections": None, "scale": True}
    hidden = slim.conv2d(images, 3, 3, normalizer_fn=slim.batch_norm, normalizer_params=parameters)
    hidden = slim.flatten(hidden)
    return slim.fully_connected(hidden, 2, activation_fn=None)


def counted(images, is_training):
    """A counter that the branch that trains sets and adds to."""
    seen = tf.get_variable("seen", initializer=3.0)

    def count():
        with tf.control_dependencies([seen.assign(0.5)]):
            return images * seen.assign_add(2.0)

    return tf.cond(is_training, count, lambda: images * seen)


def main():
    os.makedirs(HERE, exist_ok=True)
    values = {"images": IMAGES}
    for build in (normalized, counted):
        for kind in ("ref", "resource"):
            name = "%s_%s" % (build.__name__, kind)
            with tf.Graph().as_default() as graph, tf.Session() as session:
                tf.get_variable_scope().set_use_resource(kind == "resource")
                images = tf.placeholder(tf.float32, [None, 4, 4, 2], name="images")
                is_training = tf.placeholder(tf.bool, name="phase_train")
                tf.identity(build(images, is_training), name="y")
                session.run(tf.global_variables_initializer())
                for variable in tf.global_variables():
                    change = RANDOM.uniform(0.5, 1.5, variable.shape.as_list())
                    variable.load(change.astype(np.float32), session)
                feed = {"images:0": IMAGES, "phase_train:0": False}
                values[name] = session.run("y:0", feed)
                frozen = tf.graph_util.convert_variables_to_constants(
                    session, graph.as_graph_def(), ["y"]
                )
            with tf.Graph().as_default():
                try:
                    tf.import_graph_def(frozen)
                except ValueError as error:
                    print(name, error)
                else:
                    raise SystemExit("%s can be loaded" % name)
            with open(os.path.join(HERE, name + ".pb"), "wb") as file:
                file.write(frozen.SerializeToString(deterministic=True))
    np.savez_compressed(os.path.join(HERE, "expected.npz"), **values)


if __name__ == "__main__":
    main()
