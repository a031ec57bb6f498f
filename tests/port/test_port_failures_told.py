"""Whole programs that fail: what stderr gets to see, from the first line to the remedy."""

from __future__ import annotations

import re
import sys

import pytest

from graphkit.port import RunOptions


@pytest.fixture
def told(run, capsys):
    """Runs a program that fails; gives what stderr said, without the marks below a line."""

    def fail(source, *, options=None, **files):
        for name, text in files.items():
            run.folder.joinpath(f"{name}.py").write_text(text)
        with pytest.raises(SystemExit, match="1"):
            run(source, options=options)
        lines = capsys.readouterr().err.splitlines()
        return [line for line in lines if line.strip(" ~^")]

    return fail


@pytest.fixture
def run(run, tmp_path):
    run.folder = tmp_path
    before = set(sys.modules)
    yield run
    for name in set(sys.modules) - before:
        if not name.startswith(("graphkit", "numpy")):
            del sys.modules[name]


HEAD = "Traceback (most recent call last):"


def test_the_programs_modules_are_its_own_lines(told, tmp_path):
    lines = told(
        "import helper\nhelper.f()", helper="def f():\n    g()\ndef g():\n    raise KeyError('x')"
    )
    assert lines == [
        HEAD,
        '  File "train.py", line 2, in <module>',
        "    helper.f()",
        f'  File "{tmp_path / "helper.py"}", line 2, in f',
        "    g()",
        f'  File "{tmp_path / "helper.py"}", line 4, in g',
        "    raise KeyError('x')",
        "KeyError: 'x'",
    ]


def test_a_module_that_fails_while_it_is_imported(told, tmp_path):
    lines = told("import helper", helper="x = 1\ny = x / 0")
    assert lines[:3] == [HEAD, '  File "train.py", line 1, in <module>', "    import helper"]
    assert f'  File "{tmp_path / "helper.py"}", line 2, in <module>' in lines
    assert lines[-1] == "ZeroDivisionError: division by zero"


def test_a_module_that_is_no_python(told, tmp_path):
    lines = told("import helper", helper="def f(:\n    pass")
    assert f'  File "{tmp_path / "helper.py"}", line 1' in lines
    assert lines[-1].startswith("SyntaxError: ")


def test_frames_of_libraries_are_counted(told):
    lines = told("import json\njson.loads('{')")
    assert lines[:3] == [HEAD, '  File "train.py", line 2, in <module>', "    json.loads('{')"]
    assert re.fullmatch(r"  \(\d frames of installed packages left out; .*\)", lines[3])
    assert lines[4].startswith("json.decoder.JSONDecodeError: Expecting property name")


def test_frames_of_libraries_are_shown_when_asked_for(told):
    lines = told("import json\njson.loads('{')", options=RunOptions(traceback=True))
    assert any("decoder.py" in line for line in lines)
    assert not any("left out" in line for line in lines)


def test_the_cause_is_told_with_its_line(told):
    source = "try:\n    {}['a']\nexcept KeyError as error:\n    raise ValueError('b') from error"
    lines = told(source)
    assert lines[-2:] == ["ValueError: b", "  because of KeyError: 'a', at train.py:2"]


@pytest.mark.parametrize(
    ("source", "cause", "remedy"),
    [
        ("import no_such_package", "a package the program needs is not installed", "pip"),
        ("open('data/train.csv')", "a file the program reads is not there", "README"),
        ("raise MemoryError", "memory ran out", "smaller batch"),
        (
            "import pickle\npickle.loads(b'S\"a\\n.')",
            "the pickle was written by Python 2",
            'encoding="latin1"',
        ),
        (
            "raise RuntimeError('Coordinator stopped with threads still running: a')",
            "reading threads did not end in time",
            "cancel_pending_enqueues=True",
        ),
        ("raise ConnectionRefusedError('no')", "the program downloads something", "another way"),
    ],
)
def test_known_classes_end_with_cause_and_remedy(told, source, cause, remedy):
    lines = told(source)
    said = next(place for place, line in enumerate(lines) if line.startswith("graphkit: "))
    assert lines[said].startswith(f"graphkit: {cause}")
    assert lines[said + 1].startswith("          what helps: ")
    assert remedy in " ".join(lines[said + 1 :])


@pytest.mark.parametrize("source", ["raise ValueError('mine')", "assert 1 > 2, 'no'", "undefined"])
def test_other_failures_end_with_themselves(told, source):
    assert not any(line.startswith("graphkit: ") for line in told(source))


def test_a_class_of_the_programs_own_is_named_shortly(told):
    assert told("class Stop(Exception): pass\nraise Stop('now')")[-1] == "Stop: now"
    lines = told("import helper\nraise helper.Stop", helper="class Stop(Exception): pass")
    assert lines[-1] == "helper.Stop"


def test_a_failure_in_python_2_shows_the_line_as_it_was_written(told):
    lines = told("print 'a'\n\ndef f((a, b)):\n    raise ValueError, 'bad %d' % a\nf((1, 2))\n")
    assert lines[-5:] == [
        '  File "train.py", line 5, in <module>',
        "    f((1, 2))",
        '  File "train.py", line 4, in f',
        "    raise ValueError, 'bad %d' % a",
        "ValueError: bad 1",
    ]


def test_what_was_printed_comes_before_the_failure(run, capfd):
    with pytest.raises(SystemExit, match="1"):
        run("print 'working',\nraise ValueError('x')")
    out, err = capfd.readouterr()
    assert out == "working\n"
    assert err.endswith("ValueError: x\n")


def test_a_failing_thread_leaves_the_program_running(run, capsys):
    source = (
        "import threading\n"
        "def work(): raise ValueError('in the thread')\n"
        "t = threading.Thread(target=work, name='loader')\n"
        "t.start(); t.join()\n"
        "print('goes on')\n"
    )
    run(source)
    out, err = capsys.readouterr()
    assert out == "goes on\n"
    lines = err.splitlines()
    assert lines[:2] == ["Exception in thread loader:", HEAD]
    assert '  File "train.py", line 2, in work' in lines
    assert lines[-1] == "ValueError: in the thread"


def test_a_thread_that_exits_says_nothing(run, capsys):
    run("import sys, threading\nt = threading.Thread(target=sys.exit)\nt.start(); t.join()")
    assert capsys.readouterr() == ("", "")


def test_a_recursion_without_end_is_told(told):
    lines = told("def f(n):\n    return f(n + 1)\nf(0)")
    assert lines[-1].startswith("RecursionError: maximum recursion depth exceeded")
    assert len(lines) < 30
