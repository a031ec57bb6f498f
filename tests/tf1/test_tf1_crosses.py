"""Crosses of features and scattered embeddings: the hashes in Python, and what holds for all."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

slim = tf.contrib.slim

NUMBERS = [0, 1, -1, 7, 2**31, -(2**40), 2**63 - 1, -(2**63)]


def mixed(first, second):
    """The mixture of two numbers of 64 bits: sums run over, the right shift keeps the sign."""
    signed = first - 2**64 if first >= 2**63 else first
    added = (second + 0x9E3779B97F4A7800 + (first << 10) + (signed >> 4)) % 2**64
    return first ^ added


def hash_of(numbers):
    found = 0xDECAFCAFFE
    for number in numbers:
        found = mixed(found, number % 2**64)
    return found


def crossed(session, parts, **given):
    columns = [tf.constant([part], tf.int64) for part in parts]
    return session.run(slim.sparse_feature_cross(columns, hashed_output=True, **given).values)


@pytest.mark.parametrize("buckets", [1, 2, 1000, 2**31, 2**62 - 1, 2**63 - 1])
def test_the_first_hash_is_that_of_whole_numbers(session, buckets):
    found = crossed(session, [NUMBERS, NUMBERS[::-1]], num_buckets=buckets)
    wanted = [hash_of(pair) % buckets for pair in itertools.product(NUMBERS, NUMBERS[::-1])]
    assert found.tolist() == wanted


def test_without_buckets_a_hash_is_any_positive_number(session):
    found = crossed(session, [NUMBERS])
    assert found.tolist() == [hash_of([number]) % (2**63 - 1) for number in NUMBERS]


@pytest.mark.parametrize("key", [None, 1, 2**60])
def test_every_combination_of_a_row_has_its_bucket(session, key):
    rows = [["a", "b"], ["c", "d"]]
    wide = tf.constant(rows)
    both = slim.sparse_feature_cross([wide, wide], hashed_output=True, num_buckets=50, hash_key=key)
    found = session.run(both)
    assert found.dense_shape.tolist() == [2, 4]
    assert found.indices.tolist() == [
        list(place) for place in itertools.product(range(2), range(4))
    ]
    assert (0 <= found.values).all()
    assert (found.values < 50).all()
    assert len(set(found.values.tolist())) > 4


def test_a_word_is_hashed_alike_wherever_it_stands(session):
    column = tf.constant([["same"], ["other"], ["same"]])
    found = session.run(slim.sparse_feature_cross([column, column], hashed_output=True).values)
    assert found[0] == found[2] != found[1]


def test_a_batch_without_rows_has_no_crosses(session):
    empty = tf.zeros([0, 2], tf.int64)
    found = session.run(slim.sparse_feature_cross([empty, empty], hashed_output=True))
    assert (found.values.tolist(), found.dense_shape.tolist()) == ([], [0, 0])


def test_a_scattered_vector_is_made_of_the_weights_its_hashes_point_to(session):
    weights = tf.constant(np.arange(23, dtype=np.float32))
    found = session.run(
        slim.scattered_embedding_lookup(weights, tf.constant(NUMBERS[:4], tf.int64), 6)
    )
    wanted = [[hash_of([place, value]) % 23 for place in range(6)] for value in NUMBERS[:4]]
    assert found.tolist() == wanted


@pytest.mark.parametrize(
    ("combiner", "factor"), [("sum", 1.0), ("mean", 1 / 3), ("sqrtn", 3**-0.5)]
)
def test_scattered_vectors_of_a_row_are_combined(session, combiner, factor):
    weights = tf.constant(np.arange(23, dtype=np.float32))
    words = tf.constant(["x", "y", "x"])
    alone = slim.scattered_embedding_lookup(weights, words, 4, hash_key=3)
    row = tf.SparseTensor([[0, 0], [0, 1], [0, 2]], words, [1, 3])
    together = slim.scattered_embedding_lookup_sparse(weights, row, 4, combiner, hash_key=3)
    single, found = session.run([alone, together])
    np.testing.assert_allclose(found, factor * single.sum(0, keepdims=True), rtol=1e-6)


def test_gradients_reach_the_weights_that_were_looked_up(session):
    weights = tf.get_variable("w", [40], initializer=tf.zeros_initializer())
    found = slim.scattered_embedding_lookup(weights, tf.constant(["word"]), 3, hash_key=1)
    places = slim.scattered_embedding_lookup(
        tf.constant(np.arange(40, dtype=np.float32)), tf.constant(["word"]), 3, hash_key=1
    )
    step = tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(found))
    session.run(tf.global_variables_initializer())
    session.run(step)
    after, looked_up = session.run([weights, places])
    wanted = np.zeros(40)
    np.add.at(wanted, looked_up[0].astype(int), -1)
    np.testing.assert_array_equal(after, wanted)


@pytest.mark.filterwarnings("ignore:.*add_variable")
def test_columns_crossed_without_a_key_have_the_first_hash(session):
    layers = tf.contrib.layers
    parts = [layers.sparse_column_with_integerized_feature(name, 9) for name in "ab"]
    column = layers.crossed_column(parts, 10)
    features = {name: tf.constant([[number]], tf.int64) for name, number in (("a", 3), ("b", 8))}
    model, variables, _ = layers.weighted_sum_from_feature_columns(features, [column], 1)
    session.run(tf.global_variables_initializer())
    variables[column][0].load(np.arange(10.0)[:, None].astype(np.float32), session)
    assert session.run(model).tolist() == [[hash_of([3, 8]) % 10]]
