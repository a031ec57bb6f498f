"""The listed layers of annotated DNN estimators lead from a served model to its features."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.tf1._namespace import load

make = tf.contrib.estimator
columns = load("tensorflow.python.feature_column.feature_column")
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

AGES = np.array([[0.5], [1.0], [-2.0]], np.float32)
WORDS = ["b", "a", "b"]
UNPROCESSED = "layer_annotations/unprocessed_features"
PROCESSED = "layer_annotatons/processed_features"


def described():
    words = columns._categorical_column_with_vocabulary_list("word", ["a", "b"])
    return [columns._numeric_column("age"), columns._embedding_column(words, 2)]


def features():
    places = [[row, 0] for row in range(len(WORDS))]
    return {"age": tf.constant(AGES), "word": tf.SparseTensor(places, WORDS, [len(WORDS), 1])}


def given():
    return features(), tf.constant([[1.0], [0.0], [2.0]])


def receiver():
    ages = tf.placeholder(tf.float32, [None, 1], name="ages")
    words = tf.sparse_placeholder(tf.string, [None, 1], name="words")
    return tf.estimator.export.ServingInputReceiver({"age": ages, "word": words}, {"ages": ages})


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("annotated"))
    made = make.DNNRegressorWithLayerAnnotations([3], described(), model_dir=folder)
    return made.train(given, steps=2)


@pytest.fixture(scope="module")
def served(trained, tmp_path_factory):
    """The exported graph with its variables, in a session."""
    folder = tmp_path_factory.mktemp("served")
    exported = trained.export_saved_model(str(folder), receiver)
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.saved_model.loader.load(session, ["serve"], exported.decode())
        yield session


def annotated(session, collection):
    """Name to the description of its tensor."""
    kind = type(tf.saved_model.utils.build_tensor_info(tf.zeros([])))
    found = {}
    names = session.graph.get_collection(f"{collection}/keys")
    for name, value in zip(
        names, session.graph.get_collection(f"{collection}/values"), strict=True
    ):
        info = kind()
        assert value.Unpack(info)
        found[tf.compat.as_str_any(name)] = info
    return found


def test_features_are_listed_as_the_tensors_that_are_fed(served):
    found = annotated(served, UNPROCESSED)
    assert sorted(found) == ["age", "word"]
    assert found["age"].name == "ages:0"
    assert found["word"].coo_sparse.values_tensor_name == "words/values:0"
    assert found["word"].coo_sparse.indices_tensor_name == "words/indices:0"


def test_processed_features_are_what_the_columns_made(served, trained):
    found = annotated(served, PROCESSED)
    raw = annotated(served, UNPROCESSED)
    sparse = raw["word"].coo_sparse
    feeds = {
        raw["age"].name: AGES,
        sparse.values_tensor_name: WORDS,
        sparse.indices_tensor_name: [[row, 0] for row in range(3)],
        sparse.dense_shape_tensor_name: [3, 1],
    }
    values = served.run({name: info.name for name, info in found.items()}, feeds)
    table = trained.get_variable_value(
        "dnn/input_from_feature_columns/input_layer/word_embedding/embedding_weights"
    )
    np.testing.assert_array_equal(values["age"], AGES)
    np.testing.assert_allclose(values["word_embedding"], table[[1, 0, 1]], rtol=1e-6)


def test_columns_come_back_from_their_pickles(served):
    kept = served.graph.get_collection("layer_annotations/feature_columns")
    age, word = (pickle.loads(entry) for entry in kept)
    assert age == described()[0]
    assert (word.dimension, word.layer_creator) == (2, None)
    assert word.categorical_column == described()[1].categorical_column


def test_checkpoints_are_those_of_the_plain_estimator(trained):
    plain = tf.estimator.DNNRegressor([3], described(), model_dir=trained.model_dir)
    expected = [next(plain.predict(features))["predictions"]]
    found = [next(trained.predict(features))["predictions"]]
    np.testing.assert_array_equal(found, expected)


def test_other_estimators_list_nothing(tmp_path, trained):
    plain = tf.estimator.DNNRegressor([3], described(), model_dir=str(tmp_path))
    plain.train(given, steps=1)
    graph = tf.MetaGraphDef()
    graph.ParseFromString((tmp_path / "model.ckpt-1.meta").read_bytes())
    assert not [key for key in graph.collection_def if key.startswith("layer_annot")]


def test_a_failing_input_layer_leaves_the_next_one_as_it_was(tmp_path):
    before = columns._internal_input_layer
    made = make.DNNClassifierWithLayerAnnotations([3], described(), model_dir=str(tmp_path))
    with pytest.raises(ValueError, match="age"):
        made.train(lambda: ({"word": features()["word"]}, tf.constant([[1]] * 3)), steps=1)
    assert columns._internal_input_layer is before


def test_the_regressor_regresses_and_the_classifier_classifies(tmp_path):
    folder = str(tmp_path)
    made = make.DNNClassifierWithLayerAnnotations(
        [2], described(), folder, 3, None, ["low", "mid", "high"]
    )
    made.train(lambda: (features(), tf.constant([["low"], ["high"], ["mid"]])), steps=1)
    found = next(made.predict(features))
    assert found["probabilities"].shape == (3,)
    assert found["classes"][0] in (b"low", b"mid", b"high")
