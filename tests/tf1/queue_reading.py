"""A source, a session and a loop that the tests of contrib.training's queues share."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np

import graphkit.tf1 as tf


@contextmanager
def reading(graph):
    """A session whose queues are filled."""
    with tf.Session(graph=graph) as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            yield session
        finally:
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=60, ignore_live_threads=False)


def until_the_end(session, fetches):
    """What every run gives until the data ends."""
    while True:
        try:
            yield session.run(fetches)
        except tf.errors.OutOfRangeError:
            return


def numbers(count, dtype=np.int32):
    """0, 1, 2 … one at a time, once."""
    source = [np.arange(count, dtype=dtype)]
    (one,) = tf.train.slice_input_producer(source, num_epochs=1, shuffle=False)
    return one
