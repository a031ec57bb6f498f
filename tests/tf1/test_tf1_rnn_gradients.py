"""Gradients of recurrent cells against slopes, in float64; dtypes, and what `linear` refuses."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.tf1._contrib._linear import linear

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

CELLS = {
    "coupled": lambda: rnn.CoupledInputForgetGateLSTMCell(4, use_peepholes=True),
    "coupled_clipped": lambda: rnn.CoupledInputForgetGateLSTMCell(4, num_proj=3, proj_clip=0.2),
    "coupled_sharded": lambda: rnn.CoupledInputForgetGateLSTMCell(4, num_unit_shards=3),
    "cudnn_gru": lambda: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(4),
    "grid": lambda: rnn.GridLSTMCell(
        2, feature_size=2, frequency_skip=2, num_frequency_blocks=[2], use_peepholes=True
    ),
    "grid_both_ways": lambda: rnn.BidirectionalGridLSTMCell(
        2, feature_size=2, frequency_skip=2, num_frequency_blocks=[2]
    ),
    "groups": lambda: rnn.GLSTMCell(4, number_of_groups=2, num_proj=2),
    "ind_rnn": lambda: rnn.IndRNNCell(4),
    "indy_gru": lambda: rnn.IndyGRUCell(4),
    "indy_lstm": lambda: rnn.IndyLSTMCell(4),
    "intersection": lambda: rnn.IntersectionRNNCell(4, y_activation=tf.tanh),
    "layer_norm": lambda: rnn.LayerNormBasicLSTMCell(4),
    "nas": lambda: rnn.NASCell(4, num_proj=3, use_bias=True),
    "projected_in": lambda: rnn.InputProjectionWrapper(rnn.GRUCell(4), 3, tf.tanh),
    "projected_out": lambda: rnn.OutputProjectionWrapper(rnn.GRUCell(4), 3, tf.tanh),
    "residual": lambda: rnn.ResidualWrapper(rnn.GRUCell(4)),
    "sru": lambda: rnn.SRUCell(4),
    "time_frequency": lambda: rnn.TimeFreqLSTMCell(4, feature_size=4, use_peepholes=True),
    "ugrnn": lambda: rnn.UGRNNCell(4),
}
LENGTHS = [3, 2]


def waves(*shape, seed=0.3):
    return 0.6 * np.cos(seed + 1.7 * np.arange(np.prod(shape))).reshape(shape)


class Measured:
    """A loss of a cell over time, as a function of its inputs and variables."""

    def __init__(self, session, make):
        self.session = session
        self.inputs = tf.placeholder(tf.float64, [2, 3, 4])
        self.outputs, state = tf.nn.dynamic_rnn(make(), self.inputs, LENGTHS, dtype=tf.float64)
        parts = [self.outputs, *tf.nest.flatten(state)]
        self.loss = sum(tf.reduce_sum(tf.sin(2.0 * part)) for part in parts)
        self.variables = tf.trainable_variables()
        # A loop's gradient has to be built before a session has seen the loop.
        self.slopes = tf.gradients(self.loss, [self.inputs, *self.variables])
        session.run(tf.global_variables_initializer())
        self.values = [
            waves(*variable.shape.as_list(), seed=seed)
            for seed, variable in enumerate(self.variables)
        ]
        self.moved(0.0, [np.zeros_like(value) for value in self.values])

    def moved(self, distance, ways):
        for variable, value, way in zip(self.variables, self.values, ways, strict=True):
            variable.load(value + distance * way, self.session)

    def at(self, inputs):
        return self.session.run(self.loss, {self.inputs: inputs})


@pytest.mark.parametrize("name", CELLS)
def test_gradients_are_slopes_and_inputs_beyond_the_length_have_none(session, name):
    cell, x = Measured(session, CELLS[name]), waves(2, 3, 4, seed=1.0)
    assert {variable.dtype.base_dtype for variable in cell.variables} == {tf.float64}
    of_inputs, *of_variables = session.run(cell.slopes, {cell.inputs: x})

    way = waves(2, 3, 4, seed=4.0)
    measured = (cell.at(x + 1e-5 * way) - cell.at(x - 1e-5 * way)) / 2e-5
    assert np.sum(of_inputs * way) == pytest.approx(measured, rel=1e-4, abs=1e-6)
    assert (of_inputs[1, 2] == 0).all()
    assert (of_inputs[1, 1] != 0).any()

    ways = [waves(*value.shape, seed=5.0 + n) for n, value in enumerate(cell.values)]
    ends = []
    for distance in (1e-5, -1e-5):
        cell.moved(distance, ways)
        ends.append(cell.at(x))
    along = sum(np.sum(slope * way) for slope, way in zip(of_variables, ways, strict=True))
    assert along == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda: rnn.LSTMBlockCell(4),
        lambda: rnn.LSTMBlockCell(4, use_peephole=True),
        lambda: rnn.LayerNormBasicLSTMCell(4),
        lambda: rnn.GLSTMCell(4, number_of_groups=2),
        lambda: rnn.UGRNNCell(4),
    ],
)
def test_half_precision_is_close_to_single(graph, make):
    found = []
    for dtype in (tf.float16, tf.float32):
        with tf.Graph().as_default(), tf.Session() as session:
            inputs = tf.constant(waves(2, 3, 4), dtype)
            outputs, _ = tf.nn.dynamic_rnn(make(), inputs, dtype=dtype)
            assert outputs.dtype == dtype
            session.run(tf.global_variables_initializer())
            for seed, variable in enumerate(tf.global_variables()):
                variable.load(waves(*variable.shape.as_list(), seed=seed), session)
            found.append(session.run(outputs))
    np.testing.assert_allclose(found[0], found[1], atol=2e-2)


class TestProducts:
    def test_inputs_side_by_side_have_one_kernel(self, session):
        a, b = waves(2, 3), waves(2, 4, seed=1.0)
        made = linear([tf.constant(a), tf.constant(b)], 5)
        kernel, bias = tf.global_variables()
        kernel.load(waves(7, 5, seed=2.0), session)
        bias.load(waves(5, seed=3.0), session)
        wanted = np.concatenate([a, b], 1) @ waves(7, 5, seed=2.0) + waves(5, seed=3.0)
        np.testing.assert_allclose(session.run(made), wanted)
        assert made.shape.as_list() == [2, 5]

    def test_a_partitioner_divides_the_kernel_only(self, graph):
        with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
            linear(tf.zeros([2, 4]), 6)
        names = [variable.op.name for variable in tf.global_variables()]
        assert names == ["s/kernel/part_0", "s/kernel/part_1", "s/bias"]

    def test_initializers_are_used(self, session):
        made = linear(
            tf.ones([1, 2]),
            3,
            bias_initializer=tf.constant_initializer(0.25),
            kernel_initializer=tf.ones_initializer(),
        )
        session.run(tf.global_variables_initializer())
        assert session.run(made).tolist() == [[2.25] * 3]

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            ([2, 3, 4], r"linear is expecting 2D arguments: \(2, 3, 4\)"),
            (None, "linear is expecting 2D arguments: <unknown>"),
            ([2, None], r"linear expects shape\[1\] to be provided for shape \(2, None\)"),
        ],
    )
    def test_inputs_that_say_too_little_are_refused(self, graph, shape, message):
        with pytest.raises(ValueError, match=message):
            linear([tf.zeros([2, 3]), tf.placeholder(tf.float32, shape)], 4)
        assert tf.global_variables() == []
