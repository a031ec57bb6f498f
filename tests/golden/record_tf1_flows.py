"""Programs with the bijectors that are networks: RealNVP, masked flows, batch normalisation."""

import numpy as np

ROWS = [[0.5, -1.5, 2.0, 0.3], [-0.2, 1.1, 0.4, -0.7], [1.3, 0.1, -0.6, 0.9]]


def both_ways(tf, made, rows=ROWS):
    x = tf.constant(rows)
    y = tf.identity(made.forward(x))
    return {
        "y": y,
        "x": made.inverse(y),
        "back": made.inverse(x),
        # Fetched behind something else: TensorFlow's graph optimizer loses one of two negations
        # in a row where the second is what is fetched.
        "forward": made.forward_log_det_jacobian(tf.constant(rows), 1) + 0.0,
        "inverse": made.inverse_log_det_jacobian(tf.identity(y), 1) + 0.0,
        "name": made.name,
        "constant": [made.is_constant_jacobian],
    }


def flow(call, rows=ROWS):
    return lambda tf: both_ways(tf, call(tf, tf.contrib.distributions.bijectors), rows)


def by_hand(tf, x):
    before = tf.cumsum(x, axis=-1, exclusive=True)
    return 0.3 * before, tf.sin(before)


def halves(tf, x, units):
    total = tf.reduce_sum(x, -1, keepdims=True)
    return total * tf.ones([units]), tf.sin(total) * tf.ones([units])


FLOWS = {
    "real_nvp": lambda tf, b: b.RealNVP(2, b.real_nvp_default_template([5, 3])),
    "real_nvp_one": lambda tf, b: b.RealNVP(
        1, b.real_nvp_default_template([6], activation=tf.tanh, name="mine"), name="flow"
    ),
    "real_nvp_shift": lambda tf, b: b.RealNVP(
        3, b.real_nvp_default_template([4], shift_only=True), is_constant_jacobian=True
    ),
    "real_nvp_by_hand": lambda tf, b: b.RealNVP(2, lambda x, units: halves(tf, x, units)),
    "real_nvp_scale_only": lambda tf, b: b.RealNVP(2, lambda x, n: (None, halves(tf, x, n)[1])),
    "real_nvp_no_bias": lambda tf, b: b.RealNVP(
        2, b.real_nvp_default_template([5], use_bias=False)
    ),
    "masked": lambda tf, b: b.MaskedAutoregressiveFlow(
        b.masked_autoregressive_default_template([8, 12])
    ),
    "masked_unrolled": lambda tf, b: b.MaskedAutoregressiveFlow(
        b.masked_autoregressive_default_template([8], activation=tf.tanh), unroll_loop=True
    ),
    "masked_shift": lambda tf, b: b.MaskedAutoregressiveFlow(
        b.masked_autoregressive_default_template([8], shift_only=True), is_constant_jacobian=True
    ),
    "masked_cut": lambda tf, b: b.MaskedAutoregressiveFlow(
        b.masked_autoregressive_default_template(
            [8], log_scale_min_clip=-0.1, log_scale_max_clip=0.2, name="made"
        )
    ),
    "masked_by_hand": lambda tf, b: b.MaskedAutoregressiveFlow(
        lambda x: by_hand(tf, x), name="flow"
    ),
    "masked_inverted": lambda tf, b: b.Invert(
        b.MaskedAutoregressiveFlow(b.masked_autoregressive_default_template([8]))
    ),
    "normalized": lambda tf, b: b.BatchNormalization(training=False),
    "normalized_plain": lambda tf, b: b.BatchNormalization(
        tf.layers.BatchNormalization(center=False, epsilon=0.1, name="mine"), training=False
    ),
}


def training(tf):
    """Batch statistics on the way back, moving ones on the way forth."""
    b = tf.contrib.distributions.bijectors
    made = b.BatchNormalization()
    y = tf.constant(ROWS)
    return {
        "x": made.inverse(y),
        "inverse": made.inverse_log_det_jacobian(y, 1) + 0.0,
        "forward": made.forward_log_det_jacobian(tf.constant(ROWS), 1) + 0.0,
        "y": made.forward(tf.constant(ROWS)),
    }


def images(tf):
    """One scale for each channel."""
    made = tf.contrib.distributions.bijectors.BatchNormalization(
        tf.layers.BatchNormalization(axis=1), training=False
    )
    x = tf.constant(np.linspace(-1.0, 1.0, 12).reshape(2, 3, 2).astype(np.float32))
    return {"y": made.forward(x), "x": made.inverse(x)}


def drawn(tf):
    """A distribution through two flows, and gradients to their variables."""
    module = tf.contrib.distributions
    b = module.bijectors
    chain = b.Chain(
        [
            b.MaskedAutoregressiveFlow(b.masked_autoregressive_default_template([8])),
            b.Permute([3, 1, 0, 2]),
            b.RealNVP(2, b.real_nvp_default_template([5], activation=tf.tanh)),
        ]
    )
    made = module.TransformedDistribution(module.MultivariateNormalDiag(tf.zeros([4])), chain)
    log_prob = made.log_prob(tf.constant(ROWS))
    slopes = tf.gradients(log_prob, tf.trainable_variables())
    return {
        "log_prob": log_prob,
        "slopes": tf.stack([tf.reduce_sum(tf.square(slope)) for slope in slopes]),
        "sample": made.sample(3, seed=5),
        "name": made.name,
    }


def layers(tf):
    """Layers whose blocks see blocks before them."""
    dense = tf.contrib.distributions.bijectors.masked_dense
    one = tf.ones_initializer()
    x = tf.constant(ROWS)
    seen = {}
    for name, units, blocks, exclusive in (
        ("plain", 8, 4, False),
        ("exclusive", 8, 4, True),
        ("left_over", 7, 3, True),
        ("few", 3, 4, False),
    ):
        y = dense(x, units, blocks, exclusive, kernel_initializer=one, name=name)
        seen[name] = y
    with tf.variable_scope("again"):
        dense(x, 4, 2, name="shared", use_bias=False)
        seen["shared"] = dense(x, 4, 2, name="shared", reuse=True, use_bias=False)
        seen["nameless"] = dense(x, 4, 2, activation=tf.tanh)
    return seen


def kernel(tf):
    """What a kernel starts from: what an initializer gives, where it may be seen."""
    b = tf.contrib.distributions.bijectors
    b.masked_dense(
        tf.constant(ROWS), 4, 4, True, kernel_initializer=tf.glorot_normal_initializer(seed=3)
    )
    variable = tf.trainable_variables()[0]
    return {"train": tf.no_op(), "kernel": variable.read_value()}


def failing(call):
    def program(tf):
        call(tf, tf.contrib.distributions.bijectors)
        return {"done": tf.constant(0)}

    return program


FAILING = {
    "real_nvp_nothing": lambda tf, b: b.RealNVP(0, None),
    "real_nvp_everything": lambda tf, b: b.RealNVP(4, b.real_nvp_default_template([3])).forward(
        ROWS
    ),
    "real_nvp_unknown": lambda tf, b: b.RealNVP(1, b.real_nvp_default_template([3])).forward(
        tf.placeholder(tf.float32, [None, None])
    ),
    "masked_unknown": lambda tf, b: b.masked_dense(tf.placeholder(tf.float32, [2, None]), 3, 3),
    "unrolled_unknown": lambda tf, b: b.MaskedAutoregressiveFlow(
        lambda x: by_hand(tf, x), unroll_loop=True
    ).forward(tf.placeholder(tf.float32, [2, None])),
    "normalized_unknown": lambda tf, b: b.BatchNormalization().forward_log_det_jacobian(
        tf.placeholder(tf.float32, [None, 3]), 1
    ),
    "normalized_other": lambda tf, b: b.BatchNormalization(tf.layers.Dense(3)),
    "normalized_renorm": lambda tf, b: b.BatchNormalization(
        tf.layers.BatchNormalization(renorm=True)
    ),
    "normalized_virtual": lambda tf, b: b.BatchNormalization(
        tf.layers.BatchNormalization(virtual_batch_size=2)
    ),
}
PROGRAMS = {
    "training": training,
    "images": images,
    "drawn": drawn,
    "layers": layers,
    "kernel": kernel,
}
for _name, _call in FLOWS.items():
    PROGRAMS[_name] = flow(_call)
for _name, _call in FAILING.items():
    PROGRAMS[_name] = failing(_call)
