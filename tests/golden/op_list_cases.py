"""Calls that make other ops today than in 1.15, and the ops that they make."""


def _images(tf):
    return tf.placeholder(tf.float32, [None, 8, 8, 3])


def _rows(tf):
    return tf.placeholder(tf.float32, [None, 4])


CALLS = {
    "uniform": lambda tf: tf.random_uniform([2]),
    "uniform_between": lambda tf: tf.random.uniform([2], -1, 1, seed=3),
    "uniform_of_float64": lambda tf: tf.random_uniform(tf.shape(_rows(tf)), 0, 3, tf.float64),
    "uniform_integers": lambda tf: tf.random_uniform([2], maxval=5, dtype=tf.int32, name="int"),
    "dropout": lambda tf: tf.nn.dropout(_rows(tf), 0.5),
    "dropout_rate": lambda tf: tf.nn.dropout(_rows(tf), rate=0.3, seed=4, name="drop"),
    "dropout_noise_shape": lambda tf: tf.nn.dropout(tf.ones([2, 3]), 0.5, noise_shape=[2, 1]),
    "dropout_fed": lambda tf: tf.nn.dropout(_rows(tf), tf.placeholder(tf.float32, [])),
    "dropout_of_nothing": lambda tf: tf.nn.dropout(_rows(tf), 1.0),
    "dropout_of_no_rate": lambda tf: tf.nn.dropout(_rows(tf), rate=tf.constant(0.0)),
    "layers_dropout": lambda tf: tf.layers.dropout(_rows(tf), 0.4, seed=2, training=True),
    "layers_dropout_idle": lambda tf: tf.layers.dropout(_rows(tf), 0.4),
    "layers_dropout_fed": lambda tf: tf.layers.dropout(
        _rows(tf), training=tf.placeholder(tf.bool, [])
    ),
    "layers_dropout_noise": lambda tf: tf.layers.dropout(
        _rows(tf), noise_shape=[None, 1], training=True
    ),
    "slim_dropout": lambda tf: tf.contrib.slim.dropout(_rows(tf), 0.5),
    "keras_dropout": lambda tf: tf.keras.layers.Dropout(0.5)(_rows(tf), training=True),
    "flatten": lambda tf: tf.layers.flatten(_images(tf)),
    "flatten_known": lambda tf: tf.layers.flatten(tf.ones([2, 3, 4])),
    "flatten_channels_first": lambda tf: tf.layers.Flatten("channels_first")(_images(tf)),
    "keras_flatten": lambda tf: tf.keras.layers.Flatten()(_images(tf)),
    "conv2d": lambda tf: tf.layers.conv2d(_images(tf), 4, 3, dilation_rate=1, padding="same"),
    "batch_norm_idle": lambda tf: tf.layers.batch_normalization(_images(tf)),
    "batch_norm_of_rows": lambda tf: tf.layers.batch_normalization(_rows(tf), training=True),
    "split": lambda tf: tf.split(_images(tf), 2, axis=1, name="halves"),
    "split_by_sizes": lambda tf: tf.split(_rows(tf), [1, 3], 1),
    "slim_conv2d": lambda tf: tf.contrib.slim.conv2d(_images(tf), 4, 3),
}


def made(tf, call):
    """The names of the ops that a call makes, in order, and the seeds of those that draw."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        call(tf)
        ops = graph.get_operations()
    drawing = [op for op in ops if "seed2" in op.node_def.attr]
    return {
        "ops": [op.name for op in ops],
        "seeds": [[op.get_attr("seed"), op.get_attr("seed2")] for op in drawing],
    }
