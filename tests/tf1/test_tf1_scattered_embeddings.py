"""contrib.layers' scattered embeddings: properties that hold for whatever the hash is."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

layers = tf.contrib.layers

WEIGHTS = np.sin(np.arange(40)).astype(np.float32)
# Rows of words; one has none, one the same word twice.
ROWS = [["a", "b"], [], ["c"], ["a", "a", "d"]]
COMBINED = {
    "mean": lambda vectors: vectors.mean(0),
    "sum": lambda vectors: vectors.sum(0),
    "sqrtn": lambda vectors: vectors.sum(0) / np.sqrt(len(vectors)),
}


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def in_parts(count):
    """The weights as a list of variables, the first parts one longer where it must be."""
    return [
        tf.get_variable(f"part_{number}", initializer=part, dtype=tf.float32)
        for number, part in enumerate(np.array_split(WEIGHTS, count))
    ]


def sparse(rows):
    places = [[row, step] for row, words in enumerate(rows) for step in range(len(words))]
    values = [word for words in rows for word in words]
    return tf.SparseTensor(places, values, [len(rows), max(map(len, rows))])


def vectors_of(words, dimension=6, **options):
    return layers.scattered_embedding_lookup(
        tf.constant(WEIGHTS), tf.constant(words), dimension, **options
    )


@pytest.mark.parametrize("shape", [(4,), (2, 2), (1, 4, 1)])
@pytest.mark.parametrize("dimension", [1, 5])
def test_a_vector_for_each_value_in_its_place(graph, shape, dimension):
    words = np.array(["a", "b", "c", "a"]).reshape(shape)
    found, flat = run([vectors_of(words, dimension), vectors_of(words.ravel(), dimension)])
    assert found.shape == (*shape, dimension)
    np.testing.assert_array_equal(found.reshape(4, dimension), flat)
    np.testing.assert_array_equal(flat[0], flat[3])


def test_every_number_is_one_of_the_weights_and_a_longer_vector_begins_with_the_shorter(graph):
    words = [f"word {number}" for number in range(30)]
    short, long = run([vectors_of(words, 3), vectors_of(words, 8)])
    assert np.isin(long, WEIGHTS).all()
    np.testing.assert_array_equal(long[:, :3], short)


def test_values_are_spread_over_the_weights(graph):
    """240 numbers of 40 weights: no weight goes unused, nor do two words share their vector."""
    found = run(vectors_of([f"word {number}" for number in range(40)], hash_key=5))
    assert np.unique(found).size == 40
    assert np.unique(found, axis=0).shape[0] == 40


def test_another_key_is_another_hash(graph):
    words = [f"word {number}" for number in range(10)]
    found = run([vectors_of(words, hash_key=key) for key in (None, 1, 2, 1)])
    np.testing.assert_array_equal(found[1], found[3])
    for first, second in ((0, 1), (1, 2), (0, 2)):
        assert (found[first] != found[second]).any()


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_parts_are_the_whole_cut_in_order(graph, count):
    words = tf.constant([f"word {number}" for number in range(12)])
    parts = in_parts(count)
    found, whole = run(
        [
            layers.scattered_embedding_lookup(parts, words, 4),
            layers.scattered_embedding_lookup(tf.constant(WEIGHTS), words, 4),
        ]
    )
    np.testing.assert_array_equal(found, whole)


@pytest.mark.parametrize("combiner", sorted(COMBINED))
@pytest.mark.parametrize("default", ["a", "nothing"])
def test_rows_combine_the_vectors_of_their_words(graph, combiner, default):
    combined = layers.scattered_embedding_lookup_sparse(
        tf.constant(WEIGHTS), sparse(ROWS), 6, combiner=combiner, default_value=default
    )
    known = sorted({default, *(word for row in ROWS for word in row)})
    found, vectors = run([combined, vectors_of(known)])
    by_word = dict(zip(known, vectors, strict=True))
    for row, words in zip(found, ROWS, strict=True):
        expected = COMBINED[combiner](np.array([by_word[word] for word in words or [default]]))
        np.testing.assert_allclose(row, expected, rtol=1e-5, atol=1e-6)


def test_integers_are_hashed_as_numbers(graph):
    numbers = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], tf.constant([3, 8, 3], tf.int64), [2, 2])
    combined = layers.scattered_embedding_lookup_sparse(
        tf.constant(WEIGHTS), numbers, 4, combiner="sum"
    )
    single = layers.scattered_embedding_lookup(
        tf.constant(WEIGHTS), tf.constant([3, 8], tf.int64), 4
    )
    found, (three, eight) = run([combined, single])
    np.testing.assert_allclose(found, [three, eight + three], rtol=1e-5)


def test_gradients_reach_the_weights_a_word_points_to(graph):
    """A weight that several numbers point to gets as much from each."""
    weights = tf.get_variable("weights", initializer=WEIGHTS)
    vectors = layers.scattered_embedding_lookup(weights, tf.constant(["a", "b"]), 6)
    (gradient,) = tf.gradients(tf.reduce_sum(vectors), weights)
    found, dense = run([vectors, tf.convert_to_tensor(gradient)])
    expected = np.array([(found == weight).sum() for weight in WEIGHTS])
    np.testing.assert_array_equal(dense, expected)


@pytest.mark.parametrize(
    ("sizes", "error"), [([14, 13, 13], None), ([13, 14, 13], ValueError), ([20, 10], ValueError)]
)
def test_only_the_first_parts_may_be_longer(graph, sizes, error):
    parts = [tf.zeros([size]) for size in sizes]
    if error is None:
        assert run(layers.scattered_embedding_lookup(parts, tf.constant(["a"]), 2)).shape == (1, 2)
    else:
        with pytest.raises(error, match=r"has size \d+, expected \d+"):
            layers.scattered_embedding_lookup(parts, tf.constant(["a"]), 2)
