"""What is written down beside a graph that was transformed."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import MissingFileError
from graphkit.export import Preprocessing, freeze_session, recorded_preprocessing, transform


@pytest.fixture
def source(graph, session, tmp_path):
    """A frozen graph of `y` and `z`, both made of pictures."""
    x = tf.placeholder(tf.float32, [None, 2, 2, 3], name="x")
    kernel = tf.constant(np.linspace(-1, 1, 3 * 40, dtype=np.float32).reshape(1, 1, 3, 40))
    y = tf.nn.conv2d(x, kernel, 1, "SAME", name="y")
    tf.reduce_sum(y, [1, 2, 3], name="z")
    freeze_session(session, tmp_path / "m.pb", outputs=["y", "z"])
    return tmp_path / "m.pb"


def said_of(path):
    return json.loads(path.with_name(f"{path.name}.json").read_text())


def test_a_record_says_what_was_written_of_what_and_how_far_it_is_off(source, tmp_path):
    steps = ["quantize_weights:dtype=int8,min_elements=8", "rename:old=y,new=features"]
    report = transform(source, tmp_path / "small.pb", steps)
    said = said_of(tmp_path / "small.pb")
    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (source, report.path)
    }
    assert said["source"] == {"m.pb": digests["m.pb"]}
    assert said["files"] == {"small.pb": digests["small.pb"]}
    assert [info["name"] for info in said["inputs"]] == ["x"]
    assert [info["name"] for info in said["outputs"]] == ["features", "z"]
    assert said["proof"]["tolerance"] == pytest.approx(0.05 + 1e-5)
    found = said["proof"]["differences"]["tensorflow"]
    assert [*found] == ["features", "z"]
    assert max(found.values()) == report.max_abs_diff > 0


def test_preparation_of_pictures_goes_from_the_source_to_the_result(source, tmp_path):
    prepared = {"scale": 0.5, "mean": [1, 2, 3]}
    (tmp_path / "m.pb.json").write_text(json.dumps({"preprocessing": prepared}))
    place = tmp_path / "small.pb"
    transform(source, place, ["strip_unused"])
    said = Preprocessing(scale=0.5, mean=(1, 2, 3))
    assert recorded_preprocessing(place) == (tmp_path / "small.pb.json", said)


def test_place_of_the_record_is_looked_at_before_the_work(source, tmp_path):
    (tmp_path / "small.pb.json").mkdir()
    with pytest.raises(MissingFileError, match=r"small\.pb\.json: is a folder"):
        transform(source, tmp_path / "small.pb", ["strip_unused"])
    assert not (tmp_path / "small.pb").exists()
