"""Weights that lie apart become the variables of a SavedModel; other formats hold them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import convert, freeze, inspect_file, open_model
from graphkit.export._apart import _beside

ROWS = np.random.default_rng(0).standard_normal((3, 20)).astype(np.float32)
KERNEL = np.random.default_rng(1).standard_normal((20, 10)).astype(np.float32)
WANTED = np.maximum(ROWS @ KERNEL, 0)
VARIABLES = {"variables.data-00000-of-00001", "variables.index"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The file of `y = relu(x kernel)`, its weights apart."""
    path = tmp_path_factory.mktemp("apart") / "net.pb"
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 20], name="x")
        kernel = tf.get_variable("kernel", initializer=KERNEL)
        tf.nn.relu(tf.matmul(x, kernel), name="y")
        session.run(kernel.initializer)
        freeze(session, path, outputs="y", weights_apart=True)
    return path


@pytest.fixture(scope="module")
def saved(source, tmp_path_factory):
    """The same as a SavedModel."""
    folder = tmp_path_factory.mktemp("saved") / "net"
    report = convert(source, folder)
    assert report.max_abs_diff <= 1e-5
    return folder


def test_the_variables_hold_the_weights(saved, source):
    assert {file.name for file in (saved / "variables").iterdir()} == VARIABLES
    [stored] = read_checkpoint(saved / "variables" / "variables").variables.values()
    np.testing.assert_array_equal(stored.array(), KERNEL)
    assert inspect_file(saved).details.parameters == KERNEL.size
    assert (saved / "saved_model.pb").stat().st_size < KERNEL.nbytes * 10


def test_version_one_of_tensorflow_loads_and_saves_it(saved, tmp_path):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        meta = tf.saved_model.load(session, ["serve"], str(saved))
        np.testing.assert_allclose(session.run("y:0", {"x:0": ROWS}), WANTED, atol=1e-5)
        saver = tf.train.Saver(saver_def=meta.saver_def)
        saver.save(session, str(tmp_path / "again"), write_meta_graph=False)
        assert graph.get_operations()
    [stored] = read_checkpoint(tmp_path / "again").variables.values()
    np.testing.assert_array_equal(stored.array(), KERNEL)


def test_version_two_of_tensorflow_loads_it(saved):
    loaded = tf.compat.v2.saved_model.load(str(saved))
    found = loaded.signatures["serving_default"](x=tf.compat.v2.constant(ROWS))
    np.testing.assert_allclose(found["y"], WANTED, atol=1e-5)


def test_the_record_names_what_it_is_made_of(saved, source):
    record = json.loads((saved.parent / "net.json").read_text())
    assert {f"variables/{name}" for name in VARIABLES} < set(record["files"])
    assert set(record["source"]) == {
        "net.pb",
        "net.pb.weights.index",
        "net.pb.weights.data-00000-of-00001",
    }


@pytest.mark.parametrize("name", ["net.tflite", "whole.pb", "whole.pbtxt"])
def test_other_formats_hold_them(source, tmp_path, name):
    report = convert(source, tmp_path / name)
    assert sorted(file.name for file in tmp_path.iterdir()) == [name, f"{name}.json"]
    with open_model(report.path) as model:
        np.testing.assert_allclose(model.run({"x": ROWS})["y"], WANTED, atol=1e-4)


def test_the_saved_model_can_be_frozen_again(saved, tmp_path):
    freeze(saved, tmp_path / "again.pb")
    with open_model(tmp_path / "again.pb") as model:
        np.testing.assert_allclose(model.run({"x": ROWS})["y"], WANTED, atol=1e-5)


def test_weights_that_no_other_format_holds_are_refused(source, tmp_path, monkeypatch):
    monkeypatch.setattr(_beside, "LIMIT", KERNEL.nbytes - 1)
    with pytest.raises(ArgumentError, match=r"target must be 'saved_model'; weights of 2 GiB"):
        convert(source, tmp_path / "net.tflite")
    assert convert(source, tmp_path / "net").max_abs_diff <= 1e-5
