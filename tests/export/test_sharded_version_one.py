"""A checkpoint of version 1 in shards, as 1.15.5 wrote it: found, read, renamed and frozen."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._shards import shard_pattern
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError
from graphkit.export import (
    convert_checkpoint,
    diff,
    freeze_checkpoint,
    inspect_file,
    load_graph,
    rename_checkpoint,
)
from graphkit.export._checkpoints._files import find_checkpoint, is_checkpoint

FOLDER = Path(__file__).parents[1] / "golden" / "sharded_v1"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())
PREFIX = FOLDER / "net.ckpt"
SHARDS = [f"net.ckpt-0000{number}-of-00003" for number in range(3)]
WAYS = ["", "net.ckpt", "net.ckpt.meta", "net.ckpt-?????-of-00003", SHARDS[1], "checkpoint"]


@pytest.fixture
def copy(tmp_path):
    """The recorded folder, to be damaged."""
    return Path(shutil.copytree(FOLDER, tmp_path / "copy"))


def check_values(found, names=lambda name: name):
    assert sorted(found.variables) == sorted(map(names, EXPECTED["values"]))
    for name, value in EXPECTED["values"].items():
        np.testing.assert_array_equal(found.read(names(name)), np.float32(value))


@pytest.mark.parametrize("way", WAYS)
def test_it_is_found_by_every_name_of_it(way):
    assert find_checkpoint(FOLDER / way) == PREFIX


@pytest.mark.parametrize("way", [way for way in WAYS if way != "net.ckpt.meta"])
def test_each_of_them_is_taken_for_a_checkpoint(way):
    assert is_checkpoint(FOLDER / way)


def test_the_recorded_pattern_is_what_a_saver_restores():
    assert shard_pattern(PREFIX).name == Path(EXPECTED["path"]).name


def test_values_are_those_1_15_had():
    """`whole` was cut into parts that lie in two shards."""
    found = read_checkpoint(PREFIX)
    assert [file.name for file in found.files] == SHARDS
    assert len(found.variables["whole"].pieces) == 2
    check_values(found)


def test_the_pattern_means_one_of_several_saves(copy):
    shutil.copy(copy / SHARDS[0], copy / "net.ckpt-00000-of-00002")
    check_values(read_checkpoint(copy / Path(EXPECTED["path"]).name))


@pytest.mark.parametrize("way", ["net.ckpt", SHARDS[0], ""])
def test_inspect_describes_all_shards(way):
    report = inspect_file(FOLDER / way)
    details = report.details
    assert (report.path, report.kind) == (PREFIX, "checkpoint")
    assert (details.version, details.global_step, details.has_graph) == ("V1", 7, True)
    assert {info.name: info.shape for info in details.variables} == {
        "first": (4, 3),
        "global_step": (),
        "whole": (4, 3),
    }
    assert report.bytes == sum((FOLDER / shard).stat().st_size for shard in SHARDS)


def test_it_is_converted_and_no_value_differs(tmp_path):
    report = convert_checkpoint(PREFIX, tmp_path / "two.ckpt")
    assert report.variables == 3
    found = read_checkpoint(tmp_path / "two.ckpt")
    assert found.version == "V2"
    check_values(found)
    difference = diff(PREFIX, tmp_path / "two.ckpt")
    assert not difference.renamed
    assert not difference.changed


def test_it_is_renamed(tmp_path):
    rename_checkpoint(FOLDER, tmp_path / "n.ckpt", {"first": "net/first"})
    names = {"first": "net/first"}
    check_values(read_checkpoint(tmp_path / "n.ckpt"), lambda name: names.get(name, name))


def test_it_is_frozen_and_computes_what_1_15_did(tmp_path):
    report = freeze_checkpoint(PREFIX, tmp_path / "m.pb", outputs="y")
    assert report.parameters == 24
    with load_graph(report.path) as graph:
        found = graph.run({"x": np.float32(EXPECTED["x"])})["y"]
    np.testing.assert_allclose(found, np.float32(EXPECTED["y"]), rtol=1e-6)


@pytest.mark.parametrize("name", [*SHARDS, "net.ckpt.meta", "net.ckpt", "checkpoint"])
def test_no_file_of_it_is_written_over(copy, name):
    with pytest.raises(ArgumentError, match="no file of the checkpoint itself"):
        freeze_checkpoint(copy / "net.ckpt", copy / name, outputs="y")


@pytest.mark.parametrize("shard", SHARDS)
def test_a_missing_shard_is_named(copy, shard):
    (copy / shard).unlink()
    with pytest.raises(CorruptFileError, match=f"its shard {shard} is missing"):
        inspect_file(copy / "net.ckpt")


def test_shards_of_two_saves_are_told_apart_by_nobody(copy):
    shutil.copy(copy / SHARDS[0], copy / "net.ckpt-00000-of-00002")
    with pytest.raises(CorruptFileError, match="shards of several saves, 2 and 3 in number"):
        inspect_file(copy / "net.ckpt")


def test_shards_that_hold_the_same_piece_are_refused(copy):
    """A piece is there twice, another one not at all."""
    shutil.copy(copy / SHARDS[0], copy / SHARDS[1])
    with pytest.raises(CorruptFileError, match=r"'(first|whole)' cannot be read"):
        for name in read_checkpoint(copy / "net.ckpt").variables:
            read_checkpoint(copy / "net.ckpt").read(name)


def test_a_cut_shard_is_refused(copy):
    data = (copy / SHARDS[2]).read_bytes()
    (copy / SHARDS[2]).write_bytes(data[: len(data) // 2])
    with pytest.raises(CorruptFileError, match="the checkpoint cannot be read"):
        read_checkpoint(copy / "net.ckpt")


def test_another_prefix_of_that_folder_is_none():
    with pytest.raises(MissingFileError, match="is no checkpoint"):
        find_checkpoint(FOLDER / "net")
