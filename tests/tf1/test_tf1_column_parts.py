"""What contrib.layers' columns make of features, and models made of it."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

layers = tf.contrib.layers

pytestmark = pytest.mark.filterwarnings("ignore:.*(add_variable|is deprecated)")


def words(rows, width):
    """A sparse tensor of words from lists of them."""
    places = [[row, place] for row, found in enumerate(rows) for place in range(len(found))]
    return tf.SparseTensor(places, [word for found in rows for word in found], [len(rows), width])


def started(session, fetches, feed=None):
    session.run([tf.global_variables_initializer(), tf.tables_initializer()])
    return session.run(fetches, feed)


def test_columns_of_one_feature_may_differ_in_anything_but_functions(graph):
    age = layers.real_valued_column("age")
    hashed = layers.sparse_column_with_hash_bucket("word", 5)
    layers.check_feature_columns(
        [
            age,
            layers.real_valued_column("age", 2),
            hashed,
            layers.sparse_column_with_hash_bucket("word", 6),
            layers.sparse_column_with_hash_bucket("word", 5, combiner="mean"),
            layers.embedding_column(hashed, 2),
            layers.embedding_column(hashed, 3),
        ]
    )
    for column, again in (
        (age, layers.real_valued_column("age", normalizer=abs)),
        (
            layers.embedding_column(hashed, 2),
            layers.embedding_column(hashed, 2, initializer=tf.zeros_initializer()),
        ),
    ):
        with pytest.raises(ValueError, match="almost identical to another column"):
            layers.check_feature_columns([column, again])


@pytest.mark.parametrize("count", [4, 400])
def test_vectors_start_smaller_the_more_ids_there_are(session, count):
    ids = layers.sparse_column_with_integerized_feature("id", count)
    features = {"id": tf.constant([[0]], tf.int64)}
    layers.input_from_feature_columns(features, [layers.embedding_column(ids, 300)])
    (table,) = started(session, tf.global_variables())
    # A normal distribution cut at two deviations has 0.88 of its deviation.
    assert np.std(table) == pytest.approx(0.88 * count**-0.5, rel=0.1)
    assert np.abs(table).max() <= 2 * count**-0.5


def test_one_variable_has_the_weights_of_all_columns(session):
    first = layers.sparse_column_with_integerized_feature("a", 3)
    second = layers.sparse_column_with_integerized_feature("b", 4)
    features = {"a": tf.constant([[1], [2]], tf.int64), "b": tf.constant([[0], [3]], tf.int64)}
    found, (weights,), bias = layers.joint_weighted_sum_from_feature_columns(
        features, [second, first], 1
    )
    session.run(tf.global_variables_initializer())
    weights.load(10.0 ** np.arange(7)[:, None], session)
    bias.load([0.5], session)
    assert session.run(found).tolist() == [[1010.5], [1000100.5]]


def test_a_joint_model_learns(session):
    column = layers.sparse_column_with_hash_bucket("word", 50)
    features = {"word": words([["good"], ["bad", "bad"], ["good", "bad"]], 2)}
    found, _, _ = layers.joint_weighted_sum_from_feature_columns(features, [column], 1)
    target = tf.contrib.slim.multi_class_target(2)
    loss = target.training_loss(found, tf.constant([1, 0, 0]), features)
    step = tf.train.GradientDescentOptimizer(2.0).minimize(loss)
    before = started(session, loss)
    for _ in range(60):
        session.run(step)
    assert before == pytest.approx(np.log(2), rel=1e-5)
    assert session.run(loss) < 0.2
    assert session.run(target.logits_to_predictions(found)).tolist() == [1, 0, 0]


@pytest.mark.parametrize("columns", [["word"], ["level", "word"]])
def test_sequences_of_words_and_numbers_feed_a_recurrent_network(session, columns):
    known = layers.sparse_column_with_keys("word", ["to", "be", "or"])
    made = {"level": layers.real_valued_column("level"), "word": layers.embedding_column(known, 3)}
    features = {
        "word": words([["to", "be", "or"], ["be"]], 3),
        "level": tf.constant([[1.0, 2.0, 3.0], [4.0, 0.0, 0.0]]),
    }
    found = layers.sequence_input_from_feature_columns(features, [made[name] for name in columns])
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), found, [3, 1], dtype=tf.float32)
    numbers, states = started(session, [found, outputs])
    assert numbers.shape == (2, 3, 2 + len(columns))
    np.testing.assert_array_equal(numbers[1, 1:, :3], 0)
    np.testing.assert_array_equal(numbers[0, 1, :3], numbers[1, 0, :3])
    np.testing.assert_array_equal(states[1, 1:], 0)


def test_several_words_of_a_step_are_counted(session):
    known = layers.one_hot_column(layers.sparse_column_with_keys("word", ["a", "b"]))
    places = [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    features = {"word": tf.SparseTensor(places, ["b", "b", "unknown"], [1, 2, 2])}
    found = layers.sequence_input_from_feature_columns(features, [known])
    assert started(session, found).tolist() == [[[0, 2], [0, 0]]]


def test_what_columns_need_can_be_fed(session):
    known = layers.sparse_column_with_keys("word", ["a", "b"])
    columns = [layers.real_valued_column("age", 2), layers.one_hot_column(known)]
    holders = layers.make_place_holder_tensors_for_base_features(columns)
    assert sorted(holders) == ["age", "word"]
    feed = {
        holders["age"]: [[1, 2]],
        holders["word"]: tf.SparseTensorValue([[0, 0]], ["b"], [1, 1]),
    }
    layer = layers.input_from_feature_columns(holders, columns)
    assert started(session, layer, feed).tolist() == [[0, 1, 1, 2]]


def test_a_scattered_column_goes_into_every_input_layer(session):
    column = layers.scattered_embedding_column(
        "word", 8, 3, hash_key=5, initializer=tf.constant_initializer(0.25)
    )
    features = {"word": words([["x", "y"], [], ["x"]], 2)}
    layer = tf.feature_column.input_layer(features, [column])
    assert started(session, layer).tolist() == [[0.25] * 3] * 3
    (variable,) = tf.trainable_variables()
    assert variable.op.name == "input_layer/word_scattered_embedding/weights"
    assert variable.shape.as_list() == [8]


def test_an_input_layer_shares_its_weights_between_calls(session):
    ids = layers.sparse_column_with_integerized_feature("id", 4)
    layer = tf.contrib.slim.InputLayer([layers.embedding_column(ids, 2)])
    first, second = (layer({"id": tf.constant([[place]], tf.int64)}) for place in (1, 1))
    one, other = started(session, [first, second])
    assert len(tf.trainable_variables()) == 1
    np.testing.assert_array_equal(one, other)


def test_the_columns_of_a_sequence_cannot_be_crossed(graph):
    parts = [layers.sparse_column_with_hash_bucket(name, 5) for name in "ab"]
    crossed = layers.embedding_column(layers.crossed_column(parts, 9), 2)
    with pytest.raises(ValueError, match="_CrossedColumn, which is not currently supported"):
        layers.sequence_input_from_feature_columns({}, [crossed])
    with pytest.raises(ValueError, match="_SparseColumnHashed is not currently supported"):
        layers.sequence_input_from_feature_columns({}, parts)


@pytest.mark.parametrize("turned", [False, True])
def test_columns_that_differ_in_settings_alone_have_one_order(graph, turned):
    hashed = layers.sparse_column_with_hash_bucket("word", 5)
    columns = [
        layers.embedding_column(hashed, size, combiner, tf.constant_initializer(value))
        for size, combiner, value in (
            (2, "mean", 2.0),
            (2, "sqrtn", 3.0),
            (2, "sum", 4.0),
            (3, "mean", 5.0),
        )
    ]
    layer = layers.input_from_feature_columns(
        {"word": words([["a"]], 1)}, columns[::-1] if turned else columns
    )
    with tf.Session() as session:
        found = started(session, layer)[0].tolist()
    assert found == [2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0, 5.0, 5.0]
