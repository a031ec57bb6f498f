"""Programs with contrib.quantize: which ops come where, and what they compute in three steps."""

import numpy as np

FAKE = "FakeQuantWithMinMaxVars"


def images(tf, shape=(2, 4, 4, 3)):
    size = int(np.prod(shape))
    values = 1.4 * np.sin(0.7 * np.arange(size) + 0.2).reshape(shape)
    return tf.constant(values.astype(np.float32), name="images")


def start(seed):
    """Initial values that depend on the shape only."""

    def initializer(shape, dtype=None, partition_info=None):
        size = int(np.prod(shape))
        return (0.6 * np.cos(1.3 * np.arange(size) + seed)).reshape(shape).astype(np.float32)

    return initializer


def conv(tf, x, name, filters=3, activation=None, **options):
    options.setdefault("padding", "same")
    return tf.layers.conv2d(
        x,
        filters,
        3,
        name=name,
        activation=activation,
        kernel_initializer=start(len(name)),
        bias_initializer=start(1),
        **options,
    )


def dense(tf, x, units, name, **options):
    flat = tf.reshape(x, [2, -1])
    return tf.layers.dense(flat, units, name=name, kernel_initializer=start(3), **options)


def variable(tf, name, shape):
    initial = start(len(name))(shape)
    return tf.get_variable(name, initializer=initial, use_resource=False)


def in_words(op):
    """The name of an op; of the variable it reads or the choice it is part of, for both kinds."""
    if op.type in ("Identity", "ReadVariableOp") and "Var" in op.inputs[0].op.type:
        return "read " + op.inputs[0].op.name
    lead, choice, _ = op.name.partition("/delayed_quant")
    return lead + choice


def roundings(tf):
    """Every rounding of the graph: what it rounds, what uses it, its bits."""
    found = []
    for op in tf.get_default_graph().get_operations():
        if op.type == FAKE:
            users = sorted(in_words(user) for user in op.outputs[0].consumers())
            attributes = [op.get_attr("num_bits"), op.get_attr("narrow_range")]
            found.append([op.name, in_words(op.inputs[0].op), users, *attributes])
    return sorted(found)


def extent(tf, values):
    parts = [tf.reduce_min(values), tf.reduce_mean(values), tf.reduce_max(values)]
    return tf.stack([*parts, tf.reduce_mean(tf.square(values))])


def rewritten(build, function="create_training_graph", **options):
    """The network as it is behind a rewriting; a step of it is a run of its output."""

    def program(tf):
        output = build(tf)
        graph = tf.get_default_graph()
        before = {op.name for op in graph.get_operations()}
        with tf.control_dependencies([output]):
            end = tf.identity(output, name="end")
        getattr(tf.contrib.quantize, function)(**options)
        outputs = {"output": end, "roundings": roundings(tf)}
        folds = [op.name for op in graph.get_operations() if op.name not in before]
        outputs["folds"] = sorted(name for name in folds if name.lower().endswith("_fold"))
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        for update in updates:  # behind what reads the moving averages
            tf.contrib.graph_editor.add_control_inputs(getattr(update, "op", update), [end.op])
        outputs["train"] = tf.group(end, *updates)
        for op in [op for op in graph.get_operations() if op.type == FAKE]:
            outputs[op.name] = extent(tf, op.outputs[0])
        return outputs

    return program


def plain(tf):
    y = conv(tf, images(tf), "c1", activation=tf.nn.relu6)
    y = conv(tf, y, "c2", filters=2, padding="valid", activation=tf.nn.relu)
    return dense(tf, y, 4, "logits")


def root(tf):
    x = tf.reshape(images(tf, (2, 2, 2, 3)), [2, -1])
    a = tf.nn.relu(tf.matmul(x, variable(tf, "w", [12, 4])) + variable(tf, "b", [4]))
    b = tf.nn.relu(tf.matmul(a, variable(tf, "w2", [4, 3])) + variable(tf, "b2", [3]))
    return tf.add(tf.matmul(b, variable(tf, "w33", [3, 3])), variable(tf, "b33", [3]))


def shared(tf):
    w, b = variable(tf, "w", [12, 12]), variable(tf, "b", [12])
    a = tf.nn.relu(tf.matmul(tf.reshape(images(tf, (2, 2, 2, 3)), [2, -1]), w) + b)
    return tf.nn.relu(tf.matmul(a, w) + b)


def depthwise(tf):
    x = images(tf)
    y = tf.nn.depthwise_conv2d(x, variable(tf, "dw", [3, 3, 3, 2]), [1, 1, 1, 1], "SAME")
    y = tf.nn.relu6(y)
    initial = {"depthwise_initializer": start(2), "pointwise_initializer": start(4)}
    return tf.layers.separable_conv2d(y, 2, 3, name="s", activation=tf.nn.relu, **initial)


def shortcut(tf):
    y = conv(tf, images(tf), "c1", activation=tf.nn.relu)
    with tf.variable_scope("block"):
        z = conv(tf, y, "c2")
        y = tf.nn.relu6(tf.add(y, z, name="sum"), name="end")
    return conv(tf, y, "c3")


def late_shortcut(tf):
    y = conv(tf, images(tf), "c1", activation=tf.nn.relu)
    z = conv(tf, y, "c2", activation=tf.nn.relu)
    return tf.tanh(tf.add(y, z, name="sum"))


def two_shortcuts(tf):
    y = conv(tf, images(tf), "c1", activation=tf.nn.relu)
    z = conv(tf, y, "c2")
    w = conv(tf, z + y, "c3")
    return tf.identity(w + z, name="q")


def arithmetic(tf):
    a = conv(tf, images(tf), "c1", activation=tf.nn.relu)
    b = tf.constant(0.47, name="half")
    parts = [a * 2.0, a + 2.0, a + 3.0, tf.tanh(a) * 2.0, tf.nn.relu(a * b), a * 3.1 * b, a - b]
    return tf.add_n([tf.sigmoid(part) for part in parts])


def hard_swish(tf):
    y = conv(tf, images(tf), "c1")
    y = tf.multiply(y, tf.nn.relu6(y + 2.9) / 5.7, name="swish")
    return conv(tf, y, "c2")


def other_activations(tf):
    y = conv(tf, images(tf), "c1", activation=tf.nn.leaky_relu)
    y = conv(tf, y, "c2", use_bias=False, activation=tf.sigmoid)
    y = conv(tf, y, "c3", use_bias=False, activation=tf.nn.relu)
    y = tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    y = conv(tf, y, "c4", dilation_rate=2, activation=tf.nn.relu)
    return tf.nn.softmax(dense(tf, y, 3, "fc", use_bias=False))


def no_variable(tf):
    y = tf.matmul(tf.reshape(images(tf), [2, -1]), tf.identity(tf.ones([48, 2])))
    return tf.nn.relu(y)


def norm(tf, x, name, training=True, **options):
    made = tf.contrib.slim.batch_norm(
        x,
        scope=name,
        is_training=training,
        decay=0.9,
        scale=options.pop("scale", True),
        fused=options.pop("fused", True),
        param_initializers={"gamma": start(1), "beta": start(2)},
        **options,
    )
    return made


def normed(training=True, scale=True, activation="relu"):
    def build(tf):
        y = conv(tf, images(tf), "c1", use_bias=False)
        y = norm(tf, y, "c1/norm", training, scale=scale)
        y = conv(tf, getattr(tf.nn, activation)(y), "c2", use_bias=False)
        return tf.tanh(norm(tf, y, "c2/norm", training))

    return build


def normed_depthwise(tf):
    kernel = variable(tf, "dw", [3, 3, 3, 2])
    y = tf.nn.depthwise_conv2d(images(tf), kernel, [1, 1, 1, 1], "SAME", name="d")
    return tf.nn.relu6(norm(tf, y, "norm"))


def normed_dense(tf):
    y = dense(tf, images(tf), 4, "fc", use_bias=False)
    return tf.nn.relu(norm(tf, y, "fc/norm"))


def normed_shortcut(tf):
    y = tf.nn.relu(norm(tf, conv(tf, images(tf), "c1", use_bias=False), "n1"))
    z = norm(tf, conv(tf, y, "c2", use_bias=False), "n2")
    return tf.nn.relu(y + z)


def norm_behind_bias(tf):
    return tf.nn.relu(norm(tf, conv(tf, images(tf), "c1"), "n1"))


def norm_behind_rate(tf):
    y = conv(tf, images(tf), "c1", use_bias=False, dilation_rate=2)
    return tf.nn.relu(norm(tf, y, "n1"))


def unfused(training=True, scale=True, kind="conv2d", activation="relu"):
    """Layers of slim whose batch norms are single ops."""

    def build(tf):
        slim = tf.contrib.slim
        params = {"fused": False, "is_training": training, "scale": scale, "decay": 0.9}
        params["param_initializers"] = {"gamma": start(1), "beta": start(2)}
        options = {"normalizer_fn": slim.batch_norm, "normalizer_params": params}
        options["activation_fn"] = getattr(tf.nn, activation)
        x = images(tf)
        if kind == "conv2d":
            return slim.conv2d(x, 3, 3, weights_initializer=start(3), scope="net/c", **options)
        if kind == "separable":
            return slim.separable_conv2d(
                x,
                None,
                3,
                depth_multiplier=1,
                weights_initializer=start(3),
                scope="net/d",
                **options,
            )
        flat = tf.reshape(x, [2, -1])
        return slim.fully_connected(flat, 4, weights_initializer=start(3), scope="net/f", **options)

    return build


TRAINING, EVAL = "experimental_create_training_graph", "experimental_create_eval_graph"
NETS = [plain, root, shared, depthwise, shortcut, late_shortcut, two_shortcuts, arithmetic]
NETS += [hard_swish, other_activations, no_variable]
NORMED = [normed_depthwise, normed_dense, normed_shortcut, norm_behind_bias]

PROGRAMS = {net.__name__: rewritten(net) for net in NETS + NORMED}
PROGRAMS.update({net.__name__ + "_eval": rewritten(net, "create_eval_graph") for net in NETS})
PROGRAMS.update(
    {
        "delayed": rewritten(plain, quant_delay=3),
        "delayed_for_long": rewritten(arithmetic, quant_delay=30),
        "not_delayed": rewritten(root, quant_delay=-1),
        "few_bits": rewritten(plain, TRAINING, weight_bits=4, activation_bits=5),
        "few_bits_eval": rewritten(plain, EVAL, weight_bits=4, activation_bits=5),
        "symmetric": rewritten(plain, TRAINING, symmetric=True, weight_bits=6),
        "only_a_scope": rewritten(shortcut, TRAINING, scope="block"),
        "no_such_scope": rewritten(shortcut, EVAL, scope="nowhere"),
        "delayed_eval": rewritten(shortcut, EVAL, quant_delay=2),
        "normed": rewritten(normed()),
        "normed_relu6": rewritten(normed(activation="relu6")),
        "normed_no_scale": rewritten(normed(scale=False)),
        "normed_frozen_soon": rewritten(normed(), TRAINING, freeze_bn_delay=2),
        "normed_frozen_late": rewritten(normed(), TRAINING, freeze_bn_delay=20),
        "normed_for_use": rewritten(normed(training=False), "create_eval_graph"),
        "normed_trained_eval": rewritten(normed(), "create_eval_graph"),
    }
)
PROGRAMS.update(
    {
        "unfused": rewritten(unfused()),
        "unfused_no_scale": rewritten(unfused(scale=False)),
        "unfused_relu6": rewritten(unfused(activation="relu6")),
        "unfused_depthwise": rewritten(unfused(kind="separable")),
        "unfused_dense": rewritten(unfused(kind="dense")),
        "unfused_frozen_soon": rewritten(unfused(), TRAINING, freeze_bn_delay=2),
        "unfused_for_use": rewritten(unfused(training=False), "create_eval_graph"),
        "unfused_trained_eval": rewritten(unfused(), "create_eval_graph"),
    }
)
