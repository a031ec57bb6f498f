"""Loading and importing graph files, good and hostile ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    CorruptFileError,
    MissingFileError,
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


def test_an_import_without_prefix(graph, model):
    assert list(import_into(graph, model, prefix="")) == ["logits", "y"]


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


def test_a_small_constant_that_claims_gigabytes_is_refused(tmp_path):
    node = tf.NodeDef(name="bomb", op="Const")
    node.attr["dtype"].type = tf.float32.as_datatype_enum
    node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(1.0, shape=[1]))
    del node.attr["value"].tensor.tensor_shape.dim[:]
    for _ in range(2):
        node.attr["value"].tensor.tensor_shape.dim.add(size=2**20)
    (tmp_path / "m.pb").write_bytes(tf.GraphDef(node=[node]).SerializeToString())
    with pytest.raises(UnsafeFileError, match=r"constant 'bomb' claims the shape \[1048576, 10"):
        load_graph(tmp_path / "m.pb")


def test_a_file_beyond_2_gib_is_refused_unread(tmp_path):
    with open(tmp_path / "m.pb", "wb") as file:
        file.truncate(2**31)
    with pytest.raises(UnsafeFileError, match=r"m.pb: larger than the 2 GiB"):
        load_graph(tmp_path / "m.pb")


@pytest.mark.parametrize(("name", "reason"), [("absent.pb", "does not exist"), ("", "is a folder")])
def test_a_missing_file_is_named(tmp_path, name, reason):
    with pytest.raises(MissingFileError, match=reason):
        load_graph(tmp_path / name)
