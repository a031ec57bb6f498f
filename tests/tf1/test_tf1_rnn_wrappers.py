"""contrib.rnn's wrappers, fused cells and stacks by their formulas in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from rnn_in_numpy import SEQUENCE, H, X, filled, made_up, sigmoid, stepped

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


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
    def cells(self, count=2, **options):
        return [rnn.GRUCell(3, **options) for _ in range(count)]

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
        kernel = tf.zeros_initializer()
        x = tf.constant(SEQUENCE[:1])
        start = [tf.ones([2, 3]) * 7] * 2
        make = rnn.stack_bidirectional_dynamic_rnn if dynamic else rnn.stack_bidirectional_rnn
        inputs = tf.transpose(x, [1, 0, 2]) if dynamic else [x[0]]
        forward, backward = (self.cells(kernel_initializer=kernel) for _ in range(2))
        _, fw, bw = make(
            forward, backward, inputs, initial_states_fw=start, initial_states_bw=start
        )
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for state in session.run([*fw, *bw]):
                # Gates of nothing but their bias of 1 keep sigmoid(1) of the state before.
                assert state == pytest.approx(np.full([2, 3], 7 * 0.7310586))

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
