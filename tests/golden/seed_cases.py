"""Programs that draw numbers from the graph's seed, and how they draw them."""

import contextlib

import numpy as np


def _variables(tf):
    tf.Variable(tf.truncated_normal([4, 3], stddev=0.1))
    tf.Variable(tf.random_normal([3]))
    tf.Variable(tf.random_normal([3], mean=1.0))


def _get_variable(tf):
    tf.get_variable("a", [4, 3])
    with tf.variable_scope("more"):
        tf.get_variable("b", [3], initializer=tf.truncated_normal_initializer(stddev=0.1))
        tf.get_variable("c", [3, 3], initializer=tf.orthogonal_initializer())


def _dense(tf):
    x = tf.placeholder(tf.float32, [None, 4])
    tf.layers.dense(tf.layers.dense(x, 5, tf.nn.relu), 3)


def _xavier(tf):
    tf.get_variable("w", [4, 3], initializer=tf.contrib.layers.xavier_initializer())
    tf.get_variable("v", [4, 3], initializer=tf.contrib.layers.xavier_initializer(uniform=False))


def _softmax(tf):
    x = tf.placeholder(tf.float32, [None, 8])
    w = tf.Variable(tf.random_normal([8, 3]))
    b = tf.Variable(tf.zeros([3]))
    tf.nn.softmax(tf.matmul(x, w) + b)


def _two_layers(tf):
    x = tf.placeholder(tf.float32, [None, 8])
    w1 = tf.Variable(tf.truncated_normal([8, 6], stddev=0.1))
    hidden = tf.nn.relu(tf.matmul(x, w1) + tf.Variable(tf.zeros([6])))
    w2 = tf.Variable(tf.truncated_normal([6, 3], stddev=0.1))
    tf.matmul(hidden, w2) + tf.Variable(tf.constant(0.1, shape=[3]))


def _lenet(tf):
    net = tf.placeholder(tf.float32, [None, 8, 8, 1])
    for depth, width in ((1, 4), (4, 6)):
        kernel = tf.Variable(tf.truncated_normal([3, 3, depth, width], stddev=0.1))
        bias = tf.Variable(tf.constant(0.1, shape=[width]))
        net = tf.nn.relu(tf.nn.conv2d(net, kernel, [1, 1, 1, 1], "SAME") + bias)
        net = tf.nn.max_pool(net, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    flat = tf.reshape(net, [-1, 2 * 2 * 6])
    tf.matmul(flat, tf.Variable(tf.truncated_normal([24, 3], stddev=0.1)))


def _slim(tf):
    x = tf.placeholder(tf.float32, [None, 4])
    slim = tf.contrib.slim
    slim.fully_connected(slim.fully_connected(x, 5), 3, activation_fn=None)


def _embedding(tf):
    table = tf.Variable(tf.truncated_normal([50, 4], stddev=1.0))
    tf.nn.embedding_lookup(table, tf.placeholder(tf.int32, [None]))
    tf.Variable(tf.truncated_normal([50, 4], stddev=0.5))


def _own_seeds(tf):
    tf.Variable(tf.random_normal([3], seed=5))
    tf.Variable(tf.random_normal([3]))


def _shuffle(tf):
    return tf.random_shuffle(list(range(10)))


def _multinomial(tf):
    return tf.multinomial(tf.log([[0.2, 0.3, 0.5]]), 8)


def _in_a_condition(tf):
    """One graph, as control flow was: the branches count on."""
    tf.Variable(tf.random_normal([3]))
    tf.cond(tf.constant(True), lambda: tf.random_normal([2]), lambda: tf.zeros([2]))
    tf.Variable(tf.random_normal([3]))


def _normalized(how):
    def program(tf):
        net = tf.placeholder(tf.float32, [None, 8, 8, 2])
        training = tf.placeholder_with_default(True, []) if how is None else how
        for width in (3, 4):
            net = tf.layers.conv2d(net, width, 3, use_bias=False)
            net = tf.nn.relu(tf.layers.batch_normalization(net, training=training))
        tf.layers.dense(tf.layers.flatten(net), 5)

    return program


def _normalized_by_slim(tf):
    net = tf.placeholder(tf.float32, [None, 8, 8, 2])
    slim = tf.contrib.slim
    with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm):
        net = slim.conv2d(slim.conv2d(net, 3, 3), 4, 3)
    slim.fully_connected(slim.dropout(slim.flatten(net)), 5)


PROGRAMS = {
    "variables": _variables,
    "get_variable": _get_variable,
    "dense": _dense,
    "xavier": _xavier,
    "softmax": _softmax,
    "two_layers": _two_layers,
    "lenet": _lenet,
    "slim": _slim,
    "embedding": _embedding,
    "own_seeds": _own_seeds,
    "shuffle": _shuffle,
    "multinomial": _multinomial,
    "in_a_condition": _in_a_condition,
    "normalized": _normalized(True),
    "normalized_as_fed": _normalized(None),
    "normalized_in_use": _normalized(False),
    "normalized_by_slim": _normalized_by_slim,
}
# Variables by default; a program in library use has resource variables.
KINDS = ("reference", "resource")


@contextlib.contextmanager
def variables_of(tf, kind):
    """Makes variables of a kind, and leaves the process as it was."""
    before = tf.resource_variables_enabled()
    (tf.enable_resource_variables if kind == "resource" else tf.disable_resource_variables)()
    try:
        yield
    finally:
        (tf.enable_resource_variables if before else tf.disable_resource_variables)()


def drawn(tf, program, kind):
    """The seeds of the ops that draw, and the numbers that a program starts with."""
    with variables_of(tf, kind), tf.Graph().as_default() as graph:
        tf.set_random_seed(7)
        result = program(tf)
        ops = graph.get_operations()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            values = session.run(tf.trainable_variables() if result is None else [result])
    return {
        "seeds": {
            op.name: [op.get_attr("seed"), op.get_attr("seed2")]
            for op in ops
            if "seed2" in op.node_def.attr
        },
        "values": [np.ravel(value)[:4].tolist() for value in values],
    }
