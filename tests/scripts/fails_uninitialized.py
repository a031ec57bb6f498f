"""Forgets the initialiser."""

import tensorflow as tf

w = tf.Variable(1.0, name="w")
with tf.Session() as sess:
    sess.run(w * 2.0)
