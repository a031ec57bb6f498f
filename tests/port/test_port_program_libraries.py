"""Installed libraries that were written for TensorFlow 1, beside a program."""

from __future__ import annotations

import json
import os
import sys

import pytest

from graphkit.errors import ArgumentError
from graphkit.port import RunOptions
from graphkit.port._children import ENVIRONMENT
from graphkit.port._ownership import is_own


def test_an_old_library_finds_lost_names_before_the_program_imports_numpy(
    run, tmp_path, monkeypatch
):
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "oldlibrary.py").write_text(
        "import collections, inspect, time\n"
        "import numpy as np\n"
        "NUMBER = np.float\n"
        "SPEC = inspect.getargspec(lambda a, *rest: 0)\n"
        "FOUND = issubclass(dict, collections.Mapping), time.clock() >= 0\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(library)])
    space = run("import oldlibrary as old\nx = old.NUMBER, old.SPEC.varargs, old.FOUND")
    del sys.modules["oldlibrary"]
    assert space["x"] == (float, "rest", (True, True))


@pytest.fixture
def old_library(tmp_path, monkeypatch):
    """An installed library in Python 2, and nothing adopted afterwards."""
    library = tmp_path / "site-packages" / "oldlibrary"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("import steps\nTOTAL = steps.TOTAL / 4\n")
    (library / "steps.py").write_text("TOTAL = sum(xrange(4))\nprint TOTAL\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(library.parent)])
    monkeypatch.setattr("graphkit.port._ownership._adopted", [])
    yield RunOptions(old_libraries=("oldlibrary",))
    is_own.cache_clear()
    for name in [name for name in sys.modules if name.startswith("oldlibrary")]:
        del sys.modules[name]


def test_an_old_library_is_treated_as_the_program_is(run, old_library, capsys):
    space = run("import oldlibrary\nfrom oldlibrary.steps import TOTAL", options=old_library)
    assert (space["oldlibrary"].TOTAL, space["TOTAL"], capsys.readouterr().out) == (1.5, 6, "6\n")
    assert "oldlibrary.steps" in sys.modules


def test_an_old_library_is_left_alone_unless_named(run, old_library, capsys):
    with pytest.raises(SystemExit, match="1"):
        run("import oldlibrary")
    assert "No module named 'steps'" in capsys.readouterr().err


def test_children_know_the_old_libraries(run, old_library):
    run("x = 1", options=old_library)
    note = json.loads(os.environ[ENVIRONMENT])
    assert note["options"][-2:] == ["--old-library", "oldlibrary"]


@pytest.mark.parametrize("name", ["nowhere_at_all", "math"])
def test_an_old_library_that_is_not_installed_is_refused(run, name):
    with pytest.raises(ArgumentError, match=f"import name of an installed library, got '{name}'"):
        run("x = 1", options=RunOptions(old_libraries=(name,)))
