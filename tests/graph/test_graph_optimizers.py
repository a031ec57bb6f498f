"""Training steps compared with the same worked out in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.graph import GraphBuilder, layers, make_train_op

RATE = 0.1
START = np.float32([[1.0, -2.0], [0.5, 3.0]])
TARGET = np.float32([[0.0, 1.0], [2.0, -1.0]])


def slope(weights):
    """Of `sum((w - target)²) / 2`."""
    return weights - TARGET


def gradient_descent(steps):
    weights = START
    for _ in range(steps):
        weights = weights - RATE * slope(weights)
    return weights


def momentum(steps):
    weights, speed = START, 0.0
    for _ in range(steps):
        speed = 0.9 * speed + slope(weights)
        weights = weights - RATE * speed
    return weights


def adagrad(steps):
    weights, total = START, 0.1
    for _ in range(steps):
        total = total + slope(weights) ** 2
        weights = weights - RATE * slope(weights) / np.sqrt(total)
    return weights


def rmsprop(steps):
    weights, mean = START, 1.0
    for _ in range(steps):
        mean = 0.9 * mean + 0.1 * slope(weights) ** 2
        weights = weights - RATE * slope(weights) / np.sqrt(mean + 1e-10)
    return weights


def adam(steps):
    weights, first, second = START, 0.0, 0.0
    for step in range(1, steps + 1):
        first = 0.9 * first + 0.1 * slope(weights)
        second = 0.999 * second + 0.001 * slope(weights) ** 2
        rate = RATE * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        weights = weights - rate * first / (np.sqrt(second) + 1e-8)
    return weights


BY_HAND = {
    "adagrad": adagrad,
    "adam": adam,
    "gradient_descent": gradient_descent,
    "momentum": momentum,
    "rmsprop": rmsprop,
}


def quadratic():
    weight = tf.get_variable("weight", initializer=START)
    return weight, tf.reduce_sum(tf.square(weight - TARGET)) / 2


@pytest.mark.parametrize("steps", [1, 2, 7])
@pytest.mark.parametrize("name", BY_HAND)
def test_optimizer_takes_the_steps_of_its_formula(graph, session, name, steps):
    weight, loss = quadratic()
    op = make_train_op(loss, optimizer=name, learning_rate=RATE)
    session.run(tf.global_variables_initializer())
    for _ in range(steps):
        session.run(op)
    np.testing.assert_allclose(session.run(weight), BY_HAND[name](steps), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("clip_norm", [0.5, 2.0, 100.0])
def test_clipping_scales_all_gradients_by_one_factor(graph, session, clip_norm):
    weight, loss = quadratic()
    other = tf.get_variable("other", initializer=np.float32([6.0]))
    loss = loss + tf.reduce_sum(tf.square(other)) / 2
    op = make_train_op(loss, optimizer="gradient_descent", learning_rate=RATE, clip_norm=clip_norm)
    session.run(tf.global_variables_initializer())
    session.run(op)
    norm = np.sqrt((slope(START) ** 2).sum() + 36)
    factor = min(1.0, clip_norm / norm)
    found = session.run([weight, other])
    np.testing.assert_allclose(found[0], START - RATE * factor * slope(START), rtol=1e-5)
    np.testing.assert_allclose(found[1], [6 - RATE * factor * 6], rtol=1e-5)


def test_slopes_of_a_network_are_those_of_its_formula(graph, session):
    random = np.random.RandomState(4)
    x, y = random.normal(size=[8, 3]), random.normal(size=[8, 2])
    made = layers.dense(tf.constant(x, tf.float32), 2)
    loss = tf.reduce_mean(tf.square(made - tf.constant(y, tf.float32)))
    op = make_train_op(loss, optimizer="gradient_descent", learning_rate=RATE)
    session.run(tf.global_variables_initializer())
    kernel, bias = tf.trainable_variables()
    before = session.run(kernel)
    error = 2 * (x @ before - y) / y.size
    session.run(op)
    np.testing.assert_allclose(session.run(kernel), before - RATE * x.T @ error, atol=1e-6)
    np.testing.assert_allclose(session.run(bias), -RATE * error.sum(0), atol=1e-6)


def test_rows_of_an_embedding_that_were_not_used_stay(graph, session):
    vectors = layers.embedding(tf.constant([1, 1, 3]), 5, 2)
    op = make_train_op(tf.reduce_sum(vectors), optimizer="gradient_descent", learning_rate=RATE)
    session.run(tf.global_variables_initializer())
    (table,) = tf.trainable_variables()
    before = session.run(table)
    session.run(op)
    moved = before - session.run(table)
    np.testing.assert_allclose(moved[:, 0], [0, 2 * RATE, 0, RATE, 0], atol=1e-6)


def test_rate_that_decays_is_read_at_each_step(graph, session):
    weight, loss = quadratic()
    step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.5, step, decay_steps=1, decay_rate=0.5)
    op = make_train_op(loss, optimizer="gradient_descent", learning_rate=rate)
    session.run(tf.global_variables_initializer())
    wanted = START
    for number in range(4):
        session.run(op)
        wanted = wanted - 0.5 * 0.5**number * slope(wanted)
    np.testing.assert_allclose(session.run(weight), wanted, rtol=1e-5)
    assert session.run(step) == 4


def test_two_losses_take_turns_on_one_counter(graph, session):
    weight, loss = quadratic()
    near = make_train_op(loss, optimizer="gradient_descent", learning_rate=RATE)
    far = make_train_op(-loss, optimizer="gradient_descent", learning_rate=RATE)
    session.run(tf.global_variables_initializer())
    session.run(near)
    session.run(far)
    middle = START - RATE * slope(START)
    np.testing.assert_allclose(session.run(weight), middle + RATE * slope(middle), rtol=1e-5)
    assert session.run(tf.train.get_global_step()) == 2


def test_averages_of_the_batch_are_taken_before_the_step(session, graph):
    x = tf.constant(np.float32([[1.0], [3.0]]))
    made = layers.batch_normalization(x, training=True, momentum=0.0, fused=False)
    op = make_train_op(tf.reduce_sum(made * [[1.0], [2.0]]), optimizer="gradient_descent")
    session.run(tf.global_variables_initializer())
    session.run(op)
    kept = {v.op.name.rpartition("/")[2]: session.run(v) for v in tf.global_variables()}
    assert (kept["moving_mean"], kept["moving_variance"]) == ([2.0], [1.0])


def test_losses_of_regularizers_are_added_by_the_caller_alone(graph, session):
    with GraphBuilder(graph=graph) as g:
        weight = g.variable(
            "w", initializer=np.float32([2.0]), regularizer=lambda w: 10 * tf.reduce_sum(w)
        )
        loss = tf.reduce_sum(weight)
        plain = g.train_op(loss, optimizer="gradient_descent", learning_rate=RATE)
        whole = g.train_op(
            loss + tf.losses.get_regularization_loss(),
            optimizer="gradient_descent",
            learning_rate=RATE,
        )
    session.run(tf.global_variables_initializer())
    session.run(plain)
    np.testing.assert_allclose(session.run(weight), [2 - RATE], rtol=1e-6)
    session.run(whole)
    np.testing.assert_allclose(session.run(weight), [2 - RATE - 11 * RATE], rtol=1e-6)
