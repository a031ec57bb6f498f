"""contrib.seq2seq's helpers: what a decoder is fed, against loops in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

seq2seq = tf.contrib.seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

WIDTH, STEPS, END = 4, 5, 2


def waves(*shape, seed=0.3):
    values = np.cos(seed + 1.7 * np.arange(np.prod(shape)))
    return values.reshape(shape).astype(np.float32)


FROM_INPUT, FROM_STATE = waves(WIDTH, WIDTH), waves(WIDTH, WIDTH, seed=2.0)
INPUTS = waves(3, STEPS, WIDTH, seed=1.0)
LENGTHS = [5, 2, 3]
EMBEDDING = waves(WIDTH, WIDTH, seed=4.0)


class Plain(tf.nn.rnn_cell.RNNCell):
    """A cell of two products and a tanh, without variables."""

    state_size = output_size = WIDTH

    def __call__(self, inputs, state, scope=None):
        output = tf.tanh(tf.matmul(inputs, FROM_INPUT) + tf.matmul(state, FROM_STATE))
        return output, output


def stepped(inputs, state):
    return np.tanh(inputs @ FROM_INPUT + state @ FROM_STATE)


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def decoded(helper, layer=None, batch=3, **options):
    decoder = seq2seq.BasicDecoder(Plain(), helper, tf.zeros([batch, WIDTH]), layer)
    return seq2seq.dynamic_decode(decoder, **options)


class TestTraining:
    def looped(self, inputs=INPUTS):
        """Outputs and the last state of each sequence, which stops at its length."""
        outputs, states = np.zeros([3, STEPS, WIDTH]), np.zeros([3, WIDTH])
        for row, length in enumerate(LENGTHS):
            for time in range(length):
                states[row] = outputs[row, time] = stepped(inputs[row, time], states[row])
        return outputs, states

    @pytest.mark.parametrize("time_major", [False, True])
    def test_the_right_sequence_is_read_whatever_comes_out(self, graph, time_major):
        given = INPUTS.transpose(1, 0, 2) if time_major else INPUTS
        helper = seq2seq.TrainingHelper(given, LENGTHS, time_major=time_major)
        (outputs, ids), state, lengths = run(decoded(helper, impute_finished=True))
        wanted, states = self.looped()
        np.testing.assert_allclose(outputs, wanted, atol=1e-5)
        np.testing.assert_allclose(state, states, atol=1e-5)
        assert lengths.tolist() == LENGTHS
        for row, length in enumerate(LENGTHS):
            assert ids[row, :length].tolist() == wanted[row, :length].argmax(1).tolist()
            assert (ids[row, length:] == 0).all()

    def test_without_imputing_ended_sequences_go_on(self, graph):
        helper = seq2seq.TrainingHelper(INPUTS, LENGTHS)
        (outputs, _), state, lengths = run(decoded(helper))
        wanted, states = self.looped()
        assert lengths.tolist() == LENGTHS
        for row, length in enumerate(LENGTHS):
            np.testing.assert_allclose(outputs[row, :length], wanted[row, :length], atol=1e-5)
        assert (outputs[1, 2:] != 0).any()
        np.testing.assert_allclose(state[0], states[0], atol=1e-5)
        assert np.abs(state[1] - states[1]).max() > 1e-3

    @pytest.mark.parametrize("limit", [1, 3, 9])
    def test_a_limit_stops_it(self, graph, limit):
        (outputs, _), _, lengths = run(
            decoded(seq2seq.TrainingHelper(INPUTS, LENGTHS), maximum_iterations=limit)
        )
        assert outputs.shape[1] == min(limit, STEPS)
        assert lengths.tolist() == [min(length, limit) for length in LENGTHS]

    def test_inputs_may_be_a_structure(self, graph):
        class OfTwo(Plain):
            def __call__(self, inputs, state, scope=None):
                return super().__call__(inputs["a"] + inputs["b"], state)

        helper = seq2seq.TrainingHelper({"a": INPUTS * 0.25, "b": INPUTS * 0.75}, LENGTHS)
        decoder = seq2seq.BasicDecoder(OfTwo(), helper, tf.zeros([3, WIDTH]))
        (outputs, _), _, _ = run(seq2seq.dynamic_decode(decoder, impute_finished=True))
        np.testing.assert_allclose(outputs, self.looped()[0], atol=1e-5)

    def test_sequences_that_are_all_empty_give_nothing(self, graph):
        (outputs, ids), state, lengths = run(decoded(seq2seq.TrainingHelper(INPUTS, [0, 0, 0])))
        assert outputs.shape == (3, 0, WIDTH)
        assert ids.shape == (3, 0)
        assert (state == 0).all()
        assert lengths.tolist() == [0, 0, 0]

    def test_a_layer_stands_behind_the_cell(self, graph):
        layer = tf.layers.Dense(2, kernel_initializer=tf.ones_initializer(), name="words")
        outputs, _, _ = decoded(seq2seq.TrainingHelper(INPUTS, LENGTHS), layer)
        assert outputs.rnn_output.shape.as_list() == [3, None, 2]
        found = run(outputs.rnn_output)
        wanted = self.looped()[0][0].sum(1)
        np.testing.assert_allclose(found[0], np.stack([wanted, wanted], 1), atol=1e-5)
        names = [v.op.name for v in tf.trainable_variables()]
        assert names == ["decoder/words/kernel", "decoder/words/bias"]

    def test_gradients_reach_the_inputs_that_count(self, graph):
        given = tf.constant(INPUTS)
        outputs, _, _ = decoded(seq2seq.TrainingHelper(given, LENGTHS), impute_finished=True)
        (slope,) = run(tf.gradients(tf.reduce_sum(outputs.rnn_output), given))
        counted = np.arange(STEPS) < np.array(LENGTHS)[:, np.newaxis]
        assert ((slope != 0).any(2) == counted).all()


class TestOwnWords:
    STARTS = (0, 1, 3)

    def looped(self, limit, choose):
        """Words of each sequence up to its END, by a choice from the cell's outputs."""
        found = []
        for start in self.STARTS:
            word, state, words = start, np.zeros(WIDTH), []
            while len(words) < limit and END not in words:
                state = stepped(EMBEDDING[word], state)
                word = choose(state)
                words.append(word)
            found.append(words)
        return found

    @pytest.mark.parametrize("function", [False, True])
    def test_the_likeliest_word_is_fed(self, graph, function):
        embedding = (lambda ids: tf.gather(EMBEDDING, ids)) if function else EMBEDDING
        helper = seq2seq.GreedyEmbeddingHelper(embedding, list(self.STARTS), END)
        (_, ids), _, lengths = run(decoded(helper, maximum_iterations=6))
        wanted = self.looped(6, np.argmax)
        assert lengths.tolist() == [len(words) for words in wanted]
        for row, words in enumerate(wanted):
            assert ids[row, : len(words)].tolist() == words

    def test_cold_draws_are_the_likeliest_words(self, graph):
        helper = seq2seq.SampleEmbeddingHelper(
            EMBEDDING, list(self.STARTS), END, softmax_temperature=1e-4, seed=1
        )
        (_, ids), _, _ = run(decoded(helper, maximum_iterations=6))
        for row, words in enumerate(self.looped(6, np.argmax)):
            assert ids[row, : len(words)].tolist() == words

    @pytest.mark.parametrize("temperature", [None, 3.0])
    def test_draws_are_as_likely_as_their_scores_say(self, graph, temperature):
        scores = np.float32([2.0, 0.0, 1.0])
        helper = seq2seq.SampleEmbeddingHelper(tf.eye(3), [0], END, temperature, seed=5)
        drawn = run(helper.sample(0, tf.constant(np.tile(scores, [4000, 1])), ()))
        powers = np.exp(scores / (temperature or 1.0))
        found = np.bincount(drawn, minlength=3) / 4000
        np.testing.assert_allclose(found, powers / powers.sum(), atol=0.04)

    def test_vectors_are_words_when_nobody_has_ended(self, graph):
        helper = seq2seq.GreedyEmbeddingHelper(EMBEDDING, [0, 1], END)
        finished, inputs, state = helper.next_inputs(0, None, "state", tf.constant([END, 3]))
        ended, vectors = run([finished, inputs])
        assert ended.tolist() == [True, False]
        np.testing.assert_allclose(vectors, EMBEDDING[[END, 3]])
        assert state == "state"
        all_ended = helper.next_inputs(0, None, (), tf.constant([END, END]))[1]
        np.testing.assert_allclose(run(all_ended), EMBEDDING[[0, 1]])


class TestScheduled:
    @pytest.mark.parametrize("probability", [0.0, [0.0, 0.0, 0.0]])
    def test_never_is_training(self, graph, probability):
        helper = seq2seq.ScheduledEmbeddingTrainingHelper(INPUTS, LENGTHS, EMBEDDING, probability)
        (outputs, ids), _, _ = run(decoded(helper, impute_finished=True))
        np.testing.assert_allclose(outputs, TestTraining().looped()[0], atol=1e-5)
        counted = np.arange(STEPS) < np.array(LENGTHS)[:, np.newaxis]
        assert (ids[counted] == -1).all()

    def test_rows_are_scheduled_on_their_own(self, graph):
        helper = seq2seq.ScheduledEmbeddingTrainingHelper(
            INPUTS, [5, 5, 5], EMBEDDING, [0.0, 1.0, 0.0], seed=1, scheduling_seed=2
        )
        (outputs, ids), _, _ = run(decoded(helper))
        assert (ids[[0, 2]] == -1).all()
        assert (ids[1] >= 0).all()
        state = np.zeros(WIDTH)
        fed = INPUTS[1, 0]
        for time in range(STEPS):
            state = stepped(fed, state)
            np.testing.assert_allclose(outputs[1, time], state, atol=1e-5)
            fed = EMBEDDING[ids[1, time]]

    def test_about_as_many_are_fed_as_the_probability_says(self, graph):
        many = 2000
        helper = seq2seq.ScheduledEmbeddingTrainingHelper(
            tf.zeros([many, 1, WIDTH]), [1] * many, EMBEDDING, 0.3, scheduling_seed=4
        )
        drawn = run(helper.sample(0, tf.zeros([many, WIDTH]), ()))
        assert abs((drawn >= 0).mean() - 0.3) < 0.05

    def test_own_outputs_are_fed_when_always(self, graph):
        helper = seq2seq.ScheduledOutputTrainingHelper(INPUTS, [5, 5, 5], 1.0, seed=1)
        (outputs, ids), _, _ = run(decoded(helper))
        state = np.zeros([3, WIDTH])
        fed = INPUTS[:, 0]
        for time in range(STEPS):
            state = fed = stepped(fed, state)
            np.testing.assert_allclose(outputs[:, time], state, atol=1e-5)
        assert (ids == 1).all()

    def test_a_function_and_more_inputs_stand_before_the_cell(self, graph):
        more = waves(3, STEPS, 2, seed=3.0)
        helper = seq2seq.ScheduledOutputTrainingHelper(
            INPUTS[..., :2],
            [5, 5, 5],
            1.0,
            next_inputs_fn=lambda outputs: -outputs[:, :2],
            auxiliary_inputs=more,
        )
        (outputs, _), _, _ = run(decoded(helper))
        state = np.zeros([3, WIDTH])
        fed = INPUTS[:, 0, :2]
        for time in range(STEPS):
            state = stepped(np.concatenate([fed, more[:, time]], 1), state)
            np.testing.assert_allclose(outputs[:, time], state, atol=1e-5)
            fed = -state[:, :2]

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (
                lambda: seq2seq.ScheduledEmbeddingTrainingHelper(
                    INPUTS, LENGTHS, EMBEDDING, [[0.5]]
                ),
                r"sampling_probability must be of rank 0 or 1. saw shape: \(1, 1\)",
            ),
            (
                lambda: seq2seq.ScheduledOutputTrainingHelper(INPUTS, LENGTHS, [0.5]),
                r"sampling_probability must be of rank 0. saw shape: \(1,\)",
            ),
        ],
    )
    def test_probabilities_of_a_wrong_rank_are_refused(self, graph, make, message):
        with pytest.raises(ValueError, match=message):
            make()


class TestFunctions:
    def test_a_custom_helper_decides_everything(self, graph):
        helper = seq2seq.CustomHelper(
            lambda: (tf.constant([False] * 3), tf.constant(INPUTS[:, 0])),
            lambda time, outputs, state: outputs[:, :2] + tf.cast(time, tf.float32),
            lambda time, outputs, state, sample_ids: (
                time + 1 >= LENGTHS,
                tf.concat([sample_ids, sample_ids], 1),
                -state,
            ),
            sample_ids_shape=[2],
            sample_ids_dtype=tf.float32,
        )
        (outputs, samples), state, lengths = run(decoded(helper))
        assert lengths.tolist() == LENGTHS
        fed, now = INPUTS[:, 0], np.zeros([3, WIDTH])
        for time in range(STEPS):
            now = stepped(fed, now)
            np.testing.assert_allclose(outputs[:, time], now, atol=1e-5)
            np.testing.assert_allclose(samples[:, time], now[:, :2] + time, atol=1e-5)
            fed, now = np.tile(now[:, :2] + time, [1, 2]), -now
        np.testing.assert_allclose(state, now, atol=1e-5)

    @pytest.mark.parametrize("function", [None, lambda samples: samples * 0.5])
    def test_samples_are_the_next_inputs(self, graph, function):
        helper = seq2seq.InferenceHelper(
            lambda outputs: outputs + 0.25,
            [WIDTH],
            tf.float32,
            INPUTS[:, 0],
            lambda samples: samples[:, 0] > 10.0,
            function,
        )
        (outputs, samples), _, lengths = run(decoded(helper, maximum_iterations=3))
        fed, now = INPUTS[:, 0], np.zeros([3, WIDTH])
        for time in range(3):
            now = stepped(fed, now)
            np.testing.assert_allclose(outputs[:, time], now, atol=1e-5)
            np.testing.assert_allclose(samples[:, time], now + 0.25, atol=1e-5)
            fed = (now + 0.25) * (0.5 if function else 1.0)
        assert lengths.tolist() == [3, 3, 3]

    def test_an_inference_ends_where_its_function_says(self, graph):
        helper = seq2seq.InferenceHelper(
            lambda outputs: outputs,
            [WIDTH],
            tf.float32,
            INPUTS[:, 0],
            lambda samples: tf.constant([True, False, True]),
        )
        assert helper.sample_ids_shape.as_list() == [WIDTH]
        assert helper.sample_ids_dtype == tf.float32
        _, _, lengths = run(decoded(helper, maximum_iterations=4))
        assert lengths.tolist() == [1, 4, 1]
