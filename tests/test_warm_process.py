"""Programs forked from a process that has loaded TensorFlow end as programs that were started."""

from __future__ import annotations

import os
import signal

import pytest


@pytest.fixture
def run(warm, tmp_path):
    def run_source(source, *arguments, **variables):
        (tmp_path / "program.py").write_text(source)
        return warm.run(tmp_path / "program.py", *arguments, folder=tmp_path, **variables)

    return run_source


@pytest.fixture
def start(warm, tmp_path):
    def start_source(source):
        (tmp_path / "program.py").write_text(source)
        return warm.start(tmp_path / "program.py", folder=tmp_path)

    return start_source


def test_tensorflow_is_there(run):
    assert run("import sys; print('tensorflow' in sys.modules)").stdout == "True\n"


def test_it_has_its_words_folder_and_path(run, tmp_path):
    (tmp_path / "beside.py").write_text("value = 7")
    done = run("import os, sys, beside; print(sys.argv[1:], os.getcwd(), beside.value)", "a b", 1)
    assert done.stdout == f"['a b', '1'] {os.path.realpath(tmp_path)} 7\n"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", 0),
        ("import sys; sys.exit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("1 / 0", 1),
    ],
)
def test_its_exit_code_is_told(run, source, code):
    assert run(source).returncode == code


def test_it_has_variables_and_a_path_of_its_own(run, tmp_path):
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "further.py").write_text("value = 8")
    source = "import os, further; print(os.environ['OWN'], further.value)"
    assert run(source, OWN="1", PYTHONPATH=str(tmp_path / "more")).stdout == "1 8\n"
    assert run("import os; print('OWN' in os.environ)").stdout == "False\n"


def test_it_hears_signals_while_it_runs(start):
    with start("import time; print('ready', flush=True); time.sleep(600)") as process:
        assert process.wait_for_line() == "ready"
        process.send_signal(signal.SIGINT)
        done = process.finished()
    assert (done.returncode, done.stdout) == (-signal.SIGINT, "ready\n")
    assert done.stderr.endswith("KeyboardInterrupt\n")


def test_what_is_not_waited_for_is_killed(start, run):
    with start("import time; time.sleep(600)") as process:
        pass
    assert process.code == -signal.SIGKILL
    assert run("print(1)").stdout == "1\n"


def test_what_it_writes_is_kept_apart(run):
    done = run("import sys; print('out'); print('err', file=sys.stderr)")
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


def test_what_it_left_for_the_end_is_done(run):
    assert run("import atexit; atexit.register(print, 'the end')").stdout == "the end\n"


def test_it_has_nothing_to_read(run):
    assert run("import sys; print(repr(sys.stdin.read()))").stdout == "''\n"


def test_one_leaves_nothing_to_the_next(run):
    run("import os, sys; os.environ['LEFT'] = '1'; sys.modules['left'] = sys")
    assert run("import os, sys; print('LEFT' in os.environ, 'left' in sys.modules)").stdout == (
        "False False\n"
    )
