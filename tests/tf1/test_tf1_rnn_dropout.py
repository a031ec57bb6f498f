"""DropoutWrapper, ResidualWrapper and their kin around cells: what is kept, scaled and shown."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

cells = tf.nn.rnn_cell
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

MANY = 400


class Echo(cells.RNNCell):
    """Shows its inputs, and counts in its state."""

    state_size = output_size = MANY

    def __call__(self, inputs, state, scope=None):
        return inputs, state + 1.0


def stepped(cell, steps=1, batch=1):
    """Outputs and states of steps with inputs of ones."""
    state, outputs, states = tf.zeros([batch, MANY]), [], []
    for _ in range(steps):
        output, state = cell(tf.ones([batch, MANY]), state)
        outputs.append(output)
        states.append(state)
    with tf.Session() as session:
        return session.run([outputs, states])


def kept(values, probability):
    """The part that was kept; what was kept is scaled by the chance to be."""
    assert set(np.round(np.unique(values), 5)) <= {0.0, np.float32(np.round(1 / probability, 5))}
    return (values != 0).mean()


class TestDropout:
    @pytest.mark.parametrize("where", ["input_keep_prob", "output_keep_prob"])
    @pytest.mark.parametrize("probability", [0.25, 0.8])
    def test_as_much_is_kept_as_is_said(self, graph, where, probability):
        (output,), (state,) = stepped(cells.DropoutWrapper(Echo(), **{where: probability}, seed=3))
        assert kept(output, probability) == pytest.approx(probability, abs=0.08)
        assert (state == 1.0).all()

    def test_states_are_dropped_on_their_way_to_the_next_step(self, graph):
        cell = cells.DropoutWrapper(Echo(), state_keep_prob=0.5, seed=3)
        (output,), (state,) = stepped(cell)
        assert (output == 1.0).all()
        assert kept(state, 0.5) == pytest.approx(0.5, abs=0.08)

    def test_both_ends_are_dropped_apart(self, graph):
        cell = cells.DropoutWrapper(Echo(), input_keep_prob=0.5, output_keep_prob=0.5, seed=3)
        (output,), _ = stepped(cell)
        assert (output != 0).mean() == pytest.approx(0.25, abs=0.08)
        assert output.max() == 4.0

    def test_a_chance_may_be_a_tensor(self, graph):
        chance = tf.placeholder_with_default(0.5, [])
        output, _ = cells.DropoutWrapper(Echo(), output_keep_prob=chance, seed=1)(
            tf.ones([1, MANY]), tf.zeros([1, MANY])
        )
        with tf.Session() as session:
            assert kept(session.run(output), 0.5) == pytest.approx(0.5, abs=0.08)
            assert (session.run(output, {chance: 1.0}) == 1.0).all()

    def test_a_seed_repeats_the_choice_and_another_makes_another(self, graph):
        found = []
        for seed in (3, 3, 4):
            with tf.Graph().as_default():
                found.append(stepped(cells.DropoutWrapper(Echo(), 1.0, 0.5, seed=seed))[0][0])
        assert (found[0] == found[1]).all()
        assert (found[0] != found[2]).any()

    def test_every_step_of_a_loop_chooses_anew(self, session):
        cell = cells.DropoutWrapper(Echo(), 0.5, seed=3)
        outputs, _ = tf.nn.dynamic_rnn(cell, tf.ones([1, 2, MANY]), dtype=tf.float32)
        ((first, second),) = session.run(outputs)
        assert (first != second).any()

    def test_steps_written_out_repeat_it_as_their_ops_have_one_seed(self, graph):
        (first, second), _ = stepped(cells.DropoutWrapper(Echo(), 0.5, seed=3), steps=2)
        assert (first == second).all()

    @pytest.mark.parametrize("where", ["input_keep_prob", "output_keep_prob"])
    def test_variational_choices_stay_for_all_steps(self, graph, where):
        cell = cells.DropoutWrapper(
            Echo(),
            **{where: 0.5},
            variational_recurrent=True,
            input_size=MANY,
            dtype=tf.float32,
            seed=3,
        )
        (first, second), _ = stepped(cell, steps=2, batch=3)
        assert (first == second).all()
        # One choice serves the whole batch.
        assert (first == first[:1]).all()
        assert kept(first, 0.5) == pytest.approx(0.5, abs=0.08)

    def test_a_filter_says_which_parts_of_a_state_are_dropped(self, graph):
        class OfTwo(Echo):
            state_size = (MANY, MANY)

            def __call__(self, inputs, state, scope=None):
                return inputs, tuple(part + 1.0 for part in state)

        def only_the_second(part):
            return (False, True) if isinstance(part, tuple) else True

        cell = cells.DropoutWrapper(
            OfTwo(), state_keep_prob=0.5, seed=3, dropout_state_filter_visitor=only_the_second
        )
        zeros = tf.zeros([1, MANY])
        _, state = cell(tf.ones([1, MANY]), (zeros, zeros))
        with tf.Session() as session:
            first, second = session.run(state)
        assert (first == 1.0).all()
        assert kept(second, 0.5) == pytest.approx(0.5, abs=0.08)

    def test_the_cell_of_an_lstm_is_never_dropped(self, graph):
        """Of an LSTM's state only the output is, unless a filter says more."""

        class LikeLSTM(Echo):
            state_size = cells.LSTMStateTuple(MANY, MANY)

            def __call__(self, inputs, state, scope=None):
                return inputs, cells.LSTMStateTuple(*(part + 1.0 for part in state))

        zeros = tf.zeros([1, MANY])
        wrapped = cells.DropoutWrapper(LikeLSTM(), state_keep_prob=0.5, seed=3)
        _, state = wrapped(tf.ones([1, MANY]), cells.LSTMStateTuple(zeros, zeros))
        with tf.Session() as session:
            c, h = session.run(state)
        assert (c == 1.0).all()
        assert kept(h, 0.5) == pytest.approx(0.5, abs=0.08)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"input_keep_prob": -0.1}, "input_keep_prob must be between 0 and 1"),
            ({"output_keep_prob": 1.1}, "output_keep_prob must be between 0 and 1"),
            ({"state_keep_prob": 2.0}, "state_keep_prob must be between 0 and 1"),
            (
                {"input_keep_prob": 0.5, "variational_recurrent": True, "dtype": tf.float32},
                "input_size must be provided",
            ),
            ({"output_keep_prob": 0.5, "variational_recurrent": True}, "dtype must be provided"),
        ],
    )
    def test_options_that_say_too_little_are_refused(self, graph, options, message):
        with pytest.raises(ValueError, match=rf"(?i){message}"):
            cells.DropoutWrapper(Echo(), **options)

    def test_sizes_and_first_states_are_the_inner_cells(self, graph):
        inner = cells.LSTMCell(3, num_proj=2)
        cell = cells.DropoutWrapper(inner, 0.5)
        assert cell.wrapped_cell is inner
        assert (cell.output_size, cell.state_size) == (2, inner.state_size)
        state = cell.zero_state(4, tf.float64)
        assert [part.shape.as_list() for part in state] == [[4, 3], [4, 2]]
        assert state.h.dtype == tf.float64


class TestResidual:
    def test_inputs_are_added_to_outputs(self, graph):
        (first,), _ = stepped(cells.ResidualWrapper(Echo()))
        assert (first == 2.0).all()

    def test_a_function_may_join_them(self, graph):
        cell = cells.ResidualWrapper(Echo(), residual_fn=lambda i, o: i * 3.0 - o * 0.5)
        (first,), _ = stepped(cell)
        assert (first == 2.5).all()

    def test_structures_are_added_part_by_part(self, graph):
        class Pair(Echo):
            output_size = (MANY, MANY)

            def __call__(self, inputs, state, scope=None):
                return (inputs[1], inputs[0]), state

        pair = (tf.ones([1, MANY]), tf.ones([1, MANY]) * 5.0)
        (first, second), _ = cells.ResidualWrapper(Pair())(pair, tf.zeros([1, MANY]))
        with tf.Session() as session:
            assert {*session.run(first).flat, *session.run(second).flat} == {6.0}

    def test_a_stack_of_them_keeps_the_names_of_its_cells(self, graph):
        stack = cells.MultiRNNCell([cells.ResidualWrapper(cells.GRUCell(4)) for _ in range(2)])
        stack(tf.ones([1, 4]), stack.zero_state(1, tf.float32))
        names = {variable.op.name.rsplit("/", 2)[0] for variable in tf.global_variables()}
        assert names == {f"multi_rnn_cell/cell_{n}/gru_cell" for n in range(2)}


class TestDevices:
    def test_ops_and_variables_are_placed(self, graph):
        cell = cells.DeviceWrapper(cells.GRUCell(3), "/device:CPU:1")
        with tf.variable_scope("placed"):
            cell(tf.ones([1, 4]), tf.zeros([1, 3]))
        devices = {op.device for op in graph.get_operations() if op.type == "MatMul"}
        assert devices == {"/device:CPU:1"}
        assert {v.device for v in tf.global_variables()} == {"/device:CPU:1"}

    def test_first_states_are_placed_too(self, graph):
        cell = cells.DeviceWrapper(cells.GRUCell(3), "/device:CPU:1")
        assert cell.zero_state(2, tf.float32).device == "/device:CPU:1"
        assert (cell.output_size, cell.state_size) == (3, 3)


class TestStacks:
    def test_each_cell_sees_the_one_below(self, session):
        stack = cells.MultiRNNCell([cells.BasicRNNCell(3), cells.BasicRNNCell(2)])
        output, state = stack(tf.ones([1, 4]), stack.zero_state(1, tf.float32))
        session.run(tf.global_variables_initializer())
        values = {v.op.name: session.run(v) for v in tf.global_variables()}
        below = np.tanh(np.ones([1, 4]) @ values["multi_rnn_cell/cell_0/basic_rnn_cell/kernel"][:4])
        above = np.tanh(below @ values["multi_rnn_cell/cell_1/basic_rnn_cell/kernel"][:3])
        np.testing.assert_allclose(session.run(state[0]), below, atol=1e-6)
        np.testing.assert_allclose(session.run(output), above, atol=1e-6)
        assert stack.output_size == 2
        assert stack.state_size == (3, 2)

    def test_states_side_by_side_are_taken_apart(self, session):
        stack = cells.MultiRNNCell([cells.GRUCell(3), cells.GRUCell(2)], state_is_tuple=False)
        given = tf.constant(np.linspace(-1, 1, 10).reshape(2, 5), tf.float32)
        output, state = stack(tf.ones([2, 4]), given)
        assert stack.state_size == 5
        assert state.shape.as_list() == [2, 5]
        session.run(tf.global_variables_initializer())
        whole, top = session.run([state, output])
        np.testing.assert_array_equal(whole[:, 3:], top)

    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ([], ValueError, "Must specify at least one cell"),
            (cells.GRUCell, TypeError, "must be a list or tuple"),
        ],
    )
    def test_what_is_no_stack_is_refused(self, given, error, message):
        with pytest.raises(error, match=message):
            cells.MultiRNNCell(given)

    def test_a_state_that_is_no_tuple_is_refused(self, graph):
        stack = cells.MultiRNNCell([cells.GRUCell(3), cells.GRUCell(2)])
        with pytest.raises(ValueError, match="Expected state to be a tuple of length 2"):
            stack(tf.ones([2, 4]), tf.zeros([2, 5]))

    def test_one_cell_twice_shares_its_weights(self, graph):
        cell = cells.GRUCell(4)
        stack = cells.MultiRNNCell([cell, cell])
        stack(tf.ones([1, 4]), stack.zero_state(1, tf.float32))
        assert len(tf.global_variables()) == 4
