"""`graphkit run` hands its options on, leaves the program's own alone, and refuses the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphkit.port import RunOptions


@pytest.fixture
def started(monkeypatch):
    """What `graphkit run` started, instead of starting it."""
    calls = []

    def keep(target, arguments, options, *, as_module, say):
        calls.append((target, tuple(arguments), options, as_module))
        say("one line")

    monkeypatch.setattr("graphkit.port.run_program", keep)
    return calls


@pytest.mark.parametrize(
    ("arguments", "target", "own", "options"),
    [
        (["train.py"], "train.py", (), {}),
        (["train.py", "--mode", "v2"], "train.py", ("--mode", "v2"), {}),
        (["train.py", "--help"], "train.py", ("--help",), {}),
        (["train.py", "--", "-x"], "train.py", ("--", "-x"), {}),
        (["--", "train.py", "-x"], "train.py", ("-x",), {}),
        (["train.py", ""], "train.py", ("",), {}),
        (["--mode", "v1", "train.py"], "train.py", (), {"mode": "v1"}),
        (["--mode=v2", "train.py", "a"], "train.py", ("a",), {"mode": "v2"}),
        (["--traceback", "--verbose", "x.py"], "x.py", (), {"traceback": True, "verbose": True}),
        (["--allow-pickle", "x.py"], "x.py", (), {"allow_pickle": True}),
        (["--bundled-digits", "x.py"], "x.py", (), {"bundled_digits": True}),
        (["--engine", "tf.data", "x.py"], "x.py", (), {"engine": "tf.data"}),
        (["--patient", "x.py"], "x.py", (), {"patient": True}),
        (["--inter-op-threads", "-1", "x.py"], "x.py", (), {"inter_op_threads": -1}),
        (
            ["--old-library", "one", "--old-library=two", "x.py"],
            "x.py",
            (),
            {"old_libraries": ("one", "two")},
        ),
        (["lesson.ipynb"], "lesson.ipynb", (), {}),
    ],
)
def test_options_before_the_program_are_graphkits(
    graphkit, started, arguments, target, own, options
):
    done = graphkit("run", *arguments)
    assert (done.code, done.out, done.err) == (0, "", "graphkit: one line\n")
    assert started == [(target, own, RunOptions(**options), False)]


@pytest.mark.parametrize("arguments", [["-m", "trainer.task", "-m", "x"], ["--verbose", "-m", "a"]])
def test_a_module_is_named_after_m(graphkit, started, arguments):
    assert graphkit("run", *arguments).code == 0
    target, own, _options, as_module = started[0]
    assert as_module
    assert target == arguments[arguments.index("-m") + 1]
    assert own == tuple(arguments[arguments.index("-m") + 2 :])


def test_a_report_is_named_from_the_folder_the_command_was_started_in(graphkit, started):
    assert graphkit("run", "--report", "names.json", "x.py").code == 0
    assert started[0][2].report == Path.cwd() / "names.json"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "graphkit run: name a script, a notebook, or -m and a module"),
        (["-m"], "graphkit run: name a script, a notebook, or -m and a module"),
        (["--mode", "v3", "x.py"], "'v3' is not one of 'auto', 'v1', 'v2'"),
        (["--engine", "fast", "x.py"], "'fast' is not one of 'auto', 'queues', 'tf.data'"),
        (["--no-such", "x.py"], "No such option"),
        (["--mode"], "Option '--mode' requires an argument"),
        (["--report", ".", "x.py"], "is a directory"),
    ],
)
def test_wrong_use_is_one_line_and_starts_nothing(graphkit, started, arguments, message):
    done = graphkit("run", *arguments)
    assert (done.code, done.out, started) == (2, "", [])
    assert message in done.err
    assert len(done.err.splitlines()) == 1


def test_the_help_names_every_option(graphkit, started):
    done = graphkit("run", "--help")
    assert (done.code, started) == (0, [])
    for option in (
        "-m",
        "--mode",
        "--traceback",
        "--allow-pickle",
        "--bundled-digits",
        "--old-library",
        "--report",
        "--engine",
        "--verbose",
    ):
        assert f"{option} " in done.out


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (SystemExit(7), 7, ""),
        (SystemExit(None), 0, ""),
        (KeyboardInterrupt(), 130, "graphkit: interrupted\n"),
        (FileNotFoundError(2, "No such file or directory", "a.py"), 1, "graphkit: a.py: No such"),
    ],
)
def test_the_program_decides_the_exit_code(graphkit, monkeypatch, raised, code, message):
    def leave(*_arguments, **_options):
        raise raised

    monkeypatch.setattr("graphkit.port.run_program", leave)
    done = graphkit("run", "x.py")
    assert (done.code or 0) == code
    assert message in done.err
