"""contrib.libsvm reads what was written in the format, wherever its ops are run."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

decode = tf.contrib.libsvm.decode_libsvm


def table(rows, columns, seed):
    """Labels and features, about half of them nothing; one row has no feature at all."""
    random = np.random.RandomState(seed)
    features = random.normal(size=(rows, columns)) * (random.uniform(size=(rows, columns)) < 0.5)
    features[rows // 2] = 0
    return random.randint(-3, 4, rows), features.astype(np.float32)


def written(labels, features):
    return [
        " ".join([str(label), *(f"{place}:{row[place]!s}" for place in np.flatnonzero(row))])
        for label, row in zip(labels, features, strict=True)
    ]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (2, 7), (9, 3), (30, 20)])
def test_a_table_is_read_as_it_was_written(graph, rows, columns):
    labels, features = table(rows, columns, seed=rows)
    read, read_labels = decode(written(labels, features), columns)
    with tf.Session() as session:
        found, found_labels = session.run([tf.sparse.to_dense(read), read_labels])
    np.testing.assert_array_equal(found, features)
    np.testing.assert_array_equal(found_labels, labels)


@pytest.mark.parametrize("shape", [(), (6,), (2, 3), (3, 1, 2)])
def test_features_lie_where_their_line_lies(graph, shape):
    """Of a single line as well, at which 1.15 crashed."""
    count = int(np.prod(shape))
    labels, features = table(count, 5, seed=count)
    lines = np.array(written(labels, features), object).reshape(shape)
    read, read_labels = decode(tf.constant(lines, tf.string), 5)
    assert read_labels.shape == shape
    with tf.Session() as session:
        found, found_labels = session.run([tf.sparse.to_dense(read), read_labels])
    np.testing.assert_array_equal(found, features.reshape(*shape, 5))
    np.testing.assert_array_equal(found_labels, labels.reshape(shape))


def test_a_data_set_of_lines_is_decoded_batch_by_batch(graph, tmp_path):
    labels, features = table(7, 4, seed=0)
    path = tmp_path / "train.libsvm"
    path.write_text("\n".join(written(labels, features)) + "\n")
    data = tf.data.TextLineDataset(str(path)).batch(3).map(lambda lines: decode(lines, 4))
    read, read_labels = tf.data.make_one_shot_iterator(data).get_next()
    fetches = [tf.sparse.to_dense(read), read_labels]
    with tf.Session() as session:
        for start in range(0, 7, 3):
            found, found_labels = session.run(fetches)
            np.testing.assert_array_equal(found, features[start : start + 3])
            np.testing.assert_array_equal(found_labels, labels[start : start + 3])


def test_a_graph_with_it_can_be_written_and_imported(graph):
    """It is made of ordinary ops: no function of Python has to come along."""
    lines = tf.placeholder(tf.string, [None], name="lines")
    features, _ = decode(lines, 4)
    tf.identity(tf.sparse.to_dense(features), name="dense")
    written_graph = graph.as_graph_def()
    with tf.Graph().as_default():
        (dense,) = tf.import_graph_def(written_graph, return_elements=["dense:0"], name="")
        with tf.Session() as session:
            found = session.run(dense, {"lines:0": ["1 2:0.5", "0 0:1 3:-2"]})
    assert found.tolist() == [[0, 0, 0.5, 0], [1, 0, 0, -2]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "No label found"),
        ("1 4", "Invalid feature"),
        ("1 -4:2", "Feature index should be >= 0"),
        ("one 4:2", "one"),
        ("1 4:two", "two"),
    ],
)
def test_the_error_says_what_is_wrong_with_a_line(graph, line, said):
    features, labels = decode(["1 1:1", line, "0 2:2"], 6)
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.InvalidArgumentError, match=said),
    ):
        session.run([features.indices, features.values, labels])


def test_a_linear_model_learns_from_it(graph):
    """Sparse features go into a product, and its weights find the plane they came from."""
    _, features = table(40, 3, seed=2)
    weights = np.array([[1.0], [-2.0], [0.5]], np.float32)
    labels = (features @ weights)[:, 0]
    read, read_labels = decode(written(labels, features), 3, label_dtype=tf.float32)
    learned = tf.get_variable("w", [3, 1], initializer=tf.zeros_initializer())
    product = tf.sparse.sparse_dense_matmul(read, learned)[:, 0]
    loss = tf.losses.mean_squared_error(read_labels, product)
    train = tf.train.GradientDescentOptimizer(0.3).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(300):
            session.run(train)
        np.testing.assert_allclose(session.run(learned), weights, atol=1e-3)


def test_the_private_path_leads_to_it():
    assert tf.contrib.libsvm.python.ops.libsvm_ops.decode_libsvm is decode
