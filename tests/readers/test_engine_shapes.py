"""Records of which some are longer than others have the values they have by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import delivered, functions_of

from graphkit import readers
from graphkit._tf import tf

LENGTHS = [3, 5, 1, 4]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Examples of a list of numbers each, and of as many bytes."""
    path = str(tmp_path_factory.mktemp("shapes") / "lists.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        for length in LENGTHS:
            example = tf.train.Example()
            example.features.feature["numbers"].float_list.value.extend(range(1, length + 1))
            example.features.feature["bytes"].bytes_list.value.append(bytes(range(length)))
            writer.write(example.SerializeToString())
    return path


def _parsed(path):
    queue = readers.string_input_producer([path], num_epochs=1, shuffle=False)
    features = {
        "numbers": tf.FixedLenSequenceFeature([], tf.float32, allow_missing=True),
        "bytes": tf.FixedLenFeature([], tf.string),
    }
    return tf.parse_single_example(readers.TFRecordReader().read(queue)[1], features)


def test_a_mean_is_over_an_example_s_own_numbers(path):
    with tf.Graph().as_default(), readers.engine("tf.data"):
        (means,) = delivered(readers.batch([tf.reduce_mean(_parsed(path)["numbers"])], 4))
    assert means.tolist() == [(length + 1) / 2 for length in LENGTHS]


def test_a_size_is_an_example_s_own(path):
    with tf.Graph().as_default(), readers.engine("tf.data"):
        example = _parsed(path)
        sizes = [tf.size(example["numbers"]), tf.size(tf.decode_raw(example["bytes"], tf.uint8))]
        (found,) = delivered(readers.batch(sizes, 4))
    assert [size.tolist() for size in found] == [LENGTHS, LENGTHS]


def test_bytes_of_other_lengths_may_be_cut_to_one(path):
    with tf.Graph().as_default(), readers.engine("tf.data"):
        first = tf.decode_raw(_parsed(path)["bytes"], tf.uint8)[:1]
        first.set_shape([1])
        (found,) = delivered(readers.batch([first], 4))
    assert found.tolist() == [[0]] * 4


def test_records_of_fixed_length_are_computed_at_once(tmp_path):
    rows = np.arange(40, dtype=np.uint8).reshape(8, 5)
    (tmp_path / "rows.bin").write_bytes(rows.tobytes())
    with tf.Graph().as_default() as graph, readers.engine("tf.data"):
        queue = readers.string_input_producer([str(tmp_path / "rows.bin")], 1)
        _, record = readers.FixedLengthRecordReader(5).read(queue)
        row = tf.decode_raw(record, tf.uint8)
        label = tf.cast(row[:1], tf.int32)
        label.set_shape([1])
        pixels = tf.cast(tf.reshape(row[1:5], [2, 2]), tf.float32) / 2.0
        (found,) = delivered(readers.batch([label, pixels], 8))
        names = {node.name for f in graph.as_graph_def().library.function for node in f.node_def}
    assert any("pfor" in name for name in names)
    assert "DecodeRaw" in functions_of(graph)
    np.testing.assert_array_equal(found[0], rows[:, :1])
    np.testing.assert_array_equal(found[1], rows[:, 1:].reshape(8, 2, 2) / 2)


def test_bytes_of_one_length_are_computed_at_once(tmp_path):
    path = str(tmp_path / "fours.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        writer.write(b"abcd")
        writer.write(b"efgh")
    with tf.Graph().as_default() as graph, readers.engine("tf.data"):
        queue = readers.string_input_producer([path], 1)
        numbers = tf.decode_raw(readers.TFRecordReader().read(queue)[1], tf.uint8)
        numbers = tf.reshape(tf.cast(numbers, tf.float32) - 97.0, [2, 2])
        (found,) = delivered(readers.batch([numbers], 2))
        names = {node.name for f in graph.as_graph_def().library.function for node in f.node_def}
    assert any("pfor" in name for name in names)
    assert found.tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
