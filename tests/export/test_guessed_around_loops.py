"""What runs in branches and loops of TensorFlow 1 cannot be fetched: outputs lie behind them."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze_checkpoint
from graphkit.export._freezing._guess import guess_outputs


@pytest.fixture(autouse=True)
def _control_flow_of_tensorflow_1():
    tf.disable_control_flow_v2()
    yield
    tf.enable_control_flow_v2()


@pytest.fixture
def x(graph):
    return tf.placeholder(tf.float32, [None, 4], name="x")


def _weights():
    return tf.get_variable("w", [4, 4], initializer=tf.ones_initializer(), use_resource=True)


def _rounds(x, body):
    return tf.while_loop(lambda i, h: i < 3, lambda i, h: (i + 1, body(i, h)), [0, x])[1]


def _scaled_in_some_rounds(x, w):
    def scaled(i, h):
        by = tf.cond(tf.equal(i % 2, 0), lambda: tf.constant(1.5), lambda: tf.reduce_mean(h))
        return tf.matmul(h, w) * by

    return _rounds(x, scaled)


def _looked_at_in_each_round(x, w):
    def looked_at(i, h):
        tf.nn.relu(h, name="nobody_reads_this")
        small = tf.assert_less(tf.reduce_max(tf.abs(h)), 1e9)
        with tf.control_dependencies([small, tf.debugging.assert_all_finite(h, "h")]):
            return tf.matmul(h, w)

    return _rounds(x, lambda i, h: _rounds(h, looked_at))


def _for_each_example(x, w):
    return tf.map_fn(lambda row: tf.reduce_max(row * 2.0), tf.matmul(x, w))


def _chosen_by_results(x, w):
    """The weight is read in a branch alone, which does not make it a result."""

    def chosen(i, h):
        return tf.cond(tf.reduce_sum(h) > 0, lambda: tf.matmul(h, w), lambda: h)

    return _rounds(x, chosen)


@pytest.mark.parametrize(
    "build",
    [_scaled_in_some_rounds, _looked_at_in_each_round, _for_each_example, _chosen_by_results],
)
def test_the_output_lies_behind_loops_and_branches(graph, x, tmp_path, build):
    tf.identity(build(x, _weights()), name="y")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
    report = freeze_checkpoint(tmp_path / "model.ckpt", tmp_path / "m.pb")
    assert [info.name for info in report.outputs] == ["y"]


def test_what_a_loop_ends_with_is_an_output(graph, x):
    w = _weights()
    end = _rounds(x, lambda i, h: tf.matmul(h, w))
    assert guess_outputs("freeze", graph) == [end.op.name]


def test_what_a_condition_ends_with_is_an_output(graph, x):
    w = _weights()
    end = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.matmul(x, w), lambda: x)
    assert guess_outputs("freeze", graph) == [end.name]


def _detections(x, boxes):
    """Boxes that never meet a weight, and of which no number is made, are no labels."""

    def best(given):
        chosen = tf.image.non_max_suppression(given[0], given[1], 2)
        return tf.gather(given[0], chosen), tf.gather(given[1], chosen)

    found = tf.map_fn(best, (boxes, tf.matmul(x, _weights())), dtype=(tf.float32, tf.float32))
    tf.identity(found[0], name="boxes_found")
    tf.identity(found[1], name="scores_found")


def test_what_meets_only_results_is_an_input_where_they_end_in_no_number(graph, x):
    _detections(x, tf.placeholder(tf.float32, [None, 4, 4], name="boxes"))
    message = "'boxes_found' .*from boxes:0, x:0.*'scores_found' .*from boxes:0, x:0"
    with pytest.raises(ArgumentError, match=message):
        guess_outputs("freeze", graph)


def test_a_loss_in_a_loop_leaves_no_output(graph, x):
    labels = tf.placeholder(tf.float32, [None, 4], name="labels")
    rows = (tf.matmul(x, _weights()), labels)
    losses = tf.map_fn(lambda pair: tf.nn.l2_loss(pair[0] - pair[1]), rows, dtype=tf.float32)
    tf.reduce_mean(losses)
    with pytest.raises(ArgumentError, match="serves a loss, checks or loops"):
        guess_outputs("freeze", graph)
