"""`python -m benchmarks`: what it prints, where, and how it exits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks._tf115 import Unavailable
from benchmarks._workloads import WORKLOADS

ROOT = Path(command.__file__).parents[1]


@pytest.fixture
def without_python37(monkeypatch):
    """A machine where TensorFlow 1.15.5 cannot be had."""

    def unavailable(say):
        raise Unavailable("no Python 3.7 that runs")

    monkeypatch.setattr(command, "find_or_make", unavailable)


def last_error(capsys):
    return capsys.readouterr().err.strip().splitlines()[-1]


def test_list_names_every_workload(capsys):
    assert command.main(["--list"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == [workload.name for workload in WORKLOADS]


def test_list_does_not_import_tensorflow():
    code = (
        "import sys; from benchmarks.__main__ import main; main(['--list']); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["pakc"], "no workload named 'pakc'; did you mean 'pack'?"),
        (["--runs", "0"], "--runs must be at least 1, got 0"),
        (["--runs", "many"], "argument --runs: invalid int value: 'many'"),
        (["--tf115", "/no/python"], "--tf115: [Errno 2] No such file or directory: '/no/python'"),
    ],
)
def test_wrong_use_exits_with_2_and_one_line(words, said, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(words)
    assert last_error(capsys) == f"python -m benchmarks: error: {said}"


def _stand_in(monkeypatch, path, *lines):
    """Has the sides run by an executable that stands in for this Python."""
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(path))


def test_a_quick_run_goes_on_without_tensorflow_115(
    without_python37, tmp_path, monkeypatch, capsys
):
    line = json.dumps({"done": 10, "seconds": 2.0, "facts": {}, "versions": {}})
    asked = tmp_path / "asked"
    _stand_in(monkeypatch, tmp_path / "python", f'echo "$@" >> "{asked}"', f"echo '{line}'")
    assert command.main(["tiny-run", "--quick", "--runs", "1", "--json"]) == 0
    printed = capsys.readouterr()
    assert "without TensorFlow 1.15.5: no Python 3.7 that runs" in printed.err.splitlines()
    report = json.loads(printed.out)
    assert report["runs"] == 1
    assert report["machine"]["cores"] >= 1
    (result,) = report["results"]
    assert sorted(result["sides"]) == ["compat", "graphkit", "graphkit calling thread"]
    assert sorted(result["sides"]["graphkit"]["times"]) == ["compat"]
    assert result["disagreement"] is None
    work = next(w.quick_work for w in WORKLOADS if w.name == "tiny-run")
    prepared, *sides = asked.read_text().splitlines()
    assert prepared.startswith(f"-m benchmarks.workloads.tiny_run --work {work} ")
    asked_sides = [words.partition("--engine ")[2] for words in sides]
    assert asked_sides == ["compat", "graphkit", "graphkit calling thread"]


def test_a_failing_side_is_said_and_exits_with_1(without_python37, tmp_path, monkeypatch, capsys):
    _stand_in(monkeypatch, tmp_path / "python", "echo broken >&2", "exit 1")
    assert command.main(["tiny-run"]) == 1
    printed = capsys.readouterr()
    assert "tiny-run: data failed: broken" in printed.err
    assert "| workload | side |" in printed.out


@pytest.mark.parametrize(("load", "said"), [(0.1, False), (1.5, True)])
def test_a_busy_machine_is_said(load, said):
    assert command.busy(2, load) is said
