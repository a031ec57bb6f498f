"""contrib.learn's heads of several heads: losses in NumPy, and what an estimator makes of them."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

learn, layers = tf.contrib.learn, tf.contrib.layers
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

X = np.array([[1, 2], [3, -1], [0, 1]], np.float32)
HEIGHTS = np.array([1.0, 0.0, 3.0], np.float32)
KINDS = np.array([1, 2, 0])
LOGITS = np.array([[0.5, 1, 0, -1], [2, 0, 0, 1], [-1, 0.25, 2, 0]], np.float32)


def named_heads():
    return [
        learn.regression_head("height", head_name="h"),
        learn.multi_class_head(3, "kind", head_name="k"),
    ]


def losses():
    heights = ((LOGITS[:, 0] - HEIGHTS) ** 2).mean()
    chances = np.exp(LOGITS[:, 1:]) / np.exp(LOGITS[:, 1:]).sum(1, keepdims=True)
    return heights, -np.log(chances[np.arange(3), KINDS]).mean()


def made(head, mode, logits=LOGITS):
    labels = {"height": tf.constant(HEIGHTS), "kind": tf.constant(KINDS)}
    own = {k: tf.constant(v) for k, v in logits.items()} if isinstance(logits, dict) else logits
    return head.create_model_fn_ops({}, mode, labels, lambda loss: tf.no_op(), own)


@pytest.mark.parametrize("weights", [None, [1.0, 1.0], [2.0, 0.5], [0.0, 3.0]])
def test_the_loss_is_the_weighted_sum_of_the_heads(session, weights):
    first, second = weights or (1, 1)
    expected = first * losses()[0] + second * losses()[1]
    head = learn.multi_head(named_heads(), weights)
    for mode in ("train", "eval"):
        assert session.run(made(head, mode).loss) == pytest.approx(expected, rel=1e-5)


def test_logits_may_come_side_by_side_or_by_name(session):
    head = learn.multi_head(named_heads())
    apart = made(head, "eval", {"k": LOGITS[:, 1:], "h": LOGITS[:, :1]})
    beside = made(head, "eval")
    found, expected = session.run([apart.predictions, beside.predictions])
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name])


@pytest.mark.parametrize("terms", [[2.0], [1.5, 0.25], [0.5, 0.25, 0.125]])
def test_losses_without_labels_are_added(session, terms):
    regularizer = learn.head.loss_only_head(lambda: [tf.constant(term) for term in terms])
    head = learn.multi_head([*named_heads(), regularizer], [1.0, 1.0, 10.0])
    expected = sum(losses()) + 10 * sum(terms)
    assert session.run(made(head, "train").loss) == pytest.approx(expected, rel=1e-5)
    assert head.logits_dimension == 4


@pytest.fixture(scope="module")
def estimator(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("several"))
    columns = [layers.real_valued_column("x", 2)]
    made = learn.LinearEstimator(columns, learn.multi_head(named_heads()), folder)
    return made.fit(input_fn=input_fn, steps=3)


def input_fn():
    return {"x": tf.constant(X)}, {"height": tf.constant(HEIGHTS), "kind": tf.constant(KINDS)}


def test_predictions_are_named_after_head_and_kind(estimator):
    found = list(estimator.predict(input_fn=input_fn))
    assert len(found) == 3
    weights = estimator.get_variable_value("linear/x/weight")
    bias = estimator.get_variable_value("linear/bias_weight")
    expected = X @ weights + bias
    np.testing.assert_allclose([e["h", "scores"] for e in found], expected[:, 0], rtol=1e-5)
    np.testing.assert_allclose([e["k", "logits"] for e in found], expected[:, 1:], rtol=1e-5)


def test_each_head_is_measured_under_its_name(estimator):
    measured = estimator.evaluate(input_fn=input_fn, steps=1)
    assert measured["loss"] == pytest.approx(measured["loss/h"] + measured["loss/k"], rel=1e-5)


def example(row):
    made = tf.train.Example()
    made.features.feature["x"].float_list.value.extend(row)
    return made.SerializeToString()


def test_an_export_serves_each_head(estimator, tmp_path):
    def receiver():
        fed = tf.placeholder(tf.string, [None])
        parsed = tf.parse_example(fed, {"x": tf.FixedLenFeature([2], tf.float32)})
        return tf.estimator.export.ServingInputReceiver(parsed, fed)

    path = estimator.export_savedmodel(str(tmp_path), receiver).decode()
    predictions = list(estimator.predict(input_fn=input_fn))
    for key, output, name in (("k", "scores", "probabilities"), ("h", "outputs", "scores")):
        with tf.contrib.predictor.from_saved_model(path, signature_def_key=key) as predict:
            found = predict({"inputs": [example(row) for row in X]})[output]
        expected = [each[key, name] for each in predictions]
        np.testing.assert_allclose(found, expected, rtol=1e-5)
