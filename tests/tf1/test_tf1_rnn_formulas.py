"""contrib.rnn's cells and wrappers by their formulas in NumPy, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

X = np.array([[0.5, -1.0, 0.25], [0.1, 0.2, -0.7]], np.float32)
H = np.array([[0.3, -0.6], [0.0, 0.4]], np.float32)
C = np.array([[0.9, -0.2], [-1.1, 0.5]], np.float32)
LSTM = rnn.LSTMStateTuple(C, H)
SEQUENCE = np.cos(0.9 * np.arange(24.0)).reshape(3, 2, 4).astype(np.float32)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def made_up(seed, shape):
    size = int(np.prod(shape)) if shape else 1
    return (0.8 * np.sin(1.7 * np.arange(size) + 0.9 * seed + 0.3)).reshape(shape)


def filled(session):
    """Gives every variable a made-up value; the values by the end of their names."""
    values = {}
    session.run(tf.global_variables_initializer())
    for seed, variable in enumerate(tf.global_variables()):
        value = made_up(seed, variable.shape.as_list()).astype(np.float32)
        variable.load(value, session)
        values["/".join(variable.op.name.split("/")[1:])] = value
    return values


def stepped(cell, x, state):
    """One step: the output, the parts of the next state, and the variables' values."""
    output, following = cell(tf.constant(x), tf.nest.map_structure(tf.constant, state))
    with tf.Session() as session:
        values = filled(session)
        return *session.run([output, tf.nest.flatten(following)]), values


def gates(x, h, kernel, bias=0.0, parts=4):
    return np.split(np.concatenate([x, h], 1) @ kernel + bias, parts, axis=1)


def lstm(i, j, f, o, before, forget_bias=1.0):
    c = sigmoid(f + forget_bias) * before + sigmoid(i) * np.tanh(j)
    return c, sigmoid(o) * np.tanh(c)


class TestWrappers:
    def test_inputs_are_projected(self, graph):
        cell = rnn.InputProjectionWrapper(rnn.IndRNNCell(2, activation=tf.identity), 2, tf.nn.relu)
        output, _, values = stepped(cell, X, H)
        inner = {k.rsplit("/", 1)[-1]: v for k, v in values.items() if "ind_rnn" in k}
        seen = np.maximum(X @ values["kernel"] + values["bias"], 0)
        expected = seen @ inner["kernel_w"] + H * inner["kernel_u"] + inner["bias"]
        assert output == pytest.approx(expected, abs=1e-5)

    @pytest.mark.parametrize("activation", [None, tf.tanh])
    def test_outputs_are_projected(self, graph, activation):
        inner = rnn.IndRNNCell(2, activation=tf.identity)
        cell = rnn.OutputProjectionWrapper(inner, 3, activation)
        output, (state,), values = stepped(cell, X, H)
        expected = state @ values["kernel"] + values["bias"]
        assert cell.output_size == 3
        assert cell.state_size == 2
        assert output == pytest.approx(np.tanh(expected) if activation else expected, abs=1e-5)

    def test_words_are_looked_up(self, graph):
        cell = rnn.EmbeddingWrapper(rnn.IndRNNCell(2, activation=tf.identity), 5, 3)
        output, _, values = stepped(cell, np.array([4, 1]), H)
        inner = {k.rsplit("/", 1)[-1]: v for k, v in values.items() if "ind_rnn" in k}
        seen = values["embedding"][[4, 1]]
        expected = seen @ inner["kernel_w"] + H * inner["kernel_u"] + inner["bias"]
        assert output == pytest.approx(expected, abs=1e-5)

    def test_vectors_have_the_dtype_of_a_states_first_part(self, graph):
        cell = rnn.EmbeddingWrapper(rnn.BasicLSTMCell(2, dtype=tf.float64), 5, 3)
        output, _ = cell(tf.constant([[4], [1]]), cell.zero_state(2, tf.float64))
        assert output.dtype == tf.float64
        (vectors,) = [v for v in tf.global_variables() if v.op.name.endswith("/embedding")]
        assert vectors.dtype.base_dtype == tf.float64

    @pytest.mark.parametrize("where", ["cell", "scope", "nowhere"])
    def test_where_first_vectors_come_from(self, graph, where):
        given = tf.constant_initializer(0.25)
        cell = rnn.EmbeddingWrapper(
            rnn.GRUCell(2), 50, 3, initializer=given if where == "cell" else None
        )
        with tf.variable_scope("s", initializer=given if where == "scope" else None):
            cell(tf.constant([4]), cell.zero_state(1, tf.float32))
        (vectors,) = [v for v in tf.global_variables() if v.op.name.endswith("embedding")]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = session.run(vectors)
        if where == "nowhere":
            # Uniform with variance one.
            assert np.abs(found).max() <= np.sqrt(3)
            assert found.std() == pytest.approx(1.0, abs=0.2)
        else:
            assert (found == 0.25).all()

    @pytest.mark.parametrize(
        ("make", "error", "message"),
        [
            (lambda: rnn.InputProjectionWrapper(3, 2), TypeError, "RNNCell"),
            (lambda: rnn.OutputProjectionWrapper("cell", 2), TypeError, "RNNCell"),
            (lambda: rnn.EmbeddingWrapper(None, 2, 2), TypeError, "RNNCell"),
            (
                lambda: rnn.OutputProjectionWrapper(rnn.GRUCell(2), 0),
                ValueError,
                "output_size must be > 0: 0",
            ),
            (
                lambda: rnn.EmbeddingWrapper(rnn.GRUCell(2), 0, 4),
                ValueError,
                r"embedding_classes and embedding_size must be > 0: 0, 4",
            ),
            (
                lambda: rnn.EmbeddingWrapper(rnn.GRUCell(2), 4, -1),
                ValueError,
                r"must be > 0: 4, -1",
            ),
            (lambda: rnn.AttentionCellWrapper(3, 2), TypeError, "'cell' .3. is not an RNNCell"),
            (
                lambda: rnn.AttentionCellWrapper(rnn.GRUCell(2), -1),
                ValueError,
                "attn_length should be greater than zero, got -1",
            ),
            (
                lambda: rnn.AttentionCellWrapper(rnn.LSTMCell(2), 1, state_is_tuple=False),
                ValueError,
                "Cell returns tuple of states, but the flag",
            ),
            (lambda: rnn.GLSTMCell(5, number_of_groups=2), ValueError, "num_units must be"),
            (
                lambda: rnn.GLSTMCell(4, number_of_groups=2, num_proj=3),
                ValueError,
                "num_proj must be divisible by number_of_groups",
            ),
            (
                lambda: rnn.ConvLSTMCell(2, [3, 1], 2, [3, 3]),
                ValueError,
                r"Invalid input_shape \[3, 1\] for conv_ndims=2",
            ),
            (lambda: rnn.GRUBlockCell(), ValueError, "Exactly one of num_units or cell_size"),
            (lambda: rnn.GRUBlockCell(2, 2), ValueError, "Exactly one of num_units or cell_size"),
        ],
    )
    def test_what_cannot_be_made_is_refused(self, make, error, message):
        with pytest.raises(error, match=message):
            make()

    def test_zero_states_are_the_inner_cells(self, graph):
        for cell in (
            rnn.InputProjectionWrapper(rnn.BasicLSTMCell(3), 2),
            rnn.HighwayWrapper(rnn.BasicLSTMCell(3)),
            rnn.CompiledWrapper(rnn.BasicLSTMCell(3)),
        ):
            state = cell.zero_state(4, tf.float32)
            assert state.h.shape.as_list() == [4, 3]
            assert (cell.output_size, cell.state_size.c) == (3, 3)

    @pytest.mark.parametrize("coupled", [True, False])
    def test_a_highway_lets_inputs_pass(self, graph, coupled):
        inner = rnn.IndRNNCell(3, activation=tf.identity)
        state = np.ones([2, 3], np.float32)
        cell = rnn.HighwayWrapper(inner, couple_carry_transform_gates=coupled)
        output, following = cell(tf.constant(X), tf.constant(state))
        with tf.Session() as session:
            filled(session)
            values = {v.op.name: session.run(v) for v in tf.global_variables()}
            output, made = session.run([output, following])
        carry = sigmoid(X @ values["carry_w"] + values["carry_b"])
        transform = 1 - carry
        if not coupled:
            transform = sigmoid(X @ values["transform_w"] + values["transform_b"])
        assert output == pytest.approx(X * carry + made * transform, abs=1e-5)

    def test_highway_gates_start_open_for_inputs(self, graph):
        cell = rnn.HighwayWrapper(rnn.GRUCell(3), False, carry_bias_init=2.0)
        cell(tf.constant(X), cell.zero_state(2, tf.float32))
        values = {v.op.name: v for v in tf.global_variables()}
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(values["carry_b"]).tolist() == [2.0] * 3
            assert session.run(values["transform_b"]).tolist() == [-2.0] * 3

    def test_attention_is_the_mean_of_outputs_weighted_by_fit(self, graph):
        cell = rnn.AttentionCellWrapper(rnn.GRUCell(2), 3, attn_vec_size=5)
        seen = np.cos(np.arange(12.0)).reshape(2, 6).astype(np.float32)
        output, (inner, attention, after), values = stepped(cell, X, (H, H * 0.5, seen))
        past = seen.reshape(2, 3, 2)
        wanted = inner @ values["attention/kernel"] + values["attention/bias"]
        features = past @ values["attention/attn_w"][0, 0] + wanted[:, np.newaxis]
        scores = np.exp((values["attention/attn_v"] * np.tanh(features)).sum(2))
        weights = scores / scores.sum(1, keepdims=True)
        assert attention == pytest.approx((weights[..., np.newaxis] * past).sum(1), abs=1e-5)
        kernel = values["attn_output_projection/kernel"]
        assert after.reshape(2, 3, 2)[:, :2] == pytest.approx(past[:, 1:])
        assert after.reshape(2, 3, 2)[:, 2] == pytest.approx(output)
        assert kernel.shape[1] == cell.output_size == 2


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


class TestFused:
    def run(self, made):
        outputs, state = made
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for seed, variable in enumerate(sorted(tf.global_variables(), key=lambda v: v.name)):
                variable.load(made_up(seed, variable.shape.as_list()), session)
            return session.run([outputs, *state])

    @pytest.mark.parametrize("lengths", [None, [1, 3]])
    def test_one_op_is_the_loop_of_steps(self, graph, lengths):
        with tf.variable_scope("rnn"):
            fused = self.run(
                rnn.LSTMBlockFusedCell(3)(SEQUENCE, dtype=tf.float32, sequence_length=lengths)
            )
        with tf.Graph().as_default():
            looped = self.run(
                tf.nn.dynamic_rnn(
                    rnn.BasicLSTMCell(3),
                    tf.constant(SEQUENCE),
                    lengths,
                    dtype=tf.float32,
                    time_major=True,
                )
            )
        for one, other in zip(fused, looped, strict=True):
            assert one == pytest.approx(other, abs=1e-5)

    @pytest.mark.parametrize("dynamic", [False, True])
    def test_an_adaptor_is_the_cell_over_time(self, graph, dynamic):
        adaptor = rnn.FusedRNNCellAdaptor(rnn.BasicLSTMCell(3), use_dynamic_rnn=dynamic)
        found = self.run(adaptor(tf.constant(SEQUENCE), dtype=tf.float32))
        with tf.Graph().as_default():
            expected = self.run(rnn.LSTMBlockFusedCell(3)(SEQUENCE, dtype=tf.float32))
        assert found[0] == pytest.approx(expected[0], abs=1e-5)
        assert found[2] == pytest.approx(expected[0][-1], abs=1e-5)

    @pytest.mark.parametrize("lengths", [None, [1, 3]])
    def test_reversed_time_runs_from_the_last_step(self, graph, lengths):
        made = rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(3))(
            tf.constant(SEQUENCE), dtype=tf.float32, sequence_length=lengths
        )
        found, *state = self.run(made)
        backwards = SEQUENCE[::-1].copy()
        if lengths:
            backwards = SEQUENCE.copy()
            for row, length in enumerate(lengths):
                backwards[:length, row] = SEQUENCE[:length, row][::-1]
        with tf.Graph().as_default():
            expected, *last = self.run(
                rnn.LSTMBlockFusedCell(3)(backwards, dtype=tf.float32, sequence_length=lengths)
            )
        if lengths:
            for row, length in enumerate(lengths):
                turned = expected[:length, row][::-1]
                assert found[:length, row] == pytest.approx(turned, abs=1e-5)
                assert (found[length:, row] == 0).all()
        else:
            assert found == pytest.approx(expected[::-1], abs=1e-5)
        assert np.array(state) == pytest.approx(np.array(last), abs=1e-5)

    def test_a_fused_cell_is_clipped(self, graph):
        made = rnn.LSTMBlockFusedCell(3, cell_clip=0.05)(SEQUENCE, dtype=tf.float32)
        assert np.abs(self.run(made)[1]).max() <= 0.05 + 1e-6


class TestStacks:
    def cells(self, count=2):
        return [rnn.GRUCell(3) for _ in range(count)]

    def test_the_second_layer_sees_both_directions(self, graph):
        x = tf.constant(SEQUENCE)
        outputs, fw, bw = rnn.stack_bidirectional_dynamic_rnn(
            self.cells(), self.cells(), x, dtype=tf.float32, time_major=True
        )
        assert outputs.shape.as_list() == [3, 2, 6]
        assert (len(fw), len(bw)) == (2, 2)
        shapes = {v.op.name: v.shape.as_list() for v in tf.global_variables()}
        second = "stack_bidirectional_rnn/cell_1/bidirectional_rnn/fw/gru_cell/gates/kernel"
        assert shapes[second] == [6 + 3, 6]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            outputs, fw, bw = session.run([outputs, fw, bw])
        assert outputs[-1, :, :3] == pytest.approx(fw[1])
        assert outputs[0, :, 3:] == pytest.approx(bw[1])

    def test_a_copy_for_each_step_gives_the_same(self, graph):
        steps = tf.unstack(tf.constant(SEQUENCE))
        outputs, fw, bw = rnn.stack_bidirectional_rnn(
            self.cells(), self.cells(), steps, dtype=tf.float32, scope="mine"
        )
        assert len(outputs) == 3
        assert all(v.op.name.startswith("mine/cell_") for v in tf.global_variables())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            outputs, fw, bw = session.run([outputs, fw, bw])
        assert outputs[-1][:, :3] == pytest.approx(fw[1])
        assert outputs[0][:, 3:] == pytest.approx(bw[1])

    @pytest.mark.parametrize("dynamic", [True, False])
    def test_first_states_are_used(self, graph, dynamic):
        x = tf.constant(SEQUENCE[:1])
        start = [tf.ones([2, 3]) * 7] * 2
        make = rnn.stack_bidirectional_dynamic_rnn if dynamic else rnn.stack_bidirectional_rnn
        inputs = tf.transpose(x, [1, 0, 2]) if dynamic else [x[0]]
        _, fw, bw = make(
            self.cells(), self.cells(), inputs, initial_states_fw=start, initial_states_bw=start
        )
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for state in session.run([*fw, *bw]):
                # From zeros a GRU stays between -1 and 1.
                assert (np.abs(state) > 1.0).any()

    @pytest.mark.parametrize(
        ("forward", "backward", "states", "message"),
        [
            ([], [1], {}, "at least one fw cell"),
            (1, [1], {}, "at least one fw cell"),
            ([1], [], {}, "at least one bw cell"),
            ([1], (1,), {}, "at least one bw cell"),
            ([1, 2], [1], {}, "must have the same depth"),
            ([1], [1], {"initial_states_fw": [1, 2]}, "initial_states_fw must be a list"),
            ([1], [1], {"initial_states_bw": []}, "initial_states_bw must be a list"),
        ],
    )
    def test_layers_that_do_not_fit_are_refused(self, forward, backward, states, message):
        for make in (rnn.stack_bidirectional_rnn, rnn.stack_bidirectional_dynamic_rnn):
            with pytest.raises(ValueError, match=message):
                make(forward, backward, None, **states)
