"""Embeddings: rows looked up, shared by name, trained where they are used."""

from __future__ import annotations

import numpy as np
import pytest
from refused_calls import refused

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import layers


def test_embedding_looks_vectors_up(graph, session):
    ids = tf.placeholder(tf.int32, [None])
    table = np.arange(6.0, dtype="float32").reshape(3, 2)
    vectors = layers.embedding(ids, 3, 2, initializer=tf.constant_initializer(table))
    session.run(tf.global_variables_initializer())
    assert vectors.shape.as_list() == [None, 2]
    assert session.run(vectors, {ids: [2, 0, 2]}).tolist() == [[4, 5], [0, 1], [4, 5]]
    assert [v.op.name for v in tf.trainable_variables()] == ["embedding/embeddings"]


def test_embedding_gradient_reaches_the_rows_used(graph, session):
    vectors = layers.embedding(tf.constant([1, 1]), 3, 2)
    gradient = tf.gradients(tf.reduce_sum(vectors), tf.trainable_variables())[0]
    dense = tf.convert_to_tensor(gradient)
    assert session.run(dense).tolist() == [[0, 0], [2, 2], [0, 0]]


def test_two_embeddings_have_two_tables(graph):
    ids = tf.constant([0])
    layers.embedding(ids, 3, 2, dtype="float64", trainable=False)
    layers.embedding(ids, 3, 2, regularizer=tf.reduce_sum)
    names = [v.op.name for v in tf.global_variables()]
    assert names == ["embedding/embeddings", "embedding_1/embeddings"]
    assert [v.op.name for v in tf.trainable_variables()] == names[1:]
    assert len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) == 1


def test_embedding_is_shared_by_name(graph):
    ids = tf.constant([0])
    layers.embedding(ids, 3, 2, name="words")
    layers.embedding(ids, 3, 2, name="words", reuse=True)
    assert len(tf.global_variables()) == 1
    with pytest.raises(ArgumentError, match=r"embedding: name must be not used .*got 'words'"):
        layers.embedding(ids, 3, 2, name="words")


@pytest.mark.parametrize(
    ("ids", "arguments", "error", "message"),
    [
        ("float32", {}, ArgumentTypeError, "ids must be of dtype int32 or int64, got float32"),
        ("int64", {"vocabulary_size": 0}, ArgumentError, "vocabulary_size must be .*got 0"),
        ("int64", {"dimension": -2}, ArgumentError, "dimension must be .*got -2"),
        ("int64", {"dtype": "flaot32"}, ArgumentTypeError, "dtype must be .*'float32'"),
        ("int64", {"initializer": 1.0}, ArgumentError, "initializer must be a function or None"),
    ],
)
def test_embedding_that_cannot_be_is_refused(graph, ids, arguments, error, message):
    ids = tf.placeholder(ids, [None])
    arguments = {"vocabulary_size": 3, "dimension": 2, **arguments}
    refused(error, rf"embedding: {message}", lambda: layers.embedding(ids, **arguments))
