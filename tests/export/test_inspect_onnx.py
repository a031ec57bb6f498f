"""What inspect_file tells of ONNX models, written here field by field and read by OpenCV too."""

from __future__ import annotations

import json
import random

import cv2
import numpy as np
import pytest
from onnx_messages import FLOAT, INT64, graph, model, node, tensor, text, value

from graphkit._formats._wire import write_bytes, write_int
from graphkit.errors import CorruptFileError, GraphkitError
from graphkit.export import TensorInfo, inspect_file
from graphkit.export._inspection._onnx_rules import ONNX_SHAPE_RULES

WEIGHT = np.arange(6, dtype=np.float32).reshape(3, 2)

DENSE = graph(
    node("MatMul", ["x", "w"], ["h"]),
    node("Relu", ["h"], ["y"]),
    weights=[tensor("w", WEIGHT)],
    inputs=[value("x", FLOAT, [1, 3]), value("w", FLOAT, [3, 2])],
    outputs=[value("y", FLOAT, [1, 2])],
)


@pytest.fixture
def details(tmp_path):
    def inspect(data):
        (tmp_path / "m.onnx").write_bytes(data)
        report = inspect_file(tmp_path / "m.onnx")
        assert report.kind == "ONNX model"
        return report.details

    return inspect


def test_what_is_written_here_is_an_onnx_model():
    net = cv2.dnn.readNetFromONNX(np.frombuffer(model(DENSE), np.uint8))
    given = np.array([[1, -2, 3]], np.float32)
    net.setInput(given)
    np.testing.assert_allclose(net.forward(), np.maximum(given @ WEIGHT, 0), rtol=1e-6)


def test_a_network(details):
    found = details(model(DENSE))
    assert found.inputs == [TensorInfo("x", "float32", (1, 3))]
    assert found.outputs == [TensorInfo("y", "float32", (1, 2))]
    assert found.weights == [TensorInfo("w", "float32", (3, 2))]
    assert (found.parameters, found.parameter_bytes) == (6, 24)
    assert found.ops == {"MatMul": 1, "Relu": 1}
    assert (found.producer, found.ir_version, found.opsets) == ("by hand 1.0", 6, {"": 11})
    assert found.external_files == []


@pytest.mark.parametrize(
    ("shape", "found"),
    [([], ()), (["N", 3], (None, 3)), (None, None), ([2, "height", "width"], (2, None, None))],
)
def test_open_dimensions(details, shape, found):
    body = graph(node("Relu", ["x"], ["y"]), inputs=[value("x", INT64, shape)])
    assert details(model(body)).inputs == [TensorInfo("x", "int64", found)]


def test_ops_of_other_domains_and_in_bodies_are_counted(details):
    inner = graph(node("Add", ["a", "b"], ["c"]), node("If", ["c"], ["d"], bodies=[graph(
        node("Add", ["a", "a"], ["e"])
    )]))  # fmt: skip
    body = graph(
        node("Loop", ["x"], ["y"], bodies=[inner]),
        node("Gelu", ["y"], ["z"], domain="com.microsoft"),
    )
    found = details(model(body, opsets=[("", 11), ("com.microsoft", 1)]))
    assert found.ops == {"Add": 2, "Loop": 1, "If": 1, "com.microsoft.Gelu": 1}
    assert found.opsets == {"": 11, "com.microsoft": 1}


def test_files_that_weights_are_read_from_are_named_and_not_opened(details):
    weights = [
        tensor("a", WEIGHT, location="../../etc/passwd"),
        tensor("b", WEIGHT, location="weights.bin"),
        tensor("c", WEIGHT, location="weights.bin"),
    ]
    found = details(model(graph(node("Add", ["a", "b"], ["y"]), weights=weights)))
    assert found.external_files == ["../../etc/passwd", "weights.bin"]
    assert (found.parameters, found.parameter_bytes) == (18, 72)


def test_files_are_named_that_constants_and_bodies_are_read_from(details):
    held = tensor("", WEIGHT, location="../c.bin")
    inner = graph(node("Relu", ["w"], ["y"]), weights=[tensor("w", WEIGHT, location="/etc/passwd")])
    constant = write_bytes(5, text(1, "value") + write_bytes(5, held))
    body = graph(
        write_bytes(1, text(2, "c") + text(4, "Constant") + constant),
        node("Loop", ["c"], ["z"], bodies=[inner]),
    )
    assert details(model(body)).external_files == ["../c.bin", "/etc/passwd"]


def test_nodes_may_stand_in_any_order(details):
    body = graph(
        node("Relu", ["h"], ["y"]),
        node("MatMul", ["x", "w"], ["h"]),
        weights=[tensor("w", WEIGHT)],
        inputs=[value("x", FLOAT, [1, 3])],
    )
    assert details(model(body)).flops_by_op == {"MatMul": 12, "Relu": 2}


def test_a_dtype_of_the_future(details):
    body = graph(node("Relu", ["x"], ["y"]), inputs=[value("x", 99, [1])])
    assert details(model(body)).inputs == [TensorInfo("x", "unknown dtype 99", (1,))]


def test_a_value_that_is_no_tensor(details):
    body = graph(node("Relu", ["x"], ["y"]), inputs=[text(1, "x")])
    assert details(model(body)).inputs == [TensorInfo("x", "unknown", None)]


def test_the_report_can_be_text_json_and_a_tree(tmp_path):
    (tmp_path / "m").write_bytes(model(DENSE))
    report = inspect_file(tmp_path / "m")
    assert "producer: by hand 1.0" in report.to_text().splitlines()
    assert json.loads(json.dumps(report.to_dict()))["weights"][0]["shape"] == [3, 2]
    assert report.to_tree().splitlines()[1:] == ["w  6  float32 [3, 2]"]


def nested(depth):
    body = graph(node("Relu", ["x"], ["y"]))
    for _ in range(depth):
        body = graph(node("Loop", ["x"], ["y"], bodies=[body]))
    return body


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (model(nested(60)), "its graphs lie in each other without an end"),
        (model(graph(node("A", ["a"], ["b"]), node("B", ["b"], ["a"]))), "in a circle"),
        (model(graph(node("A", ["a"], ["a"]))), "in a circle"),
        (model(graph(node("A", [], []), node("", ["a"], ["b"]))), "a node has no op type"),
        (model(graph(node("If", ["c"], ["a"], bodies=[graph(node("B", ["a"], ["b"]))]))), "circle"),
        (
            model(graph(node("A", [], []), weights=[write_int(1, 1) * 300])),
            "no tensor has more than 254",
        ),
        (model(graph(node("A", [], []), weights=[write_int(1, 2**40) * 2])), "more elements"),
        (model(graph(node("A", [], []), weights=[write_int(1, -1)])), "of no definite shape"),
        (model(graph(node("A", [], []), weights=[b"\x0a\x05"])), "field 1 is cut short"),
        (model(graph(node("A", [], []), inputs=[write_int(1, 3)])), "a number stands where"),
        (model(graph(write_bytes(1, write_bytes(4, b"\xff")))), "a name is not UTF-8"),
    ],
)
def test_models_that_cannot_be_are_refused(tmp_path, data, said):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(CorruptFileError, match=f"m: is a damaged ONNX model: .*{said}"):
        inspect_file(tmp_path / "m")


@pytest.mark.parametrize(
    "data",
    [
        b"\x08\x06",
        write_int(1, 6) + text(2, "words"),
        write_int(1, 6) + write_bytes(7, text(2, "a graph without a node")),
        write_int(1, 4000) + write_bytes(7, DENSE),
        write_bytes(7, DENSE),
        model(DENSE)[:-40],
    ],
)
def test_other_bytes_are_no_onnx_model(tmp_path, data):
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(CorruptFileError, match="m: is damaged, or not a frozen graph"):
        inspect_file(tmp_path / "m")


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    whole = model(DENSE)
    for _ in range(200):
        data = bytearray(whole)
        for place in chance.sample(range(2, len(data)), 2):
            data[place] = chance.randrange(256)
        (tmp_path / "m").write_bytes(data)
        try:
            inspect_file(tmp_path / "m").to_text()
        except GraphkitError:
            continue


@pytest.mark.parametrize(
    "settings",
    [
        {"axis": 2**62},
        {"axis": -(2**62)},
        {"strides": [0, 0], "kernel_shape": [0, 0]},
        {"kernel_shape": [2**62] * 2},
        {"pads": [-(2**62)] * 4},
        {"perm": [9, 9]},
        {"axes": [0] * 250},
        {"blocksize": 0},
        {"blocksize": 2**62},
        {"group": -5, "output_shape": [-1, -1]},
        {"hidden_size": -1},
        {"start": 2**62},
        {"value": np.full([1], 2**62)},
        {"ends": [2**62], "starts": [-(2**62)], "steps": [0]},
    ],
    ids=lambda settings: next(iter(settings)),
)
def test_settings_that_cannot_be_leave_shapes_open(details, settings):
    """Of every op, with one to four inputs of four dimensions."""
    weights = [tensor("w", np.full([1], 2**62, np.int64)), tensor("v", np.ones([1, 1, 2, 2], "f"))]
    nodes = [
        node(op, ["x", *given], [f"{op}{len(given)}"], **settings)
        for op in ONNX_SHAPE_RULES
        for given in ([], ["w"], ["v"], ["w"] * 3)
    ]
    body = graph(*nodes, weights=weights, inputs=[value("x", FLOAT, [1, 4, 6, 6])])
    found = details(model(body))
    assert sum(found.ops.values()) == 4 * len(ONNX_SHAPE_RULES)
    assert 0 <= found.flops < 2**80
