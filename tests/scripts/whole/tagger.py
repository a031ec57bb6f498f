"""A sequence tagger: characters and words, bidirectional LSTM, CRF, per-class scores."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib.crf import crf_log_likelihood, viterbi_decode

sentences = [(['Ann', 'lives', 'in', 'Rome'], ['B-PER', 'O', 'O', 'B-LOC']),
             (['Rome', 'is', 'old'], ['B-LOC', 'O', 'O']),
             (['Bob', 'saw', 'Ann'], ['B-PER', 'O', 'B-PER']),
             (['Ann', 'Lee', 'saw', 'New', 'York'], ['B-PER', 'I-PER', 'O', 'B-LOC', 'I-LOC'])]
words = {w: i + 1 for i, w in enumerate(sorted({w for s, _ in sentences for w in s}))}
tags = {t: i for i, t in enumerate(['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'])}
chars = {c: i + 1 for i, c in enumerate(sorted({c for w in words for c in w}))}


def pad(sequences, length):
    return [list(s) + [0] * (length - len(s)) for s in sequences]


lengths = [len(s) for s, _ in sentences]
word_ids = pad([[words[w] for w in s] for s, _ in sentences], 5)
tag_ids = pad([[tags[t] for t in ts] for _, ts in sentences], 5)
char_ids = [[pad([[chars[c] for c in w]], 5)[0] for w in s] + [[0] * 5] * (5 - len(s))
            for s, _ in sentences]
char_lengths = pad([[len(w) for w in s] for s, _ in sentences], 5)


class NERModel(object):
    def __init__(self):
        self.word_ids = tf.placeholder(tf.int32, [None, None], name='word_ids')
        self.lengths = tf.placeholder(tf.int32, [None], name='sequence_lengths')
        self.char_ids = tf.placeholder(tf.int32, [None, None, None], name='char_ids')
        self.char_lengths = tf.placeholder(tf.int32, [None, None], name='word_lengths')
        self.labels = tf.placeholder(tf.int32, [None, None], name='labels')
        self.dropout = tf.placeholder_with_default(1.0, [], name='dropout')
        init = tf.random_uniform_initializer(-0.3, 0.3, seed=9)
        with tf.variable_scope('model', initializer=init):
            self.add_embeddings()
            self.add_logits()
            log_likelihood, self.transitions = crf_log_likelihood(
                self.logits, self.labels, self.lengths)
        self.loss = tf.reduce_mean(-log_likelihood)
        optimizer = tf.train.AdamOptimizer(0.05)
        gs, vs = zip(*optimizer.compute_gradients(self.loss))
        gs, self.norm = tf.clip_by_global_norm(gs, 1)
        self.train = optimizer.apply_gradients(zip(gs, vs))

    def add_embeddings(self):
        with tf.variable_scope('words'):
            table = tf.Variable(np.linspace(-1, 1, 4 * (len(words) + 1)).reshape(-1, 4),
                                dtype=tf.float32, trainable=False, name='_word_embeddings')
            embedded = tf.nn.embedding_lookup(table, self.word_ids, name='word_embeddings')
        with tf.variable_scope('chars'):
            table = tf.get_variable('_char_embeddings', [len(chars) + 1, 3])
            chars_in = tf.nn.embedding_lookup(table, self.char_ids)
            s = tf.shape(chars_in)
            chars_in = tf.reshape(chars_in, shape=[s[0] * s[1], s[-2], 3])
            fw = tf.contrib.rnn.LSTMCell(4, state_is_tuple=True)
            bw = tf.contrib.rnn.LSTMCell(4, state_is_tuple=True)
            _, ((_, fw_out), (_, bw_out)) = tf.nn.bidirectional_dynamic_rnn(
                fw, bw, chars_in, dtype=tf.float32,
                sequence_length=tf.reshape(self.char_lengths, shape=[s[0] * s[1]]))
            output = tf.reshape(tf.concat([fw_out, bw_out], axis=-1), [s[0], s[1], 8])
        self.embedded = tf.nn.dropout(tf.concat([embedded, output], axis=-1), self.dropout)

    def add_logits(self):
        with tf.variable_scope('bi-lstm'):
            fw, bw = tf.contrib.rnn.LSTMCell(6), tf.contrib.rnn.LSTMCell(6)
            (fw_out, bw_out), _ = tf.nn.bidirectional_dynamic_rnn(
                fw, bw, self.embedded, sequence_length=self.lengths, dtype=tf.float32)
            output = tf.concat([fw_out, bw_out], axis=-1)
        with tf.variable_scope('proj'):
            W = tf.get_variable('W', dtype=tf.float32, shape=[12, len(tags)])
            b = tf.get_variable('b', [len(tags)], initializer=tf.zeros_initializer())
            steps = tf.shape(output)[1]
            flat = tf.matmul(tf.reshape(output, [-1, 12]), W) + b
            self.logits = tf.reshape(flat, [-1, steps, len(tags)])


model = NERModel()
feed = {model.word_ids: word_ids, model.lengths: lengths, model.char_ids: char_ids,
        model.char_lengths: char_lengths, model.labels: tag_ids}
print([v.op.name for v in tf.trainable_variables()])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(60):
        loss, norm, _ = sess.run([model.loss, model.norm, model.train], feed)
        if step < 3:
            print('%.4f %.3f' % (loss, norm))
    logits, transitions = sess.run([model.logits, model.transitions], feed)
    names = sorted(tags, key=tags.get)
    for logit, length, (s, t) in zip(logits, lengths, sentences):
        path, score = viterbi_decode(logit[:length], transitions)
        print(' '.join(names[i] for i in path), [names[i] for i in path] == t)
