"""A convolutional text classifier with summaries of every gradient and checkpoints to keep."""
import os
import shutil

import numpy as np
import tensorflow as tf
from tensorflow.contrib import learn

positive = ['a truly great film', 'great fun and a fine story', 'fine acting great ending',
            'funny and warm', 'warm fine great']
negative = ['a truly bad film', 'dull and slow', 'slow story bad ending', 'bad acting',
            'dull bad film']
x_text = positive + negative
y = np.concatenate([[[0, 1]] * len(positive), [[1, 0]] * len(negative)], 0)
vocab_processor = learn.preprocessing.VocabularyProcessor(max(len(t.split()) for t in x_text))
x = np.array(list(vocab_processor.fit_transform(x_text)))
print(x.shape, x[0].tolist(), len(vocab_processor.vocabulary_))


class TextCNN(object):
    def __init__(self, sequence_length, num_classes, vocab_size, size, filter_sizes, num_filters):
        self.input_x = tf.placeholder(tf.int32, [None, sequence_length], name="input_x")
        self.input_y = tf.placeholder(tf.float32, [None, num_classes], name="input_y")
        self.keep = tf.placeholder(tf.float32, name="dropout_keep_prob")
        with tf.device('/cpu:0'), tf.name_scope("embedding"):
            self.W = tf.Variable(tf.random_uniform([vocab_size, size], -1.0, 1.0, seed=1), name="W")
            chars = tf.nn.embedding_lookup(self.W, self.input_x)
            expanded = tf.expand_dims(chars, -1)
        pooled_outputs = []
        for i, filter_size in enumerate(filter_sizes):
            with tf.name_scope("conv-maxpool-%s" % filter_size):
                shape = [filter_size, size, 1, num_filters]
                W = tf.Variable(tf.truncated_normal(shape, stddev=0.1, seed=i), name="W")
                b = tf.Variable(tf.constant(0.1, shape=[num_filters]), name="b")
                conv = tf.nn.conv2d(expanded, W, strides=[1, 1, 1, 1], padding="VALID")
                h = tf.nn.relu(tf.nn.bias_add(conv, b), name="relu")
                pooled_outputs.append(tf.nn.max_pool(
                    h, ksize=[1, sequence_length - filter_size + 1, 1, 1],
                    strides=[1, 1, 1, 1], padding='VALID', name="pool"))
        total = num_filters * len(filter_sizes)
        self.h_pool_flat = tf.reshape(tf.concat(pooled_outputs, 3), [-1, total])
        with tf.name_scope("dropout"):
            self.h_drop = tf.nn.dropout(self.h_pool_flat, self.keep, seed=8)
        with tf.name_scope("output"):
            W = tf.get_variable("W", shape=[total, num_classes],
                                initializer=tf.contrib.layers.xavier_initializer(seed=4))
            b = tf.Variable(tf.constant(0.1, shape=[num_classes]), name="b")
            l2_loss = tf.nn.l2_loss(W) + tf.nn.l2_loss(b)
            self.scores = tf.nn.xw_plus_b(self.h_drop, W, b, name="scores")
            self.predictions = tf.argmax(self.scores, 1, name="predictions")
        losses = tf.nn.softmax_cross_entropy_with_logits(logits=self.scores, labels=self.input_y)
        self.loss = tf.reduce_mean(losses) + 0.1 * l2_loss
        correct = tf.equal(self.predictions, tf.argmax(self.input_y, 1))
        self.accuracy = tf.reduce_mean(tf.cast(correct, "float"), name="accuracy")


with tf.Graph().as_default():
    session_conf = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
    sess = tf.Session(config=session_conf)
    with sess.as_default():
        cnn = TextCNN(x.shape[1], 2, len(vocab_processor.vocabulary_), 6, [2, 3], 4)
        global_step = tf.Variable(0, name="global_step", trainable=False)
        optimizer = tf.train.AdamOptimizer(1e-2)
        grads_and_vars = optimizer.compute_gradients(cnn.loss)
        train_op = optimizer.apply_gradients(grads_and_vars, global_step=global_step)
        grad_summaries = []
        for g, v in grads_and_vars:
            if g is not None:
                grad_summaries.append(tf.summary.histogram("{}/grad/hist".format(v.name), g))
                grad_summaries.append(tf.summary.scalar(
                    "{}/grad/sparsity".format(v.name), tf.nn.zero_fraction(g)))
        merged = tf.summary.merge([tf.summary.scalar("loss", cnn.loss)] + grad_summaries)
        out_dir = os.path.abspath(os.path.join(os.path.curdir, "runs"))
        writer = tf.summary.FileWriter(os.path.join(out_dir, "train"), sess.graph)
        saver = tf.train.Saver(tf.global_variables(), max_to_keep=2)
        os.makedirs(os.path.join(out_dir, "checkpoints"))
        vocab_processor.save(os.path.join(out_dir, "vocab"))
        sess.run(tf.global_variables_initializer())
        for number in range(40):
            feed = {cnn.input_x: x, cnn.input_y: y, cnn.keep: 0.8}
            _, step, text, loss = sess.run([train_op, global_step, merged, cnn.loss], feed)
            writer.add_summary(text, step)
            if step == 1:
                summary = tf.Summary.FromString(text)
                print('%.4f' % loss, len(summary.value), [v.tag for v in summary.value][:4])
            if step % 10 == 0:
                path = saver.save(sess, os.path.join(out_dir, "checkpoints", "model"), step)
        print(sess.run(cnn.accuracy, {cnn.input_x: x, cnn.input_y: y, cnn.keep: 1.0}))
        writer.close()
    print(os.path.basename(path), [os.path.basename(p) for p in saver.last_checkpoints])

graph = tf.Graph()
with graph.as_default(), tf.Session() as sess:
    saver = tf.train.import_meta_graph("{}.meta".format(path))
    saver.restore(sess, path)
    again = learn.preprocessing.VocabularyProcessor.restore(os.path.join(out_dir, "vocab"))
    ids = np.array(list(again.transform(['great fine film', 'dull unheard film'])))
    predictions = graph.get_operation_by_name("output/predictions").outputs[0]
    print(ids.tolist(), sess.run(predictions, {
        "input_x:0": ids, graph.get_operation_by_name("dropout_keep_prob").outputs[0]: 1.0}))
shutil.rmtree(out_dir)
