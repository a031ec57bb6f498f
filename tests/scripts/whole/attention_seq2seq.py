"""Sequence to sequence with attention: digits learn to stand in reverse; beam search writes."""
import numpy as np
import tensorflow as tf
from tensorflow.python.layers import core as layers_core

GO, EOS, SYMBOLS, SIZE, BEAMS = 0, 1, 6, 20, 3
rng = np.random.RandomState(7)


def batch(size=8):
    lengths = rng.randint(2, 5, size)
    source = np.zeros([size, 4], np.int32)
    goal = np.full([size, 5], EOS, np.int32)
    for row, n in enumerate(lengths):
        source[row, :n] = rng.randint(2, SYMBOLS, n)
        goal[row, :n] = source[row, :n][::-1]
    return source, lengths, goal, lengths + 1


class Model(object):
    def __init__(self, mode):
        infer = mode == tf.contrib.learn.ModeKeys.INFER
        self.source = tf.placeholder(tf.int32, [None, None], name='source')
        self.source_length = tf.placeholder(tf.int32, [None], name='source_length')
        count = tf.shape(self.source)[0]
        init = tf.random_uniform_initializer(-0.2, 0.2, seed=11)
        with tf.variable_scope('encoder', initializer=init):
            embedding = tf.get_variable('embedding', [SYMBOLS, SIZE])
            memory, state = tf.nn.dynamic_rnn(
                tf.nn.rnn_cell.GRUCell(SIZE), tf.nn.embedding_lookup(embedding, self.source),
                self.source_length, dtype=tf.float32)
        lengths = self.source_length
        if infer:
            memory, lengths, state = [
                tf.contrib.seq2seq.tile_batch(t, BEAMS) for t in (memory, lengths, state)]
        with tf.variable_scope('decoder', initializer=init) as scope:
            projection = layers_core.Dense(SYMBOLS, use_bias=False, name='projection')
            mechanism = tf.contrib.seq2seq.LuongAttention(
                SIZE, memory, memory_sequence_length=lengths, scale=True)
            cell = tf.contrib.seq2seq.AttentionWrapper(
                tf.nn.rnn_cell.GRUCell(SIZE), mechanism, attention_layer_size=SIZE,
                name='attention')
            if infer:
                start = cell.zero_state(count * BEAMS, tf.float32).clone(cell_state=state)
                decoder = tf.contrib.seq2seq.BeamSearchDecoder(
                    cell, embedding, tf.fill([count], GO), EOS, start, BEAMS, projection)
                self.found = tf.contrib.seq2seq.dynamic_decode(
                    decoder, maximum_iterations=6, scope=scope)[0].predicted_ids
                return
            self.target = tf.placeholder(tf.int32, [None, None], name='target')
            self.target_length = tf.placeholder(tf.int32, [None], name='target_length')
            inputs = tf.concat([tf.fill([count, 1], GO), self.target[:, :-1]], 1)
            helper = tf.contrib.seq2seq.TrainingHelper(
                tf.nn.embedding_lookup(embedding, inputs), self.target_length)
            start = cell.zero_state(count, tf.float32).clone(cell_state=state)
            decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, start, projection)
            logits = tf.contrib.seq2seq.dynamic_decode(decoder, scope=scope)[0].rnn_output
        mask = tf.sequence_mask(self.target_length, dtype=tf.float32)
        self.loss = tf.contrib.seq2seq.sequence_loss(
            logits, self.target[:, :tf.shape(logits)[1]], mask)
        self.train = tf.contrib.layers.optimize_loss(
            self.loss, tf.contrib.framework.get_or_create_global_step(), 0.02, 'Adam',
            clip_gradients=5.0)


with tf.Graph().as_default(), tf.Session() as sess:
    model = Model(tf.contrib.learn.ModeKeys.TRAIN)
    saver = tf.train.Saver(tf.trainable_variables())
    for v in tf.trainable_variables():
        print(v.name, v.shape)
    sess.run(tf.global_variables_initializer())
    for step in range(120):
        s, sl, t, tl = batch()
        cost, _ = sess.run([model.loss, model.train], {
            model.source: s, model.source_length: sl, model.target: t, model.target_length: tl})
        if step < 3:
            print('step %d loss %.4f' % (step, cost))
    print('learned', cost < 0.9)
    saver.save(sess, './reverse')

with tf.Graph().as_default(), tf.Session() as sess:
    model = Model(tf.contrib.learn.ModeKeys.INFER)
    tf.train.Saver().restore(sess, './reverse')
    s, sl, t, tl = batch(2)
    ids = sess.run(model.found, {model.source: s, model.source_length: sl})
    print(ids.shape[0], ids.shape[2], ids.dtype)
