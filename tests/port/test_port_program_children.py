"""What a program tells the processes it starts, and how they join it; all in this process."""

from __future__ import annotations

import json
import os
import sys
import types

import pytest

from graphkit.port import RunOptions, continue_in_child
from graphkit.port._children import ENVIRONMENT, HOOK_FOLDER, hand_on


def test_the_mode_is_told_to_children(run):
    run("x = 1", options=RunOptions("v2", True, True, True, True, patient=True))
    note = json.loads(os.environ[ENVIRONMENT])
    assert note == {
        "python": sys.executable,
        "options": [
            "--mode",
            "v2",
            "--verbose",
            "--traceback",
            "--allow-pickle",
            "--bundled-digits",
            "--patient",
        ],
    }
    assert os.environ["PYTHONPATH"].split(os.pathsep)[0] == HOOK_FOLDER


def test_the_engine_is_told_to_children(run):
    run("x = 1", options=RunOptions("v1", engine="tf.data"))
    note = json.loads(os.environ[ENVIRONMENT])
    assert note["options"] == ["--mode", "v1", "--engine", "tf.data"]


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--verbose", "--traceback", "--allow-pickle", "--bundled-digits", "--patient"],
        ["--engine", "queues"],
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [["python", "-c", "from multiprocessing.spawn import spawn_main"], ["python", "-"], ["python"]],
)
def test_a_child_that_runs_no_file_joins_the_program(
    process, monkeypatch, tmp_path, flags, arguments
):
    from multiprocessing import spawn

    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    monkeypatch.setitem(sys.modules, "__mp_main__", None)
    monkeypatch.setattr(spawn, "_fixup_main_from_path", None)
    monkeypatch.setattr(spawn, "old_main_modules", [])
    (tmp_path / "main.py").write_text("x = __name__, 7 / 2\ndef f():\n    print 1\n")
    hand_on(["--mode", "v1", *flags])
    continue_in_child(arguments)
    space = vars(sys.modules["__main__"])
    assert space["__builtins__"]["__import__"] is not __import__
    spawn._fixup_main_from_path(str(tmp_path / "main.py"))
    assert sys.modules["__main__"] is sys.modules["__mp_main__"]
    assert vars(sys.modules["__mp_main__"])["x"] == ("__mp_main__", 3)


def test_a_child_of_a_package_like_multiprocessing_joins_the_program(
    process, monkeypatch, tmp_path
):
    (tmp_path / "othermp").mkdir()
    (tmp_path / "othermp" / "__init__.py").write_text("")
    (tmp_path / "othermp" / "spawn.py").write_text("old_main_modules = []\n")
    (tmp_path / "main.py").write_text("import sys\nx = __name__, sys.maxint > 7 / 2\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    monkeypatch.setitem(sys.modules, "__mp_main__", None)
    for name in ("othermp", "othermp.spawn"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        del sys.modules[name]
    hand_on(["--mode", "v1"])
    continue_in_child(["python", "-c", "from othermp.spawn import spawn_main; spawn_main()"])
    sys.modules["othermp.spawn"]._fixup_main_from_path(str(tmp_path / "main.py"))
    assert vars(sys.modules["__mp_main__"])["x"] == ("__mp_main__", True)


def test_a_child_tells_the_user_with_its_name(capsys):
    from graphkit.port._child import _say

    _say("no display")
    assert capsys.readouterr().err == "graphkit: no display\n"


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("python -m joblib.externals.loky.backend.popen_loky_posix --pipe 3", True),
        ("python -B -W error -m loky.backend.popen_loky_posix --process-name a", True),
        ("python -m joblib.externals.loky", False),
        ("python -m pip install joblib.externals.loky.backend.popen_loky_posix", False),
        ("python -m", False),
        ("python joblib.externals.loky.backend.popen_loky_posix", False),
    ],
)
def test_a_worker_is_known_by_its_command(command, wanted):
    from graphkit.port._child import _is_worker

    assert _is_worker(command.split()) is wanted
