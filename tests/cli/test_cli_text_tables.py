"""The text file of a lookup table, which commands read with the user's word only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

RECORDED = Path(__file__).parents[1] / "golden" / "text_tables"
PERMISSION = ("--allow", "InitializeTableFromTextFileV2")


@pytest.mark.parametrize("command", ["freeze", "convert"])
def test_the_permission_is_told_and_taken(graphkit, tmp_path, command):
    shutil.copytree(RECORDED, "net")
    given = (command, "net/network", "-o", "m.pb", "--outputs", "ages,mirrored")
    refused = graphkit(*given)
    assert (refused.code, refused.out) == (1, "")
    assert "'words.txt', which was not read" in refused.err
    assert refused.err.rstrip().endswith(
        f"or {' '.join(PERMISSION)} permits it; one of that name beside the source will do)"
    )
    assert not Path("m.pb").exists()
    assert graphkit(*given, *PERMISSION).code == 0
    Path("net/words.txt").unlink()
    gone = graphkit(*given[:3], "n.pb", *given[4:], *PERMISSION)
    assert re.fullmatch(r"graphkit: words.txt: does not exist; it fills the table '.*'\n", gone.err)
    Path("net/ages.csv").write_bytes(b"7,cat\nold,dog\n5,cow\n")
    bad = graphkit(*given[:3], "n.pb", "--outputs", "ages", *PERMISSION)
    assert (bad.code, Path("n.pb").exists()) == (1, False)
    assert "net/ages.csv: cannot fill " in bad.err
    assert bad.err.endswith("Field old in line 1 is not a valid int64.\n")
