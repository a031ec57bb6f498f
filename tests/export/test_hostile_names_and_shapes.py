"""Files whose names and shapes were chosen to harm whoever looks: bounded work, one line each."""

from __future__ import annotations

import json

import pytest

from graphkit._formats._graph import read_graph
from graphkit._formats._shape import checked_shape, read_shape
from graphkit._formats._wire import FormatError, write_bytes, write_int
from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export import Change, FileDifference, Lone, Rename, inspect_file
from graphkit.export._inspection._onnx import describe_onnx
from graphkit.export._inspection._tree import parameter_tree
from graphkit.export._printable import printable
from graphkit.export._tensor_info import TensorInfo

LARGEST = 2**63 - 1
FLOAT = 1


def shape_of(*sizes):
    """A `TensorShapeProto`."""
    return b"".join(write_bytes(2, write_int(1, size)) for size in sizes)


def graph_of_variable(name, *sizes):
    """A graph of one variable of float32."""
    attrs = {"dtype": write_int(6, FLOAT), "shape": write_bytes(7, shape_of(*sizes))}
    node = write_bytes(1, name.encode()) + write_bytes(2, b"VariableV2")
    for key, value in attrs.items():
        node += write_bytes(5, write_bytes(1, key.encode()) + write_bytes(2, value))
    return write_bytes(1, node)


def onnx_of_weight(*sizes):
    """An ONNX model of one node and one weight of float32."""
    dims = b"".join(write_int(1, size) for size in sizes)
    weight = dims + write_int(2, FLOAT) + write_bytes(8, b"w")
    return write_int(1, 7) + write_bytes(
        7, write_bytes(1, write_bytes(4, b"Relu")) + write_bytes(5, weight)
    )


@pytest.mark.parametrize(
    "sizes",
    [(), (0,), (3, 4), (LARGEST,), (2**31, 2**31), (1,) * 254, (2**62, 2, 0), (None, LARGEST)],
    ids=str,
)
def test_shapes_that_tensors_can_have_are_read(sizes):
    assert checked_shape(sizes) == sizes


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ((2**62, 2), "more elements than a tensor can have"),
        ((2**32, None, 2**31), "more elements than a tensor can have"),
        ((2**62,) * 254, "more elements than a tensor can have"),
        ((1,) * 255, "a shape of 255 dimensions"),
        ((2**62,) * 100_000, "a shape of 100,000 dimensions"),
    ],
    ids=["just too many", "beside an open one", "of every dimension", "rank", "huge rank"],
)
def test_shapes_that_no_tensor_can_have_are_refused(sizes, said):
    with pytest.raises(FormatError, match=said):
        checked_shape(sizes)


@pytest.mark.parametrize("sizes", [(1,) * 254, (1,) * 255, (2**62, 1), (2**62, 2), (2**40, 2**40)])
def test_the_limits_are_tensorflows(sizes):
    try:
        node = tf.NodeDef(name="x", op="Placeholder")
        node.attr["dtype"].type = FLOAT
        node.attr["shape"].shape.CopyFrom(tf.TensorShape(list(sizes)).as_proto())
        with tf.Graph().as_default():
            tf.import_graph_def(tf.GraphDef(node=[node]), name="")
        possible = True
    except ValueError:
        possible = False
    try:
        found = read_shape(memoryview(shape_of(*sizes)))
    except FormatError:
        found = None
    assert found == (sizes if possible else None)


@pytest.mark.parametrize("sizes", [(2**62,) * 300, (2**62,) * 200], ids=["rank", "elements"])
def test_graphs_of_such_shapes_are_refused(tmp_path, sizes):
    (tmp_path / "g.pb").write_bytes(graph_of_variable("w", *sizes))
    with pytest.raises(CorruptFileError, match=r"no tensor has more|than a tensor can"):
        inspect_file(tmp_path / "g.pb")


@pytest.mark.parametrize("sizes", [(2**62,) * 300, (2**62,) * 200], ids=["rank", "elements"])
def test_onnx_models_of_such_shapes_are_refused(tmp_path, sizes):
    (tmp_path / "m.onnx").write_bytes(onnx_of_weight(*sizes))
    with pytest.raises(CorruptFileError, match=r"no tensor has more|than a tensor can"):
        describe_onnx(tmp_path / "m.onnx")


def test_the_largest_claims_can_still_be_printed(tmp_path):
    (tmp_path / "g.pb").write_bytes(graph_of_variable("w", LARGEST) * 3)
    report = inspect_file(tmp_path / "g.pb")
    assert report.details.parameters == 3 * LARGEST
    assert f"parameters: {3 * LARGEST:,}" in report.to_text().splitlines()
    assert json.loads(json.dumps(report.to_dict()))["parameters"] == 3 * LARGEST


@pytest.mark.parametrize("depth", [10, 100, 20_000])
def test_a_tree_of_any_depth_is_drawn(depth):
    name = "a/" * depth + "w"
    lines = parameter_tree([TensorInfo(name, "float32", (2, 3))])
    assert len(lines) == min(depth, 50) + 1
    assert lines[-1].split()[0] == "/".join(name.split("/")[min(depth, 50) :])
    assert lines[-1].endswith("6  float32 [2, 3]")


def test_deep_variables_keep_their_parameters_apart():
    scope = "s/" * 60
    variables = [TensorInfo(f"{scope}{n}", "float32", (n,)) for n in (1, 2)]
    lines = parameter_tree(variables)
    assert lines[0] == "s/  3"
    assert [line.split("  ")[-2:] for line in lines[-2:]] == [
        ["1", "float32 [1]"],
        ["2", "float32 [2]"],
    ]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("net/kernel  float32  [3, 4]", "net/kernel  float32  [3, 4]"),
        ("größe → 网络", "größe → 网络"),
        ("two\nlines", r"two\nlines"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\r\x9b2K", r"\r\x9b2K"),
        ("a\u202eb", r"a\u202eb"),
        ("it's\t'it'", r"it's\t'it'"),
        ("", ""),
    ],
)
def test_control_characters_are_spelled_out(line, shown):
    assert printable(line) == shown


def test_names_cannot_write_lines_of_their_own(tmp_path):
    name = "w\nunsafe ops: 0\x1b[2K"
    (tmp_path / "g.pb").write_bytes(graph_of_variable(name, 2))
    report = inspect_file(tmp_path / "g.pb")
    for text in (report.to_text(), report.to_tree()):
        assert "\x1b" not in text
        assert sum(r"w\nunsafe ops: 0\x1b[2K" in line for line in text.splitlines()) >= 1
    assert report.to_text().splitlines().count("unsafe ops: 0") == 1
    assert report.to_dict()["weights"][0]["name"] == name


@pytest.mark.parametrize("field", ["removed", "added", "renamed", "changed"])
def test_differences_are_one_line_each(tmp_path, field):
    thing = {
        "removed": Lone("a\nb", "x"),
        "added": Lone("a\nb", "x"),
        "renamed": Rename("a\nb", "c", "x"),
        "changed": Change("a\nb", "op", "x"),
    }[field]
    lists = {key: [] for key in ("removed", "added", "renamed", "changed")} | {field: [thing]}
    text = FileDifference(tmp_path / "1", tmp_path / "2", "graph", 0, **lists).to_text()
    assert len(text.splitlines()) == 3
    assert r"  a\nb" in text


def graph_of_function(name, nodes):
    """A graph of a node, and of a function of as many nodes, each a few bytes long."""
    signature = write_bytes(1, write_bytes(1, name.encode()))
    inner = write_bytes(3, write_bytes(1, b"n") + write_bytes(2, b"NoOp") + write_bytes(3, b"m"))
    function = write_bytes(1, signature + inner * nodes)
    outer = write_bytes(1, write_bytes(1, b"call") + write_bytes(2, b"NoOp"))
    return outer + write_bytes(2, function)


@pytest.mark.parametrize(("letters", "nodes"), [(300, 5000), (3000, 1), (0, 100)])
def test_names_of_functions_may_be_long(letters, nodes):
    graph = read_graph(memoryview(graph_of_function("f" * letters, nodes)))
    assert [len(inner) for inner in graph.functions.values()] == [nodes]


@pytest.mark.parametrize(("letters", "nodes"), [(3000, 5000), (10**6, 20_000)])
def test_nodes_cannot_fill_the_memory_with_the_name_of_their_function(tmp_path, letters, nodes):
    (tmp_path / "g.pb").write_bytes(graph_of_function("f" * letters, nodes))
    with pytest.raises(CorruptFileError, match="the name of a function is longer than its nodes"):
        inspect_file(tmp_path / "g.pb")
