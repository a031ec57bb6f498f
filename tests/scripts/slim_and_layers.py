"""slim under another import, tf.layers, a sibling module, numbers printed as NumPy 1 printed them."""

from __future__ import absolute_import, print_function

import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.python.framework import ops

ops.reset_default_graph()
tf.set_random_seed(1)
x = tf.placeholder(tf.float32, [None, 4], name="x")
with slim.arg_scope([slim.fully_connected], weights_initializer=tf.ones_initializer()):
    hidden = slim.fully_connected(x, 3, scope="fc")
out = tf.layers.dense(hidden, 2, kernel_initializer=tf.ones_initializer(), name="out")
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    value = sess.run(out, {x: np.ones((1, 4), np.float)})
    total = sess.run(tf.reduce_sum(out), {x: np.ones((1, 4))})
print([v.op.name for v in tf.trainable_variables()])
print(value.tolist(), [total], total / 7)
print(out.shape, out.get_shape()[1].value, tf.__version__[:2])
