"""Wrong use of every command: exit code 2 and one clear line on stderr, nothing on stdout."""

from __future__ import annotations

import click
import pytest

from graphkit import __version__
from graphkit.cli import _app, main
from graphkit.errors import CorruptFileError

COMMANDS = [
    ("bench",),
    ("board",),
    ("checkpoint",),
    ("checkpoint", "add-classes"),
    ("checkpoint", "convert"),
    ("checkpoint", "rename"),
    ("convert",),
    ("demo",),
    ("diff",),
    ("freeze",),
    ("infer",),
    ("inspect",),
    ("records",),
    ("records", "pack"),
    ("records", "show"),
    ("records", "cifar10"),
    ("records", "cifar10", "download"),
    ("records", "cifar10", "digits"),
    ("records", "cifar10", "decode"),
    ("run",),
    ("transform",),
    ("view",),
]


def test_the_list_of_commands_is_complete():
    def walk(command, path=()):
        if path:
            yield path
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, (*path, name))

    assert sorted(walk(_app.app)) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_the_command_does(graphkit, command):
    outcome = graphkit(*command, "--help")
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: graphkit {' '.join(command)}")
    assert outcome.err == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_short_help_is_not_cut_off(command):
    context = click.Context(_app.app)
    found = _app.app
    for word in command:
        found = found.get_command(context, word)
    assert "..." not in found.get_short_help_str(limit=100)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_option_is_named_in_one_line(graphkit, command):
    outcome = graphkit(*command, "--no-such-option")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith(f"graphkit {' '.join(command)}: ")
    assert "--no-such-option" in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("recods",), "graphkit: No such command 'recods'"),
        (("freeze",), "graphkit freeze: Missing argument 'SOURCE'."),
        (("freeze", "x"), "graphkit freeze: Missing option '-o' / '--output'."),
        (("infer",), "graphkit infer: Missing argument 'MODEL'."),
        (("inspect",), "graphkit inspect: Missing argument 'FILE'."),
        (("records", "pack"), "graphkit records pack: Missing argument 'SOURCE'."),
        (("records", "pack", "x"), "graphkit records pack: Missing option '-o' / '--output'."),
        (
            ("records", "pack", "x", "-o", "y", "--shards", "0"),
            "graphkit records pack: Invalid value for '--shards': 0 is not in the range x>=1.",
        ),
        (
            ("records", "pack", "x", "-o", "y", "--size", "32"),
            "'32' is not of the form HEIGHTxWIDTH, as in 32x32",
        ),
        (
            ("records", "pack", "x", "-o", "y", "--size", "0x3"),
            "'0x3' is not of the form HEIGHTxWIDTH, as in 32x32",
        ),
        (
            ("records", "pack", "x", "-o", "y", "--colour", "GRB"),
            "'GRB' is not one of 'RGB', 'BGR'",
        ),
        (("demo", "--steps", "0"), "graphkit demo: Invalid value for '--steps'"),
        (("demo", "--steps", "many"), "'many' is not a valid integer range"),
        (("board", "--port", "70000"), "70000 is not in the range 0<=x<=65535"),
        (
            ("freeze", "x", "-o", "y", "--pin", "a"),
            "'a' is not of the form NAME=VALUE",
        ),
        (
            ("freeze", "x", "-o", "y", "--pin", "a=maybe"),
            "the value in 'a=maybe' must be true, false, a number, a list or a quoted string",
        ),
        (("freeze", "x", "-o", "y", "--outputs", "a,,b"), "'a,,b' holds an empty name"),
        (("freeze", "x", "-o", "y", "--tolerance", "-1"), "-1.0 is not in the range x>=0"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(graphkit, arguments, said):
    outcome = graphkit(*arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1
    assert outcome.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("board", "absent"),
        ("demo", "--data", "absent"),
        ("freeze", "absent", "-o", "x.pb"),
        ("infer", "absent"),
        ("inspect", "absent"),
        ("records", "pack", "absent", "-o", "x.tfrecord"),
        ("records", "show", "absent"),
        ("records", "cifar10", "decode", "absent", "image"),
    ],
)
def test_an_absent_file_is_named_and_exit_2(graphkit, tmp_path, arguments):
    outcome = graphkit(*arguments)
    assert outcome.code == 2
    assert outcome.err.startswith("graphkit")
    assert "absent" in outcome.err
    assert "Traceback" not in outcome.err
    assert not [path.name for path in tmp_path.iterdir()], "something was left behind"


@pytest.mark.parametrize("command", [("inspect",), ("infer",), ("records", "show")])
def test_a_folder_instead_of_a_file_is_refused(graphkit, tmp_path, command):
    (tmp_path / "a folder").mkdir()
    outcome = graphkit(*command, "a folder")
    assert outcome.code == 2
    assert "a folder" in outcome.err
    assert "Traceback" not in outcome.err


def test_version(graphkit):
    assert graphkit("--version") == (0, f"graphkit {__version__}\n", "")


def test_no_arguments_show_the_help_and_exit_2(graphkit):
    outcome = graphkit()
    assert outcome.code == 2
    assert "Commands:" in outcome.out + outcome.err


@pytest.fixture
def failing(monkeypatch):
    """A command that ends with the error it is given."""

    def install(error):
        def body():
            raise error

        monkeypatch.setitem(_app.app.commands, "fail", click.Command("fail", callback=body))

    return install


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (CorruptFileError("f.pb", "cut short", offset=3), 1, "graphkit: f.pb, byte 3: cut short\n"),
        (OSError(28, "No space left on device", "out.pb"), 1, "out.pb: No space left on device"),
        (OSError("odd"), 1, "graphkit: odd\n"),
        (KeyboardInterrupt(), 130, "graphkit: interrupted\n"),
        (click.ClickException("plain"), 1, "graphkit: plain\n"),
    ],
)
def test_failures_become_one_line_and_a_code(graphkit, failing, error, code, said):
    failing(error)
    outcome = graphkit("fail")
    assert outcome.code == code
    assert said in outcome.err
    assert "Traceback" not in outcome.err


def test_a_reader_that_went_away_is_no_traceback(failing, tmp_path, monkeypatch):
    failing(BrokenPipeError())
    with (tmp_path / "pipe").open("w") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        with pytest.raises(SystemExit) as ended:
            main(["fail"])
    assert ended.value.code == 1


def test_verbose_lets_tensorflow_speak(graphkit, monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    import os

    graphkit("--verbose", "inspect", "absent")
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"
