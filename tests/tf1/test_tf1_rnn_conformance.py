"""What holds for every cell of contrib.rnn, and their formulas in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

CELLS = {
    "attention": lambda: rnn.AttentionCellWrapper(rnn.GRUCell(4), 2),
    "block": lambda: rnn.LSTMBlockCell(4),
    "coupled": lambda: rnn.CoupledInputForgetGateLSTMCell(4, use_peepholes=True),
    "groups": lambda: rnn.GLSTMCell(4, number_of_groups=2),
    "gru_block": lambda: rnn.GRUBlockCellV2(4),
    "highway": lambda: rnn.HighwayWrapper(rnn.GRUCell(4)),
    "ind_rnn": lambda: rnn.IndRNNCell(4),
    "indy_gru": lambda: rnn.IndyGRUCell(4),
    "indy_lstm": lambda: rnn.IndyLSTMCell(4),
    "intersection": lambda: rnn.IntersectionRNNCell(4),
    "layer_norm": lambda: rnn.LayerNormBasicLSTMCell(4),
    "nas": lambda: rnn.NASCell(4),
    "sru": lambda: rnn.SRUCell(4),
    "ugrnn": lambda: rnn.UGRNNCell(4),
}
INPUTS = np.cos(0.9 * np.arange(24.0)).reshape(2, 3, 4).astype(np.float32)


def looped(cell, lengths=None, inputs=INPUTS, **options):
    x = tf.constant(inputs)
    return tf.nn.dynamic_rnn(cell, x, lengths, dtype=x.dtype, **options)


@pytest.mark.parametrize("name", CELLS)
class TestEveryCell:
    def test_a_loop_over_it_has_its_sizes_and_trains_every_variable(self, graph, name):
        cell = CELLS[name]()
        assert isinstance(cell, tf.nn.rnn_cell.RNNCell)
        assert cell.output_size == 4
        outputs, state = looped(cell)
        assert outputs.shape.as_list() == [2, 3, 4]
        sizes = tf.nest.flatten(CELLS[name]().state_size)
        assert [part.shape.as_list()[1] for part in tf.nest.flatten(state)] == sizes
        gradients = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
        assert gradients
        assert all(gradient is not None for gradient in gradients)

    def test_outputs_beyond_the_length_are_zero(self, graph, name):
        with tf.variable_scope("drawn", initializer=tf.random_uniform_initializer(0.1, 1, seed=3)):
            outputs, _ = looped(CELLS[name](), lengths=[1, 3])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = session.run(outputs)
        assert (found[0, 1:] == 0).all()
        assert (found[0, 0] != 0).any()
        assert (found[1] != 0).any(axis=1).all()

    def test_a_scope_that_is_reused_shares_variables(self, graph, name):
        with tf.variable_scope("s"):
            looped(CELLS[name]())
        made = len(tf.global_variables())
        with tf.variable_scope("s", reuse=True):
            looped(CELLS[name]())
        assert len(tf.global_variables()) == made
        assert all(v.op.name.startswith("s/rnn/") for v in tf.global_variables())

    def test_checkpoints_restore_into_another_graph(self, graph, tmp_path, name):
        outputs, _ = looped(CELLS[name]())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            expected = session.run(outputs)
            path = tf.train.Saver().save(session, str(tmp_path / "c"))
        with tf.Graph().as_default(), tf.Session() as session:
            outputs, _ = looped(CELLS[name]())
            tf.train.Saver().restore(session, path)
            assert session.run(outputs) == pytest.approx(expected, abs=1e-6)

    def test_stacked_cells_are_a_cell(self, graph, name):
        outputs, state = looped(rnn.MultiRNNCell([CELLS[name](), CELLS[name]()]))
        assert outputs.shape.as_list() == [2, 3, 4]
        assert len(state) == 2

    def test_dropout_goes_around(self, graph, name):
        cell = rnn.DropoutWrapper(CELLS[name](), output_keep_prob=0.5, seed=1)
        outputs, _ = looped(cell)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = session.run(outputs)
        assert 0 < (found == 0).sum() < found.size

    def test_a_static_loop_gives_the_same(self, graph, name):
        with tf.variable_scope("rnn"):
            first, _ = tf.nn.static_rnn(
                CELLS[name](), tf.unstack(tf.constant(INPUTS), axis=1), dtype=tf.float32
            )
        made = sorted(v.op.name.split("/", 2)[-1] for v in tf.global_variables())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert np.isfinite(session.run(first)).all()
        with tf.Graph().as_default():
            looped(CELLS[name]())
            again = sorted(v.op.name.split("/", 1)[-1] for v in tf.global_variables())
        assert [part.split("/", 1)[-1] for part in again] == [
            part.split("/", 1)[-1] for part in made
        ]


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def stepped(cell, x, state):
    """One step; the output, and the values of the variables by the end of their names."""
    output, _ = cell(tf.constant(x), tf.nest.map_structure(tf.constant, state))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {"/".join(v.op.name.split("/")[1:]): session.run(v) for v in tf.global_variables()}
        return session.run(output), values


X = np.array([[0.5, -1.0, 0.25]], np.float32)
H = np.array([[0.3, -0.6]], np.float32)
C = np.array([[0.9, -0.2]], np.float32)


def test_a_simple_recurrent_unit_by_its_formula(graph):
    output, values = stepped(rnn.SRUCell(2), X, C)
    new, f, r, passed = np.split(X @ values["kernel"], 4, axis=1)
    f, r = sigmoid(f), sigmoid(r)
    c = f * C + (1 - f) * new
    assert output == pytest.approx(r * np.tanh(c) + (1 - r) * passed, abs=1e-6)


def test_an_independent_gru_by_its_formula(graph):
    output, values = stepped(rnn.IndyGRUCell(2), X, H)
    gates = X @ values["gates/kernel_w"] + np.tile(H, [1, 2]) * values["gates/kernel_u"] + 1.0
    r, u = np.split(sigmoid(gates), 2, axis=1)
    new = np.tanh(X @ values["candidate/kernel"] + r * H * values["candidate/kernel_u"])
    assert output == pytest.approx(u * H + (1 - u) * new, abs=1e-6)


def test_an_independent_lstm_by_its_formula(graph):
    output, values = stepped(rnn.IndyLSTMCell(2), X, rnn.LSTMStateTuple(C, H))
    gates = X @ values["kernel_w"] + np.tile(H, [1, 4]) * values["kernel_u"]
    i, j, f, o = np.split(gates, 4, axis=1)
    c = C * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
    assert output == pytest.approx(np.tanh(c) * sigmoid(o), abs=1e-6)


def test_a_coupled_lstm_by_its_formula(graph):
    cell = rnn.CoupledInputForgetGateLSTMCell(2)
    output, values = stepped(cell, X, rnn.LSTMStateTuple(C, H))
    j, f, o = np.split(np.concatenate([X, H], 1) @ values["W_0"] + values["B"], 3, axis=1)
    f = sigmoid(f + 1.0)
    c = f * C + (1 - f) * np.tanh(j)
    assert output == pytest.approx(sigmoid(o) * np.tanh(c), abs=1e-6)


def test_one_group_is_an_lstm(graph):
    output, values = stepped(rnn.GLSTMCell(2), X, rnn.LSTMStateTuple(C, H))
    i, j, f, o = np.split(np.concatenate([X, H], 1) @ values["group0/kernel"], 4, axis=1)
    c = sigmoid(f + 1.0) * C + sigmoid(i) * np.tanh(j)
    assert output == pytest.approx(sigmoid(o) * np.tanh(c), abs=1e-6)


def test_an_intersection_by_its_formula(graph):
    x = X[:, :2]
    output, values = stepped(rnn.IntersectionRNNCell(2), x, H)
    parts = np.concatenate([x, H], 1) @ values["kernel"] + values["bias"]
    _, _, gate, y = np.split(parts, 4, axis=1)
    gate = sigmoid(gate + 1.0)
    assert output == pytest.approx(gate * x + (1 - gate) * np.maximum(y, 0), abs=1e-6)
