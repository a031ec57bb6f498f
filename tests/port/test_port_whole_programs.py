"""Whole programs of then print under `graphkit run`, line for line, what 1.15.5 printed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests" / "scripts" / "whole"
RECORDED = json.loads((ROOT / "tests" / "golden" / "whole.json").read_text())


def test_every_program_is_recorded():
    assert sorted(RECORDED) == sorted(path.stem for path in PROGRAMS.glob("*.py"))


# An error of a queue names the op that takes from it, which is another one beside tf.data.
OPTIONS = {"told_errors": ["--engine", "queues"]}


def sections(lines):
    """The lines below each title, so that a failure says where; what comes before has none."""
    found, title = {"": []}, ""
    for line in lines:
        if line.startswith("---- "):
            title = line
        found.setdefault(title, []).append(line)
    return found


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_program_prints_what_it_printed(name, tmp_path, warm):
    shutil.copy(PROGRAMS / f"{name}.py", tmp_path)
    words = ["run", *OPTIONS.get(name, []), f"{name}.py"]
    done = warm.graphkit(*words, folder=tmp_path)
    now, then = sections(done.stdout.splitlines()), sections(RECORDED[name])
    assert (list(now), done.returncode) == (list(then), 0), done.stderr
    for title, lines in then.items():
        assert now[title] == lines, title
