"""A table that a loop hands on to its end is no output of the graph, whoever reads the file."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import convert, freeze, inspect_file, load_graph

WORDS = np.array([b"cat", b"dog"], object)


@pytest.fixture(scope="module")
def looped(tmp_path_factory):
    """y = 3 * the number of each word; the loop's last value, its table, is read by nothing."""
    with tf.Graph().as_default() as graph:
        keys, values = tf.constant(["cat"]), tf.constant([5], tf.int64)
        table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), 1)
        words = tf.placeholder(tf.string, [None], name="x")
        begin = [0, tf.zeros_like(tf.strings.length(words), tf.int64)]
        ends = tf.while_loop(
            lambda i, _: i < 3,
            lambda i, total: (i + 1, total + table.lookup(words)),
            begin,
            name="loop",
        )
        tf.identity(ends[1], name="y")
    read = {tensor.op.name for op in graph.get_operations() for tensor in op.inputs}
    handles = [
        op.name
        for op in graph.get_operations()
        if op.name not in read and op.type == "Identity" and op.outputs[0].dtype == tf.resource
    ]
    assert handles
    path = tmp_path_factory.mktemp("looped") / "model.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path, handles


def test_inspect_names_values_alone(looped):
    path, handles = looped
    outputs = inspect_file(path).details.outputs
    assert "y" in outputs
    assert not {*handles} & {*outputs}


def test_it_is_loaded_frozen_and_converted_without_naming_outputs(looped, tmp_path):
    path, _ = looped
    with load_graph(path) as loaded:
        assert "y" in loaded.outputs
        assert all(tensor.dtype != tf.resource for tensor in loaded.outputs.values())
    assert "y" in [info.name for info in freeze(path, tmp_path / "m.pb").outputs]
    convert(path, tmp_path / "m.pbtxt")
    with load_graph(tmp_path / "m.pbtxt") as written:
        assert written.run({"x": WORDS}, "y")["y"].tolist() == [15, 3]
