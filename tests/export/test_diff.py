"""What diff tells of two networks that 1.15.5 wrote, one renamed and changed by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import CorruptFileError, MissingFileError
from graphkit.export import Change, Lone, diff

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
OLD, NEW = STORED / "old", STORED / "new"
OLD_GRAPH, NEW_GRAPH = STORED / "old.pb", STORED / "new.pb"


@pytest.fixture(scope="module")
def checkpoints():
    return diff(OLD, NEW)


@pytest.fixture(scope="module")
def graphs():
    return diff(OLD_GRAPH, NEW_GRAPH)


def _renamed(difference):
    return {rename.old: rename.new for rename in difference.renamed}


def test_renamed_variables_are_found_by_their_values_and_by_their_scopes(checkpoints):
    same = "the same values"
    learnt = "also float32 [3, 3], and 'net' became 'model' in other names too"
    assert [(r.old, r.new, r.reason) for r in checkpoints.renamed] == [
        ("net/first/biases", "model/first/biases", same),
        ("net/first/weights", "model/first/weights", same),
        ("net/second/biases", "model/second/biases", same),
        ("net/second/weights", "model/second/weights", learnt),
    ]


def test_changed_variables_say_how(checkpoints):
    second = [np.cos(start + np.arange(9, dtype=np.float64)).astype("f") for start in (2, 2.5)]
    largest = np.abs(second[0].astype("d") - second[1]).max()
    assert checkpoints.changed == [
        Change("net/out/weights", "shape", "[3, 2], then [3, 5]"),
        Change("net/second/weights", "values", f"9 of 9 differ, by {largest:.6g} at most"),
    ]


def test_variables_of_one_side_are_listed(checkpoints):
    assert checkpoints.added == []
    assert Lone("net/out/weights/Momentum", "float32 [3, 2]") in checkpoints.removed
    assert len(checkpoints.removed) == 5
    assert all(lone.name.endswith("/Momentum") for lone in checkpoints.removed)
    assert not checkpoints.same


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (OLD, OLD),
        (f"{OLD}.index", f"{OLD}.data-00000-of-00001"),
        (GOLDEN / "export" / "convnet", GOLDEN / "export" / "version_1.ckpt"),
        (OLD_GRAPH, OLD_GRAPH),
        (OLD_GRAPH, STORED / "old.pbtxt"),
        (GOLDEN / "old_graphs" / "saved_model", GOLDEN / "old_graphs" / "saved_model"),
    ],
)
def test_the_same_in_another_form_does_not_differ(first, second):
    difference = diff(first, second)
    assert (difference.same, difference.compared > 0) == (True, True)


def test_versions_are_compared_by_value():
    difference = diff(STORED / "kinds_v1", STORED / "kinds_v2")
    assert difference.added == [Lone("brain", "bfloat16 [2]"), Lone("texts", "string [2, 2]")]
    assert (difference.changed, difference.removed, difference.renamed) == ([], [], [])


def test_renamed_nodes_are_found_by_what_they_compute(graphs):
    renamed = {rename.old: rename for rename in graphs.renamed}
    assert renamed["net/first/Relu"].new == "model/first/Relu"
    assert renamed["net/first/Relu"].reason == "the same op, attributes and inputs"
    wanted = {n.name: n.name.replace("net/", "model/", 1) for n in _nodes(OLD_GRAPH) if _moved(n)}
    assert _renamed(graphs) == wanted


def _nodes(path):
    return tf.GraphDef.FromString(path.read_bytes()).node


def _moved(node):
    return node.name.startswith(("net/first/", "net/second/")) and "Momentum" not in node.name


def test_changed_nodes_say_how(graphs):
    changes = {(change.name, change.what): change.words for change in graphs.changed}
    assert changes["net/out/Const", "value"] == "[3, 2], then [3, 5]"
    assert changes["net/out/weights", "shape"] == "[3, 2], then [3, 5]"
    assert changes["net/second/Const", "value"].startswith("9 of 9 differ, by 0.45")
    gone = changes["init", "inputs"].removesuffix(", then none").split(", ")
    assert all(name.endswith("/Momentum/Assign") for name in gone)
    assert len(changes) == 4


def test_inputs_of_renamed_nodes_are_no_change(graphs):
    assert not any(change.name == "net/second/MatMul" for change in graphs.changed)


def test_nodes_of_one_side_are_listed_with_their_type(graphs):
    assert Lone("loss", "Sum") in graphs.removed
    assert graphs.added == []


@pytest.mark.parametrize(
    ("change", "what", "words"),
    [
        (lambda node: setattr(node, "op", "Sub"), "op", "AddV2, then Sub"),
        (lambda node: setattr(node, "device", "/gpu:0"), "device", "none, then /gpu:0"),
        (lambda node: node.attr["T"].__setattr__("type", 2), "T", "float32, then float64"),
        (lambda node: node.attr["n"].list.i.extend([1, 2]), "n", "[1, 2] in the second alone"),
        (lambda node: node.attr.__delitem__("T"), "T", "float32 in the first alone"),
        (lambda node: node.input.reverse(), "inputs", "x, c, then c, x"),
        (lambda node: node.input.append("^x"), "inputs", "none, then ^x"),
        (lambda node: node.input.__setitem__(1, "c:1"), "inputs", "c, then c:1"),
        (lambda node: node.attr["_class"].list.s.append(b"loc:@x"), None, None),
        (lambda node: node.input.__setitem__(1, "c:0"), None, None),
    ],
)
def test_each_part_of_a_node_is_compared(tmp_path, change, what, words):
    first, second = _graph(), _graph()
    change(second.node[2])
    difference = diff(_file(tmp_path / "a", first), _file(tmp_path / "b", second))
    assert difference.changed == ([Change("y", what, words)] if what else [])


def _graph():
    graph_def = tf.GraphDef()
    graph_def.node.add(name="x", op="Placeholder")
    constant = graph_def.node.add(name="c", op="Const")
    constant.attr["value"].tensor.CopyFrom(tf.make_tensor_proto([1.0, 2.0]))
    added = graph_def.node.add(name="y", op="AddV2", input=["x", "c"])
    added.attr["T"].type = tf.float32.as_datatype_enum
    return graph_def


def _file(path, graph_def):
    path.write_bytes(graph_def.SerializeToString())
    return path


def test_constants_are_compared_by_value_however_they_are_written(tmp_path):
    first, second = _graph(), _graph()
    value = second.node[1].attr["value"].tensor
    value.ClearField("tensor_content")
    value.float_val.extend([1.0, 2.0])
    assert diff(_file(tmp_path / "a", first), _file(tmp_path / "b", second)).same
    value.float_val[:] = [1.0]  # the last one stands for all that follow
    changed = diff(tmp_path / "a", _file(tmp_path / "b", second)).changed
    assert changed == [Change("c", "value", "1 of 2 differ, by 1 at most")]


def test_a_constant_that_claims_more_than_memory_is_not_made(tmp_path):
    first, second = _graph(), _graph()
    for graph_def, number in ((first, 1.0), (second, 2.0)):
        value = graph_def.node[1].attr["value"].tensor
        value.Clear()
        value.dtype = tf.float32.as_datatype_enum
        value.tensor_shape.dim.add(size=2**40)
        value.float_val.append(number)
    changed = diff(_file(tmp_path / "a", first), _file(tmp_path / "b", second)).changed
    assert changed[0].words.startswith("cannot be compared: it claims the shape [1099511627776]")


def test_nodes_in_functions_are_compared(tmp_path):
    paths = []
    for number in (1.0, 2.0):
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [], name="x")
            body = tf.autograph.experimental.do_not_convert(lambda n, by=number: n + by)
            tf.while_loop(lambda n: n < 9.0, body, [x], name="loop")
        paths.append(_file(tmp_path / f"{number}.pb", graph.as_graph_def()))
    assert {change.words for change in diff(*paths).changed if change.what == "value"} == {
        "1 of 1 differ, by 1 at most"
    }


def test_a_loop_is_compared_with_itself_under_another_name(tmp_path):
    graph_def = tf.GraphDef.FromString((STORED / "loop.pb").read_bytes())
    for node in graph_def.node:
        node.name = f"other/{node.name}"
        node.input[:] = [
            f"^other/{name[1:]}" if name.startswith("^") else f"other/{name}" for name in node.input
        ]
    difference = diff(STORED / "loop.pb", _file(tmp_path / "other.pb", graph_def))
    assert _renamed(difference) == {n.name: f"other/{n.name}" for n in _nodes(STORED / "loop.pb")}
    assert {change.what for change in difference.changed} <= {"frame_name"}


@pytest.mark.parametrize(
    ("first", "second", "error", "said"),
    [
        (OLD, STORED / "oldest", MissingFileError, "oldest.*its folder holds kinds_v2, new, old"),
        (OLD_GRAPH, STORED / "old.ph", MissingFileError, "is no checkpoint"),
        (OLD_GRAPH, STORED / "kinds.npz", CorruptFileError, "holds no graph"),
    ],
)
def test_what_cannot_be_compared_is_refused(first, second, error, said):
    with pytest.raises(error, match=said):
        diff(first, second)


def test_tensorflow_is_not_needed():
    code = (
        "import sys; from graphkit.export import diff; "
        f"diff({str(OLD)!r}, {str(NEW)!r}); diff({str(OLD_GRAPH)!r}, {str(NEW_GRAPH)!r}); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
