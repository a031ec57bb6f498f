"""A program is run in a folder and a home of its own, and ended when its time is over."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from benchmarks._collection import Program, Repository
from benchmarks._trials import Trial, agreement, tried


@pytest.fixture
def run(tmp_path):
    """Runs a program of these lines with this Python."""

    def call(*lines, seconds=60.0, arguments=()):
        folder = tmp_path / "programs"
        folder.mkdir(exist_ok=True)
        (folder / "program.py").write_text("\n".join(lines) + "\n")
        program = Program("one", Repository(folder, None), "program.py", arguments, seconds=seconds)
        return tried(program, [sys.executable], None)

    return call


def test_a_run_tells_what_was_printed(run):
    trial = run("import sys", "print('hello', *sys.argv)", arguments=("--steps", "3"))
    assert (trial.code, trial.printed, trial.reason) == (0, "hello program.py --steps 3\n", "")
    assert trial.seconds > 0


def test_a_failure_tells_its_last_line(run):
    trial = run("print('begun')", "raise ValueError('no such shape')")
    assert (trial.code, trial.printed, trial.reason) == (1, "begun\n", "ValueError: no such shape")


def test_a_silent_failure_has_a_reason_too(run):
    trial = run("import sys", "sys.exit(3)")
    assert (trial.code, trial.reason) == (3, "no message")


def test_a_program_that_does_not_end_is_ended_with_its_children(run):
    trial = run(
        "import subprocess, sys, time",
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
        "print(child.pid, flush=True)",
        "time.sleep(600)",
        seconds=3.0,
    )
    assert (trial.code, trial.reason) == (None, "not done in 3 s")
    while _runs(int(trial.printed)):  # ends with the time limit of the test at the latest
        time.sleep(0.05)


def _runs(number):
    """Whether a process runs; one that waits for its parent to ask how it ended does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_has_no_input_no_display_and_a_home_of_its_own(run, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    trial = run(
        "import os, sys",
        "print(repr(sys.stdin.read()), os.environ['MPLBACKEND'])",
        "print('DISPLAY' in os.environ, 'PYTHONPATH' in os.environ)",
        "print(os.listdir(os.path.expanduser('~')), os.listdir('.'))",
    )
    assert trial.printed.splitlines() == ["'' Agg", "False False", "[] ['program.py']"]


def test_what_a_run_writes_does_not_reach_the_next(run):
    line = "import os; print(os.path.exists('left')); open('left', 'w')"
    assert [run(line).printed for _ in range(2)] == ["False\n", "False\n"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("", "", "equal"),
        ("loss 0.5\n", "loss 0.5\n", "equal"),
        ("loss 0.5\n", "loss 0.25\n", "numbers differ"),
        ("loss 1e-3 nan", "loss -.5 inf", "numbers differ"),
        ("[1. 2.]", "[ 1.5 2.]", "differs"),
        ("x  1\ny 2\n", "x 3\ny 4\n", "numbers differ"),
        ("step 1\nstep 2\n", "step 1\n", "differs"),
        ("loss 0.5", "cost 0.5", "differs"),
        ("done", "", "differs"),
    ],
)
def test_two_runs_print_the_same_or_other_numbers_or_something_else(one, other, expected):
    assert agreement(Trial(0, 1.0, one, ""), Trial(0, 2.0, other, "")) == expected
