"""Core functions that are made otherwise today: transposed convolutions, averages, sums, shapes."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

X = np.sin(np.arange(24)).reshape(2, 3, 4, 1).astype(np.float32)
KERNEL = np.cos(np.arange(18)).reshape(3, 3, 2, 1).astype(np.float32)


def scattered(x, kernel, stride, before):
    """A transposed convolution: every input pixel stamps the kernel, and the edges are cut."""
    batch, height, width, _ = x.shape
    rows, columns, channels, _ = kernel.shape
    full = np.zeros([batch, stride * height + rows, stride * width + columns, channels])
    for row in range(height):
        for column in range(width):
            stamp = np.einsum("bi,rcoi->brco", x[:, row, column], kernel)
            top, left = stride * row, stride * column
            full[:, top : top + rows, left : left + columns] += stamp
    cut = full[:, before : before + stride * height, before : before + stride * width]
    return cut.astype(np.float32)


# With SAME and a stride of 2 TensorFlow pads 0 before and 1 behind; with a stride of 1, 1 and 1.
@pytest.mark.parametrize(("stride", "before"), [(1, 1), (2, 0)])
@pytest.mark.parametrize("known", [True, False])
def test_a_transposed_convolution_stamps_its_kernel(session, stride, before, known):
    shape = [2, 3 * stride, 4 * stride, 2]
    x = tf.placeholder(tf.float32, [2 if known else None, 3, 4, 1])
    y = tf.nn.conv2d_transpose(x, KERNEL, shape, [1, stride, stride, 1])
    assert y.shape.as_list() == shape
    wanted = scattered(X, KERNEL, stride, before)
    np.testing.assert_allclose(session.run(y, {x: X}), wanted, rtol=1e-4, atol=1e-5)
    same = tf.nn.deconv2d(x, KERNEL, shape, [1, stride, stride, 1])
    np.testing.assert_allclose(session.run(same, {x: X}), wanted, rtol=1e-4, atol=1e-5)


def test_a_transposed_convolution_is_the_gradient_of_one(session):
    image = tf.placeholder(tf.float32, [2, 6, 8, 2])
    forward = tf.nn.conv2d(image, KERNEL, [1, 2, 2, 1], "SAME")
    (gradient,) = tf.gradients(forward, image, grad_ys=tf.constant(X))
    backward = tf.nn.conv2d_backprop_input([2, 6, 8, 2], KERNEL, X, [1, 2, 2, 1], "SAME")
    transposed = tf.nn.conv2d_transpose(X, KERNEL, [2, 6, 8, 2], [1, 2, 2, 1])
    given = {image: np.zeros([2, 6, 8, 2])}
    wanted = session.run(gradient, given)
    for made in (backward, transposed):
        assert made.shape.as_list() == [2, 6, 8, 2]
        np.testing.assert_allclose(session.run(made), wanted, rtol=1e-4, atol=1e-5)


def test_a_line_is_stamped_as_a_picture_of_one_row(session):
    x, kernel = X[:, 0], KERNEL[0]
    y = tf.nn.conv1d_transpose(x, kernel, [2, 8, 2], 2)
    picture = tf.nn.conv2d_transpose(x[:, None], kernel[None], [2, 1, 8, 2], [1, 1, 2, 1])
    assert y.shape.as_list() == [2, 8, 2]
    np.testing.assert_allclose(session.run(y), session.run(picture)[:, 0], rtol=1e-5, atol=1e-6)


def test_a_shape_that_is_a_tensor_is_known_where_its_parts_are(graph):
    x = tf.placeholder(tf.float32, [None, 3, 4, 1])
    shape = tf.stack([tf.shape(x)[0], 6, 8, 2])
    y = tf.nn.conv2d_transpose(x, KERNEL, shape, [1, 2, 2, 1])
    assert y.shape.as_list() == [None, 6, 8, 2]


@pytest.mark.parametrize("resource", [True, False])
@pytest.mark.parametrize("counted", [True, False])
def test_averages_of_variables_move_as_defined(session, resource, counted):
    v = tf.get_variable("v", initializer=[1.0, 4.0], use_resource=resource)
    count = tf.Variable(0, trainable=False)
    averages = tf.train.ExponentialMovingAverage(0.9, count if counted else None)
    update = averages.apply([v])
    average = averages.average(v)
    assert average.op.name == "v/ExponentialMovingAverage"
    assert average in tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES)
    assert averages.average_name(v) == average.op.name
    session.run(tf.global_variables_initializer())
    wanted = np.array([1.0, 4.0])
    for step in range(4):
        value = np.array([step, -step], np.float32)
        session.run([v.assign(value).op, count.assign(step).op])
        session.run(update)
        decay = min(0.9, (1 + step) / (10 + step)) if counted else 0.9
        wanted = decay * wanted + (1 - decay) * value
        np.testing.assert_allclose(session.run(average), wanted, rtol=1e-5)


@pytest.mark.parametrize("resource", [True, False])
def test_averages_are_restored_in_the_place_of_variables(session, resource, tmp_path):
    v = tf.get_variable("v", initializer=3.0, use_resource=resource)
    averages = tf.train.ExponentialMovingAverage(0.5)
    update = averages.apply()
    session.run(tf.global_variables_initializer())
    session.run(v.assign(7.0).op)
    session.run(update)
    path = tf.train.Saver().save(session, str(tmp_path / "model"))
    names = averages.variables_to_restore()
    assert names["v/ExponentialMovingAverage"] is v
    tf.train.Saver(names).restore(session, path)
    assert session.run(v) == 5.0


def test_averages_are_of_floats(graph):
    averages = tf.train.ExponentialMovingAverage(0.5)
    with pytest.raises(TypeError, match="half, float, or double"):
        averages.apply([tf.Variable(3)])


@pytest.mark.parametrize(
    ("x", "y", "wanted"),
    [
        ([1.0, 2.0], [[10.0], [20.0]], [[11, 12], [21, 22]]),
        (["a", "b"], "c", [b"ac", b"bc"]),
        (3, [1, 2], [4, 5]),
    ],
)
def test_sums_broadcast_in_an_op_of_the_old_type(session, x, y, wanted):
    made = tf.add(x, y)
    assert (made.op.type, made.op.name) == ("Add", "Add")
    assert session.run(made).tolist() == wanted
    assert tf.math.add(x, y, "named").op.name == "named"


def test_a_sum_of_two_types_is_refused(graph):
    with pytest.raises((TypeError, ValueError)):
        tf.add(tf.constant(1), tf.constant(1.0))


@pytest.mark.parametrize(("start", "stop", "count"), [(0.0, 1.0, 5), (3.0, -3.0, 4), (2.0, 9.0, 1)])
def test_even_steps_are_one_op_with_one_output(session, start, stop, count):
    made = tf.linspace(start, stop, count)
    assert made.name == "LinSpace:0"
    np.testing.assert_allclose(session.run(made), np.linspace(start, stop, count), rtol=1e-6)
    assert tf.lin_space is tf.linspace
