"""Whole programs in Python 2 print what Python 2.7 itself printed (tests/golden/python2.json)."""

from __future__ import annotations

import gc
import json
import tempfile
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PRINTED = json.loads((TESTS / "golden" / "python2.json").read_text())


def test_every_program_was_recorded():
    programs = (TESTS / "scripts" / "python2").glob("*.py")
    assert sorted(PRINTED) == sorted(path.stem for path in programs)


@pytest.mark.filterwarnings("ignore:unclosed file")  # as people left them
@pytest.mark.parametrize("name", sorted(PRINTED))
def test_it_prints_what_python_2_printed(run, name, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    space = run((TESTS / "scripts" / "python2" / f"{name}.py").read_text(), name=f"{name}.py")
    space.clear()
    gc.collect()
    assert capsys.readouterr().out == PRINTED[name]
    assert len(run.lines) == 1
    assert "translated in memory" in run.lines[0]
