"""contrib.rnn's cells by their formulas in NumPy, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from rnn_in_numpy import LSTM, C, H, X, filled, gates, lstm, made_up, sigmoid, stepped

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


class TestCells:
    @pytest.mark.parametrize("peephole", [False, True])
    def test_block_cells_are_lstms(self, graph, peephole):
        cell = rnn.LSTMBlockCell(2, use_peephole=peephole, forget_bias=0.5)
        output, (c, h), values = stepped(cell, X, LSTM)
        i, j, f, o = gates(X, H, values["kernel"], values["bias"])
        diagonal = {k: values.get(f"w_{k}_diag", 0.0) for k in "ifo"}
        expected = sigmoid(f + 0.5 + diagonal["f"] * C) * C
        expected += sigmoid(i + diagonal["i"] * C) * np.tanh(j)
        assert c == pytest.approx(expected, abs=1e-5)
        assert h == pytest.approx(sigmoid(o + diagonal["o"] * c) * np.tanh(c), abs=1e-5)
        assert (output == h).all()

    def test_a_block_cell_is_clipped(self, graph):
        _, (c, _), _ = stepped(rnn.LSTMBlockCell(2, cell_clip=0.05), X, LSTM)
        assert np.abs(c).max() == pytest.approx(0.05)

    def test_a_block_gru_by_its_formula(self, graph):
        output, _, values = stepped(rnn.GRUBlockCell(2), X, H)
        r, u = (sigmoid(part) for part in gates(X, H, values["w_ru"], values["b_ru"], 2))
        (new,) = gates(X, r * H, values["w_c"], values["b_c"], 1)
        assert output == pytest.approx(u * H + (1 - u) * np.tanh(new), abs=1e-5)

    def test_block_cells_need_a_known_width(self, graph):
        for cell in (rnn.LSTMBlockCell(2), rnn.GRUBlockCell(2), rnn.LSTMBlockFusedCell(2)):
            with pytest.raises(ValueError, match=r"Expecting inputs_shape\[1\] to be set"):
                cell.build(tf.TensorShape([2, 2, None][-cell.input_spec.ndim :]))

    def test_gradients_of_block_cells_are_those_of_plain_ones(self, graph):
        found = []
        for block in (False, True):
            with tf.Graph().as_default(), tf.Session() as session:
                cell = rnn.LSTMBlockCell(2) if block else rnn.BasicLSTMCell(2)
                x, state = tf.constant(X), rnn.LSTMStateTuple(tf.constant(C), tf.constant(H))
                output, following = cell(x, state)
                kernel, bias = tf.global_variables()
                loss = tf.reduce_sum(output * [1.0, 2.0]) + tf.reduce_sum(following.c * following.h)
                slopes = tf.gradients(loss, [x, *state, kernel, bias])
                filled(session)
                found.append(session.run(slopes))
        for plain, block in zip(*found, strict=True):
            assert block == pytest.approx(plain, abs=1e-5)

    def test_gradients_of_block_grus_are_those_of_plain_ones(self, graph):
        found = []
        for make in (rnn.GRUCell, rnn.GRUBlockCellV2):
            with tf.Graph().as_default(), tf.Session() as session:
                x, h = tf.constant(X), tf.constant(H)
                output, _ = make(2)(x, h)
                slopes = tf.gradients(output * [1.0, 2.0], [x, h])
                session.run(tf.global_variables_initializer())
                for variable in tf.global_variables():
                    # The two cells order the halves of their gates alike.
                    value = made_up(len(variable.op.name.split("/")[-1]), variable.shape.as_list())
                    variable.load(value, session)
                found.append(session.run(slopes))
        for plain, block in zip(*found, strict=True):
            assert block == pytest.approx(plain, abs=1e-5)

    @pytest.mark.parametrize("projected", [None, 2])
    def test_groups_do_not_see_each_other(self, graph, projected):
        x = np.cos(np.arange(8.0)).reshape(2, 4).astype(np.float32)
        width = projected or 4
        h = np.sin(np.arange(2.0 * width)).reshape(2, width).astype(np.float32)
        c = np.cos(np.arange(8.0) + 1).reshape(2, 4).astype(np.float32)
        cell = rnn.GLSTMCell(4, number_of_groups=2, num_proj=projected)
        output, (after, _), values = stepped(cell, x, rnn.LSTMStateTuple(c, h))
        parts = [
            gates(x[:, 2 * g : 2 * g + 2], np.split(h, 2, 1)[g], values[f"group{g}/kernel"])
            for g in range(2)
        ]
        i, j, f, o = (
            np.concatenate(both, 1) + values[f"bias_{name}"]
            for name, both in zip("ijfo", zip(*parts, strict=True), strict=True)
        )
        expected_c, expected = lstm(i, j, f, o, c)
        if projected:
            expected = expected @ values["projection/kernel"]
        assert after == pytest.approx(expected_c, abs=1e-5)
        assert output == pytest.approx(expected, abs=1e-5)

    def test_inputs_that_no_group_can_share_are_refused(self, graph):
        cell = rnn.GLSTMCell(4, number_of_groups=2)
        with pytest.raises(ValueError, match=r"input size \(3\) must be divisible by .* \(2\)"):
            cell(tf.zeros([2, 3]), cell.zero_state(2, tf.float32))

    def test_an_intersection_of_other_inputs_is_projected(self, graph):
        cell = rnn.IntersectionRNNCell(2, num_in_proj=2, y_activation=tf.identity)
        output, (state,), values = stepped(cell, X, H)
        x = X @ values["in_projection/kernel"] + values["in_projection/bias"]
        gate_h, h, gate_y, y = gates(x, H, values["kernel"], values["bias"])
        gate_h, gate_y = sigmoid(gate_h + 1.0), sigmoid(gate_y + 1.0)
        assert output == pytest.approx(gate_y * x + (1 - gate_y) * y, abs=1e-5)
        assert state == pytest.approx(gate_h * H + (1 - gate_h) * np.tanh(h), abs=1e-5)

    def test_an_intersection_says_what_to_set(self, graph):
        with pytest.raises(ValueError, match="num_in_proj should be set to num_units"):
            rnn.IntersectionRNNCell(2)(tf.constant(X), tf.constant(H))

    def test_one_update_gate_by_its_formula(self, graph):
        output, _, values = stepped(rnn.UGRNNCell(2, forget_bias=0.5), X, H)
        gate, new = gates(X, H, values["kernel"], values["bias"], 2)
        gate = sigmoid(gate + 0.5)
        assert output == pytest.approx(gate * H + (1 - gate) * np.tanh(new), abs=1e-5)

    @pytest.mark.parametrize("projection", [None, 2])
    def test_the_found_cell_by_its_tree(self, graph, projection):
        cell = rnn.NASCell(2, num_proj=projection, use_bias=True)
        output, (c, _), values = stepped(cell, X, LSTM)
        s = np.split(H @ values["recurrent_kernel"] + values["bias"], 8, axis=1)
        x = np.split(X @ values["kernel"], 8, axis=1)
        a = np.tanh(sigmoid(x[0] + s[0]) * np.maximum(x[1] + s[1], 0))
        b = np.tanh(sigmoid(x[2] + s[2]) + np.maximum(x[3] * s[3], 0))
        d = np.tanh(np.tanh(x[4] + s[4]) * sigmoid(x[5] + s[5]))
        e = sigmoid(np.tanh(x[6] + s[6]) + sigmoid(x[7] + s[7]))
        expected_c = np.tanh(a + C) * b
        expected = np.tanh(expected_c * np.tanh(d + e))
        if projection:
            expected = expected @ values["projection_weights"]
        assert c == pytest.approx(expected_c, abs=1e-5)
        assert output == pytest.approx(expected, abs=1e-5)

    @pytest.mark.parametrize("normed", [True, False])
    def test_an_lstm_with_layer_norm_by_its_formula(self, graph, normed):
        cell = rnn.LayerNormBasicLSTMCell(2, layer_norm=normed)
        output, (c, _), values = stepped(cell, X, LSTM)
        parts = gates(X, H, values["kernel"], values.get("bias", 0.0))

        def norm(part, name):
            if not normed:
                return part
            deviation = part - part.mean(1, keepdims=True)
            part = deviation / np.sqrt(part.var(1, keepdims=True) + 1e-12)
            return part * values[f"{name}/gamma"] + values[f"{name}/beta"]

        names = ("input", "transform", "forget", "output")
        i, j, f, o = (norm(part, name) for part, name in zip(parts, names, strict=True))
        expected = norm(sigmoid(f + 1.0) * C + sigmoid(i) * np.tanh(j), "state")
        assert c == pytest.approx(expected, abs=1e-4)
        assert output == pytest.approx(sigmoid(o) * np.tanh(expected), abs=1e-4)

    def test_a_convolution_of_one_pixel_is_an_lstm(self, graph):
        cell = rnn.Conv1DLSTMCell(input_shape=[1, 3], output_channels=2, kernel_shape=[1])
        state = rnn.LSTMStateTuple(C[:, np.newaxis], H[:, np.newaxis])
        output, (c, _), values = stepped(cell, X[:, np.newaxis], state)
        i, j, f, o = gates(X, H, values["kernel"][0], values["biases"])
        expected_c, expected = lstm(i, j, f, o, C)
        assert c[:, 0] == pytest.approx(expected_c, abs=1e-5)
        assert output[:, 0] == pytest.approx(expected, abs=1e-5)

    @pytest.mark.parametrize("axes", [1, 2, 3])
    def test_convolutions_keep_the_shape_of_pictures(self, graph, axes):
        make = {1: rnn.Conv1DLSTMCell, 2: rnn.Conv2DLSTMCell, 3: rnn.Conv3DLSTMCell}[axes]
        outer = [4, 3, 5][:axes]
        cell = make(
            input_shape=[*outer, 2],
            output_channels=3,
            kernel_shape=[3] * axes,
            use_bias=False,
            skip_connection=True,
        )
        x = tf.zeros([2, *outer, 2])
        state = rnn.LSTMStateTuple(tf.zeros([2, *outer, 3]), tf.zeros([2, *outer, 5]))
        with pytest.raises(ValueError, match="shape"):
            # What is seen beside the output does not fit the declared state.
            cell(x, cell.zero_state(2, tf.float32))[0].set_shape([2, *outer, 3])
        output, _ = make(
            input_shape=[*outer, 2], output_channels=3, kernel_shape=[3] * axes, name="other"
        )(x, rnn.LSTMStateTuple(state.c, state.c))
        assert output.shape.as_list() == [2, *outer, 3]
        assert cell.output_size.as_list() == [*outer, 5]

    @pytest.mark.parametrize("peepholes", [False, True])
    def test_a_phased_lstm_by_its_formula(self, graph, peepholes):
        cell = rnn.PhasedLSTMCell(2, use_peepholes=peepholes, leak=0.1)
        time = np.array([[1.3], [4.1]], np.float32)
        output, following = cell(
            (tf.constant(time), tf.constant(X)), rnn.LSTMStateTuple(tf.constant(C), tf.constant(H))
        )
        with tf.Session() as session:
            values = filled(session)
            for variable in tf.global_variables():
                name = variable.op.name.rsplit("/", 1)[-1]
                given = {"period": [2.0, 5.0], "phase": [0.5, 0.25], "ratio_on": [0.4, 0.6]}
                if name in given:
                    variable.load(given[name], session)
            output, c = session.run([output, following.c])
        masked = np.concatenate([X, H, C], 1) if peepholes else np.concatenate([X, H], 1)
        both = masked @ values["mask_gates/kernel"] + values["mask_gates/bias"]
        take, forget = np.split(sigmoid(both), 2, axis=1)
        new = np.tanh(gates(X, H, values["new_input/kernel"], values["new_input/bias"], 1)[0])
        proposed = C * forget + take * new
        masked = np.concatenate([X, H, proposed], 1) if peepholes else np.concatenate([X, H], 1)
        opened = sigmoid(masked @ values["output_gate/kernel"] + values["output_gate/bias"])
        passed = np.mod(time - [0.5, 0.25], [2.0, 5.0]) / [2.0, 5.0]
        k = np.where(passed < [0.4, 0.6], 2 - 2 * passed / [0.4, 0.6], 0.1 * passed)
        k = np.where(passed < [0.2, 0.3], 2 * passed / [0.4, 0.6], k)
        assert c == pytest.approx(k * proposed + (1 - k) * C, abs=1e-5)
        h = k * np.tanh(proposed) * opened + (1 - k) * H
        assert output == pytest.approx(h, abs=1e-5)
