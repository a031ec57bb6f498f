"""Parts of contrib.rnn's rarer cells that no recorded program shows."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
FLAT = {
    "coupled": lambda: rnn.CoupledInputForgetGateLSTMCell(4),
    "groups": lambda: rnn.GLSTMCell(4, number_of_groups=2),
    "ind_rnn": lambda: rnn.IndRNNCell(4),
    "indy_gru": lambda: rnn.IndyGRUCell(4),
    "indy_lstm": lambda: rnn.IndyLSTMCell(4),
    "intersection": lambda: rnn.IntersectionRNNCell(4),
    "sru": lambda: rnn.SRUCell(4),
}


@pytest.mark.parametrize("name", FLAT)
def test_cells_say_their_sizes(graph, name):
    cell = FLAT[name]()
    state = cell.zero_state(2, tf.float32)
    output, following = cell(tf.ones([2, 4]), state)
    assert cell.output_size == 4
    assert output.shape.as_list() == [2, 4]
    for before, after in zip(tf.nest.flatten(state), tf.nest.flatten(following), strict=True):
        assert before.shape.as_list() == after.shape.as_list() == [2, 4]


@pytest.mark.parametrize("name", FLAT)
def test_inputs_of_unknown_width_are_refused(graph, name):
    cell = FLAT[name]()
    state = cell.zero_state(2, tf.float32)
    with pytest.raises(ValueError, match=r"(?i)known|infer|defined"):
        cell(tf.placeholder(tf.float32, [2, None]), state)


@pytest.mark.parametrize("name", FLAT)
def test_a_loop_over_time_is_the_loop_of_steps(graph, name):
    x = tf.constant(np.cos(np.arange(24.0)).reshape(2, 3, 4), tf.float32)
    with tf.variable_scope("rnn"):
        cell = FLAT[name]()
        state, steps = cell.zero_state(2, tf.float32), []
        for step in range(3):
            if step and not cell.built:
                pytest.fail("the cell did not make its variables")
            scope = tf.get_variable_scope()
            with tf.variable_scope(scope, reuse=step > 0):
                output, state = cell(x[:, step], state)
            steps.append(output)
    looped, _ = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32, scope=reused("rnn"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first, second = session.run([steps, looped])
    assert np.array(first) == pytest.approx(np.array(second), abs=1e-6)


def reused(name):
    with tf.variable_scope(name, reuse=True) as scope:
        return scope


def test_independent_units_by_hand(graph):
    cell = rnn.IndRNNCell(2, activation=tf.identity)
    output, _ = cell(tf.constant([[1.0, 2.0]]), tf.constant([[10.0, 20.0]]))
    kernel, own, bias = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        kernel.load([[1.0, 0.0], [0.0, 3.0]], session)
        own.load([[0.5, 0.25]], session)
        bias.load([1.0, -1.0], session)
        # Inputs by their weights, each unit's own past, the bias.
        assert session.run(output).tolist() == [[1 + 5 + 1, 6 + 5 - 1]]


@pytest.mark.parametrize("cell", [rnn.IndRNNCell, rnn.IndyGRUCell, rnn.IndyLSTMCell])
def test_past_weights_start_between_minus_one_and_one(graph, cell):
    made = cell(50, dtype=tf.float32)
    made(tf.ones([1, 3]), made.zero_state(1, tf.float32))
    own = [v for v in tf.global_variables() if "kernel_u" in v.name]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = np.concatenate([part.ravel() for part in session.run(own)])
    assert np.abs(found).max() <= 1.0
    assert found.min() < -0.5 < 0.5 < found.max()


def test_initializers_of_weights_and_biases_are_used(graph):
    options = {
        "kernel_initializer": tf.constant_initializer(0.5),
        "bias_initializer": tf.constant_initializer(0.25),
    }
    for cell in (rnn.IndyGRUCell(2, **options), rnn.IndyLSTMCell(2, **options)):
        cell(tf.ones([1, 3]), cell.zero_state(1, tf.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for variable in tf.global_variables():
            value = session.run(variable)
            if "bias" in variable.name:
                assert (value == 0.25).all(), variable.name
            elif "kernel_u" not in variable.name:
                assert (value == 0.5).all(), variable.name


def test_a_gru_of_independent_units_starts_with_open_gates(graph):
    cell = rnn.IndyGRUCell(2)
    cell(tf.ones([1, 3]), cell.zero_state(1, tf.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {v.op.name.split("/", 1)[-1]: session.run(v) for v in tf.global_variables()}
    assert values["gates/bias"].tolist() == [1.0] * 4
    assert values["candidate/bias"].tolist() == [0.0] * 2


def test_a_phased_cell_keeps_its_state_while_it_is_closed(graph):
    cell = rnn.PhasedLSTMCell(3, leak=0.0)
    state = rnn.LSTMStateTuple(tf.ones([1, 3]), tf.ones([1, 3]) * 2)
    time = tf.placeholder(tf.float64, [1, 1])
    output, following = cell((time, tf.ones([1, 2])), state)
    made = {v.op.name.rsplit("/", 1)[-1]: v for v in tf.global_variables()}
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        periods = session.run(made["period"])
        phases = session.run(made["phase"])
        assert ((periods >= 1.0) & (periods <= 1000.0)).all()
        assert ((phases >= 0.0) & (phases <= 1000.0)).all()
        made["period"].load([10.0] * 3, session)
        made["phase"].load([0.0] * 3, session)
        # The unit is open in the first tenth of ten seconds.
        closed = session.run([output, following.c], {time: [[5.0]]})
        opened = session.run([output, following.c], {time: [[0.5]]})
    assert closed[0].tolist() == [[2.0] * 3]
    assert closed[1].tolist() == [[1.0] * 3]
    assert (opened[1] != 1.0).all()


def test_phased_gradients_reach_period_and_phase(graph):
    cell = rnn.PhasedLSTMCell(2, leak=0.5)
    output, _ = cell((tf.constant([[0.7]]), tf.ones([1, 2])), cell.zero_state(1, tf.float32))
    names = ("/period:0", "/phase:0")
    trained = [v for v in tf.trainable_variables() if v.name.endswith(names)]
    assert len(trained) == 2
    assert all(grad is not None for grad in tf.gradients(output, trained))


def test_pictures_may_have_other_names(graph):
    cell = rnn.Conv2DLSTMCell(
        input_shape=[4, 4, 1], output_channels=2, kernel_shape=[3, 3], name="mine"
    )
    cell(tf.zeros([1, 4, 4, 1]), cell.zero_state(1, tf.float32))
    assert [v.op.name for v in tf.global_variables()] == ["mine/kernel", "mine/biases"]


def test_compiled_cells_are_marked_for_the_compiler(graph):
    cell = rnn.CompiledWrapper(rnn.GRUCell(3))
    cell(tf.ones([2, 4]), cell.zero_state(2, tf.float32))
    marked = {op.type for op in graph.get_operations() if marked_for_xla(op)}
    assert "MatMul" in marked
    assert "VarHandleOp" not in marked
    with tf.Graph().as_default() as other:
        cell = rnn.CompiledWrapper(rnn.GRUCell(3), compile_stateful=True)
        cell(tf.ones([2, 4]), cell.zero_state(2, tf.float32))
        assert "VarHandleOp" in {op.type for op in other.get_operations() if marked_for_xla(op)}


def marked_for_xla(op):
    try:
        return op.get_attr("_XlaCompile")
    except ValueError:
        return False


def test_outputs_seen_are_the_last_ones(graph):
    cell = rnn.AttentionCellWrapper(rnn.GRUCell(2), attn_length=2)
    state, outputs = cell.zero_state(1, tf.float32), []
    for step in range(3):
        with tf.variable_scope("", reuse=step > 0):
            output, state = cell(tf.fill([1, 2], float(step)), state)
        outputs.append(output)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        seen, last = session.run([state[2], tf.concat(outputs[1:], 1)])
    assert seen == pytest.approx(last)
