"""Files that TensorFlow 1.15 reads: what its ops do not have is not written."""

from __future__ import annotations

import numpy as np
import pytest
from google.protobuf import text_format

from graphkit._tf import tf
from graphkit.export import convert, freeze_session, load_graph, transform

# The attributes that these ops have in 1.15.5, by its own list of ops.
OLDER = {
    "BatchMatMulV2": {"T", "adj_x", "adj_y"},
    "DepthwiseConv2dNative": {"T", "data_format", "dilations", "padding", "strides"},
    "FusedBatchNormV3": {"T", "U", "data_format", "epsilon", "is_training"},
    "GatherNd": {"Tindices", "Tparams"},
    "MatMul": {"T", "transpose_a", "transpose_b"},
    "MaxPool": {"T", "data_format", "ksize", "padding", "strides"},
    "TopKV2": {"T", "sorted"},
}


@pytest.fixture
def frozen(session, tmp_path):
    """A file with each of the ops, of one picture of one channel."""
    x = tf.placeholder(tf.float32, [1, 4, 4, 1], name="x")
    one = tf.ones([1])
    h = tf.nn.depthwise_conv2d(x, tf.ones([1, 1, 1, 1]), [1, 1, 1, 1], "SAME")
    h, _, _ = tf.nn.fused_batch_norm(h, one, one * 0, one * 0, one, is_training=False)
    h = tf.matmul(tf.squeeze(tf.nn.max_pool(h, 2, 2, "SAME"), 3), tf.ones([1, 2, 2]))
    h = tf.nn.top_k(tf.matmul(tf.reshape(h, [2, 2]), tf.ones([2, 3])), 2).values
    tf.gather_nd(h, [[1, 0], [0, 1]], name="y")
    freeze_session(session, tmp_path / "net.pb", outputs="y")
    return tmp_path / "net.pb"


def written(path):
    graph_def = tf.GraphDef()
    if path.suffix == ".pbtxt":
        text_format.Parse(path.read_text(), graph_def)
    else:
        graph_def.ParseFromString(path.read_bytes())
    return graph_def.node


@pytest.mark.parametrize("name", ["net.pb", "again.pb", "text.pbtxt", "sorted.pb", "sorted.pbtxt"])
def test_an_op_has_the_attributes_it_had(frozen, name):
    path = frozen.with_name(name)
    if name.startswith("sorted"):
        transform(frozen, path, ["sort_by_execution_order"])
    elif path != frozen:
        convert(frozen, path)
    found = {node.op: {a for a in node.attr if a[0] != "_"} for node in written(path)}
    assert {op: found[op] for op in OLDER} == OLDER
    assert not any(node.HasField("experimental_type") for node in written(path))
    with load_graph(path) as loaded:
        pixels = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
        # The largest of each quarter are 5, 7, 13, 15; rows are summed twice, over ones.
        expected = np.array([2 * (13 + 15), 2 * (5 + 7)]) / np.sqrt(1.001)
        assert loaded.run({"x": pixels})["y"] == pytest.approx(expected)


def test_what_a_later_release_made_different_stays(session, tmp_path):
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    tf.nn.top_k(x, tf.constant(1, tf.int16), index_type=tf.int64, name="top")
    freeze_session(session, tmp_path / "top.pb", outputs="top:1")
    (top,) = (node for node in written(tmp_path / "top.pb") if node.op == "TopKV2")
    assert top.attr["index_type"].type == tf.int64.as_datatype_enum
    assert top.attr["Tk"].type == tf.int16.as_datatype_enum
