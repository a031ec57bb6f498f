"""Positional arguments mean what they meant in 1.15, by the values that come out."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

A = np.array([[1.0, 2.0], [3.0, 5.0]], np.float32)
B = np.array([[2.0, 0.0], [1.0, 7.0]], np.float32)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


@pytest.mark.parametrize(
    ("flags", "wanted"),
    [
        ((), A @ B),
        ((True,), A.T @ B),
        ((False, True), A @ B.T),
        ((False, False, True), A.T @ B),
        ((False, False, False, True), A @ B.T),
        ((False, False, False, False, True, False, "product"), A @ B),
    ],
)
def test_flags_of_a_product_stand_in_their_places(session, flags, wanted):
    product = tf.matmul(A, B, *flags)
    np.testing.assert_allclose(session.run(product), wanted)
    assert product.op.name == ("product" if "product" in flags else "MatMul")


def test_the_largest_are_named_in_the_fourth_place(session):
    values, places = tf.nn.top_k([3, 1, 2], 2, True, "best")
    assert values.op.name == "best"
    assert session.run([values, places])[1].tolist() == [0, 2]


def test_updates_come_before_the_shape(session):
    made = tf.scatter_nd([[1], [3]], [5, 6], [4], "spread")
    assert (session.run(made).tolist(), made.op.name) == ([0, 5, 0, 6], "spread")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("tensor_scatter_add", [1, 7, 3]),
        ("tensor_scatter_nd_add", [1, 7, 3]),
        ("tensor_scatter_sub", [1, -3, 3]),
        ("tensor_scatter_nd_sub", [1, -3, 3]),
    ],
)
def test_parts_of_a_tensor_are_updated_under_a_name(session, name, wanted):
    made = getattr(tf, name)([1, 2, 3], [[1]], [5], "changed")
    assert (session.run(made).tolist(), made.op.name) == (wanted, "changed")


def test_a_function_of_numpy_is_named_in_the_fourth_place(session):
    doubled = tf.numpy_function(lambda x: 2 * x, [A], tf.float32, "twice")
    np.testing.assert_array_equal(session.run(doubled), 2 * A)
    assert doubled.op.name == "twice"


def test_a_soft_maximum_runs_over_the_axis_in_the_fourth_place(session):
    loss = tf.nn.softmax_cross_entropy_with_logits(None, B, A, 0)
    wanted = -np.sum(B * np.log(softmax(A.T).T), 0)
    np.testing.assert_allclose(session.run(loss), wanted, rtol=1e-5)


def test_losses_take_nothing_in_the_first_place(session):
    entropy = tf.nn.sigmoid_cross_entropy_with_logits(None, B, A, "loss")
    wanted = np.log1p(np.exp(A)) - A * B
    np.testing.assert_allclose(session.run(entropy), wanted, rtol=1e-5, atol=1e-6)
    for kind in ("sigmoid", "softmax", "sparse_softmax"):
        loss = getattr(tf.nn, f"{kind}_cross_entropy_with_logits")
        with pytest.raises(ValueError, match=r"Only call .* with named arguments"):
            loss(A, B)


def test_an_argument_has_one_value(graph):
    with pytest.raises(TypeError, match="transpose_a"):
        tf.matmul(A, B, True, transpose_a=False)
    with pytest.raises(TypeError, match="at most 4 by position"):
        tf.nn.top_k([1], 1, True, "best", "more")


def test_a_compiled_function_takes_its_signature_second():
    @tf.function
    def plain(x):
        return x + 1

    doubled = tf.function(lambda x: 2 * x, [tf.TensorSpec([None], tf.float32)])
    assert plain(tf.constant(1)).numpy() == 2
    assert doubled(tf.constant([1.0, 2.0])).numpy().tolist() == [2, 4]
    with pytest.raises((TypeError, ValueError)):
        doubled(tf.constant([[1.0]]))


def test_a_quality_may_be_followed_by_a_name(session):
    image = np.full([8, 8, 3], 100, np.uint8)
    changed = tf.image.adjust_jpeg_quality(image, 90, "worse")
    assert np.abs(session.run(changed).astype(int) - 100).max() <= 2
    assert changed.op.name.startswith("worse")
