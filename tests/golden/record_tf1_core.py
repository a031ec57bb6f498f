"""Programs with core names: what became different, moved or was renamed."""

import numpy as np


def rows(tf, count=4, size=3):
    values = np.cos(np.arange(count * size)).reshape(count, size)
    return tf.constant(values, tf.float32, name="rows")


def one(call):
    """A program with one output, its name and its op type."""

    def program(tf):
        result = call(tf)
        return {"result": result, "name": result.name, "type": result.op.type}

    return program


def dense(tf):
    x = rows(tf)
    y = tf.layers.dense(x, 2, activation=tf.nn.relu, name="first")
    y = tf.layers.dense(y, 5, kernel_regularizer=lambda w: tf.reduce_sum(w * w))
    return {"y": tf.layers.flatten(y)}


def convolutions(tf):
    x = tf.reshape(rows(tf, 8, 32), [2, 8, 8, 2])
    y = tf.layers.conv2d(x, 3, 3, padding="same")
    y = tf.layers.batch_normalization(y, training=True)
    z = tf.layers.batch_normalization(y, training=False, name="still")
    y = tf.layers.max_pooling2d(y, 2, 2)
    y = tf.layers.separable_conv2d(y, 4, 3)
    t = tf.layers.conv2d_transpose(x, 2, 3, strides=2)
    return {"y": y, "z": z, "t": t}


def reused(tf):
    x = rows(tf)
    with tf.variable_scope("net"):
        a = tf.layers.dense(x, 2, name="d")
    with tf.variable_scope("net", reuse=True):
        b = tf.layers.dense(x, 2, name="d")
    return {"same": a - b}


def reused_without_saying_so(tf):
    x = rows(tf)
    tf.layers.dense(x, 2, name="d")
    return {"b": tf.layers.dense(x, 2, name="d")}


def cell(make):
    def program(tf):
        x = tf.reshape(rows(tf, 6, 4), [2, 3, 4])
        outputs, state = tf.nn.dynamic_rnn(make(tf), x, [2, 3], dtype=tf.float32)
        flat = tf.contrib.framework.nest.flatten(state)
        return {"outputs": outputs, "state": tf.concat(flat, 1)}

    return program


def keras_model(tf):
    inputs = tf.keras.layers.Input([3])
    y = tf.keras.layers.Dense(4, activation="relu")(inputs)
    y = tf.keras.layers.BatchNormalization()(y)
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(2)(y))
    return {"y": model(rows(tf)), "weights": len(model.weights)}


def sentinel(loss):
    def program(tf):
        x = rows(tf)
        return {"loss": getattr(tf.nn, loss)(x, x)}

    return program


def named(loss):
    def program(tf):
        x = rows(tf)
        return {"loss": getattr(tf.nn, loss)(labels=tf.nn.softmax(x), logits=x)}

    return program


def sparse_with_none_first(tf):
    labels = tf.constant([0, 1, 2, 1])
    return {"loss": tf.nn.sparse_softmax_cross_entropy_with_logits(None, labels, rows(tf))}


def positional_names(tf):
    x = rows(tf)
    a = tf.matmul(x, x, False, True, False, False, False, False, "product")
    b = tf.nn.top_k(x, 2, True, "best")
    c = tf.scatter_nd([[1]], [2.0], [3], "spread")
    return {"a": a, "b": b[0], "c": c, "names": [a.op.name, b[0].op.name, c.op.name]}


def deprecated_summaries(tf):
    module = tf.contrib.deprecated
    made = [
        module.scalar_summary("loss", 2.5),
        module.histogram_summary("h", [1.0, 2.0]),
        module.image_summary("im", tf.ones([1, 2, 2, 1])),
        module.audio_summary("au", tf.zeros([1, 4]), 8.0),
    ]
    return {
        "scalar": made[0],
        "names": [summary.op.name for summary in made],
        "types": [summary.op.type for summary in made],
        "collected": len(tf.get_collection(tf.GraphKeys.SUMMARIES)),
    }


CELLS = {
    "basic_rnn": lambda tf: tf.nn.rnn_cell.BasicRNNCell(5),
    "basic_lstm": lambda tf: tf.nn.rnn_cell.BasicLSTMCell(5),
    "lstm_peepholes": lambda tf: tf.nn.rnn_cell.LSTMCell(
        5, use_peepholes=True, num_proj=3, cell_clip=0.5
    ),
    "gru": lambda tf: tf.nn.rnn_cell.GRUCell(5),
    "multi": lambda tf: tf.nn.rnn_cell.MultiRNNCell(
        [tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.BasicRNNCell(2)]
    ),
    "residual_dropout": lambda tf: tf.nn.rnn_cell.ResidualWrapper(
        tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.GRUCell(4), output_keep_prob=1.0)
    ),
}

PROGRAMS = {
    "add": one(lambda tf: tf.add(rows(tf), 1.0)),
    "add_strings": one(lambda tf: tf.add(tf.constant(["a"]), "b")),
    "linspace": one(lambda tf: tf.linspace(0.0, 1.0, 5)),
    "lin_space": one(lambda tf: tf.lin_space(1.0, 3.0, 3, "steps")),
    "layers_dense": dense,
    "layers_convolutions": convolutions,
    "layers_reused": reused,
    "layers_reused_without_saying_so": reused_without_saying_so,
    "keras_model": keras_model,
    "sparse_with_none_first": sparse_with_none_first,
    "positional_names": positional_names,
    "deprecated_summaries": deprecated_summaries,
}
PROGRAMS.update({"cell_" + name: cell(make) for name, make in CELLS.items()})
for _loss in ("sigmoid", "softmax"):
    _loss += "_cross_entropy_with_logits"
    PROGRAMS["sentinel_" + _loss] = sentinel(_loss)
    PROGRAMS["named_" + _loss] = named(_loss)
