"""Fed numbers that dropouts alone read are pinned to what drops nothing, whatever their name."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as one
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze_session, load_graph
from graphkit.export._freezing._dropout_rates import dropout_rates
from graphkit.export._freezing._guess import guess_outputs
from graphkit.graph import layers


def _of_2017(x, keep):
    """As `tf.nn.dropout` was until TensorFlow 1.12."""
    mask = tf.floor(tf.random_uniform(tf.shape(x), seed=1) + keep)
    return tf.div(x, keep) * mask


def _of_2019(x, keep):
    """As `tf.nn.dropout` is in TensorFlow 1.15, which draws between two numbers."""
    rate = 1.0 - keep
    noise = tf.random_uniform(tf.shape(x), seed=1) * (tf.constant(1.0) - 0.0) + 0.0
    return x * (1.0 / (1.0 - rate)) * tf.cast(noise >= rate, tf.float32)


def _of_today(x, keep):
    return tf.nn.dropout(x, keep_prob=keep)


def _of_the_namespace(x, keep):
    return one.nn.dropout(x, keep)


def _by_hand(x, keep):
    return x * tf.cast(tf.random_uniform(tf.shape(x)) < keep, tf.float32)


def _rate(x, rate):
    return layers.dropout(x, rate=rate, training=True)


def _in_a_loop(x, keep):
    return tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, _of_2019(v, keep)), [0, x])[1]


def _twice(x, keep):
    return _of_2017(_of_today(x, keep), keep)


CASES = [
    (_of_2017, 1),
    (_of_2019, 1),
    (_of_today, 1),
    (_of_the_namespace, 1),
    (_by_hand, 1),
    (_rate, 0),
    (_twice, 1),
]


def _input(shape=(None, 50)):
    return tf.placeholder(tf.float32, shape, name="x")


@pytest.mark.parametrize(("drop", "value"), CASES)
@pytest.mark.parametrize("shape", [None, []], ids=["open", "scalar"])
def test_the_use_tells_what_a_number_is(graph, drop, value, shape):
    drop(_input(), tf.placeholder(tf.float32, shape, name="p"))
    (found,) = dropout_rates(graph.as_graph_def(), graph).items()
    assert found == ("p", value)
    assert found[1].dtype == np.float32


def test_a_loop_of_tensorflow_1_is_entered(graph):
    tf.disable_control_flow_v2()
    try:
        _in_a_loop(_input(), tf.placeholder(tf.float32, [], name="p"))
    finally:
        tf.enable_control_flow_v2()
    assert dropout_rates(graph.as_graph_def(), graph) == {"p": 1}


def _also_scales(x, p):
    return _of_today(x, p) * p + p


def _two_meanings(x, p):
    return _of_2017(x, p) + _rate(x, p)


def _only_scales(x, p):
    return x / p


def _wide_noise(x, p):
    return x * tf.cast(tf.random_uniform(tf.shape(x), 0.5, 2.0) < p, tf.float32)


def _half_kept(x, p):
    return _of_2019(x, 0.5 * p)


@pytest.mark.parametrize(
    "use", [_also_scales, _two_meanings, _only_scales, _wide_noise, _half_kept]
)
def test_a_number_of_another_use_is_left(graph, use):
    use(_input(), tf.placeholder(tf.float32, [], name="keep_prob"))
    assert dropout_rates(graph.as_graph_def(), graph) == {}


def test_what_is_no_single_float_is_left(graph):
    x = _input()
    tf.nn.dropout(x, rate=tf.cast(tf.placeholder(tf.int32, [], name="whole"), tf.float32))
    tf.nn.dropout(x, rate=tf.placeholder_with_default([0.5], [1], name="row")[0])
    assert dropout_rates(graph.as_graph_def(), graph) == {}


def test_a_number_that_is_shown_in_training_only_is_no_data(graph):
    """As in the tutorials: neither shape nor name, and a summary."""
    x, p = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.float32)
    tf.summary.scalar("kept", p)
    y = tf.matmul(_of_today(x, p), tf.get_variable("w", [4, 3]))
    labels = tf.placeholder(tf.float32, [None, 3])
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_mean(tf.square(y - labels)))
    assert guess_outputs("freeze", graph) == ["MatMul"]


@pytest.fixture
def dropped(graph, session):
    """`y = dropout(x, p) w`, with a summary of `p`."""
    p = tf.placeholder_with_default(0.5, [], name="p")
    tf.summary.scalar("kept", p)
    w = tf.get_variable("w", initializer=np.ones([50, 2], np.float32))
    tf.matmul(_of_2019(_input(), p), w, name="y")
    session.run(tf.global_variables_initializer())
    return session


def test_dropout_is_left_out_of_the_file(dropped, tmp_path):
    report = freeze_session(dropped, tmp_path / "m.pb", outputs="y")
    assert report.pins == {"p": 1.0}
    assert [info.name for info in report.inputs] == ["x"]
    with load_graph(tmp_path / "m.pb") as loaded:
        ops = {op.type for op in loaded.graph.get_operations()}
        assert ops == {"Const", "Identity", "MatMul", "Placeholder"}
        assert loaded.run({"x": np.ones((1, 50))})["y"].tolist() == [[50, 50]]


def test_a_named_number_stays_an_input(dropped, tmp_path):
    with pytest.raises(ArgumentError, match=r"same in every run.*RandomUniform"):
        freeze_session(dropped, tmp_path / "m.pb", outputs="y", inputs=["x", "p"])


def test_a_number_that_was_pinned_is_taken(dropped, tmp_path):
    with pytest.raises(ArgumentError, match=r"same in every run.*RandomUniform"):
        freeze_session(dropped, tmp_path / "m.pb", outputs="y", pins={"p": 0.5})
