"""The core's recurrent cells by their formulas in NumPy: options, variables, checkpoints."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

cells = tf.nn.rnn_cell
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

BATCH, WIDTH, UNITS = 2, 4, 3


def waves(*shape, seed=0.3):
    return 0.8 * np.cos(seed + 1.7 * np.arange(np.prod(shape))).reshape(shape)


X, C = waves(BATCH, WIDTH), waves(BATCH, UNITS, seed=1.0)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def stepped(cell, state):
    """One step in float64: output, parts of the next state, variables by the end of their names."""
    given = tf.nest.map_structure(tf.constant, state)
    output, following = cell(tf.constant(X), given)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {}
        for seed, variable in enumerate(tf.global_variables()):
            value = waves(*variable.shape.as_list(), seed=seed)
            variable.load(value, session)
            values[variable.op.name.split("/", 1)[1]] = value
        return *session.run([output, tf.nest.flatten(following)]), values


class LSTM:
    """The formula of an LSTM with everything it may have."""

    def __init__(self, values, peepholes=False, clip=None, proj_clip=None, bias=1.0, tanh=np.tanh):
        self.values, self.clip, self.proj_clip = values, clip, proj_clip
        self.bias, self.tanh = bias, tanh
        none = dict.fromkeys("ifo", 0.0)
        self.diagonal = {k: values[f"w_{k}_diag"] for k in "ifo"} if peepholes else none

    def step(self, c, h):
        both = np.concatenate([X, h], 1) @ self.values["kernel"] + self.values["bias"]
        i, j, f, o = np.split(both, 4, axis=1)
        forget = sigmoid(f + self.bias + self.diagonal["f"] * c)
        c = forget * c + sigmoid(i + self.diagonal["i"] * c) * self.tanh(j)
        if self.clip:
            c = np.clip(c, -self.clip, self.clip)
        h = sigmoid(o + self.diagonal["o"] * c) * self.tanh(c)
        if "projection/kernel" in self.values:
            h = h @ self.values["projection/kernel"]
            if self.proj_clip:
                h = np.clip(h, -self.proj_clip, self.proj_clip)
        return c, h


def relu(x):
    return np.maximum(x, 0.0)


LSTMS = {
    "plain": ({}, {}),
    "activated": ({"activation": tf.nn.relu}, {"tanh": relu}),
    "clipped": ({"cell_clip": 0.3}, {"clip": 0.3}),
    "forgetting": ({"forget_bias": -0.5}, {"bias": -0.5}),
    "peepholes": ({"use_peepholes": True}, {"peepholes": True}),
    "projected": ({"num_proj": 2}, {}),
    "projected_clipped": ({"num_proj": 2, "proj_clip": 0.2}, {"proj_clip": 0.2}),
    "everything": (
        {"use_peepholes": True, "num_proj": 5, "cell_clip": 0.4, "proj_clip": 0.3},
        {"peepholes": True, "clip": 0.4, "proj_clip": 0.3},
    ),
}


@pytest.mark.parametrize("name", LSTMS)
@pytest.mark.parametrize("tuples", [True, False])
def test_an_lstm_by_its_formula(graph, name, tuples):
    options, formula = LSTMS[name]
    cell = cells.LSTMCell(UNITS, state_is_tuple=tuples, dtype=tf.float64, **options)
    h = waves(BATCH, options.get("num_proj", UNITS), seed=2.0)
    state = cells.LSTMStateTuple(C, h) if tuples else np.concatenate([C, h], 1)
    output, after, values = stepped(cell, state)
    wanted_c, wanted_h = LSTM(values, **formula).step(C, h)
    np.testing.assert_allclose(output, wanted_h, atol=1e-9)
    np.testing.assert_allclose(np.concatenate(after, 1), np.hstack([wanted_c, wanted_h]), atol=1e-9)
    assert cell.output_size == h.shape[1]
    assert np.sum(cell.state_size) == UNITS + h.shape[1]


@pytest.mark.parametrize("tuples", [True, False])
@pytest.mark.parametrize("bias", [1.0, 0.25])
def test_a_basic_lstm_by_its_formula(graph, tuples, bias):
    h = waves(BATCH, UNITS, seed=2.0)
    cell = cells.BasicLSTMCell(UNITS, forget_bias=bias, state_is_tuple=tuples, dtype=tf.float64)
    state = cells.LSTMStateTuple(C, h) if tuples else np.concatenate([C, h], 1)
    output, after, values = stepped(cell, state)
    wanted_c, wanted_h = LSTM(values, bias=bias).step(C, h)
    np.testing.assert_allclose(output, wanted_h, atol=1e-9)
    np.testing.assert_allclose(np.concatenate(after, 1), np.hstack([wanted_c, wanted_h]), atol=1e-9)


@pytest.mark.parametrize(("given", "function"), [(None, np.tanh), (tf.nn.relu, relu)])
def test_a_gru_by_its_formula(graph, given, function):
    output, (state,), values = stepped(cells.GRUCell(UNITS, given, dtype=tf.float64), C)
    gates = np.concatenate([X, C], 1) @ values["gates/kernel"] + values["gates/bias"]
    reset, update = np.split(sigmoid(gates), 2, axis=1)
    seen = np.concatenate([X, reset * C], 1)
    new = function(seen @ values["candidate/kernel"] + values["candidate/bias"])
    wanted = update * C + (1 - update) * new
    np.testing.assert_allclose(output, wanted, atol=1e-9)
    np.testing.assert_array_equal(state, output)


@pytest.mark.parametrize(("given", "function"), [(None, np.tanh), (tf.nn.relu, relu)])
def test_a_basic_network_by_its_formula(graph, given, function):
    output, (state,), values = stepped(cells.BasicRNNCell(UNITS, given, dtype=tf.float64), C)
    wanted = function(np.concatenate([X, C], 1) @ values["kernel"] + values["bias"])
    np.testing.assert_allclose(output, wanted, atol=1e-9)
    np.testing.assert_array_equal(state, output)


class TestVariables:
    @pytest.mark.parametrize(
        ("make", "names"),
        [
            (cells.BasicRNNCell, ["bias", "kernel"]),
            (cells.BasicLSTMCell, ["bias", "kernel"]),
            (cells.LSTMCell, ["bias", "kernel"]),
            (
                cells.GRUCell,
                ["candidate/bias", "candidate/kernel", "gates/bias", "gates/kernel"],
            ),
        ],
    )
    @pytest.mark.parametrize("name", [None, "mine"])
    def test_names_follow_the_class_or_the_given_one(self, graph, make, names, name):
        cell = make(UNITS, name=name)
        with tf.variable_scope("outer"):
            cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))
        known = {"BasicRNNCell": "basic_rnn_cell", "BasicLSTMCell": "basic_lstm_cell"}
        known |= {"LSTMCell": "lstm_cell", "GRUCell": "gru_cell"}
        scope = f"outer/{name or known[make.__name__]}"
        assert sorted(v.op.name for v in tf.global_variables()) == [
            f"{scope}/{part}" for part in names
        ]

    def test_two_cells_of_a_kind_are_counted(self, graph):
        for _ in range(2):
            cell = cells.GRUCell(UNITS)
            cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))
        scopes = {v.op.name.split("/")[0] for v in tf.global_variables()}
        assert scopes == {"gru_cell", "gru_cell_1"}

    def test_reuse_finds_what_was_made(self, graph):
        for reuse in (None, True):
            cell = cells.GRUCell(UNITS, reuse=reuse, name="shared")
            cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))
        assert len(tf.global_variables()) == 4

    def test_reuse_of_nothing_is_refused(self, graph):
        cell = cells.GRUCell(UNITS, reuse=True)
        with pytest.raises(ValueError, match="does not exist"):
            cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))

    def test_gates_of_a_gru_start_open(self, session):
        cell = cells.GRUCell(UNITS)
        cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))
        session.run(tf.global_variables_initializer())
        values = {v.op.name: session.run(v) for v in tf.global_variables()}
        assert (values["gru_cell/gates/bias"] == 1.0).all()
        assert (values["gru_cell/candidate/bias"] == 0.0).all()

    def test_the_initializer_of_an_lstm_is_for_all_but_biases(self, session):
        start = tf.constant_initializer(0.5)
        cell = cells.LSTMCell(UNITS, use_peepholes=True, num_proj=2, initializer=start)
        cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))
        session.run(tf.global_variables_initializer())
        for variable in tf.global_variables():
            wanted = 0.0 if variable.op.name.endswith("bias") else 0.5
            assert (session.run(variable) == wanted).all(), variable.op.name

    @pytest.mark.parametrize("make", [cells.BasicLSTMCell, cells.GRUCell, cells.LSTMCell])
    def test_weights_are_listed_once_they_are_made(self, graph, make):
        cell = make(UNITS)
        assert cell.variables == []
        cell(tf.ones([1, WIDTH]), cell.zero_state(1, tf.float32))
        assert {v.name for v in cell.trainable_weights} == {
            v.name for v in tf.trainable_variables()
        }
        assert len(cell.get_weights()) == len(tf.global_variables())


class TestStates:
    @pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
    def test_first_states_are_zeros_of_a_size_that_may_be_a_tensor(self, session, dtype):
        size = tf.placeholder(tf.int32, [])
        state = cells.LSTMCell(UNITS, num_proj=2).zero_state(size, dtype)
        assert [part.shape.as_list() for part in state] == [[None, UNITS], [None, 2]]
        c, h = session.run(state, {size: 4})
        assert (c.shape, h.shape) == ((4, UNITS), (4, 2))
        assert not c.any()
        assert not h.any()
        assert state.c.dtype == dtype

    def test_a_state_tuple_knows_its_dtype(self, graph):
        assert cells.LSTMStateTuple(tf.zeros([1]), tf.zeros([1])).dtype == tf.float32
        with pytest.raises(TypeError, match=r"(?i)inconsistent"):
            _ = cells.LSTMStateTuple(tf.zeros([1]), tf.zeros([1], tf.float64)).dtype

    @pytest.mark.parametrize("name", ["plain", "everything"])
    def test_checkpoints_do_not_depend_on_how_states_are_held(self, graph, tmp_path, name):
        """A cell whose state is side by side reads what one with tuples wrote."""
        options, _ = LSTMS[name]
        found = []
        for tuples in (True, False):
            with tf.Graph().as_default(), tf.Session() as session:
                cell = cells.LSTMCell(UNITS, state_is_tuple=tuples, **options)
                inputs = tf.constant(X, tf.float32)[:, tf.newaxis]
                outputs, _ = tf.nn.dynamic_rnn(cell, inputs, dtype=tf.float32)
                saver = tf.train.Saver()
                if tuples:
                    session.run(tf.global_variables_initializer())
                    path = saver.save(session, str(tmp_path / "c"))
                else:
                    saver.restore(session, path)
                found.append(session.run(outputs))
        np.testing.assert_array_equal(found[0], found[1])
