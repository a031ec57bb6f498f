"""Names from before 1.0 compute what they did, against NumPy, in the argument orders of then."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import graphkit.tf1 as tf

A = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]], np.float32)
B = np.array([[1.0, -2.0, 0.0], [3.0, 0.5, 1.0], [2.0, 1.0, -1.0]], np.float32)
STACK = np.stack([A, A + np.eye(3, dtype=np.float32)])
OTHERS = np.stack([B, B.T])
SIGNAL = np.array([[1, 2j, -1, 0.5], [0, 1, 0, -1j]], np.complex64)
CUBE = np.arange(8).reshape(2, 2, 2).astype(np.complex64)


def lower(matrix):
    return np.tril(matrix)


# Name, arguments, what NumPy makes of them.
LINEAR_ALGEBRA = [
    ("batch_matmul", (STACK, OTHERS), STACK @ OTHERS),
    ("batch_matmul", (STACK, OTHERS, True), STACK @ OTHERS),  # the left ones are symmetric
    ("batch_matmul", (STACK, OTHERS, False, True), STACK @ OTHERS.transpose(0, 2, 1)),
    ("batch_cholesky", (STACK,), np.linalg.cholesky(STACK)),
    ("batch_matrix_determinant", (STACK,), np.linalg.det(STACK)),
    ("batch_matrix_inverse", (STACK,), np.linalg.inv(STACK)),
    ("batch_matrix_inverse", (OTHERS, True), np.linalg.inv(OTHERS).transpose(0, 2, 1)),
    ("batch_matrix_solve", (STACK, OTHERS), np.linalg.solve(STACK, OTHERS)),
    ("batch_matrix_solve_ls", (STACK, OTHERS), np.linalg.solve(STACK, OTHERS)),
    (
        "batch_matrix_triangular_solve",
        (lower(STACK), OTHERS),
        np.linalg.solve(lower(STACK), OTHERS),
    ),
    ("batch_matrix_transpose", (OTHERS,), OTHERS.transpose(0, 2, 1)),
    ("batch_matrix_diag", (B[:2],), np.stack([np.diag(row) for row in B[:2]])),
    ("batch_matrix_diag_part", (OTHERS,), np.stack([np.diag(B), np.diag(B)])),
    ("batch_matrix_band_part", (OTHERS, -1, 0), np.tril(OTHERS)),
    ("batch_matrix_band_part", (OTHERS, 0, -1), np.triu(OTHERS)),
    ("batch_matrix_set_diag", (B[None], [[7.0, 8.0, 9.0]]), [B - np.diag(np.diag(B) - [7, 8, 9])]),
    ("batch_fft", (SIGNAL,), np.fft.fft(SIGNAL)),
    ("batch_ifft", (SIGNAL,), np.fft.ifft(SIGNAL)),
    ("batch_fft2d", (CUBE,), np.fft.fft2(CUBE)),
    ("batch_ifft2d", (CUBE,), np.fft.ifft2(CUBE)),
    ("batch_fft3d", (CUBE,), np.fft.fftn(CUBE)),
    ("batch_ifft3d", (CUBE,), np.fft.ifftn(CUBE)),
]
ELEMENTWISE = [
    ("mul", (B, [1.0, 2.0, 3.0]), B * [1, 2, 3]),
    ("sub", (B, A), B - A),
    ("sub", (1.0, B), 1 - B),
    ("neg", (B,), -B),
    ("inv", (A,), 1 / A),
    ("complex_abs", (SIGNAL,), np.abs(SIGNAL)),
    ("select", (B > 0, B, A), np.where(B > 0, B, A)),
    ("select", ([True, False, True], B, A), np.stack([B[0], A[1], B[2]])),
    ("div", ([7, -7], [2, 2]), [3, -4]),
    ("to_int32", ([1.9, -1.9],), [1, -1]),
]


@pytest.mark.parametrize(("name", "arguments", "wanted"), LINEAR_ALGEBRA + ELEMENTWISE)
def test_a_renamed_function_computes_what_it_did(session, name, arguments, wanted):
    found = session.run(getattr(tf, name)(*arguments))
    np.testing.assert_allclose(found, wanted, rtol=2e-4, atol=2e-5)


def test_a_batch_of_eigenvalues_and_singular_values(session):
    values, vectors = session.run(tf.batch_self_adjoint_eig(STACK))
    np.testing.assert_allclose(values, np.linalg.eigvalsh(STACK), rtol=1e-4)
    np.testing.assert_allclose(STACK @ vectors, values[:, None] * vectors, rtol=1e-3, atol=1e-4)
    sizes, left, right = session.run(tf.batch_svd(OTHERS))
    np.testing.assert_allclose(sizes, np.linalg.svd(OTHERS)[1], rtol=1e-4)
    again = left @ (sizes[:, :, None] * right.transpose(0, 2, 1))
    np.testing.assert_allclose(again, OTHERS, atol=1e-4)
    only = session.run(tf.batch_svd(OTHERS, compute_uv=False))
    np.testing.assert_allclose(only, sizes, rtol=1e-4)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_packing_and_unpacking_go_along_any_axis(session, axis):
    packed = tf.pack([A, B, A], axis)
    np.testing.assert_array_equal(session.run(packed), np.stack([A, B, A], axis))
    parts = tf.unpack(packed, axis=axis)
    np.testing.assert_array_equal(session.run(parts[1]), B)
    assert [part.shape.as_list() for part in parts] == [[3, 3]] * 3


def test_unpacking_an_unknown_length_needs_the_number(session):
    x = tf.placeholder(tf.float32, [None, 2])
    with pytest.raises(ValueError, match="Cannot infer argument `num`"):
        tf.unpack(x)
    rows = tf.unpack(x, 2)
    assert [row.tolist() for row in session.run(rows, {x: [[1, 2], [3, 4]]})] == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: tf.concat(1, [A, B]),
        lambda: tf.concat([A, B], 1),
        lambda: tf.concat(1, (A, B)),
        lambda: tf.concat(values=[A, B], axis=1),
        lambda: tf.concat(concat_dim=1, values=[A, B]),
        lambda: tf.concat(1, values=[A, B]),
        lambda: tf.concat(np.int64(1), [A, B]),
        lambda: tf.concat([A, B], concat_dim=1),
        lambda: tf.concat([A, B], -1),
        lambda: tf.concat([A, B], tf.constant(1)),
        lambda: tf.concat_v2([A, B], 1),
    ],
)
def test_tensors_are_joined_in_either_order_of_arguments(session, call):
    np.testing.assert_array_equal(session.run(call()), np.concatenate([A, B], 1))


def test_joining_names_its_op(graph):
    assert tf.concat(0, [A, B], "rows").op.name == "rows"
    assert tf.concat([A, B], 0).op.name == "concat"
    assert tf.concat([A, B], 0).shape.as_list() == [6, 3]


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        (lambda: tf.split(1, 3, B), np.split(B, 3, 1)),
        (lambda: tf.split(B, 3, 1), np.split(B, 3, 1)),
        (lambda: tf.split(B, 3), np.split(B, 3)),
        (lambda: tf.split(B, [1, 2]), [B[:1], B[1:]]),
        (lambda: tf.split(B, [2, -1], 1), [B[:, :2], B[:, 2:]]),
        (lambda: tf.split(split_dim=1, num_split=3, value=B), np.split(B, 3, 1)),
        (lambda: tf.split(1, num_split=3, value=B), np.split(B, 3, 1)),
        (lambda: tf.split(1, 3, B, "parts"), np.split(B, 3, 1)),
        (lambda: tf.split(value=B, num_or_size_splits=3, axis=-1), np.split(B, 3, 1)),
        (lambda: tf.split(B, 1), [B]),
    ],
)
def test_a_tensor_is_split_in_either_order_of_arguments(session, call, wanted):
    parts = call()
    assert isinstance(parts, list)
    assert [part.shape.as_list() for part in parts] == [list(part.shape) for part in wanted]
    for found, part in zip(session.run(parts), wanted, strict=True):
        np.testing.assert_array_equal(found, part)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tf.concat(1, [A], concat_dim=1),
        lambda: tf.split(1, 3, B, value=B),
    ],
)
def test_an_old_argument_is_given_once(graph, call):
    with pytest.raises(TypeError, match=r"multiple values for .*argument"):
        call()


def test_functions_of_either_order_show_the_parameters_of_1_15():
    assert list(inspect.signature(tf.concat).parameters)[:3] == ["values", "axis", "name"]
    shown = list(inspect.signature(tf.split).parameters)
    assert shown[:5] == ["value", "num_or_size_splits", "axis", "num", "name"]


def test_what_is_no_equal_split_is_refused(graph):
    with pytest.raises(ValueError, match="evenly divi"):
        tf.split(0, 2, B)


def test_what_is_in_one_list_only_is_found_with_its_places(session):
    out, places = session.run(tf.listdiff([1, 2, 3, 4, 1], [2, 4]))
    assert (out.tolist(), places.tolist()) == ([1, 3, 1], [0, 2, 4])


def test_variables_are_listed_and_initialised_under_their_first_names(session):
    kept = tf.Variable([1.0], name="kept")
    local = tf.Variable(5, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="local")
    assert tf.all_variables() == [kept]
    session.run([tf.initialize_all_variables(), tf.initialize_local_variables()])
    assert session.run([kept, local])[1] == 5
    session.run(kept.assign([3.0]))
    session.run(tf.initialize_variables([kept]))
    assert session.run(kept).tolist() == [1]


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda tag: tf.scalar_summary(tag, 2.0), "simple_value"),
        (lambda tag: tf.histogram_summary(tag, [1.0, 2.0]), "histo"),
        (lambda tag: tf.image_summary(tag, np.zeros([1, 2, 2, 1], np.uint8)), "image"),
        (lambda tag: tf.audio_summary(tag, np.zeros([1, 4], np.float32), 8), "audio"),
    ],
)
def test_an_old_summary_keeps_its_tag_in_any_scope(session, make, kind):
    with tf.name_scope("net"):
        made = make("loss")
        make("net/loss")  # the same tag twice is no error
    assert tf.get_collection(tf.GraphKeys.SUMMARIES)[0] is made
    assert made.op.name.startswith("net/")
    (value,) = tf.Summary.FromString(session.run(made)).value
    assert value.tag.startswith("loss")
    assert value.WhichOneof("value") == kind


def test_an_old_summary_of_many_numbers_has_a_tag_for_each(session):
    made = tf.scalar_summary([["a", "b"]], [[1.0, 2.5]], collections=[], name="both")
    assert made.op.name == "both"
    assert tf.get_collection(tf.GraphKeys.SUMMARIES) == []
    found = tf.Summary.FromString(session.run(made)).value
    assert {value.tag: value.simple_value for value in found} == {"a": 1, "b": 2.5}


def test_old_pictures_and_sounds_are_kept_up_to_a_number(session):
    pictures = tf.image_summary("p", np.zeros([5, 1, 1, 3], np.float32), 2)
    sounds = tf.audio_summary("s", np.zeros([5, 3, 1], np.float32), 100.0, max_outputs=1)
    seen = tf.Summary.FromString(session.run(pictures)).value
    heard = tf.Summary.FromString(session.run(sounds)).value
    assert [value.tag for value in seen] == ["p/image/0", "p/image/1"]
    assert [value.tag for value in heard] == ["s/audio"]
    assert heard[0].audio.sample_rate == 100


def test_merged_summaries_hold_what_was_collected(session):
    assert tf.merge_all_summaries() is None
    one, two = tf.scalar_summary("one", 1.0), tf.scalar_summary("two", 2.0)
    tf.scalar_summary("apart", 3.0, collections=["mine"])
    merged = tf.Summary.FromString(session.run(tf.merge_all_summaries()))
    assert sorted(value.tag for value in merged.value) == ["one", "two"]
    again = tf.Summary.FromString(session.run(tf.merge_summary([two, one])))
    assert [value.tag for value in again.value] == ["two", "one"]
    assert tf.merge_all_summaries("nothing") is None
