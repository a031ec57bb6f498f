"""Writes graphs with TensorFlow 1.15.5, and what it says of them, as flops/.

    /path/to/python3.7 tests/golden/record_flops.py

For each graph NAME.pb; recorded.json holds by NAME the static `shapes` of all outputs, by
`node:output`, and the `flops` of each node that its profiler counts (`float_operation`).
"""

from __future__ import print_function

import json
import os

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "flops")


def variable(name, *shape):
    return tf.get_variable(name, shape, use_resource=name.startswith("resource"))


def network():
    """Every kind of layer of a network that looks at images."""
    x = tf.placeholder(tf.float32, [1, 17, 23, 3], "x")
    y = tf.layers.conv2d(x, 8, 3, padding="same", strides=2, name="strided", activation=tf.nn.relu)
    y = tf.layers.conv2d(y, 6, (3, 2), padding="valid", name="valid")
    y = tf.nn.depthwise_conv2d(y, variable("depthwise", 3, 3, 6, 2), [1, 1, 1, 1], "SAME")
    y = tf.nn.relu6(tf.layers.batch_normalization(y, training=False))
    dilated = tf.nn.conv2d(
        y, variable("resource", 3, 3, 12, 4), 1, "SAME", dilations=[1, 2, 2, 1], name="dilated"
    )
    y = tf.concat([tf.nn.max_pool(y, 3, 1, "SAME"), tf.nn.avg_pool(dilated, 3, 1, "SAME")], 3)
    y = tf.layers.conv2d_transpose(y, 5, 3, strides=2, padding="same", name="grown")
    y = tf.nn.conv2d(y, variable("around", 3, 3, 5, 4), 2, [[0, 0], [1, 1], [2, 0], [0, 0]])
    y = tf.nn.bias_add(y, variable("bias", 4))
    y = tf.layers.flatten(tf.layers.max_pooling2d(y, 2, 2))
    y = tf.matmul(variable("left", 3, 1), y, name="outer")
    y = tf.matmul(y, variable("right", 9, 60), transpose_b=True, name="transposed")
    tf.nn.softmax(y, name="probabilities")
    tf.argmax(y, 1, name="winner")


def arithmetic():
    """Element by element, reduced, multiplied by the batch."""
    x, y = tf.placeholder(tf.float32, [4, 1, 6], "x"), tf.placeholder(tf.float32, [5, 6], "y")
    both = x + y
    for op in (tf.subtract, tf.multiply, tf.truediv, tf.maximum, tf.minimum, tf.pow):
        both = op(both, y)
    both = tf.squared_difference(both, x)
    for op in (tf.square, tf.math.rsqrt, tf.math.log, tf.negative, tf.math.reciprocal):
        both = op(both)
    tf.reduce_mean(both, [0, 2], name="mean")
    tf.reduce_sum(both, -1, keepdims=True, name="sum")
    tf.add_n([x, x, x], name="three")
    tf.nn.l2_loss(both, name="loss")
    tf.less(x, y, name="less")
    tf.matmul(both, tf.transpose(both, [0, 2, 1]), name="batches")
    tf.matmul(both, both, adjoint_a=True, name="adjoint")
    volume = tf.placeholder(tf.float32, [2, 5, 6, 7, 3], "volume")
    tf.nn.conv3d(volume, variable("filter", 2, 2, 3, 3, 4), [1, 1, 2, 2, 1], "VALID", name="conv3d")


def training():
    """Gradients, which the profiler counts too."""
    x = tf.placeholder(tf.float32, [2, 8, 8, 3], "x")
    y = tf.layers.max_pooling2d(tf.layers.conv2d(x, 4, 3, strides=2), 2, 1)
    labels = tf.placeholder(tf.int32, [2], "labels")
    logits = tf.layers.dense(tf.layers.flatten(y), 5)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)


def shapes():
    """Shapes that the graph computes itself, and every way to cut and join."""
    x = tf.placeholder(tf.float32, [2, 12, 10, 8], "x")
    size = tf.shape(x)
    tf.reshape(x, [size[0], -1], name="flat")
    tf.reshape(x, tf.stack([size[0], size[1] * size[2], 8]), name="rows")
    tf.reshape(x, tf.concat([size[:2], [tf.reduce_prod(size[2:])]], 0), name="joined")
    tf.transpose(x, [0, 3, 1, 2], name="turned")
    tf.squeeze(x[:1, :, 2:3], [0], name="squeezed")
    tf.expand_dims(x, -2, name="expanded")
    tf.identity(x[..., tf.newaxis, 1:-1:2], name="sliced")
    tf.slice(x, [0, 1, 2, 3], [1, -1, 4, 5], name="cut")
    tf.split(x, 4, 3, name="quarters")
    tf.split(x, [2, 3, 5], 2, name="parts")
    tf.unstack(x, axis=2, name="columns")
    tf.stack([x, x, x], 1, name="stacked")
    tf.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]], name="padded")
    tf.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]], "REFLECT", name="mirrored")
    tf.tile(x, [1, 2, 1, 3], name="tiled")
    table = variable("resource_table", 50, 7)
    tf.nn.embedding_lookup(table, tf.constant([[1, 2, 3], [4, 5, 6]]), name="looked_up")
    tf.gather(x, [1, 0, 3], axis=1, name="gathered")
    tf.gather_nd(x, tf.constant([[0, 1], [1, 2], [1, 3]]), name="points")
    tf.one_hot([1, 2, 3], 9, name="hot")
    tf.nn.top_k(x, 3, name="top")
    tf.image.resize_bilinear(x, [size[1] * 2, 5], name="resized")
    tf.space_to_depth(x, 2, name="deep")
    tf.depth_to_space(x, 2, name="wide")
    tf.space_to_batch_nd(x, [2, 2], [[0, 0], [1, 1]], name="batches")
    tf.batch_to_space_nd(tf.zeros([8, 3, 4, 2]), [2, 2], [[0, 1], [1, 0]], name="image")
    tf.fill(size[1:3], 1.0, name="filled")
    tf.range(3, 20, 4, name="ranged")
    tf.where(x > 0, x, -x, name="chosen")
    tf.reduce_max(x, [1, -1], name="most")
    tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 2, 2, 1], "VALID", name="pooled")
    tf.nn.dilation2d(x, variable("dilated", 3, 3, 8), [1, 1, 1, 1], [1, 2, 2, 1], "SAME")
    tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.constant([1, 2]), logits=x[:, 0, 0], name="entropy"
    )
    tf.cond(tf.constant(True), lambda: x + 1, lambda: x * 2, name="branch")


def flops_of(graph):
    options = tf.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    waiting = [tf.profiler.profile(graph, cmd="scope", options=options)]
    found = {}
    while waiting:
        node = waiting.pop()
        waiting.extend(node.children)
        if node.float_ops:
            found[node.name] = node.float_ops
    return found


def shape_of(tensor):
    return None if tensor.shape.ndims is None else tensor.shape.as_list()


def main():
    tf.logging.set_verbosity(tf.logging.ERROR)
    recorded = {}
    for build in (network, arithmetic, training, shapes):
        name = build.__name__
        with tf.Graph().as_default() as graph:
            np.random.seed(0)
            build()
        flops = flops_of(graph)
        written = graph.as_graph_def()
        with open(os.path.join(HERE, name + ".pb"), "wb") as file:
            file.write(written.SerializeToString())
        tensors = {t.name: shape_of(t) for op in graph.get_operations() for t in op.outputs}
        recorded[name] = {"flops": flops, "shapes": tensors}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(recorded, file, indent=0, sort_keys=True)


if __name__ == "__main__":
    main()
