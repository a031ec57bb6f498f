"""A frozen graph and its weights in files of their own, which are read as one model."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from apart_files import FEEDS, OUTPUTS, copied_to, frozen_apart, numbers, same
from frozen_files import frozen, ops

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import (
    freeze,
    freeze_checkpoint,
    freeze_session,
    import_into,
    inspect_file,
    load_graph,
    open_model,
    transform,
)
from graphkit.export._apart import _beside
from graphkit.export._freezing import _constants

FILES = ["m.pb.weights.data-00000-of-00001", "m.pb.weights.index", "m.pb"]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return frozen_apart(tmp_path_factory.mktemp("apart"))


def test_graph_weights_and_record_are_all_that_is_written(model):
    folder = model.report.path.parent
    assert sorted(file.name for file in folder.iterdir()) == sorted([*FILES, "m.pb.json"])
    assert model.report.weights == folder / "m.pb.weights"
    assert model.report.bytes == sum((folder / name).stat().st_size for name in FILES)
    assert model.report.max_abs_diff <= 1e-5


def test_the_weights_are_a_checkpoint_of_what_the_variables_held(model):
    stored = read_checkpoint(model.report.weights)
    np.testing.assert_array_equal(stored.read("table"), numbers(50, 40, seed=3))
    shapes = sorted(one.shape for one in stored.variables.values())
    assert shapes == [(10, 40), (30, 40), (40,), (40, 40), (50, 40)]  # with the large constant


def test_what_is_small_and_no_weight_stays_in_the_graph(model):
    kinds = ops(model.report.path)
    assert kinds["bias"] == kinds["table"] == "ReadVariableOp"
    assert "Const" in kinds.values()
    assert model.report.path.stat().st_size < 15_000


def test_the_record_has_the_hash_of_each_file(model):
    record = json.loads((model.report.path.parent / "m.pb.json").read_text())
    assert record["weights"] == "m.pb.weights"
    folder = model.report.path.parent
    wanted = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    assert record["files"] == wanted


def test_two_lines_of_plain_tensorflow_load_it(model):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(frozen(model.report.path), name="")
    with tf.Session(graph=graph) as session:
        session.run("restore_weights", {"restore_weights/file:0": str(model.report.weights)})
        names = [f"{name}:0" for name in OUTPUTS]
        found = session.run(names, {f"{name}:0": value for name, value in FEEDS.items()})
    same(dict(zip(OUTPUTS, found, strict=True)), model.expected)


def test_in_the_folder_of_the_file_no_name_is_needed(model, monkeypatch):
    monkeypatch.chdir(model.report.path.parent)
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(frozen(model.report.path), name="")
    with tf.Session(graph=graph) as session:
        session.run("restore_weights")
        np.testing.assert_array_equal(session.run("table:0"), model.expected["table"])


@pytest.mark.parametrize("opened", [load_graph, open_model])
def test_it_is_opened_as_one_model(model, opened, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with opened(model.report.path) as loaded:
        same(loaded.run(FEEDS), model.expected)
        same(loaded.run(FEEDS, "y"), {"y": model.expected["y"]})


def test_it_is_opened_under_a_prefix(model):
    with load_graph(model.report.path, name="net") as loaded:
        found = loaded.run({f"net/{name}": value for name, value in FEEDS.items()})
    np.testing.assert_array_equal(found["net/table"], model.expected["table"])


def test_both_can_be_moved_together(model, tmp_path):
    with load_graph(copied_to(model, tmp_path)) as loaded:
        same(loaded.run(FEEDS), model.expected)


def test_inspect_tells_where_the_weights_are(model):
    report = inspect_file(model.report.path)
    assert report.kind == "frozen graph"
    assert report.details.weights_apart == f"{model.report.weights}.*"
    assert report.details.parameters == 30 * 40 + 40 + 50 * 40 + 40 * 40
    assert [info.name for info in report.details.inputs] == ["x", "words"]
    assert report.details.outputs == OUTPUTS


def test_frozen_again_it_holds_its_weights(model, tmp_path):
    report = freeze(model.report.path, tmp_path / "whole.pb", feeds=FEEDS)
    assert report.weights is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["whole.pb", "whole.pb.json"]
    assert not {"VarHandleOp", "RestoreV2"} & set(ops(report.path).values())
    with load_graph(report.path) as loaded:
        same(loaded.run(FEEDS), model.expected)
    hashed = json.loads((tmp_path / "whole.pb.json").read_text())["source"]
    assert sorted(hashed) == sorted(FILES)


def test_frozen_again_apart_it_can_be_cut(model, tmp_path):
    path = tmp_path / "part.pb"
    report = freeze(model.report.path, path, outputs="table", weights_apart=True)
    [(name, variable)] = read_checkpoint(report.weights).variables.items()
    assert (name.partition("/")[0], variable.shape) == ("table", (50, 40))
    with load_graph(path) as loaded:
        same(loaded.run({}), {"table": model.expected["table"]})


def test_transforms_are_taken_before_the_weights_are(tmp_path):
    model = frozen_apart(tmp_path, transforms=["quantize_weights:dtype=float16"], outputs=OUTPUTS)
    dtypes = {one.dtype.name for one in read_checkpoint(model.report.weights).variables.values()}
    assert dtypes == {"float16", "float32"}
    with load_graph(model.report.path) as loaded:
        found = loaded.run(FEEDS)
    assert 0 < np.abs(found["y"] - model.expected["y"]).max() < 0.1


def test_text_and_another_program_go_with_it(dense, tmp_path):
    path = tmp_path / "m.pbtxt"
    report = freeze(
        dense, path, outputs="y", text=True, targets="tflite", weights_apart=True, tolerance=1e-4
    )
    assert b"restore_weights" in path.read_bytes()
    assert report.consumers["tflite"]["y"] <= 1e-4
    with load_graph(path) as loaded:
        assert loaded.run({"x": np.ones((2, 3), np.float32)})["y"].shape == (2, 2)


def test_a_session_and_a_checkpoint_are_frozen_so_too(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 20], name="x")
        w = tf.get_variable("w", initializer=numbers(20, 20))
        tf.matmul(x, w, name="y")
        session.run(w.initializer)
        tf.train.Saver().save(session, str(tmp_path / "net"))
        one = freeze_session(session, tmp_path / "one.pb", outputs="y", weights_apart=True)
    two = freeze_checkpoint(tmp_path / "net", tmp_path / "two.pb", weights_apart=True)
    for report in (one, two):
        with load_graph(report.path) as loaded:
            found = loaded.run({"x": np.eye(20, dtype=np.float32)})["y"]
        np.testing.assert_allclose(found, numbers(20, 20), rtol=1e-6)


def test_names_that_are_taken_get_a_number(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 20], name="restore_weights")
        tf.matmul(x, tf.get_variable("w", initializer=numbers(20, 20)), name="w/handle")
        session.run(tf.global_variables_initializer())
        freeze_session(session, tmp_path / "m.pb", outputs="w/handle", weights_apart=True)
    assert ops(tmp_path / "m.pb")["restore_weights_1"] == "NoOp"
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({"restore_weights": np.eye(20, dtype=np.float32)})["w/handle"]
    np.testing.assert_allclose(found, numbers(20, 20), rtol=1e-6)


def test_what_cannot_hold_its_weights_says_what_will_do(model, tmp_path, monkeypatch):
    monkeypatch.setattr(_beside, "LIMIT", 1000)
    told = r"these exceed the 2 GiB .* \(graphkit freeze '.*m.pb' -o PART.pb --outputs NAME\)"
    with pytest.raises(ArgumentError, match=f"transform: path .* {told}"):
        transform(model.report.path, tmp_path / "t.pb", ["fold_constants"])
    with pytest.raises(ArgumentError, match=f"import_into: path .* {told}"):
        import_into(tf.Graph(), model.report.path)


@pytest.mark.parametrize(
    ("argument", "given"), [("targets", ["serving"]), ("transforms", ["strip_unused"])]
)
def test_what_wants_the_graph_whole_is_refused_beyond_the_limit(
    dense, tmp_path, monkeypatch, argument, given
):
    monkeypatch.setattr(_constants, "LIMIT", 20)
    told = rf"freeze: {argument} must be left out: .* 2 GiB .* SavedModel, or outputs= cuts"
    with pytest.raises(ArgumentError, match=told):
        freeze(dense, tmp_path / "m.pb", outputs="y", **{argument: given})
    assert list(tmp_path.iterdir()) == []


def test_what_has_to_hold_its_weights_says_so(model, tmp_path):
    told = r"must be a graph that holds its weights \(graphkit freeze '.*m.pb' -o WHOLE.pb\)"
    with pytest.raises(ArgumentError, match=f"transform: path {told}"):
        transform(model.report.path, tmp_path / "t.pb", ["fold_constants"])
    with pytest.raises(ArgumentError, match=f"import_into: path {told}"):
        import_into(tf.Graph(), model.report.path)
    first = tmp_path / "first.pb"
    with tf.Graph().as_default() as graph:
        tf.identity(tf.placeholder(tf.float32, [None, 30], name="a"), name="b")
    first.write_bytes(graph.as_graph_def().SerializeToString())
    with pytest.raises(ArgumentError, match=f"merge: file {told}"):
        transform(first, tmp_path / "t.pb", [f"merge:file={model.report.path}"])
