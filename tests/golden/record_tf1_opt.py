"""Programs with contrib.opt: three steps of each optimizer, for both kinds of variables."""

import numpy as np


def start(tf, name, shape, resource=None, seed=0):
    size = int(np.prod(shape))
    values = 0.7 * np.cos(1.1 * np.arange(size) + seed).reshape(shape)
    initial = tf.constant_initializer(values.astype(np.float32))
    return tf.get_variable(name, shape, initializer=initial, use_resource=resource)


def loss_of(tf, weights, bias, table=None):
    x = tf.constant(np.sin(np.arange(8.0)).reshape(2, 4), tf.float32)
    loss = tf.reduce_sum(tf.square(tf.matmul(x, weights) + bias - 0.5))
    if table is None:
        return loss
    rows = tf.nn.embedding_lookup(table, [1, 3, 1])
    return loss + tf.reduce_sum(tf.square(rows - 1.0))


def line_of(tf, weights, bias, table):
    """A loss with constant gradients: variables may change while they are computed."""
    rows = tf.nn.embedding_lookup(table, [1, 3, 1])
    return sum(tf.reduce_sum(part * 0.3 - 0.1) for part in (weights, bias, rows))


def trained(make, resource=None, sparse=True, step=True, slots=(), loss=loss_of):
    """Three steps on a dense layer and an embedding; what slots hold afterwards."""

    def program(tf):
        weights = start(tf, "weights", [4, 3], resource)
        bias = start(tf, "bias", [3], resource, 1)
        table = start(tf, "table", [5, 2], resource, 2) if sparse else None
        global_step = tf.train.get_or_create_global_step() if step else None
        optimizer = make(tf, tf.contrib.opt)
        train = optimizer.minimize(loss(tf, weights, bias, table), global_step=global_step)
        found = {"weights": weights, "bias": bias, "train": train}
        if sparse:
            found["table"] = table
        for name in slots:
            found["slot_" + name] = optimizer.get_slot(weights, name)
        found["slot_names"] = list(optimizer.get_slot_names())
        return found

    return program


def both_kinds(name, make, **options):
    return {
        name: trained(make, resource=False, **options),
        name + "_resource": trained(make, resource=True, **options),
    }


def made_with(getter, make):
    """One worker, its variables made by a custom getter; it averages in every second step."""

    def program(tf):
        opt = tf.contrib.opt
        custom = getattr(opt, getter)(worker_device="/cpu:0")
        step = tf.train.get_or_create_global_step()
        with tf.variable_scope("", custom_getter=custom):
            weights = start(tf, "weights", [4, 3])
            bias = start(tf, "bias", [3], seed=1)
        inner = tf.train.GradientDescentOptimizer(0.05)
        optimizer = make(opt, inner, custom)
        train = optimizer.minimize(loss_of(tf, weights, bias), global_step=step)
        found = {"train": train, "weights": weights, "bias": bias, "step": step}
        for var in tf.global_variables() + tf.local_variables():
            found[var.op.name] = var
        return found

    return program


def clipped(resource, axes):
    def program(tf):
        weights = start(tf, "weights", [4, 3], resource)
        table = start(tf, "table", [5, 2], resource, 2)
        inner = tf.train.GradientDescentOptimizer(0.1)
        wrapper = tf.contrib.opt.VariableClippingOptimizer
        pairs = [(weights, [1]), (table, axes)]
        optimizer = wrapper(inner, Pairs(pairs), 0.5)
        train = optimizer.minimize(loss_of(tf, weights, 0.0, table))
        return {"train": train, "weights": weights, "table": table}

    return program


class Pairs(object):
    """A dict of variables, which are no keys where they compare elementwise."""

    def __init__(self, pairs):
        self._pairs = pairs

    def items(self):
        return [(hashable(key), value) for key, value in self._pairs]


def hashable(variable):
    try:
        hash(variable)
    except TypeError:
        return variable.ref()
    return variable


def swapped(tf):
    weights = start(tf, "weights", [4, 3])
    inner = tf.train.GradientDescentOptimizer(0.1)
    optimizer = tf.contrib.opt.MovingAverageOptimizer(inner, average_decay=0.5)
    train = optimizer.minimize(loss_of(tf, weights, 0.0))
    average = next(v for v in tf.global_variables() if "Average" in v.op.name)
    optimizer.swapping_saver(name="s")
    names = sorted(op.name for op in tf.get_default_graph().get_operations() if "s/save" in op.name)
    return {"train": train, "weights": weights, "average": average, "names": names}


def swapped_too_early(tf):
    optimizer = tf.contrib.opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1))
    return {"never": optimizer.swapping_saver()}


def swapped_in_part(tf):
    weights = start(tf, "weights", [4, 3])
    optimizer = tf.contrib.opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1))
    optimizer.minimize(loss_of(tf, weights, 0.0))
    return {"never": optimizer.swapping_saver([weights])}


def stale(tf):
    weights = start(tf, "weights", [4, 3])
    step = tf.train.get_or_create_global_step()
    inner = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer = tf.contrib.opt.DropStaleGradientOptimizer(inner, 2)
    dropped = optimizer.minimize(loss_of(tf, weights, 0.0), global_step=step)
    return {"train": dropped, "weights": weights, "step": step}


def stale_by_far(tf):
    weights = start(tf, "weights", [4, 3])
    step = tf.train.get_or_create_global_step()
    optimizer = tf.contrib.opt.DropStaleGradientOptimizer(
        tf.train.GradientDescentOptimizer(1.0), -1
    )
    dropped = optimizer.minimize(loss_of(tf, weights, 0.0), global_step=step)
    counter = next(v for v in tf.global_variables() if v.op.name == "stale_counter")
    return {"train": dropped, "weights": weights, "step": step, "counter": counter}


def in_turns(tf):
    weights, other = start(tf, "weights", [4, 3]), start(tf, "other", [3], seed=1)
    inner = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer = tf.contrib.opt.MultitaskOptimizerWrapper(inner)
    loss = loss_of(tf, weights, 0.0) + tf.reduce_sum(other * 0.0)
    train = optimizer.minimize(loss)
    slot = optimizer.get_slot(other, "momentum")
    return {"train": train, "weights": weights, "other": other, "slot": slot}


def cut(tf):
    pairs = [(tf.constant([3.0, 4.0]), 1), (tf.zeros([2]), 2), (None, 3)]
    made, norm = tf.contrib.opt.clip_gradients_by_global_norm(pairs, 1.0)
    return {"first": made[0][0], "second": made[1][0], "norm": norm, "names": [v for _, v in made]}


def chosen_decay(tf):
    weights, bias = start(tf, "weights", [4, 3]), start(tf, "bias", [3], seed=1)
    optimizer = tf.contrib.opt.AdamWOptimizer(0.1, 0.01)
    pairs = optimizer.compute_gradients(tf.reduce_sum(weights) + tf.reduce_sum(bias))
    train = optimizer.apply_gradients(pairs, decay_var_list=[weights])
    return {"train": train, "weights": weights, "bias": bias}


def forgotten_decay(tf):
    weights, bias = start(tf, "weights", [4, 3]), start(tf, "bias", [3], seed=1)
    optimizer = tf.contrib.opt.MomentumWOptimizer(0.1, 0.01, 0.9)
    loss = tf.reduce_sum(weights) + tf.reduce_sum(bias)
    train = optimizer.minimize(loss, decay_var_list=[weights])
    return {"train": train, "weights": weights, "bias": bias}


def kept_sums(tf):
    weights = start(tf, "weights", [4, 3])
    optimizer = tf.contrib.opt.RegAdagradOptimizer(0.1)
    with optimizer.avoid_updating_slots():
        train = optimizer.minimize(loss_of(tf, weights, 0.0))
    return {"train": train, "weights": weights, "sums": optimizer.get_slot(weights, "accumulator")}


def decays(tf):
    from importlib import import_module

    root = tf.contrib.opt.__name__
    decay = import_module(root + ".python.training.sign_decay")
    found = {}
    for step in (0, 3, 7, 12):
        found["linear_%d" % step] = decay.get_linear_decay_fn(10)(step)
        found["cosine_%d" % step] = decay.get_cosine_decay_fn(10, 1.5, 1)(step)
        found["restart_%d" % step] = decay.get_restart_decay_fn(10, 3, 2)(step)
    return found


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.opt)}

    return program


def shampoo(**options):
    return lambda tf, opt: opt.ShampooOptimizer(
        tf.train.get_or_create_global_step(), learning_rate=0.1, epsilon=0.3, **options
    )


def linear_decay(tf, opt):
    return opt.AddSignOptimizer(0.1, sign_decay_fn=lambda step: 1.0 / tf.cast(step + 1, tf.float32))


def agn(opt, inner, custom):
    return opt.AGNOptimizer(inner, num_worker=1, custom_getter=custom, communication_period=2)


def ggt(tf, opt):
    return opt.GGTOptimizer(0.1, window=4, svd_eps=1e-2)


def elastic(opt, inner, custom):
    return opt.ElasticAverageOptimizer(inner, 1, custom, communication_period=2)


def average(opt, inner, custom):
    return opt.ModelAverageOptimizer(inner, 1, True, custom, interval_steps=2)


PROGRAMS = {
    "add_sign_decay": trained(linear_decay, slots=["m"]),
    "agn": made_with("AGNCustomGetter", agn),
    "chosen_decay": chosen_decay,
    "clipped": clipped(False, [1]),
    "clipped_columns": clipped(False, [0]),
    "clipped_resource": clipped(True, [1]),
    "cut": cut,
    "decays": decays,
    "elastic": made_with("ElasticAverageCustomGetter", elastic),
    "forgotten_decay": forgotten_decay,
    "ggt": trained(ggt, sparse=False, step=False),
    "in_turns": in_turns,
    "in_turns_without": failing(lambda tf, opt: opt.MultitaskOptimizerWrapper(3)),
    "kept_sums": kept_sums,
    "lars_negative": failing(lambda tf, opt: opt.LARSOptimizer(0.1, momentum=-1.0)),
    "lars_negative_decay": failing(lambda tf, opt: opt.LARSOptimizer(0.1, weight_decay=-1.0)),
    "model_average": made_with("ModelAverageCustomGetter", average),
    "shampoo": trained(shampoo(), sparse=False, slots=["Gbar_0"]),
    "shampoo_diagonal": trained(shampoo(max_matrix_size=3)),
    "shampoo_every_second": trained(shampoo(svd_interval=2, precond_update_interval=2)),
    "shampoo_iterative": trained(shampoo(use_iterative_root=True), sparse=False),
    "shampoo_mean": trained(shampoo(gbar_decay=0.9, mat_gbar_decay=0.8)),
    "shampoo_vectors": trained(shampoo(max_matrix_size=1)),
    "stale": stale,
    "stale_by_far": stale_by_far,
    "swapped": swapped,
    "swapped_in_part": swapped_in_part,
    "swapped_too_early": swapped_too_early,
}
for name, make in {
    "ada_max": lambda tf, opt: opt.AdaMaxOptimizer(0.01),
    "adam_gs": lambda tf, opt: opt.AdamGSOptimizer(tf.train.get_or_create_global_step(), 0.01),
    "lazy_adam": lambda tf, opt: opt.LazyAdamOptimizer(0.01),
    "lazy_adam_gs": lambda tf, opt: opt.LazyAdamGSOptimizer(
        tf.train.get_or_create_global_step(), 0.01
    ),
    "nadam": lambda tf, opt: opt.NadamOptimizer(0.01),
}.items():
    PROGRAMS.update(both_kinds(name, make, slots=["m", "v"]))
for name, make in {
    "lars": lambda tf, opt: opt.LARSOptimizer(0.1),
    "lars_nesterov": lambda tf, opt: opt.LARSOptimizer(
        0.1, use_nesterov=True, skip_list=["bias"], eeta=0.1, epsilon=1e-3
    ),
    "reg_adagrad": lambda tf, opt: opt.RegAdagradOptimizer(0.1),
}.items():
    PROGRAMS.update(both_kinds(name, make))
for name, make in {
    "add_sign": lambda tf, opt: opt.AddSignOptimizer(0.1),
    "power_sign": lambda tf, opt: opt.PowerSignOptimizer(0.1),
}.items():
    PROGRAMS[name] = trained(make, slots=["m"])
    PROGRAMS[name + "_resource"] = trained(make, resource=True, sparse=False, slots=["m"])
for name, make in {
    "adam_w": lambda tf, opt: opt.AdamWOptimizer(0.1, 0.01),
    "extended": lambda tf, opt: opt.extend_with_decoupled_weight_decay(
        tf.train.GradientDescentOptimizer
    )(weight_decay=0.1, learning_rate=0.01),
    "momentum_w": lambda tf, opt: opt.MomentumWOptimizer(0.1, 0.01, 0.9),
}.items():
    PROGRAMS.update(both_kinds(name, make, loss=line_of))
