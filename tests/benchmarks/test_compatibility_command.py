"""`python -m benchmarks.compatibility`: the table, and when it counts as a failure."""

from __future__ import annotations

import json
import sys

import pytest

from benchmarks import compatibility

PROGRAMS = {
    "same.py": "print('loss 0.5')",
    "draws.py": "import os; print('loss', os.environ['SIDE'])",
    "speaks.py": "import os; print('side' * int(os.environ['SIDE']))",
    "old_only.py": "import os; assert os.environ['SIDE'] == '1', 'lost name'",
    "new_only.py": "import os; assert os.environ['SIDE'] == '2', 'no such wheel'",
}


@pytest.fixture
def command(tmp_path, monkeypatch, capsys):
    """Calls the command on programs, with shell scripts in place of both interpreters."""
    (tmp_path / "programs").mkdir()
    for name, line in PROGRAMS.items():
        (tmp_path / "programs" / name).write_text(line + "\n")
    for side in "12":
        python = tmp_path / f"python{side}"
        told = f'[ "$1" = -c ] && echo {side}.15.5 && exit'
        python.write_text(f'#!/bin/sh\n{told}\nSIDE={side} exec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
    monkeypatch.setattr(compatibility, "_GRAPHKIT", (str(tmp_path / "python2"),))

    def call(names, *words):
        scripts = [{"id": name, "repo": "mine", "path": f"{name}.py"} for name in names]
        content = {"repos": {"mine": {"path": "programs"}}, "scripts": scripts}
        (tmp_path / "manifest.json").write_text(json.dumps(content))
        code = compatibility.main([str(tmp_path / "manifest.json"), *words])
        return code, capsys.readouterr()

    return call


@pytest.fixture
def old(tmp_path):
    return ("--tf115", str(tmp_path / "python1"))


def _cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_has_a_line_per_program(command, old):
    code, said = command(["same", "draws"], *old)
    header, rule, *rows, blank, ran = said.out.splitlines()
    assert _cells(header) == ["program", "tf115", "tf115 s", "graphkit", "graphkit s", "output", ""]
    assert set(_cells(rule)) == {"---"} and blank == ""
    cells = [_cells(row) for row in rows]
    assert [[row[0], row[1], row[3], row[5], row[6]] for row in cells] == [
        ["same", "ran", "ran", "equal", ""],
        ["draws", "ran", "ran", "numbers differ", ""],
    ]
    assert all(float(row[place]) >= 0 for row in cells for place in (2, 4))
    assert ran == "tf115: 2 of 2 ran; graphkit: 2 of 2 ran"
    assert said.err == "1/2 same\n2/2 draws\n"
    assert code == 0


@pytest.mark.parametrize(
    ("program", "code", "output", "reason"),
    [
        ("same", 0, "equal", ""),
        ("draws", 0, "numbers differ", ""),
        ("speaks", 1, "differs", ""),
        ("old_only", 1, "", "graphkit: AssertionError: lost name"),
        ("new_only", 0, "", "tf115: AssertionError: no such wheel"),
        ("absent", 1, "", "programs holds no absent.py"),
    ],
)
def test_a_program_has_to_do_what_it_did(command, old, program, code, output, reason):
    found, said = command([program], "--json", *old)
    (row,) = json.loads(said.out)
    assert (row["program"], row["output"]) == (program, output)
    assert row["reason"].endswith(reason) and bool(row["reason"]) == bool(reason)
    assert found == code


@pytest.mark.parametrize(("program", "code"), [("same", 0), ("speaks", 0), ("old_only", 1)])
def test_without_the_old_tensorflow_it_has_to_run(command, program, code):
    found, said = command([program])
    assert _cells(said.out.splitlines()[0])[1:3] == ["graphkit", "graphkit s"]
    assert found == code


def test_a_program_that_cannot_be_laid_out_has_empty_cells(command):
    _, said = command(["absent"])
    cells = _cells(said.out.splitlines()[2])
    assert cells[:4] == ["absent", "", "", ""]
    assert cells[4].endswith("holds no absent.py")


def test_programs_can_be_chosen(command):
    _, said = command(["same", "draws", "speaks"], "speaks", "same")
    assert [_cells(line)[0] for line in said.out.splitlines()[2:4]] == ["same", "speaks"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("other",), "no program named other in the manifest"),
        (("--tf115", "/no/such/python"), "/no/such/python"),
    ],
)
def test_a_mistake_is_named_before_anything_runs(command, capsys, words, told):
    with pytest.raises(SystemExit) as ended:
        command(["same"], *words)
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert told in said.err
    assert "1/1" not in said.err and said.out == ""


def test_another_tensorflow_is_not_taken_for_the_old_one(command, tmp_path, capsys):
    with pytest.raises(SystemExit):
        command(["same"], "--tf115", str(tmp_path / "python2"))
    assert "has TensorFlow 2.15.5, not 1.15" in capsys.readouterr().err
