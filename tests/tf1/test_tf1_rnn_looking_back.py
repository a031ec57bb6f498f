"""contrib.rnn.AttentionCellWrapper over several steps, and highways, against loops in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

BATCH, STEPS, WIDTH, UNITS = 2, 4, 3, 3


def waves(*shape, seed=0.3):
    values = np.cos(seed + 1.7 * np.arange(np.prod(shape)))
    return values.reshape(shape).astype(np.float32)


INPUTS = waves(BATCH, STEPS, WIDTH)


class Plain(tf.nn.rnn_cell.RNNCell):
    """A cell of the mean of inputs and state, without variables."""

    state_size = output_size = UNITS

    def __call__(self, inputs, state, scope=None):
        output = tf.tanh(0.5 * (inputs + state))
        return output, output


def softmax(x):
    powers = np.exp(x - x.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def filled(session):
    """Made-up values of all variables, by the end of their names behind the loop and the cell."""
    session.run(tf.global_variables_initializer())
    values = {}
    for seed, variable in enumerate(tf.global_variables()):
        value = waves(*variable.shape.as_list(), seed=seed)
        variable.load(value, session)
        values[variable.op.name.split("/", 2)[-1]] = value
    return values


def product(values, scope, *parts):
    return np.concatenate(parts, 1) @ values[f"{scope}kernel"] + values[f"{scope}bias"]


class Looking:
    """The wrapper's equations: what was seen joins the input; outputs are kept, oldest first."""

    def __init__(self, values, length, size=UNITS):
        self.values, self.size = values, size
        self.state, self.attention = np.zeros([BATCH, UNITS]), np.zeros([BATCH, size])
        self.kept = np.zeros([BATCH, length, size])

    def step(self, x):
        inputs = product(self.values, "", x, self.attention)
        self.state = np.tanh(0.5 * (inputs + self.state))
        features = self.kept @ self.values["attention/attn_w"][0, 0]
        asked = product(self.values, "attention/", self.state)
        scores = np.tanh(features + asked[:, np.newaxis]) @ self.values["attention/attn_v"]
        self.attention = np.einsum("bt,btd->bd", softmax(scores), self.kept)
        output = product(self.values, "attn_output_projection/", self.state, self.attention)
        self.kept = np.concatenate([self.kept[:, 1:], output[:, np.newaxis]], 1)
        return output


class TestLookingBack:
    @pytest.mark.parametrize("length", [1, 2, 5])
    @pytest.mark.parametrize("options", [{}, {"attn_size": 4}, {"attn_vec_size": 6}])
    def test_outputs_are_attended_to_while_they_are_kept(self, session, length, options):
        cell = rnn.AttentionCellWrapper(Plain(), length, **options)
        outputs, state = tf.nn.dynamic_rnn(cell, tf.constant(INPUTS), dtype=tf.float32)
        values = filled(session)
        found, (inner, attention, kept) = session.run([outputs, state])
        looking = Looking(values, length, options.get("attn_size", UNITS))
        for time in range(STEPS):
            wanted = looking.step(INPUTS[:, time])
            np.testing.assert_allclose(found[:, time], wanted, atol=1e-4)
        np.testing.assert_allclose(inner, looking.state, atol=1e-4)
        np.testing.assert_allclose(attention, looking.attention, atol=1e-4)
        np.testing.assert_allclose(kept, looking.kept.reshape(BATCH, -1), atol=1e-4)

    @pytest.mark.filterwarnings("ignore:.*slower")
    def test_a_state_side_by_side_is_the_tuple_side_by_side(self, graph):
        found = []
        for tuples in (True, False):
            with tf.Graph().as_default(), tf.Session() as session:
                cell = rnn.AttentionCellWrapper(Plain(), 2, state_is_tuple=tuples)
                outputs, state = tf.nn.dynamic_rnn(cell, tf.constant(INPUTS), dtype=tf.float32)
                filled(session)
                parts = tf.concat(tf.nest.flatten(state), 1)
                found.append(session.run([outputs, parts]))
        for one, other in zip(*found, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-6)

    def test_sizes_are_those_of_state_attention_and_kept_outputs(self, graph):
        cell = rnn.AttentionCellWrapper(rnn.LSTMCell(2), 3, attn_size=5)
        assert cell.state_size == (rnn.LSTMStateTuple(2, 2), 5, 15)
        assert cell.output_size == 5
        flat = rnn.AttentionCellWrapper(rnn.GRUCell(2), 3, attn_size=5, state_is_tuple=False)
        assert flat.state_size == 2 + 5 + 15

    def test_inputs_are_brought_to_a_size(self, graph):
        seen = []

        class Watching(Plain):
            def __call__(self, inputs, state, scope=None):
                seen.append(inputs.shape.as_list())
                return super().__call__(inputs[:, :UNITS], state)

        cell = rnn.AttentionCellWrapper(Watching(), 2, input_size=7)
        cell(tf.constant(INPUTS[:, 0]), cell.zero_state(BATCH, tf.float32))
        assert seen == [[BATCH, 7]]

    def test_gradients_reach_steps_that_are_still_kept(self, graph):
        """The third output sees the first input through what was kept, even of a cell that
        forgets."""

        class Forgetting(Plain):
            def __call__(self, inputs, state, scope=None):
                return tf.tanh(inputs), tf.zeros_like(state)

        given = tf.constant(INPUTS)
        cell = rnn.AttentionCellWrapper(Forgetting(), 2)
        outputs, _ = tf.nn.dynamic_rnn(cell, given, dtype=tf.float32)
        (slope,) = tf.gradients(outputs[:, 2], given)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = session.run(slope)
        assert (found[:, :2] != 0).any(axis=2).all()
        assert (found[:, 3] == 0).all()


class TestHighways:
    @pytest.mark.parametrize("coupled", [True, False])
    def test_gates_are_asked_in_every_step(self, session, coupled):
        cell = rnn.HighwayWrapper(Plain(), couple_carry_transform_gates=coupled)
        outputs, _ = tf.nn.dynamic_rnn(cell, tf.constant(INPUTS), dtype=tf.float32)
        values = {name.rsplit("/", 1)[-1]: value for name, value in filled(session).items()}
        state = np.zeros([BATCH, UNITS])
        found = session.run(outputs)

        def gate(name, x):
            return 1 / (1 + np.exp(-(x @ values[f"{name}_w"] + values[f"{name}_b"])))

        for time in range(STEPS):
            x = INPUTS[:, time]
            state = np.tanh(0.5 * (x + state))
            carry = gate("carry", x)
            transform = 1 - carry if coupled else gate("transform", x)
            np.testing.assert_allclose(found[:, time], x * carry + state * transform, atol=1e-5)

    @pytest.mark.parametrize("bias", [-2.0, 3.0])
    def test_first_biases_open_the_one_gate_and_close_the_other(self, session, bias):
        cell = rnn.HighwayWrapper(Plain(), False, carry_bias_init=bias)
        cell(tf.constant(INPUTS[:, 0]), cell.zero_state(BATCH, tf.float32))
        session.run(tf.global_variables_initializer())
        values = {v.op.name: session.run(v) for v in tf.global_variables()}
        assert values["carry_b"].tolist() == [bias] * UNITS
        assert values["transform_b"].tolist() == [-bias] * UNITS
        assert values["carry_w"].shape == values["transform_w"].shape == (WIDTH, WIDTH)

    def test_inputs_have_to_be_as_wide_as_outputs(self, graph):
        cell = rnn.HighwayWrapper(rnn.GRUCell(UNITS + 1))
        with pytest.raises(ValueError, match=r"(?i)dimensions must be equal|not compatible"):
            cell(tf.constant(INPUTS[:, 0]), cell.zero_state(BATCH, tf.float32))

    def test_the_inner_cells_first_state_is_named_after_the_wrapper(self, graph):
        state = rnn.HighwayWrapper(rnn.GRUCell(UNITS)).zero_state(BATCH, tf.float32)
        assert state.op.name.startswith("HighwayWrapperZeroState/")
        state = rnn.CompiledWrapper(rnn.GRUCell(UNITS)).zero_state(BATCH, tf.float32)
        assert state.op.name.startswith("CompiledWrapperZeroState/")
