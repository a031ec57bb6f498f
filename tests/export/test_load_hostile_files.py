"""Files that hold no graph, half of one, or one that means harm are refused."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.errors import (
    CorruptFileError,
    MissingFileError,
    UnsafeFileError,
)
from graphkit.export import load_graph


def test_an_op_this_tensorflow_does_not_have_is_named(tmp_path):
    graph_def = tf.GraphDef(node=[tf.NodeDef(name="y", op="MyOwnOp")])
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=r"m.pb: uses the op 'MyOwnOp', which this TensorFl"):
        load_graph(tmp_path / "m.pb")


def test_an_attribute_of_another_kind_than_tensorflow_reads_is_refused(tmp_path):
    graph_def = tf.GraphDef(node=[tf.NodeDef(name="y", op="NoOp")])
    graph_def.node[0].attr["_class"].placeholder = "loc:@y"
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=r"m.pb: TensorFlow refuses this graph: Unsupported"):
        load_graph(tmp_path / "m.pb")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain words",
        b"\x00" * 100,
        b"\xff" * 5000,
        b"node { name: 'x' ",
        b"node { name: '\xff' op: 'x' }",
        tf.GraphDef(node=[tf.NodeDef(name="x")]).SerializeToString(),
    ],
)
def test_what_is_no_graph_is_refused(tmp_path, content):
    (tmp_path / "m.pb").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"m.pb: holds no graph"):
        load_graph(tmp_path / "m.pb")


@pytest.fixture
def folder(graph, session, tmp_path):
    """A checkpoint `m-3` in a folder, with its graph beside it."""
    (tmp_path / "logs").mkdir()
    tf.get_variable("v", initializer=1.0)
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, str(tmp_path / "logs" / "m"), global_step=3)
    return tmp_path / "logs"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ("", MissingFileError),
        ("m-3", MissingFileError),
        ("m-3.meta", CorruptFileError),
        ("m-3.index", CorruptFileError),
        ("m-3.data-00000-of-00001", CorruptFileError),
        ("checkpoint", CorruptFileError),
    ],
)
def test_a_checkpoint_is_no_frozen_graph_and_says_how_to_make_one(folder, given, error):
    path = folder / given
    message = f"^{path}: is of a checkpoint, not a frozen graph; `graphkit freeze '{path}' -o"
    with pytest.raises(error, match=message):
        load_graph(path)


def test_a_saved_model_is_no_frozen_graph(graph, session, tmp_path):
    saved = tmp_path / "saved"
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.saved_model.simple_save(session, str(saved), {"x": x}, {"y": x + 1})
    with pytest.raises(
        MissingFileError, match="saved: is a SavedModel, not a frozen graph; `graphkit fr"
    ):
        load_graph(saved)
    with pytest.raises(CorruptFileError, match=r"saved_model\.pb: is a SavedModel, not a frozen"):
        load_graph(saved / "saved_model.pb")


def test_half_a_file_is_refused(model):
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])
    with pytest.raises(CorruptFileError, match=r"holds no graph .* or half of one"):
        load_graph(model)


def test_no_cut_ends_in_anything_but_an_error_of_ours(model):
    whole = model.read_bytes()
    for size in range(0, len(whole), 37):
        model.write_bytes(whole[:size])
        try:
            load_graph(model).close()
        except CorruptFileError:
            continue


def _constant(nodes, name, shape):
    node = nodes.add(name=name, op="Const")
    node.attr["dtype"].type = tf.float32.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(1.0, shape=[1]))
    del node.attr["value"].tensor.tensor_shape.dim[:]
    for size in shape:
        node.attr["value"].tensor.tensor_shape.dim.add(size=size)


def _calling(graph_def, name, called):
    """Adds a function that hands its argument through others."""
    function = graph_def.library.function.add()
    function.signature.name = name
    function.signature.input_arg.add(name="x", type=1)
    function.signature.output_arg.add(name="y", type=1)
    last = "x"
    for number, other in enumerate(called):
        _call(function.node_def, f"call{number}", other, last)
        last = f"call{number}:output:0"
    function.ret["y"] = last


def _call(nodes, name, function, value):
    node = nodes.add(name=name, op="PartitionedCall", input=[value])
    node.attr["f"].func.name = function
    node.attr["Tin"].list.type.append(1)
    node.attr["Tout"].list.type.append(1)


@pytest.mark.parametrize("shape", [[2**20, 2**20], [2**31 - 1], [2**29, 1]])
def test_a_small_constant_that_claims_gigabytes_is_refused(tmp_path, shape):
    graph_def = tf.GraphDef()
    _constant(graph_def.node, "bomb", shape)
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(UnsafeFileError, match=rf"constant 'bomb' claims the shape \[{shape[0]}"):
        load_graph(tmp_path / "m.pb")


def test_a_constant_that_contradicts_itself_does_not_end_the_process(tmp_path):
    graph_def = tf.GraphDef()
    _constant(graph_def.node, "x", [1])
    graph_def.node[0].attr["value"].tensor.dtype = tf.int32.as_datatype_enum
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match="'x' and its value are of different dtypes"):
        load_graph(tmp_path / "m.pb")


def test_a_constant_of_no_known_dtype_is_named(tmp_path):
    graph_def = tf.GraphDef()
    _constant(graph_def.node, "x", [1])
    graph_def.node[0].attr["dtype"].type = 99
    graph_def.node[0].attr["value"].tensor.dtype = 99
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match="TensorFlow refuses this graph"):
        load_graph(tmp_path / "m.pb")


def test_many_small_constants_that_claim_gigabytes_are_refused_in_functions_too(tmp_path):
    graph_def = tf.GraphDef()
    _calling(graph_def, "f", [])
    for number in range(3):
        nodes = graph_def.library.function[0].node_def if number else graph_def.node
        _constant(nodes, f"part{number}", [2**28])
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(UnsafeFileError, match=r"constant 'part1' claims .* more than 2 GiB"):
        load_graph(tmp_path / "m.pb")


@pytest.mark.parametrize(
    "calls",
    [{"f": ["f"]}, {"f": ["g"], "g": ["f"]}, {f"f{i}": [f"f{i + 1}"] * 9 for i in range(9)}],
    ids=["itself", "circle", "too often"],
)
def test_functions_that_unfold_without_measure_are_refused(tmp_path, calls):
    graph_def = tf.GraphDef()
    _constant(graph_def.node, "x", [1])
    for name, called in calls.items():
        _calling(graph_def, name, called)
    _calling(graph_def, "f9", [])
    _call(graph_def.node, "y", next(iter(calls)), "x")
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(UnsafeFileError, match=r"m.pb: function 'f0?' calls itself, or others too"):
        load_graph(tmp_path / "m.pb")


def test_functions_that_call_each_other_are_run(tmp_path):
    graph_def = tf.GraphDef()
    _constant(graph_def.node, "x", [1])
    for name, called in {"f": ["g", "g"], "g": ["h", "h"], "h": []}.items():
        _calling(graph_def, name, called)
    _call(graph_def.node, "y", "f", "x")
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({})["y"].tolist() == [1.0]


def test_a_file_beyond_2_gib_is_refused_unread(tmp_path):
    with open(tmp_path / "m.pb", "wb") as file:
        file.truncate(2**31)
    with pytest.raises(UnsafeFileError, match=r"m.pb: larger than the 2 GiB"):
        load_graph(tmp_path / "m.pb")


@pytest.mark.parametrize(("name", "reason"), [("absent.pb", "does not exist"), ("", "is a folder")])
def test_a_missing_file_is_named(tmp_path, name, reason):
    with pytest.raises(MissingFileError, match=reason):
        load_graph(tmp_path / name)
