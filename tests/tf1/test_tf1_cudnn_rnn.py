"""contrib.cudnn_rnn's layers against cuDNN's own equations in NumPy, and how they are used."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

cudnn = tf.contrib.cudnn_rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

KINDS = {"CudnnGRU": 3, "CudnnLSTM": 4, "CudnnRNNRelu": 1, "CudnnRNNTanh": 1}
UNITS, WIDTH, STEPS, BATCH, LAYERS = 3, 4, 5, 2, 2
BOTH = pytest.mark.parametrize("directions", [1, 2])
EVERY = pytest.mark.parametrize("kind", KINDS)


def waves(*shape, seed=0.0):
    return 0.7 * np.cos(seed + 1.3 * np.arange(np.prod(shape))).reshape(shape)


INPUTS = waves(STEPS, BATCH, WIDTH)
SINGLE = INPUTS.astype(np.float32)


def layer(kind, directions=1, layers=LAYERS, **options):
    direction = "unidirectional" if directions == 1 else "bidirectional"
    return getattr(cudnn, kind)(layers, UNITS, direction=direction, **options)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def step(kind, x, state, w, r, bw, br):
    """One step by the equations of cuDNN's guide: matrices `[U, D]`, one for each gate."""
    h = state[0]
    gates = [x @ one.T + b for one, b in zip(w, bw, strict=True)]
    past = [h @ one.T + b for one, b in zip(r, br, strict=True)]
    if kind == "CudnnLSTM":
        i, f, new, o = (a + b for a, b in zip(gates, past, strict=True))
        c = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(new)
        return [sigmoid(o) * np.tanh(c), c]
    if kind == "CudnnGRU":
        reset, update = sigmoid(gates[0] + past[0]), sigmoid(gates[1] + past[1])
        new = np.tanh(gates[2] + reset * past[2])
        return [(1 - update) * new + update * h]
    both = gates[0] + past[0]
    return [np.tanh(both) if kind == "CudnnRNNTanh" else np.maximum(both, 0)]


def run_through(kind, inputs, state, weights, lengths, backwards):
    """One cell over time; a sequence that has ended keeps its state and gives zeros."""
    outputs = np.zeros([STEPS, BATCH, UNITS])
    for row, length in enumerate(lengths):
        now = [part[row : row + 1] for part in state]
        times = reversed(range(length)) if backwards else range(length)
        for time in times:
            now = step(kind, inputs[time, row : row + 1], now, *weights)
            outputs[time, row] = now[0]
        for part, last in zip(state, now, strict=True):
            part[row] = last
    return outputs, state


def network(kind, layer, buffer, inputs=INPUTS, states=None, lengths=None):
    """All layers; the buffer holds all matrices and then all biases."""
    gates, directions = KINDS[kind], layer.num_dirs
    sizes = [np.prod(shape) for shape in layer.canonical_weight_shapes]
    ends = np.cumsum([*sizes, *[UNITS] * len(layer.canonical_bias_shapes)])
    parts = np.split(buffer, ends[:-1])
    matrices = [
        part.reshape(shape)
        for part, shape in zip(parts, layer.canonical_weight_shapes, strict=False)
    ]
    biases = parts[len(matrices) :]
    count = 2 if kind == "CudnnLSTM" else 1
    cells = layer.num_layers * directions
    states = np.zeros([count, cells, BATCH, UNITS]) if states is None else np.array(states)
    for number in range(cells):
        if number % directions == 0:
            seen, found = inputs, []
        at = slice(2 * gates * number, 2 * gates * (number + 1))
        own, own_biases = matrices[at], biases[at]
        weights = (own[:gates], own[gates:], own_biases[:gates], own_biases[gates:])
        outputs, states[:, number] = run_through(
            kind,
            seen,
            list(states[:, number]),
            weights,
            [STEPS] * BATCH if lengths is None else lengths,
            backwards=number % directions == 1,
        )
        found.append(outputs)
        inputs = np.concatenate(found, 2)
    return inputs, states


def run(made, layer, fetches, seed=1.0):
    """Gives the layer made-up weights; the fetched values and the weights."""
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        buffer = waves(session.run(layer.kernel).size, seed=seed)
        layer.kernel.load(buffer, session)
        return session.run(fetches), buffer


@EVERY
@BOTH
@pytest.mark.parametrize("lengths", [None, [5, 2]])
def test_layers_compute_the_equations(graph, kind, directions, lengths):
    made = layer(kind, directions, dtype=tf.float64)
    outputs, states = made(tf.constant(INPUTS), sequence_lengths=lengths)
    (found, last), buffer = run(outputs, made, [outputs, states])
    wanted, wanted_states = network(kind, made, buffer, lengths=lengths)
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    np.testing.assert_allclose(last, wanted_states, atol=1e-12)


@EVERY
@BOTH
def test_a_first_state_is_used_and_sequences_may_come_first(graph, kind, directions):
    made = layer(kind, directions, dtype=tf.float64)
    shapes = made.state_shape(BATCH)
    first = tuple(waves(*shape, seed=2.0 + n) for n, shape in enumerate(shapes))
    turned = tuple(part.transpose(1, 0, 2) for part in first)
    outputs, states = made(INPUTS.transpose(1, 0, 2), turned, time_major=False)
    (found, last), buffer = run(outputs, made, [outputs, states])
    wanted, wanted_states = network(kind, made, buffer, states=first)
    np.testing.assert_allclose(found, wanted.transpose(1, 0, 2), atol=1e-12)
    for part, one in zip(last, wanted_states, strict=True):
        np.testing.assert_allclose(part, one.transpose(1, 0, 2), atol=1e-12)


@EVERY
def test_gradients_are_the_slopes(graph, kind):
    made = layer(kind, 2, dtype=tf.float64)
    outputs, states = made(tf.constant(INPUTS), sequence_lengths=[5, 3])
    loss = tf.reduce_sum(outputs**2) + sum(tf.reduce_sum(part**3) for part in states)
    (slope,) = tf.gradients(loss, made.kernel)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        size = session.run(tf.size(made.kernel))
        buffer, way = waves(size, seed=1.0), waves(size, seed=4.0)
        ends = []
        for distance in (1e-5, -1e-5):
            made.kernel.load(buffer + distance * way, session)
            ends.append(session.run(loss))
        made.kernel.load(buffer, session)
        assert np.sum(session.run(slope) * way) == pytest.approx(
            (ends[0] - ends[1]) / 2e-5, rel=1e-5
        )


@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
def test_everything_has_the_layers_dtype(graph, dtype):
    made = layer("CudnnGRU", dtype=dtype)
    outputs, (state,) = made(tf.constant(INPUTS, dtype))
    assert made.kernel.dtype.base_dtype == outputs.dtype == state.dtype == dtype
    found, buffer = run(outputs, made, outputs)
    wanted, _ = network("CudnnGRU", made, buffer)
    np.testing.assert_allclose(found, wanted, atol=2e-3 if dtype == tf.float16 else 1e-5)


def test_sizes_are_known_as_far_as_the_inputs_are(graph):
    x = tf.placeholder(tf.float32, [None, None, WIDTH])
    made = layer("CudnnLSTM", 2)
    outputs, (h, c) = made(x)
    assert outputs.shape.as_list() == [None, None, 2 * UNITS]
    assert h.shape.as_list() == c.shape.as_list() == [2 * LAYERS, None, UNITS]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(outputs, {x: np.zeros([7, 3, WIDTH])}).shape == (7, 3, 2 * UNITS)


@pytest.mark.parametrize("resource", [True, False])
@pytest.mark.parametrize(
    "optimizer",
    [lambda: tf.train.AdamOptimizer(0.05), lambda: tf.train.MomentumOptimizer(0.1, 0.9)],
)
def test_layers_are_trained(graph, resource, optimizer):
    with tf.variable_scope("net", use_resource=resource):
        outputs, _ = layer("CudnnLSTM", seed=3)(tf.constant(SINGLE))
    loss = tf.reduce_mean(tf.square(outputs - 0.25))
    train = optimizer().minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss)
        for _ in range(30):
            session.run(train)
        assert session.run(loss) < before / 2


class TestDropout:
    def run(self, layers, training, rate=0.5, seed=7):
        with tf.Graph().as_default():
            made = layer("CudnnRNNRelu", layers=layers, dropout=rate, seed=seed)
            outputs, _ = made(SINGLE, training=training)
            return run(outputs, made, outputs)[0]

    def test_it_is_between_layers_and_while_training(self):
        plain = self.run(2, training=True, rate=0.0)
        assert (self.run(2, training=False) == plain).all()
        assert (self.run(2, training=True) != plain).any()

    def test_one_layer_has_none(self):
        assert (self.run(1, training=True) == self.run(1, training=True, rate=0.0)).all()

    def test_a_seed_repeats_it(self):
        assert (self.run(2, training=True) == self.run(2, training=True)).all()
        assert (self.run(2, training=True) != self.run(2, training=True, seed=8)).any()


class TestVariables:
    def test_two_calls_share_the_weights(self, graph):
        made = layer("CudnnGRU")
        first, second = made(SINGLE)[0], made(SINGLE)[0]
        (one, other), _ = run(first, made, [first, second])
        assert (one == other).all()
        assert made.trainable_variables == [made.kernel]
        assert len(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)) == 1

    def test_a_scope_that_is_reused_shares_them_and_saves_them_once(self, graph):
        for reuse in (None, True):
            with tf.variable_scope("s", reuse=reuse):
                made = layer("CudnnGRU", name="rnn")
                made(SINGLE)
        assert [v.op.name for v in tf.global_variables()] == ["s/rnn/opaque_kernel"]
        assert len(tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)) == 1
        assert made.saveable is None

    def test_names_are_counted(self, graph):
        for _ in range(2):
            layer("CudnnRNNTanh")(SINGLE)
        names = [v.op.name for v in tf.global_variables()]
        assert names == ["cudnn_rnn_tanh/opaque_kernel", "cudnn_rnn_tanh_1/opaque_kernel"]

    def test_a_partitioner_leaves_the_buffer_whole(self, graph):
        with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
            layer("CudnnGRU")(SINGLE)
        assert [v.op.name for v in tf.global_variables()] == ["s/cudnn_gru/opaque_kernel"]

    def test_weights_start_as_glorot_drew_them_and_biases_from_zero(self, graph):
        made = layer("CudnnLSTM", 2, seed=5)
        made.build([None, None, WIDTH])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found = session.run(made.kernel)
        at = 0
        for shape in made.canonical_weight_shapes:
            part = found[at : at + np.prod(shape)]
            assert 0 < np.abs(part).max() <= np.sqrt(6 / sum(shape))
            at += np.prod(shape)
        assert found[at:].size == UNITS * len(made.canonical_bias_shapes)
        assert (found[at:] == 0).all()

    def test_initializers_are_given_each_matrix(self, graph):
        seen = []

        def start(shape, dtype=None, partition_info=None):
            seen.append((tuple(shape), dtype))
            return tf.fill(shape, tf.cast(0.5, dtype))

        made = layer("CudnnGRU", kernel_initializer=start, bias_initializer=tf.ones_initializer())
        made.build([None, None, WIDTH])
        assert seen == [(shape, tf.float32) for shape in made.canonical_weight_shapes]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert sorted(set(session.run(made.kernel).tolist())) == [0.5, 1.0]


class TestRefusals:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"direction": "up"}, "Invalid direction: up, expecting unidirectional or bidirect"),
            ({"input_mode": "x"}, r"Invalid input_mode: x, expect one of \(linear_input, skip_"),
            ({"dtype": tf.int32}, "Only support float16, float32, float64, provided .*int32"),
        ],
    )
    def test_options_that_there_are_not(self, options, message):
        with pytest.raises(ValueError, match=message):
            cudnn.CudnnLSTM(1, 2, **options)

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            ([2, 3], "Expecting input_shape with 3 dims, got 2"),
            ([2, 3, None], "last dimension of the inputs to `CudnnRNN` should be defined"),
        ],
    )
    def test_shapes_that_say_too_little(self, graph, shape, message):
        with pytest.raises(ValueError, match=message):
            layer("CudnnGRU").build(shape)

    @pytest.mark.parametrize("mode", ["skip_input", "auto_select"])
    def test_inputs_without_weights_are_left_to_cudnn(self, graph, mode):
        with pytest.raises(NotImplementedError, match="use input_mode='linear_input'"):
            layer("CudnnGRU", input_mode=mode).build([None, None, UNITS])

    def test_inputs_of_another_size_have_weights(self, graph):
        made = layer("CudnnGRU", input_mode="auto_select")
        assert made(SINGLE)[0].shape.as_list() == [STEPS, BATCH, UNITS]

    def test_what_is_not_known_yet(self, graph):
        made = layer("CudnnGRU")
        with pytest.raises(RuntimeError, match=r"CudnnGRU\.canonical_weight_shapes invoked before"):
            _ = made.canonical_weight_shapes
        with pytest.raises(ValueError, match="'input_size' is unknown since layer has not been"):
            _ = made.input_size

    @pytest.mark.parametrize("parts", [1, 3])
    def test_states_of_another_kind(self, graph, parts):
        state = tuple(tf.zeros([LAYERS, BATCH, UNITS]) for _ in range(parts))
        with pytest.raises(ValueError, match=f"CudnnLSTM has 2 parts, got {parts}"):
            layer("CudnnLSTM")(SINGLE, initial_state=state)
        with pytest.raises(TypeError, match=r"Invalid initial_state type: .*expecting tuple"):
            layer("CudnnLSTM")(SINGLE, initial_state=list(state))

    def test_checkpoints_by_object_say_what_to_use(self, graph, tmp_path):
        made = layer("CudnnLSTM")
        made.build([None, None, WIDTH])
        with pytest.raises(NotImplementedError, match=r"use tf\.train\.Saver"):
            tf.train.Checkpoint(layer=made).save(str(tmp_path / "c"))
