"""Programs with transposed convolutions of an input of unknown batch."""

import numpy as np


def grid(tf, *shape):
    """An input whose batch is not known while the graph is built."""
    values = np.cos(np.arange(np.prod(shape))).reshape(shape).astype(np.float32)
    return tf.placeholder_with_default(values, (None, *shape[1:]), name="grid")


def kernel(tf, *shape):
    values = np.sin(np.arange(np.prod(shape))).reshape(shape)
    return tf.constant(values, tf.float32, name="kernel")


def conv2d_transpose(tf):
    x = grid(tf, 2, 2, 2, 1)
    w = kernel(tf, 3, 3, 2, 1)
    batch = tf.shape(x)[0]
    return {
        "y": tf.nn.conv2d_transpose(x, w, [2, 4, 4, 2], [1, 2, 2, 1]),
        "by_name": tf.nn.conv2d_transpose(
            value=x, filter=w, output_shape=[2, 4, 4, 2], strides=[1, 2, 2, 1], name="up"
        ),
        "from_tensor": tf.nn.conv2d_transpose(x, w, tf.constant([2, 4, 4, 2]), [1, 2, 2, 1]),
        "packed": tf.nn.conv2d_transpose(x, w, tf.stack([2, 4, 4, 2]), [1, 2, 2, 1]),
        "of_its_batch": tf.nn.conv2d_transpose(x, w, tf.stack([batch, 4, 4, 2]), [1, 2, 2, 1]),
        "same_rows": tf.nn.conv2d_transpose(x, w, tf.stack([2, 4, 2 * batch, 2]), [1, 2, 2, 1]),
    }


def reshaped_as_itself(tf):
    y = tf.nn.conv2d_transpose(
        grid(tf, 2, 2, 2, 1), kernel(tf, 3, 3, 2, 1), [2, 4, 4, 2], [1, 2, 2, 1]
    )
    return {"y": tf.reshape(tf.nn.bias_add(y, [1.0, 2.0]), y.get_shape())}


def conv2d_backprop_input(tf):
    w = kernel(tf, 3, 3, 2, 1)
    return {
        "y": tf.nn.conv2d_backprop_input(
            [2, 4, 4, 2], w, grid(tf, 2, 2, 2, 1), [1, 2, 2, 1], "SAME"
        )
    }


def conv1d_transpose(tf):
    return {"y": tf.nn.conv1d_transpose(grid(tf, 2, 3, 1), kernel(tf, 3, 2, 1), [2, 6, 2], 2)}


def atrous_conv2d_transpose(tf):
    return {
        "y": tf.nn.atrous_conv2d_transpose(
            grid(tf, 2, 4, 4, 1), kernel(tf, 3, 3, 2, 1), [2, 4, 4, 2], 2, "SAME"
        )
    }


PROGRAMS = {
    "atrous_conv2d_transpose": atrous_conv2d_transpose,
    "conv1d_transpose": conv1d_transpose,
    "conv2d_backprop_input": conv2d_backprop_input,
    "conv2d_transpose": conv2d_transpose,
    "reshaped_as_itself": reshaped_as_itself,
}
