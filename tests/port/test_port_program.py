"""A program runs as if Python itself had started it. Here without TensorFlow, in this process."""

from __future__ import annotations

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from graphkit.errors import ArgumentError, MissingFileError
from graphkit.port import RunOptions, _program, run_program
from graphkit.port._children import HOOK_FOLDER


def test_the_script_sees_itself(run, tmp_path):
    space = run(
        "import sys, os\nx = (__name__, sys.argv, sys.path[0], os.getcwd(), __file__)", "--a", "b"
    )
    assert space["x"] == (
        "__main__",
        ["train.py", "--a", "b"],
        str(tmp_path),
        str(tmp_path),
        "train.py",
    )
    assert "the folder of graphkit's command" not in sys.path


def test_an_unknown_engine_is_refused():
    with pytest.raises(ArgumentError, match=r"engine must be one of auto, queues, tf\.data, got"):
        RunOptions(engine="fast")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ArgumentError, match=r"mode must be one of auto, v1, v2, got 'v3'"):
        RunOptions(mode="v3")


@pytest.mark.parametrize(
    ("source", "code"),
    [("import sys; sys.exit(7)", 7), ("raise SystemExit", None), ("exit('bye')", "bye")],
)
def test_the_exit_code_is_the_programs(run, source, code):
    with pytest.raises(SystemExit) as caught:
        run(source)
    assert caught.value.code == code


def test_a_failure_is_told_and_has_code_1(run, capsys):
    with pytest.raises(SystemExit) as caught:
        run("def f():\n    raise ValueError('boo')\nf()\n")
    assert caught.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.strip(" ~^")] == [  # Python 3.13 underlines more calls
        "Traceback (most recent call last):",
        '  File "train.py", line 3, in <module>',
        "    f()",
        '  File "train.py", line 2, in f',
        "    raise ValueError('boo')",
        "ValueError: boo",
    ]


def test_a_program_that_fails_untold_hears_of_the_mode(run, capsys):
    untold = "def f():\n    import tensorflow as tf\n    return tf.__version__\n1 / 0\n"
    note = "nothing in the program tells which TensorFlow it was written for"
    for source, options, said in [
        (untold, RunOptions(), True),
        (untold, RunOptions("v1"), False),
        (untold.replace("__version__", "Session()"), RunOptions(), False),
        (untold.replace("__version__", "square(3)"), RunOptions(), False),
        ("1 / 0", RunOptions(), False),
        ("1 / / 0", RunOptions(), False),
    ]:
        with pytest.raises(SystemExit, match="1"):
            run(source, options=options)
        text = capsys.readouterr().err
        assert (note in text) is said
        assert ("--mode v2" in text) is said


def test_a_syntax_error_is_told(run, capsys):
    with pytest.raises(SystemExit, match="1"):
        run("x = = 1\n")
    text = capsys.readouterr().err
    assert 'File "train.py", line 1' in text
    assert "SyntaxError: invalid syntax" in text


def test_the_programs_own_hook_tells_its_failure(run, capsys):
    with pytest.raises(SystemExit, match="1"):
        run("import sys\nsys.excepthook = lambda kind, error, trace: print('hook', error)\n1 / 0\n")
    assert capsys.readouterr().out == "hook division by zero\n"


def test_an_interrupt_leaves_by_its_signal(run, monkeypatch, capsys):
    later, sent = [], []
    monkeypatch.setattr(atexit, "register", later.append)
    monkeypatch.setattr(_program, "_INTERRUPTED", threading.Event())
    monkeypatch.setattr(os, "kill", lambda _process, number: sent.append(number))
    run("x = 1")
    later[0]()
    assert sent == []
    with pytest.raises(SystemExit, match="1"):
        run("raise KeyboardInterrupt")
    assert capsys.readouterr().err.endswith("\nKeyboardInterrupt\n")
    before = signal.getsignal(signal.SIGINT)
    try:
        later[0]()
    finally:
        signal.signal(signal.SIGINT, before)
    assert sent == [signal.SIGINT]


def test_python_2_runs_and_one_line_says_so(run, capsys):
    run("print 'half', 1 / 2, [x for x in xrange(2)]\n")
    assert capsys.readouterr().out == "half 0 [0, 1]\n"
    assert len(run.lines) == 1
    assert "translated in memory" in run.lines[0]


def test_the_file_on_disk_is_not_changed(run, tmp_path):
    run("print 1\n")
    assert (tmp_path / "train.py").read_text() == "print 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]


def test_a_folder_runs_its_main(run, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text("import sys\nx = (sys.path[0], __file__)")
    run_program("app", [], RunOptions(), say=print)
    found = vars(sys.modules["__main__"])["x"]
    assert found == (str(tmp_path / "app"), str(Path("app") / "__main__.py"))


def test_a_module_runs_by_its_name(run, tmp_path):
    (tmp_path / "own_pkg").mkdir()
    (tmp_path / "own_pkg" / "__init__.py").write_text("")
    (tmp_path / "own_pkg" / "part.py").write_text("y = 5")
    (tmp_path / "own_pkg" / "__main__.py").write_text("from . import part\nx = part.y")
    run_program("own_pkg", [], RunOptions(), as_module=True, say=print)
    assert vars(sys.modules["__main__"])["x"] == 5
    (tmp_path / "own_pkg" / "train.py").write_text(
        "from .part import y as x\nimport sys\np=sys.argv"
    )
    run_program("own_pkg.train", ["a"], RunOptions(), as_module=True, say=print)
    space = vars(sys.modules["__main__"])
    assert (space["x"], space["p"]) == (5, [str(tmp_path / "own_pkg" / "train.py"), "a"])
    for name in [name for name in sys.modules if name.startswith("own_pkg")]:
        del sys.modules[name]


def test_a_module_at_the_top_has_no_package(run, tmp_path):
    (tmp_path / "top_module.py").write_text("x = __package__")
    run_program("top_module", [], RunOptions(), as_module=True, say=print)
    assert vars(sys.modules["__main__"])["x"] == ""


@pytest.mark.parametrize(
    ("target", "as_module", "message"),
    [
        ("gone.py", False, "gone.py: does not exist"),
        ("gone_module", True, "gone_module: is no module here or on PYTHONPATH"),
        ("no_main", True, "no_main: is a package without __main__.py"),
    ],
)
def test_what_cannot_be_found_is_refused(process, tmp_path, target, as_module, message):
    (tmp_path / "no_main").mkdir()
    (tmp_path / "no_main" / "__init__.py").write_text("")
    with pytest.raises(MissingFileError, match=message):
        run_program(target, [], RunOptions(), as_module=as_module, say=print)


def test_a_failing_thread_is_told(run, capsys):
    run("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()")
    assert "Exception in thread Thread-" in capsys.readouterr().err


def test_deprecation_notes_are_dropped_unless_asked_for(run):
    run("import warnings\nwarnings.warn('old', DeprecationWarning)")
    log = logging.getLogger("tensorflow")

    def comes_through(message):
        return bool(log.filter(logging.makeLogRecord({"msg": message})))

    assert not comes_through("From x: the_name is deprecated")
    assert not comes_through("Exception in QueueRunner: Session has been closed.")
    assert comes_through("a real warning")


def test_a_report_is_written_even_when_the_program_fails(run, tmp_path):
    with pytest.raises(SystemExit, match="1"):
        run(
            "def f():\n    import tensorflow as tf\n1 / 0",
            options=RunOptions(report=tmp_path / "r"),
        )
    assert json.loads((tmp_path / "r").read_text()) == []


def test_everything_is_logged_when_asked_for(run):
    run("x = 1", options=RunOptions(verbose=True))
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"


def test_numpy_is_not_loaded_for_a_program_that_stays_with_pythons_own(process, tmp_path):
    (tmp_path / "helper.py").write_text("import json, queue\n")
    (tmp_path / "plain.py").write_text(
        "import helper, sys\nprint(sorted({'numpy', 'tensorflow'} & set(sys.modules)))\n"
    )
    start = str(Path(HOOK_FOLDER) / "start.py")
    done = subprocess.run(
        [sys.executable, start, "run", "plain.py"],
        env={**os.environ, "PYTHONPATH": str(Path(HOOK_FOLDER).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
