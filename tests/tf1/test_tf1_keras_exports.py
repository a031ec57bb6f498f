"""SavedModels of tf.keras.experimental: what comes back is the model that was exported."""

from __future__ import annotations

import json

import numpy as np
import pytest

import graphkit.tf1 as tf

experimental, layers = tf.keras.experimental, tf.keras.layers
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


class Doubling(layers.Layer):
    """A layer that no library knows."""

    def call(self, inputs):
        return 2 * inputs


def dense():
    return [layers.Dense(4, "relu", input_shape=[3]), layers.Dense(2, use_bias=False)]


def pictures():
    return [
        layers.Conv2D(2, 2, input_shape=[4, 4, 1]),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(1),
    ]


def words():
    return [layers.Embedding(7, 3, input_length=5), layers.LSTM(4), layers.Dropout(0.5)]


MODELS = {
    "dense": (dense, [5, 3]),
    "pictures": (pictures, [2, 4, 4, 1]),
    "words": (words, [3, 5]),
}


def given(shape):
    return (np.arange(np.prod(shape)) % 7).reshape(shape).astype(np.float32)


def made(kind):
    make, shape = MODELS[kind]
    return tf.keras.Sequential(make()), given(shape)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_a_loaded_model_predicts_what_the_exported_one_predicts(graph, kind, tmp_path):
    model, x = made(kind)
    experimental.export_saved_model(model, str(tmp_path / "model"))
    loaded = experimental.load_from_saved_model(str(tmp_path / "model"))
    assert [each.get_config() for each in loaded.layers] == [
        each.get_config() for each in model.layers
    ]
    for then, now in zip(model.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(then, now)
    np.testing.assert_allclose(loaded.predict(x), model.predict(x), rtol=1e-6)


@pytest.mark.parametrize("kind", sorted(MODELS))
def test_its_serving_graph_needs_no_keras(graph, kind, tmp_path):
    model, x = made(kind)
    model.compile(tf.train.GradientDescentOptimizer(0.1), "mse")
    experimental.export_saved_model(model, str(tmp_path / "model"))
    expected = model.predict(x)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], str(tmp_path / "model"))
        signature = meta.signature_def["serving_default"]
        (fed,) = (part.name for part in signature.inputs.values())
        (fetched,) = (part.name for part in signature.outputs.values())
        np.testing.assert_allclose(session.run(fetched, {fed: x}), expected, rtol=1e-5, atol=1e-6)


def test_the_training_graph_does_the_steps_of_plain_gradient_descent(graph, tmp_path):
    model = tf.keras.Sequential([layers.Dense(1, use_bias=False, input_shape=[2], name="plane")])
    weights = np.array([[0.5], [-1.0]], np.float32)
    model.set_weights([weights])
    model.compile(tf.train.GradientDescentOptimizer(0.25), "mse")
    experimental.export_saved_model(model, str(tmp_path / "model"))
    x, y = given([4, 2]) / 7, np.array([[1.0], [0.0], [2.0], [-1.0]], np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.loader.load(session, ["train"], str(tmp_path / "model"))
        (train,) = tf.get_collection("train_op")
        (variable,) = (each for each in tf.trainable_variables() if "plane" in each.name)
        for _ in range(4):
            session.run(train, {"plane_input:0": x, "plane_target:0": y})
            weights = weights - 0.25 * 2 * x.T @ (x @ weights - y) / 4
            np.testing.assert_allclose(session.run(variable), weights, rtol=1e-5)


@pytest.mark.parametrize(
    ("optimizer", "tags"),
    [
        (None, [["serve"]]),
        (lambda: "sgd", [["train"], ["eval"], ["serve"]]),
        (lambda: tf.train.RMSPropOptimizer(0.1), [["train"], ["eval"], ["serve"]]),
    ],
)
def test_a_graph_for_each_use_of_a_compiled_model(graph, optimizer, tags, tmp_path):
    model, _ = made("dense")
    if optimizer is not None:
        model.compile(optimizer(), "mse")
    experimental.export_saved_model(model, str(tmp_path / "model"), as_text=True)
    text = (tmp_path / "model" / "saved_model.pbtxt").read_text()
    assert [line.split('"')[1:2] for line in text.splitlines() if " tags:" in line] == tags
    config = json.loads((tmp_path / "model" / "assets" / "saved_model.json").read_text())
    assert config["class_name"] == "Sequential"


def test_layers_of_one_s_own_are_given_by_name(graph, tmp_path):
    model = tf.keras.Sequential([layers.Dense(2, input_shape=[3]), Doubling()])
    known = {"Doubling": Doubling}
    experimental.export_saved_model(model, str(tmp_path / "model"), custom_objects=known)
    loaded = experimental.load_from_saved_model(str(tmp_path / "model"), known)
    x = given([4, 3])
    np.testing.assert_allclose(loaded.predict(x), model.predict(x), rtol=1e-6)
    with pytest.raises((TypeError, ValueError), match="Doubling"):
        experimental.load_from_saved_model(str(tmp_path / "model"))


def test_a_model_made_eagerly_is_exported_for_serving(tmp_path):
    """Its own step of training is no graph, so without `serving_only` it is refused."""
    with tf.init_scope():
        assert tf.executing_eagerly()
        model, x = made("dense")
        model.compile("sgd", "mse")
        experimental.export_saved_model(model, str(tmp_path / "serving"), serving_only=True)
        loaded = experimental.load_from_saved_model(str(tmp_path / "serving"))
        np.testing.assert_allclose(loaded(x), model(x), rtol=1e-6)
        with pytest.raises(NotImplementedError, match="serving_only"):
            experimental.export_saved_model(model, str(tmp_path / "full"))


def test_the_signature_may_name_the_batch(graph, tmp_path):
    model, _ = made("dense")
    signature = [tf.TensorSpec([5, 3], tf.float32, name="five")]
    experimental.export_saved_model(model, str(tmp_path / "model"), input_signature=signature)
    with tf.Graph().as_default() as served, tf.Session() as session:
        tf.saved_model.loader.load(session, ["serve"], str(tmp_path / "model"))
        assert served.get_tensor_by_name("five:0").shape == (5, 3)


def test_contrib_has_the_same_two_under_its_names():
    assert tf.contrib.saved_model.save_keras_model is experimental.export_saved_model
    assert tf.contrib.saved_model.load_keras_model is experimental.load_from_saved_model
