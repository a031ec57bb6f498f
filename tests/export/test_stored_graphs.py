"""Graphs read as bytes: the same as protobuf reads, told by their content, refused when damaged."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest

from graphkit._formats import _graph
from graphkit._formats._graph import StoredGraph, entry_of, read_graph
from graphkit._formats._wire import FormatError
from graphkit._tf import tf
from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export import diff
from graphkit.export._graph_file import read_graph_file
from graphkit.export._graphs._outputs import file_outputs, stored_outputs

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
GRAPHS = [STORED / "old.pb", STORED / "loop.pb", GOLDEN / "export" / "recurrent.pb"]
META = GOLDEN / "export" / "convnet" / "model.ckpt-6.meta"


def stored(graph_def) -> StoredGraph:
    return read_graph(memoryview(graph_def.SerializeToString()))


def graph_of(*nodes):
    """A graph of nodes given as name, op type and inputs."""
    graph_def = tf.GraphDef()
    for name, op, *inputs in nodes:
        graph_def.node.add(name=name, op=op, input=inputs)
    return graph_def


@pytest.mark.parametrize("file", GRAPHS, ids=lambda file: file.name)
def test_every_node_is_read_as_protobuf_reads_it(file):
    graph_def = tf.GraphDef.FromString(file.read_bytes())
    graph = stored(graph_def)
    assert graph.producer == graph_def.versions.producer
    for found, wanted in zip(graph.nodes, graph_def.node, strict=True):
        assert (found.name, found.op, found.device) == (wanted.name, wanted.op, wanted.device)
        assert list(found.inputs) == list(wanted.input)
        assert set(found.attrs) == set(wanted.attr)
        for name, value in found.attrs.items():
            assert tf.AttrValue.FromString(bytes(value)) == wanted.attr[name]


@pytest.mark.parametrize("file", GRAPHS, ids=lambda file: file.name)
def test_outputs_are_those_of_the_graph(file):
    graph_def = tf.GraphDef.FromString(file.read_bytes())
    assert stored_outputs(stored(graph_def)) == file_outputs(graph_def)


def test_marked_outputs_are_read():
    graph_def = graph_of(("a", "Split"), ("b", "Neg", "a"))
    graph_def.node[0].attr["_graphkit_outputs"].list.i.extend([1, 0, 0, 2])
    assert stored_outputs(stored(graph_def)) == [("a", 2), ("a", 0)]


def test_attributes_are_told_by_their_kind():
    graph_def = graph_of(("v", "VariableV2"))
    attrs = graph_def.node[0].attr
    attrs["dtype"].type = 101
    attrs["shape"].shape.CopyFrom(tf.TensorShape([None, 3]).as_proto())
    attrs["ks"].list.i.extend([-1, 2**40])
    attrs["value"].tensor.CopyFrom(tf.make_tensor_proto([[1, 2]]))
    (node,) = stored(graph_def).nodes
    assert node.dtype("dtype").name == "float32"
    assert node.shape() == (None, 3)
    assert node.integers("ks") == [-1, 2**40]
    assert node.tensor().array().tolist() == [[1, 2]]


@pytest.mark.parametrize("missing", ["none", "dtype"])
def test_an_attribute_that_is_missing_or_of_another_kind_is_none(missing):
    graph_def = graph_of(("v", "VariableV2"))
    graph_def.node[0].attr["dtype"].i = 1
    (node,) = stored(graph_def).nodes
    assert (node.dtype(missing), node.shape(missing), node.tensor(missing)) == (None, None, None)
    assert node.integers(missing) == []


def test_functions_and_who_calls_them():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [], name="x")
        tf.compat.v2.while_loop(lambda n: n < 9.0, lambda n: [n + 1.0], [x], name="loop")
    graph_def = graph.as_graph_def()
    found = stored(graph_def)
    names = {function.signature.name for function in graph_def.library.function}
    assert set(found.functions) == names
    called = {name for node in found.nodes for name in node.functions()}
    if names:
        assert names <= called
        wanted = {
            f.signature.name: [n.name for n in f.node_def] for f in graph_def.library.function
        }
        assert {k: [n.name for n in nodes] for k, nodes in found.functions.items()} == wanted
    inside = sum(len(nodes) for nodes in found.functions.values())
    assert len(list(found.all_nodes())) == len(found.nodes) + inside


def test_functions_in_a_list_are_called_too():
    graph_def = graph_of(("c", "Case"))
    graph_def.node[0].attr["branches"].list.func.extend([tf.NameAttrList(name="f")] * 2)
    graph_def.node[0].attr["f"].func.name = "g"
    (node,) = stored(graph_def).nodes
    assert sorted(node.functions()) == ["Case", "f", "f", "g"]


def test_a_producer_of_the_oldest_form():
    data = graph_of(("x", "Placeholder")).SerializeToString() + b"\x18\x07"
    assert read_graph(memoryview(data)).producer == 7


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ((), "holds no node"),
        ((("", "Neg"),), "a node has no name or no op type"),
        ((("x", ""),), "a node has no name or no op type"),
        ((("x", "two words"),), "a node has no name or no op type"),
        ((("x", "a\x01b"),), "a node has no name or no op type"),
    ],
)
def test_bytes_that_are_no_graph_are_refused(nodes, said):
    with pytest.raises(FormatError, match=said):
        stored(graph_of(*nodes))


def test_an_entry_is_a_key_and_its_value():
    data = tf.NodeDef(name="key", op="value").SerializeToString()
    key, value = entry_of(memoryview(data))
    assert (key, bytes(value)) == ("key", b"value")


@pytest.mark.parametrize(
    ("file", "kind", "meta_graphs"),
    [
        (STORED / "old.pb", "graph", 0),
        (STORED / "old.pbtxt", "graph", 0),
        (META, "meta graph", 1),
        (GOLDEN / "old_graphs" / "normalised.meta", "meta graph", 1),
        (GOLDEN / "old_graphs" / "saved_model", "SavedModel", 1),
        (GOLDEN / "old_graphs" / "saved_model" / "saved_model.pb", "SavedModel", 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_files_are_told_by_their_content(file, kind, meta_graphs):
    found = read_graph_file(file)
    assert (found.kind, len(found.meta_graphs)) == (kind, meta_graphs)
    assert found.graph.nodes


def test_a_name_says_nothing(tmp_path):
    (tmp_path / "graph.h5").write_bytes(META.read_bytes())
    assert read_graph_file(tmp_path / "graph.h5").kind == "meta graph"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no graph"),
        (b"plain words", "holds no graph"),
        (b"node { name: 'x'", "holds no graph in text form, or half of one"),
        (b"node { nonsense: 1 }", "holds no graph in text form, or half of one"),
        (b"\x0a\x00", "a node has no name or no op type"),
        (b"\x12\x00", "holds no graph .*: holds no node"),
    ],
)
def test_files_without_a_graph_are_refused(tmp_path, content, said):
    (tmp_path / "thing").write_bytes(content)
    with pytest.raises(CorruptFileError, match=said):
        read_graph_file(tmp_path / "thing")


@pytest.mark.parametrize(
    ("name", "said"), [("absent", "absent: does not exist"), ("", "holds no saved_model.pb")]
)
def test_places_without_a_file_are_named(tmp_path, name, said):
    with pytest.raises(MissingFileError, match=said):
        read_graph_file(tmp_path / name)


def test_a_graph_cut_short_is_refused_or_has_fewer_nodes(tmp_path):
    whole = (STORED / "loop.pb").read_bytes()
    count = len(read_graph_file(STORED / "loop.pb").graph.nodes)
    for length in range(1, len(whole), 61):
        (tmp_path / "cut").write_bytes(whole[:length])
        try:
            found = read_graph_file(tmp_path / "cut")
        except CorruptFileError:
            continue
        assert len(found.graph.nodes) <= count


def test_graphs_made_by_chance_are_read_as_they_are():
    chance = random.Random(3)
    for _ in range(50):
        names = [f"scope_{chance.randrange(3)}/n{i}" for i in range(chance.randrange(1, 30))]
        nodes = []
        for place, name in enumerate(names):
            inputs = chance.sample(names[:place], min(place, chance.randrange(4)))
            nodes.append((name, chance.choice(["Add", "Neg", "MyLib>Op"]), *inputs))
        graph_def = graph_of(*nodes)
        graph_def.versions.producer = chance.randrange(1, 2000)
        found = stored(graph_def)
        assert [(n.name, n.op, *n.inputs) for n in found.nodes] == nodes
        assert found.producer == graph_def.versions.producer


def test_more_nodes_than_any_graph_has_are_refused(monkeypatch):
    graph_def = graph_of(("a", "NoOp"), ("b", "NoOp"), ("c", "NoOp"))
    function = graph_def.library.function.add()
    function.signature.name = "f"
    function.node_def.add(name="d", op="NoOp")
    monkeypatch.setattr(_graph, "_MOST_NODES", 5)
    assert len(stored(graph_def).nodes) == 3  # a function counts as one, and its nodes
    monkeypatch.setattr(_graph, "_MOST_NODES", 4)
    with pytest.raises(FormatError, match="holds more than 4 nodes"):
        stored(graph_def)


def test_small_nodes_take_little_memory():
    graph_def = graph_of(*((f"n{number}", "NoOp") for number in range(5000)))
    data = memoryview(graph_def.SerializeToString())
    tracemalloc.start()
    try:
        graph = read_graph(data)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(graph.nodes) == 5000
    assert size < 5000 * 250


def test_a_text_beyond_all_measure_is_not_read(tmp_path):
    with open(tmp_path / "m.pbtxt", "wb") as file:
        file.write(b"node { name: 'a' op: 'NoOp' }")
        file.truncate(2**29 + 1)
    with pytest.raises(UnsafeFileError, match=r"m\.pbtxt: a graph in text form of more than 536,"):
        read_graph_file(tmp_path / "m.pbtxt")
    with pytest.raises(UnsafeFileError, match=r"m\.pbtxt"):
        diff(STORED / "old.pb", tmp_path / "m.pbtxt")
