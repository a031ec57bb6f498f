"""What is written down beside a converted model, and read again."""

from __future__ import annotations

import hashlib
import json

import pytest
from nets import classifier, convolution, write

import graphkit
from graphkit._tf import tf
from graphkit.export import Preprocessing, convert, recorded_preprocessing


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A converted classifier, and what is said of it."""
    folder = tmp_path_factory.mktemp("a record")
    source = write(folder / "source.pb", classifier)
    report = convert(source, folder / "m.tflite", outputs=["y", "best"])
    return source, report, json.loads((folder / "m.tflite.json").read_text())


def test_record_says_what_goes_in_and_out(made):
    _, report, said = made
    assert said["target"] == report.target == "tflite"
    assert said["inputs"] == [{"name": "x", "dtype": "float32", "shape": [None, 4]}]
    assert said["outputs"] == [
        {"name": "y", "dtype": "float32", "shape": [None, 3]},
        {"name": "best", "dtype": "int64", "shape": [None]},
    ]
    assert said["preprocessing"] is None


def test_record_tells_file_and_source_by_their_bytes(made):
    source, report, said = made
    digest = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (source, report.path)
    }
    assert said["source"] == {"source.pb": digest["source.pb"]}
    assert said["files"] == {"m.tflite": digest["m.tflite"]}


def test_record_says_how_it_was_proven(made):
    _, report, said = made
    assert said["proof"] == {
        "engines": ["tflite"],
        "batches": 2,
        "tolerance": 1e-5,
        "differences": {"tflite": report.differences},
    }
    versions = {"graphkit": graphkit.__version__, "tensorflow": tf.__version__}
    assert said["versions"] == versions


def test_files_of_a_folder_are_told_one_by_one(made, tmp_path):
    path = convert(made[0], tmp_path / "folder").path
    said = json.loads((tmp_path / "folder.json").read_text())
    digest = hashlib.sha256((path / "saved_model.pb").read_bytes()).hexdigest()
    assert said["files"] == {"saved_model.pb": digest}


def test_same_model_gives_the_same_record(made, tmp_path):
    source, report, _ = made
    convert(source, tmp_path / "m.tflite", outputs=["y", "best"])
    beside = report.path.with_name("m.tflite.json")
    assert (tmp_path / "m.tflite.json").read_bytes() == beside.read_bytes()


@pytest.mark.parametrize(
    ("preprocessing", "said"),
    [
        (Preprocessing(scale=0.5, colour="BGR"), {"scale": 0.5, "colour": "BGR"}),
        (Preprocessing(mean=(1, 2, 3), std=(4,)), {"mean": [1, 2, 3], "std": [4]}),
        (Preprocessing(), {"scale": 1.0}),
    ],
)
def test_preparation_of_pictures_is_read_as_it_was_told(tmp_path, preprocessing, said):
    source = write(tmp_path / "source.pb", convolution)
    path = convert(source, tmp_path / "m.tflite", preprocessing=preprocessing).path
    assert json.loads((tmp_path / "m.tflite.json").read_text())["preprocessing"] == said
    file, read = recorded_preprocessing(path)
    assert (file, read) == (tmp_path / "m.tflite.json", preprocessing)


def test_preparation_goes_from_source_to_model(tmp_path):
    source = write(tmp_path / "source.pb", convolution)
    first = convert(source, tmp_path / "first.pb", preprocessing=Preprocessing(scale=0.25)).path
    second = convert(first, tmp_path / "second.tflite").path
    assert recorded_preprocessing(second)[1] == Preprocessing(scale=0.25)


def test_infinite_tolerance_is_refused_before_it_is_written(made, tmp_path):
    with pytest.raises(ValueError, match="tolerance must be a finite number"):
        convert(made[0], tmp_path / "m.tflite", tolerance=float("inf"))
