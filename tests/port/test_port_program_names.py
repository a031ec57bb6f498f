"""Modules of the program named like Python's own, or like libraries, break nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

NAMES = ("queue", "numbers", "random", "types", "copy", "string", "select", "signal", "token")
# Python itself has loaded some before any program; others are built into some interpreters.
LOADED = {"signal", "types", *sys.builtin_module_names}
OWN = [name for name in NAMES if name not in LOADED]


@pytest.fixture
def folder(tmp_path):
    """A program whose modules are named like Python's own; each says whose it is."""
    for name in NAMES:
        (tmp_path / f"{name}.py").write_text(f"MINE = {name!r}\n")
    imports = ", ".join(OWN)
    (tmp_path / "train.py").write_text(
        f"import {imports}\n"
        f"print([module.MINE for module in ({imports})])\n"
        "import logging, multiprocessing, tempfile, concurrent.futures\n"
        "with concurrent.futures.ThreadPoolExecutor() as pool:\n"
        "    print(pool.submit(len, 'abc').result(), len(tempfile.mktemp()) > 0)\n"
    )
    return tmp_path


@pytest.mark.parametrize("command", [["-m", "graphkit"], ["-P", "-m", "graphkit"]])
def test_the_command_starts_in_such_a_folder(folder, command):
    if "-P" in command and sys.version_info < (3, 11):
        pytest.skip("Python 3.11 brought the option")
    done = subprocess.run(
        [sys.executable, *command, "run", "train.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == (f"{OWN}\n3 True\n", "")


def test_other_commands_start_in_such_a_folder(folder):
    done = subprocess.run(
        [sys.executable, "-m", "graphkit", "--version"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout.split()[0], done.stderr) == ("graphkit", "")


@pytest.mark.parametrize("name", OWN)
def test_a_module_of_the_program_is_the_programs_alone(run, tmp_path, name):
    real = sys.modules.get(name)
    (tmp_path / f"{name}.py").write_text(f"MINE = {name!r}\n")
    space = run(f"import {name} as own\nfrom {name} import MINE as also\nx = own.MINE, also")
    assert space["x"] == (name, name)
    assert sys.modules.get(name) is real


def test_a_package_named_like_a_library_keeps_its_parts(run, tmp_path):
    package = tmp_path / "json"
    package.mkdir()
    (package / "__init__.py").write_text("from json.decoder import MINE\nfrom . import decoder\n")
    (package / "decoder.py").write_text("MINE = 'decoder'\n")
    space = run("import json\nimport json.decoder as d\nx = json.MINE, d.MINE, json.decoder is d")
    assert space["x"] == ("decoder", "decoder", True)
    import json

    assert json.loads("[1]") == [1]


def test_libraries_keep_python_s_own(run, tmp_path):
    (tmp_path / "colorsys.py").write_text("MINE = 1\n")
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "uses_colours.py").write_text("import colorsys\nFOUND = hasattr(colorsys, 'MINE')\n")
    sys.path.append(str(library))
    try:
        space = run("import uses_colours, colorsys\nx = uses_colours.FOUND, colorsys.MINE")
    finally:
        sys.path.remove(str(library))
        sys.modules.pop("uses_colours", None)
    assert space["x"] == (False, 1)
