"""Recurrent cells and their unrolling, beyond what TensorFlow 1.15.5 recorded."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from graphkit._tf import legacy_rnn, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import layers

CELLS = ["basic_lstm_cell", "basic_rnn_cell", "gru_cell", "lstm_cell"]


@pytest.fixture
def sequences(graph):
    return tf.placeholder(tf.float32, [None, None, 3], "sequences")


def test_result_unpacks_and_has_names(sequences):
    result = layers.dynamic_rnn(layers.gru_cell(2), sequences)
    outputs, state = result
    assert outputs is result.outputs
    assert state is result.state
    assert outputs.shape.as_list() == [None, None, 2]
    assert state.shape.as_list() == [None, 2]


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradient_flows_through_time(name, dtype, graph, session):
    x = tf.placeholder(dtype, [2, 4, 3])
    outputs, _ = layers.dynamic_rnn(getattr(layers, name)(2), x)
    sources = [x, *tf.trainable_variables()]
    gradients = tf.gradients(tf.reduce_sum(outputs[:, -1]), sources)
    session.run(tf.global_variables_initializer())
    values = session.run(gradients, {x: np.random.RandomState(0).uniform(-1, 1, [2, 4, 3])})
    assert outputs.dtype == tf.as_dtype(dtype)
    assert all(np.abs(value).max() > 0 for value in values)


@pytest.mark.parametrize("name", CELLS)
def test_cell_takes_its_name(name, sequences):
    layers.dynamic_rnn(getattr(layers, name)(2, name="mine"), sequences, name="outer")
    assert all(v.op.name.startswith("outer/mine/") for v in tf.global_variables())


@pytest.mark.parametrize("name", CELLS)
def test_no_warning_reaches_the_user(name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        layers.multi_rnn_cell([getattr(layers, name)(2)])
    assert not [w for w in caught if "deprecated" in str(w.message)]


@pytest.mark.parametrize("name", CELLS)
def test_reuse_shares_the_variables(name, sequences):
    for reuse in (None, True):
        layers.dynamic_rnn(getattr(layers, name)(2, reuse=reuse), sequences)
    assert len({v.op.name for v in tf.global_variables()}) == len(tf.global_variables())


def test_activation_may_be_a_name(sequences, session):
    outputs, _ = layers.dynamic_rnn(layers.basic_rnn_cell(2, "relu"), sequences)
    session.run(tf.global_variables_initializer())
    assert session.run(outputs, {sequences: np.ones([1, 5, 3])}).min() >= 0.0


def test_state_starts_where_it_is_told(graph, session):
    cell = layers.gru_cell(2, kernel_initializer=tf.zeros_initializer())
    start = tf.constant([[1.0, -1.0]])
    x = tf.zeros([1, 0, 3])
    _, state = layers.dynamic_rnn(cell, x, initial_state=start)
    session.run(tf.global_variables_initializer())
    assert session.run(state).tolist() == [[1.0, -1.0]]


@pytest.mark.parametrize("dtype", [tf.float32, "float32", np.float32, None])
def test_dtype_may_be_given_as_in_tensorflow_1(sequences, dtype):
    outputs, state = layers.dynamic_rnn(layers.gru_cell(2), sequences, dtype=dtype)
    assert (outputs.dtype, state.dtype) == (tf.float32, tf.float32)


@pytest.mark.parametrize("as_tensor", [True, False])
def test_outputs_after_the_length_are_zero(graph, session, as_tensor):
    x = tf.ones([2, 4, 3])
    lengths = tf.constant([1, 3]) if as_tensor else [1, 3]
    outputs, _ = layers.dynamic_rnn(layers.gru_cell(2), x, sequence_length=lengths)
    session.run(tf.global_variables_initializer())
    alive = (session.run(outputs) != 0).all(axis=-1)
    assert alive.tolist() == [[True, False, False, False], [True, True, True, False]]


def test_projection_has_the_size_of_the_output(sequences):
    outputs, state = layers.dynamic_rnn(layers.lstm_cell(4, num_proj=2), sequences)
    assert outputs.shape.as_list() == [None, None, 2]
    assert [part.shape.as_list() for part in state] == [[None, 4], [None, 2]]


def test_foreign_cell_is_a_cell(sequences):
    class Last(legacy_rnn.RNNCell):
        state_size = output_size = 3

        def call(self, inputs, state):
            return inputs, inputs

    assert layers.dynamic_rnn(Last(), sequences).state.shape.as_list() == [None, 3]


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize(
    ("units", "error"), [(0, ArgumentError), (-1, ArgumentError), ("2", ArgumentTypeError)]
)
def test_units_must_be_above_zero(name, units, error):
    with pytest.raises(error, match=f"{name}: num_units must be a whole .*got {units!r}"):
        getattr(layers, name)(units)


@pytest.mark.parametrize("name", CELLS)
def test_unknown_activation_is_refused(name):
    with pytest.raises(ArgumentError, match=f"{name}: activation must be 'tanh'.*got 'tanj'"):
        getattr(layers, name)(2, activation="tanj")


@pytest.mark.parametrize("argument", ["cell_clip", "proj_clip"])
def test_clip_must_be_above_zero(argument):
    with pytest.raises(
        ArgumentError, match=f"lstm_cell: {argument} must be a number above 0, got -1.0"
    ):
        layers.lstm_cell(2, **{argument: -1.0})


def test_projection_must_be_above_zero():
    with pytest.raises(ArgumentError, match=r"lstm_cell: num_proj must be a whole .*got 0"):
        layers.lstm_cell(2, num_proj=0)


@pytest.mark.parametrize("cells", [None, 3, ["gru"]])
def test_stack_takes_cells(cells):
    with pytest.raises(ArgumentTypeError, match=r"multi_rnn_cell: cells must be a list of cells"):
        layers.multi_rnn_cell(cells)


def test_empty_stack_is_refused():
    with pytest.raises(ArgumentError, match=r"cells must be at least one cell, got \[\]"):
        layers.multi_rnn_cell([])


def test_one_cell_in_two_places_is_refused():
    cell = layers.gru_cell(2, name="twice")
    with pytest.raises(
        ArgumentError, match=r"different objects .*\* n\), got \['twice', 'twice'\]"
    ):
        layers.multi_rnn_cell([cell] * 2)


@pytest.mark.parametrize(
    ("shape", "arguments", "error", "message"),
    [
        ([None, 3], {}, ArgumentError, r"inputs must be of rank 3, got \[None, 3\]"),
        ([None, 2, None], {}, ArgumentError, "inputs must be of a known size on the last axis"),
        ([2, 4, 3], {"sequence_length": [4]}, ArgumentError, r"one length per .*\[2\], got \[1\]"),
        ([2, 4, 3], {"sequence_length": [[4]]}, ArgumentError, "sequence_length must be of rank 1"),
        ([2, 4, 3], {"sequence_length": [1.5]}, ArgumentTypeError, "int32 or int64, got float64"),
        ([2, 4, 3], {"dtype": tf.float64}, ArgumentTypeError, "that of inputs, float32, got float"),
        ([2, 4, 3], {"dtype": "float23"}, ArgumentTypeError, "dtype must be a dtype .*'float23'"),
        ([2, 4, 3], {"parallel_iterations": 0}, ArgumentError, "parallel_iterations must be .*0"),
        ([2, 4, 3], {"name": "a b"}, ArgumentError, "name must be made of .*got 'a b'"),
        (
            [2, 4, 3],
            {"sequence_length": [1, 2], "time_major": True},
            ArgumentError,
            r"sequence_length must be one length per sequence, \[4\], got \[2\]",
        ),
    ],
)
def test_sequences_that_cannot_be_are_refused(graph, shape, arguments, error, message):
    x = tf.placeholder(tf.float32, shape)
    with pytest.raises(error, match=f"dynamic_rnn: .*{message}"):
        layers.dynamic_rnn(layers.gru_cell(2), x, **arguments)
    assert len(graph.get_operations()) == 1


def test_cell_must_be_a_cell(sequences):
    with pytest.raises(ArgumentTypeError, match="dynamic_rnn: cell must be a cell, got str"):
        layers.dynamic_rnn("gru", sequences)
