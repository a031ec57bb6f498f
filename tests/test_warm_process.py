"""Programs forked from a process that has loaded TensorFlow end as programs that were started."""

from __future__ import annotations

import os

import pytest


@pytest.fixture
def run(warm, tmp_path):
    def run_source(source, *arguments):
        (tmp_path / "program.py").write_text(source)
        return warm.run(tmp_path / "program.py", *arguments, folder=tmp_path)

    return run_source


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
