"""Loading and importing graph files, good and hostile ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    MissingFileError,
    RunError,
    UnknownNameError,
    UnsafeFileError,
    UsageError,
)
from graphkit.export import freeze_session, import_into, load_graph
from graphkit.session import SessionConfig

RECORDED = Path(__file__).parents[1] / "golden" / "export"


@pytest.fixture
def model(dense, tmp_path):
    """The file of `dense`, made for both its outputs."""
    path = tmp_path / "model.pb"
    freeze_session(dense, path, outputs=["logits", "y"])
    return path


def _write(path, build):
    """Writes the graph that `build` makes, as it is."""
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def _add_one():
    tf.add(tf.placeholder(tf.float32, [None], name="x"), 1.0, name="y")


def test_what_tensorflow_1_froze_computes_the_same():
    expected = np.load(RECORDED / "expected.npz")
    with load_graph(RECORDED / "recurrent.pb") as loaded:
        assert sorted(loaded.inputs) == ["words"]
        found = loaded.run({"words": expected["recurrent/words"]})
    assert sorted(found) == ["strongest", "winner"]
    np.testing.assert_allclose(found["strongest"], expected["recurrent/strongest"], atol=1e-6)
    np.testing.assert_array_equal(found["winner"], expected["recurrent/winner"])


def test_all_outputs_it_was_made_for_come_in_their_order(model, batch):
    with load_graph(model) as loaded:
        assert list(loaded.outputs) == ["logits", "y"]
        assert list(loaded.run({"x": batch})) == ["logits", "y"]


@pytest.mark.parametrize("outputs", ["y:0", ["y:0"], ["MatMul", "y"]])
def test_any_tensor_can_be_asked_for(model, batch, outputs):
    with load_graph(model) as loaded:
        found = loaded.run({"x:0": batch}, outputs)
    assert list(found) == ([outputs] if isinstance(outputs, str) else outputs)


def test_a_prefix_is_put_before_all_names(model, batch):
    with load_graph(model, name="net") as loaded:
        assert (list(loaded.inputs), list(loaded.outputs)) == (["net/x"], ["net/logits", "net/y"])
        assert loaded.run({"net/x": batch})["net/y"].shape == (2, 2)


def test_two_graphs_of_one_file_do_not_meet(model, batch):
    with load_graph(model) as one, load_graph(model) as other:
        assert one.graph is not other.graph
        np.testing.assert_array_equal(one.run({"x": batch})["y"], other.run({"x": batch})["y"])


def test_the_session_is_configured(model, batch):
    with load_graph(model, config=SessionConfig(inter_op_threads=-1)) as loaded:
        assert loaded.run({"x": batch})["y"].shape == (2, 2)


def test_arrays_of_other_dtypes_are_converted_where_nothing_is_lost(model):
    with load_graph(model) as loaded:
        assert loaded.run({"x": [[1, 2, 3]]})["y"].dtype == np.float32


def test_inputs_may_be_named_by_their_tensors(model, batch):
    with load_graph(model) as loaded:
        assert loaded.run({loaded.inputs["x"]: batch})["y"].shape == (2, 2)


def test_an_integer_beyond_the_range_of_its_input_is_refused(tmp_path):
    def build():
        tf.negative(tf.placeholder(tf.int32, [None], name="x"), name="y")

    with load_graph(_write(tmp_path / "m.pb", build)) as loaded:
        assert loaded.run({"x": [2**31 - 1, 0]})["y"].tolist() == [1 - 2**31, 0]
        with pytest.raises(ArgumentError, match=r"feeds\['x'\] must be within the range of int32"):
            loaded.run({"x": [0, 2**31]})


def test_an_op_that_fails_is_named(tmp_path):
    def build():
        tf.reshape(tf.placeholder(tf.float32, [None], name="x"), [3], name="y")

    with load_graph(_write(tmp_path / "m.pb", build)) as loaded:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"(?s)\Ay\b.*1 values") as error:
            loaded.run({"x": [1.0]})
        assert isinstance(error.value, RunError)


def test_a_queue_that_nothing_fills_is_not_waited_for(tmp_path):
    def build():
        queue = tf.FIFOQueue(2, tf.float32, [[]])
        tf.identity(queue.dequeue(), name="y")
        with tf.control_dependencies([queue.enqueue(3.0)]):
            tf.identity(queue.dequeue(), name="z")

    with load_graph(_write(tmp_path / "m.pb", build)) as loaded:
        with pytest.raises(ArgumentError, match=r"wait for ever.*QueueDequeueV2"):
            loaded.run({}, "y")
        assert loaded.run({}, "z")["z"] == 3.0


def test_running_adds_nothing_to_the_graph(model, batch):
    with load_graph(model) as loaded:
        before = loaded.graph.as_graph_def()
        loaded.run({"x": batch})
        loaded.run({"x": batch})
        assert loaded.graph.as_graph_def() == before


def test_a_closed_graph_refuses_to_run(model, batch):
    loaded = load_graph(model)
    loaded.run({"x": batch})
    loaded.close()
    loaded.close()
    with pytest.raises(UsageError, match=r"model.pb is closed; load it again"):
        loaded.run({"x": batch})


def test_closing_what_never_ran(model):
    with load_graph(model):
        pass


@pytest.mark.parametrize(
    ("feeds", "outputs", "error", "message"),
    [
        ({}, None, ArgumentError, r"feeds must be values for 'x' too, got \[\]"),
        ({"z": 1.0}, None, UnknownNameError, "no input named 'z'; there is 'x'"),
        ({1: 1.0}, None, UnknownNameError, "no input named '1'; there is 'x'"),
        ([1.0], None, ArgumentTypeError, "feeds must be a dict of arrays by input name, got list"),
        ({"x": [[1.0], [1.0, 2.0]]}, None, ArgumentError, r"feeds\['x'\] must be an array \("),
        ({"x": [1.0]}, None, ArgumentError, r"feeds\['x'\] must be of shape .* got \[1\]"),
        ({"x": [["a", "b", "c"]]}, None, ArgumentError, "of dtype float32, got 'str32'"),
        ({"x": [[1.0, 2.0, 3.0]]}, "yy", UnknownNameError, "no tensor or op named 'yy'"),
    ],
)
def test_wrong_feeds_are_named_before_the_run(model, feeds, outputs, error, message):
    with load_graph(model) as loaded, pytest.raises(error, match=message):
        loaded.run(feeds, outputs)


def test_an_input_the_outputs_do_not_need_may_be_left_out(tmp_path):
    def build():
        _add_one()
        tf.placeholder(tf.float32, [], name="unused")

    with load_graph(_write(tmp_path / "m.pb", build)) as loaded:
        assert loaded.run({"x": [1.0]}, "y")["y"].tolist() == [2.0]


def test_outputs_of_a_foreign_file_are_what_nothing_consumes(tmp_path):
    def build():
        _add_one()
        tf.split(tf.constant([1.0, 2.0]), 2, name="parts")

    with load_graph(_write(tmp_path / "m.pb", build)) as loaded:
        assert list(loaded.outputs) == ["y", "parts:0", "parts:1"]


def test_text_is_told_by_its_content(tmp_path):
    path = tmp_path / "named.pb"
    with tf.Graph().as_default() as graph:
        _add_one()
    path.write_text(f"# a comment\n{graph.as_graph_def()}")
    with load_graph(path) as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [2.0]


def test_an_import_takes_the_place_of_an_input(graph, session, model, batch):
    given = tf.constant(batch)
    outputs = import_into(graph, model, {"x:0": given}, prefix="front")
    assert list(outputs) == ["front/logits", "front/y"]
    with load_graph(model) as loaded:
        expected = loaded.run({"x": batch})["y"]
    np.testing.assert_allclose(session.run(outputs["front/y"]), expected, atol=1e-6)


def test_an_import_has_the_prefix_of_tensorflow_1(graph, model):
    assert list(import_into(graph, model)) == ["import/logits", "import/y"]
    assert graph.get_operation_by_name("import/x").type == "Placeholder"


def test_an_import_without_prefix(model):
    with tf.Graph().as_default() as graph:
        assert list(import_into(graph, model, prefix="")) == ["logits", "y"]


@pytest.mark.parametrize(("prefix", "second"), [("import", "import_1/y"), ("", "y_1")])
def test_a_second_import_gives_its_own_outputs(tmp_path, prefix, second):
    path = _write(tmp_path / "m.pb", _add_one)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        import_into(graph, path, {"x": tf.constant([1.0])}, prefix)
        outputs = import_into(graph, path, {"x": tf.constant([5.0])}, prefix)
        assert list(outputs) == [second]
        assert session.run(outputs[second]).tolist() == [6.0]


def test_the_name_scope_around_an_import_comes_first(tmp_path):
    path = _write(tmp_path / "m.pb", _add_one)
    with tf.Graph().as_default() as graph, tf.name_scope("outer"):
        assert list(import_into(graph, path)) == ["outer/import/y"]


@pytest.mark.parametrize(("call", "argument"), [("load_graph", "name"), ("import_into", "prefix")])
def test_a_prefix_that_is_no_name_scope_is_refused(tmp_path, call, argument):
    path = _write(tmp_path / "m.pb", _add_one)
    with pytest.raises(ArgumentError, match=f"{call}: {argument} must be a name scope.*'my net'"):
        if call == "load_graph":
            load_graph(path, name="my net")
        else:
            import_into(tf.Graph(), path, prefix="my net")


def test_a_prefix_may_end_with_a_slash(tmp_path):
    with load_graph(_write(tmp_path / "m.pb", _add_one), name="net/") as loaded:
        assert list(loaded.inputs) == ["net/x"]
        assert loaded.run({"net/x": [1.0]})["net/y"].tolist() == [2.0]


def test_an_import_of_an_unknown_input_is_refused(graph, model):
    with pytest.raises(UnknownNameError, match="no tensor named 'z:0'"):
        import_into(graph, model, {"z:0": tf.constant(1.0)})
    assert not any(op.name.startswith("import/") for op in graph.get_operations())


def test_an_import_of_another_dtype_is_refused(graph, model):
    with pytest.raises(CorruptFileError, match=r"model.pb: TensorFlow refuses this graph: .*x"):
        import_into(graph, model, {"x:0": tf.constant(1)})


@pytest.mark.parametrize("kind", ["ReadFile", "WriteFile"])
def test_an_op_that_touches_files_is_not_run_unless_allowed(tmp_path, kind):
    target = tmp_path / "there"
    target.write_text("before")

    def build():
        if kind == "ReadFile":
            tf.identity(tf.io.read_file(str(target)), name="y")
        else:
            with tf.control_dependencies([tf.io.write_file(str(target), "after")]):
                tf.identity(tf.constant(b"done"), name="y")

    path = _write(tmp_path / "m.pb", build)
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match=f"{kind}.* was not run"):
        loaded.run({}, "y")
    assert target.read_text() == "before"
    with load_graph(path, allow={kind}) as loaded:
        assert loaded.run({}, "y")["y"] in (b"before", b"done")
    assert target.read_text() == ("before" if kind == "ReadFile" else "after")


@pytest.mark.parametrize(
    ("allow", "told"),
    [
        ({"Readfile"}, "no op type named 'Readfile'; did you mean 'ReadFile'"),
        (["ReadFile", "WholeFileRaeder"], "did you mean 'WholeFileReader'"),
        ({"Adds"}, "no op type named 'Adds'; did you mean 'Add"),
    ],
)
def test_a_misspelt_permission_is_refused_with_the_nearest_op(tmp_path, allow, told):
    path = _write(tmp_path / "m.pb", _add_one)
    with pytest.raises(UnknownNameError, match=told):
        load_graph(path, allow=allow)


@pytest.mark.parametrize("allow", ["ReadFile", [tf.raw_ops.ReadFile], {1}])
def test_permissions_are_a_collection_of_names(tmp_path, allow):
    path = _write(tmp_path / "m.pb", _add_one)
    with pytest.raises(ArgumentTypeError, match=r"load_graph: allow must be a collection of op ty"):
        load_graph(path, allow=allow)


def test_an_op_the_file_does_not_hold_may_be_allowed_all_the_same(tmp_path):
    with load_graph(_write(tmp_path / "m.pb", _add_one), allow={"WriteFile"}) as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [2.0]


def test_unsafe_ops_inside_functions_are_found(tmp_path):
    def build():
        x = tf.placeholder(tf.bool, [], name="x")
        contents = tf.cond(x, lambda: tf.io.read_file("/etc/hostname"), lambda: tf.constant(b""))
        tf.identity(contents, name="y")

    path = _write(tmp_path / "m.pb", build)
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match="ReadFile"):
        loaded.run({"x": False})


def test_every_version_of_an_unsafe_op_is_found(tmp_path):
    def build():
        queue = tf.FIFOQueue(1, tf.string)
        tf.identity(tf.TextLineReader().read(queue).value, name="y")

    path = _write(tmp_path / "m.pb", build)
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match="TextLineReaderV2"):
        loaded.run({}, "y")


def test_the_rest_of_a_graph_with_an_unsafe_op_runs(tmp_path):
    def build():
        _add_one()
        tf.io.read_file("secret", name="read")

    with load_graph(_write(tmp_path / "m.pb", build)) as loaded:
        assert loaded.run({"x": [1.0]}, "y")["y"].tolist() == [2.0]


def test_an_op_this_tensorflow_does_not_have_is_named(tmp_path):
    graph_def = tf.GraphDef(node=[tf.NodeDef(name="y", op="MyOwnOp")])
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=r"m.pb: uses the op 'MyOwnOp', which this TensorFl"):
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
    with pytest.raises(MissingFileError, match="saved: is a SavedModel, not a frozen graph; load"):
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
