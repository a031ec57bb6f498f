"""contrib.learn's exports can be loaded and predict; what they need is said where it is missing.

Their signatures, files and folders are compared with 1.15.5 by `test_tf1_goldens.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

learn = tf.contrib.learn
utils = learn.utils.saved_model_export_utils
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

X = np.array([[1, 2], [3, 4], [5, 6]], np.float32)


def model(features, labels, mode):
    x = features["x"] if isinstance(features, dict) else features
    weights = tf.get_variable("w", [2, 1], initializer=tf.ones_initializer())
    scores = tf.matmul(tf.cast(x, tf.float32), weights)
    step = tf.assign_add(tf.train.get_global_step(), 1)
    return {"scores": scores, "twice": 2 * scores}, tf.reduce_mean(scores), step


@pytest.fixture
def estimator(tmp_path):
    return learn.Estimator(model, str(tmp_path / "model"))


@pytest.fixture
def trained(estimator):
    return estimator.fit(input_fn=lambda: ({"x": tf.constant(X)}, tf.zeros([3])), steps=1)


def serialized(rows):
    found = []
    for row in rows:
        example = tf.train.Example()
        example.features.feature["x"].float_list.value.extend(row)
        found.append(example.SerializeToString())
    return found


def restored(path, fetch, feeds):
    """What an exported session bundle computes."""
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(f"{path}/export.meta")
        saver.restore(session, f"{path}/export")
        return session.run(fetch, feeds)


def test_a_saved_model_predicts_what_the_estimator_predicts(trained, tmp_path):
    serve = learn.build_parsing_serving_input_fn({"x": tf.FixedLenFeature([2], tf.float32)})
    path = trained.export_savedmodel(str(tmp_path / "out"), serve).decode()
    with tf.contrib.predictor.from_saved_model(path) as predict:
        found = predict({"examples": serialized(X)})
    assert found["scores"][:, 0].tolist() == [3, 7, 11]
    assert found["twice"][:, 0].tolist() == [6, 14, 22]


def test_a_classifier_serves_probabilities(tmp_path):
    column = tf.contrib.layers.real_valued_column("x", 2)
    made = learn.LinearClassifier([column], str(tmp_path / "model"))
    made.fit({"x": X}, np.array([0, 1, 1]), steps=3)
    strategy = utils.make_parsing_export_strategy([column])
    path = strategy.export(made, str(tmp_path / "out")).decode()
    with tf.contrib.predictor.from_saved_model(path) as predict:
        found = predict({"inputs": serialized(X)})
    expected = list(made.predict_proba({"x": X}))
    np.testing.assert_allclose(found["scores"], expected, rtol=1e-5)


def test_features_may_be_fed_as_they_are(trained, tmp_path):
    with tf.Graph().as_default():
        serve = learn.utils.build_default_serving_input_fn({"x": tf.zeros([1, 2], name="fed")})
        path = trained.export_savedmodel(str(tmp_path / "out"), serve).decode()
    with tf.contrib.predictor.from_saved_model(path) as predict:
        assert predict({"x": X})["scores"][:, 0].tolist() == [3, 7, 11]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"serving_input_fn": None}, "serving_input_fn must be defined"),
        ({"graph_rewrite_specs": ["quantize"]}, "graph_rewrite_specs must be None"),
        ({"default_output_alternative_key": "head"}, "Requested default_output_alternative: head"),
    ],
)
def test_what_cannot_be_exported_is_said(trained, tmp_path, options, message):
    serve = learn.build_parsing_serving_input_fn({"x": tf.FixedLenFeature([2], tf.float32)})
    given = {"serving_input_fn": serve, **options}
    with pytest.raises(ValueError, match=message):
        trained.export_savedmodel(str(tmp_path / "out"), **given)


@pytest.mark.parametrize("name", ["export", "export_savedmodel"])
def test_an_estimator_is_trained_first(estimator, tmp_path, name):
    with pytest.raises(learn.NotFittedError, match="Couldn't find trained model"):
        getattr(estimator, name)(str(tmp_path / "out"), lambda: None)


class TestSessionBundles:
    """The format before SavedModel."""

    def test_it_reads_the_features_that_were_trained_with(self, trained, tmp_path):
        path = trained.export(str(tmp_path), default_batch_size=None).decode()
        feeds = {"input_example_tensor:0": serialized(X)}
        assert restored(path, "MatMul:0", feeds)[:, 0].tolist() == [3, 7, 11]

    @pytest.mark.parametrize("dtype", [np.float64, np.int32])
    def test_numbers_that_examples_do_not_hold_are_cast(self, estimator, tmp_path, dtype):
        x = X.astype(dtype)
        estimator.fit(input_fn=lambda: (tf.constant(x), tf.zeros([3])), steps=1)
        path = estimator.export(str(tmp_path / "out"), default_batch_size=1).decode()
        example = tf.train.Example()
        kind = "int64_list" if dtype is np.int32 else "float_list"
        getattr(example.features.feature["feature"], kind).value.extend([1, 2])
        feeds = {"input_example_tensor:0": [example.SerializeToString()]}
        assert restored(path, "MatMul:0", feeds).tolist() == [[3]]

    def test_an_input_function_may_take_nothing(self, trained, tmp_path):
        def fed():
            x = tf.placeholder(tf.float32, [None, 2], "mine")
            return {"x": x, "key": tf.identity(x)}, None

        path = trained.export(
            str(tmp_path), fed, "key", use_deprecated_input_fn=False, exports_to_keep=1
        ).decode()
        assert restored(path, "MatMul:0", {"mine:0": X})[:, 0].tolist() == [3, 7, 11]

    def test_there_must_be_something_to_feed(self, trained, tmp_path):
        with pytest.raises(ValueError, match="Either features or examples must be defined"):
            trained.export(str(tmp_path), lambda: ({}, None), use_deprecated_input_fn=False)
        fresh = learn.Estimator(model, trained.model_dir)
        with pytest.raises(ValueError, match=r"Features information missing, was fit\(\)"):
            fresh.export(str(tmp_path))

    def test_a_monitor_exports_no_estimator_of_today(self, tmp_path):
        monitor = learn.monitors.ExportMonitor(1, str(tmp_path))
        monitor.set_estimator(tf.estimator.Estimator(lambda features, labels: None, str(tmp_path)))
        with pytest.raises(ValueError, match="ExportMonitor does not support"):
            monitor.every_n_step_end(1, {})
        monitor.begin()
        monitor.end()
        assert monitor.last_export_dir is None


class TestMetrics:
    """Metrics of one of several predictions."""

    @staticmethod
    def mean(predictions, labels):
        return tf.metrics.mean(predictions)

    def test_a_name_may_say_which_prediction_it_is_of(self, trained):
        def input_fn():
            return {"x": tf.constant(X)}, {"y": tf.zeros([3])}

        metrics = {("m", "twice"): self.mean, ("n", "scores"): self.mean}
        found = trained.evaluate(input_fn=input_fn, steps=1, metrics=metrics)
        assert (found["m"], found["n"]) == (14, 7)

    def test_such_a_name_has_two_parts(self, trained):
        metrics = {("a", "b", "c"): self.mean}
        with pytest.raises(ValueError, match="a tuple of 3, expected 2"):
            trained.evaluate({"x": X}, X[:, 0], metrics=metrics)

    def test_such_a_name_needs_several_predictions(self, tmp_path):
        def one(features, labels, mode):
            predictions, loss, step = model(features, labels, mode)
            return predictions["scores"], loss, step

        made = learn.Estimator(one, str(tmp_path)).fit({"x": X}, X[:, 0], steps=1)
        with pytest.raises(ValueError, match="predictions are not dict"):
            made.evaluate({"x": X}, X[:, 0], metrics={("a", "b"): self.mean})
