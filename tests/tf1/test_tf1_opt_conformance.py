"""What holds for every optimizer of contrib.opt, and their formulas in NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

opt = tf.contrib.opt


def global_step():
    return tf.train.get_or_create_global_step()


MAKERS = {
    "AdaMaxOptimizer": lambda **o: opt.AdaMaxOptimizer(0.01, **o),
    "AdamGSOptimizer": lambda **o: opt.AdamGSOptimizer(global_step(), 0.01, **o),
    "AdamWOptimizer": lambda **o: opt.AdamWOptimizer(0.1, 0.01, **o),
    "AddSignOptimizer": lambda **o: opt.AddSignOptimizer(0.01, **o),
    "GGTOptimizer": lambda **o: opt.GGTOptimizer(0.01, **o),
    "LARSOptimizer": lambda **o: opt.LARSOptimizer(0.01, **o),
    "LazyAdamGSOptimizer": lambda **o: opt.LazyAdamGSOptimizer(global_step(), 0.01, **o),
    "LazyAdamOptimizer": lambda **o: opt.LazyAdamOptimizer(0.01, **o),
    "MomentumWOptimizer": lambda **o: opt.MomentumWOptimizer(0.1, 0.01, 0.9, **o),
    "NadamOptimizer": lambda **o: opt.NadamOptimizer(0.01, **o),
    "PowerSignOptimizer": lambda **o: opt.PowerSignOptimizer(0.01, **o),
    "RegAdagradOptimizer": lambda **o: opt.RegAdagradOptimizer(0.01, **o),
    "ShampooOptimizer": lambda **o: opt.ShampooOptimizer(global_step(), **o),
}
ROWS = sorted(set(MAKERS) - {"GGTOptimizer"})
START = np.array([[0.7, -0.4, 0.2], [0.1, 0.9, -0.6]], np.float32)
GRADS = np.array([[0.5, -1.0, 0.3], [2.0, -0.2, 0.8]], np.float32)


def variable(name="x", values=START):
    return tf.get_variable(name, initializer=tf.constant(values, tf.float32))


def quadratic(x):
    return tf.reduce_sum(tf.square(x - [0.2, 0.1, -0.3]))


def trained(train, x, steps):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(train)
        return session.run(x)


@pytest.mark.parametrize("name", MAKERS)
class TestEveryOptimizer:
    def test_is_an_optimizer_of_tf_train(self, graph, name):
        assert isinstance(MAKERS[name](), tf.train.Optimizer)

    def test_a_loss_becomes_smaller(self, graph, name):
        x = variable()
        loss = quadratic(x)
        train = MAKERS[name]().minimize(loss, global_step=global_step())
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            before = session.run(loss)
            for _ in range(20):
                session.run(train)
            assert session.run(loss) < before

    def test_steps_are_counted(self, graph, name):
        x, step = variable(), global_step()
        train = MAKERS[name]().minimize(quadratic(x), global_step=step)
        assert trained(train, step, 3) == 3

    def test_its_name_is_that_of_its_op(self, graph, name):
        train = MAKERS[name](name="mine").minimize(quadratic(variable()))
        assert train.name == "mine"
        assert MAKERS[name](name="other").get_name() == "other"

    def test_slots_can_be_found(self, graph, name):
        x, optimizer = variable(), MAKERS[name]()
        optimizer.minimize(quadratic(x))
        for slot in optimizer.get_slot_names():
            assert optimizer.get_slot(x, slot).op.name.startswith("x/")
        own = {v.op.name for v in optimizer.variables()}
        assert own <= {v.op.name for v in tf.global_variables()}
        assert {v.op.name for v in tf.trainable_variables()} == {"x"}

    def test_training_goes_on_from_a_checkpoint(self, graph, tmp_path, name):
        x = variable()
        train = MAKERS[name]().minimize(quadratic(x), global_step=global_step())
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            path = saver.save(session, str(tmp_path / "c"))
            session.run(train)
            expected = session.run(x)
        with tf.Session() as session:
            saver.restore(session, path)
            session.run(train)
            assert session.run(x) == pytest.approx(expected, rel=1e-6)

    def test_variables_without_gradient_stay(self, graph, name):
        x, other = variable(), variable("other")
        train = MAKERS[name]().minimize(quadratic(x), var_list=[x])
        assert trained(train, other, 2).tolist() == START.tolist()

    def test_without_any_gradient_it_says_so(self, graph, name):
        variable()
        with pytest.raises(ValueError, match="No gradients provided"):
            MAKERS[name]().minimize(tf.constant(1.0))

    def test_two_variables_are_trained_at_once(self, graph, name):
        x, other = variable(), variable("other", START + 1.0)
        train = MAKERS[name]().minimize(quadratic(x) + quadratic(other))
        found = trained(train, tf.stack([x, other]), 1)
        assert (found[0] != START).any()
        assert (found[1] != START + 1.0).any()


@pytest.mark.parametrize("name", ROWS)
def test_rows_that_are_not_looked_up_stay(graph, name):
    table = variable(values=np.arange(8.0).reshape(4, 2) / 4)
    loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, [3, 1])))
    train = MAKERS[name]().minimize(loss, global_step=global_step())
    found = trained(train, table, 1)
    assert found[0].tolist() == [0.0, 0.25]
    assert found[2].tolist() == [1.0, 1.25]
    assert (found[[1, 3]] != [[0.5, 0.75], [1.5, 1.75]]).all()


@pytest.mark.parametrize("name", ROWS)
def test_a_row_looked_up_twice_has_the_sum_of_gradients(graph, name):
    twice, once = (variable(key, [[1.0, 2.0], [3.0, 4.0]]) for key in ("twice", "once"))
    rows = tf.nn.embedding_lookup(twice, [1, 1])
    loss = tf.reduce_sum(rows) + 2.0 * tf.reduce_sum(tf.nn.embedding_lookup(once, [1]))
    train = MAKERS[name]().minimize(loss, global_step=global_step())
    first, second = trained(train, tf.stack([twice, once]), 2)
    assert first == pytest.approx(second, rel=1e-5)


def adam(power, steps=3, rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8, nesterov=False):
    """Adam in NumPy; `power` says how the corrections are counted."""
    x, m, v = START.astype(np.float64), 0.0, 0.0
    for step in range(1, steps + 1):
        m = beta1 * m + (1 - beta1) * GRADS
        v = beta2 * v + (1 - beta2) * GRADS**2
        lr = rate * math.sqrt(1 - beta2 ** power(step)) / (1 - beta1 ** power(step))
        ahead = beta1 * m + (1 - beta1) * GRADS if nesterov else m
        x = x - lr * ahead / (np.sqrt(v) + epsilon)
    return x


def ada_max(steps=3):
    x, m, u = START.astype(np.float64), 0.0, 0.0
    for step in range(1, steps + 1):
        m = 0.9 * m + 0.1 * GRADS
        u = np.maximum(0.999 * u, np.abs(GRADS))
        x = x - 0.01 / (1 - 0.9**step) * m / (u + 1e-8)
    return x


def signs(factor, steps=3):
    x, m = START.astype(np.float64), 0.0
    for _ in range(steps):
        m = 0.9 * m + 0.1 * GRADS
        x = x - 0.01 * factor(np.sign(m) * np.sign(GRADS)) * GRADS
    return x


def lars(nesterov, steps=3, rate=0.01, momentum=0.9, decay=1e-4, trust=1e-3):
    x, accumulated = START.astype(np.float64), 0.0
    for _ in range(steps):
        norm, grad_norm = np.linalg.norm(x), np.linalg.norm(GRADS)
        scaled = rate * trust * norm / (grad_norm + decay * norm) * (GRADS + decay * x)
        accumulated = momentum * accumulated + scaled
        x = x - (scaled + momentum * accumulated if nesterov else accumulated)
    return x


def momentum_w(steps=3):
    x, m = START.astype(np.float64), 0.0
    for _ in range(steps):
        x = x - 0.1 * x
        m = 0.9 * m + GRADS
        x = x - 0.01 * m
    return x


def adagrad(grows, steps=3):
    x, total = START.astype(np.float64), np.full(START.shape, 0.1)
    for _ in range(steps):
        total = total + GRADS**2 * grows
        x = x - 0.01 * GRADS / np.sqrt(total)
    return x


FORMULAS = {
    "ada_max": (MAKERS["AdaMaxOptimizer"], ada_max),
    "adam_gs": (MAKERS["AdamGSOptimizer"], lambda: adam(lambda step: step)),
    "add_sign": (MAKERS["AddSignOptimizer"], lambda: signs(lambda agree: 1 + agree)),
    "lars": (MAKERS["LARSOptimizer"], lambda: lars(False)),
    "lars_nesterov": (lambda: opt.LARSOptimizer(0.01, use_nesterov=True), lambda: lars(True)),
    "lazy_adam": (MAKERS["LazyAdamOptimizer"], lambda: adam(lambda step: step)),
    "momentum_w": (MAKERS["MomentumWOptimizer"], momentum_w),
    "nadam": (MAKERS["NadamOptimizer"], lambda: adam(lambda step: step, nesterov=True)),
    "power_sign": (MAKERS["PowerSignOptimizer"], lambda: signs(np.exp)),
    "reg_adagrad": (MAKERS["RegAdagradOptimizer"], lambda: adagrad(True)),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_three_steps_follow_the_formula(graph, name):
    make, formula = FORMULAS[name]
    x = variable()
    train = make().minimize(tf.reduce_sum(x * GRADS), global_step=global_step())
    assert trained(train, x, 3) == pytest.approx(formula(), rel=1e-5)


# LARS does not scale rows by norms, as in 1.15.
@pytest.mark.parametrize("name", [name for name in FORMULAS if not name.startswith("lars")])
def test_all_rows_at_once_are_the_whole(graph, name):
    make, formula = FORMULAS[name]
    x = variable()
    loss = tf.reduce_sum(tf.nn.embedding_lookup(x, [0, 1]) * GRADS)
    train = make().minimize(loss, global_step=global_step())
    assert trained(train, x, 3) == pytest.approx(formula(), rel=1e-5)


def test_sums_that_do_not_grow_keep_the_steps_long(graph):
    x, optimizer = variable(), opt.RegAdagradOptimizer(0.01)
    with optimizer.avoid_updating_slots():
        train = optimizer.minimize(tf.reduce_sum(x * GRADS))
    assert trained(train, x, 3) == pytest.approx(adagrad(False), rel=1e-5)


def test_rows_with_sums_that_do_not_grow(graph):
    x, optimizer = variable(), opt.RegAdagradOptimizer(0.01)
    with optimizer.avoid_updating_slots():
        loss = tf.reduce_sum(tf.nn.embedding_lookup(x, [0, 1]) * GRADS)
        train = optimizer.minimize(loss)
    assert trained(train, x, 3) == pytest.approx(adagrad(False), rel=1e-5)


def test_shampoo_with_one_step_by_hand(graph):
    x = variable()
    shampoo = opt.ShampooOptimizer(learning_rate=0.1, epsilon=0.5)
    train = shampoo.minimize(tf.reduce_sum(x * GRADS))
    change = GRADS.astype(np.float64)
    for axis, product in enumerate((GRADS @ GRADS.T, GRADS.T @ GRADS)):
        moments = product / GRADS.shape[axis] + 0.5 * np.eye(GRADS.shape[axis])
        values, columns = np.linalg.eigh(moments)
        root = columns * values**-0.25 @ columns.T
        change = root @ change if axis == 0 else change @ root
    assert trained(train, x, 1) == pytest.approx(START - 0.1 * change, abs=1e-4)


def test_lazy_averages_do_not_decay_for_rows_without_gradient(graph):
    found = {}
    for name in ("LazyAdamOptimizer", "NadamOptimizer"):
        table = variable(name, [[1.0], [2.0]])
        index = tf.placeholder_with_default([1], [1], name=f"index_{name}")
        optimizer = MAKERS[name]()
        train = optimizer.minimize(tf.reduce_sum(tf.nn.embedding_lookup(table, index)))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            session.run(train, {index: [0]})
            found[name] = session.run(optimizer.get_slot(table, "m")).ravel()
    assert found["LazyAdamOptimizer"] == pytest.approx([0.1, 0.1])
    assert found["NadamOptimizer"] == pytest.approx([0.1, 0.09])
