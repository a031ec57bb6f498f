"""Layers and cells whose weights start by default, and what there is of them in a graph."""


def _rnn(make):
    def program(tf):
        tf.nn.static_rnn(make(tf), [tf.ones([2, 4])] * 2, dtype=tf.float32)

    return program


def _rows(make):
    return lambda tf: make(tf)(tf.ones([2, 4]))


def _pictures(make):
    return lambda tf: make(tf)(tf.ones([2, 8, 8, 3]))


def _sequences(make):
    return lambda tf: make(tf)(tf.ones([2, 3, 4]))


def _class_of_ones_own(tf):
    """A layer and a cell that name an initializer, or none."""

    class Scale(tf.keras.layers.Layer):
        def build(self, shape):
            self.scale = self.add_weight("scale", [4, 2], initializer="he_normal")
            self.other = self.add_weight("other", [4, 2])
            super(Scale, self).build(shape)

        def call(self, x):
            return tf.matmul(x, self.scale + self.other)

    Scale()(tf.ones([2, 4]))


def _in_a_scope(tf):
    """The scope's initializer goes before the default."""
    with tf.variable_scope("net", initializer=tf.constant_initializer(0.5)):
        tf.layers.dense(tf.ones([2, 4]), 3)


LAYERS = {
    "dense": lambda tf: tf.layers.dense(tf.ones([2, 4]), 3),
    "dense_class": _rows(lambda tf: tf.layers.Dense(3)),
    "conv1d": lambda tf: tf.layers.conv1d(tf.ones([2, 8, 3]), 3, 3),
    "conv2d": lambda tf: tf.layers.conv2d(tf.ones([2, 8, 8, 3]), 3, 3),
    "separable_conv2d": lambda tf: tf.layers.separable_conv2d(tf.ones([2, 8, 8, 3]), 3, 3),
    "conv2d_transpose": lambda tf: tf.layers.conv2d_transpose(tf.ones([2, 8, 8, 3]), 3, 3),
    "batch_norm": lambda tf: tf.layers.batch_normalization(tf.ones([2, 8, 8, 3])),
    "dense_of_float64": lambda tf: tf.layers.dense(tf.ones([2, 4], tf.float64), 3),
    "dense_in_a_scope": _in_a_scope,
    "basic_rnn_cell": _rnn(lambda tf: tf.nn.rnn_cell.BasicRNNCell(3)),
    "gru_cell": _rnn(lambda tf: tf.nn.rnn_cell.GRUCell(3)),
    "basic_lstm_cell": _rnn(lambda tf: tf.nn.rnn_cell.BasicLSTMCell(3)),
    "lstm_cell": _rnn(lambda tf: tf.nn.rnn_cell.LSTMCell(3, use_peepholes=True, num_proj=2)),
    "gru_block_cell": _rnn(lambda tf: tf.contrib.rnn.GRUBlockCellV2(3)),
    "cudnn_gru_cell": _rnn(lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3)),
    "bahdanau": lambda tf: tf.contrib.seq2seq.BahdanauAttention(3, tf.ones([2, 3, 4]))(
        tf.ones([2, 4]), tf.ones([2, 3])
    ),
    "keras_dense": _rows(lambda tf: tf.keras.layers.Dense(3)),
    "keras_named": _rows(lambda tf: tf.keras.layers.Dense(3, kernel_initializer="lecun_uniform")),
    "keras_config": _rows(
        lambda tf: tf.keras.layers.Dense(
            3,
            kernel_initializer={
                "class_name": "RandomNormal",
                "config": {"mean": 0.0, "stddev": 0.2, "seed": 5},
            },
        )
    ),
    "keras_conv2d": _pictures(lambda tf: tf.keras.layers.Conv2D(3, 3)),
    "keras_depthwise": _pictures(lambda tf: tf.keras.layers.DepthwiseConv2D(3)),
    "keras_embedding": lambda tf: tf.keras.layers.Embedding(5, 3)(tf.ones([2, 3], tf.int32)),
    "keras_lstm": _sequences(lambda tf: tf.keras.layers.LSTM(3)),
    "keras_gru": _sequences(lambda tf: tf.keras.layers.GRU(3)),
    "keras_bidirectional": _sequences(
        lambda tf: tf.keras.layers.Bidirectional(tf.keras.layers.SimpleRNN(3))
    ),
    "keras_class_of_ones_own": _class_of_ones_own,
}


def started(tf, program):
    """The ops that start the weights of a program, in order, and the weights."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        program(tf)
        weights = sorted([v.op.name, v.dtype.base_dtype.name] for v in tf.global_variables())
        ops = [op.name for op in graph.get_operations() if "/Initializer/" in op.name]
    return {"ops": ops, "weights": weights}
