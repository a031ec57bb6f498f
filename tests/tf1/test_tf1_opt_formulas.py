"""contrib.opt's updates against NumPy: both kinds of variables, both dtypes, rows that repeat."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

opt = tf.contrib.opt
START = np.array([[0.7, -0.4], [0.1, 0.9], [-1.2, 0.3], [0.5, -0.8]])
DENSE = [
    np.array([[0.5, -1.0], [2.0, 0.2], [-0.3, 0.8], [0.4, 0.6]]),
    np.array([[-0.4, -0.9], [1.0, -0.7], [0.2, 0.1], [0.3, -0.5]]),
    np.array([[0.1, 0.6], [-2.0, 0.3], [0.9, -0.2], [-0.7, 0.4]]),
]
# Rows and their gradients; one row comes twice, and one in the first step only.
SPARSE = [
    ([1, 3, 1], np.array([[0.5, -1.0], [2.0, 0.3], [0.25, 0.5]])),
    ([3, 0, 3], np.array([[-0.5, 0.7], [1.0, -0.2], [0.1, 0.4]])),
    ([0, 0, 3], np.array([[0.2, 0.3], [0.4, -0.6], [-0.9, 0.8]])),
]


class Averages:
    """What every formula below keeps: two averages and the number of steps."""

    def __init__(self):
        self.m, self.v, self.step = np.zeros_like(START), np.zeros_like(START), 0

    def __call__(self, x, grad, rows):
        """The variable after a step; of the gradient all rows but `rows` are zero."""
        self.step += 1
        return self.after(x, grad, rows)


class Adam(Averages):
    """Kingma & Ba 2015, section 2: all of an average decays, and all of a variable moves."""

    lazy = False

    def after(self, x, grad, rows):
        chosen = rows if self.lazy else slice(None)
        self.m[chosen] = 0.9 * self.m[chosen] + 0.1 * grad[chosen]
        self.v[chosen] = 0.999 * self.v[chosen] + 0.001 * grad[chosen] ** 2
        rate = 0.01 * math.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
        x = x.copy()
        x[chosen] -= rate * self.direction(grad)[chosen] / (np.sqrt(self.v[chosen]) + 1e-8)
        return x

    def direction(self, grad):
        return self.m


class LazyAdam(Adam):
    """Rows without a gradient keep their averages and stay."""

    lazy = True


class Nadam(Adam):
    """Dozat 2015 as TensorFlow wrote it: all averages decay, rows with a gradient move."""

    def after(self, x, grad, rows):
        moved = super().after(x, grad, rows)
        kept = x.copy()
        kept[rows] = moved[rows]
        return kept

    def direction(self, grad):
        return 0.9 * self.m + 0.1 * grad


class AdaMax(Averages):
    """Kingma & Ba 2015, section 7.1; rows without a gradient are left alone."""

    def after(self, x, grad, rows):
        x = x.copy()
        self.m[rows] = 0.9 * self.m[rows] + 0.1 * grad[rows]
        self.v[rows] = np.maximum(0.999 * self.v[rows], np.abs(grad[rows]))
        x[rows] -= 0.01 / (1 - 0.9**self.step) * self.m[rows] / (self.v[rows] + 1e-8)
        return x


class AddSign(Averages):
    """Bello et al. 2017: the gradient times alpha plus the agreement of signs."""

    def factor(self, agreement):
        return 1.0 + agreement

    def after(self, x, grad, rows):
        self.m = 0.9 * self.m + 0.1 * grad
        return x - 0.01 * self.factor(np.sign(grad) * np.sign(self.m)) * grad


class PowerSign(AddSign):
    """Bello et al. 2017: the gradient times e to the agreement of signs."""

    def factor(self, agreement):
        return np.exp(agreement)


class RegAdagrad(Averages):
    """Duchi et al. 2011, from sums of 0.1 on."""

    def after(self, x, grad, rows):
        self.v += grad**2
        return x - 0.01 * grad / np.sqrt(self.v + 0.1)


class MomentumW(Averages):
    """Loshchilov & Hutter 2017: what has a gradient shrinks first."""

    def after(self, x, grad, rows):
        x = x.copy()
        x[rows] *= 1 - 0.1
        self.m[rows] = 0.9 * self.m[rows] + grad[rows]
        x[rows] -= 0.01 * self.m[rows]
        return x


class AdamW(Adam):
    """Loshchilov & Hutter 2017 with Adam's step; as Adam, it moves all rows."""

    def after(self, x, grad, rows):
        x = x.copy()
        x[rows] *= 1 - 0.1
        return super().after(x, grad, rows)


def global_step():
    return tf.train.get_or_create_global_step()


OPTIMIZERS = {
    "ada_max": (lambda: opt.AdaMaxOptimizer(0.01), AdaMax),
    "adam_gs": (lambda: opt.AdamGSOptimizer(global_step(), 0.01), Adam),
    "adam_w": (lambda: opt.AdamWOptimizer(0.1, 0.01), AdamW),
    "add_sign": (lambda: opt.AddSignOptimizer(0.01), AddSign),
    "lazy_adam": (lambda: opt.LazyAdamOptimizer(0.01), LazyAdam),
    "lazy_adam_gs": (lambda: opt.LazyAdamGSOptimizer(global_step(), 0.01), LazyAdam),
    "momentum_w": (lambda: opt.MomentumWOptimizer(0.1, 0.01, 0.9), MomentumW),
    "nadam": (lambda: opt.NadamOptimizer(0.01), Nadam),
    "power_sign": (lambda: opt.PowerSignOptimizer(0.01), PowerSign),
    "reg_adagrad": (lambda: opt.RegAdagradOptimizer(0.01), RegAdagrad),
}
# The same numbers as tensors, which may be fed or computed.
AS_TENSORS = {
    "ada_max": (lambda c: opt.AdaMaxOptimizer(c(0.01), c(0.9), c(0.999), c(1e-8)), AdaMax),
    "adam_gs": (lambda c: opt.AdamGSOptimizer(global_step(), c(0.01), c(0.9), c(0.999)), Adam),
    "add_sign": (lambda c: opt.AddSignOptimizer(c(0.01), c(1.0), c(0.9)), AddSign),
    "lazy_adam": (lambda c: opt.LazyAdamOptimizer(c(0.01), c(0.9), c(0.999)), LazyAdam),
    "nadam": (lambda c: opt.NadamOptimizer(c(0.01), c(0.9), c(0.999), c(1e-8)), Nadam),
    "power_sign": (lambda c: opt.PowerSignOptimizer(c(0.01), beta=c(0.9)), PowerSign),
    "reg_adagrad": (lambda c: opt.RegAdagradOptimizer(c(0.01)), RegAdagrad),
    "momentum_w": (lambda c: opt.MomentumWOptimizer(c(0.1), c(0.01), c(0.9)), MomentumW),
    "adam_w": (lambda c: opt.AdamWOptimizer(c(0.1), c(0.01), c(0.9), c(0.999)), AdamW),
}


def stepped(optimizer, dtype, resource, grads):
    """The variable after every step; a gradient is an array, or rows and values."""
    x = tf.get_variable("x", initializer=tf.constant(START, dtype), use_resource=resource)
    values = tf.placeholder(dtype, [None, 2])
    rows = tf.placeholder(tf.int32, [None])
    sparse = isinstance(grads[0], tuple)
    dense = tf.reshape(values, START.shape)
    grad = tf.IndexedSlices(values, rows, tf.constant(START.shape)) if sparse else dense
    train = optimizer.apply_gradients([(grad, x)], global_step=global_step())
    found = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for grad_t in grads:
            which, numbers = grad_t if sparse else (range(len(START)), grad_t)
            session.run(train, {values: numbers, rows: list(which)})
            found.append(session.run(x))
    return found


def expected(formula, grads):
    """The same by a formula; gradients of a row that comes twice are added."""
    x, found = START, []
    for grad_t in grads:
        if isinstance(grad_t, tuple):
            rows, grad = sorted(set(grad_t[0])), np.zeros_like(START)
            np.add.at(grad, grad_t[0], grad_t[1])
        else:
            rows, grad = slice(None), grad_t
        x = formula(x, grad, rows)
        found.append(x)
    return found


def assert_equal(found, reference, dtype):
    # Adam's epsilon and the powers of its decays are float32 numbers in every dtype.
    for step, (now, then) in enumerate(zip(found, reference, strict=True)):
        assert now.dtype == dtype.as_numpy_dtype
        np.testing.assert_allclose(now, then, rtol=2e-5, atol=1e-6, err_msg=f"step {step + 1}")


@pytest.mark.parametrize("resource", [False, True], ids=["reference", "resource"])
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("name", OPTIMIZERS)
class TestThreeSteps:
    def test_of_whole_gradients(self, graph, name, dtype, resource):
        make, formula = OPTIMIZERS[name]
        found = stepped(make(), dtype, resource, DENSE)
        assert_equal(found, expected(formula(), DENSE), dtype)

    def test_of_rows(self, graph, name, dtype, resource):
        make, formula = OPTIMIZERS[name]
        found = stepped(make(), dtype, resource, SPARSE)
        assert_equal(found, expected(formula(), SPARSE), dtype)


@pytest.mark.parametrize("grads", [DENSE, SPARSE], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", AS_TENSORS)
def test_settings_may_be_tensors(graph, name, grads):
    make, formula = AS_TENSORS[name]
    found = stepped(make(tf.constant), tf.float32, True, grads)
    assert_equal(found, expected(formula(), grads), tf.float32)


@pytest.mark.parametrize("resource", [False, True], ids=["reference", "resource"])
def test_the_learning_rate_of_every_step_can_be_fed(graph, resource):
    rate = tf.placeholder(tf.float32, [])
    x = tf.get_variable("x", initializer=tf.constant([1.0]), use_resource=resource)
    train = opt.AddSignOptimizer(rate).apply_gradients([(tf.constant([1.0]), x)])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, expected_x in ((0.1, 0.8), (0.2, 0.4), (0.0, 0.4)):
            session.run(train, {rate: step})
            assert session.run(x) == pytest.approx([expected_x])


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("nesterov", [False, True])
def test_three_steps_of_layer_rates(graph, dtype, nesterov):
    """You et al. 2017: the rate of a variable is that of its norm to its gradient's."""
    found = stepped(opt.LARSOptimizer(0.5, use_nesterov=nesterov, eeta=0.1), dtype, True, DENSE)
    x, momentum, reference = START, 0.0, []
    for grad in DENSE:
        norm, grad_norm = np.linalg.norm(x), np.linalg.norm(grad)
        scaled = 0.5 * 0.1 * norm / (grad_norm + 1e-4 * norm) * (grad + 1e-4 * x)
        momentum = 0.9 * momentum + scaled
        x = x - (scaled + 0.9 * momentum if nesterov else momentum)
        reference.append(x)
    assert_equal(found, reference, dtype)


@pytest.mark.parametrize("resource", [False, True], ids=["reference", "resource"])
def test_rows_of_layer_rates_have_the_plain_rate(graph, resource):
    found = stepped(opt.LARSOptimizer(0.5, eeta=0.1), tf.float32, resource, SPARSE)
    x, momentum, reference = START.copy(), np.zeros_like(START), []
    for rows, values in SPARSE:
        grad, chosen = np.zeros_like(START), sorted(set(rows))
        np.add.at(grad, rows, values)
        momentum[chosen] = 0.9 * momentum[chosen] + grad[chosen]
        x[chosen] -= 0.5 * momentum[chosen]
        reference.append(x.copy())
    assert_equal(found, reference, tf.float32)


@pytest.mark.parametrize(("grads", "kinds"), [(DENSE, 8), (SPARSE, 9)], ids=["dense", "sparse"])
def test_the_references_differ_where_the_optimizers_do(grads, kinds):
    """So that no formula above stands for another; Adam's two are one where all rows have some."""
    formulas = {formula for _, formula in OPTIMIZERS.values()}
    ends = {tuple(np.round(expected(formula(), grads)[-1], 6).ravel()) for formula in formulas}
    assert len(ends) == kinds
