"""What has no shape that a queue takes is the error of the queues, whichever engine serves."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError


def _of_shape(shape):
    """A number of a producer that is said to have a shape; None for one that is not known."""
    number = readers.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    value = tf.py_func(np.asarray, [number], tf.int32)
    if shape is not None:
        value.set_shape(shape)
    return value


# Each with what TensorFlow 1.15.5 raises as the batcher is built, and with our own reason.
CASES = {
    "no rank": (
        lambda: readers.batch([_of_shape(None)], 2),
        "Cannot infer Tensor's rank",
        "its rank is unknown",
    ),
    "no rank, padded": (
        lambda: readers.batch([_of_shape(None)], 2, dynamic_pad=True),
        "Cannot infer Tensor's rank",
        "its rank is unknown",
    ),
    "no rank, shuffled": (
        lambda: readers.shuffle_batch([_of_shape(None)], 2, 9, 4),
        "Cannot infer Tensor's rank",
        "its rank is unknown",
    ),
    "an open dimension": (
        lambda: readers.batch([_of_shape([3, None])], 2),
        "All shapes must be fully defined",
        "is not fully defined, nor is it padded",
    ),
    "an open dimension that is given": (
        lambda: readers.batch([_of_shape(None)], 2, shapes=[[None]]),
        "All shapes must be fully defined",
        "is not fully defined, nor is it padded",
    ),
    "an open dimension behind the examples": (
        lambda: readers.batch([_of_shape([4, None])], 2, enqueue_many=True),
        "All shapes must be fully defined",
        "is not fully defined, nor is it padded",
    ),
    "no axis of examples": (
        lambda: readers.batch([_of_shape([])], 2, enqueue_many=True),
        "must have rank at least 1",
        "it has no axis of examples",
    ),
    "examples of two shapes": (
        lambda: readers.batch_join([[_of_shape([3])], [_of_shape([4])]], 2),
        "are not compatible",
        "the examples differ in shape",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_error_is_that_of_the_queues(name):
    build, told, _ = CASES[name]
    with tf.Graph().as_default(), readers.engine("auto"), pytest.raises(ValueError, match=told):
        build()


@pytest.mark.parametrize("name", CASES)
def test_insisting_on_tf_data_tells_the_reason(name):
    build, _, reason = CASES[name]
    with tf.Graph().as_default(), readers.engine("tf.data"):
        with pytest.raises(ArgumentError, match=reason):
            build()


@pytest.mark.parametrize(
    ("build", "shape"),
    [
        (lambda: readers.batch([_of_shape([None, 4])], 2, enqueue_many=True), [2, 4]),
        (lambda: readers.batch([_of_shape([None, 3])], 2, dynamic_pad=True), [2, None, 3]),
        (lambda: readers.batch([_of_shape(None)], 2, shapes=[[]]), [2]),
        (lambda: readers.batch([_of_shape(None)], 2, shapes=[[None]], dynamic_pad=True), [2, None]),
    ],
)
def test_shapes_that_a_queue_takes_are_lifted(build, shape):
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        assert build().shape.as_list() == shape
        assert [report.engine for report in readers.explain(graph)] == ["tf.data"]
