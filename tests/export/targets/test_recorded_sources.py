"""What `MODEL.json` says of the files that a model was made of."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from graphkit.export import freeze

OF_FREEZING = Path(__file__).parents[2] / "golden" / "freezing"
OF_SHARDS = OF_FREEZING.with_name("sharded_v1")


@pytest.mark.parametrize("place", ["", "batch_norm_ref", "batch_norm_ref.meta"])
def test_all_files_of_a_checkpoint_are_recorded_however_it_is_named(tmp_path, place):
    files = sorted(OF_FREEZING.glob("batch_norm_ref.*"))
    folder = tmp_path / "net"
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder)
    (folder / "batch_norm_ref.pb").write_bytes(b"of another run")
    freeze(folder / place, tmp_path / "m.pb", pins={"is_training": False})
    wanted = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert len(wanted) == 3
    assert json.loads((tmp_path / "m.pb.json").read_text())["source"] == wanted


def test_so_are_the_shards_of_a_checkpoint_of_version_one(tmp_path):
    freeze(OF_SHARDS, tmp_path / "m.pb")
    shards = [f"net.ckpt-0000{i}-of-00003" for i in range(3)]
    said = json.loads((tmp_path / "m.pb.json").read_text())
    assert [*said["source"]] == [*shards, "net.ckpt.meta"]
