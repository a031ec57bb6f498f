"""contrib.seq2seq's beam search against a search in NumPy, step by step."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

seq2seq = tf.contrib.seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

WORDS, END, WIDTH = 5, 0, 3
TABLE = 1.5 * np.cos(0.9 + 1.7 * np.arange(WORDS * WORDS)).reshape(WORDS, WORDS)


def softmax(x):
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


class Chain(tf.nn.rnn_cell.RNNCell):
    """Scores that depend on the last word only, which is the input, one-hot; the state counts."""

    def __init__(self, dtype=tf.float32):
        super().__init__(dtype=dtype)

    state_size = 1
    output_size = WORDS

    def __call__(self, inputs, state, scope=None):
        return tf.matmul(inputs, tf.constant(TABLE, inputs.dtype)), state + 1.0


class Beam:
    """A sentence of the search: its words, the logarithm of its chance, and whether it ended."""

    def __init__(self, words=(), chance=0.0, ended=False, length=0, looked=0.0):
        self.words, self.chance, self.ended = words, chance, ended
        self.length, self.looked = length, looked

    def continued(self, start, attention):
        """Every continuation; a sentence that has ended goes on with END alone, at no cost."""
        if self.ended:
            yield Beam((*self.words, END), self.chance, True, self.length, self.looked)
            return
        surprises = np.log(softmax(TABLE[self.words[-1] if self.words else start]))
        looked = self.looked + attention
        for word, surprise in enumerate(surprises):
            ended = word == END
            length = self.length + 1
            made = Beam((*self.words, word), self.chance + surprise, ended, length, looked)
            made.counted = self.length + (not ended)
            made.was_ended = False
            yield made

    counted, was_ended = None, True

    def score(self, length_weight):
        length = self.length if self.counted is None else self.counted
        return self.chance / ((5.0 + length) / 6.0) ** length_weight


def searched(start, steps, length_weight=0.0, attention=0.0):
    """The best sentences, best first, after each step of a search."""
    beams = [Beam()]
    for _ in range(steps):
        every = [more for beam in beams for more in beam.continued(start, attention)]
        beams = sorted(every, key=lambda beam: -beam.score(length_weight))[:WIDTH]
        if all(beam.ended for beam in beams):
            break
    return beams


def decoder(starts=(1, 3), cell=None, state=None, **options):
    cell = cell or Chain()
    state = tf.zeros([len(starts) * WIDTH, 1]) if state is None else state
    embedding = tf.eye(WORDS, dtype=tf.nest.flatten(state)[0].dtype)
    return seq2seq.BeamSearchDecoder(cell, embedding, list(starts), END, state, WIDTH, **options)


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def shown(words):
    """Words up to the first END, which fills the rest."""
    words = tuple(int(word) for word in words)
    return words[: words.index(END)] if END in words else words


@pytest.mark.parametrize("weight", [0.0, 0.6, 2.0])
@pytest.mark.parametrize("steps", [1, 2, 6])
def test_the_best_sentences_are_kept_in_every_step(graph, weight, steps):
    starts = [1, 3]
    made = decoder(starts, length_penalty_weight=weight)
    outputs, state, lengths = run(seq2seq.dynamic_decode(made, maximum_iterations=steps))
    for row, start in enumerate(starts):
        wanted = searched(start, steps, weight)
        for number, beam in enumerate(wanted):
            assert shown(outputs.predicted_ids[row, :, number]) == shown(beam.words)
            np.testing.assert_allclose(state.log_probs[row, number], beam.chance, rtol=1e-4)
            assert state.lengths[row, number] == beam.length
            assert state.finished[row, number] == beam.ended
    assert lengths.shape == (2, WIDTH)


def test_scores_are_chances_divided_by_the_length_penalty(graph):
    made = decoder([1], length_penalty_weight=0.8)
    outputs, state, _ = run(seq2seq.dynamic_decode(made, maximum_iterations=4))
    scores = outputs.beam_search_decoder_output.scores[0, -1]
    for number in range(WIDTH):
        if not state.finished[0, number]:
            penalty = ((5 + state.lengths[0, number]) / 6) ** 0.8
            np.testing.assert_allclose(scores[number], state.log_probs[0, number] / penalty, 1e-4)
    assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_everything_has_the_dtype_of_the_state(graph, dtype):
    made = decoder(cell=Chain(dtype), state=tf.zeros([2 * WIDTH, 1], dtype))
    outputs, state, _ = seq2seq.dynamic_decode(made, maximum_iterations=2)
    assert outputs.beam_search_decoder_output.scores.dtype == dtype
    assert state.log_probs.dtype == dtype
    assert outputs.predicted_ids.dtype == tf.int32
    assert state.lengths.dtype == tf.int64


def test_sizes_are_known_as_far_as_they_can_be(graph):
    outputs, state, lengths = seq2seq.dynamic_decode(decoder(), maximum_iterations=2)
    assert outputs.predicted_ids.shape.as_list() == [2, None, WIDTH]
    assert state.log_probs.shape.as_list() == [2, WIDTH]
    assert state.cell_state.shape.as_list() == [2, WIDTH, 1]
    assert lengths.shape.as_list() == [2, WIDTH]


def test_steps_may_come_first(graph):
    limit = {"maximum_iterations": 3}
    first = seq2seq.dynamic_decode(decoder(), output_time_major=True, **limit)[0].predicted_ids
    last = seq2seq.dynamic_decode(decoder(), **limit)[0].predicted_ids
    turned, plain = run([first, last])
    np.testing.assert_array_equal(turned.transpose(1, 0, 2), plain)


def test_a_batch_of_unknown_size_is_searched(graph):
    starts = tf.placeholder(tf.int32, [None])
    state = tf.zeros([tf.size(starts) * WIDTH, 1])
    made = seq2seq.BeamSearchDecoder(Chain(), tf.eye(WORDS), starts, END, state, WIDTH)
    ids = seq2seq.dynamic_decode(made, maximum_iterations=4)[0].predicted_ids
    known = seq2seq.dynamic_decode(decoder([1, 3]), maximum_iterations=4)[0].predicted_ids
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(ids, {starts: [1, 3]}), session.run(known))
        assert session.run(ids, {starts: [2]}).shape[0] == 1


def test_states_follow_their_beams(graph):
    """A state that spells the words of its own beam has to spell what the search found."""

    class Spelling(Chain):
        state_size = 1

        def __call__(self, inputs, state, scope=None):
            word = tf.cast(tf.argmax(inputs, 1), tf.float32)[:, tf.newaxis]
            return super().__call__(inputs, state)[0], state * 10.0 + word

    outputs, state, _ = run(seq2seq.dynamic_decode(decoder(cell=Spelling()), maximum_iterations=4))
    for row, start in enumerate([1, 3]):
        for number in range(WIDTH):
            if not state.finished[row, number]:
                words = [start, *outputs.predicted_ids[row, :-1, number]]
                spelled = int("".join(str(word) for word in words))
                assert state.cell_state[row, number, 0] == spelled


class TestCoverage:
    """With a memory of equal steps, attention is even: each step of T is looked at 1/T a word."""

    MEMORY = 4

    def searched(self, weight, limit=5, **options):
        memory = tf.ones([2 * WIDTH, self.MEMORY, 3])
        cell = seq2seq.AttentionWrapper(
            Chain(),
            seq2seq.LuongAttention(WORDS, memory, **options),
            output_attention=False,
            cell_input_fn=lambda inputs, _: inputs,
            initial_cell_state=tf.zeros([2 * WIDTH, 1]),
        )
        made = decoder(
            cell=cell,
            state=cell.zero_state(2 * WIDTH, tf.float32),
            coverage_penalty_weight=weight,
        )
        return run(seq2seq.dynamic_decode(made, maximum_iterations=limit))

    def test_what_was_looked_at_adds_up_while_a_beam_is_alive(self, graph):
        _, state, _ = self.searched(1e-9)
        wanted = state.lengths[..., np.newaxis] / self.MEMORY
        shape = (2, WIDTH, self.MEMORY)
        np.testing.assert_allclose(
            state.accumulated_attention_probs, np.broadcast_to(wanted, shape), rtol=1e-5
        )

    def test_a_sentence_that_has_ended_pays_for_what_it_left_out(self, graph):
        outputs, state, _ = self.searched(0.2)
        scores = outputs.beam_search_decoder_output.scores[:, -1]
        parents = outputs.beam_search_decoder_output.parent_ids
        assert parents.shape == outputs.beam_search_decoder_output.scores.shape
        judged = 0
        for row, number in np.argwhere(state.finished):
            looked = min(state.lengths[row, number] / self.MEMORY, 1.0)
            paid = 0.2 * self.MEMORY * np.log(looked)
            if (outputs.predicted_ids[row, -2:, number] == END).all():
                # It had ended before the last step, and was judged in it.
                wanted = state.log_probs[row, number] + paid
                np.testing.assert_allclose(scores[row, number], wanted, rtol=1e-4)
                judged += 1
        assert judged

    def test_a_cell_without_attention_cannot_be_judged(self, graph):
        with pytest.raises(ValueError, match="AttentionWrapper must be used when coverage penalty"):
            seq2seq.dynamic_decode(decoder(coverage_penalty_weight=1.0), maximum_iterations=1)


class TestTrees:
    def followed(self, ids, parents, lengths):
        """By its definition: from the last step that counts back through the parents."""
        steps, batch, width = ids.shape
        found = np.full_like(ids, END)
        for row in range(batch):
            for beam in range(width):
                at = beam
                for time in reversed(range(min(steps, lengths[row]))):
                    found[time, row, beam] = ids[time, row, at]
                    at = parents[time, row, at]
                ended = np.flatnonzero(found[:, row, beam] == END)
                if ended.size:
                    found[ended[0] :, row, beam] = END
        return found

    @pytest.mark.parametrize("lengths", [[4, 4], [2, 3], [9, 1]])
    @pytest.mark.parametrize("seed", [0.0, 1.0, 2.5])
    def test_trees_are_followed(self, session, lengths, seed):
        drawn = np.cos(seed + 1.7 * np.arange(48)).reshape(2, 4, 2, 3)
        ids = np.int32(np.abs(drawn[0] * 9))
        parents = np.int32(np.abs(drawn[1] * 2.99))
        found = session.run(seq2seq.gather_tree(ids, parents, lengths, END))
        np.testing.assert_array_equal(found, self.followed(ids, parents, lengths))

    @pytest.mark.parametrize("multiplier", [1, 2, 3])
    def test_batches_are_repeated_entry_by_entry(self, session, multiplier):
        state = tf.nn.rnn_cell.LSTMStateTuple(tf.eye(2), tf.constant([[3.0], [4.0]]))
        made = seq2seq.tile_batch(state, multiplier)
        c, h = session.run(made)
        assert isinstance(made, tf.nn.rnn_cell.LSTMStateTuple)
        np.testing.assert_array_equal(c, np.repeat(np.eye(2), multiplier, 0))
        np.testing.assert_array_equal(h, np.repeat([[3.0], [4.0]], multiplier, 0))
        assert made.c.shape.as_list() == [2 * multiplier, 2]
