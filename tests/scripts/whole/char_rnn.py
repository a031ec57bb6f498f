"""A character model: LSTM over unrolled text, saved, restored, and made to write."""
import os

import numpy as np
import tensorflow as tf
from tensorflow.contrib import legacy_seq2seq, rnn

text = 'hello tensor flow, hello session, hello graph. ' * 8
chars = sorted(set(text))
vocab = {c: i for i, c in enumerate(chars)}
data = np.array([vocab[c] for c in text])
BATCH, STEPS, SIZE = 4, 8, 24


class Model():
    def __init__(self, training=True):
        batch, steps = (BATCH, STEPS) if training else (1, 1)
        init = tf.random_uniform_initializer(-0.1, 0.1, seed=3)
        with tf.variable_scope('net', initializer=init, reuse=not training):
            cells = [rnn.BasicLSTMCell(SIZE, state_is_tuple=True) for _ in range(2)]
            self.cell = cell = rnn.MultiRNNCell(cells, state_is_tuple=True)
            self.inputs = tf.placeholder(tf.int32, [batch, steps])
            self.targets = tf.placeholder(tf.int32, [batch, steps])
            self.start = cell.zero_state(batch, tf.float32)
            w = tf.get_variable('softmax_w', [SIZE, len(chars)])
            b = tf.get_variable('softmax_b', [len(chars)])
            embedding = tf.get_variable('embedding', [len(chars), SIZE])
            inputs = tf.split(tf.nn.embedding_lookup(embedding, self.inputs), steps, 1)
            inputs = [tf.squeeze(x, [1]) for x in inputs]
            outputs, self.final = legacy_seq2seq.rnn_decoder(inputs, self.start, cell)
        output = tf.reshape(tf.concat(outputs, 1), [-1, SIZE])
        self.logits = tf.matmul(output, w) + b
        self.probs = tf.nn.softmax(self.logits)
        losses = legacy_seq2seq.sequence_loss_by_example(
            [self.logits], [tf.reshape(self.targets, [-1])], [tf.ones([batch * steps])])
        self.cost = tf.reduce_sum(losses) / batch / steps
        if training:
            tvars = tf.trainable_variables()
            grads, self.norm = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), 5.)
            self.train = tf.train.AdamOptimizer(0.02).apply_gradients(zip(grads, tvars))


x = data[:-1][:BATCH * STEPS * 10].reshape(BATCH, -1)
y = data[1:][:BATCH * STEPS * 10].reshape(BATCH, -1)
model = Model()
writer = Model(training=False)
saver = tf.train.Saver(tf.global_variables())
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for epoch in range(12):
        state = sess.run(model.start)
        for b in range(x.shape[1] // STEPS):
            feed = {model.inputs: x[:, b * STEPS:][:, :STEPS],
                    model.targets: y[:, b * STEPS:][:, :STEPS]}
            for i, (c, h) in enumerate(model.start):
                feed[c], feed[h] = state[i].c, state[i].h
            cost, state, norm, _ = sess.run(
                [model.cost, model.final, model.norm, model.train], feed)
        if epoch < 2:
            print('epoch %d cost %.3f norm %.2f' % (epoch, cost, norm))
    print('learned', cost < 1.0)
    path = saver.save(sess, os.path.join('save', 'model.ckpt'), global_step=7)

with tf.Session() as sess:
    saver.restore(sess, tf.train.latest_checkpoint('save'))
    state = sess.run(writer.start)
    written = 'h'
    for n in range(24):
        feed = {writer.inputs: [[vocab[written[-1]]]], writer.start: state}
        probs, state = sess.run([writer.probs, writer.final], feed)
        written += chars[int(np.argmax(probs))]
    print(path, written[:6])
for v in tf.trainable_variables():
    print(v.op.name, v.get_shape().as_list())
