"""contrib.rnn's LSTMs over rows, pictures and volumes, against convolutions in NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

CELLS = {1: rnn.Conv1DLSTMCell, 2: rnn.Conv2DLSTMCell, 3: rnn.Conv3DLSTMCell}
OUTER = {1: [5], 2: [4, 3], 3: [2, 3, 2]}
KERNELS = {1: [3], 2: [3, 2], 3: [1, 3, 2]}
AXES = pytest.mark.parametrize("axes", [1, 2, 3])
BATCH, SEEN, MADE = 2, 2, 3


def waves(*shape, seed=0.3):
    return 0.7 * np.cos(seed + 1.7 * np.arange(np.prod(shape))).reshape(shape)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def convolved(picture, kernel):
    """Pixel by pixel; beyond the edge are zeros, one more of them behind than before."""
    sizes = kernel.shape[:-2]
    edges = [((size - 1) // 2, size // 2) for size in sizes]
    padded = np.pad(picture, [(0, 0), *edges, (0, 0)])
    outer = picture.shape[1:-1]
    found = np.zeros([len(picture), *outer, kernel.shape[-1]])
    for place in itertools.product(*map(range, outer)):
        window = tuple(slice(start, start + size) for start, size in zip(place, sizes, strict=True))
        seen = padded[(slice(None), *window)].reshape(len(picture), -1)
        found[(slice(None), *place)] = seen @ kernel.reshape(-1, kernel.shape[-1])
    return found


def stepped(picture, cell, hidden, values, forget_bias=1.0):
    seen = np.concatenate([picture, hidden], -1)
    gates = convolved(seen, values["kernel"]) + values.get("biases", 0.0)
    i, j, f, o = np.split(gates, 4, axis=-1)
    cell = sigmoid(f + forget_bias) * cell + sigmoid(i) * np.tanh(j)
    return cell, np.tanh(cell) * sigmoid(o)


def cell_of(axes, **options):
    return CELLS[axes](
        input_shape=[*OUTER[axes], SEEN],
        output_channels=options.pop("channels", MADE),
        kernel_shape=KERNELS[axes],
        **options,
    )


def filled(session):
    """Gives the variables made-up values; returns these by the end of their names."""
    values = {}
    for seed, variable in enumerate(tf.global_variables()):
        value = waves(*variable.shape.as_list(), seed=seed) * 0.5
        variable.load(value, session)
        values[variable.op.name.rsplit("/", 1)[-1]] = value
    return values


def run(fetches):
    """The fetched values, and made-up values of the variables."""
    with tf.Session() as session:
        values = filled(session)
        return session.run(fetches), values


@AXES
@pytest.mark.parametrize("options", [{}, {"use_bias": False}, {"forget_bias": -0.5}])
def test_gates_are_convolutions(graph, axes, options):
    outer = OUTER[axes]
    picture, c, h = (
        waves(BATCH, *outer, width, seed=width + n) for n, width in enumerate([SEEN, MADE, MADE])
    )
    cell = cell_of(axes, **options)
    output, state = cell(tf.constant(picture), rnn.LSTMStateTuple(tf.constant(c), tf.constant(h)))
    (made, (after, hidden)), values = run([output, tuple(state)])
    wanted_c, wanted = stepped(picture, c, h, values, options.get("forget_bias", 1.0))
    np.testing.assert_allclose(after, wanted_c, atol=1e-7)
    np.testing.assert_allclose(made, wanted, atol=1e-7)
    np.testing.assert_array_equal(hidden, made)
    assert ("biases" in values) == options.get("use_bias", True)


@AXES
def test_sequences_of_pictures_are_run_over_time(graph, axes):
    steps, lengths = waves(3, BATCH, *OUTER[axes], SEEN), [3, 1]
    outputs, state = tf.nn.dynamic_rnn(
        cell_of(axes), tf.constant(steps), lengths, dtype=tf.float64, time_major=True
    )
    assert outputs.shape.as_list() == [3, BATCH, *OUTER[axes], MADE]
    (made, (last_c, last_h)), values = run([outputs, tuple(state)])
    c = h = np.zeros([BATCH, *OUTER[axes], MADE])
    for time, picture in enumerate(steps):
        new_c, new_h = stepped(picture, c, h, values)
        alive = (time < np.array(lengths)).reshape(-1, *[1] * (axes + 1))
        c, h = np.where(alive, new_c, c), np.where(alive, new_h, h)
        np.testing.assert_allclose(made[time], np.where(alive, new_h, 0.0), atol=1e-7)
    np.testing.assert_allclose(last_c, c, atol=1e-7)
    np.testing.assert_allclose(last_h, h, atol=1e-7)


@AXES
def test_inputs_may_stand_beside_outputs(graph, axes):
    picture = waves(BATCH, *OUTER[axes], SEEN)
    cell = cell_of(axes, skip_connection=True)
    zeros = tf.zeros([BATCH, *OUTER[axes], MADE], tf.float64)
    output, state = cell(tf.constant(picture), rnn.LSTMStateTuple(zeros, zeros))
    (made, hidden), values = run([output, state.h])
    nothing = np.zeros([BATCH, *OUTER[axes], MADE])
    np.testing.assert_allclose(
        made[..., :MADE], stepped(picture, nothing, nothing, values)[1], atol=1e-7
    )
    np.testing.assert_array_equal(made[..., MADE:], picture)
    np.testing.assert_array_equal(hidden, made)
    assert cell.output_size.as_list() == [*OUTER[axes], MADE + SEEN]


@AXES
def test_sizes_are_shapes(graph, axes):
    cell = cell_of(axes)
    shape = [*OUTER[axes], MADE]
    assert [part.as_list() for part in cell.state_size] == [shape, shape]
    assert cell.output_size.as_list() == shape
    state = cell.zero_state(BATCH, tf.float64)
    assert [part.shape.as_list() for part in state] == [[BATCH, *shape]] * 2
    assert state.c.dtype == tf.float64


@AXES
def test_variables_have_the_kernels_shape_and_the_cells_name(graph, axes):
    cell = cell_of(axes, name="mine")
    cell(tf.zeros([1, *OUTER[axes], SEEN]), cell.zero_state(1, tf.float32))
    shapes = {v.op.name: v.shape.as_list() for v in tf.global_variables()}
    assert shapes == {
        "mine/kernel": [*KERNELS[axes], SEEN + MADE, 4 * MADE],
        "mine/biases": [4 * MADE],
    }


@AXES
def test_the_gradient_is_the_slope(graph, axes):
    picture = tf.placeholder(tf.float64, [BATCH, *OUTER[axes], SEEN])
    cell = cell_of(axes)
    output, state = cell(picture, cell.zero_state(BATCH, tf.float64))
    loss = tf.reduce_sum(tf.sin(output)) + tf.reduce_sum(state.c**2)
    (slope,) = tf.gradients(loss, picture)
    at, way = waves(BATCH, *OUTER[axes], SEEN), waves(BATCH, *OUTER[axes], SEEN, seed=2.0)
    with tf.Session() as session:
        filled(session)
        ends = [session.run(loss, {picture: at + d * way}) for d in (1e-5, -1e-5)]
        found = np.sum(session.run(slope, {picture: at}) * way)
    assert found == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("axes", [1, 3])
def test_pictures_of_another_rank_are_refused(axes):
    with pytest.raises(ValueError, match=rf"Invalid input_shape \[4, 4, 1\] for conv_ndims={axes}"):
        CELLS[axes](input_shape=[4, 4, 1], output_channels=2, kernel_shape=[3] * axes)


def test_the_general_cell_is_told_its_axes(graph):
    cell = rnn.ConvLSTMCell(2, [4, 3, SEEN], MADE, [3, 2])
    cell(tf.zeros([1, 4, 3, SEEN]), cell.zero_state(1, tf.float32))
    assert sorted(v.op.name for v in tf.global_variables()) == [
        "conv_lstm_cell/biases",
        "conv_lstm_cell/kernel",
    ]
