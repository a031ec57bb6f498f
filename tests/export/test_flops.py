"""Floating point operations: those that 1.15.5's profiler counts, and more by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkit._formats._graph import read_graph
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import inspect_file
from graphkit.export._graph_file import read_graph_file
from graphkit.export._inspection._flops import count_flops
from graphkit.export._inspection._shapes import infer_shapes
from graphkit.records import RecordWriter

RECORDED = Path(__file__).parents[1] / "golden" / "flops"


def counted(graph, **options):
    stored = read_graph(memoryview(graph.as_graph_def().SerializeToString()))
    return count_flops(infer_shapes(stored, **options))


@pytest.mark.parametrize("name", ["arithmetic", "network", "shapes", "training"])
def test_every_node_counts_what_the_profiler_of_1_15_does(name):
    recorded = json.loads((RECORDED / "recorded.json").read_text())[name]["flops"]
    graph = read_graph_file(RECORDED / f"{name}.pb").graph
    by_node = count_flops(infer_shapes(graph)).by_node
    assert recorded
    assert {node: by_node.get(node) for node in recorded} == recorded


IMAGE, VOLUME = [None, 8, 8, 4], [None, 4, 8, 8, 4]
TURNED = {"data_format": "NCHW"}


@pytest.mark.parametrize(
    ("op", "build", "expected"),
    [
        ("Relu", lambda x: tf.nn.relu(x), 256),
        ("Sigmoid", lambda x: tf.sigmoid(x), 256),
        ("LeakyRelu", lambda x: tf.nn.leaky_relu(x), 256),
        ("Softmax", lambda x: tf.nn.softmax(x), 5 * 256),
        ("Conv2D", lambda x: tf.nn.conv2d(x, tf.zeros([3, 3, 4, 7]), 1, "SAME"), 2 * 64 * 7 * 36),
        (
            "Conv2D",
            lambda x: tf.nn.conv2d(x, tf.zeros([3, 3, 8, 7]), 1, "VALID", **TURNED),
            2 * 7 * 6 * 2 * 72,  # eight channels of eight by four
        ),
        (
            "Conv2D",
            lambda x: tf.nn.conv2d(x, tf.zeros([3, 3, 2, 6]), 1, "SAME"),  # two groups
            2 * 64 * 6 * 18,
        ),
        (
            "DepthwiseConv2dNative",
            lambda x: tf.nn.depthwise_conv2d(x, tf.zeros([5, 5, 4, 1]), [1, 2, 2, 1], "SAME"),
            2 * 4 * 4 * 4 * 25,
        ),
        (
            "Conv2DBackpropInput",
            lambda x: tf.nn.conv2d_transpose(x, tf.zeros([2, 2, 3, 4]), [1, 16, 16, 3], 2, "SAME"),
            2 * 16 * 16 * 4 * 3,
        ),
        ("MaxPool", lambda x: tf.nn.max_pool(x, 2, 2, "VALID"), 4 * 4 * 4 * 4),
        ("AvgPool", lambda x: tf.nn.avg_pool(x, 3, 1, "VALID"), 6 * 6 * 4 * 9),
        ("LRN", lambda x: tf.nn.local_response_normalization(x, depth_radius=2), 10 * 256),
        ("Mean", lambda x: tf.reduce_mean(x, [1, 2]), 256),
        ("Sum", lambda x: tf.reduce_sum(x, [1, 2]), 252),
        ("MatMul", lambda x: tf.matmul(x[:, 0, 0], tf.zeros([4, 9])), 2 * 4 * 9),
        ("BatchMatMulV2", lambda x: tf.matmul(x, x, transpose_b=True), 2 * 8 * 8 * 8 * 4),
        ("BiasAdd", lambda x: tf.nn.bias_add(x, tf.zeros([4])), 256),
        (
            "FusedBatchNormV3",
            lambda x: tf.nn.fused_batch_norm(
                x, *(tf.ones([4]) for _ in range(4)), is_training=False
            ),
            2 * 256,
        ),
    ],
)
def test_layers_by_hand(graph, op, build, expected):
    build(tf.placeholder(tf.float32, IMAGE, name="x"))
    assert counted(graph).by_op[op] == expected


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: tf.nn.conv3d(x, tf.zeros([2, 3, 3, 4, 5]), [1] * 5, "SAME"), 2 * 256 * 5 * 72),
        (lambda x: tf.nn.max_pool3d(x, 2, 2, "VALID"), 2 * 4 * 4 * 4 * 8),
        (lambda x: tf.nn.avg_pool3d(x, 2, 2, "VALID"), 2 * 4 * 4 * 4 * 8),
    ],
)
def test_volumes_by_hand(graph, build, expected):
    build(tf.placeholder(tf.float32, VOLUME))
    assert counted(graph).total == expected


def test_twice_the_batch_takes_twice_as_many(graph):
    tf.nn.relu(tf.placeholder(tf.float32, IMAGE))
    assert [counted(graph, batch=batch).total for batch in (1, 2, 8)] == [256, 512, 2048]


def test_what_cannot_be_counted_is_told(graph):
    x = tf.placeholder(tf.float32, [None, None, 3], name="x")
    tf.nn.relu(x)
    tf.nn.relu(tf.reshape(x[:, 0], [-1, 3]))
    tf.nn.bias_add(x, tf.zeros([3]))
    flops = counted(graph)
    assert (flops.by_op, flops.uncounted) == ({"Relu": 3}, {"Relu": 1, "BiasAdd": 1})


def test_ops_that_are_not_known_are_told(tmp_path):
    graph_def = tf.GraphDef()
    graph_def.node.add(name="x", op="Placeholder")
    graph_def.node.add(name="y", op="MyOwnOp", input=["x"])
    graph_def.node.add(name="z", op="Identity", input=["y"])
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    details = inspect_file(tmp_path / "m.pb").details
    assert (details.flops, details.uncounted_ops) == (0, {"MyOwnOp": 1})


def test_a_report_counts_for_the_batch_and_shape_it_is_told(graph, tmp_path):
    tf.nn.relu(tf.placeholder(tf.float32, [None, None, 3], name="x"), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    details = inspect_file(tmp_path / "m.pb", batch=2).details
    assert (details.batch, details.flops, details.uncounted_ops) == (2, 0, {"Relu": 1})
    details = inspect_file(tmp_path / "m.pb", shapes={"x": [2, 5, 3]}).details
    assert (details.flops, details.flops_by_op) == (30, {"Relu": 30})


def test_a_batch_of_nothing_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="batch must be 1 or more, got 0"):
        inspect_file(tmp_path, batch=0)


def test_shapes_are_those_of_a_graph(tmp_path):
    with RecordWriter(tmp_path / "r") as writer:
        writer.write(b"record")
    with pytest.raises(ArgumentError, match="path must be a graph, got 'a TFRecord'"):
        inspect_file(tmp_path / "r", shapes={"x": [1]})


def test_loops_and_functions_are_named(graph):
    graph_file = RECORDED.parent / "stored" / "loop.pb"
    details = inspect_file(graph_file).details
    assert details.loops == ["while/while_context"]
    assert details.functions == {}


def test_functions_are_listed_with_their_size(graph, tmp_path):
    x = tf.placeholder(tf.float32, [], name="x")
    tf.compat.v2.cond(x > 0, lambda: x * 2.0, lambda: x, name="chosen")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    details = inspect_file(tmp_path / "m.pb").details
    assert sorted(bool(nodes) for nodes in details.functions.values()) == [False, True]
    assert (details.flops_by_op, details.uncounted_ops) == ({"Greater": 1, "Mul": 1}, {})


def test_gradients_of_a_mean_take_no_fewer_than_none(graph):
    loss = tf.reduce_mean(tf.placeholder(tf.float32, [None], name="x"))
    tf.gradients(loss, loss.op.inputs[0])
    flops = counted(graph)
    assert "Prod" in {op.type for op in graph.get_operations()}  # of the shape of a scalar
    assert "Prod" not in flops.by_op
    assert all(count > 0 for count in flops.by_op.values())


@pytest.mark.parametrize(
    "build",
    [
        lambda x: tf.reduce_sum(x, 0),
        lambda x: tf.reduce_prod(x),
        lambda x: tf.argmax(x, 0),
        lambda x: tf.nn.l2_loss(x),
        lambda x: tf.add_n([x, x, x]),
        lambda x: tf.raw_ops.BiasAddGrad(out_backprop=x),
    ],
)
def test_nothing_is_reduced_for_nothing(graph, build):
    build(tf.placeholder(tf.float32, [0, 3]))
    flops = counted(graph)
    assert (flops.total, flops.by_op, flops.uncounted) == (0, {}, {})


def _sizes_of_no_window(op, attribute, numbers):
    """A pooling of an image, as a file may tell it."""
    graph_def = tf.GraphDef()
    image = graph_def.node.add(name="x", op="Placeholder")
    image.attr["shape"].shape.CopyFrom(tf.TensorShape([1, 4, 4, 3]).as_proto())
    node = graph_def.node.add(name="y", op=op, input=["x"])
    for name in ("ksize", "strides"):
        node.attr[name].list.i.extend(numbers if name == attribute else [1, 2, 2, 1])
    node.attr["padding"].s = b"SAME"
    node.attr["depth_radius"].i = -8
    return graph_def


@pytest.mark.parametrize(
    ("op", "attribute", "numbers"),
    [
        ("MaxPool", "ksize", [1, -2, 2, 1]),
        ("AvgPool", "ksize", [1, 2, -2, 1]),
        ("MaxPool", "strides", [1, -2, 2, 1]),
        ("LRN", "ksize", []),
    ],
)
def test_what_can_not_be_is_not_counted(op, attribute, numbers):
    stored = _sizes_of_no_window(op, attribute, numbers).SerializeToString()
    flops = count_flops(infer_shapes(read_graph(memoryview(stored))))
    assert (flops.by_op, flops.uncounted) == ({}, {op: 1})
