"""ONNX models that leave sizes open, or say of shapes what cannot be: nothing is made up."""

from __future__ import annotations

import numpy as np
import pytest
from onnx_messages import FLOAT, INT64, graph, model, node, tensor, text, value

from graphkit._formats import _onnx
from graphkit._formats._wire import FormatError, write_bytes, write_int
from graphkit.errors import CorruptFileError
from graphkit.export._inspection._onnx import read_onnx_model

IMAGE = (2, 3, 10, 7)


@pytest.fixture
def shapes_of(tmp_path):
    """Writes a model of an input `x` and some nodes; gives the shapes in it."""

    def shapes(*nodes, x=(2, 3), weights=(), **options):
        body = graph(*nodes, weights=weights, inputs=[value("x", FLOAT, x)], **options)
        (tmp_path / "m.onnx").write_bytes(model(body))
        return read_onnx_model(tmp_path / "m.onnx").shapes

    return shapes


def floats(name, *shape):
    return tensor(name, np.ones(shape, np.float32))


def ints(name, *numbers):
    return tensor(name, np.array(numbers, np.int64))


FILTER, UP = floats("w", 6, 3, 3, 3), floats("w", 3, 5, 3, 3)
# A last window that would begin in the padding is left out, as the operator's definition says.
BEHIND = {"kernel_shape": [2, 2], "strides": [3, 3], "pads": [0, 0, 2, 2], "ceil_mode": 1}
CASES = [
    ("Conv", (2, 3, "h", 7), [FILTER], {}, (2, 6, None, 5)),
    ("ConvTranspose", (2, 3, 10, "w"), [UP], {"strides": [2, 2]}, (2, 5, 21, None)),
    ("ConvTranspose", IMAGE, [UP], {"strides": [2, 3], "auto_pad": "SAME_UPPER"}, (2, 5, 20, 21)),
    ("MaxPool", (1, 1, 3, 3), [], BEHIND, (1, 1, 1, 1)),
    ("MaxPool", (1, 1, 4, 4), [], BEHIND | {"pads": [0, 0, 0, 0]}, (1, 1, 2, 2)),
    ("SpaceToDepth", (1, 2, "h", 6), [], {"blocksize": 2}, None),
    ("DepthToSpace", (1, 8, 2, "w"), [], {"blocksize": 2}, None),
    ("Squeeze", (1, "n", 3), [], {}, None),
    ("Squeeze", (1, "n", 3), [ints("w", 0)], {}, (None, 3)),
    ("GatherND", (2, 3, 4), [ints("w", 0)], {"batch_dims": 1}, None),
    ("GatherND", (2, 3), [tensor("w", np.zeros((7, 3), np.int64))], {}, None),
    ("Resize", IMAGE, [floats("r", 0), floats("s", 0), ints("w", 2, 3, 9, 8)], {}, (2, 3, 9, 8)),
    ("Resize", IMAGE, [floats("r", 0), floats("s", 4)], {}, None),
    ("LSTM", (5, 2, 3), [floats("w", 1, 16, 3), floats("r", 1, 16, 4)],
     {"hidden_size": 4, "layout": 1}, None),
    ("Pad", (2, 3), [ints("w", -5, 0, 0, 0)], {}, None),
    ("Concat", (3, "n"), [floats("w", 3, 4)], {"axis": 1}, (3, None)),
    ("OfTheFuture", (2, 3), [], {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("op", "x", "weights", "settings", "found"), CASES)
def test_what_follows_is_known_and_the_rest_is_open(shapes_of, op, x, weights, settings, found):
    names = {FILTER: "w", UP: "w"}
    read = [names.get(one) or name_of(one) for one in weights]
    shapes = shapes_of(node(op, ["x", *read], ["y"], **settings), x=x, weights=weights)
    assert shapes.of("y").shape == found


def name_of(message):
    """The name of a tensor: its field 8."""
    return next(name for name in "wrs" if text(8, name) in message)


def test_a_slice_of_a_shape_is_a_list_of_sizes(shapes_of):
    shapes = shapes_of(
        node("Shape", ["x"], ["sizes"]),
        node("Slice", ["sizes", "start", "end"], ["last"]),
        node("Reshape", ["x", "last"], ["y"]),
        x=(2, 3, 4),
        weights=[ints("start", 1), ints("end", 9)],
    )
    assert shapes.of("last").value == (3, 4)
    assert shapes.of("y").shape == (3, 4)


def test_a_table_is_no_list_of_sizes(shapes_of):
    table = tensor("table", np.ones((2, 2), np.int64))
    shapes = shapes_of(
        node("Concat", ["table", "table"], ["wanted"], axis=0),
        node("Reshape", ["x", "wanted"], ["y"]),
        weights=[table],
    )
    assert shapes.of("wanted").value is None
    assert shapes.of("y").shape is None


def test_an_output_that_is_left_out_is_none(shapes_of):
    weights = [floats("w", 1, 16, 3), floats("r", 1, 16, 4)]
    recurrent = node("LSTM", ["x", "w", "r"], ["", "last"], hidden_size=4)
    shapes = shapes_of(recurrent, x=(5, 2, 3), weights=weights)
    assert shapes.of("last").shape == (1, 2, 4)


def one_by_one(name, *numbers):
    """A tensor of integers that are not packed into bytes."""
    head = write_int(1, len(numbers)) + write_int(2, INT64) + text(8, name)
    return head + b"".join(write_int(7, number) for number in numbers)


def test_integers_may_stand_one_by_one(shapes_of):
    reshaped = node("Reshape", ["x", "wanted"], ["y"])
    assert shapes_of(reshaped, weights=[one_by_one("wanted", 3, 2)]).of("y").shape == (3, 2)
    # One that is 0 is not written by `write_int`: fewer stand there than the shape says.
    assert shapes_of(reshaped, weights=[one_by_one("wanted", 3, 0)]).of("y").shape is None


def test_more_integers_than_any_shape_has_are_not_kept(shapes_of):
    reshaped = node("Reshape", ["x", "wanted"], ["y"])
    many = range(1, _onnx._MOST_NUMBERS + 2)
    assert shapes_of(reshaped, weights=[one_by_one("wanted", *many)]).of("y").shape is None
    assert shapes_of(reshaped, weights=[ints("wanted", *many)]).of("y").shape is None


def test_an_attribute_of_more_integers_is_not_read(shapes_of):
    many = range(_onnx._MOST_NUMBERS + 1)
    shapes = shapes_of(node("Transpose", ["x"], ["y"], perm=many))
    assert shapes.of("y").shape is None
    with pytest.raises(FormatError, match="'perm' holds more numbers than any op has"):
        shapes.nodes[0].integers("perm")


def test_more_nodes_than_are_read_are_refused(shapes_of, monkeypatch):
    monkeypatch.setattr(_onnx, "_MOST_NODES", 3)
    nodes = [node("Relu", ["x"], [f"y{number}"]) for number in range(3)]
    assert shapes_of(*nodes).of("y2").shape == (2, 3)
    with pytest.raises(CorruptFileError, match="holds more than 3 nodes"):
        shapes_of(*nodes, node("Relu", ["x"], ["y3"]))


@pytest.mark.parametrize(
    ("said", "found"), [((2, 3), (2, 3)), (("n", 3), (None, 3)), (None, None)], ids=str
)
def test_what_an_output_says_of_itself_is_taken_where_nothing_follows(shapes_of, said, found):
    unknown = node("OfTheFuture", ["x"], ["y"])
    shapes = shapes_of(unknown, outputs=[value("y", FLOAT, said)])
    assert shapes.of("y").shape == found


def test_nodes_that_read_each_other_in_a_circle_are_refused(shapes_of):
    circle = [node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"])]
    with pytest.raises(CorruptFileError, match="read each other in a circle"):
        shapes_of(*circle)


@pytest.mark.parametrize(
    "damage", [write_bytes(7, b"\x0a\x02\x0a"), write_bytes(7, write_int(5, 3))], ids=["cut", "int"]
)
def test_a_graph_that_contradicts_itself_is_refused(tmp_path, damage):
    (tmp_path / "m.onnx").write_bytes(model(graph(node("Relu", ["x"], ["y"]))) + damage)
    with pytest.raises(CorruptFileError, match=r"m\.onnx"):
        read_onnx_model(tmp_path / "m.onnx").shapes.of("y")
