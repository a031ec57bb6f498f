"""contrib.learn's estimators, experiments and vocabularies do what they did."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, CorruptFileError

learn = tf.contrib.learn
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

X = np.random.RandomState(0).randn(64, 2).astype(np.float32)
Y = (X.sum(1) > 0).astype(np.int32)


def model(features, labels, mode, params):
    scores = tf.layers.dense(features, 2)
    predictions = tf.argmax(scores, 1)
    if mode == learn.ModeKeys.INFER:
        return predictions, None, None
    loss = tf.losses.sparse_softmax_cross_entropy(labels, scores)
    step = tf.train.get_global_step()
    train = tf.train.AdamOptimizer(params["rate"]).minimize(loss, step)
    return predictions, loss, train


def input_fn():
    return tf.constant(X), tf.constant(Y)


def test_a_model_function_returning_a_tuple_trains(tmp_path):
    made = learn.Estimator(model, str(tmp_path), params={"rate": 0.1})
    assert made.fit(X, Y, steps=60, batch_size=32) is made
    metrics = {"accuracy": learn.MetricSpec(tf.metrics.accuracy), "mean": tf.metrics.accuracy}
    found = made.evaluate(X, Y, metrics=metrics)
    assert found["accuracy"] > 0.9
    assert found["mean"] == found["accuracy"]
    assert made.evaluate(input_fn=input_fn, steps=1)["global_step"] == 60
    predicted = made.predict(X, as_iterable=False)
    assert len(predicted) == 64
    assert next(made.predict(input_fn=lambda: tf.constant(X))) in (0, 1)


def test_model_function_operations_and_features_are_adapted(tmp_path):
    def ops(features, labels, mode):
        predictions, loss, train = model(features, labels, mode, {"rate": 0.1})
        return learn.ModelFnOps(mode, {"class": predictions}, loss, train)

    made = learn.Estimator(ops, str(tmp_path), feature_engineering_fn=lambda x, y: (x * 2.0, y))
    made.fit(input_fn=input_fn, max_steps=2)
    assert "class" in next(made.predict(x=lambda: tf.constant(X)))

    def spec(features, labels, mode):
        return tf.estimator.EstimatorSpec(mode, predictions=features, loss=tf.constant(0.0))

    other = learn.Estimator(spec, str(tmp_path / "spec"))
    assert other.model_dir == str(tmp_path / "spec")


@pytest.mark.parametrize("kind", ["LinearClassifier", "DNNClassifier"])
def test_classifiers_fit(tmp_path, kind):
    columns = [tf.contrib.layers.real_valued_column("x", 2)]
    options = {"hidden_units": [4]} if kind == "DNNClassifier" else {}
    config = learn.RunConfig(save_checkpoints_secs=None, save_checkpoints_steps=50)
    made = getattr(learn, kind)(
        feature_columns=columns, model_dir=str(tmp_path), config=config, **options
    )
    made.fit({"x": X}, Y, steps=30, batch_size=32)
    measured = made.evaluate({"x": X}, Y)
    assert measured["global_step"] == 30
    assert 0 <= measured["accuracy"] <= 1


def test_metrics_choose_their_tensors(graph):
    def old(predictions, labels, weights):
        return predictions, labels, weights

    spec = learn.MetricSpec(old, "p", "l", "w")
    assert spec.create_metric_ops({"w": 3}, {"l": 2}, {"p": 1, "q": 0}) == (1, 2, 3)
    single = learn.MetricSpec(lambda labels, predictions: (labels, predictions))
    assert single.create_metric_ops({}, 2, {"p": 1}) == (2, 1)
    with pytest.raises(ArgumentError, match=r"key must be one of \['p', 'q'\]"):
        single.create_metric_ops({}, 2, {"p": 1, "q": 0})


def test_texts_become_rows_of_ids(tmp_path):
    processor = learn.preprocessing.VocabularyProcessor(4)
    rows = np.array(list(processor.fit_transform(["i love you", "you too, me"])))
    assert rows.tolist() == [[1, 2, 3, 0], [3, 4, 5, 0]]
    assert len(processor.vocabulary_) == 6
    assert list(processor.reverse([[1, 9 - 6]])) == ["i you"]
    assert next(processor.transform(["new you"])).tolist() == [0, 3, 0, 0]
    path = str(tmp_path / "vocab")
    processor.save(path)
    again = type(processor).restore(path)
    assert next(again.transform(["you love"])).tolist() == [3, 2, 0, 0]


def test_rare_words_get_no_id():
    processor = learn.preprocessing.VocabularyProcessor(3, min_frequency=1)
    processor.fit(["a b a", "b a c"])
    assert next(processor.transform(["a b c"])).tolist() == [1, 2, 0]


def test_pickles_are_not_read(tmp_path):
    (tmp_path / "old").write_bytes(b"\x80\x03c__main__")
    with pytest.raises(CorruptFileError, match=r"old: not a file that VocabularyProcessor.save"):
        learn.preprocessing.VocabularyProcessor.restore(str(tmp_path / "old"))
