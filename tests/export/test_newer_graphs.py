"""Graphs of other releases: which one wrote them, and what the ops of this one do not know."""

from __future__ import annotations

import json

import pytest

from graphkit._formats._releases import release_of
from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export import convert, freeze, import_into, inspect_file, load_graph
from graphkit.export._graphs._op_changes import GONE, newer_attribute

# Days as version.h gives them beside the number, of TensorFlow and of commits between releases.
RELEASES = [
    (0, ""),
    (-3, ""),
    (10**9, ""),
    (1, "TensorFlow 0.6"),
    (15, "TensorFlow 0.11"),
    (20, "TensorFlow between 0.11 and 1.5"),
    (27, "TensorFlow 1.11"),
    (29, "TensorFlow between 1.11 and 2.0"),
    (30, "TensorFlow between 1.11 and 2.0, of 2019-05-09"),
    (119, "TensorFlow 2.0"),
    (134, "TensorFlow 1.15"),
    (175, "TensorFlow 2.1 or 2.2"),
    (440, "TensorFlow 2.3"),
    (1016, "TensorFlow between 2.8 and 2.9, of 2022-01-19"),
    (1443, "TensorFlow between 2.12 and 2.13, of 2023-03-22"),
    (1766, "TensorFlow 2.16"),
    (2474, "TensorFlow 2.21"),
    (2475, "TensorFlow after 2.21, of 2026-01-17"),
]


@pytest.mark.parametrize(("producer", "release"), RELEASES)
def test_a_version_of_graphs_is_a_release_or_a_day_between_two(producer, release):
    assert release_of(producer) == release


def test_the_installed_release_is_told():
    release = ".".join(tf.version.VERSION.split(".")[:2])
    found = release_of(tf.version.GRAPH_DEF_VERSION)
    assert found == f"TensorFlow {release}" or "between 2.16 and 2.21" in found


def later(x, **attributes):
    """An op with an attribute, as a release to come may write it."""
    node = tf.square(x, name="y").op.node_def
    node.attr["later"].s = b"new"
    for name, value in attributes.items():
        node.attr[name].i = value
    return node


@pytest.fixture
def newer(tmp_path):
    """A frozen graph of the first release after 2.21 that is not known."""
    with tf.Graph().as_default() as graph:
        node = later(tf.placeholder(tf.float32, [None], name="x"))
        graph_def = graph.as_graph_def()
    graph_def.node[1].CopyFrom(node)
    graph_def.versions.producer = 2500
    (tmp_path / "newer.pb").write_bytes(graph_def.SerializeToString())
    return tmp_path / "newer.pb"


TOLD = (
    r"newer\.pb: its op 'y' has the attribute 'later' \(s: \"new\"\), which a Square of TensorFlow "
    r"2\.\S+ does not have; the graph was written by TensorFlow after 2\.21, of 2026-02-11$"
)


@pytest.mark.parametrize(
    "act",
    [
        lambda path, _: load_graph(path),
        lambda path, graph: import_into(graph, path),
        lambda path, _: freeze(path, path.with_name("again.pb")),
        lambda path, _: convert(path, path.with_name("again.tflite")),
    ],
    ids=["load", "import", "freeze", "convert"],
)
def test_an_attribute_that_says_something_new_is_named(newer, graph, act):
    with pytest.raises(CorruptFileError, match=TOLD):
        act(newer, graph)
    assert [path.name for path in newer.parent.iterdir()] == ["newer.pb"]


def test_functions_are_looked_into(newer):
    graph_def = tf.GraphDef.FromString(newer.read_bytes())
    function = graph_def.library.function.add()
    function.signature.name = "body"
    function.signature.input_arg.add(name="x", type=1)
    function.signature.output_arg.add(name="out", type=1)
    function.node_def.add().CopyFrom(graph_def.node[1])
    function.ret["out"] = "y:y:0"
    del graph_def.node[1].attr["later"]
    newer.write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match="its op 'y' has the attribute 'later'"):
        load_graph(newer)


def test_marks_of_other_programs_are_left_alone(newer):
    graph_def = tf.GraphDef.FromString(newer.read_bytes())
    graph_def.node[1].attr["_mark"].CopyFrom(graph_def.node[1].attr.pop("later"))
    newer.write_bytes(graph_def.SerializeToString())
    with load_graph(newer) as loaded:
        assert loaded.graph.get_operation_by_name("y").get_attr("_mark") == b"new"
        assert loaded.run({"x": [3]})["y"].tolist() == [9]


@pytest.mark.parametrize(("default", "is_taken"), [(b"new", True), (b"as before", False)])
def test_a_checkpoint_says_itself_what_its_ops_do_anyway(session, tmp_path, default, is_taken):
    w = tf.get_variable("w", initializer=[2.0])
    node = later(tf.placeholder(tf.float32, [None], name="x") * w)
    session.run(w.initializer)
    prefix = tf.train.Saver().save(session, str(tmp_path / "net"))
    meta_graph = tf.MetaGraphDef.FromString((tmp_path / "net.meta").read_bytes())
    (stored,) = (one for one in meta_graph.graph_def.node if one.name == "y")
    stored.CopyFrom(node)
    (op,) = (op for op in meta_graph.meta_info_def.stripped_op_list.op if op.name == "Square")
    op.attr.add(name="later", type="string").default_value.s = default
    (tmp_path / "net.meta").write_bytes(meta_graph.SerializeToString())
    if not is_taken:
        with pytest.raises(CorruptFileError, match="its op 'y' has the attribute 'later'"):
            freeze(prefix, tmp_path / "m.pb")
        return
    freeze(prefix, tmp_path / "m.pb")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [3]})["y"].tolist() == [36]


def gathered(policy):
    """The two elements of `x` in their order, by the op as 2.21 writes it."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2], name="x")
        tf.gather_nd(x, [[1], [0]], name="y")
        graph_def = graph.as_graph_def()
    (node,) = (node for node in graph_def.node if node.op == "GatherNd")
    node.attr["bad_indices_policy"].s = policy
    return graph_def


def test_attributes_of_later_releases_are_taken_where_they_change_nothing(tmp_path):
    (tmp_path / "m.pb").write_bytes(gathered(b"").SerializeToString())
    assert inspect_file(tmp_path / "m.pb").details.newer_attributes == {
        "GatherNd.bad_indices_policy": 1
    }
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [4, 5]})["y"].tolist() == [5, 4]


def known_attributes(op):
    return {attr.name: attr for attr in tf.Graph().op_def_for_type(op).attr}


def test_others_are_refused_where_the_op_lacks_them(tmp_path):
    (tmp_path / "m.pb").write_bytes(gathered(b"IGNORE").SerializeToString())
    if "bad_indices_policy" in known_attributes("GatherNd"):
        load_graph(tmp_path / "m.pb").close()
        return
    with pytest.raises(CorruptFileError, match="has the attribute 'bad_indices_policy'"):
        load_graph(tmp_path / "m.pb")


@pytest.mark.parametrize(
    ("op", "name"),
    [
        ("GatherNd", "bad_indices_policy"),
        ("ScatterNd", "bad_indices_policy"),
        ("ScatterNdNonAliasingAdd", "bad_indices_policy"),
        ("ResourceScatterNdUpdate", "bad_indices_policy"),
        ("TensorScatterMin", "bad_indices_policy"),
        ("BatchFunction", "batch_padding_policy"),
        ("BatchFunction", "mixed_priority_policy"),
        ("MapDataset", "force_synchronous"),
        ("ExperimentalMapDataset", "force_synchronous"),
        ("ParallelMapDatasetV2", "use_unbounded_threadpool"),
    ],
)
def test_defaults_are_those_of_the_op(op, name):
    newer = newer_attribute(op, name)
    attribute = known_attributes(op).get(name)
    if attribute is not None:  # the TensorFlow of the test is as new
        assert getattr(attribute.default_value, newer.field) == newer.default
    assert newer_attribute("Square", name) is None


@pytest.mark.parametrize("op", sorted(GONE))
def test_what_is_gone_is_not_registered(op):
    with pytest.raises(Exception, match="not registered"):
        tf.Graph().op_def_for_type(op)


def test_an_op_that_is_gone_is_named_with_the_last_release(newer):
    graph_def = tf.GraphDef.FromString(newer.read_bytes())
    node = graph_def.node[1]
    node.op = "CompareAndBitpack"
    node.input.append("x")
    graph_def.versions.producer = 134
    newer.write_bytes(graph_def.SerializeToString())
    details = inspect_file(newer).details
    assert (details.gone_ops, details.release) == ({"CompareAndBitpack": 1}, "TensorFlow 1.15")
    assert json.loads(json.dumps(inspect_file(newer).to_dict()))["gone_ops"]
    told = r"'CompareAndBitpack', which this .* TensorFlow 1\.15 was the last to have it"
    with pytest.raises(CorruptFileError, match=told):
        load_graph(newer)
