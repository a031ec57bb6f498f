"""What the command line may name as the program, and what it says of what it may not."""

from __future__ import annotations

import io
import os
import sys
import threading
import types

import pytest

from graphkit.errors import CorruptFileError, MissingFileError
from graphkit.port import RunOptions, run_program
from graphkit.port._target import locate, read_parts


@pytest.fixture
def start(process, tmp_path):
    """Runs what a command line names, in a folder of files; gives the program's names."""
    lines = []

    def run_target(target, *arguments, files=None, **kwargs):
        for name, text in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        run_program(target, arguments, RunOptions(), say=lines.append, **kwargs)
        return vars(sys.modules["__main__"])

    before = set(sys.modules)
    run_target.lines = lines
    yield run_target
    for name in set(sys.modules) - before:
        if not name.startswith("graphkit"):
            del sys.modules[name]


SEES = "import sys\nx = sys.argv, sys.path[0], __file__, __name__, __package__\n"


@pytest.mark.parametrize(
    "target", ["my train.py", "a b/c d.py", "ünï.py", "no_suffix", "two.parts.py", "./dotted.py"]
)
def test_a_script_may_be_called_anything(start, tmp_path, target):
    space = start(target, "--a", "b c", files={target: SEES})
    folder = str((tmp_path / target).parent)
    assert space["x"] == ([target, "--a", "b c"], folder, target, "__main__", None)


def test_a_script_may_be_named_by_its_whole_path(start, tmp_path):
    target = str(tmp_path / "deep" / "train.py")
    space = start(target, files={"deep/train.py": SEES})
    assert space["x"][:3] == ([target], str(tmp_path / "deep"), target)


def test_an_empty_script_does_nothing(start, capsys):
    start("train.py", files={"train.py": ""})
    assert capsys.readouterr() == ("", "")
    assert start.lines == []


def test_a_linked_script_finds_what_lies_beside_the_real_one(start, tmp_path):
    (tmp_path / "link.py").symlink_to(tmp_path / "real" / "train.py")
    files = {
        "real/train.py": "import sys\nfrom beside import y\nx = sys.argv[0], y",
        "real/beside.py": "y = 3",
    }
    assert start("link.py", files=files)["x"] == ("link.py", 3)


def test_a_folder_is_run_by_its_main(start, tmp_path):
    space = start("app", "x", files={"app/__main__.py": SEES + "import part", "app/part.py": ""})
    assert space["x"] == (
        ["app", "x"],
        str(tmp_path / "app"),
        os.path.join("app", "__main__.py"),
        "__main__",
        None,
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such pipes here")
def test_a_script_may_come_through_a_pipe(start, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_text("x = 5"))
    writer.start()
    assert start("pipe")["x"] == 5
    writer.join()


@pytest.fixture
def typed(monkeypatch):
    """Puts a text into standard input."""

    def give(text):
        monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(buffer=io.BytesIO(text.encode())))

    return give


def test_a_script_may_be_typed(start, typed, capsys):
    typed("import sys\nx = sys.argv, __name__, '__file__' in globals()\nprint 7 / 2\n")
    assert start("-", "--rate", "3")["x"] == (["-", "--rate", "3"], "__main__", False)
    assert capsys.readouterr().out == "3\n"
    assert start.lines[0].startswith("<stdin>: Python 2")


def test_a_typed_script_finds_the_modules_beside_it(start, typed):
    typed("from beside import y as x")
    assert start("-", files={"beside.py": "y = 4"})["x"] == 4


def test_a_typed_scripts_failure_shows_its_line(start, typed, capsys):
    typed("x = 1\nx / 0\n")
    with pytest.raises(SystemExit, match="1"):
        start("-")
    assert 'File "<stdin>", line 2, in <module>\n    x / 0\n' in capsys.readouterr().err


PACKAGE = {
    "pkg/__init__.py": "NAME = 'pkg'\n",
    "pkg/part.py": "from . import NAME\nfrom .deep import leaf\nimport pkg.deep.leaf as again\n",
    "pkg/deep/__init__.py": "",
    "pkg/deep/leaf.py": "from .. import NAME as name\nfrom ..other import y\n",
    "pkg/other.py": "y = 6\n",
    "pkg/__main__.py": "from .part import leaf, again\nx = leaf.name, leaf.y, leaf is again",
    "pkg/deep/task.py": "from ..other import y\nfrom . import leaf\nx = y, leaf.y, __package__\n",
}


@pytest.mark.parametrize(
    ("module", "expected"),
    [("pkg", ("pkg", 6, True)), ("pkg.deep.task", (6, 6, "pkg.deep"))],
)
def test_a_module_imports_relatively(start, module, expected):
    assert start(module, files=PACKAGE, as_module=True)["x"] == expected


def test_a_module_in_a_package_without_init(start, tmp_path):
    files = {
        "space/train.py": "from . import util\nx = util.y, __package__",
        "space/util.py": "y = 1",
    }
    assert start("space.train", files=files, as_module=True)["x"] == (1, "space")


def test_a_module_sees_the_folder_it_was_started_in(start, tmp_path):
    files = {
        "pkg/__init__.py": "",
        "pkg/run.py": "import sys, beside\nx = sys.path[0], beside.y",
        "beside.py": "y = 2",
    }
    assert start("pkg.run", files=files, as_module=True)["x"] == (str(tmp_path), 2)


@pytest.mark.parametrize("name", ["tensorflow.py", "keras.py", "queue.py", "random.py", "numpy.py"])
def test_a_script_may_be_named_like_a_library(start, name, capsys):
    start(name, files={name: "import logging, tempfile\nprint(__name__)"})
    assert capsys.readouterr().out == "__main__\n"


@pytest.mark.parametrize(
    ("target", "as_module", "message"),
    [
        ("trian.py", False, r"^trian\.py: does not exist; did you mean 'train\.py'\?$"),
        ("code/evl.py", False, r"did you mean 'code/eval\.py'\?$"),
        ("lesson1.ipynb", False, r"did you mean 'lesson_1\.ipynb'\?$"),
        ("something_else.py", False, r"^something_else\.py: does not exist$"),
        ("cod/eval.py", False, r"^cod/eval\.py: does not exist; there is no folder 'cod'$"),
        ("code", False, r"^code: is a folder without __main__\.py$"),
        ("", False, r": is a folder without __main__\.py$"),
        ("train.gone", True, r"^train\.gone: is no module here or on PYTHONPATH$"),
        ("code", True, r"^code: is a package without __main__\.py$"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(process, tmp_path, target, as_module, message):
    (tmp_path / "code").mkdir()
    for name in ("train.py", "lesson_1.ipynb", "code/eval.py", "code/__init__.py", "trian.txt"):
        (tmp_path / name).write_text("")
    with pytest.raises(MissingFileError, match=message):
        locate(target, as_module)


def test_a_notebook_that_is_none_is_told_before_anything_runs(start):
    with pytest.raises(CorruptFileError, match=r"^lesson\.ipynb: is not a notebook"):
        start("lesson.ipynb", files={"lesson.ipynb": "print(1)"})


def test_a_notebook_without_code_does_nothing(start, capsys):
    start("lesson.ipynb", files={"lesson.ipynb": '{"cells": []}'})
    assert capsys.readouterr() == ("", "")


def test_the_parts_of_a_script_are_its_bytes(tmp_path):
    (tmp_path / "train.py").write_bytes(b"x = '\xff'\r\n")
    assert read_parts(tmp_path / "train.py") == [b"x = '\xff'\r\n"]
