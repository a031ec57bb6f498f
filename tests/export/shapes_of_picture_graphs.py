"""Graphs on pictures: blocks as slim's networks have them, and files that the graph decodes."""

from __future__ import annotations

import cv2
import numpy as np
from shapes_of_graphs import pictures, weights

from graphkit import tf1
from graphkit._tf import tf

slim = tf1.contrib.slim
PNG = cv2.imencode(".png", np.arange(75, dtype=np.uint8).reshape(5, 5, 3))[1].tobytes()


def arguments(is_training):
    """As in slim's own scopes: batch normalization behind each convolution, no bias."""
    normalizer = {"is_training": is_training, "scale": True, "epsilon": 0.001}
    return slim.arg_scope(
        [slim.conv2d],
        weights_regularizer=slim.l2_regularizer(0.001),
        normalizer_fn=slim.batch_norm,
        normalizer_params=normalizer,
    )


def inception_block(is_training=False):
    x = pictures()
    with arguments(is_training), tf.variable_scope("Mixed_5b"):
        with tf.variable_scope("Branch_0"):
            first = slim.conv2d(x, 3, [1, 1], scope="Conv2d_0a_1x1")
        with tf.variable_scope("Branch_1"):
            second = slim.conv2d(x, 2, [1, 1], scope="Conv2d_0a_1x1")
            second = slim.conv2d(second, 3, [3, 3], scope="Conv2d_0b_3x3")
        with tf.variable_scope("Branch_2"):
            third = slim.avg_pool2d(x, [3, 3], 1, "SAME", scope="AvgPool_0a_3x3")
        return tf.concat([first, second, third], 3)


def residual_block():
    x = pictures()
    with arguments(False), tf.variable_scope("unit_1"):
        shortcut = slim.conv2d(x, 4, [1, 1], activation_fn=None, scope="shortcut")
        residual = slim.conv2d(x, 2, [1, 1], scope="conv1")
        residual = slim.conv2d(residual, 4, [3, 3], activation_fn=None, scope="conv2")
        hidden = tf.reduce_mean(tf.nn.relu(shortcut + residual), [1, 2], name="pool5")
        return slim.softmax(slim.fully_connected(hidden, 3, activation_fn=None))


def slim_block_by_switch():
    return inception_block(tf.placeholder(tf.bool, [], name="is_training"))


def prepared(file):
    picture = tf.cast(tf.image.decode_jpeg(file, channels=3), tf.float32) / 255
    return tf.image.resize_bilinear(picture[None], [4, 4])[0]


def decoded_picture():
    return prepared(tf.placeholder(tf.string, [], name="x")) * weights("w", 3)


def decoded_pictures():
    files = tf.placeholder(tf.string, [None], name="x")
    return tf.map_fn(prepared, files, dtype=tf.float32) * weights("w", 3)
