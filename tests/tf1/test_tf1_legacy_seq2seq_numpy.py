"""contrib.legacy_seq2seq against loops in NumPy: what is fed, which weights are shared, losses."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

legacy = tf.contrib.legacy_seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

BATCH, UNITS, WORDS, SIZE = 2, 3, 5, 4
ENCODED = [[1, 3], [4, 0], [2, 2]]
DECODED = [[0, 1], [2, 4], [3, 3]]


def waves(*shape, seed=0.3):
    values = np.cos(seed + 1.7 * np.arange(np.prod(shape)))
    return values.reshape(shape).astype(np.float32)


def cell():
    return tf.nn.rnn_cell.BasicRNNCell(UNITS)


def ids(steps):
    return [tf.constant(step) for step in steps]


def numbers(count, width, seed=0.0):
    return [waves(BATCH, width, seed=seed + step) for step in range(count)]


def run(*fetches):
    """The fetched values, and made-up values of all variables by name."""
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {}
        for seed, variable in enumerate(tf.global_variables()):
            value = waves(*variable.shape.as_list(), seed=seed)
            variable.load(value, session)
            values[variable.op.name] = value
        return *session.run(list(fetches)), values


def stepped(x, state, values, scope):
    kernel, bias = (values[f"{scope}/basic_rnn_cell/{part}"] for part in ("kernel", "bias"))
    return np.tanh(np.concatenate([x, state], 1) @ kernel + bias)


def looped(inputs, values, scope, state=None):
    state = np.zeros([BATCH, UNITS]) if state is None else state
    outputs = []
    for x in inputs:
        state = stepped(x, state, values, scope)
        outputs.append(state)
    return np.array(outputs), state


def projected(x, values, scope):
    return x @ values[f"{scope}/kernel"] + values[f"{scope}/bias"]


class TestNumbers:
    def test_a_decoder_goes_on_from_a_state(self, graph):
        inputs, start = numbers(3, SIZE), waves(BATCH, UNITS, seed=8.0)
        made = legacy.rnn_decoder([tf.constant(x) for x in inputs], tf.constant(start), cell())
        outputs, state, values = run(*made)
        wanted, last = looped(inputs, values, "rnn_decoder", start)
        np.testing.assert_allclose(outputs, wanted, atol=1e-6)
        np.testing.assert_allclose(state, last, atol=1e-6)

    def test_a_loop_function_feeds_all_but_the_first_step(self, graph):
        inputs, steps = numbers(3, UNITS), []

        def double(output, step):
            steps.append(step)
            return output * 2.0

        made = legacy.rnn_decoder(
            [tf.constant(x) for x in inputs],
            tf.zeros([BATCH, UNITS]),
            cell(),
            loop_function=double,
            scope="mine",
        )
        outputs, _, values = run(*made)
        fed, state = inputs[0], np.zeros([BATCH, UNITS])
        for output in outputs:
            state = stepped(fed, state, values, "mine")
            np.testing.assert_allclose(output, state, atol=1e-6)
            fed = state * 2.0
        assert steps == [1, 2]

    def test_encoder_and_decoder_have_weights_of_their_own(self, graph):
        encoded, decoded = numbers(2, SIZE), numbers(3, SIZE, seed=5.0)
        made = legacy.basic_rnn_seq2seq(
            [tf.constant(x) for x in encoded], [tf.constant(x) for x in decoded], cell()
        )
        outputs, _, values = run(*made)
        _, between = looped(encoded, values, "basic_rnn_seq2seq/rnn")
        wanted, _ = looped(decoded, values, "basic_rnn_seq2seq/rnn_decoder", between)
        np.testing.assert_allclose(outputs, wanted, atol=1e-6)

    @pytest.mark.parametrize("scope", [None, "mine"])
    def test_tied_ones_share_them(self, graph, scope):
        encoded, decoded = numbers(2, SIZE), numbers(3, SIZE, seed=5.0)
        made = legacy.tied_rnn_seq2seq(
            [tf.constant(x) for x in encoded],
            [tf.constant(x) for x in decoded],
            cell(),
            scope=scope,
        )
        outputs, _, values = run(*made)
        name = f"combined_tied_rnn_seq2seq/{scope or 'tied_rnn_seq2seq'}"
        assert len(values) == 2
        _, between = looped(encoded, values, name)
        wanted, _ = looped(decoded, values, name, between)
        np.testing.assert_allclose(outputs, wanted, atol=1e-6)


class TestWords:
    """Every model of words, fed the right ones or its own."""

    def decoded(self, embedding, step, project, start, feed):
        state, outputs, fed = start, [], DECODED[0]
        for time, right in enumerate(DECODED):
            if time:
                fed = outputs[-1].argmax(1) if feed else right
            state = step(embedding[fed], state)
            outputs.append(project(state))
        return np.array(outputs)

    @pytest.mark.parametrize("feed", [False, True])
    @pytest.mark.parametrize("told_by_tensor", [False, True])
    def test_words_are_encoded_and_decoded(self, graph, feed, told_by_tensor):
        given = tf.constant(feed) if told_by_tensor else feed
        made = legacy.embedding_rnn_seq2seq(
            ids(ENCODED), ids(DECODED), cell(), WORDS, WORDS, SIZE, feed_previous=given
        )
        outputs, _, values = run(*made)
        scope = "embedding_rnn_seq2seq"
        encoder = f"{scope}/rnn/embedding_wrapper"
        _, between = looped(values[f"{encoder}/embedding"][np.array(ENCODED)], values, encoder)
        decoder = f"{scope}/embedding_rnn_decoder"
        wrapped = f"{decoder}/rnn_decoder/output_projection_wrapper"
        wanted = self.decoded(
            values[f"{decoder}/embedding"],
            lambda x, state: stepped(x, state, values, wrapped),
            lambda output: projected(output, values, wrapped),
            between,
            feed,
        )
        np.testing.assert_allclose(outputs, wanted, atol=1e-5)
        assert len(values) == 8

    @pytest.mark.parametrize("feed", [False, True])
    def test_a_projection_of_ones_own_chooses_the_words(self, graph, feed):
        weights, biases = waves(UNITS, WORDS, seed=7.0), waves(WORDS, seed=6.0)
        made = legacy.embedding_rnn_decoder(
            ids(DECODED),
            tf.zeros([BATCH, UNITS]),
            cell(),
            WORDS,
            SIZE,
            output_projection=(weights, biases),
            feed_previous=feed,
        )
        outputs, _, values = run(*made)
        scope = "embedding_rnn_decoder"
        state, fed = np.zeros([BATCH, UNITS]), DECODED[0]
        for time, output in enumerate(outputs):
            if time:
                fed = (outputs[time - 1] @ weights + biases).argmax(1) if feed else DECODED[time]
            vectors = values[f"{scope}/embedding"][fed]
            state = stepped(vectors, state, values, f"{scope}/rnn_decoder")
            np.testing.assert_allclose(output, state, atol=1e-5)

    @pytest.mark.parametrize("update", [True, False])
    def test_vectors_of_own_words_get_a_gradient_if_they_shall(self, graph, update):
        outputs, _ = legacy.embedding_rnn_decoder(
            ids([[0, 0], [1, 1]]),
            tf.zeros([BATCH, WORDS]),
            tf.nn.rnn_cell.BasicRNNCell(WORDS),
            WORDS,
            SIZE,
            output_projection=(np.eye(WORDS, dtype=np.float32), np.float32([0, 0, 0, 99, 0])),
            feed_previous=True,
            update_embedding_for_previous=update,
        )
        (vectors,) = [v for v in tf.global_variables() if v.op.name.endswith("/embedding")]
        slope = tf.convert_to_tensor(tf.gradients(outputs[1], vectors)[0])
        found, _ = run(slope)
        # Word 3 is always chosen; word 0 is what the first step was given.
        assert (found[3] != 0).any() == update
        assert (found[0] != 0).any()
        assert (found[[1, 2, 4]] == 0).all()

    @pytest.mark.parametrize("feed", [False, True])
    def test_tied_words_share_vectors_too(self, graph, feed):
        made = legacy.embedding_tied_rnn_seq2seq(
            ids(ENCODED), ids(DECODED), cell(), WORDS, SIZE, feed_previous=feed
        )
        outputs, _, values = run(*made)
        scope = "embedding_tied_rnn_seq2seq"
        inner = f"{scope}/combined_tied_rnn_seq2seq/tied_rnn_seq2seq/output_projection_wrapper"
        assert len(values) == 5
        embedding = values[f"{scope}/embedding"]
        _, between = looped(embedding[np.array(ENCODED)], values, inner)
        wanted = self.decoded(
            embedding,
            lambda x, state: stepped(x, state, values, inner),
            lambda output: projected(output, values, inner),
            between,
            feed,
        )
        np.testing.assert_allclose(outputs, wanted, atol=1e-5)

    def test_fewer_words_may_be_said_than_are_known(self, graph):
        outputs, _ = legacy.embedding_tied_rnn_seq2seq(
            ids(ENCODED), ids(DECODED), cell(), WORDS, SIZE, num_decoder_symbols=2
        )
        assert [output.shape.as_list() for output in outputs] == [[BATCH, 2]] * 3

    def test_one_encoder_serves_several_decoders(self, graph):
        outputs, states = legacy.one2many_rnn_seq2seq(
            ids(ENCODED),
            {"a": ids(DECODED), "b": ids(DECODED[:1])},
            cell(),
            {"a": cell(), "b": cell()},
            WORDS,
            {"a": WORDS, "b": 7},
            SIZE,
        )
        assert [len(outputs[name]) for name in "ab"] == [3, 1]
        assert outputs["b"][0].shape.as_list() == [BATCH, 7]
        last, values = run(states["a"])
        scope = "one2many_rnn_seq2seq"
        encoder = f"{scope}/rnn/embedding_wrapper"
        _, between = looped(values[f"{encoder}/embedding"][np.array(ENCODED)], values, encoder)
        decoder = f"{scope}/one2many_decoder_a/embedding_rnn_decoder"
        vectors = values[f"{decoder}/embedding"][np.array(DECODED)]
        wrapped = f"{decoder}/rnn_decoder/output_projection_wrapper"
        np.testing.assert_allclose(last, looped(vectors, values, wrapped, between)[1], atol=1e-5)


class TestAttention:
    def attended(self, query, memory, values, scope, head):
        """What a head sees: scores are the sum of v tanh(W h + U q)."""
        features = memory @ values[f"{scope}/AttnW_{head}"][0, 0]
        asked = projected(query, values, f"{scope}/Attention_{head}")
        scores = np.tanh(features + asked[:, np.newaxis]) @ values[f"{scope}/AttnV_{head}"]
        powers = np.exp(scores - scores.max(1, keepdims=True))
        return np.einsum("bt,btd->bd", powers / powers.sum(1, keepdims=True), memory)

    @pytest.mark.parametrize("heads", [1, 2])
    @pytest.mark.parametrize("from_start", [False, True])
    def test_heads_look_at_the_memory_in_every_step(self, graph, heads, from_start):
        inputs, memory = numbers(3, SIZE), waves(BATCH, 4, 2, seed=4.0)
        start = waves(BATCH, UNITS, seed=8.0)
        made = legacy.attention_decoder(
            [tf.constant(x) for x in inputs],
            tf.constant(start),
            tf.constant(memory),
            cell(),
            output_size=6,
            num_heads=heads,
            initial_state_attention=from_start,
        )
        outputs, last, values = run(*made)
        scope, state = "attention_decoder", start

        def look(query):
            return [self.attended(query, memory, values, scope, head) for head in range(heads)]

        seen = look(start) if from_start else [np.zeros([BATCH, 2])] * heads
        for x, output in zip(inputs, outputs, strict=True):
            joined = projected(np.concatenate([x, *seen], 1), values, scope)
            state = stepped(joined, state, values, scope)
            seen = look(state)
            both = np.concatenate([state, *seen], 1)
            wanted = projected(both, values, f"{scope}/AttnOutputProjection")
            np.testing.assert_allclose(output, wanted, atol=1e-5)
        np.testing.assert_allclose(last, state, atol=1e-5)

    @pytest.mark.parametrize("feed", [False, True])
    def test_the_memory_of_words_are_the_encoders_outputs(self, graph, feed):
        made = legacy.embedding_attention_seq2seq(
            ids(ENCODED), ids(DECODED), cell(), WORDS, WORDS, SIZE, feed_previous=feed
        )
        outputs, _, values = run(*made)
        scope = "embedding_attention_seq2seq"
        encoder = f"{scope}/rnn/embedding_wrapper"
        encoded, state = looped(values[f"{encoder}/embedding"][np.array(ENCODED)], values, encoder)
        memory = encoded.transpose(1, 0, 2)
        decoder = f"{scope}/embedding_attention_decoder"
        inner = f"{decoder}/attention_decoder"
        wrapped = f"{inner}/output_projection_wrapper"
        seen, fed = np.zeros([BATCH, UNITS]), DECODED[0]
        for time, output in enumerate(outputs):
            if time:
                fed = outputs[time - 1].argmax(1) if feed else DECODED[time]
            x = values[f"{decoder}/embedding"][fed]
            joined = projected(np.concatenate([x, seen], 1), values, inner)
            state = stepped(joined, state, values, wrapped)
            seen = self.attended(state, memory, values, inner, 0)
            both = np.concatenate([projected(state, values, wrapped), seen], 1)
            wanted = projected(both, values, f"{inner}/AttnOutputProjection")
            np.testing.assert_allclose(output, wanted, atol=1e-5)


class TestLosses:
    LOGITS, WEIGHTS = waves(3, BATCH, WORDS), np.float32([[1, 0.5], [1, 0], [0.25, 0]])

    def surprises(self):
        chances = np.exp(self.LOGITS) / np.exp(self.LOGITS).sum(-1, keepdims=True)
        return -np.log(np.take_along_axis(chances, np.array(DECODED)[..., None], 2)[..., 0])

    def given(self):
        steps = (list(map(tf.constant, part)) for part in (self.LOGITS, DECODED, self.WEIGHTS))
        return tuple(steps)

    @pytest.mark.parametrize("over_time", [True, False])
    def test_each_example_is_weighed(self, session, over_time):
        weighed = (self.surprises() * self.WEIGHTS).sum(0)
        wanted = weighed / self.WEIGHTS.sum(0) if over_time else weighed
        each = legacy.sequence_loss_by_example(*self.given(), average_across_timesteps=over_time)
        np.testing.assert_allclose(session.run(each), wanted, rtol=1e-5)
        for over_batch in (True, False):
            total = legacy.sequence_loss(
                *self.given(),
                average_across_timesteps=over_time,
                average_across_batch=over_batch,
            )
            divided = wanted.sum() / (BATCH if over_batch else 1)
            np.testing.assert_allclose(session.run(total), divided, rtol=1e-5)

    def test_a_loss_of_ones_own_is_called_by_name(self, session):
        def loss(labels, logits):
            return tf.cast(labels, tf.float32) + logits[:, 0]

        wanted = ((np.array(DECODED) + self.LOGITS[..., 0]) * self.WEIGHTS).sum(0)
        found = legacy.sequence_loss_by_example(
            *self.given(), average_across_timesteps=False, softmax_loss_function=loss
        )
        np.testing.assert_allclose(session.run(found), wanted, rtol=1e-5)

    def test_lists_of_other_lengths_are_refused(self, graph):
        logits, targets, weights = self.given()
        with pytest.raises(ValueError, match="must be the same 3, 3, 2"):
            legacy.sequence_loss_by_example(logits, targets[:2], weights)
        with pytest.raises(ValueError, match="must be the same 3, 2, 3"):
            legacy.sequence_loss(logits, targets, weights[:2])
