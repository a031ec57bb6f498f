"""What a command takes, and the commands that measure `freeze` and `inspect` by it."""

from __future__ import annotations

import sys

import pytest

from benchmarks import _child, freeze_time, inspect_time
from benchmarks._child import ChildFailed, Taken, take_turns, taken
from graphkit.export import inspect_file

PYTHON = [sys.executable, "-I", "-S", "-c"]


def test_memory_is_the_commands_own():
    here = bytearray(200 * 2**20)
    here[:: 2**12] = b"x" * len(here[:: 2**12])  # each page of it is in use
    small = taken([*PYTHON, "pass"])
    large = taken([*PYTHON, "bytearray(b'x') * (100 * 2**20)"])
    assert small.mebibytes < 60
    assert 90 < large.mebibytes - small.mebibytes < 130
    assert len(here) > large.mebibytes


def test_time_is_from_start_to_end():
    assert 0.05 <= taken([*PYTHON, "import time; time.sleep(0.05)"]).seconds


@pytest.mark.parametrize("code", ["import sys; sys.exit('no such model')", "1 / 0"])
def test_failure_is_told_with_its_last_words(code):
    with pytest.raises(
        ChildFailed, match=r"(?s)failed: .*(no such model|ZeroDivisionError)"
    ) as failure:
        taken([*PYTHON, code])
    assert len(str(failure.value)) < 1000


def test_commands_take_turns_and_the_middle_counts(monkeypatch):
    called, costs = [], iter([3, 10, 1, 30, 2, 20])

    def taken(command):
        called.append(command)
        cost = next(costs)
        return Taken(cost, 100 - cost)

    monkeypatch.setattr(_child, "taken", taken)
    found = take_turns({"a": ["one"], "b": ["two"]}, 3)
    assert called == [["one"], ["two"]] * 3
    assert found == {"a": Taken(2, 99), "b": Taken(20, 90)}


def test_the_graph_is_of_the_size_that_was_asked_for(tmp_path):
    inspect_time.write_graph(tmp_path / "m.pb", 5)
    assert 5e6 <= (tmp_path / "m.pb").stat().st_size < 9e6
    details = inspect_file(tmp_path / "m.pb").details
    assert details.parameters == 2 * 1024**2
    assert (details.ops["MatMul"], details.outputs) == (2, ["layer_1/MatMul"])


def test_the_table_of_inspect_names_each_size(capsys):
    assert inspect_time.main(["1", "--rounds", "1"]) == 0
    rows = capsys.readouterr().out.splitlines()[-2:]
    assert [row.split(" | ")[0] for row in rows] == ["| --help", "| 1 MB"]


def test_both_sides_freeze_one_checkpoint(tmp_path):
    old, ours = freeze_time.commands(tmp_path / "python", "logs/m.ckpt").values()
    assert old[0] == str(tmp_path / "python")
    assert {"--input_checkpoint=logs/m.ckpt", "--output_node_names=y"} <= {*old}
    assert ours[1:4] == ["-m", "graphkit", "freeze"]
    assert ours[4:] == ["logs/m.ckpt", "--outputs", "y", "-o", "logs/m.ckpt.pb"]


@pytest.mark.parametrize("module", [freeze_time, inspect_time])
def test_rounds_are_at_least_one(module, capsys):
    with pytest.raises(SystemExit, match="2"):
        module.main(["--rounds", "0"])
    assert "at least 1" in capsys.readouterr().err


def test_a_python_without_tensorflow_is_refused(tmp_path, capsys):
    assert freeze_time.main(["--tf115", str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err
