"""What contrib.learn makes of arrays, tables and iterators before a model sees them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

io = tf.contrib.learn.io
feeders = io.data_feeder
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

X = np.arange(14, dtype=np.float32).reshape(7, 2)
Y = np.arange(7)


def fed(feeder, count):
    """The features and labels of some feeds."""
    x, y = feeder.input_builder()
    feed = feeder.get_feed_dict_fn()
    found = [feed() for _ in range(count)]
    return [(each[x.name], None if y is None else each[y.name]) for each in found]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 10])
@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_has_every_example_once(graph, batch_size, shuffle):
    feeder = feeders.setup_train_data_feeder(X, Y, None, batch_size, shuffle, epochs=1)
    batches = fed(feeder, -(-7 // batch_size))
    labels = np.concatenate([labels for _, labels in batches])
    assert sorted(labels) == list(range(7))
    for features, numbers in batches:
        np.testing.assert_array_equal(features[:, 0], 2 * numbers)


def test_epochs_come_in_other_orders_but_the_same_in_every_run(graph):
    runs = []
    for _ in range(2):
        feeder = feeders.setup_train_data_feeder(X, Y, None, shuffle=True)
        runs.append([labels.tolist() for _, labels in fed(feeder, 3)])
    assert runs[0] == runs[1]
    assert len({tuple(epoch) for epoch in runs[0]}) == 3


def test_a_random_state_of_ones_own_chooses_the_order(graph):
    made = feeders.DataFeeder(X, Y, None, random_state=np.random.RandomState(3))
    expected = np.random.RandomState(3).permutation(7)
    assert fed(made, 1)[0][1].tolist() == expected.tolist()


def test_feeding_ends_with_the_last_epoch(graph):
    feeder = feeders.setup_train_data_feeder(X, Y, None, 7, epochs=2)
    feeder.input_builder()
    feed = feeder.get_feed_dict_fn()
    feed(), feed()
    with pytest.raises(StopIteration):
        feed()
    assert feeder.get_feed_params() == {"epoch": 2, "offset": 0, "batch_size": 7}


def test_other_placeholders_can_be_fed(graph):
    feeder = feeders.setup_train_data_feeder(X, Y, None, 7, shuffle=False)
    feed = feeder.get_feed_dict_fn()
    with pytest.raises(ValueError, match="call input_builder first"):
        feed()
    own = tf.placeholder(tf.float32), tf.placeholder(tf.int64)
    feeder.set_placeholders(*own)
    assert feeder.get_feed_dict_fn()()[own[1].name].tolist() == list(range(7))


def test_a_feeder_tells_what_it_feeds():
    named = {"a": X, "b": X[:, 0].astype(np.int32)}
    feeder = feeders.DataFeeder(named, {"y": Y}, {"y": 8}, 3)
    assert feeder.input_dtype == {"a": np.float32, "b": np.int32}
    assert feeder.input_shape == {"a": [3, 2], "b": [3, 1]}
    assert feeder.output_dtype == {"y": np.float32}
    assert feeder.output_shape == {"y": [3, 8]}
    assert (feeder.shuffle, feeder.batch_size) == (True, 3)
    unlabelled = feeders.DataFeeder(X, None, None)
    assert (unlabelled.output_dtype, unlabelled.output_shape) == (np.float32, None)


def test_dictionaries_of_a_stream_are_fed_by_name(graph):
    examples = ({"a": row, "b": row[0]} for row in X)
    feeder = feeders.setup_train_data_feeder(examples, iter(Y), None, 3)
    placeholders, labels = feeder.input_builder()
    feed = feeder.get_feed_dict_fn()
    found = [feed() for _ in range(3)]
    assert [each[placeholders["a"].name].shape for each in found] == [(3, 2), (3, 2), (1, 2)]
    assert [each[labels.name].tolist() for each in found] == [[0, 1, 2], [3, 4, 5], [6]]
    assert feeder.get_feed_params() == {"batch_size": 3}
    with pytest.raises(StopIteration):
        feed()


def test_a_stream_without_end_is_read_as_needed(graph):
    taken = []

    def endless():
        for number in itertools.count():
            taken.append(number)
            yield np.full(2, number, np.float32)

    feeder = feeders.setup_train_data_feeder(endless(), None, None, 4)
    assert fed(feeder, 2)[1][0][:, 0].tolist() == [4, 5, 6, 7]
    assert len(taken) == 8


@pytest.mark.parametrize(("size", "sizes"), [(None, [7]), (3, [3, 3, 1]), (7, [7])])
def test_features_to_predict_come_in_batches(size, sizes):
    for given in (X, iter(X)):
        batches = list(feeders.setup_predict_data_feeder(given, size))
        assert [len(batch) for batch in batches] == sizes
        np.testing.assert_array_equal(np.concatenate(batches), X)


@pytest.mark.parametrize("size", [0, -2])
def test_batches_have_a_size(size):
    for call in (
        lambda: feeders.setup_predict_data_feeder(X, size),
        lambda: feeders.DataFeeder(X, Y, None, size),
        lambda: feeders.StreamingDataFeeder(iter(X), None, None, size),
    ):
        with pytest.raises(ValueError, match=f"Invalid batch_size {size}"):
            call()


def test_arrays_get_the_dtype_asked_for():
    assert feeders.check_array([1, 2], np.float32).dtype == np.float32
    assert feeders.check_array(X, np.float32) is X
    other = object()
    assert feeders.check_array(other, np.float32) is other


class TestTables:
    """Tables of pandas."""

    @pytest.fixture
    def pandas(self):
        return pytest.importorskip("pandas")

    def test_features_become_floats(self, pandas):
        table = pandas.DataFrame({"a": [1, 2], "b": [True, False], "c": [0.5, 1.5]})
        found = io.extract_pandas_data(table)
        assert found.dtype == np.float64
        assert found.tolist() == [[1, 1, 0.5], [2, 0, 1.5]]
        assert io.extract_pandas_matrix(table[["a"]]).tolist() == [[1], [2]]

    def test_words_are_no_features(self, pandas):
        table = pandas.DataFrame({"a": [1], "word": ["x"]})
        with pytest.raises(ValueError, match=r"must be int, float, or bool\. Found: 'word' type="):
            io.extract_pandas_data(table)
        with pytest.raises(ValueError, match="Only one column for labels is allowed"):
            io.extract_pandas_labels(table)
        with pytest.raises(ValueError, match="Data types for extracting labels"):
            io.extract_pandas_labels(table[["word"]])

    def test_labels_keep_their_dtype(self, pandas):
        labels = pandas.DataFrame({"y": np.array([3, 4], np.int32)})
        assert io.extract_pandas_labels(labels).dtype == np.int32

    def test_an_input_function_of_a_table_has_a_feature_for_each_column(self, pandas):
        table = pandas.DataFrame(X, columns=["a", "b"])
        made = io.pandas_input_fn(table, pandas.Series(Y), batch_size=7, shuffle=False)
        features, labels = first_batch(made)
        assert labels.tolist() == Y.tolist()
        assert features["b"].tolist() == X[:, 1].tolist()
        features, _ = first_batch(io.pandas_input_fn(table, table["a"], 4, target_column="y"))
        assert {name: column.shape for name, column in features.items() if name in "ab"} == {
            "a": (4,),
            "b": (4,),
        }

    def test_a_table_is_fed_like_an_array(self, pandas, graph):
        table = pandas.DataFrame(X, columns=["a", "b"])
        feeder = feeders.setup_train_data_feeder(table, None, None, 7, shuffle=False)
        np.testing.assert_array_equal(fed(feeder, 1)[0][0], X)


@pytest.mark.parametrize(
    "name", ["extract_pandas_data", "extract_pandas_labels", "extract_pandas_matrix"]
)
def test_what_is_no_table_is_left_alone(name):
    assert getattr(io, name)(X) is X


def first_batch(input_fn):
    with tf.Graph().as_default():
        features, labels = input_fn()
        with tf.train.MonitoredSession() as session:
            return session.run([features, labels])


def test_input_functions_of_arrays_are_shuffled_unless_told_otherwise():
    made = io.numpy_input_fn({"x": X}, Y, batch_size=7)
    features, labels = first_batch(made)
    assert sorted(labels) == list(range(7))
    np.testing.assert_array_equal(features["x"], X[labels])
    _, in_order = first_batch(io.numpy_input_fn({"x": X}, Y, 7, shuffle=False))
    assert in_order.tolist() == list(range(7))


def test_columns_of_numbers_are_made_for_features(graph):
    learn = tf.contrib.learn
    (whole,) = learn.infer_real_valued_columns_from_input(X)
    assert whole.shape == (2,)
    named = learn.infer_real_valued_columns_from_input({"b": X, "a": X[:, 0]})
    assert [(column.key, column.shape) for column in named] == [("b", (2,)), ("a", (1,))]
    layer = tf.contrib.layers.input_from_feature_columns({"": tf.constant(X)}, [whole])
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(layer), X)
