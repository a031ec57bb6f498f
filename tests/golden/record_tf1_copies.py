"""Programs with contrib.copy_graph, and the settings of embeddings on a TPU."""

import numpy as np


def net(tf, **given):
    x = tf.placeholder_with_default([[1.0, 2.0]], [None, 2], name="x")
    w = tf.Variable([[3.0], [4.0]], name="w", **given)
    tf.add_to_collection("mine", w)
    with tf.control_dependencies([tf.no_op(name="first")]):
        y = tf.matmul(x, w, name="y")
    z = tf.nn.relu(y + 0.5, name="z")
    tf.add_to_collection("results", z)
    return w, z


def copied(scope, **given):
    def program(tf):
        copying = tf.contrib.copy_graph
        w, z = net(tf, **given)
        with tf.Graph().as_default() as other:
            variable = copying.copy_variable_to_graph(w, other, scope)
            made = copying.copy_op_to_graph(z, other, [variable], scope)
            again = copying.copy_op_to_graph(z.op, other, [variable], scope)
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                value = session.run(made).tolist()
            lead = scope + "/" if scope else ""
            before = [name.name for op in other.get_operations() for name in op.control_inputs]
            return {
                "value": value,
                "names": [variable.op.name, made.name, again.name],
                "same": again is made.op,
                "found": copying.get_copied_op(z, other, scope) is made,
                "first": before.count(lead + "first"),
                "trained": [v.op.name for v in tf.trainable_variables()],
                "collections": sorted(
                    [key, [item.name for item in tf.get_collection(key)]]
                    for key in other.get_all_collection_keys()
                    if key not in ("variables", "trainable_variables")
                ),
            }

    return program


def values_go_along(tf):
    copying = tf.contrib.copy_graph
    w = tf.Variable(np.arange(3.0), name="w", trainable=False)
    other = tf.Graph()
    variable = copying.copy_variable_to_graph(w, other)
    with tf.Session(graph=other) as session:
        session.run(variable.initializer)
        return {
            "value": session.run(variable).tolist(),
            "trained": len(other.get_collection("trainable_variables")),
            "dtype": variable.dtype.base_dtype.name,
        }


def failing(call):
    def program(tf):
        return {"found": repr(call(tf, tf.contrib.copy_graph))}

    return program


def settings(tf):
    tpu = tf.tpu.experimental

    def told(made):
        return sorted([name, repr(value)] for name, value in vars(made).items())

    return {
        "adam": told(tpu.AdamParameters(0.1, beta1=0.5, clip_weight_max=2.0)),
        "adagrad": told(tpu.AdagradParameters(0.1, 0.2)),
        "descent": tpu.StochasticGradientDescentParameters(0.1).use_gradient_accumulation,
        "clipped": tpu.StochasticGradientDescentParameters(0.1, -1.0).clip_weight_min,
    }


PROGRAMS = {
    "copied": copied(""),
    "copied_into_a_scope": copied("inner"),
    "values_go_along": values_go_along,
    "no_variable": failing(
        lambda tf, copying: copying.copy_variable_to_graph(tf.constant(1), tf.Graph())
    ),
    "no_op": failing(lambda tf, copying: copying.copy_op_to_graph(tf.train.Saver, tf.Graph(), [])),
    "no_copy": failing(lambda tf, copying: copying.get_copied_op(tf.constant(1), tf.Graph())),
    "settings": settings,
}
NOT_BOTH = {"lazy_adam": False, "use_gradient_accumulation": False}
for number, given in enumerate([{"beta1": 1.0}, {"beta2": -0.5}, {"epsilon": 0.0}, NOT_BOTH]):
    PROGRAMS["wrong_adam_%d" % number] = failing(
        lambda tf, _, given=given: tf.tpu.experimental.AdamParameters(0.1, **given)
    )
PROGRAMS["wrong_adagrad"] = failing(
    lambda tf, _: tf.tpu.experimental.AdagradParameters(0.1, initial_accumulator=0.0)
)
