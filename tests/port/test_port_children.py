"""Processes a program starts get the same treatment."""

from __future__ import annotations

import importlib.util
import json
import os
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from graphkit.port import continue_in_child
from graphkit.port._children import (
    ENVIRONMENT,
    HOOK_FOLDER,
    hand_on,
    handed_on,
    rerun_command,
)

ROOT = Path(__file__).parents[2]
START = str(Path(HOOK_FOLDER) / "start.py")


@pytest.fixture
def clean(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setenv(ENVIRONMENT, "")
    (tmp_path / "own.py").write_text("print 1\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["own.py", "a b"], ["own.py", "a b"]),
        (["-u", "-W", "ignore", "own.py"], ["own.py"]),
        (["-X", "dev", "-m", "own", "-v"], ["-m", "own", "-v"]),
        (["-c", "print(1)"], None),
        (["-m", "pip", "list"], None),
        (["-m", "not_there"], None),
        (["-m"], None),
        ([os.__file__], None),
        (["gone.py"], None),
        (["-"], None),
        (["-V"], None),
        ([], None),
    ],
)
def test_a_child_that_runs_the_programs_file_is_run_again(clean, arguments, expected):
    command = rerun_command(["python", *arguments], ["--mode", "v1"])
    if expected is None:
        assert command is None
        return
    flags = arguments[: len(arguments) - len(expected)]
    assert command == [sys.executable, *flags, START, "run", "--mode", "v1", *expected]


def test_options_are_handed_on(clean, monkeypatch):
    hand_on(["--mode", "v2"])
    assert handed_on() == ["--mode", "v2"]
    first = os.environ["PYTHONPATH"]
    hand_on(["--mode", "v2"])
    assert os.environ["PYTHONPATH"] == first
    assert first.split(os.pathsep)[0] == HOOK_FOLDER


def test_the_path_of_the_program_is_kept(clean, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/one" + os.pathsep + "/two")
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(ROOT)])
    hand_on([])
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [HOOK_FOLDER, "/one", "/two"]


def test_graphkit_is_found_where_the_parent_found_it(clean, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT), *sys.path])
    hand_on([])
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [HOOK_FOLDER, str(ROOT)]


@pytest.mark.parametrize("note", ["", "{", json.dumps({"python": "/other", "options": []})])
def test_other_interpreters_are_left_alone(clean, monkeypatch, note):
    monkeypatch.setenv(ENVIRONMENT, note)
    assert handed_on() is None
    assert continue_in_child(["python", "own.py"]) is None


def test_a_child_is_replaced(clean, monkeypatch):
    calls = []
    monkeypatch.setattr(os, "execv", lambda *command: calls.append(command))
    hand_on(["--mode", "v1"])
    continue_in_child(["python", "own.py", "x"])
    run = [sys.executable, START, "run", "--mode", "v1", "own.py", "x"]
    assert calls == [(sys.executable, run)]


def test_a_child_that_runs_no_file_of_the_program_goes_on(clean):
    hand_on(["--mode", "v1"])
    assert continue_in_child(["python", "-m", "pip"]) is None


def load_hook():
    spec = importlib.util.spec_from_file_location(
        "hook_for_test", Path(HOOK_FOLDER) / "sitecustomize.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


def test_the_hook_runs_the_machines_own(clean, monkeypatch, tmp_path, capsys):
    (tmp_path / "sitecustomize.py").write_text("print('the own one')")
    monkeypatch.setattr(sys, "path", [HOOK_FOLDER, str(tmp_path)])
    load_hook()
    assert capsys.readouterr().out == "the own one\n"


def test_the_hook_continues_the_program(clean, monkeypatch):
    calls = []
    monkeypatch.setattr("graphkit.port.continue_in_child", calls.append)
    monkeypatch.setenv(ENVIRONMENT, "{}")
    load_hook()
    assert calls == [sys.orig_argv]


def test_the_hook_without_graphkit_does_nothing(clean, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "{}")
    monkeypatch.setitem(sys.modules, "graphkit.port", None)
    load_hook()


def graphkit_run(folder, *arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("TF_CPP_MIN_LOG_LEVEL", None)
    command = [sys.executable, START, "run", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=240, **options
    )


def test_children_of_every_kind_see_the_same(tmp_path):
    (tmp_path / "queue.py").write_text("MINE = 'mine'\n")
    (tmp_path / "work.py").write_text("import queue\ndef f(x): return queue.MINE, x.value\n")
    (tmp_path / "child.py").write_text("import sys\nprint 'child', sys.argv[1:], 7 / 2\n")
    (tmp_path / "main.py").write_text(
        "import multiprocessing, os, subprocess, sys\n"
        "import work\n"
        "class Box(object):\n"
        "    value = 7 / 2\n"
        "if __name__ == '__main__':\n"
        "    for how in 'fork spawn forkserver'.split():\n"
        "        with multiprocessing.get_context(how).Pool(1) as pool:\n"
        "            print how, pool.map(work.f, [Box()])\n"
        "    sys.stdout.flush()\n"
        "    subprocess.check_call([sys.executable, '-u', 'child.py', 'a b'])\n"
        "    subprocess.check_call([sys.executable, '-m', 'child', 'c'])\n"
        "    print os.system('\"' + sys.executable + '\" -c \"import queue; print(queue.MINE)\"')\n"
        "    sys.exit(subprocess.call([sys.executable, '-c', 'import sys; sys.exit(5)']))\n"
    )
    done = graphkit_run(tmp_path, "main.py")
    assert done.stdout.splitlines() == [
        "fork [('mine', 3)]",
        "spawn [('mine', 3)]",
        "forkserver [('mine', 3)]",
        "child ['a b'] 3",
        "child ['c'] 3",
        "mine",
        "0",
    ], done.stderr
    assert done.returncode == 5
    assert not list(tmp_path.rglob("__pycache__"))


def test_workers_of_joblib_get_the_programs_imports(tmp_path):
    pytest.importorskip("joblib")
    (tmp_path / "types.py").write_text("MINE = 'mine'\n")
    (tmp_path / "main.py").write_text(
        "from joblib import Parallel, delayed\n"
        "def work(x):\n"
        "    import types\n"
        "    from collections import Mapping\n"
        "    return types.MINE, Mapping.__name__, x / 2\n"
        "if __name__ == '__main__':\n"
        "    print(Parallel(n_jobs=2)(delayed(work)(x) for x in [1, 2]))\n"
        "    print(Parallel(n_jobs=2)(delayed(lambda x: work(x)[1:])(x) for x in [3]))\n"
    )
    done = graphkit_run(tmp_path, "main.py")
    assert done.stdout.splitlines() == [
        "[('mine', 'Mapping', 0.5), ('mine', 'Mapping', 1.0)]",
        "[('Mapping', 1.5)]",
    ], done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_as_it_ends_python(tmp_path, number):
    (tmp_path / "wait.py").write_text(
        f"import os, signal\nsignal.signal({int(signal.SIGINT)}, signal.default_int_handler)\n"
        f"os.kill(os.getpid(), {int(number)})\nwhile True: pass\n"
    )
    done = graphkit_run(tmp_path, "wait.py")
    assert done.returncode == -number


def test_input_and_output_are_the_programs(tmp_path):
    (tmp_path / "echo.py").write_text("import sys\nsys.stderr.write(sys.stdin.read().upper())\n")
    done = graphkit_run(tmp_path, "echo.py", input="text")
    assert (done.stdout, done.stderr, done.returncode) == ("", "TEXT", 0)


def test_a_program_that_is_run_again_starts_the_command(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "graphkit.__main__", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "argv", [START, "--version"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(START, run_name="__main__")
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("graphkit")


def test_importing_what_starts_the_command_starts_nothing(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [START, "--version"])
    runpy.run_path(START, run_name="start")
    assert capsys.readouterr().out == ""
