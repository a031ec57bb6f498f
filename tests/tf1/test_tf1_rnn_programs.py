"""Whole small programs of recurrent networks: they learn, and go on from a checkpoint as before."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

rnn, seq2seq, cudnn = tf.contrib.rnn, tf.contrib.seq2seq, tf.contrib.cudnn_rnn
BATCH, STEPS, WORDS, END = 8, 4, 5, 0


def sequences(seed=0):
    """Words 1 to 4, a fixed jumble of them, and their reversal."""
    drawn = np.abs(np.sin(seed + 1.7 * np.arange(BATCH * STEPS))) * (WORDS - 1)
    words = 1 + drawn.astype(np.int32).reshape(BATCH, STEPS)
    return words, words[:, ::-1].copy()


ENCODERS = {
    "block": lambda x: tf.nn.dynamic_rnn(rnn.LSTMBlockCell(16), x, dtype=tf.float32)[0],
    "both_ways": lambda x: tf.concat(
        tf.nn.bidirectional_dynamic_rnn(rnn.GRUCell(8), rnn.GRUCell(8), x, dtype=tf.float32)[0], 2
    ),
    "cudnn": lambda x: tf.transpose(
        cudnn.CudnnLSTM(1, 16, seed=1)(tf.transpose(x, [1, 0, 2]))[0], [1, 0, 2]
    ),
    "fused": lambda x: tf.transpose(
        rnn.LSTMBlockFusedCell(16)(tf.transpose(x, [1, 0, 2]), dtype=tf.float32)[0], [1, 0, 2]
    ),
    "layer_norm": lambda x: tf.nn.dynamic_rnn(rnn.LayerNormBasicLSTMCell(16), x, dtype=tf.float32)[
        0
    ],
    "sru": lambda x: tf.nn.dynamic_rnn(rnn.SRUCell(16), x, dtype=tf.float32)[0],
}


class Tagger:
    """Says for every word whether one like it came before; only a memory can tell."""

    def __init__(self, encode):
        tf.set_random_seed(1)
        words, _ = sequences()
        seen = np.array([[w in row[:n] for n, w in enumerate(row)] for row in words])
        self.share = seen.mean()
        outputs = encode(tf.one_hot(words, WORDS))
        logits = tf.layers.dense(outputs, 2)
        self.loss = tf.losses.sparse_softmax_cross_entropy(seen.astype(np.int32), logits)
        self.train = tf.train.AdamOptimizer(0.03).minimize(self.loss)
        self.right = tf.reduce_mean(tf.to_float(tf.equal(tf.argmax(logits, 2), seen * 1)))


@pytest.mark.parametrize("name", ENCODERS)
def test_a_tagger_learns_what_came_before(session, name):
    tagger = Tagger(ENCODERS[name])
    session.run(tf.global_variables_initializer())
    for _ in range(150):
        session.run(tagger.train)
    assert 0.2 < tagger.share < 0.8
    assert session.run(tagger.right) > 0.95


@pytest.mark.parametrize("name", ["block", "cudnn"])
def test_training_goes_on_from_a_checkpoint_as_if_it_had_not_stopped(tmp_path, name):
    def losses(session, tagger, count):
        return [session.run([tagger.loss, tagger.train])[0] for _ in range(count)]

    with tf.Graph().as_default(), tf.Session() as session:
        tagger = Tagger(ENCODERS[name])
        saver = tf.train.Saver()
        session.run(tf.global_variables_initializer())
        losses(session, tagger, 5)
        path = saver.save(session, str(tmp_path / "c"))
        wanted = losses(session, tagger, 5)
    with tf.Graph().as_default(), tf.Session() as session:
        tagger = Tagger(ENCODERS[name])
        tf.train.Saver().restore(session, path)
        np.testing.assert_allclose(losses(session, tagger, 5), wanted, rtol=1e-4)


class Translator:
    """Reverses sequences: an encoder, a decoder with attention, trained and then searched."""

    def __init__(self):
        self.given, wanted = sequences()
        self.wanted = np.concatenate([wanted, np.full([BATCH, 1], END)], 1)
        with tf.variable_scope("encoder"):
            self.memory, self.state = tf.nn.dynamic_rnn(
                rnn.GRUCell(24), tf.one_hot(self.given, WORDS + 1), dtype=tf.float32
            )
        self.words = tf.layers.Dense(WORDS + 1, use_bias=False, name="words")

    def cell(self, width=1):
        memory = seq2seq.tile_batch(self.memory, width)
        attention = seq2seq.LuongAttention(24, memory)
        cell = seq2seq.AttentionWrapper(rnn.GRUCell(24), attention, attention_layer_size=24)
        start = cell.zero_state(BATCH * width, tf.float32)
        return cell, start.clone(cell_state=seq2seq.tile_batch(self.state, width))

    def trained(self):
        """The decoder's inputs are the right words, one step late."""
        late = np.concatenate([np.full([BATCH, 1], WORDS), self.wanted[:, :-1]], 1)
        helper = seq2seq.TrainingHelper(tf.one_hot(late, WORDS + 1), [STEPS + 1] * BATCH)
        cell, state = self.cell()
        decoder = seq2seq.BasicDecoder(cell, helper, state, self.words)
        outputs, _, _ = seq2seq.dynamic_decode(decoder, scope="decoder")
        weights = tf.ones([BATCH, STEPS + 1])
        return seq2seq.sequence_loss(
            outputs.rnn_output, tf.constant(self.wanted, tf.int32), weights
        )

    def said(self, width):
        """What the decoder says by itself: greedily, or the best of a search."""
        starts, embedding = [WORDS] * BATCH, tf.eye(WORDS + 1)
        cell, state = self.cell(width)
        if width == 1:
            helper = seq2seq.GreedyEmbeddingHelper(embedding, starts, END)
            decoder = seq2seq.BasicDecoder(cell, helper, state, self.words)
        else:
            decoder = seq2seq.BeamSearchDecoder(
                cell, embedding, starts, END, state, width, self.words
            )
        outputs, _, _ = seq2seq.dynamic_decode(
            decoder, maximum_iterations=STEPS + 2, scope="decoder"
        )
        return outputs.sample_id if width == 1 else outputs.predicted_ids[..., 0]


def test_a_translator_says_by_itself_what_it_was_taught(session):
    tf.set_random_seed(2)
    translator = Translator()
    with tf.variable_scope("decoding"):
        loss = translator.trained()
    train = tf.train.AdamOptimizer(0.02).minimize(loss)
    made = len(tf.global_variables())
    said = []
    for width in (1, 3):
        with tf.variable_scope("decoding", reuse=True):
            said.append(translator.said(width))
    assert len(tf.global_variables()) == made
    session.run(tf.global_variables_initializer())
    for _ in range(150):
        session.run(train)
    assert session.run(loss) < 0.1
    for words in session.run(said):
        assert (words[:, : STEPS + 1] == translator.wanted).mean() > 0.95
