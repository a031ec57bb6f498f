"""contrib.grid_rnn's cells: by their formulas in NumPy, their names, shapes and refusals."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from rnn_in_numpy import LSTM, SEQUENCE, C, H, X, gates, lstm, sigmoid, stepped

import graphkit.tf1 as tf

grids = tf.contrib.grid_rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
READY = {
    "Grid1BasicRNNCell": 1,
    "Grid2BasicRNNCell": 2,
    "Grid1BasicLSTMCell": 1,
    "Grid2BasicLSTMCell": 2,
    "Grid1LSTMCell": 1,
    "Grid2LSTMCell": 2,
    "Grid3LSTMCell": 3,
    "Grid2GRUCell": 2,
}
NOTHING = np.zeros([2, 0], np.float32)


def weights(values, cell, dim=0, kind="recurrent"):
    """The kernel and the bias of a dimension's cell."""
    lead = f"{kind}/cell_{dim}/{cell}"
    return values[f"{lead}/kernel"], values[f"{lead}/bias"]


class TestFormulas:
    def test_one_dimension_of_a_simple_cell(self, graph):
        (output,), (state,), values = stepped(grids.Grid1BasicRNNCell(2), X, (H,))
        kernel, bias = weights(values, "basic_rnn_cell")
        known = np.tanh(X @ values["project_m_0"] @ kernel + bias)
        assert output == pytest.approx(known, abs=1e-6)
        # What the step before gave is replaced by what comes in.
        assert state.tolist() == output.tolist()

    def test_one_dimension_of_an_lstm(self, graph):
        cell = grids.Grid1LSTMCell(2, forget_bias=0.3)
        (output,), (after, _), values = stepped(cell, X, (LSTM,))
        kernel, bias = weights(values, "lstm_cell")
        parts = gates(NOTHING, X @ values["project_m_0"], kernel, bias)
        c, h = lstm(*parts, X @ values["project_c_0"], forget_bias=0.3)
        assert after == pytest.approx(c, abs=1e-6)
        assert output == pytest.approx(h, abs=1e-6)

    def test_the_dimension_of_priority_sees_the_other(self, graph):
        (output,), states, values = stepped(grids.Grid2LSTMCell(2), X, (LSTM, LSTM))
        m, c = X @ values["project_m_0"], X @ values["project_c_0"]
        second_c, second = lstm(*gates(m, H, *weights(values, "lstm_cell", 1)), C)
        first_c, first = lstm(*gates(m, second, *weights(values, "lstm_cell", 0)), c)
        for found, known in zip(states, [first_c, first, second_c, second], strict=True):
            assert found == pytest.approx(known, abs=1e-6)
        assert output == pytest.approx(first, abs=1e-6)

    def test_three_dimensions_of_an_lstm(self, graph):
        (output,), states, values = stepped(grids.Grid3LSTMCell(2), X, (LSTM,) * 3)
        m, c = X @ values["project_m_0"], X @ values["project_c_0"]
        seen = np.concatenate([m, H], 1)
        _, second = lstm(*gates(seen, H, *weights(values, "lstm_cell", 1)), C)
        _, third = lstm(*gates(seen, H, *weights(values, "lstm_cell", 2)), C)
        seen = np.concatenate([m, second], 1)
        _, first = lstm(*gates(seen, third, *weights(values, "lstm_cell", 0)), c)
        assert [part.tolist() for part in states[1::2]] == [
            part.tolist() for part in (output, *states[3::2])
        ]
        for found, known in zip(states[1::2], [first, second, third], strict=True):
            assert found == pytest.approx(known, abs=1e-6)

    def test_a_dimension_of_gated_units(self, graph):
        (output,), (_, second), values = stepped(grids.Grid2GRUCell(2), X, (H, H))

        def gru(x, h, dim):
            lead = f"recurrent/cell_{dim}/gru_cell"
            both = np.concatenate([x, h], 1) @ values[f"{lead}/gates/kernel"]
            r, u = np.split(sigmoid(both + values[f"{lead}/gates/bias"]), 2, axis=1)
            new = np.concatenate([x, r * h], 1) @ values[f"{lead}/candidate/kernel"]
            return u * h + (1 - u) * np.tanh(new + values[f"{lead}/candidate/bias"])

        m = X @ values["project_m_0"]
        assert second == pytest.approx(gru(m, H, 1), abs=1e-6)
        assert output == pytest.approx(gru(m, gru(m, H, 1), 0), abs=1e-6)

    def test_a_dimension_without_a_state(self, graph):
        cell = grids.Grid2BasicRNNCell(2, non_recurrent_fn=tf.tanh)
        assert cell.state_size == (2,)
        (output,), (second,), values = stepped(cell, X, (H,))
        m = X @ values["project_m_0"]
        kernel, bias = weights(values, "basic_rnn_cell", 1)
        assert second == pytest.approx(np.tanh(gates(m, H, kernel, bias, 1)[0]), abs=1e-6)
        lead = "non_recurrent/cell_0/fully_connected"
        linear = gates(m, second, values[f"{lead}/weights"], values[f"{lead}/biases"], 1)[0]
        assert output == pytest.approx(np.tanh(linear), abs=1e-6)

    def test_inputs_are_divided_among_dimensions(self, graph):
        cell = grids.GridRNNCell(
            2,
            num_dims=2,
            input_dims=(0, 1),
            output_dims=[1],
            cell_fn=tf.nn.rnn_cell.BasicRNNCell,
        )
        wide = np.concatenate([X, -2 * X], 1)
        (output,), _, values = stepped(cell, wide, (H, H))
        first, second = X @ values["project_m_0"], -2 * X @ values["project_m_1"]
        # Without priorities both see what came in only.
        kernel, bias = weights(values, "basic_rnn_cell", 1)
        known = np.tanh(np.concatenate([first, second], 1) @ kernel + bias)
        assert output == pytest.approx(known, abs=1e-6)


@pytest.mark.parametrize("name", sorted(READY))
class TestReady:
    def states(self, cell):
        return tf.nest.map_structure(lambda size: np.ones([2, size], np.float32), cell.state_size)

    def test_sizes(self, graph, name):
        cell = getattr(grids, name)(5)
        parts = 2 if "LSTM" in name else 1
        assert len(cell.state_size) == READY[name]
        assert tf.nest.flatten(cell.state_size) == [5] * parts * READY[name]
        assert cell.output_size == (5,)
        joined = getattr(grids, name)(5, state_is_tuple=False, output_is_tuple=False)
        assert (joined.state_size, joined.output_size) == (5 * parts * READY[name], 5)

    def test_states_side_by_side_hold_the_same(self, graph, name):
        (output,), apart, _ = stepped(getattr(grids, name)(2), X, self.states(grids_of(name)))
        with tf.Graph().as_default():
            cell = getattr(grids, name)(2, state_is_tuple=False, output_is_tuple=False)
            ones = np.ones([2, cell.state_size], np.float32)
            found, (joined,), _ = stepped(cell, X, ones)
        assert found == pytest.approx(output, abs=1e-6)
        assert joined == pytest.approx(np.concatenate(apart, 1), abs=1e-6)

    def test_tied_dimensions_have_one_set_of_weights(self, graph, name):
        if READY[name] == 1:
            with pytest.raises(TypeError, match="unexpected keyword argument 'tied'"):
                getattr(grids, name)(2, tied=True)
            return
        cell = getattr(grids, name)(2, tied=True)
        stepped(cell, X, self.states(cell))
        names = [variable.op.name for variable in tf.trainable_variables()]
        assert all("cell_" not in part for path in names for part in path.split("/")[1:3])
        apart = grids_of(name)
        with tf.Graph().as_default():
            stepped(apart, X, self.states(apart))
            projected = 2 if "LSTM" in name else 1
            more = len(tf.trainable_variables()) - projected
        assert more == READY[name] * (len(names) - projected)

    def test_runs_over_time(self, session, name):
        cell = getattr(grids, name)(3, output_is_tuple=False)
        outputs, _ = tf.nn.dynamic_rnn(cell, SEQUENCE, [2, 1, 2], dtype=tf.float32)
        assert outputs.shape.as_list() == [3, 2, 3]
        session.run(tf.global_variables_initializer())
        assert np.abs(session.run(outputs)).max() > 0
        lead = f"rnn/{name}/"
        assert all(v.op.name.startswith(lead) for v in tf.trainable_variables())

    def test_tells_its_arguments(self, graph, name):
        order = list(inspect.signature(getattr(grids, name)).parameters)
        several = ["tied", "non_recurrent_fn"] if READY[name] > 1 else []
        assert order[: 1 + len(several)] == ["num_units", *several]
        assert order[-2:] == ["state_is_tuple", "output_is_tuple"]
        assert issubclass(getattr(grids, name), grids.GridRNNCell)


def grids_of(name):
    return getattr(grids, name)(2)


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({"num_dims": 0}, ValueError, "dims must be >= 1: 0"),
            ({"input_dims": [0, 2]}, ValueError, r"Invalid dims: \[0, 2\]. Must be in \[0, 1\)"),
            ({"output_dims": -1}, ValueError, r"Invalid dims: \[-1\]"),
            ({"cell_fn": lambda units: units}, TypeError, "must return an RNNCell instance"),
        ],
    )
    def test_dimensions_that_are_not_there(self, graph, options, error, message):
        with pytest.raises(error, match=message):
            grids.GridRNNCell(2, **options)

    def test_other_states(self, graph):
        with pytest.raises(ValueError, match="Expected state as a tuple of 2 element"):
            grids.Grid2GRUCell(2)(tf.constant(X), (tf.constant(H),))

    def test_a_dimension_of_nothing(self, graph):
        cell = grids.GridRNNCell(2, num_dims=2, non_recurrent_dims=0, output_dims=1)
        with pytest.raises(ValueError, match="Dimension 0 has neither a state nor inputs"):
            cell(tf.constant(X), (tf.nest.map_structure(tf.constant, LSTM),))
