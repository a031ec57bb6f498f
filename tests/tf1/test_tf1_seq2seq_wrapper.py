"""contrib.seq2seq.AttentionWrapper and its mechanisms over several steps, against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

seq2seq = tf.contrib.seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

BATCH, MEMORY, UNITS, STEPS = 2, 4, 3, 3
LENGTHS = [4, 2]


def waves(*shape, seed=0.3):
    return np.cos(seed + 1.7 * np.arange(np.prod(shape))).reshape(shape)


FROM_INPUT, FROM_STATE = waves(2 + UNITS, UNITS), waves(UNITS, UNITS, seed=2.0)
INPUTS, VALUES = waves(STEPS, BATCH, 2, seed=1.0), waves(BATCH, MEMORY, UNITS, seed=3.0)
HELD = np.arange(MEMORY) < np.array(LENGTHS)[:, np.newaxis]
MASKED = VALUES * HELD[..., np.newaxis]


class Plain(tf.nn.rnn_cell.RNNCell):
    """A cell of two products and a tanh, without variables."""

    state_size = output_size = UNITS

    def __init__(self):
        super().__init__(dtype=tf.float64)

    def __call__(self, inputs, state, scope=None):
        output = tf.tanh(tf.matmul(inputs, FROM_INPUT) + tf.matmul(state, FROM_STATE))
        return output, output


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def mechanism(kind="LuongAttention", lengths=LENGTHS, **options):
    make = getattr(seq2seq, kind)
    return make(UNITS, tf.constant(VALUES), lengths, dtype=tf.float64, **options)


def wrapped(*mechanisms, **options):
    given = mechanisms[0] if len(mechanisms) == 1 else list(mechanisms)
    return seq2seq.AttentionWrapper(Plain(), given, **options)


def stepped(cell):
    """Runs a wrapped cell: outputs, the last state, histories, variables by their names' ends."""
    state, outputs = cell.zero_state(BATCH, tf.float64), []
    for time in range(STEPS):
        with tf.variable_scope("steps", reuse=time > 0):
            output, state = cell(tf.constant(INPUTS[time]), state)
        outputs.append(output)
    fetched = [outputs, state.attention, state.cell_state, state.alignments, state.time]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {}
        for seed, variable in enumerate(tf.global_variables()):
            value = waves(*variable.shape.as_list(), seed=seed)
            variable.load(value, session)
            values["/".join(variable.op.name.split("/")[-2:])] = value
        histories = state.alignment_history
        stacks = [part.stack() for part in tf.nest.flatten(histories)] if histories != () else []
        return *session.run(fetched), session.run(stacks), values


def looped(align, attend=lambda output, context: context, start=None, shown="attention"):
    """The wrapper's equations: `align` scores a query, `attend` joins output and context."""
    attention = np.zeros([BATCH, UNITS])
    state, last = np.zeros([BATCH, UNITS]), start
    outputs, history = [], []
    for x in INPUTS:
        state = np.tanh(np.concatenate([x, attention], 1) @ FROM_INPUT + state @ FROM_STATE)
        last = align(state, last)
        context = np.einsum("bt,btd->bd", last, MASKED)
        attention = attend(state, context)
        outputs.append(attention if shown == "attention" else state)
        history.append(last)
    return np.array(outputs), attention, state, np.array(history)


def luong(values):
    keys = MASKED @ values["memory_layer/kernel"]
    return lambda query: np.einsum("bd,btd->bt", query, keys)


def bahdanau(values):
    keys = MASKED @ values["memory_layer/kernel"]
    v = values["bahdanau_attention/attention_v"]
    project = values["query_layer/kernel"]
    return lambda query: np.tanh(keys + (query @ project)[:, np.newaxis]) @ v


SCORES = {"LuongAttention": luong, "BahdanauAttention": bahdanau}


def masked_softmax(score):
    return lambda query, _: softmax(np.where(HELD, score(query), -np.inf))


class TestSteps:
    @pytest.mark.parametrize("kind", SCORES)
    def test_attention_is_fed_back_step_by_step(self, graph, kind):
        cell = wrapped(mechanism(kind), alignment_history=True)
        outputs, attention, state, alignments, time, (history,), values = stepped(cell)
        wanted = looped(masked_softmax(SCORES[kind](values)))
        for found, one in zip([outputs, attention, state, history], wanted, strict=True):
            np.testing.assert_allclose(found, one, atol=1e-7)
        np.testing.assert_allclose(alignments, wanted[3][-1], atol=1e-7)
        assert time == STEPS

    def test_a_layer_makes_attention_of_output_and_context(self, graph):
        cell = wrapped(mechanism(), attention_layer_size=UNITS)
        outputs, *_, values = stepped(cell)
        kernel = values["attention_layer/kernel"]
        wanted = looped(
            masked_softmax(luong(values)), lambda out, seen: np.concatenate([out, seen], 1) @ kernel
        )
        np.testing.assert_allclose(outputs, wanted[0], atol=1e-7)

    def test_the_cells_output_may_be_shown(self, graph):
        cell = wrapped(mechanism(), output_attention=False)
        outputs, *_, values = stepped(cell)
        wanted = looped(masked_softmax(luong(values)), shown="output")
        np.testing.assert_allclose(outputs, wanted[0], atol=1e-7)
        assert cell.output_size == UNITS

    def test_inputs_and_attention_are_joined_as_told(self, graph):
        seen = []

        def join(inputs, attention):
            seen.append((inputs.shape.as_list(), attention.shape.as_list()))
            return tf.concat([inputs, 0.0 * attention], 1)

        outputs, *_, values = stepped(wrapped(mechanism(), cell_input_fn=join))
        score, state = masked_softmax(luong(values)), np.zeros([BATCH, UNITS])
        for time, x in enumerate(INPUTS):
            nothing = np.zeros([BATCH, UNITS])
            state = np.tanh(np.concatenate([x, nothing], 1) @ FROM_INPUT + state @ FROM_STATE)
            wanted = np.einsum("bt,btd->bd", score(state, None), MASKED)
            np.testing.assert_allclose(outputs[time], wanted, atol=1e-7)
        assert seen[0] == ([BATCH, 2], [BATCH, UNITS])

    def test_another_function_may_attend(self, graph):
        def attend(mechanism, cell_output, state, layer):
            alignments = tf.one_hot([1, 0], MEMORY, dtype=tf.float64)
            return tf.gather(mechanism.values, 0, axis=1), alignments, state

        outputs, _, _, alignments, *_ = stepped(wrapped(mechanism(), attention_fn=attend))
        np.testing.assert_allclose(outputs[-1], VALUES[:, 0])
        assert alignments.tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]

    def test_two_mechanisms_stand_side_by_side(self, graph):
        layers = [tf.layers.Dense(1, use_bias=False), tf.layers.Dense(2, use_bias=False)]
        cell = wrapped(
            mechanism(),
            mechanism("BahdanauAttention", lengths=None),
            attention_layer=layers,
            alignment_history=True,
        )
        outputs, _, _, alignments, _, histories, _ = stepped(cell)
        assert outputs[-1].shape == (BATCH, 1 + 2)
        assert [part.shape for part in histories] == [(STEPS, BATCH, MEMORY)] * 2
        for part, history in zip(alignments, histories, strict=True):
            np.testing.assert_array_equal(part, history[-1])
            np.testing.assert_allclose(history.sum(2), 1.0)
        assert (histories[0][:, 1, 2:] == 0).all()
        assert (histories[1][:, 1, 2:] > 0).all()

    def test_a_state_of_ones_own_is_where_it_starts(self, graph):
        given = waves(BATCH, UNITS, seed=9.0)
        cell = wrapped(mechanism(), initial_cell_state=tf.constant(given))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            state = session.run(cell.zero_state(BATCH, tf.float64))
        np.testing.assert_array_equal(state.cell_state, given)
        assert (state.attention == 0).all()
        assert state.time == 0


class TestMonotonic:
    def expected(self, mode, chances, before):
        """Where attention stops by its definition: the chance to pass every place before."""
        if mode == "hard":
            allowed = chances * np.cumsum(before, 1)
            first = np.cumsum(allowed, 1) == 1
            return allowed * first
        found = np.zeros_like(chances)
        for row in range(BATCH):
            for place in range(MEMORY):
                for start in range(place + 1):
                    passed = np.prod(1 - chances[row, start:place])
                    found[row, place] += before[row, start] * passed * chances[row, place]
        return found

    @pytest.mark.parametrize("mode", ["recursive", "parallel", "hard"])
    @pytest.mark.parametrize("kind", SCORES)
    def test_attention_moves_on_from_where_it_was(self, graph, mode, kind):
        name = kind.replace("Attention", "MonotonicAttention")
        cell = wrapped(mechanism(name, mode=mode, score_bias_init=-0.25), alignment_history=True)
        *_, (history,), values = stepped(cell)
        scope = name.replace("M", "_m").replace("A", "_a").lower()
        renamed = {key.replace("_monotonic", ""): value for key, value in values.items()}
        score, bias = SCORES[kind](renamed), values[f"{scope}/attention_score_bias"]

        def align(query, before):
            scores = np.where(HELD, score(query) + bias, -np.inf)
            chances = (scores > 0) * 1.0 if mode == "hard" else sigmoid(scores)
            return self.expected(mode, chances, before)

        first = np.tile(np.eye(MEMORY)[0], [BATCH, 1])
        np.testing.assert_allclose(history, looped(align, start=first)[3], atol=1e-6)

    def test_it_starts_at_the_first_step(self, session):
        made = mechanism("LuongMonotonicAttention")
        found = session.run(made.initial_alignments(BATCH, tf.float64))
        assert found.tolist() == [[1, 0, 0, 0]] * BATCH

    @pytest.mark.parametrize("kind", ["BahdanauMonotonicAttention", "LuongMonotonicAttention"])
    def test_the_bias_starts_as_told(self, graph, kind):
        made = mechanism(kind, score_bias_init=-3.5)
        made(tf.zeros([BATCH, UNITS], tf.float64), made.initial_state(BATCH, tf.float64))
        (bias,) = [v for v in tf.global_variables() if v.op.name.endswith("score_bias")]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(bias) == -3.5

    def test_noise_follows_its_seed(self, graph):
        found = []
        for seed in (1, 1, 2):
            with tf.Graph().as_default(), tf.Session() as session:
                made = mechanism(
                    "LuongMonotonicAttention", sigmoid_noise=1.0, sigmoid_noise_seed=seed
                )
                state = made.initial_state(BATCH, tf.float64)
                alignments, _ = made(tf.zeros([BATCH, UNITS], tf.float64), state)
                session.run(tf.global_variables_initializer())
                found.append(session.run(alignments))
        np.testing.assert_array_equal(found[0], found[1])
        assert (found[0] != found[2]).any()


class TestMasks:
    def score(self, session, **options):
        made = mechanism(**options)
        query = tf.constant(waves(BATCH, UNITS, seed=5.0))
        alignments, _ = made(query, made.initial_state(BATCH, tf.float64))
        session.run(tf.global_variables_initializer())
        return session.run([alignments, made.values])

    def test_what_is_beyond_a_length_gets_nothing_and_is_nothing(self, session):
        alignments, values = self.score(session)
        assert (alignments[1, 2:] == 0).all()
        np.testing.assert_allclose(alignments.sum(1), 1.0)
        np.testing.assert_array_equal(values, MASKED)

    def test_all_counts_without_lengths(self, session):
        alignments, values = self.score(session, lengths=None)
        assert (alignments > 0).all()
        np.testing.assert_array_equal(values, VALUES)

    def test_a_mask_of_ones_own_reaches_the_probabilities(self, session):
        alignments, _ = self.score(
            session, probability_fn=tf.identity, score_mask_value=tf.constant(-7.0, tf.float64)
        )
        assert (alignments[1, 2:] == -7.0).all()
        assert (alignments[HELD] != -7.0).all()

    def test_hardmax_may_be_the_probability(self, session):
        alignments, _ = self.score(session, probability_fn=seq2seq.hardmax)
        assert sorted(alignments[0].tolist()) == [0, 0, 0, 1]
        assert alignments[1, 2:].tolist() == [0, 0]


class TestClones:
    def state(self):
        return wrapped(mechanism(), alignment_history=True).zero_state(BATCH, tf.float64)

    def test_a_part_is_replaced_and_the_rest_kept(self, graph):
        state, given = self.state(), tf.ones([BATCH, UNITS], tf.float64)
        made = state.clone(cell_state=given)
        assert made.cell_state is given
        assert made.time is state.time
        assert made.alignments is state.alignments
        assert isinstance(made, seq2seq.AttentionWrapperState)

    def test_a_replaced_part_has_the_shape_of_the_old_one(self, graph):
        given = tf.placeholder(tf.float64, [None, None])
        assert self.state().clone(cell_state=given).cell_state.shape.as_list() == [BATCH, UNITS]
        with pytest.raises(ValueError, match=r"(?i)shapes"):
            self.state().clone(attention=tf.zeros([BATCH, UNITS + 1], tf.float64))

    def test_an_encoders_state_of_several_parts_fits(self, graph):
        cells = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(2) for _ in range(2)])
        memory = tf.ones([BATCH, MEMORY, 2])
        cell = seq2seq.AttentionWrapper(cells, seq2seq.LuongAttention(2, memory))
        encoded = cells.zero_state(BATCH, tf.float32)
        made = cell.zero_state(BATCH, tf.float32).clone(cell_state=encoded)
        assert tf.nest.flatten(made.cell_state) == tf.nest.flatten(encoded)


class TestSizesThatDoNotFit:
    """What a beam search needs is easily forgotten, so each error says what to tile."""

    WRONG = BATCH * 3

    def test_a_first_state_of_another_batch(self, graph):
        with pytest.raises(tf.errors.InvalidArgumentError, match="the batch_size of zero_state"):
            wrapped(mechanism()).zero_state(self.WRONG, tf.float64)

    def test_a_size_that_is_known_only_later(self, session):
        size = tf.placeholder(tf.int32, [])
        state = wrapped(mechanism()).zero_state(size, tf.float64).cell_state
        assert session.run(state, {size: BATCH}).shape == (BATCH, UNITS)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"contrib\.seq2seq\.tile_batch"):
            session.run(state, {size: self.WRONG})

    def test_a_state_of_ones_own_of_another_batch(self, graph):
        given = tf.zeros([self.WRONG, UNITS], tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"memory .* initial_cell_state"):
            wrapped(mechanism(), initial_cell_state=given)

    def test_a_query_of_another_batch(self, graph):
        state = wrapped(mechanism()).zero_state(BATCH, tf.float64)
        wide = [tf.zeros([self.WRONG, UNITS], tf.float64)] * 2
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"the query \(decoder output\)"):
            wrapped(mechanism())(
                tf.zeros([self.WRONG, 2], tf.float64),
                state._replace(cell_state=wide[0], attention=wide[1]),
            )

    @pytest.mark.parametrize("fed", [False, True])
    def test_an_empty_memory_cannot_be_attended_to(self, session, fed):
        lengths = tf.placeholder(tf.int32, [BATCH]) if fed else [0, 2]
        made = mechanism(lengths=lengths)
        query = tf.zeros([BATCH, UNITS], tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be greater than zero"):
            alignments, _ = made(query, made.initial_state(BATCH, tf.float64))
            session.run(tf.global_variables_initializer())
            session.run(alignments, {lengths: [0, 2]})

    @pytest.mark.parametrize("shape", [[BATCH, MEMORY, None], None])
    def test_a_memory_of_unknown_depth(self, graph, shape):
        memory = tf.placeholder(tf.float32, shape, name="seen")
        with pytest.raises(ValueError, match="memory seen:0 to have fully defined inner dims"):
            seq2seq.LuongAttention(UNITS, memory)
