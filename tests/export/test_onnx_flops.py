"""Shapes, operations and pictures of ONNX models: by hand, and those of the graphs they were of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from onnx_messages import FLOAT, INT64, graph, model, node, tensor, value

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import convert, draw_html, draw_svg, inspect_file
from graphkit.export._drawing._kinds import kind_of
from graphkit.export._drawing._onnx_nodes import onnx_nodes
from graphkit.export._drawing._own_names import own_name
from graphkit.export._inspection._onnx import read_onnx_model
from graphkit.export._inspection._onnx_same import _SAME, same_onnx_op

RANDOM = np.random.default_rng(2)


@pytest.fixture
def written(tmp_path):
    """Writes a model of some nodes; gives its path."""

    def write(*nodes, inputs=(), weights=None, outputs=()):
        stored = [tensor(name, array) for name, array in (weights or {}).items()]
        (tmp_path / "m.onnx").write_bytes(
            model(graph(*nodes, weights=stored, inputs=inputs, outputs=outputs))
        )
        return tmp_path / "m.onnx"

    return write


def floats(*shape):
    return np.ones(shape, np.float32)


def ints(*numbers):
    return np.array(numbers, np.int64)


IMAGE, TABLE = (2, 3, 10, 7), (2, 3, 4)
FILTER = {"w": floats(6, 3, 3, 3)}
# (op, input shape, weights in the order they are read, settings, output shapes)
SHAPES = [
    ("Conv", IMAGE, FILTER, {}, [(2, 6, 8, 5)]),
    ("Conv", IMAGE, FILTER, {"pads": [1, 0, 1, 2], "strides": [2, 1]}, [(2, 6, 5, 7)]),
    ("Conv", IMAGE, FILTER, {"dilations": [2, 3]}, [(2, 6, 6, 1)]),
    ("Conv", IMAGE, FILTER, {"auto_pad": "SAME_UPPER", "strides": [3, 2]}, [(2, 6, 4, 4)]),
    ("Conv", IMAGE, FILTER, {"auto_pad": "VALID"}, [(2, 6, 8, 5)]),
    ("ConvTranspose", IMAGE, {"w": floats(3, 5, 3, 3)}, {"strides": [2, 2]}, [(2, 5, 21, 15)]),
    (
        "ConvTranspose",
        IMAGE,
        {"w": floats(3, 5, 3, 3)},
        {"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]},
        [(2, 5, 20, 14)],
    ),
    ("ConvTranspose", IMAGE, {"w": floats(3, 1, 2, 2)}, {"group": 3}, [(2, 3, 11, 8)]),
    ("MaxPool", IMAGE, {}, {"kernel_shape": [2, 2], "strides": [2, 2]}, [(2, 3, 5, 3)]),
    (
        "AveragePool",
        IMAGE,
        {},
        {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1},
        [(2, 3, 5, 4)],
    ),
    ("GlobalAveragePool", IMAGE, {}, {}, [(2, 3, 1, 1)]),
    ("SpaceToDepth", (1, 2, 4, 6), {}, {"blocksize": 2}, [(1, 8, 2, 3)]),
    ("DepthToSpace", (1, 8, 2, 3), {}, {"blocksize": 2}, [(1, 2, 4, 6)]),
    ("Gemm", (2, 3), {"w": floats(5, 3)}, {"transB": 1}, [(2, 5)]),
    ("Gemm", (3, 2), {"w": floats(3, 5)}, {"transA": 1}, [(2, 5)]),
    ("MatMul", TABLE, {"w": floats(4, 5)}, {}, [(2, 3, 5)]),
    ("MatMul", TABLE, {"w": floats(4)}, {}, [(2, 3)]),
    ("Reshape", TABLE, {"w": ints(0, -1)}, {}, [(2, 12)]),
    ("Reshape", TABLE, {"w": ints(6, 4)}, {}, [(6, 4)]),
    ("Flatten", TABLE, {}, {"axis": 2}, [(6, 4)]),
    ("Flatten", TABLE, {}, {}, [(2, 12)]),
    ("Transpose", TABLE, {}, {}, [(4, 3, 2)]),
    ("Transpose", TABLE, {}, {"perm": [1, 0, 2]}, [(3, 2, 4)]),
    ("Squeeze", (1, 3, 1), {}, {}, [(3,)]),
    ("Squeeze", (1, 3, 1), {"w": ints(-1)}, {}, [(1, 3)]),
    ("Unsqueeze", (2, 3), {}, {"axes": [0, 3]}, [(1, 2, 3, 1)]),
    ("Unsqueeze", (2, 3), {"w": ints(-1)}, {}, [(2, 3, 1)]),
    ("Concat", TABLE, {"w": floats(2, 3, 7)}, {"axis": -1}, [(2, 3, 11)]),
    ("Split", (2, 7), {}, {"axis": 1}, [(2, 4), (2, 3)]),
    ("Split", (2, 7), {"w": ints(1, 6)}, {"axis": 1}, [(2, 1), (2, 6)]),
    ("Slice", (9, 4), {"s": ints(1), "e": ints(-2), "a": ints(0)}, {}, [(6, 4)]),
    ("Slice", (9, 4), {}, {"starts": [2], "ends": [100], "axes": [1]}, [(9, 2)]),
    (
        "Slice",
        (9, 4),
        {"s": ints(-1), "e": ints(-100), "a": ints(0), "t": ints(-2)},
        {},
        [(5, 4)],
    ),
    ("Pad", (2, 3), {"w": ints(1, 0, 2, 4)}, {}, [(5, 7)]),
    ("Pad", (2, 3), {}, {"pads": [0, 1, 0, 1]}, [(2, 5)]),
    ("Tile", (2, 3), {"w": ints(3, 1)}, {}, [(6, 3)]),
    ("Expand", (3, 1), {"w": ints(2, 1, 4)}, {}, [(2, 3, 4)]),
    ("Gather", TABLE, {"w": np.zeros((5, 6), np.int64)}, {"axis": 1}, [(2, 5, 6, 4)]),
    ("GatherND", TABLE, {"w": np.zeros((7, 2), np.int64)}, {}, [(7, 4)]),
    ("GatherElements", TABLE, {"w": np.zeros((1, 1, 1), np.int64)}, {}, [(1, 1, 1)]),
    ("ReduceMean", TABLE, {}, {"axes": [1]}, [(2, 1, 4)]),
    ("ReduceSum", TABLE, {"w": ints(0, -1)}, {"keepdims": 0}, [(3,)]),
    ("ReduceMax", TABLE, {}, {"keepdims": 0}, [()]),
    ("ReduceSum", TABLE, {}, {"noop_with_empty_axes": 1}, [TABLE]),
    ("ArgMax", TABLE, {}, {"axis": 1, "keepdims": 0}, [(2, 4)]),
    ("TopK", TABLE, {"w": ints(2)}, {}, [(2, 3, 2), (2, 3, 2)]),
    ("OneHot", (2, 3), {"w": ints(9), "v": floats(2)}, {}, [(2, 3, 9)]),
    ("Shape", TABLE, {}, {"start": 1}, [(2,)]),
    ("Size", TABLE, {}, {}, [()]),
    ("Add", (3, 1), {"w": floats(4)}, {}, [(3, 4)]),
    ("Where", (3, 1), {"w": floats(4), "v": floats(2, 1, 1)}, {}, [(2, 3, 4)]),
    ("Dropout", TABLE, {}, {}, [TABLE]),
    ("LSTM", (5, 2, 3), {"w": floats(1, 16, 3), "r": floats(1, 16, 4)}, {"hidden_size": 4},
     [(5, 1, 2, 4), (1, 2, 4), (1, 2, 4)]),
]  # fmt: skip


@pytest.mark.parametrize(("op", "shape", "weights", "settings", "found"), SHAPES)
def test_shapes_follow_from_the_inputs(written, op, shape, weights, settings, found):
    outputs = [f"y{place}" for place in range(len(found))]
    path = written(
        node(op, ["x", *weights], outputs, **settings),
        inputs=[value("x", FLOAT, shape)],
        weights=weights,
    )
    shapes = read_onnx_model(path).shapes
    assert [shapes.of(name).shape for name in outputs] == found


def test_shapes_are_computed_in_the_model_itself(written):
    """As PyTorch writes `x.view(x.size(0), -1)`: the first size, beside a -1."""
    path = written(
        node("Shape", ["x"], ["sizes"]),
        node("Constant", [], ["first"], value=np.array(0, np.int64)),
        node("Gather", ["sizes", "first"], ["rows"]),
        node("Unsqueeze", ["rows"], ["row_list"], axes=[0]),
        node("Constant", [], ["rest"], value_ints=[-1]),
        node("Concat", ["row_list", "rest"], ["wanted"], axis=0),
        node("Reshape", ["x", "wanted"], ["y"]),
        inputs=[value("x", FLOAT, ["N", 3, 4])],
    )
    shapes = read_onnx_model(path, batch=6).shapes
    assert shapes.of("wanted").value == (6, -1)
    assert shapes.of("y").shape == (6, 12)


@pytest.mark.parametrize(
    ("op", "shape", "weights", "settings", "flops"),
    [
        ("Conv", (1, 3, 10, 7), {"w": floats(6, 3, 3, 3)}, {}, 2 * 6 * 8 * 5 * 27),
        ("Conv", (1, 3, 4, 4), {"w": floats(6, 3, 3, 3), "b": floats(6)}, {}, 24 * (2 * 27 + 1)),
        ("Conv", (1, 4, 4, 4), {"w": floats(4, 1, 3, 3)}, {"group": 4}, 2 * 4 * 4 * 9),
        ("ConvTranspose", (1, 3, 2, 2), {"w": floats(3, 5, 2, 2)}, {}, 2 * 12 * 20),
        ("Gemm", (2, 3), {"w": floats(3, 5), "b": floats(5)}, {}, 10 * (2 * 3 + 1)),
        ("Gemm", (3, 2), {"w": floats(3, 5)}, {"transA": 1}, 10 * 2 * 3),
        ("MatMul", (2, 3, 4), {"w": floats(4, 5)}, {}, 2 * 30 * 4),
        ("MaxPool", (1, 3, 4, 4), {}, {"kernel_shape": [2, 2], "strides": [2, 2]}, 12 * 4),
        ("GlobalAveragePool", (1, 3, 4, 4), {}, {}, 48),
        ("Relu", (2, 3), {}, {}, 6),
        ("Clip", (2, 3), {}, {}, 6),
        ("Softmax", (2, 3), {}, {}, 30),
        ("Sum", (2, 3), {"v": floats(2, 3), "w": floats(2, 3)}, {}, 12),
        ("ReduceMean", (2, 3), {}, {}, 6),
        ("ReduceSum", (2, 3), {}, {"keepdims": 0}, 5),
        ("LRN", (1, 4, 2, 2), {}, {"size": 5}, 16 * 10),
        ("RNN", (5, 2, 3), {"w": floats(1, 4, 3), "r": floats(1, 4, 4)}, {}, 10 * (8 * 7 + 4)),
        ("GRU", (5, 2, 3), {"w": floats(2, 12, 3), "r": floats(2, 12, 4)}, {},
         10 * 2 * (24 * 7 + 8 * 4)),
        ("LSTM", (5, 2, 3), {"w": floats(1, 16, 3), "r": floats(1, 16, 4)}, {},
         10 * (32 * 7 + 9 * 4)),
        ("LSTM", (5, 2, 3), {"w": floats(1, 16, 3), "r": floats(1, 16, 4), "b": floats(1, 32)}, {},
         10 * (32 * 7 + 16 + 9 * 4)),
        ("LayerNormalization", (2, 3), {"w": floats(3)}, {}, 6 * 6),
        ("LayerNormalization", (2, 3), {"w": floats(3), "b": floats(3)}, {}, 6 * 7),
        ("Reshape", (2, 3), {"w": ints(6)}, {}, 0),
        ("Constant", (2, 3), {}, {"value_float": 1.0}, 0),
    ],
)  # fmt: skip
def test_operations_by_hand(written, op, shape, weights, settings, flops):
    inputs = ["x", *weights] if op != "Constant" else []
    path = written(
        node(op, inputs, ["y"], **settings),
        inputs=[value("x", FLOAT, shape)],
        weights=weights,
    )
    details = inspect_file(path).details
    assert (details.flops, details.uncounted_ops) == (flops, {})
    assert details.flops_by_op == ({op: flops} if flops else {})


@pytest.mark.parametrize(
    ("op", "settings"),
    [("MaxPool", {"kernel_shape": [-2, 2]}), ("LRN", {"size": -6}), ("Sum", None)],
)
def test_what_can_not_be_is_not_counted(written, op, settings):
    read, inputs = ([], []) if settings is None else (["x"], [value("x", FLOAT, (1, 3, 4, 4))])
    details = inspect_file(
        written(
            node(op, read, ["y"], **(settings or {})),
            inputs=inputs,
            outputs=[value("y", FLOAT, (1, 3, 2, 2))],
        )
    ).details
    assert (details.flops_by_op, details.uncounted_ops) == ({}, {op: 1})


@pytest.mark.parametrize("op", ["LSTM", "NonMaxSuppression", "com.microsoft.Gelu"])
def test_what_is_not_known_is_named(written, op):
    domain, _, kind = op.rpartition(".")
    path = written(node(kind, ["x"], ["y"], domain=domain), inputs=[value("x", FLOAT, [2, 3])])
    assert inspect_file(path).details.uncounted_ops == {op: 1}


def test_of_a_loop_one_turn_is_counted_and_of_a_condition_both_branches(written):
    body = graph(
        node("Identity", ["go"], ["on"]),
        node("MatMul", ["h", "w"], ["next"]),
        node("Identity", ["next"], ["kept"]),
        inputs=[value("i", INT64, []), value("go", 9, []), value("h", FLOAT)],
        outputs=[value("on", 9, []), value("next", FLOAT), value("kept", FLOAT)],
    )
    path = written(
        node("Loop", ["", "yes", "x"], ["y", "all"], bodies=[body]),
        node("If", ["yes"], ["z"], bodies=[
            graph(node("Relu", ["y"], ["a"]), outputs=[value("a", FLOAT)]),
            graph(node("Softmax", ["y"], ["b"]), outputs=[value("b", FLOAT)]),
        ]),
        inputs=[value("x", FLOAT, [2, 4])],
        weights={"w": floats(4, 4)},
    )  # fmt: skip
    found = read_onnx_model(path)
    assert found.flops.by_op == {"MatMul": 64, "Relu": 8, "Softmax": 40}
    assert [found.shapes.of(name).shape for name in ("y", "all", "z")] == [(2, 4), None, (2, 4)]


def _build():
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    with tf.name_scope("first"):
        h = tf.nn.conv2d(x, RANDOM.normal(size=(3, 3, 3, 4)).astype("f"), 1, "SAME")
        h = tf.nn.relu(tf.nn.bias_add(h, RANDOM.normal(size=4).astype("f")))
        h = tf.nn.max_pool(h, 2, 2, "VALID")
    with tf.name_scope("second"):
        filters = RANDOM.normal(size=(3, 3, 4, 2)).astype("f")
        h = tf.nn.relu6(tf.nn.depthwise_conv2d(h, filters, [1, 1, 1, 1], "VALID"))
    h = tf.matmul(tf.reshape(h, [-1, 32]), RANDOM.normal(size=(32, 5)).astype("f"))
    tf.nn.softmax(tf.nn.bias_add(h, RANDOM.normal(size=5).astype("f")), name="y")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """One network as a `.pb` and as an ONNX model with an open batch."""
    pytest.importorskip("tf2onnx")
    pytest.importorskip("onnxruntime")
    folder = tmp_path_factory.mktemp("models")
    with tf.Graph().as_default() as built:
        _build()
    (folder / "net.pb").write_bytes(built.as_graph_def().SerializeToString())
    convert(folder / "net.pb", folder / "net.onnx")
    return folder / "net.pb", folder / "net.onnx"


@pytest.mark.parametrize("batch", [1, 5])
def test_models_take_what_their_graph_took(models, batch):
    before, after = (inspect_file(path, batch=batch).details for path in models)
    assert after.flops == before.flops
    assert (after.batch, after.uncounted_ops) == (batch, {})


def test_the_package_of_onnx_finds_the_same_shapes():
    """In the networks that it brings along, of up to 900 nodes."""
    onnx = pytest.importorskip("onnx")
    folder = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"
    found = 0
    for file in sorted(folder.glob("*.onnx")):
        shapes = read_onnx_model(file).shapes
        referee = onnx.shape_inference.infer_shapes(onnx.load(file), data_prop=True)
        for info in referee.graph.value_info:
            sizes = tuple(dim.dim_value for dim in info.type.tensor_type.shape.dim)
            assert shapes.of(info.name).shape == sizes, (file.name, info.name)
            found += 1
    assert found > 1000 or not list(folder.glob("*.onnx"))


def test_open_sizes_can_be_given(written):
    path = written(
        node("GlobalMaxPool", ["x"], ["y"]), inputs=[value("x", FLOAT, ["N", 3, "H", "W"])]
    )
    assert inspect_file(path).details.uncounted_ops == {"GlobalMaxPool": 1}
    assert inspect_file(path, shapes={"x": [2, 3, 4, 5]}).details.flops == 120
    with pytest.raises(ArgumentError, match="shapes of inputs: x"):
        inspect_file(path, shapes={"z": [1]})


def test_nodes_are_drawn_with_their_weights(written):
    path = written(
        node("Conv", ["x", "w"], ["h"], name="net/conv"),
        node("Constant", [], ["c"], value=floats(1, 6, 1, 1)),
        node("Add", ["h", "c"], ["net/sum"]),
        node("Mul", ["net/sum", "net/sum"], ["y"], name="net/conv"),
        inputs=[value("x", FLOAT, IMAGE), value("w", FLOAT)],
        weights=FILTER,
    )
    nodes = onnx_nodes(read_onnx_model(path))
    assert [(n.name, n.op, n.sources, n.shape, n.parameters) for n in nodes] == [
        ("x", "Placeholder", (), IMAGE, 0),
        ("net/conv", "Conv", ("x",), (2, 6, 8, 5), 162),
        ("net/sum", "Add", ("net/conv",), (2, 6, 8, 5), 6),
        ("net/conv_1", "Mul", ("net/sum",), (2, 6, 8, 5), 0),
    ]
    picture, page = draw_svg(path), draw_html(path, batch=2)
    assert picture.startswith("<svg")
    for told in ("Conv", "2\u00d76\u00d78\u00d75"):
        assert told in picture
        assert told in page


def test_many_nodes_of_one_name_are_drawn_under_names_of_their_own(written):
    nodes = [
        node("Relu", ["x"], [f"y{i}"], name=name) for i, name in enumerate(["n_1"] + 3 * ["n"])
    ]
    drawn = onnx_nodes(read_onnx_model(written(*nodes, inputs=[value("x", FLOAT, [2])])))
    assert [one.name for one in drawn] == ["x", "n_1", "n", "n_2", "n_3"]
    taken = {}
    assert len({own_name("n", taken) for _ in range(100_000)}) == 100_000


@pytest.mark.parametrize(
    ("op", "kind"),
    [("Gemm", "dense"), ("BatchNormalization", "norm"), ("Unsqueeze", "shape"), ("Loop", "flow"),
     ("Conv", "conv"), ("Clip", "activation"), ("ReduceMean", "math"), ("Xyz", "other")],
)  # fmt: skip
def test_an_op_has_the_colour_of_what_it_does(op, kind):
    assert kind_of(op) == kind


def test_the_same_ops_are_ops_of_tensorflow():
    assert all(hasattr(tf.raw_ops, same_onnx_op(op)) for op in _SAME)
