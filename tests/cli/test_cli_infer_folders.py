"""`graphkit infer MODEL FOLDER --keep-going`: folders as they grow over years, with any names."""

from __future__ import annotations

import csv
import json
import os

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.records import write_png

GOOD = ("a.png", "new\nline.png", "star[1].png", "title\x1b]0;x\x07.png", "two words.png")
# Ends as a picture does, and is none: what is said of it.
BAD = {
    "cut.png": "the image is cut short: 13 bytes of it should follow",
    "empty.jpg": "the file is empty, not an image",
    "gone.png": "does not exist",
    "pipe.png": "is not a regular file",
    "text.bmp": "cannot be decoded as an image",
}


@pytest.fixture
def pictures(tmp_path):
    """A folder with five pictures and as many that cannot be read, and folders called pictures."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2, 2, 3], name="x")
        tf.reduce_mean(x, [1, 2], name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    folder = tmp_path / "in"
    (folder / "folder.png").mkdir(parents=True)
    (folder / "self.png").symlink_to(".")
    for number, name in enumerate(GOOD):
        write_png(folder / name, np.full((4, 4, 3), number, np.uint8))
    (folder / "cut.png").write_bytes((folder / "a.png").read_bytes()[:30])
    (folder / "empty.jpg").touch()
    (folder / "gone.png").symlink_to("nowhere.png")
    os.mkfifo(folder / "pipe.png")
    (folder / "text.bmp").write_text("no picture")
    return folder


def test_what_cannot_be_read_is_told_and_left_out(graphkit, pictures):
    outcome = graphkit("infer", "m.pb", "in", "--keep-going", "--json", "--engine", "tensorflow")
    assert outcome.code == 1
    found = {one["input"]: one for one in map(json.loads, outcome.out.splitlines())}
    assert list(found) == sorted(f"in/{name}" for name in (*GOOD, *BAD))
    assert {name for name, one in found.items() if "error" in one} == {f"in/{n}" for n in BAD}
    for number, name in enumerate(GOOD):
        assert found[f"in/{name}"]["outputs"]["y"] == [number] * 3
    for name, reason in BAD.items():
        assert f"graphkit: in/{name}: {reason}\n" in outcome.err


def test_a_row_is_a_line_whatever_the_names(graphkit, pictures):
    outcome = graphkit("infer", "m.pb", "in", "--keep-going", "--engine", "tensorflow")
    lines = outcome.out.splitlines()
    assert len(lines) == 1 + len(GOOD)
    assert any(line.startswith("in/new\\nline.png ") for line in lines)
    assert any(line.startswith("in/title\\x1b]0;x\\x07.png ") for line in lines)
    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.parametrize("pattern", ["in/*.png", "in/[cegp]*"])
def test_patterns_take_what_folders_take(graphkit, pictures, pattern):
    (pictures / "self.png").unlink()
    outcome = graphkit("infer", "m.pb", pattern, "--keep-going", "--json", "--engine", "tensorflow")
    assert outcome.code == 1
    named = [json.loads(line)["input"] for line in outcome.out.splitlines()]
    assert "in/gone.png" in named
    assert "in/pipe.png" in named
    assert "in/folder.png" not in named


def test_a_folder_of_no_picture_is_named(graphkit, pictures):
    for place in ("in/folder.png", "in/fold*"):
        outcome = graphkit("infer", "m.pb", place, "--keep-going")
        assert (outcome.code, outcome.out) == (2, "")
        assert place in outcome.err


def test_without_that_the_first_ends_it(graphkit, pictures):
    (pictures / "cut.png").unlink()
    (pictures / "empty.jpg").unlink()
    outcome = graphkit("infer", "m.pb", "in", "--engine", "tensorflow")
    assert outcome.code == 1
    assert "in/gone.png: does not exist" in outcome.err


def test_names_that_are_no_text_are_written_too(graphkit, pictures):
    name = os.fsdecode(b"in/bytes\xff.png")
    try:
        write_png(name, np.full((4, 4, 3), 9, np.uint8))
    except OSError:
        pytest.skip("this file system takes no such name")
    options = ["--keep-going", "--engine", "tensorflow"]
    assert "in/bytes\\udcff.png" in graphkit("infer", "m.pb", "in", *options).out
    outcome = graphkit("infer", "m.pb", "in", *options, "-o", "r.csv")
    assert (outcome.code, outcome.out) == (1, "r.csv: 6 predictions\n")
    with open("r.csv", encoding="utf-8", newline="") as file:
        rows = {row[0]: row[1:] for row in csv.reader(file)}
    assert rows["in/bytes\\udcff.png"] == ["9.0"] * 3
    assert rows["in/new\nline.png"] == ["1.0"] * 3
