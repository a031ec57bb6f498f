"""What lies in a place of TensorFlow's is told by its content, also where it is no graph."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export import convert, freeze
from graphkit.export._other_kinds import (
    is_event,
    is_saved_model,
    no_frozen_graph,
)
from graphkit.records import encode_example

GOLDEN = Path(__file__).parents[1] / "golden"


def _meta_graph(build):
    with tf.Graph().as_default():
        build()
        return tf.train.export_meta_graph().SerializeToString()


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (tf.Event(file_version="brain.Event:2").SerializeToString(), True),
        (tf.Event(file_version="another:2").SerializeToString(), False),
        (tf.Event(step=3).SerializeToString(), False),
        (encode_example({"label": 1}), False),
        (b"", False),
        (b"\xff\xff not of protobuf", False),
    ],
)
def test_an_event_file_is_told_by_its_first_record(record, expected):
    assert is_event(record) is expected


@pytest.mark.parametrize("name", ["saved_model.pb", "saved_model.pbtxt"])
def test_a_folder_is_a_saved_model_by_the_file_in_it(tmp_path, name):
    assert not is_saved_model(tmp_path)
    (tmp_path / name).touch()
    assert is_saved_model(tmp_path)
    assert no_frozen_graph(tmp_path).startswith(
        "is a SavedModel, not a frozen graph; `graphkit freeze"
    )


def test_a_file_is_a_saved_model_by_how_it_begins(tmp_path):
    (tmp_path / "any.name").write_bytes(b"\x08\x01\x12\x00")
    (tmp_path / "saved_model.pb").write_bytes(b"\x12\x00")
    assert is_saved_model(tmp_path / "any.name")
    assert not is_saved_model(tmp_path / "saved_model.pb")


def test_a_meta_file_says_how_to_freeze_its_checkpoint(tmp_path):
    path = tmp_path / "model.meta"
    path.write_bytes(_meta_graph(lambda: tf.constant(1.0)))
    assert f"`graphkit freeze '{path}' -o MODEL.pb`" in no_frozen_graph(path)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (
            "mistakes/no_graph/events.out.tfevents.1.recorded",
            "is an event file, no graph; `graphki",
        ),
        ("tflite_files/network.tflite", "is a TFLite model, no graph of TensorFlow; `graphkit inf"),
        ("mistakes/net.index", "is of a checkpoint, not a frozen graph; `graphkit freeze"),
    ],
)
def test_recorded_files_that_are_no_graphs_are_named(tmp_path, place, said):
    path = GOLDEN / place
    assert no_frozen_graph(path).startswith(said)
    if path.suffix != ".index":
        with pytest.raises(CorruptFileError, match=re.escape(said)):
            freeze(path, tmp_path / "m.pb")


def test_a_record_file_is_named(tmp_path):
    with tf.io.TFRecordWriter(str(tmp_path / "r")) as writer:
        writer.write(b"any bytes")
    assert no_frozen_graph(tmp_path / "r").startswith("is a TFRecord file, no graph; `graphkit rec")


def test_a_meta_file_is_converted_with_its_checkpoint(tmp_path):
    for file in (GOLDEN / "mistakes").glob("net.*"):
        shutil.copy(file, tmp_path)
    report = convert(tmp_path / "net.meta", tmp_path / "m.tflite")
    assert [info.name for info in report.outputs] == ["net/prob"]


@pytest.mark.parametrize("content", [None, b"", b"plain words"])
def test_nothing_is_said_of_what_is_of_no_known_kind(tmp_path, content):
    path = tmp_path / "thing"
    if content is not None:
        path.write_bytes(content)
    assert no_frozen_graph(path) is None
