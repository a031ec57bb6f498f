"""contrib.learn's recurrent estimator: only steps that count do, and states go in and out."""

from __future__ import annotations

import numpy as np
import pytest
from graphkit.tf1.contrib.learn.python.learn.estimators import constants, rnn_common

import graphkit.tf1 as tf

learn, layers = tf.contrib.learn, tf.contrib.layers
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

CLASSES, NUMBERS = constants.ProblemType.CLASSIFICATION, constants.ProblemType.LINEAR_REGRESSION
ONE, EACH = rnn_common.PredictionType.SINGLE_VALUE, rnn_common.PredictionType.MULTIPLE_VALUE
X = np.random.RandomState(2).normal(size=[4, 5, 2]).astype(np.float32)
LENGTHS = np.array([5, 3, 1, 4], np.int32)
SUMS = np.array([x[:n].sum() for x, n in zip(X, LENGTHS, strict=True)], np.float32)


def given(x=X, labels=SUMS, **more):
    def input_fn():
        features = {"x": tf.constant(x), "sequence_length": tf.constant(LENGTHS)}
        features.update({name: tf.constant(value) for name, value in more.items()})
        return features, tf.constant(labels)

    return input_fn


def padded_otherwise():
    x = X.copy()
    for row, length in enumerate(LENGTHS):
        x[row, length:] = 100.0
    return x


@pytest.fixture(scope="module")
def regressor(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("sums"))
    columns = [layers.real_valued_column("x", 2)]
    made = learn.DynamicRnnEstimator(NUMBERS, ONE, columns, num_units=4, model_dir=folder)
    return made.fit(input_fn=given(), steps=3)


def unrolled(estimator, x, state):
    """The network in NumPy, from the variables: each step's state, and what is made of it."""
    kernel = estimator.get_variable_value("rnn/basic_rnn_cell/kernel")
    bias = estimator.get_variable_value("rnn/basic_rnn_cell/bias")
    states = []
    for step in range(x.shape[1]):
        state = np.tanh(np.concatenate([x[:, step], state], 1) @ kernel + bias)
        states.append(state)
    weights = estimator.get_variable_value("fully_connected/weights")
    states = np.stack(states, 1)
    return states, states @ weights + estimator.get_variable_value("fully_connected/biases")


def test_the_last_step_that_counts_is_predicted(regressor):
    states, outputs = unrolled(regressor, X, np.zeros([4, 4]))
    found = list(regressor.predict(input_fn=given()))
    expected = outputs[np.arange(4), LENGTHS - 1, 0]
    np.testing.assert_allclose([each["scores"] for each in found], expected, rtol=1e-4, atol=1e-6)
    final = [each["rnn_cell_state_0"] for each in found]
    np.testing.assert_allclose(final, states[:, -1], rtol=1e-4, atol=1e-6)


def test_what_follows_the_last_step_changes_nothing(regressor):
    plain = regressor.evaluate(input_fn=given(), steps=1)
    padded = regressor.evaluate(input_fn=given(padded_otherwise()), steps=1)
    assert plain["loss"] == pytest.approx(padded["loss"])


def test_a_state_may_be_given(regressor):
    start = np.full([4, 4], 0.5, np.float32)
    _, outputs = unrolled(regressor, X, start)
    found = regressor.predict(input_fn=given(rnn_cell_state_0=start))
    expected = outputs[np.arange(4), LENGTHS - 1, 0]
    np.testing.assert_allclose([each["scores"] for each in found], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("with_probabilities", [True, False])
def test_each_step_may_have_a_class(tmp_path, with_probabilities):
    labels = (X[:, :, 0] > 0).astype(np.int64)
    made = learn.DynamicRnnEstimator(
        CLASSES,
        EACH,
        [layers.real_valued_column("x", 2)],
        [layers.real_valued_column("c", 1)],
        num_classes=2,
        num_units=4,
        cell_type="gru",
        optimizer="Adam",
        predict_probabilities=with_probabilities,
        model_dir=str(tmp_path),
    )
    inputs = given(labels=labels, c=np.ones([4, 1], np.float32))
    made.fit(input_fn=inputs, steps=60)
    found = list(made.predict(input_fn=inputs))
    right = [
        each["classes"][:length] == label[:length]
        for each, label, length in zip(found, labels, LENGTHS, strict=True)
    ]
    measured = made.evaluate(input_fn=inputs, steps=1)
    assert measured["accuracy"] == pytest.approx(np.concatenate(right).mean())
    assert measured["accuracy"] > 0.8
    assert ("probabilities" in found[0]) == with_probabilities
    if with_probabilities:
        chances = np.array([each["probabilities"] for each in found])
        assert chances.shape == (4, 5, 2)
        np.testing.assert_allclose(chances.sum(2), 1, rtol=1e-5)


def test_states_are_named_part_by_part(session):
    cell = rnn_common.construct_rnn_cell([3, 2], "lstm")
    state = cell.zero_state(2, tf.float32)
    named = rnn_common.state_tuple_to_dict(state)
    assert sorted(named) == [f"rnn_cell_state_{number}" for number in range(4)]
    assert [part.shape.as_list()[1] for part in named.values()] == [3, 3, 2, 2]
    back = rnn_common.dict_to_state_tuple(named, cell)
    tf.nest.assert_same_structure(back, state)
    assert rnn_common.dict_to_state_tuple({}, cell) is None
    with pytest.raises(ValueError, match="zero or 4 state Tensors; got 1"):
        rnn_common.dict_to_state_tuple({"rnn_cell_state_2": tf.zeros([2, 2])}, cell)


def test_a_momentum_goes_to_its_optimizer(tmp_path):
    columns = [layers.real_valued_column("x", 2)]
    made = learn.DynamicRnnEstimator(
        NUMBERS,
        ONE,
        columns,
        num_units=2,
        optimizer="Momentum",
        momentum=0.9,
        model_dir=str(tmp_path),
    )
    made.fit(input_fn=given(), steps=1)
    assert any(name.endswith("/Momentum") for name in made.get_variable_names())
