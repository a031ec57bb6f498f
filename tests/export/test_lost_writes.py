"""Frozen files that TensorFlow refuses, as their updates want variables, load and compute."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export import freeze, inspect_file, load_graph
from graphkit.export._graphs._lost_writes import forget_lost_writes

FOLDER = Path(__file__).parents[1] / "golden" / "lost_writes"
FILES = sorted(path.stem for path in FOLDER.glob("*.pb"))

with np.load(FOLDER / "expected.npz") as recorded:
    EXPECTED = dict(recorded)
IMAGES = EXPECTED["images"]


@pytest.mark.parametrize("name", FILES)
def test_tensorflow_itself_refuses_them(name):
    graph_def = tf.GraphDef.FromString((FOLDER / f"{name}.pb").read_bytes())
    with tf.Graph().as_default(), pytest.raises(ValueError, match=r"incompatible with expected"):
        tf.import_graph_def(graph_def)


@pytest.mark.parametrize("name", FILES)
def test_they_compute_what_their_session_did(name):
    with load_graph(FOLDER / f"{name}.pb") as loaded:
        y = loaded.run({"images": IMAGES, "phase_train": False}, "y")["y"]
    np.testing.assert_allclose(y, EXPECTED[name], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", FILES)
def test_frozen_again_the_training_side_is_gone(name, tmp_path):
    report = freeze(FOLDER / f"{name}.pb", tmp_path / "m.pb", feeds={"images": IMAGES})
    assert report.pins == {"phase_train": False}
    details = inspect_file(tmp_path / "m.pb").details
    assert not {"Switch", "Merge", "NoOp"} & set(details.ops)
    with load_graph(tmp_path / "m.pb") as loaded:
        y = loaded.run({"images": IMAGES})["y"]
    np.testing.assert_allclose(y, EXPECTED[name], rtol=1e-5, atol=1e-6)


def test_in_training_an_update_gives_the_value_it_would_have_written():
    """Set to a half, two are added: the constant itself stays what it is."""
    with load_graph(FOLDER / "counted_ref.pb") as loaded:
        y = loaded.run({"images": IMAGES, "phase_train": True})["y"]
        seen = loaded.run({}, "seen")["seen"]
    np.testing.assert_allclose(y, IMAGES * (seen + 2.0))


def test_variables_are_written_as_before(graph):
    for use_resource in (False, True):
        v = tf.get_variable(f"v{use_resource}", initializer=1.0, use_resource=use_resource)
        tf.identity(tf.assign_sub(v, 0.5) + v)
    graph_def = graph.as_graph_def()
    before = graph_def.SerializeToString(deterministic=True)
    forget_lost_writes(graph_def)
    assert graph_def.SerializeToString(deterministic=True) == before


def test_an_update_is_no_output():
    with load_graph(FOLDER / "counted_resource.pb") as loaded:
        assert "y" in loaded.outputs
        assert not any("Assign" in name for name in loaded.outputs)


def test_a_circle_is_refused_as_before(tmp_path):
    graph_def = tf.GraphDef()
    for name, other in (("a", "b"), ("b", "a")):
        node = graph_def.node.add(name=name, op="RefIdentity", input=[other])
        node.attr["T"].type = tf.float32.as_datatype_enum
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=r"TensorFlow refuses this graph"):
        load_graph(tmp_path / "m.pb")
