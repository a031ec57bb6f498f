"""What a loss makes of the network's last tensor before labels meet it is no output."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.export._freezing._guess import guess_outputs


def _written_out(labels, logits):
    return -tf.reduce_sum(labels * tf.log(tf.nn.softmax(logits, name="probabilities")))


def _clipped(labels, logits):
    probabilities = tf.clip_by_value(tf.nn.softmax(logits, name="probabilities"), 1e-10, 1.0)
    return -tf.reduce_sum(labels * tf.log(probabilities))


def _both_sides(labels, logits):
    p = tf.sigmoid(logits, name="probabilities")
    return -tf.reduce_mean(labels * tf.log(p + 1e-8) + (1 - labels) * tf.log(1 - p))


def _in_a_scope_named_loss(labels, logits):
    with tf.name_scope("loss"):
        weights = tf.get_variable("more", [3, 3])
        return tf.square(labels - tf.matmul(logits, weights, name="scaled"))


def _called(function):
    return lambda labels, logits: function(labels=labels, logits=logits)


@pytest.mark.parametrize(
    ("loss", "output"),
    [
        (_written_out, "probabilities"),
        (_clipped, "probabilities"),
        (_both_sides, "probabilities"),
        (_in_a_scope_named_loss, "loss/scaled"),
        (lambda y, logits: tf.losses.log_loss(y, tf.sigmoid(logits, name="odds")), "odds"),
        (lambda y, logits: tf.losses.huber_loss(y, logits), "logits"),
        (lambda y, logits: tf.losses.sigmoid_cross_entropy(y, logits), "logits"),
        (lambda y, logits: tf.losses.softmax_cross_entropy(y, logits), "logits"),
        (_called(tf.nn.sigmoid_cross_entropy_with_logits), "logits"),
        (_called(tf.nn.softmax_cross_entropy_with_logits), "logits"),
        (_called(tf.nn.softmax_cross_entropy_with_logits_v2), "logits"),
    ],
)
@pytest.mark.parametrize("measured", [False, True], ids=["alone", "measured"])
def test_the_output_stands_before_the_loss(graph, loss, output, measured):
    x = tf.placeholder(tf.float32, [None, 4])
    labels = tf.placeholder(tf.float32, [None, 3])
    logits = tf.identity(tf.matmul(x, tf.get_variable("w", [4, 3])), name="logits")
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(loss(labels, logits)))
    if measured:
        last = graph.get_tensor_by_name(f"{output}:0")
        right = tf.equal(tf.argmax(last, 1), tf.argmax(labels, 1))
        tf.reduce_mean(tf.cast(right, tf.float32))
    assert guess_outputs("freeze", graph) == [output]


def test_a_logarithm_that_nothing_reads_is_an_output(graph):
    x = tf.placeholder(tf.float32, [None, 4])
    tf.log(tf.matmul(x, tf.get_variable("w", [4, 3])) ** 2, name="density")
    assert guess_outputs("freeze", graph) == ["density"]
