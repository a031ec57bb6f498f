"""contrib.layers' embeddings against rows picked with NumPy, whatever way the matrix is cut."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

layers = tf.contrib.layers

ROWS, WIDTH = 7, 3
MATRIX = np.cos(np.arange(ROWS * WIDTH)).reshape(ROWS, WIDTH).astype(np.float32)
IDS = np.array([[6, 0, 2], [2, 2, 5]])


def divided(parts):
    """Consecutive rows in each part, the first ones longer where it does not come out even."""
    return np.array_split(MATRIX, parts)


def dealt(parts):
    """Rows dealt out in turn."""
    return [MATRIX[part::parts] for part in range(parts)]


CUTS = [
    pytest.param("mod", dealt(1), id="whole"),
    pytest.param("mod", dealt(2), id="two in turn"),
    pytest.param("mod", dealt(3), id="three in turn"),
    pytest.param("div", divided(2), id="two halves"),
    pytest.param("div", divided(3), id="three thirds"),
]


def tensors(parts):
    return [tf.constant(part) for part in parts]


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
@pytest.mark.parametrize(("strategy", "parts"), CUTS)
def test_distinct_ids_are_looked_up_in_any_cut(session, strategy, parts, dtype):
    ids = tf.constant(IDS.astype(dtype))
    found = layers.embedding_lookup_unique(tensors(parts), ids, strategy)
    assert found.shape.as_list() == [2, 3, WIDTH]
    np.testing.assert_array_equal(session.run(found), MATRIX[IDS])
    plain = tf.nn.embedding_lookup(tensors(parts), ids, strategy)
    np.testing.assert_array_equal(session.run(plain), MATRIX[IDS])


def test_an_id_used_twice_gets_the_gradients_of_both(session):
    matrix = tf.constant(MATRIX)
    found = layers.embedding_lookup_unique(matrix, IDS)
    weights = np.arange(6.0, dtype=np.float32).reshape(2, 3, 1)
    gradient = tf.convert_to_tensor(tf.gradients(tf.reduce_sum(found * weights), matrix)[0])
    wanted = np.zeros_like(MATRIX)
    np.add.at(wanted, IDS.ravel(), np.repeat(weights.reshape(-1, 1), WIDTH, 1))
    np.testing.assert_allclose(session.run(gradient), wanted)


def sparse(rows):
    """Rows of ids as a SparseTensor of three columns more than needed."""
    places = [(row, column) for row, ids in enumerate(rows) for column, _ in enumerate(ids)]
    values = [i for ids in rows for i in ids]
    return tf.SparseTensor(places, tf.constant(values, tf.int64), [len(rows), 5])


BAGS = [[6, 0, 2], [], [3], [-1, 5], [-2]]
WEIGHTS = [[1.0, 2.0, 0.5], [], [4.0], [9.0, 0.25], [1.0]]


def weighted(rows):
    return tf.SparseTensor(
        sparse(BAGS).indices,
        tf.constant([w for row in rows for w in row]),
        [len(rows), 5],
    )


def combined(ids, weights, combiner, default):
    """One row as it is defined: sums of weighted vectors, divided as the combiner says."""
    used = [(i, w) for i, w in zip(ids, weights, strict=True) if i >= 0]
    if not used:
        return np.zeros(WIDTH) if default is None else MATRIX[default]
    total = sum(MATRIX[i] * w for i, w in used)
    if combiner == "mean":
        return total / sum(w for _, w in used)
    if combiner == "sqrtn":
        return total / np.sqrt(sum(w * w for _, w in used))
    return total


@pytest.mark.parametrize("default", [None, 4])
@pytest.mark.parametrize("combiner", ["mean", "sum", "sqrtn"])
@pytest.mark.parametrize(("strategy", "parts"), CUTS)
def test_bags_are_combined_as_defined(session, strategy, parts, combiner, default):
    options = {
        "combiner": combiner,
        "default_id": default,
        "partition_strategy": strategy,
    }
    lookup = layers.safe_embedding_lookup_sparse
    plain = lookup(tensors(parts), sparse(BAGS), **options)
    heavy = lookup(tensors(parts), sparse(BAGS), weighted(WEIGHTS), **options)
    assert plain.shape.as_list()[-1] == WIDTH
    for found, weights in zip(
        session.run([plain, heavy]), ([[1.0] * len(ids) for ids in BAGS], WEIGHTS), strict=True
    ):
        rows = zip(BAGS, weights, strict=True)
        wanted = [combined(ids, weight, combiner, default) for ids, weight in rows]
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_a_bag_is_a_mean_unless_told(session):
    found = layers.safe_embedding_lookup_sparse([tf.constant(MATRIX)], sparse(BAGS))
    wanted = [combined(ids, [1.0] * len(ids), "mean", None) for ids in BAGS]
    np.testing.assert_allclose(session.run(found), wanted, rtol=1e-5)


def test_long_vectors_are_cut_before_they_are_combined(session):
    found = layers.safe_embedding_lookup_sparse(
        [tf.constant(MATRIX)], sparse([[0, 1]]), combiner="sum", max_norm=0.5
    )
    lengths = np.linalg.norm(MATRIX[:2], axis=1, keepdims=True)
    wanted = (MATRIX[:2] * np.minimum(1, 0.5 / lengths)).sum(0)
    np.testing.assert_allclose(session.run(found), [wanted], rtol=1e-5)


def test_a_partitioned_variable_is_one_matrix(session):
    with tf.variable_scope("v", partitioner=tf.fixed_size_partitioner(3)):
        cut = tf.get_variable("m", initializer=lambda shape, **_: tf.zeros(shape), shape=[7, 3])
    parts = list(cut)
    assert [part.shape.as_list() for part in parts] == [[3, 3], [2, 3], [2, 3]]
    for part, rows in zip(parts, divided(3), strict=True):
        session.run(part.initializer)
        part.load(rows, session)
    found = layers.safe_embedding_lookup_sparse(cut, sparse([[6], [3]]), combiner="sum")
    np.testing.assert_allclose(session.run(found), MATRIX[[6, 3]])
    plain = tf.nn.embedding_lookup(cut, IDS, "div")
    np.testing.assert_allclose(session.run(plain), MATRIX[IDS])


@pytest.mark.parametrize("unique", [True, False])
def test_sequences_are_embedded_and_trained(session, unique):
    made = layers.embed_sequence(
        tf.constant(IDS), ROWS, WIDTH, unique, tf.constant_initializer(MATRIX), scope="words"
    )
    (matrix,) = tf.trainable_variables()
    assert matrix.op.name == "words/embeddings"
    assert tf.contrib.framework.get_model_variables() == [matrix]
    step = tf.train.GradientDescentOptimizer(1.0).minimize(tf.reduce_sum(made))
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(made), MATRIX[IDS])
    session.run(step)
    used = np.bincount(IDS.ravel(), minlength=ROWS)[:, None]
    np.testing.assert_allclose(session.run(matrix), MATRIX - used, atol=1e-6)


def test_a_bag_of_words_leaves_padding_out_where_told(session):
    ids = tf.constant([[6, 0, 2], [0, 0, 5]])
    initial = tf.constant_initializer(MATRIX)
    plain = layers.bow_encoder(ids, ROWS, WIDTH, False, initial, scope="bag")
    padded = layers.bow_encoder(ids, ROWS, WIDTH, scope="bag", reuse=True)
    session.run(tf.global_variables_initializer())
    all_words, words = session.run([plain, padded])
    np.testing.assert_allclose(all_words, MATRIX[[[6, 0, 2], [0, 0, 5]]].mean(1), rtol=1e-5)
    np.testing.assert_allclose(words, [MATRIX[[6, 2]].mean(0), MATRIX[5]], rtol=1e-5)
    assert padded.shape.as_list() == [2, WIDTH]
