"""Static shapes without TensorFlow: those of 1.15.5, and what is not known stays open."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._graph import read_graph
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export._graph_file import read_graph_file
from graphkit.export._inspection._shapes import infer_shapes, split_reference

RECORDED = Path(__file__).parents[1] / "golden" / "flops"
GRAPHS = ["arithmetic", "network", "shapes", "training"]
# What 1.15.5 says of them is the shape of a handle; what is asked for is that of the variable.
HANDLES = {"VarHandleOp"}
# Their shapes are needed by nothing.
LEFT_OPEN = {"ApplyMomentum"}


@pytest.fixture(scope="module")
def recorded():
    return json.loads((RECORDED / "recorded.json").read_text())


def inferred(graph, **options):
    """The shapes of a graph that is in this process."""
    stored = read_graph(memoryview(graph.as_graph_def().SerializeToString()))
    return infer_shapes(stored, **options)


def node(name, op, *inputs, **attrs):
    """A node; a tuple or None is a shape, a NumPy array a constant, True and numbers themselves."""
    made = tf.NodeDef(name=name, op=op, input=inputs)
    for key, value in attrs.items():
        attr = made.attr[key]
        if isinstance(value, bool):
            attr.b = value
        elif isinstance(value, int):
            attr.i = value
        elif isinstance(value, np.ndarray):
            attr.tensor.CopyFrom(tf.make_tensor_proto(value))
            made.attr["dtype"].type = attr.tensor.dtype
        else:
            attr.shape.CopyFrom(tf.TensorShape(value).as_proto())
    return made


def shapes_of(*nodes, **options):
    graph = read_graph(memoryview(tf.GraphDef(node=nodes).SerializeToString()))
    return infer_shapes(graph, **options)


@pytest.mark.parametrize("name", GRAPHS)
def test_every_shape_is_that_of_1_15(recorded, name):
    graph = read_graph_file(RECORDED / f"{name}.pb").graph
    ops = {one.name: one.op for one in graph.nodes}
    known = infer_shapes(graph)
    wrong = {}
    for tensor, shape in recorded[name]["shapes"].items():
        if shape is None or None in shape or ops[tensor.split(":")[0]] in HANDLES | LEFT_OPEN:
            continue
        found = known.of(tensor).shape
        if found != tuple(shape):
            wrong[tensor] = (found, shape)
    assert wrong == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda x: tf.shape(x), (2, 12, 10)),
        (lambda x: tf.shape(x)[1:], (12, 10)),
        (lambda x: tf.shape(x)[-1], (10,)),
        (lambda x: tf.shape(x) * 2 + 1, (5, 25, 21)),
        (lambda x: tf.shape(x) // 3 - 1, (-1, 3, 2)),
        (lambda x: tf.shape(x) % 4, (2, 0, 2)),
        (lambda x: tf.maximum(tf.shape(x), 11), (11, 12, 11)),
        (lambda x: tf.reduce_prod(tf.shape(x)), (240,)),
        (lambda x: tf.reduce_sum(tf.shape(x)), (24,)),
        (lambda x: tf.reduce_max(tf.shape(x)), (12,)),
        (lambda x: tf.gather(tf.shape(x), [2, 0]), (10, 2)),
        (lambda x: tf.slice(tf.shape(x), [1], [-1]), (12, 10)),
        (lambda x: tf.stack([tf.size(x), tf.rank(x)]), (240, 3)),
        (lambda x: tf.concat([tf.shape(x), [7]], 0), (2, 12, 10, 7)),
        (lambda x: tf.range(1, tf.shape(x)[2], 3), (1, 4, 7)),
        (lambda x: tf.fill([3], tf.shape(x)[0]), (2, 2, 2)),
        (lambda x: tf.cast(tf.expand_dims(tf.shape(x)[1], 0), tf.int64), (12,)),
    ],
)
def test_the_numbers_that_shapes_are_made_of_are_known(graph, value, expected):
    x = tf.placeholder(tf.float32, [None, 12, 10])
    made = value(x)
    assert inferred(graph, batch=2).of(made.name).value == expected


def test_the_batch_takes_the_place_of_an_open_first_dimension(graph):
    x = tf.placeholder(tf.float32, [None, None, 3], name="x")
    tf.matmul(x[:, 0], tf.zeros([3, 4]), name="y")
    assert inferred(graph).of("x").shape == (1, None, 3)
    assert inferred(graph, batch=5).of("y").shape == (5, 4)


def test_a_shape_that_is_told_counts_more_than_that_of_the_file(graph):
    tf.nn.relu(tf.placeholder(tf.float32, None, name="x"), name="y")
    assert inferred(graph).of("y").shape is None
    assert inferred(graph, given={"x": (7, 2)}).of("y").shape == (7, 2)


def test_an_output_among_several_can_be_told():
    known = shapes_of(
        node("next", "OwnIterator"), node("y", "Relu", "next:1"), given={"next:1": (4, 4)}
    )
    assert known.of("next").shape is None
    assert known.of("y").shape == (4, 4)


def test_a_shape_for_no_node_names_the_nearest_input(graph):
    tf.placeholder(tf.float32, None, name="images")
    with pytest.raises(
        ArgumentError, match="shapes must be the name of a node, such as images, got"
    ):
        inferred(graph, given={"image": (1,)})


def test_an_op_without_a_rule_leaves_all_behind_it_open():
    known = shapes_of(
        node("x", "Placeholder", shape=(1, 2)),
        node("own", "MyOwnOp", "x"),
        node("y", "Relu", "own"),
    )
    assert (known.of("x").shape, known.of("y").shape) == ((1, 2), None)


def test_what_1_15_wrote_down_helps_where_no_rule_does():
    own = node("own", "MyOwnOp", "x")
    own.attr["_output_shapes"].list.shape.add().CopyFrom(tf.TensorShape([None, 5]).as_proto())
    known = shapes_of(
        node("x", "Placeholder", shape=(1, 2)), own, node("y", "Relu", "own"), batch=3
    )
    assert known.of("y").shape == (3, 5)


def test_loops_have_the_shapes_of_their_first_turn(graph):
    x = tf.placeholder(tf.float32, [None, 4])
    with tf.Graph().as_default() as looped:
        tf.compat.v1.disable_control_flow_v2()
        try:
            x = tf.placeholder(tf.float32, [None, 4])
            tf.while_loop(lambda i, _: i < 3, lambda i, y: (i + 1, y * 2.0), [0, x], name="loop")
        finally:
            tf.compat.v1.enable_control_flow_v2()
    known = inferred(looped, batch=2)
    exits = [op.outputs[0].name for op in looped.get_operations() if op.type == "Exit"]
    assert [known.of(name).shape for name in exits] == [(), (2, 4)]


def test_functions_are_gone_into(graph):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    tf.compat.v2.cond(x[0, 0] > 0, lambda: x @ tf.ones([4, 2]), lambda: x[:, :2], name="chosen")
    found = inferred(graph, batch=3)
    assert found.of("chosen").shape == (3, 2)
    products = [{"MatMul"} <= {one.op for one in i.nodes} for i in found.inside["chosen"]]
    assert sorted(products) == [False, True]


def test_functions_that_disagree_leave_it_open(graph):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    tf.compat.v2.cond(x[0, 0] > 0, lambda: x[:1], lambda: x[:2], name="chosen")
    assert inferred(graph, batch=3).of("chosen").shape is None


def test_a_function_that_repeats_gives_what_it_takes(graph):
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    tf.compat.v2.while_loop(lambda y: y[0, 0] < 3, lambda y: [y * 2.0], [x], name="loop")
    loop = next(op for op in graph.get_operations() if op.type in ("While", "StatelessWhile"))
    shapes = [inferred(graph, batch=6).of(out.name).shape for out in loop.outputs]
    assert shapes[-1] == (6, 4)


def test_functions_that_call_each_other_come_to_an_end():
    graph_def = tf.GraphDef(node=[node("x", "Placeholder", shape=(2,)), node("y", "f0", "x")])
    for number in range(40):
        function = graph_def.library.function.add()
        function.signature.name = f"f{number}"
        function.signature.input_arg.add(name="x")
        function.signature.output_arg.add(name="z")
        function.ret["z"] = "b:z:0"
        for name in "ab":
            function.node_def.append(node(name, f"f{(number + 1) % 40}", "x"))
    graph = read_graph(memoryview(graph_def.SerializeToString()))
    assert infer_shapes(graph).of("y").shape is None


def test_a_circle_stays_open():
    known = shapes_of(node("a", "Relu", "b"), node("b", "Relu", "a"), node("c", "Relu", "c"))
    assert [known.of(name).shape for name in "abc"] == [None] * 3


@pytest.mark.parametrize(
    "hostile",
    [
        node("y", "Reshape", "x"),
        node("y", "MatMul", "x", "x"),
        node("y", "Conv2D", "x", "x"),
        node("y", "MaxPool", "x"),
        node("y", "Squeeze", "absent"),
        node("y", "Transpose", "x", "axes"),
        node("y", "Tile", "x", "huge"),
        node("y", "Fill", "huge", "x"),
        node("y", "Unpack", "x", num=2**40),
        node("y", "Split", "axes", "x", num_split=0),
        node("y", "Range", "axes", "axes", "axes"),
        node("y", "DepthToSpace", "x"),
        node("y", "GatherNd", "x", "x"),
        node("y", "StridedSlice", "x", "axes", "axes", "zeros"),
        node("y", "ConcatV2"),
        node("y", "Merge"),
    ],
    ids=lambda one: one.op,
)
def test_what_cannot_be_stays_open(hostile):
    axes, zeros = np.int32([5, -7]), np.int32([0, 0])
    known = shapes_of(
        node("x", "Placeholder", shape=(2, 3)),
        node("axes", "Const", value=axes),
        node("zeros", "Const", value=zeros),
        node("huge", "Const", value=np.int64([2**62, 2**62])),
        hostile,
    )
    assert known.of("y").shape is None


def test_numbers_do_not_grow_without_an_end():
    nodes = [node("n0", "Const", value=np.int64([2**40]))]
    nodes += [node(f"n{i}", "Mul", f"n{i - 1}", f"n{i - 1}") for i in range(1, 200)]
    known = shapes_of(*nodes)
    assert known.of("n0").value == (2**40,)
    assert [known.of(name).value for name in ("n1", "n199")] == [None, None]


def test_a_long_chain_is_no_deep_one():
    nodes = [node("n0", "Placeholder", shape=(1, 2))]
    nodes += [node(f"n{i}", "Relu", f"n{i - 1}") for i in range(1, 5000)]
    assert shapes_of(*reversed(nodes)).of("n4999").shape == (1, 2)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("a", ("a", 0)),
        ("a:3", ("a", 3)),
        ("^a", ("a", 0)),
        ("a:output:1", ("a", 1)),
        ("a:batch_variance:0", ("a", 2)),
        ("a:x", ("a", 0)),
        ("a:99999999999999999999", ("a", 0)),
    ],
)
def test_references_name_a_node_and_an_output(reference, expected):
    assert split_reference(reference) == expected
