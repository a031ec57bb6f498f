"""make_train_op: one op that updates, steps and counts."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.graph import layers, make_train_op


@pytest.fixture
def weight(graph):
    return tf.get_variable("w", initializer=[2.0, -4.0])


@pytest.fixture
def loss(weight):
    return tf.reduce_sum(tf.square(weight)) / 2


def stepped(session, train, variable):
    session.run(tf.global_variables_initializer())
    session.run(train)
    return session.run(variable)


def test_step_follows_the_gradient(session, weight, loss):
    train = make_train_op(loss, optimizer="gradient_descent", learning_rate=0.5)
    assert isinstance(train, tf.Operation)
    np.testing.assert_allclose(stepped(session, train, weight), [1.0, -2.0])


def test_gradients_are_clipped_together(session, weight, loss):
    train = make_train_op(loss, optimizer="gradient_descent", learning_rate=1.0, clip_norm=1.0)
    norm = np.sqrt(2.0**2 + 4.0**2)
    expected = [2.0 - 2.0 / norm, -4.0 + 4.0 / norm]
    np.testing.assert_allclose(stepped(session, train, weight), expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["adagrad", "adam", "gradient_descent", "momentum", "rmsprop"])
def test_every_named_optimizer_lowers_the_loss(session, loss, name):
    train = make_train_op(loss, optimizer=name, learning_rate=0.01)
    session.run(tf.global_variables_initializer())
    before = session.run(loss)
    session.run(train)
    assert session.run(loss) < before


def test_optimizer_object_is_used(session, weight, loss):
    train = make_train_op(loss, optimizer=tf.train.GradientDescentOptimizer(0.25))
    np.testing.assert_allclose(stepped(session, train, weight), [1.5, -3.0])


@pytest.mark.parametrize("rate", [tf.Variable, tf.constant])
def test_learning_rate_may_be_a_tensor(session, weight, loss, rate):
    train = make_train_op(
        loss, optimizer="gradient_descent", learning_rate=rate(0.5), var_list=[weight]
    )
    np.testing.assert_allclose(stepped(session, train, weight), [1.0, -2.0])


def test_learning_rate_may_be_a_function(session, weight, loss):
    train = make_train_op(loss, optimizer="gradient_descent", learning_rate=lambda: 0.5)
    np.testing.assert_allclose(stepped(session, train, weight), [1.0, -2.0])


def test_default_is_adam_at_one_thousandth(session, weight, loss):
    np.testing.assert_allclose(
        stepped(session, make_train_op(loss), weight), [1.999, -3.999], atol=1e-6
    )


def test_global_step_is_made_and_counts(session, loss):
    train = make_train_op(loss)
    step = tf.train.get_global_step()
    assert stepped(session, train, step) == 1


def test_given_global_step_counts(session, loss):
    mine = tf.get_variable("mine", initializer=10, trainable=False)
    assert stepped(session, make_train_op(loss, global_step=mine), mine) == 11
    assert tf.train.get_global_step() is None


def test_only_the_listed_variables_are_trained(session, weight):
    other = tf.get_variable("other", initializer=1.0)
    loss = tf.reduce_sum(weight) * other
    train = make_train_op(loss, optimizer="gradient_descent", learning_rate=1.0, var_list=[other])
    np.testing.assert_allclose(stepped(session, train, weight), [2.0, -4.0])
    assert session.run(other) == pytest.approx(3.0)


def test_variable_the_loss_does_not_use_is_passed_over(session, weight, loss):
    idle = tf.get_variable("idle", initializer=1.0)
    assert stepped(session, make_train_op(loss), idle) == 1.0


def test_batch_norm_averages_move_with_each_step(session):
    x = tf.constant([[1.0], [3.0]])
    y = layers.batch_normalization(x, training=True, momentum=0.9)
    train = make_train_op(tf.reduce_sum(y) + tf.reduce_sum(tf.trainable_variables()[0]))
    mean = next(v for v in tf.global_variables() if v.op.name.endswith("moving_mean"))
    np.testing.assert_allclose(stepped(session, train, mean), [0.2], rtol=1e-6)


def test_update_ops_may_be_chosen(session, weight, loss):
    ran = tf.get_variable("ran", initializer=[0.0, 0.0], trainable=False)
    for place in range(2):
        tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, ran[place].assign(1.0))
    mine = tf.get_collection(tf.GraphKeys.UPDATE_OPS)[1:]
    assert stepped(session, make_train_op(loss, update_ops=[]), ran).tolist() == [0.0, 0.0]
    assert stepped(session, make_train_op(loss, update_ops=mine), ran).tolist() == [0.0, 1.0]
    assert stepped(session, make_train_op(loss), ran).tolist() == [1.0, 1.0]


def test_graph_of_the_loss_need_not_be_current(loss):
    with tf.Graph().as_default():
        assert make_train_op(loss).graph is loss.graph


def test_op_has_the_name_asked_for(loss):
    assert make_train_op(loss, name="train").name == "train"


def test_loss_of_unknown_shape_passes(loss):
    unknown = tf.placeholder_with_default(loss, None)
    assert make_train_op(unknown).graph is loss.graph


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"optimizer": "adm"}, UnknownNameError, "no optimizer named 'adm'; did you mean 'adam'"),
        ({"optimizer": 3}, ArgumentTypeError, "optimizer must be .*gradient_descent.*got 3"),
        ({"learning_rate": 0}, ArgumentError, "learning_rate must be a number above 0, got 0"),
        ({"learning_rate": "0.1"}, ArgumentTypeError, "learning_rate must be .*got '0.1'"),
        ({"learning_rate": True}, ArgumentTypeError, "learning_rate must be .*got True"),
        ({"clip_norm": -1.0}, ArgumentError, "clip_norm must be a number above 0, got -1.0"),
        ({"var_list": []}, ArgumentError, r"var_list must be None or not empty, got \[\]"),
    ],
)
def test_argument_out_of_range_is_refused(graph, loss, change, error, message):
    before = len(graph.get_operations())
    with pytest.raises(error, match=message):
        make_train_op(loss, **change)
    assert len(graph.get_operations()) == before


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("sgd", "gradient_descent"),
        ("SGD", "gradient_descent"),
        ("GradientDescentOptimizer", "gradient_descent"),
        ("adam_optimizer", "adam"),
        ("RMSProp", "rmsprop"),
    ],
)
def test_optimizer_by_another_name_is_suggested_before_variables_are_missed(graph, name, meant):
    with pytest.raises(UnknownNameError, match=f"named '{name}'; did you mean '{meant}'"):
        make_train_op(tf.constant(1.0), optimizer=name)


@pytest.mark.parametrize("rate", [[0.1, 0.2], 1])
def test_learning_rate_tensor_must_be_a_float_scalar(loss, rate):
    with pytest.raises(ArgumentTypeError, match="learning_rate must be a float scalar, got "):
        make_train_op(loss, learning_rate=tf.constant(rate))


def test_optimizer_object_has_its_own_learning_rate(loss):
    with pytest.raises(ArgumentError, match=r"learning_rate must be left out.*got 0.1"):
        make_train_op(loss, optimizer=tf.train.AdamOptimizer(), learning_rate=0.1)


def test_loss_must_be_a_scalar(weight):
    with pytest.raises(ArgumentError, match=r"loss must be a scalar .*got 'shape \(2,\)'"):
        make_train_op(tf.square(weight))


def test_loss_must_be_a_float(weight):
    with pytest.raises(ArgumentTypeError, match="loss must be of a float dtype, got int32"):
        make_train_op(tf.constant(1))


@pytest.mark.parametrize("loss", [1.0, None])
def test_loss_must_be_a_tensor(loss):
    with pytest.raises(ArgumentTypeError, match="loss must be a tensor of a graph, got "):
        make_train_op(loss)


def test_graph_without_variables_is_refused(graph):
    with pytest.raises(ArgumentError, match="this graph has none, got 'no trainable variable'"):
        make_train_op(tf.constant(1.0))


def test_loss_apart_from_all_variables_is_refused(weight):
    with pytest.raises(ArgumentError, match=r"loss must be computed from .*apart from \['w'\]"):
        make_train_op(tf.constant(1.0, name="apart"))
