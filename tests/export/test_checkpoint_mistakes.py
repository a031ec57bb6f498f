"""What people get wrong about checkpoints: places that are taken, slashes, files that are none."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from graphkit.errors import ArgumentError, MissingFileError
from graphkit.export import convert_checkpoint, diff, inspect_file, rename_checkpoint
from graphkit.export._checkpoints import _change as change
from graphkit.export._checkpoints._files import find_checkpoint, prefix_of
from graphkit.export._checkpoints._names import new_names

STORED = Path(__file__).parents[1] / "golden" / "stored"
DATA = "new.data-00000-of-00001"


def _contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.mark.parametrize("taken", ["new", "new.index", DATA])
@pytest.mark.parametrize("write", ["convert", "rename"])
def test_no_file_is_overwritten(tmp_path, taken, write):
    """A data file may be all that is left of someone's checkpoint."""
    (tmp_path / taken).write_bytes(b"theirs")
    with pytest.raises(ArgumentError, match="a prefix that no checkpoint has yet"):
        if write == "convert":
            convert_checkpoint(STORED / "kinds_v1", tmp_path / "new")
        else:
            rename_checkpoint(STORED / "old", tmp_path / "new", {"net": "model"})
    assert _contents(tmp_path) == {taken: b"theirs"}


def test_the_file_in_the_way_is_named(tmp_path):
    (tmp_path / DATA).write_bytes(b"theirs")
    with pytest.raises(ArgumentError, match=f"{DATA} exists"):
        convert_checkpoint(STORED / "old", tmp_path / "new")


def test_a_checkpoint_that_appears_meanwhile_is_kept(tmp_path, monkeypatch):
    """Two at once: the second finds the place taken when it is done, though it was free before."""
    compare = change._check_same

    def meanwhile(*arguments):
        compare(*arguments)
        for file in STORED.glob("new.[id]*"):
            shutil.copy(file, tmp_path)

    monkeypatch.setattr(change, "_check_same", meanwhile)
    with pytest.raises(ArgumentError, match="a prefix that no checkpoint has yet"):
        convert_checkpoint(STORED / "old", tmp_path / "new")
    assert diff(tmp_path / "new", STORED / "new").same
    assert len(_contents(tmp_path)) == 2


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(change, "_check_same", interrupted)
    with pytest.raises(KeyboardInterrupt):
        convert_checkpoint(STORED / "old", tmp_path / "new")
    assert _contents(tmp_path) == {}


@pytest.mark.parametrize(
    "rules", [{"net/": "model/"}, {"net": "model/"}, {"net/": "model"}], ids=str
)
def test_a_slash_behind_a_scope_means_nothing(rules):
    names = ["net/w", "net/a/b", "network"]
    found = new_names(names, rules, regex=False)
    assert found == {"net/w": "model/w", "net/a/b": "model/a/b"}


@pytest.mark.parametrize("rules", [{"net/": ""}, {"net/": "/"}, {"net": ""}], ids=str)
def test_a_scope_can_be_left_out_however_it_is_written(rules):
    assert new_names(["net/w", "b"], rules, regex=False) == {"net/w": "w"}


def test_slashes_in_regular_expressions_are_left_alone():
    assert new_names(["net/w"], {"net/": "m/n/"}, regex=True) == {"net/w": "m/n/w"}


def test_renaming_with_slashes_writes_names_that_tensorflow_finds(tmp_path):
    report = rename_checkpoint(STORED / "old", tmp_path / "new", {"net/first/": "stem/"})
    assert report.renamed["net/first/biases"] == "stem/biases"
    assert not any("//" in name for name in report.renamed.values())


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("m.ckpt-1", "m.ckpt-1"),
        ("m.ckpt-1.index", "m.ckpt-1"),
        ("m.ckpt-1.meta", "m.ckpt-1"),
        ("m.ckpt-1.data-00003-of-00010", "m.ckpt-1"),
        ("m.data", "m.data"),
        ("index", "index"),
    ],
)
def test_the_prefix_of_a_part(name, prefix):
    assert prefix_of(Path("a folder", name)) == Path("a folder", prefix)


@pytest.mark.parametrize(
    "ask", [find_checkpoint, lambda path: diff(path, path)], ids=["find", "diff"]
)
def test_what_does_not_exist_is_said_not_to(tmp_path, ask):
    (tmp_path / "model.ckpt-7.index").write_bytes(b"")
    said = r"m: does not exist and is no checkpoint \(m.index does not exist\); .*model\.ckpt-7"
    with pytest.raises(MissingFileError, match=said):
        ask(tmp_path / "m")


def test_a_file_of_nearly_that_name_is_told(tmp_path):
    (tmp_path / "train.tfrecord").write_bytes(b"")
    with pytest.raises(MissingFileError, match=r"trian\.tfrecord: .*; its folder holds train\.tf"):
        inspect_file(tmp_path / "trian.tfrecord")


def test_the_checkpoint_of_a_saved_model_is_pointed_to(tmp_path):
    folder = tmp_path / "saved"
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(b"")
    for file in STORED.glob("old.[id]*"):
        shutil.copy(file, folder / "variables" / file.name.replace("old", "variables"))
    with pytest.raises(MissingFileError, match=r"that of its SavedModel is .*variables.variables"):
        convert_checkpoint(folder, tmp_path / "new")
    convert_checkpoint(folder / "variables" / "variables", tmp_path / "new")
    assert diff(tmp_path / "new", STORED / "old").same


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
@pytest.mark.parametrize(
    "ask", [inspect_file, lambda path: diff(path, path)], ids=["inspect", "diff"]
)
def test_a_pipe_is_not_waited_for(tmp_path, ask):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MissingFileError, match="pipe: is no file but a device or a pipe"):
        ask(tmp_path / "pipe")


@pytest.mark.parametrize("ask", [find_checkpoint, inspect_file])
def test_an_empty_folder_holds_no_checkpoint(tmp_path, ask):
    with pytest.raises(MissingFileError, match=r"holds no checkpoint \(no file \*\.index\)$"):
        ask(tmp_path)
