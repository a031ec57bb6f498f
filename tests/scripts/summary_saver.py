"""Summaries, a saver, and restoring in a second graph."""

import os

import tensorflow as tf

with tf.Graph().as_default():
    w = tf.Variable([1.0, 2.0], name="w")
    tf.summary.histogram("w", w)
    merged = tf.summary.merge_all()
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        writer = tf.summary.FileWriter("events", sess.graph)
        writer.add_summary(sess.run(merged), 0)
        writer.close()
        path = saver.save(sess, os.path.join("ckpt", "model"), global_step=5)
with tf.Graph().as_default():
    saver = tf.train.import_meta_graph(path + ".meta")
    with tf.Session() as sess:
        saver.restore(sess, path)
        print(path, sess.run("w:0").tolist(), len(os.listdir("events")))
