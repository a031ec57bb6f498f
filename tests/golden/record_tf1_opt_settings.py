"""Programs with contrib.opt: dtypes, settings as tensors, names of slots, missing gradients.

Gradients are constants, so that the order of reads and updates does not matter.
"""

import numpy as np


def numbers(*shape, **options):
    size = int(np.prod(shape))
    return 0.6 * np.cos(1.3 * np.arange(size) + options.get("seed", 0)).reshape(shape)


def variables(tf, dtype="float32", resource=None):
    """Variables in a scope, of a dtype: a matrix, a vector, a table of which rows are used."""
    made = []
    with tf.variable_scope("net"):
        for seed, (name, shape) in enumerate([("w", [3, 2]), ("b", [2]), ("table", [4, 2])]):
            start = tf.constant_initializer(numbers(*shape, seed=seed))
            made.append(
                tf.get_variable(name, shape, dtype, initializer=start, use_resource=resource)
            )
    return made


def gradients(tf, dtype="float32", sparse=True):
    """Constant gradients; of the table one row has two."""
    dense = [tf.constant(numbers(3, 2, seed=5), dtype), tf.constant(numbers(2, seed=6), dtype)]
    if not sparse:
        return [*dense, tf.constant(numbers(4, 2, seed=7), dtype)]
    rows = tf.constant(numbers(3, 2, seed=7), dtype)
    return [*dense, tf.IndexedSlices(rows, tf.constant([2, 0, 2]), tf.constant([4, 2]))]


def paired(grads, made):
    return [(grads[place], var) for place, var in enumerate(made)]


def described(tf, optimizer, made, train):
    """All numbers there are after three steps, and all names."""
    found = {var.op.name: var for var in tf.global_variables()}
    slots = list(optimizer.get_slot_names())
    return dict(
        found,
        train=train,
        train_name=train.name,
        slot_names=slots,
        slots_of_w=[optimizer.get_slot(made[0], name).op.name for name in slots],
        no_such_slot=optimizer.get_slot(made[0], "other") is None,
        own=sorted(var.op.name for var in optimizer.variables()),
        dtypes=sorted(var.dtype.base_dtype.name for var in tf.global_variables()),
        name=optimizer.get_name(),
    )


def applied(make, dtype="float32", resource=None, sparse=True, **options):
    def program(tf):
        made = variables(tf, dtype, resource)
        step = tf.train.get_or_create_global_step()
        optimizer = make(tf, tf.contrib.opt, **options)
        pairs = paired(gradients(tf, dtype, sparse), made)
        return described(tf, optimizer, made, optimizer.apply_gradients(pairs, global_step=step))

    return program


def without_one(make):
    """One of the gradients is None: its variable has neither slots nor a step."""

    def program(tf):
        made = variables(tf)
        optimizer = make(tf, tf.contrib.opt)
        pairs = paired([gradients(tf)[0], None, None], made)
        train = optimizer.apply_gradients(pairs, name="mine")
        return dict(
            {var.op.name: var for var in tf.global_variables()},
            train=train,
            train_name=train.name,
            without=[optimizer.get_slot(made[1], s) is None for s in optimizer.get_slot_names()],
        )

    return program


def refused(make, grads):
    def program(tf):
        made = variables(tf)
        return {"never": make(tf, tf.contrib.opt).apply_gradients(grads(tf, made))}

    return program


def twice(make):
    """One optimizer, applied to one variable and then to another."""

    def program(tf):
        made, grads = variables(tf), gradients(tf)
        optimizer = make(tf, tf.contrib.opt)
        first = optimizer.apply_gradients([(grads[0], made[0])])
        with tf.control_dependencies([first]):
            second = optimizer.apply_gradients([(grads[1], made[1])])
        return described(tf, optimizer, made[:1], second)

    return program


def wrapped(make):
    """A wrapper's own variables beside those of the optimizer in it."""

    def program(tf):
        made = variables(tf)
        step = tf.train.get_or_create_global_step()
        optimizer = make(tf, tf.contrib.opt, tf.train.MomentumOptimizer(0.1, 0.9), made)
        train = optimizer.apply_gradients(paired(gradients(tf), made), global_step=step)
        found = {var.op.name: var for var in tf.global_variables()}
        return dict(found, train=train)

    return program


def clip(tf, opt, inner, made):
    return opt.VariableClippingOptimizer(inner, Axes(made), 0.4)


class Axes(object):
    """Variables with the axes they are clipped over: they may be no keys of a dict."""

    def __init__(self, made):
        self._pairs = [(made[0], [0]), (made[2], [1])]

    def items(self):
        return self._pairs


def stale(tf, opt, inner, made):
    optimizer = opt.DropStaleGradientOptimizer(inner, 3)
    optimizer.compute_gradients(tf.reduce_sum(made[0]))
    return optimizer


def average(tf, opt, inner, made):
    return opt.MovingAverageOptimizer(inner, average_decay=0.5, num_updates=None)


def of_tensors(name, **settings):
    """An optimizer whose settings are tensors."""

    def make(tf, opt):
        return getattr(opt, name)(**{key: tf.constant(value) for key, value in settings.items()})

    return make


def step_of(tf):
    return tf.train.get_or_create_global_step()


MAKERS = {
    "ada_max": lambda tf, opt: opt.AdaMaxOptimizer(0.05),
    "adam_gs": lambda tf, opt: opt.AdamGSOptimizer(step_of(tf), 0.05),
    "adam_w": lambda tf, opt: opt.AdamWOptimizer(0.1, 0.05),
    "add_sign": lambda tf, opt: opt.AddSignOptimizer(0.05),
    "lars": lambda tf, opt: opt.LARSOptimizer(0.5, eeta=0.1),
    "lazy_adam": lambda tf, opt: opt.LazyAdamOptimizer(0.05),
    "lazy_adam_gs": lambda tf, opt: opt.LazyAdamGSOptimizer(step_of(tf), 0.05),
    "momentum_w": lambda tf, opt: opt.MomentumWOptimizer(0.1, 0.05, 0.9, use_nesterov=True),
    "nadam": lambda tf, opt: opt.NadamOptimizer(0.05),
    "power_sign": lambda tf, opt: opt.PowerSignOptimizer(0.05),
    "reg_adagrad": lambda tf, opt: opt.RegAdagradOptimizer(0.05),
    "shampoo": lambda tf, opt: opt.ShampooOptimizer(step_of(tf), learning_rate=0.05, epsilon=0.01),
}
OF_TENSORS = {
    "ada_max": of_tensors("AdaMaxOptimizer", learning_rate=0.05, beta1=0.8, beta2=0.9),
    "adam_w": of_tensors("AdamWOptimizer", weight_decay=0.1, learning_rate=0.05, beta1=0.8),
    "add_sign": of_tensors("AddSignOptimizer", learning_rate=0.05, alpha=0.5, beta=0.8),
    "lazy_adam": of_tensors("LazyAdamOptimizer", learning_rate=0.05, beta1=0.8, epsilon=1e-3),
    "momentum_w": of_tensors(
        "MomentumWOptimizer", weight_decay=0.2, learning_rate=0.05, momentum=0.5
    ),
    "nadam": of_tensors("NadamOptimizer", learning_rate=0.05, beta1=0.8, epsilon=1e-3),
    "power_sign": of_tensors("PowerSignOptimizer", learning_rate=0.05, beta=0.8),
    "reg_adagrad": of_tensors("RegAdagradOptimizer", learning_rate=0.05),
}
PROGRAMS = {
    "wrapped_clip": wrapped(clip),
    "wrapped_stale": wrapped(stale),
    "wrapped_average": wrapped(average),
}
for name, make in MAKERS.items():
    if name != "shampoo":
        PROGRAMS[name + "_float64"] = applied(make, "float64")
        # The two that compare signs had no rows of resource variables.
        rows = not name.endswith("_sign")
        PROGRAMS[name + "_float64_resource"] = applied(make, "float64", True, rows)
    PROGRAMS[name + "_dense"] = applied(make, resource=True, sparse=False)
    PROGRAMS[name + "_without_one"] = without_one(make)
    PROGRAMS[name + "_twice"] = twice(make)
    PROGRAMS[name + "_of_nothing"] = refused(make, lambda tf, made: [])
    PROGRAMS[name + "_of_none"] = refused(make, lambda tf, made: [(None, made[0])])
    PROGRAMS[name + "_of_no_variable"] = refused(make, lambda tf, made: [(tf.ones([2]), 3.0)])
for name, make in OF_TENSORS.items():
    PROGRAMS[name + "_of_tensors"] = applied(make, resource=True, sparse=False)
