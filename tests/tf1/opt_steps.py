"""A variable and a single step that the tests of contrib.opt share."""

from __future__ import annotations

import graphkit.tf1 as tf


def variable(values, name="x"):
    return tf.get_variable(name, initializer=tf.constant(values, tf.float32))


def run_once(op, *fetches):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run(op)
        return session.run(list(fetches))
