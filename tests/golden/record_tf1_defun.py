"""Programs with contrib.eager.defun whose functions make variables."""

import importlib


def two_variables(tf, calls):
    def layer(x):
        calls.append("traced")
        w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
        half = tf.constant_initializer(0.5)
        keys = [tf.GraphKeys.LOCAL_VARIABLES]
        b = tf.get_variable("b", [], initializer=half, trainable=False, collections=keys)
        return x * w + b

    return tf.contrib.eager.defun(layer)


def made_once(tf):
    calls = []
    layer = two_variables(tf, calls)
    with tf.variable_scope("s"):
        first = layer(tf.constant([1.0, 2.0]))
    again = layer(tf.constant([3.0, 5.0]))
    names = [v.name for v in tf.get_collection(tf.GraphKeys.LOCAL_VARIABLES)]
    slopes = tf.gradients(first, tf.trainable_variables())
    return {"first": first, "again": again, "slope": slopes[0], "calls": calls, "local": names}


def made_for_each_shape(tf):
    calls = []
    layer = two_variables(tf, calls)
    layer(tf.constant([1.0, 2.0]))
    with tf.variable_scope("other"):
        wide = layer(tf.constant([[1.0, 2.0]]))
    return {"wide": wide, "calls": calls}


def shared_by_scope(tf):
    calls = []
    layer = two_variables(tf, calls)
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        layer(tf.constant([1.0, 2.0]))
        wide = layer(tf.constant([[1.0, 2.0]]))
    return {"wide": wide, "calls": calls}


def with_custom_getter(tf):
    seen = []

    def watched(getter, name, *args, **kwargs):
        seen.append(name)
        return getter(name, *args, **kwargs)

    with tf.variable_scope("g", custom_getter=watched):
        made = two_variables(tf, [])(tf.constant([1.0, 2.0]))
    return {"made": made, "seen": seen}


def with_creator(tf):
    seen = []

    def creator(create, **kwargs):
        seen.append(kwargs["name"])
        return create(**kwargs)

    with tf.variable_creator_scope(creator):
        made = two_variables(tf, [])(tf.constant([1.0, 2.0]))
    return {"made": made, "seen": seen}


def keras_layer(tf):
    dense = tf.layers.Dense(2, kernel_regularizer=tf.nn.l2_loss, name="d")
    made = tf.contrib.eager.defun(dense)(tf.ones([1, 3]))
    return {"made": made, "names": [v.name for v in dense.variables]}


def plain_variable(tf):
    @tf.contrib.eager.defun
    def scale(x):
        return x * tf.Variable(2.0, name="a")

    scale(tf.constant(3.0))
    return {"scaled": scale(tf.constant(4.0)), "name": scale.__name__}


def updated(tf):
    @tf.contrib.eager.defun(input_signature=[tf.TensorSpec([], tf.float32)])
    def count(x):
        total = tf.get_variable("total", [], initializer=tf.zeros_initializer())
        total.assign_add(x)
        return total.read_value()

    kind = type(count.get_concrete_function()).__name__
    return {"total": count(tf.constant(2.0)), "kind": kind}


def trained(tf):
    layer = two_variables(tf, [])
    loss = tf.reduce_sum(tf.square(layer(tf.constant([1.0, 2.0])) - 3.0))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    return {"train": step, "w": tf.trainable_variables()[0]}


def eagerly(tf):
    context = importlib.import_module("tensorflow.python.eager.context")
    with context.eager_mode():
        store = tf.contrib.eager.EagerVariableStore()
        with store.as_default():
            made = tf.contrib.eager.defun(
                lambda x: x * tf.get_variable("w", [2], initializer=tf.ones_initializer())
            )
            results = [made(tf.constant(row)).numpy().tolist() for row in ([1.0, 2.0], [3.0, 4.0])]
        return {"results": results, "names": [v.name for v in store.variables()]}


PROGRAMS = {
    "made_once": made_once,
    "made_for_each_shape": made_for_each_shape,
    "shared_by_scope": shared_by_scope,
    "with_custom_getter": with_custom_getter,
    "with_creator": with_creator,
    "keras_layer": keras_layer,
    "plain_variable": plain_variable,
    "updated": updated,
    "trained": trained,
    "eagerly": eagerly,
}
