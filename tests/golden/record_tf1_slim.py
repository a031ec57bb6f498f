"""Programs with contrib.slim, contrib.layers, contrib.losses and contrib.metrics."""

import importlib

import numpy as np


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def layer(name, *arguments, **more):
    """A program with one layer of contrib.layers over pictures."""
    width = more.pop("width", 3)

    def program(tf):
        made = getattr(tf.contrib.layers, name)(values(tf, 2, 6, 6, width), *arguments, **more)
        found = {"made": made}
        if tf.trainable_variables():
            found["gradient"] = tf.gradients(
                tf.reduce_sum(made * made), tf.trainable_variables()[0]
            )[0]
        return found

    return program


def rows(name, *arguments, **more):
    def program(tf):
        return {"made": getattr(tf.contrib.layers, name)(values(tf, 4, 6), *arguments, **more)}

    return program


def net(training):
    def program(tf):
        slim = tf.contrib.slim
        with slim.arg_scope(
            [slim.conv2d, slim.fully_connected],
            normalizer_fn=slim.batch_norm,
            normalizer_params={"is_training": training, "scale": True, "decay": 0.9},
            weights_regularizer=slim.l2_regularizer(0.1),
        ):
            y = slim.conv2d(values(tf, 2, 8, 8, 3), 4, [3, 3], scope="c1")
            y = slim.repeat(y, 2, slim.conv2d, 4, 3, scope="c2")
            y = slim.max_pool2d(y, 2)
            y = slim.dropout(y, 0.5, is_training=False)
            y = slim.flatten(y)
            y = slim.fully_connected(y, 5, activation_fn=None, normalizer_fn=None)
        losses = tf.losses.softmax_cross_entropy(slim.one_hot_encoding([1, 2], 5), y)
        return {
            "y": y,
            "softmax": slim.softmax(y),
            "loss": losses,
            "total": tf.losses.get_total_loss(),
            "model": [v.op.name for v in slim.get_model_variables()],
            "restore": sorted(v.op.name for v in slim.get_variables_to_restore(exclude=["c1"])),
        }

    return program


def training(tf):
    slim = tf.contrib.slim
    y = slim.fully_connected(values(tf, 4, 3), 2, normalizer_fn=slim.batch_norm)
    loss = tf.reduce_mean(y * y)
    slim.get_or_create_global_step()
    step = slim.learning.create_train_op(
        loss, tf.train.GradientDescentOptimizer(0.1), clip_gradient_norm=1.0
    )
    return {"loss": step, "steps": sorted(v.op.name for v in tf.global_variables())}


def optimized(tf):
    y = tf.contrib.layers.fully_connected(values(tf, 4, 3), 2)
    step = tf.train.get_or_create_global_step()
    made = tf.contrib.layers.optimize_loss(
        tf.reduce_mean(y * y),
        step,
        learning_rate=0.1,
        optimizer="Adam",
        clip_gradients=1.0,
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 10, 0.5),
    )
    return {"loss": made, "summaries": len(tf.get_collection(tf.GraphKeys.SUMMARIES))}


def losses(tf):
    module = tf.contrib.losses
    x, y = values(tf, 4, 3), tf.nn.softmax(values(tf, 4, 3) * 2)
    labels = tf.constant([0, 1, 0, 1])
    return {
        "absolute": module.absolute_difference(x, y),
        "cosine": module.cosine_distance(x, y, dim=1),
        "hinge": module.hinge_loss(x, tf.round(y)),
        "log": module.log_loss(tf.sigmoid(x), y),
        "squared": module.mean_squared_error(x, y),
        "pairs": module.mean_pairwise_squared_error(x, y),
        "sigmoid": module.sigmoid_cross_entropy(x, y),
        "softmax": module.softmax_cross_entropy(x, y),
        "sparse": module.sparse_softmax_cross_entropy(x, labels),
        "total": module.get_total_loss(),
        "triplet": module.metric_learning.triplet_semihard_loss(labels, x),
        "contrastive": module.metric_learning.contrastive_loss(labels, x, y),
    }


def metrics(tf):
    module = tf.contrib.metrics
    a, b = tf.constant([0, 1, 2, 1]), tf.constant([0, 2, 2, 1])
    x, y = values(tf, 4), values(tf, 4) * 0.5 + 0.1
    return {
        "mean": module.streaming_mean(x)[1],
        "accuracy": module.streaming_accuracy(a, b)[1],
        "iou": module.streaming_mean_iou(a, b, 3)[1],
        "error": module.streaming_mean_absolute_error(x, y)[1],
        "rmse": module.streaming_root_mean_squared_error(x, y)[1],
        "pearson": module.streaming_pearson_correlation(x, y)[1],
        "auc": module.streaming_auc(tf.sigmoid(x), tf.constant([0, 1, 1, 0]))[1],
        "precision": module.streaming_precision(tf.minimum(a, 1), tf.minimum(b, 1))[1],
        "plain": module.accuracy(a, b),
        "f1": module.f1_score(tf.constant([0, 1, 1, 0]), tf.sigmoid(x))[1],
        "concat": module.streaming_concat(x)[1],
    }


def initial(name, *shape, **more):
    def program(tf):
        made = getattr(tf.contrib.layers, name)(**more)
        return {"values": made(list(shape), tf.float32)}

    return program


def embedded(tf):
    layers = tf.contrib.layers
    ids = tf.constant([[1, 2, 0], [2, 2, 1]])
    return {
        "sequence": layers.embed_sequence(ids, 4, 3),
        "bag": layers.bow_encoder(ids, 4, 3),
        "unique": layers.embedding_lookup_unique(values(tf, 4, 3), ids),
    }


def regularized(tf):
    layers = tf.contrib.layers
    w = values(tf, 3, 4)
    both = layers.l1_l2_regularizer(0.1, 0.2)(w)
    tf.get_variable("v", [2, 2], regularizer=layers.l1_regularizer(0.3))
    total = layers.apply_regularization(layers.l2_regularizer(0.5), [w])
    return {"both": both, "total": total}


def resnet(tf):
    name = "tensorflow" if tf.__name__.startswith("tensorflow") else tf.__name__
    nets = importlib.import_module(name + ".contrib.slim.nets")
    with tf.contrib.slim.arg_scope(nets.resnet_utils.resnet_arg_scope()):
        blocks = [nets.resnet_v2.resnet_v2_block("block1", base_depth=2, num_units=2, stride=2)]
        y, ends = nets.resnet_v2.resnet_v2(values(tf, 1, 17, 17, 3), blocks, 3, is_training=False)
    return {"y": y, "ends": sorted(ends)}


PROGRAMS = {
    "avg_pool2d": layer("avg_pool2d", 2),
    "batch_norm": layer("batch_norm", is_training=True, updates_collections=None),
    "batch_norm_centered": layer("batch_norm", center=False, scale=True, is_training=False),
    "conv2d": layer("conv2d", 4, 3, stride=2, padding="VALID"),
    "conv2d_in_plane": layer("conv2d_in_plane", 3),
    "conv2d_rate": layer("conv2d", 4, 3, rate=2, activation_fn=None),
    "conv2d_transpose": layer("conv2d_transpose", 2, 3, stride=2),
    "convolution2d": layer("convolution2d", 2, [1, 1], biases_initializer=None),
    "flatten": layer("flatten"),
    "fully_connected": rows("fully_connected", 3),
    "fully_connected_wide": layer("fully_connected", 3),
    "group_norm": layer("group_norm", groups=2, width=4),
    "instance_norm": layer("instance_norm"),
    "layer_norm": rows("layer_norm"),
    "maxout": rows("maxout", 2),
    "max_pool2d": layer("max_pool2d", [2, 3], 1, padding="SAME"),
    "one_hot": lambda tf: {"made": tf.contrib.layers.one_hot_encoding([1, 0], 3)},
    "separable_conv2d": layer("separable_conv2d", 4, 3, 2),
    "separable_conv2d_depthwise": layer("separable_conv2d", None, 3, 1),
    "softmax": layer("softmax"),
    "spatial_softmax": layer("spatial_softmax"),
    "stack": lambda tf: {
        "made": tf.contrib.layers.stack(
            values(tf, 4, 6), tf.contrib.layers.fully_connected, [3, 2], scope="s"
        )
    },
    "unit_norm": rows("unit_norm", 1),
    "embedded": embedded,
    "initial_variance": initial(
        "variance_scaling_initializer", 3, 4, factor=2.0, mode="FAN_AVG", seed=3
    ),
    "initial_xavier": initial("xavier_initializer", 3, 4, seed=1),
    "initial_xavier_normal": initial("xavier_initializer", 3, 4, seed=1, uniform=False),
    "losses": losses,
    "metrics": metrics,
    "net": net(False),
    "net_training": net(True),
    "optimized": optimized,
    "regularized": regularized,
    "resnet": resnet,
    "training": training,
    "wrong_pool": layer("max_pool2d", 2, data_format="none"),
}
