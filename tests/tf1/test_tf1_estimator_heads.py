"""contrib.estimator's heads against NumPy: losses, weights, predictions and measures."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

heads = tf.contrib.estimator
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

ONE = np.array([[0.5], [-1.25], [2.0], [0.25]], np.float32)
THREE = np.array([[0.5, -1, 2], [1.5, 0.5, 0], [-0.5, 2.5, 1], [0, 1, 3]], np.float32)
WEIGHTS = np.array([[1.0], [2.0], [0.5], [3.0]], np.float32)
BINARY = np.array([[1], [0], [1], [0]])
IDS = np.array([[2], [1], [0], [2]])
MANY = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
NUMBERS = np.array([[1.0], [0.0], [3.0], [2.0]], np.float32)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(1, keepdims=True)


def crossed(labels, logits):
    probabilities = sigmoid(logits)
    return -labels * np.log(probabilities) - (1 - labels) * np.log(1 - probabilities)


def counted(labels, logits):
    """The log loss of counts with Stirling's part, which stands for labels above 1 only."""
    stirling = [
        y * math.log(y) - y + 0.5 * math.log(2 * math.pi * y) if y > 1 else 0 for y in labels[:, 0]
    ]
    return np.exp(logits) - logits * labels + np.reshape(stirling, [-1, 1])


# Name: how it is made, its labels, its logits, the loss of each example.
CASES = {
    "binary": (heads.binary_classification_head, (), BINARY, ONE, crossed(BINARY, ONE)),
    "logistic": (
        heads.logistic_regression_head,
        (),
        sigmoid(-ONE).astype(np.float32),
        ONE,
        crossed(sigmoid(-ONE), ONE),
    ),
    "classes": (
        heads.multi_class_head,
        (3,),
        IDS,
        THREE,
        -np.log(np.take_along_axis(softmax(THREE), IDS, 1)),
    ),
    "labels": (
        heads.multi_label_head,
        (3,),
        MANY,
        THREE,
        crossed(MANY, THREE).mean(1, keepdims=True),
    ),
    "numbers": (heads.regression_head, (), NUMBERS, ONE, (NUMBERS - ONE) ** 2),
    "counts": (heads.poisson_regression_head, (), NUMBERS, ONE, counted(NUMBERS, ONE)),
}


def run(fetches):
    with tf.Session() as session:
        session.run([tf.local_variables_initializer(), tf.tables_initializer()])
        return session.run(fetches)


def loss_of(head, labels, logits):
    features = {"w": tf.constant(WEIGHTS)}
    return run(head.loss(tf.constant(labels), tf.constant(logits), features, "eval"))


@pytest.mark.parametrize("name", CASES)
def test_the_loss_is_the_mean_over_examples(graph, name):
    make, arguments, labels, logits, losses = CASES[name]
    found = loss_of(make(*arguments), labels, logits)
    assert found == pytest.approx(losses.mean(), rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_examples_are_weighted(graph, name):
    make, arguments, labels, logits, losses = CASES[name]
    found = loss_of(make(*arguments, weight_column="w"), labels, logits)
    assert found == pytest.approx((losses * WEIGHTS).sum() / len(losses), rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_losses_can_be_summed(graph, name):
    make, arguments, labels, logits, losses = CASES[name]
    head = make(*arguments, loss_reduction=tf.losses.Reduction.SUM)
    assert loss_of(head, labels, logits) == pytest.approx(losses.sum(), rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_a_spec_trains_measures_or_predicts(graph, name):
    make, arguments, labels, logits, losses = CASES[name]
    head = make(*arguments)
    tf.train.create_global_step()

    def spec(mode):
        return head.create_estimator_spec(
            {},
            mode,
            tf.constant(logits),
            labels=None if mode == "infer" else tf.constant(labels),
            train_op_fn=lambda loss: tf.assign_add(tf.train.get_global_step(), 1),
        )

    assert spec("infer").loss is None
    assert spec("infer").train_op is None
    assert "serving_default" in spec("infer").export_outputs
    assert spec("train").train_op is not None
    measured = spec("eval")
    value, update = measured.eval_metric_ops["average_loss"]
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run([update, update])
        assert session.run(value) == pytest.approx(losses.mean(), rel=1e-5)
    assert measured.loss.shape.as_list() == []


@pytest.mark.parametrize(
    ("make", "arguments", "logits", "expected"),
    [
        (heads.binary_classification_head, (), ONE, {"logistic": sigmoid(ONE), "logits": ONE}),
        (heads.logistic_regression_head, (), ONE, {"predictions": sigmoid(ONE)}),
        (heads.multi_class_head, (3,), THREE, {"probabilities": softmax(THREE)}),
        (heads.multi_label_head, (3,), THREE, {"probabilities": sigmoid(THREE)}),
        (heads.regression_head, (), ONE, {"predictions": ONE}),
        (heads.poisson_regression_head, (), ONE, {"predictions": np.exp(ONE)}),
    ],
)
def test_predictions_are_made_of_logits(graph, make, arguments, logits, expected):
    spec = make(*arguments).create_estimator_spec({}, "infer", tf.constant(logits))
    found = run({name: spec.predictions[name] for name in expected})
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-5)


def test_classes_can_be_words(graph):
    head = heads.multi_class_head(3, label_vocabulary=["low", "mid", "high"])
    words = np.array([["high"], ["mid"], ["low"], ["high"]])
    expected = CASES["classes"][4].mean()
    assert loss_of(head, words, THREE) == pytest.approx(expected, rel=1e-5)
    predictions = head.create_estimator_spec({}, "infer", tf.constant(THREE)).predictions
    assert run(predictions["classes"])[:, 0].tolist() == [b"high", b"low", b"mid", b"high"]


def test_labels_are_checked_before_the_loss(graph):
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be <= n_classes - 1"):
        loss_of(heads.multi_class_head(3), IDS + 1, THREE)
    with pytest.raises(ValueError, match=r"n_classes must be > 2"):
        heads.multi_class_head(1)


def test_several_heads_share_a_model(graph):
    first, second = heads.regression_head(name="a"), heads.regression_head(name="b")
    both = heads.multi_head([first, second], [1.0, 0.25])
    labels = {"a": tf.constant(NUMBERS), "b": tf.constant(-NUMBERS)}
    logits = {"a": tf.constant(ONE), "b": tf.constant(2 * ONE)}
    expected = ((NUMBERS - ONE) ** 2).mean() + 0.25 * ((-NUMBERS - 2 * ONE) ** 2).mean()
    assert run(both.loss(labels, logits, {}, "eval")) == pytest.approx(expected, rel=1e-5)
    assert both.logits_dimension == 2
