"""Python 3's division makes floats of channels; TensorFlow 1 took whole ones as dimensions."""

import numpy as np
import tensorflow as tf

groups = 2
x = tf.placeholder(tf.float32, [None, 8 / 1])
w = tf.get_variable("w", shape=[x.get_shape()[-1].value / groups, np.float32(3)])
z = tf.zeros([6 / 3, 4])
print(x.shape, w.shape, z.shape, tf.Dimension(5.0) == 5, tf.TensorShape([2.0]).as_list())
for size in (7 / 2, float("nan"), -2.0):
    try:
        tf.placeholder(tf.float32, [size])
    except ValueError as error:
        print(type(error).__name__, error)
