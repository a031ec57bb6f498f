"""Core names that TensorFlow changed are what they were; names from before 1.0 are back."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentTypeError


def test_cuda_is_there_only_with_a_gpu():
    assert tf.test.is_built_with_cuda() == bool(tf.config.experimental.list_physical_devices("GPU"))


def test_devices_are_listed_by_their_full_names():
    assert "/job:localhost/replica:0/task:0/device:CPU:0" in tf.config.experimental_list_devices()


def test_an_initialised_value_can_be_had_in_a_program_without_version_2_behaviour(warm, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import graphkit.tf1 as tf; tf.disable_v2_behavior()\n"
        "v = tf.Variable([1.0, 2.0])\n"
        "w = tf.Variable(v.initialized_value() * 2)\n"
        "with tf.Session() as session:\n"
        "    session.run(w.initializer); print(session.run(w))\n"
    )
    done = warm.run(program, folder=tmp_path)
    assert done.stdout == "[2. 4.]\n", done.stderr


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: tf.mul([2.0], 3.0), [6]),
        (lambda: tf.sub([2.0], 3.0), [-1]),
        (lambda: tf.neg([2.0]), [-2]),
        (lambda: tf.pack([1, 2]), [1, 2]),
        (lambda: tf.unpack([1, 2])[1], 2),
        (lambda: tf.select([True, False], [1, 2], [3, 4]), [1, 4]),
        (lambda: tf.batch_matmul([[1.0, 2.0]], [[3.0, 4.0]], adj_y=True), [[11]]),
        (lambda: tf.concat(0, [[1], [2]]), [1, 2]),
        (lambda: tf.concat([[1], [2]], 0), [1, 2]),
        (lambda: tf.concat(concat_dim=0, values=[[1], [2]]), [1, 2]),
        (lambda: tf.concat_v2([[1], [2]], 0), [1, 2]),
        (lambda: tf.split(0, 2, [1, 2])[1], [2]),
        (lambda: tf.split([1, 2], 2)[1], [2]),
        (lambda: tf.split(value=[1, 2], split_dim=0, num_split=2)[0], [1]),
        (lambda: tf.inv(4.0), 0.25),
        (lambda: tf.complex_abs(tf.complex(3.0, 4.0)), 5),
        (lambda: tf.batch_svd([[3.0, 0.0], [0.0, 2.0]])[0], [3, 2]),
        (lambda: tf.listdiff([1, 2, 3], [2])[0], [1, 3]),
    ],
)
def test_names_from_before_1_0_compute(session, call, expected):
    np.testing.assert_allclose(session.run(call()), expected, rtol=1e-6)


def test_old_summaries_are_collected_where_they_are_told(session, tmp_path):
    tf.scalar_summary("a", 1.0)
    kept = tf.histogram_summary("b", [1.0], collections=["mine"])
    assert tf.get_collection("mine") == [kept]
    merged = session.run(tf.merge_all_summaries())
    assert tf.Summary.FromString(merged).value[0].tag == "a"
    with tf.train.SummaryWriter(str(tmp_path)) as writer:
        writer.add_summary(merged)
    assert len(list(tmp_path.iterdir())) == 1


def test_old_recurrent_names_build(graph):
    with pytest.warns(UserWarning, match="GRUCell"):
        cell = tf.nn.rnn_cell.GRUCell(2)
    outputs, _ = tf.nn.rnn(cell, [tf.zeros([1, 3])] * 2, dtype=tf.float32)
    assert [part.shape.as_list() for part in outputs] == [[1, 2], [1, 2]]


def test_arguments_by_position_mean_what_they_meant(session):
    def square(x):
        return x * x

    made = tf.numpy_function(square, [tf.constant(3.0)], tf.float32, "squared")
    assert made.op.name == "squared"
    assert session.run(made) == 9
    best = tf.nn.top_k([3, 1, 2], 2, True, name="best")
    assert best.values.op.name == "best"
    assert session.run(tf.tensor_scatter_add([1, 1], [[0]], [5], "n")).tolist() == [6, 1]


def test_one_argument_twice_or_too_many_are_refused(graph):
    with pytest.raises(ArgumentTypeError, match="matmul: a must be given once"):
        tf.matmul([[1.0]], [[1.0]], a=[[1.0]])
    with pytest.raises(ArgumentTypeError, match=r"matmul: args must be at most 9.*got 10 of them"):
        tf.matmul(*range(10))


def test_options_that_moved_are_passed_on(graph):
    state = tf.random.experimental.create_rng_state(seed=1, algorithm="philox")
    assert state.shape.as_list() == [3]

    @tf.function(autograph=False)
    def double(x):
        return x * 2

    assert double(tf.constant(1.0)).shape.as_list() == []
    assert inspect.unwrap(tf.matmul).__name__ == "matmul"


def test_loop_options_accept_what_has_no_effect_any_more(graph):
    @tf.function
    def count(n):
        total = tf.constant(0)
        while total < n:
            tf.autograph.experimental.set_loop_options(1, True, False, 9)
            total += 1
        return total

    with tf.Session() as session:
        assert session.run(count(tf.constant(3))) == 3
