"""Places on the command line: empty words, folders, names with spaces and odd letters."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

STORED = Path(__file__).parents[1] / "golden" / "stored"
OLD = STORED / "old"


@pytest.mark.parametrize(
    "arguments",
    [
        ("inspect", ""),
        ("diff", "", OLD),
        ("diff", OLD, ""),
        ("infer", ""),
        ("freeze", "", "-o", "m.pb"),
        ("freeze", OLD, "-o", ""),
        ("board", ""),
        ("checkpoint", "convert", OLD, "-o", ""),
        ("checkpoint", "convert", "", "-o", "new"),
        ("checkpoint", "rename", OLD, "net=n", "-o", "new", "--map", ""),
        ("records", "pack", "", "-o", "r.tfrecord"),
    ],
    ids=lambda words: " ".join(map(str, words)).replace(str(STORED), ""),
)
def test_an_empty_word_is_no_place(graphkit, tmp_path, arguments):
    """As `Path`, it would be this folder, which holds a checkpoint."""
    for file in STORED.glob("old.*"):
        shutil.copy(file, tmp_path)
    before = sorted(tmp_path.iterdir())
    outcome = graphkit(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "the path is empty" in outcome.err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "name", ["my model.ckpt", "größe-网络", "-dash", "a%20b", "model.ckpt-1.5"]
)
def test_names_of_every_kind_are_taken(graphkit, tmp_path, name):
    place = tmp_path / "a folder" / name
    place.parent.mkdir()
    assert graphkit("checkpoint", "convert", OLD, "-o", place).code == 0
    assert graphkit("diff", OLD, place, "--exit-code").code == 0
    report = json.loads(graphkit("inspect", place, "--json").out)
    assert report["path"] == str(place)


@pytest.mark.parametrize("command", ["inspect", "diff"])
def test_this_folder_can_be_meant(graphkit, tmp_path, command):
    for file in STORED.glob("old.[id]*"):
        shutil.copy(file, tmp_path)
    assert graphkit(command, *["."] * (1 if command == "inspect" else 2)).code == 0
