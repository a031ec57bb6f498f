"""`python -m graphkit` is the command, and importing the module is nothing."""

from __future__ import annotations

import importlib
import runpy
import subprocess
import sys

import pytest

from graphkit import __version__


def _run_module(monkeypatch, *words):
    monkeypatch.delitem(sys.modules, "graphkit.__main__", raising=False)
    monkeypatch.setattr(sys, "argv", ["graphkit", *words])
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("graphkit", run_name="__main__")
    return ended.value.code


def test_the_module_is_the_command(monkeypatch, capsys):
    assert _run_module(monkeypatch, "--version") == 0
    assert capsys.readouterr().out == f"graphkit {__version__}\n"


def test_its_exit_code_is_the_command_s(monkeypatch, capsys):
    assert _run_module(monkeypatch, "no-such-command") == 2
    assert "No such command 'no-such-command'" in capsys.readouterr().err


def test_importing_it_runs_nothing(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "graphkit.__main__", raising=False)
    importlib.import_module("graphkit.__main__")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("words", "frozen"), [(["records", "show"], True), (["run"], False)])
def test_the_end_is_without_a_last_walk_over_all_objects(words, frozen):
    """But for a program's own objects, the last of which may write a file when they are found."""
    source = (
        "import atexit, gc, sys\n"
        "from graphkit.cli import main\n"
        "frozen = gc.get_freeze_count()\n"
        "atexit.register(lambda: print(gc.get_freeze_count() > frozen))\n"
        "main(sys.argv[1:])\n"
    )
    command = [sys.executable, "-c", source, *words, "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert (done.stdout, done.returncode) == (f"{frozen}\n", 2)
