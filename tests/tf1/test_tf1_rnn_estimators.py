"""contrib.estimator's recurrent estimators compute what NumPy computes of their variables."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

make = tf.contrib.estimator
sequences = tf.contrib.feature_column
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

PRICES = [[1.0, 2.0, -1.0], [0.5], [-2.0, 0.25]]
AGES = np.array([[0.5], [1.0], [-1.0]], np.float32)
LABELS = np.array([[1], [0], [1]])


def given(labels=LABELS):
    def input_fn():
        places = [[row, step] for row, prices in enumerate(PRICES) for step in range(len(prices))]
        values = [price for prices in PRICES for price in prices]
        prices = tf.SparseTensor(places, values, [3, 3])
        return {"price": prices, "age": tf.constant(AGES)}, tf.constant(labels)

    return input_fn


def predicted(estimator):
    """One batch: inputs that never change are predicted for ever."""
    return list(itertools.islice(estimator.predict(given()), 3))


def columns():
    price = sequences.sequence_numeric_column("price")
    return [price], [tf.feature_column.numeric_column("age")]


def logits_in_numpy(estimator, row):
    """A basic cell over the steps of one sequence, each beside the sequence's age."""
    value = estimator.get_variable_value
    state = np.zeros(value("rnn/rnn/basic_rnn_cell/bias").shape[0])
    for price in PRICES[row]:
        seen = np.concatenate([[price], AGES[row], state])
        state = np.tanh(
            seen @ value("rnn/rnn/basic_rnn_cell/kernel") + value("rnn/rnn/basic_rnn_cell/bias")
        )
    return state @ value("rnn/logits/dense/kernel") + value("rnn/logits/dense/bias")


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("classifier"))
    made = make.RNNClassifier(*columns(), num_units=[4], model_dir=folder, n_classes=3)
    return made.train(given(), steps=5)


def test_probabilities_are_of_the_last_step_that_counts(classifier):
    found = predicted(classifier)
    for row in range(3):
        logits = logits_in_numpy(classifier, row)
        chances = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(found[row]["probabilities"], chances, rtol=1e-4)
        assert found[row]["class_ids"] == chances.argmax()


def test_losses_are_means_over_examples(classifier):
    found = predicted(classifier)
    chances = [each["probabilities"][label[0]] for each, label in zip(found, LABELS, strict=True)]
    measured = classifier.evaluate(given(), steps=1)
    assert measured["loss"] == pytest.approx(-np.log(chances).mean(), rel=1e-4)
    assert measured["average_loss"] == pytest.approx(measured["loss"], rel=1e-4)


def test_a_head_of_numbers_gives_numbers(tmp_path):
    made = make.RNNEstimator(
        make.regression_head(), *columns(), num_units=[3], model_dir=str(tmp_path)
    )
    made.train(given(LABELS.astype(np.float32)), steps=1)
    found = [each["predictions"] for each in predicted(made)]
    expected = [logits_in_numpy(made, row) for row in range(3)]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_gradients_are_cut_unless_an_optimizer_is_given(tmp_path):
    far = LABELS.astype(np.float32) + 1e6
    moved = {}
    for name, optimizer in (
        ("SGD", "SGD"),
        ("given", lambda: tf.train.GradientDescentOptimizer(0.05)),
        ("made", tf.train.GradientDescentOptimizer(0.05)),
    ):
        made = make.RNNEstimator(
            make.regression_head(),
            *columns(),
            num_units=[1],
            model_dir=str(tmp_path / name),
            optimizer=optimizer,
        )
        made.train(given(far), steps=1)
        moved[name] = float(np.abs(made.get_variable_value("rnn/logits/dense/bias")).max())
    # 0.05 of a gradient that is no longer than 5.
    assert moved["SGD"] <= 0.25
    assert moved["given"] <= 0.25
    assert moved["made"] > 1e4


def test_the_cell_knows_the_mode(tmp_path):
    modes = []

    def rnn_cell_fn(mode):
        modes.append(mode)
        return tf.nn.rnn_cell.GRUCell(2)

    made = make.RNNClassifier(*columns(), rnn_cell_fn=rnn_cell_fn, model_dir=str(tmp_path))
    made.train(given(), steps=1)
    made.evaluate(given(), steps=1)
    next(made.predict(given()))
    assert modes == ["train", "eval", "infer"]


@pytest.mark.parametrize("options", [{"num_units": [2]}, {"cell_type": "gru"}])
def test_a_cell_is_described_once(options):
    with pytest.raises(ValueError, match="must not be specified when using rnn_cell_fn"):
        make.RNNClassifier(*columns(), rnn_cell_fn=lambda mode: None, **options)
