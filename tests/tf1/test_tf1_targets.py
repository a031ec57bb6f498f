"""contrib.layers' targets by NumPy: losses, their gradients, and what is measured over batches."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

slim = tf.contrib.slim

LOGITS = np.array([[0.5], [-1.5], [2.0], [0.0]], np.float32)
LABELS = np.array([1, 0, 0, 1])
WEIGHTS = np.array([1.0, 2.0, 0.0, 0.5], np.float32)
FEATURES = {"weight": WEIGHTS}


def likely(logits):
    return 1 / (1 + np.exp(-logits))


def log_loss(logits, labels):
    return np.log1p(np.exp(-logits)) + (1 - labels) * logits


LOSSES = {
    "regression": (lambda **given: slim.regression_target(**given), lambda x, y: (x - y) ** 2),
    "classes": (lambda **given: slim.multi_class_target(2, **given), log_loss),
    "margin": (
        lambda **given: slim.binary_svm_target(**given),
        lambda x, y: np.maximum(0, 1 - (2 * y - 1) * x),
    ),
}


@pytest.mark.parametrize("kind", sorted(LOSSES))
def test_the_weighted_loss_is_over_weights_the_one_trained_with_over_examples(session, kind):
    make, formula = LOSSES[kind]
    target = make(weight_column_name="weight")
    losses = WEIGHTS * formula(LOGITS[:, 0], LABELS)
    logits, labels = tf.constant(LOGITS), tf.constant(LABELS)
    found = session.run(
        [target.loss(logits, labels, FEATURES), target.training_loss(logits, labels, FEATURES)]
    )
    np.testing.assert_allclose(found, [losses.sum() / WEIGHTS.sum(), losses.mean()], rtol=1e-5)


@pytest.mark.parametrize("kind", sorted(LOSSES))
def test_labels_may_be_a_column_and_one_of_several(session, kind):
    target = LOSSES[kind][0](label_name="wanted")
    logits, labels = tf.constant(LOGITS), tf.constant(LABELS)
    plain = target.loss(logits, labels, {})
    chosen = target.loss(logits, {"wanted": labels[:, None], "other": 1 - labels}, {})
    found = session.run([plain, chosen])
    assert found[0] == found[1]


def test_gradients_of_two_classes_are_what_is_missing_to_the_labels(session):
    logits = tf.constant(LOGITS)
    target = slim.multi_class_target(2, weight_column_name="weight")
    loss = target.training_loss(logits, tf.constant(LABELS), FEATURES)
    wanted = WEIGHTS[:, None] * (likely(LOGITS) - LABELS[:, None]) / len(LABELS)
    np.testing.assert_allclose(session.run(tf.gradients(loss, logits)[0]), wanted, rtol=1e-5)


def test_probabilities_of_two_classes_are_the_logistic_function(session):
    target = slim.multi_class_target(2)
    found = session.run(target.logits_to_predictions(tf.constant(LOGITS), proba=True))
    np.testing.assert_allclose(found[:, 1:], likely(LOGITS), rtol=1e-5)
    np.testing.assert_allclose(found.sum(1), 1, rtol=1e-6)


def test_measurements_gather_over_batches(session):
    logits, labels = tf.placeholder(tf.float32, [None, 1]), tf.placeholder(tf.int64, [None])
    found = slim.multi_class_target(2).get_eval_ops({}, logits, labels)
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for rows in (slice(0, 3), slice(3, 4)):
        session.run(
            [ops[1] for ops in found.values()], {logits: LOGITS[rows], labels: LABELS[rows]}
        )
    values = session.run({name: ops[0] for name, ops in found.items()})
    # A probability of just 0.5 is a one to the accuracy at that threshold, and to nothing else.
    assert values["accuracy"] == 0.5
    assert values["accuracy/threshold_0.500000_mean"] == 0.75
    assert values["precision/positive_threshold_0.500000_mean"] == pytest.approx(0.5)
    assert values["recall/positive_threshold_0.500000_mean"] == pytest.approx(0.5)
    assert values["labels/actual_target_mean"] == 0.5
    # The mean of the batches' losses, not that of the examples.
    parts = [log_loss(LOGITS[rows, 0], LABELS[rows]).mean() for rows in (slice(3), slice(3, 4))]
    assert values["loss"] == pytest.approx(np.mean(parts), rel=1e-5)


def test_a_margin_is_learnt(session):
    points = np.array([[2.0, 1.0], [1.0, 2.0], [-1.0, -1.5], [-2.0, 0.5]], np.float32)
    weights = tf.get_variable("w", [2, 1], initializer=tf.zeros_initializer())
    logits = tf.matmul(tf.constant(points), weights)
    target = slim.binary_svm_target()
    loss = target.training_loss(logits, tf.constant([1, 1, 0, 0]), {})
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    session.run(tf.global_variables_initializer())
    for _ in range(10):
        session.run(step)
    assert session.run(loss) == 0
    assert session.run(target.logits_to_predictions(logits)).tolist() == [1, 1, 0, 0]


def test_labels_with_more_axes_than_a_margin_has_are_told(session):
    labels = tf.placeholder(tf.int32)
    loss = slim.binary_svm_target().loss(tf.zeros([1, 1]), labels, {})
    with pytest.raises(tf.errors.InvalidArgumentError, match="shape should be either"):
        session.run(loss, {labels: [[[1]]]})


def test_each_call_of_what_is_experimental_is_logged(monkeypatch):
    said = []
    monkeypatch.setattr(tf.logging, "warning", lambda form, *given: said.append(form % given))

    class Model:
        @slim.experimental
        def doubled(self, x):
            return 2 * x

    assert Model().doubled(3) == 6
    assert len(said) == 1
    assert "Model.doubled (from" in said[0]
    assert "is experimental and may change or be removed at any time" in said[0]
