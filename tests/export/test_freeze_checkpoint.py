"""Freezing checkpoints: of this TensorFlow and of 1.15.5, good and hostile ones."""

from __future__ import annotations

import shutil
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
)
from graphkit.export import freeze_checkpoint, inspect_file, load_graph

RECORDED = Path(__file__).parents[1] / "golden" / "export"


def _save(folder, build, steps=(1,)):
    """Saves what `build` makes; the variable `v` of shape [2] holds the step."""
    folder.mkdir(exist_ok=True)
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("v", initializer=np.zeros(2, np.float32))
        build(v)
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        for step in steps:
            v.load(np.float32([step, step]), session)
            saver.save(session, str(folder / "model.ckpt"), global_step=step)
    return folder


def _add(v):
    tf.add(tf.placeholder(tf.float32, [None, 2], name="x"), v, name="y")


@pytest.fixture
def saved(tmp_path):
    return _save(tmp_path / "my model", _add, steps=(1, 7))


@pytest.fixture
def recorded(tmp_path):
    """A copy of the checkpoint TensorFlow 1.15.5 wrote."""
    return Path(shutil.copytree(RECORDED / "convnet", tmp_path / "convnet"))


def _result(path):
    with load_graph(path) as loaded:
        return loaded.run({"x": [[0.0, 0.0]]})["y"].tolist()


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("", 7.0),
        ("checkpoint", 7.0),
        ("model.ckpt-7", 7.0),
        ("model.ckpt-1", 1.0),
        ("model.ckpt-1.meta", 1.0),
    ],
)
def test_a_checkpoint_is_found_by_any_of_its_names(saved, tmp_path, given, value):
    report = freeze_checkpoint(saved / given, tmp_path / "m.pb", outputs="y")
    assert report.path == tmp_path / "m.pb"
    assert _result(tmp_path / "m.pb") == [[value, value]]


@pytest.mark.parametrize(
    "part",
    ["model.ckpt-7.index", "model.ckpt-7.meta", "model.ckpt-7.data-00000-of-00001", "checkpoint"],
)
def test_a_checkpoint_is_not_frozen_onto_itself(saved, part):
    before = (saved / part).read_bytes()
    with pytest.raises(ArgumentError, match=rf"path must be no file of the checkpoint.*{part}"):
        freeze_checkpoint(saved, saved / part, outputs="y")
    assert (saved / part).read_bytes() == before


def test_text_form_and_own_batches(saved, tmp_path):
    feeds = {"x": [[1.0, 2.0]]}
    report = freeze_checkpoint(saved, tmp_path / "m", outputs="y", feeds=feeds, text=True)
    assert report.batches_checked == 1
    assert (tmp_path / "m").read_text().startswith("node {")


def test_what_tensorflow_1_trained_computes_the_same(recorded, tmp_path):
    expected = np.load(RECORDED / "expected.npz")
    report = freeze_checkpoint(
        recorded,
        tmp_path / "m.pb",
        inputs="batch:0",
        pins={"is_training": False},
        feeds={"batch": expected["convnet/batch"]},
    )
    assert report.max_abs_diff <= 1e-6
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({"batch": expected["convnet/batch"]})["probabilities"]
    np.testing.assert_allclose(found, expected["convnet/probabilities"], atol=1e-6)
    kinds = inspect_file(tmp_path / "m.pb").details.ops
    assert not {"Switch", "RefSwitch", "Merge", "AssignSub", "Dequeue"} & set(kinds)


def _fused_norm(v):
    x = tf.placeholder(tf.float32, [None, 2, 2, 2], name="x")
    norm, *_ = tf.nn.fused_batch_norm(x, v, v, v, v, is_training=False)
    tf.gradients(tf.nn.relu(norm, name="y"), v)


def test_shapes_tensorflow_1_noted_for_the_gradient_of_a_fused_norm_are_inferred_anew(tmp_path):
    meta = _save(tmp_path / "net", _fused_norm) / "model.ckpt-1.meta"
    meta_graph = tf.MetaGraphDef.FromString(meta.read_bytes())
    (gradient,) = (n for n in meta_graph.graph_def.node if n.op.startswith("FusedBatchNormGrad"))
    for shape in gradient.attr["_output_shapes"].list.shape[3:]:
        shape.dim[0].size = 2
    meta.write_bytes(meta_graph.SerializeToString())
    freeze_checkpoint(tmp_path / "net", tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        result = loaded.run({"x": np.zeros([1, 2, 2, 2])})["y"]
    np.testing.assert_allclose(result, np.zeros([1, 2, 2, 2]), atol=1e-3)


def test_a_checkpoint_of_version_1(recorded, tmp_path):
    for file in recorded.glob("model.ckpt-6.*"):
        if file.suffix != ".meta":
            file.unlink()
    shutil.copy(RECORDED / "version_1.ckpt", recorded / "model.ckpt-6")
    expected = np.load(RECORDED / "expected.npz")
    arguments = {"inputs": "batch:0", "pins": {"is_training": False}}
    freeze_checkpoint(recorded, tmp_path / "m.pb", outputs="probabilities", **arguments)
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({"batch": expected["convnet/batch"]})["probabilities"]
    np.testing.assert_allclose(found, expected["convnet/probabilities"], atol=1e-6)


def test_a_switch_that_trains_is_pinned_unless_it_is_named(recorded, tmp_path):
    report = freeze_checkpoint(recorded, tmp_path / "m.pb", inputs="batch:0")
    assert report.pins == {"is_training": False}
    message = r"write variables; pin the switch.*is_training.*norm/cond/AssignMovingAvg"
    with pytest.raises(ArgumentError, match=message):
        freeze_checkpoint(recorded, tmp_path / "n.pb", inputs=["batch:0", "is_training"])


def test_a_pin_the_other_way_keeps_the_writing_branch(recorded, tmp_path):
    with pytest.raises(ArgumentError, match="write variables"):
        freeze_checkpoint(recorded, tmp_path / "m.pb", inputs="batch:0", pins={"is_training": True})


def test_a_queue_is_cut_where_it_hands_on_a_batch(recorded, tmp_path):
    report = freeze_checkpoint(recorded, tmp_path / "m.pb")
    assert report.cut == [info.name for info in report.inputs] == ["batch"]


def test_a_folder_that_was_moved_still_knows_its_latest(saved, tmp_path):
    state = 'model_checkpoint_path: "/elsewhere/model.ckpt-1"\n'
    (saved / "checkpoint").write_text(state)
    freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")
    assert _result(tmp_path / "m.pb") == [[1.0, 1.0]]


def test_one_checkpoint_needs_no_state_file(tmp_path):
    folder = _save(tmp_path / "one", _add)
    (folder / "checkpoint").unlink()
    freeze_checkpoint(folder, tmp_path / "m.pb", outputs="y")
    assert _result(tmp_path / "m.pb") == [[1.0, 1.0]]


@pytest.mark.parametrize("part", ["model.ckpt-7.index", "model.ckpt-7.data-00000-of-00001"])
def test_a_part_names_the_prefix_to_give(saved, tmp_path, part):
    with pytest.raises(ArgumentError, match=r"checkpoint must be the prefix '.*/model.ckpt-7'"):
        freeze_checkpoint(saved / part, tmp_path / "m.pb", outputs="y")


@pytest.mark.parametrize(
    ("remove", "given", "error", "message"),
    [
        ((), "model.ckpt", MissingFileError, "its folder holds model.ckpt-1, model.ckpt-7"),
        (
            (),
            "absent/model",
            MissingFileError,
            r"model: does not exist and is no checkpoint .*not exist\)$",
        ),
        (("checkpoint",), "", ArgumentError, "one of model.ckpt-1, model.ckpt-7 in it"),
        (("model.ckpt-7.index",), "", MissingFileError, "though the file 'checkpoint' names it"),
        (("model.ckpt-7.meta",), "", MissingFileError, "frozen only with its graph beside it"),
        (("model.ckpt-7.index",), "model.ckpt-7.meta", MissingFileError, "index: does not exist"),
    ],
)
def test_what_is_missing_is_named(saved, tmp_path, remove, given, error, message):
    for name in remove:
        (saved / name).unlink()
    with pytest.raises(error, match=message):
        freeze_checkpoint(saved / given, tmp_path / "m.pb", outputs="y")


def test_a_folder_without_a_checkpoint_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="holds no checkpoint"):
        freeze_checkpoint(tmp_path, tmp_path / "m.pb", outputs="y")


def test_a_damaged_state_file_is_named(saved, tmp_path):
    (saved / "checkpoint").write_text("no state")
    with pytest.raises(CorruptFileError, match="checkpoint: is no checkpoint state file"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", b"words"])
def test_a_damaged_meta_file_is_named(saved, tmp_path, content):
    (saved / "model.ckpt-7.meta").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"7.meta: holds no graph"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")


def test_a_graph_that_would_fill_the_memory_is_not_built(saved, tmp_path):
    meta = saved / "model.ckpt-7.meta"
    meta_graph = tf.MetaGraphDef.FromString(meta.read_bytes())
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="bomb")
    node = meta_graph.graph_def.node.add()
    node.CopyFrom(graph.as_graph_def().node[0])
    node.attr["value"].tensor.tensor_shape.dim.add(size=2**40)
    meta.write_bytes(meta_graph.SerializeToString())
    with pytest.raises(UnsafeFileError, match=r"7.meta: constant 'bomb' claims the shape"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")


def test_damaged_values_are_named(saved, tmp_path):
    data = saved / "model.ckpt-7.data-00000-of-00001"
    data.write_bytes(b"\x07" * data.stat().st_size)
    with pytest.raises(CorruptFileError, match=r"model.ckpt-7: cannot be restored into its graph"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")


@pytest.mark.parametrize(
    ("name", "message"),
    [("more", r"'more'$"), ("vv", r"'vv'; it holds 'v'$")],
)
def test_values_of_another_graph_are_named(saved, tmp_path, name, message):
    other = _save(tmp_path / "other", lambda v: tf.get_variable(name, [1]) + v)
    shutil.copy(other / "model.ckpt-1.meta", saved / "model.ckpt-7.meta")
    with pytest.raises(CorruptFileError, match=f"no value for the graph's variable {message}"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="v/Read/ReadVariableOp")


def test_an_unknown_output_is_suggested(saved, tmp_path):
    with pytest.raises(UnknownNameError, match="no tensor or op named 'yy'; did you mean 'y'"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="yy")


def test_the_target_is_checked_first(saved, tmp_path):
    with pytest.raises(MissingFileError, match="absent: folder does not exist"):
        freeze_checkpoint(saved, tmp_path / "absent" / "m.pb", outputs="y")


def test_outputs_that_touch_files_are_not_run(tmp_path):
    target = tmp_path / "target"

    def hostile(v):
        with tf.control_dependencies([tf.io.write_file(str(target), "harm")]):
            tf.identity(v, name="y")

    folder = _save(tmp_path / "hostile", hostile)
    with pytest.raises(UnsafeFileError, match=r"WriteFile.*nothing was run"):
        freeze_checkpoint(folder, tmp_path / "m.pb", outputs="y")
    assert not target.exists()


def test_a_restore_op_that_touches_files_is_not_run(saved, tmp_path):
    meta = saved / "model.ckpt-7.meta"
    meta_graph = tf.MetaGraphDef.FromString(meta.read_bytes())
    with tf.Graph().as_default() as graph:
        tf.io.write_file(str(tmp_path / "target"), "harm", name="harm")
    meta_graph.graph_def.node.extend(graph.as_graph_def().node)
    meta_graph.saver_def.restore_op_name = "harm"
    meta.write_bytes(meta_graph.SerializeToString())
    with pytest.raises(UnsafeFileError, match="its op 'harm' is a WriteFile"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")
    assert not (tmp_path / "target").exists()


def test_a_graph_with_an_unknown_op_is_named(saved, tmp_path):
    meta = saved / "model.ckpt-7.meta"
    meta_graph = tf.MetaGraphDef.FromString(meta.read_bytes())
    meta_graph.graph_def.node.add(name="odd", op="MyOwnOp")
    meta.write_bytes(meta_graph.SerializeToString())
    with pytest.raises(CorruptFileError, match=r"7.meta: uses the op 'MyOwnOp'"):
        freeze_checkpoint(saved, tmp_path / "m.pb", outputs="y")
