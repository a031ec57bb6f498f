"""contrib.predictor runs SavedModels and estimators as functions."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import UnknownNameError

predictor = tf.contrib.predictor
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture
def saved(graph, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.identity(x * tf.get_variable("v", initializer=3.0), name="y")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, str(tmp_path / "m"), {"x": x}, {"y": y})
    return str(tmp_path / "m")


def test_a_saved_model_is_a_function(saved):
    with predictor.from_saved_model(saved) as predict:
        assert predict({"x": [1, 2]})["y"].tolist() == [3, 6]
        assert predict.graph is predict.session.graph
        assert sorted(predict.feed_tensors) == ["x"]
        assert sorted(predict.fetch_tensors) == ["y"]
        with pytest.raises(UnknownNameError, match="no input named 'z'"):
            predict({"z": [1]})


def test_tensors_can_be_named_instead_of_a_signature(saved):
    names = {"input_names": {"a": "x:0"}, "output_names": {"b": "y:0"}}
    with predictor.from_saved_model(saved, **names) as predict:
        assert predict({"a": [1]})["b"].tolist() == [3]


def test_unknown_signatures_are_refused(saved):
    with pytest.raises(UnknownNameError, match="no signature named 'nothing'"):
        predictor.from_saved_model(saved, "nothing")


@pytest.mark.parametrize("output_key", [None, "serving_default"])
def test_an_estimator_is_a_function(tmp_path, output_key):
    def model_fn(features, labels, mode):
        made = tf.layers.dense(features["x"], 1)
        outputs = {"serving_default": tf.estimator.export.PredictOutput({"y": made})}
        loss = tf.reduce_mean(made)
        step = tf.assign_add(tf.train.get_global_step(), 1)
        return tf.estimator.EstimatorSpec(
            mode,
            predictions={"y": made} if output_key else made,
            loss=loss,
            train_op=step,
            export_outputs=outputs,
        )

    x = np.ones((4, 2), np.float32)
    estimator = tf.estimator.Estimator(model_fn, str(tmp_path))
    estimator.train(tf.estimator.inputs.numpy_input_fn({"x": x}, shuffle=False), steps=1)

    def receiver():
        fed = {"x": tf.placeholder(tf.float32, [None, 2])}
        return tf.estimator.export.ServingInputReceiver(fed, fed)

    with predictor.from_estimator(estimator, receiver, output_key) as predict:
        name = "y" if output_key else "output"
        assert predict({"x": x})[name].shape == (4, 1)
