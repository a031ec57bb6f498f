"""The sides alternate, each in its own process; one that fails is reported and left out."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

import benchmarks
from benchmarks._runs import RunFailed, measure, run_child, schedule
from benchmarks._workloads import WORKLOADS, Workload, chosen
from graphkit.errors import UnknownNameError

HERE = Path(sys.executable)
FOLDER = Path(benchmarks.__file__).parent
TINY = next(workload for workload in WORKLOADS if workload.name == "tiny-run")
SIDES = ("compat", "graphkit", "graphkit calling thread")
UNPREPARED = Workload("none", "no_such_file", "runs/s", 1, 1, "about")


def script(path, *lines):
    """An executable that stands in for a Python."""
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return path


def test_the_sides_alternate_run_by_run():
    assert list(schedule(("a", "b", "c"), 2)) == ["a", "b", "c", "a", "b", "c"]


def test_compat_and_graphkit_do_the_same_work():
    said = []
    pythons = {"compat": HERE, "graphkit": HERE}
    measured = measure(TINY, pythons, runs=1, quick=True, say=said.append)
    assert measured.failures == {}
    assert measured.disagreement() is None
    assert {side: len(runs) for side, runs in measured.runs.items()} == dict.fromkeys(SIDES, 1)
    assert measured.runs["graphkit"][0].facts == {"last": [3.0, 5.0, 7.0, 9.0]}
    assert "tensorflow" in measured.runs["compat"][0].versions
    assert [line.split(": ")[:2] for line in said] == [["tiny-run", side] for side in SIDES]


def test_a_side_that_fails_is_reported_once_and_left_out(tmp_path):
    log = tmp_path / "log"
    broken = script(tmp_path / "python", f"echo ran >> {log}", "echo broken >&2", "exit 3")
    prints = json.dumps({"done": 10, "seconds": 2.0, "facts": {}, "versions": {}})
    good = script(tmp_path / "good", f"echo '{prints}'")
    measured = measure(TINY, {"tf115": broken, "compat": good}, runs=3)
    assert measured.failures == {"tf115": "broken"}
    assert [run.figure for run in measured.runs["compat"]] == [5.0, 5.0, 5.0]
    assert "tf115" not in measured.runs
    assert log.read_text() == "ran\n"


def test_a_side_that_prints_no_result_has_failed(tmp_path):
    silent = script(tmp_path / "python", "echo hello")
    measured = measure(TINY, {"compat": silent}, runs=1)
    assert measured.failures == {"compat": "printed 'hello', not its result"}


def test_data_that_cannot_be_prepared_fails_the_workload():
    with pytest.raises(RunFailed, match="no_such_file"):
        measure(UNPREPARED, {"compat": HERE}, runs=1)


def test_a_child_that_says_nothing_fails_with_its_exit_status(tmp_path):
    with pytest.raises(RunFailed, match="exit 7"):
        run_child(script(tmp_path / "python", "exit 7"), TINY, [])


def test_a_missing_interpreter_is_named(tmp_path):
    with pytest.raises(RunFailed, match="nowhere"):
        run_child(tmp_path / "nowhere", TINY, [])


def test_no_names_choose_every_workload():
    assert chosen([]) == list(WORKLOADS)


def test_names_choose_in_the_order_of_the_table():
    assert [workload.name for workload in chosen(["import", "pack"])] == ["pack", "import"]


def test_an_unknown_workload_is_refused_with_the_nearest():
    with pytest.raises(UnknownNameError, match="no workload named 'red-1'; did you mean 'read-1'"):
        chosen(["red-1"])


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_every_side_of_the_table_is_in_its_file(workload):
    text = (FOLDER / "workloads" / f"{workload.module}.py").read_text()
    if "sides_of(" in text:  # those of every workload that reads
        text += (FOLDER / "workloads" / "_pipelines.py").read_text()
    assert [side for side in workload.sides if f'"{side}": ' not in text] == []


@pytest.mark.parametrize(
    "file",
    [FOLDER / "__init__.py", *sorted((FOLDER / "workloads").glob("*.py"))],
    ids=lambda file: file.name,
)
def test_what_tensorflow_115_runs_is_python_37(file):
    ast.parse(file.read_text(), feature_version=(3, 7))
