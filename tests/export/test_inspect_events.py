"""What inspect_file tells of event files: those of 1.15.5, those being written, hostile ones."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._wire import write_bytes, write_int, write_varint
from graphkit._tf import tf
from graphkit.errors import ArgumentError, UnsafeFileError
from graphkit.export import TagSummary, inspect_file
from graphkit.export._inspection import _events
from graphkit.records import RecordWriter

RECORDED = Path(__file__).parents[1] / "golden" / "summaries" / "run"
FIRST = write_bytes(3, b"brain.Event:2")


def moment(seconds):
    return write_varint(1 << 3 | 1) + struct.pack("<d", seconds)


def scalar(tag, step, seconds=0.0):
    value = write_bytes(1, tag.encode()) + write_varint(2 << 3 | 5) + struct.pack("<f", 1.5)
    return moment(seconds) + write_int(2, step) + write_bytes(5, write_bytes(1, value))


def written(path, *events):
    with RecordWriter(path) as writer:
        for event in (FIRST, *events):
            writer.write(event)
    return path


@pytest.fixture(scope="module")
def summaries(tmp_path_factory):
    """A file of every kind of summary, written by TensorFlow's own writer."""
    folder = tmp_path_factory.mktemp("events")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [], name="x")
        tf.summary.scalar("loss", x)
        tf.summary.histogram("weights", tf.stack([x, x + 1]))
        tf.summary.image("picture", tf.zeros([1, 4, 4, 3]))
        tf.summary.audio("sound", tf.zeros([1, 8]), 8000)
        tf.summary.text("words", tf.constant("hello"))
        merged = tf.summary.merge_all()
        with tf.summary.FileWriter(str(folder), graph) as writer:
            for step in (10, 20, 15):
                writer.add_summary(session.run(merged, {x: np.float32(step)}), step)
            run = tf.RunMetadata()
            writer.add_run_metadata(run, "traced", 20)
    return inspect_file(next(folder.iterdir())).details, len(graph.as_graph_def().node)


def test_tags_with_their_kinds_and_steps(summaries):
    details, _ = summaries
    kinds = {tag.split("/")[0]: summary.kind for tag, summary in details.tags.items()}
    assert kinds == {
        "loss": "scalars",
        "picture": "images",
        "sound": "audio",
        "weights": "histograms",
        "words": "text",
    }
    assert details.tags["loss"] == TagSummary("scalars", 3, 10, 20)


def test_graphs_runs_and_times(summaries):
    details, nodes = summaries
    assert details.graphs == [nodes, nodes]  # as a graph and as a meta graph
    assert details.run_metadata == ["traced"]
    assert details.version == "brain.Event:2"
    assert details.first_time[:2] == "20"
    assert details.first_time <= details.last_time
    assert details.damage == ""


def test_a_file_of_1_15():
    report = inspect_file(next(RECORDED.iterdir()))
    assert report.kind == "event file"
    assert report.details.count == 6
    assert report.details.tags
    json.dumps(report.to_dict())


def test_times_are_told_in_words(tmp_path):
    path = written(tmp_path / "e", scalar("a", 1, 86400.0), scalar("a", 2, 3600.0))
    details = inspect_file(path).details
    assert (details.first_time, details.last_time) == ("1970-01-01 01:00:00", "1970-01-02 00:00:00")


@pytest.mark.parametrize("seconds", [1e300, float("inf"), float("nan"), -5.0])
def test_times_that_cannot_be_are_left_out(tmp_path, seconds):
    details = inspect_file(written(tmp_path / "e", scalar("a", 1, seconds))).details
    assert (details.first_time, details.last_time) == ("", "")


def test_what_stands_before_damage_is_told(tmp_path):
    path = written(tmp_path / "e", scalar("a", 1), scalar("a", 2))
    path.write_bytes(path.read_bytes()[:-3])
    details = inspect_file(path).details
    assert details.tags == {"a": TagSummary("scalars", 1, 1, 1)}
    assert "the file ends inside this record" in details.damage


def test_an_event_that_is_none_is_damage(tmp_path):
    details = inspect_file(written(tmp_path / "e", scalar("a", 1), b"\x2a\xff")).details
    assert details.tags == {"a": TagSummary("scalars", 1, 1, 1)}
    assert details.damage == "a number is cut short"


def test_tags_without_an_end_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(_events, "_MOST_TAGS", 2)
    path = written(tmp_path / "e", *(scalar(tag, 1) for tag in "abc"))
    with pytest.raises(UnsafeFileError, match="e: has more than 2 tags"):
        inspect_file(path)


def test_the_text_has_a_line_for_each_tag_and_there_is_no_tree(tmp_path):
    report = inspect_file(written(tmp_path / "e", scalar("loss", 7), scalar("loss", 9)))
    assert "  loss  scalars  count 2  first_step 7  last_step 9" in report.to_text().splitlines()
    with pytest.raises(ArgumentError, match="which have variables"):
        report.to_tree()
