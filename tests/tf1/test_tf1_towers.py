"""Towers of a model function compute what NumPy computes of the whole batch."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

replicate = tf.contrib.estimator.replicate_model_fn
Tower = tf.contrib.estimator.TowerOptimizer
Spec = tf.estimator.EstimatorSpec
Reduction = tf.losses.Reduction
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

X = np.array([[1.0], [-2.0], [0.5], [3.0]], np.float32)
Y = np.array([[1.0], [0.5], [-1.0], [2.0]], np.float32)
RATE = 0.1


def squares(features, labels, mode):
    """The mean square of `x * weight - y`, of one tower's part of the batch."""
    weight = tf.get_variable("weight", [], initializer=tf.ones_initializer())
    loss = tf.reduce_mean((features * weight - labels) ** 2)
    train = Tower(tf.train.GradientDescentOptimizer(RATE)).minimize(loss)
    return Spec(mode, loss=loss, train_op=train)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def ran(*fetches, feeds=None):
    with tf.Session(config=tf.ConfigProto(device_count={"CPU": 2})) as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        return [session.run(fetch, feeds) for fetch in fetches]


@pytest.mark.parametrize(
    ("reduction", "parts", "scale"),
    [
        (Reduction.SUM, 2, 2),
        (Reduction.MEAN, 2, 1),
        (Reduction.SUM_OVER_BATCH_SIZE, 4, 1),
        (Reduction.SUM, 4, 4),
        (Reduction.SUM, 1, 1),
    ],
)
def test_one_step_is_a_step_on_the_whole_batch(reduction, parts, scale):
    devices = ["/cpu:0", "/cpu:1"] * 2
    spec = replicate(squares, reduction, devices[:parts])(tf.constant(X), tf.constant(Y), "train")
    [weight] = tf.global_variables()
    loss, _, after = ran(spec.loss, spec.train_op, weight)
    gradient = scale * (2 * X * (X - Y)).mean()
    assert loss == pytest.approx(scale * ((X - Y) ** 2).mean(), rel=1e-6)
    assert after == pytest.approx(1 - RATE * gradient, rel=1e-5)


def test_slices_of_all_towers_are_joined():
    def model_fn(features, labels, mode):
        table = tf.get_variable("table", [3], initializer=tf.zeros_initializer())
        loss = tf.reduce_sum(tf.gather(table, features) * labels)
        train = Tower(tf.train.GradientDescentOptimizer(1.0)).minimize(loss)
        return Spec(mode, loss=loss, train_op=train)

    rows, factors = tf.constant([0, 2, 2, 0]), tf.constant([1.0, 2.0, 4.0, 8.0])
    spec = replicate(model_fn, Reduction.SUM, ["/cpu:0", "/cpu:1"])(rows, factors, "train")
    _, table = ran(spec.train_op, tf.global_variables()[0])
    np.testing.assert_array_equal(table, [-9, 0, -6])


def test_a_variable_without_a_gradient_stays_as_it_was():
    def model_fn(features, labels, mode):
        used = tf.get_variable("used", [], initializer=tf.ones_initializer())
        spare = tf.get_variable("spare", [], initializer=tf.ones_initializer())
        optimizer = Tower(tf.train.GradientDescentOptimizer(1.0))
        loss = tf.reduce_sum(features) * used
        pairs = optimizer.compute_gradients(loss, [used, spare])
        return Spec(mode, loss=loss, train_op=optimizer.apply_gradients(pairs))

    spec = replicate(model_fn, Reduction.SUM, ["/cpu:0"] * 2)(tf.constant(X), None, "train")
    _, *values = ran(spec.train_op, *tf.global_variables())
    assert values == pytest.approx([1 - X.sum(), 1.0])


def test_measures_of_all_towers_are_counted_once():
    def model_fn(features, labels, mode):
        return Spec(
            mode,
            loss=tf.reduce_sum(features),
            eval_metric_ops={
                "mean": tf.metrics.mean(features),
                "right": tf.metrics.accuracy(labels > 0, features > 0),
            },
        )

    spec = replicate(model_fn, devices=["/cpu:0", "/cpu:1"])(tf.constant(X), tf.constant(Y), "eval")
    (mean, update), (right, same) = spec.eval_metric_ops["mean"], spec.eval_metric_ops["right"]
    assert update is same
    # A second update counts the batch again: the mean stays only if towers start from zero.
    _, first, _, second, share = ran(update, mean, update, mean, right)
    assert first == second == pytest.approx(X.mean())
    assert share == pytest.approx(((X > 0) == (Y > 0)).mean())


def test_a_batch_of_unknown_size_is_split_when_it_is_known():
    x = tf.placeholder(tf.float32, [None, 1])

    def model_fn(features, labels, mode):
        return Spec(mode, {"twice": 2 * features["x"], "seen": tf.shape(features["x"])})

    spec = replicate(model_fn, devices=["/cpu:0", "/cpu:1"])({"x": x}, None, "infer")
    [found] = ran(spec.predictions, feeds={x: X})
    np.testing.assert_array_equal(found["twice"], 2 * X)
    assert found["seen"].tolist() == [2, 1, 2, 1]
    with pytest.raises(tf.errors.InvalidArgumentError):
        ran(spec.predictions, feeds={x: X[:3]})


def test_a_batch_of_another_size_is_named():
    with pytest.raises(ValueError, match=r"Batch size 3 .* which is 2"):
        replicate(squares, devices=["/cpu:0"] * 2)(tf.constant(X[:3]), tf.constant(Y[:3]), "train")


def test_each_tower_gets_its_own_params_and_the_run_config():
    given = {"seen": []}
    config = tf.estimator.RunConfig(tf_random_seed=7)
    found = []

    def model_fn(features, labels, mode, params, config):
        found.append((params, config.tf_random_seed))
        # Each tower's copy shares nothing with the caller's.
        params["seen"].append(len(found))
        return Spec(mode, loss=tf.zeros([]), train_op=tf.no_op())

    built = replicate(model_fn, devices=["/cpu:0"])
    built(tf.constant(X), None, "train", params=given, config=config)
    assert found == [({"seen": [1]}, 7)]
    assert given == {"seen": []}


def test_training_keeps_the_hooks_of_the_last_tower():
    hooks = []

    def model_fn(features, labels, mode):
        spec = squares(features, labels, mode)
        hooks.append(tf.train.SessionRunHook())
        return spec._replace(training_hooks=[hooks[-1]])

    spec = replicate(model_fn, devices=["/cpu:0"] * 3)(tf.zeros([3, 1]), tf.zeros([3, 1]), "train")
    assert len(hooks) == 3
    assert list(spec.training_hooks) == hooks[2:]


def test_without_towers_the_optimizer_does_what_it_does():
    spec = squares(tf.constant(X), tf.constant(Y), "train")
    _, after = ran(spec.train_op, tf.global_variables()[0])
    assert after == pytest.approx(1 - RATE * (2 * X * (X - Y)).mean(), rel=1e-5)


def test_a_graph_with_towers_can_be_saved(graph, tmp_path):
    replicate(squares, devices=["/cpu:0"] * 2)(tf.constant(X), tf.constant(Y), "train")
    assert Tower.COLLECTION_FOR_GRAPH_STATES not in graph.get_all_collection_keys()
    saved = tf.train.export_meta_graph(str(tmp_path / "towers.meta"))
    assert "replicate_model_fn" not in str(sorted(saved.collection_def))
