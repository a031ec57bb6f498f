"""contrib.eager's functions that differentiate agree with finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

tfe = tf.contrib.eager
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

X = np.array([0.3, -1.2, 2.0])
Y = np.array([1.5, 0.4, -0.7])


def product(x, y):
    return tf.reduce_sum(tf.sin(x) * y * y)


def differences(function, *arguments, place, step=1e-5):
    """The gradient of a scalar function by one of its arguments, from both sides."""
    given = np.asarray(arguments[place], np.float64)
    found = np.zeros_like(given)
    for index in np.ndindex(given.shape):
        values = []
        for sign in (1, -1):
            moved = given.copy()
            moved[index] += sign * step
            changed = [*arguments[:place], moved, *arguments[place + 1 :]]
            values.append(float(function(*map(tf.constant, changed))))
        found[index] = (values[0] - values[1]) / (2 * step)
    return found


@pytest.mark.parametrize("function", [product, tfe.defun(product)], ids=["plain", "compiled"])
def test_gradients_are_by_every_argument(function):
    gradients = tfe.gradients_function(function)(X, Y)
    for place, gradient in enumerate(gradients):
        expected = differences(product, X, Y, place=place)
        np.testing.assert_allclose(gradient.numpy(), expected, rtol=1e-6)


@pytest.mark.parametrize(("params", "place"), [([0], 0), ([1], 1), (["y"], 1)])
def test_gradients_can_be_by_one_argument(params, place):
    (found,) = tfe.gradients_function(product, params)(X, Y)
    expected = differences(product, X, Y, place=place)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6)


def test_values_come_with_their_gradients():
    value, gradients = tfe.value_and_gradients_function(product)(X, Y)
    assert float(value) == pytest.approx(np.sum(np.sin(X) * Y * Y))
    np.testing.assert_allclose(gradients[0].numpy(), np.cos(X) * Y * Y)
    np.testing.assert_allclose(gradients[1].numpy(), 2 * np.sin(X) * Y)


def test_gradients_are_by_every_variable_that_was_read():
    w, b = tfe.Variable(X, name="w"), tfe.Variable(0.5, name="b", dtype=tf.float64)

    def loss(scale):
        return tf.reduce_sum(tf.square(w * scale + b))

    pairs = tfe.implicit_gradients(loss)(tf.constant(2.0, tf.float64))
    found = {variable.name: gradient.numpy() for gradient, variable in pairs}
    inner = 2 * (X * 2 + 0.5)
    np.testing.assert_allclose(found[w.name], inner * 2)
    np.testing.assert_allclose(found[b.name], inner.sum())
    value, again = tfe.implicit_value_and_gradients(loss)(tf.constant(2.0, tf.float64))
    assert float(value) == pytest.approx(np.sum((X * 2 + 0.5) ** 2))
    assert len(again) == 2


def test_what_is_no_function_of_variables_has_no_gradients():
    with pytest.raises(ValueError, match="o trainable variables"):
        tfe.implicit_gradients(lambda: tf.constant(1.0))()


def test_a_gradient_of_ones_own_is_taken():
    @tfe.custom_gradient
    def clipped(x):
        return x * x, lambda upstream: upstream * tf.clip_by_value(2 * x, -1.0, 1.0)

    assert float(tfe.gradients_function(clipped)(3.0)[0]) == 1
    assert float(tfe.gradients_function(clipped)(0.25)[0]) == 0.5


def derivative(function):
    return lambda x: tfe.gradients_function(function)(x)[0]


@pytest.mark.parametrize(("times", "expected"), [(1, 80), (2, 160), (3, 240), (4, 240)])
def test_gradients_have_gradients(times, expected):
    def function(x):
        return x * x * x * x * x

    for _ in range(times):
        function = derivative(function)
    assert float(function(2.0)) == expected


def test_a_tape_watches_what_it_is_told_to():
    x = tf.constant(X)
    with tfe.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.exp(x))
        z = y * y
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), np.exp(X))
    np.testing.assert_allclose(tape.gradient(z, x).numpy(), 2 * np.exp(X).sum() * np.exp(X))


def test_python_functions_are_differentiated():
    def half_square(x):
        return tf.reduce_sum(x * x) / 2

    x = tf.constant(X)
    with tfe.GradientTape() as tape:
        tape.watch(x)
        y = tfe.py_func(half_square, [x], tf.float64)
    assert float(y) == pytest.approx(np.sum(X * X) / 2)
    np.testing.assert_allclose(tape.gradient(y, x).numpy(), X)


def test_compiled_functions_make_variables_of_the_graph_around_them(session):
    store = []

    @tfe.defun
    def scaled(x):
        if not store:
            store.append(tf.get_variable("scale", initializer=3.0))
        return store[0] * x

    y = scaled(tf.constant(2.0))
    assert [variable.op.name for variable in tf.global_variables()] == ["scale"]
    (gradient,) = tf.gradients(y, tf.trainable_variables())
    session.run(tf.global_variables_initializer())
    assert session.run([y, gradient]) == [6, 2]
