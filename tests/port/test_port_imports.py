"""The import system as the program's modules see it."""

from __future__ import annotations

import builtins
import importlib.util
import queue
import sys
import types
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler
from graphkit.port._modules import ImportWorld


@pytest.fixture
def before():
    """The names the program's imports asked for."""
    return []


@pytest.fixture
def after():
    """The modules the program's imports brought."""
    return []


@pytest.fixture
def world(monkeypatch, tmp_path, before, after):
    """A program in `tmp_path`; whatever it loads is forgotten afterwards."""
    loaded = set(sys.modules)
    (tmp_path / "new_name").mkdir()
    (tmp_path / "new_name" / "__init__.py").write_text("WHERE = 'new'\n")
    (tmp_path / "new_name" / "part.py").write_text("PART = 'new part'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    compiler = SourceCompiler(lambda _line: None)
    made = ImportWorld(
        compiler.compile,
        if_missing={"json.gone": "new_name", "json.decoder": "new_name"},
        python2={"Old2": "new_name", "json": "new_name"},
        names=RUNTIME,
        names_python2={"xrange": range},
        before_import=before.append,
        after_import=after.append,
    )
    made.replace(
        {"tensorflow": "new_name", "tensorflow.moved": "os.path", "oldpkg.sub": "new_name.part"}
    )
    made.install()
    yield made
    made.uninstall()
    for name in set(sys.modules) - loaded:
        del sys.modules[name]


@pytest.fixture
def run(world):
    def run_source(source, python2=False, **names):
        space = {"__name__": "__main__", **names}
        world.prepare(space, python2)
        exec(source, space)
        return space

    return run_source


def write(folder, **files):
    for name, text in files.items():
        path = Path(folder) / (
            name.replace("PKG_", "pkg/").replace("CLICK_", "click/").replace("init", "__init__")
            + ".py"
        )
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import tensorflow\nx = tensorflow.WHERE", "new"),
        ("import tensorflow as tf\nx = tf.WHERE", "new"),
        ("import tensorflow.part\nx = tensorflow.part.PART", "new part"),
        ("import tensorflow.part as p\nx = p.PART", "new part"),
        ("import tensorflow.moved as m\nx = m.sep", "/"),
        ("import tensorflow.moved\nx = tensorflow.moved.sep", "/"),
        ("from tensorflow import part\nx = part.PART", "new part"),
        ("from tensorflow.part import PART as x", "new part"),
        ("from tensorflow import *\nx = WHERE", "new"),
        ("import importlib\nx = importlib.import_module('tensorflow.part').PART", "new part"),
        ("x = __import__('tensorflow').WHERE", "new"),
        ("exec('import tensorflow')\nx = tensorflow.WHERE", "new"),
        ("def f():\n    import tensorflow\n    return tensorflow.WHERE\nx = f()", "new"),
        ("import json.gone\nx = json.gone.WHERE", "new"),
        ("from json import gone\nx = gone.WHERE", "new"),
        ("import json.decoder\nx = json.decoder.__name__", "json.decoder"),
        ("import os.path\nx = os.path.sep", "/"),
    ],
)
def test_the_program_gets_the_names_it_was_written_for(run, source, expected):
    try:
        assert run(source)["x"] == expected
    finally:
        vars(importlib.import_module("json")).pop("gone", None)


def test_rewritten_code_runs_without_its_module_too(run):
    code = SourceCompiler(lambda _line: None).compile(b"def f(x): return x / 4 + 1\n", "x.py").code
    space = {}
    exec(code, space)
    assert types.FunctionType(space["f"].__code__, {})(2) == 1.5


def test_what_rewritten_code_calls_is_built_in_only_while_a_program_runs(world):
    import builtins

    assert set(RUNTIME) <= set(vars(builtins))
    world.uninstall()
    assert not set(RUNTIME) & set(vars(builtins))
    world.install()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import new_name.part", ["new_name.part"]),
        ("from new_name import part, WHERE", ["new_name", "new_name.part"]),
        ("from tensorflow import part", ["new_name", "tensorflow", "new_name.part"]),
        ("from new_name.part import PART", ["new_name.part"]),
    ],
)
def test_each_module_an_import_brought_is_told(run, after, source, told):
    run(source)
    assert after == told


def test_everybody_else_keeps_the_installed_module(world):
    space = {}
    exec("import json\nimport importlib\nx = importlib.import_module('json.decoder')", space)
    assert space["x"].__name__ == "json.decoder"
    assert importlib.import_module(".decoder", "json").__name__ == "json.decoder"


def test_modules_of_python_2_are_there_for_python_2_only(run):
    assert run("import Old2\nx = Old2.WHERE", python2=True)["x"] == "new"
    assert run("import json\nx = json.WHERE", python2=True)["x"] == "new"
    assert run("import json.decoder\nx = json", python2=True)["x"].WHERE == "new"
    with pytest.raises(ModuleNotFoundError, match="No module named 'Old2'"):
        run("import Old2")


def test_a_missing_module_is_told_by_the_name_that_was_asked(run):
    with pytest.raises(ModuleNotFoundError, match=r"No module named 'tensorflow\.gone'") as caught:
        run("import tensorflow.gone.more")
    assert caught.value.name == "tensorflow.gone"
    with pytest.raises(ModuleNotFoundError, match="No module named 'nowhere_at_all'"):
        run("import nowhere_at_all")


def test_the_programs_own_modules_get_the_same(run, tmp_path):
    write(tmp_path, helper="import tensorflow as tf\nx = tf.WHERE")
    assert run("import helper")["helper"].x == "new"


def test_no_bytecode_is_written_beside_the_source(run, tmp_path):
    write(tmp_path, helper="x = 1")
    run("import helper")
    assert not (tmp_path / "__pycache__").exists()


def test_tracebacks_and_inspect_see_the_source(run, tmp_path):
    import inspect

    write(tmp_path, helper="def f():\n    return 1\n")
    helper = run("import helper")["helper"]
    assert inspect.getsource(helper.f) == "def f():\n    return 1\n"
    assert helper.__loader__.get_code("helper").co_filename == str(tmp_path / "helper.py")


def test_relative_imports_of_packages_work(run, tmp_path):
    write(tmp_path, PKG_init="", PKG_a="from . import b\nfrom .b import y", PKG_b="y = 5")
    assert run("from pkg import a")["a"].y == 5


def test_a_package_without_relative_dots_finds_its_neighbour(run, tmp_path):
    write(
        tmp_path,
        PKG_init="",
        PKG_a="import neighbour\nfrom neighbour import y\nx = neighbour.y",
        PKG_neighbour="y = 6",
    )
    assert run("from pkg import a")["a"].x == 6


def test_python_2_prefers_the_neighbour_to_the_top(run, tmp_path):
    write(tmp_path, PKG_init="", PKG_a="print 1\nimport string\nx = string.y")
    write(tmp_path, PKG_string="y = 7")
    assert run("from pkg import a")["a"].x == 7


def test_python_3_prefers_the_top(run, tmp_path):
    write(tmp_path, PKG_init="", PKG_a="import string\nx = string", PKG_string="y = 7")
    assert run("from pkg import a")["a"].x is importlib.import_module("string")


def test_a_sibling_named_like_a_standard_module_is_the_programs_alone(run, tmp_path):
    write(tmp_path, queue="MINE = 1", helper="import queue\nx = queue.MINE")
    space = run("import queue\nimport helper\nfrom queue import MINE")
    assert (space["queue"].MINE, space["helper"].x, space["MINE"]) == (1, 1, 1)
    assert sys.modules["queue"] is queue
    assert space["queue"] is run("import queue")["queue"]


def test_a_package_named_like_an_installed_one_is_the_programs_alone(run, tmp_path):
    write(tmp_path, CLICK_init="from . import deep", CLICK_deep="MINE = 2")
    assert run("import click.deep")["click"].deep.MINE == 2
    assert not hasattr(importlib.import_module("click"), "deep")


def test_a_library_that_imports_a_shadowed_name_later_gets_its_own(run, tmp_path, monkeypatch):
    write(tmp_path, this_is_unused="", colorsys="MINE = 3")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert run("import colorsys")["colorsys"].MINE == 3
    assert not hasattr(importlib.import_module("colorsys"), "MINE")


def test_what_python_loads_before_any_script_is_never_shadowed(run, tmp_path):
    write(tmp_path, sys="MINE = 4", io="MINE = 4")
    assert run("import sys, io")["sys"] is sys


def test_a_module_of_the_program_comes_before_one_that_moved(run, tmp_path):
    write(tmp_path, Old2="WHERE = 'mine'")
    assert run("import Old2", python2=True)["Old2"].WHERE == "mine"


def test_a_shadow_that_is_gone_is_not_found(world):
    with pytest.raises(ModuleNotFoundError, match="_own_nothing"):
        importlib.import_module("_own_nothing")


def test_libraries_can_load_the_programs_modules(world, tmp_path):
    write(tmp_path, mine="import tensorflow\nx = tensorflow.WHERE")
    assert importlib.import_module("mine").x == "new"


def test_the_program_is_told_of_before_each_import(run, before):
    run("import tensorflow.part")
    assert before == ["new_name.part"]


def test_a_replaced_name_without_a_parent_is_left_unbound(run):
    assert run("from oldpkg.sub import PART")["PART"] == "new part"


def test_a_name_with_a_broken_parent_counts_as_missing(world, run):
    world._if_missing = {"nowhere.at_all": "new_name"}
    world._moved["nowhere.at_all"] = "new_name"
    assert run("from nowhere.at_all import WHERE")["WHERE"] == "new"


def test_a_module_made_by_hand_is_installed(run, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "made_by_hand", types.ModuleType("made_by_hand"))
    write(tmp_path, made_by_hand="MINE = 8")
    assert run("import made_by_hand")["made_by_hand"].MINE == 8


BY_PATH = """
import importlib.util
from importlib.machinery import SourceFileLoader
spec = importlib.util.spec_from_file_location("of_a_spec", path)
of_a_spec = importlib.util.module_from_spec(spec)
spec.loader.exec_module(of_a_spec)
of_a_loader = SourceFileLoader("of_a_loader", path).load_module()
"""


@pytest.mark.filterwarnings("ignore:.*load_module:DeprecationWarning")
def test_a_file_loaded_by_its_path_gets_the_same(run, tmp_path):
    (tmp_path / "models").mkdir()
    write(
        tmp_path / "models", net="import tensorflow as tf\nWHERE = tf.WHERE, __name__, __file__\n"
    )
    path = str(tmp_path / "models" / "net.py")
    found = run(BY_PATH, path=path)
    assert found["of_a_spec"].WHERE == ("new", "of_a_spec", path)
    assert found["of_a_loader"].WHERE == ("new", "of_a_loader", path)
    assert not (tmp_path / "models" / "__pycache__").exists()


@pytest.mark.filterwarnings("ignore:.*load_module:DeprecationWarning")
def test_a_file_of_a_library_loaded_by_its_path_gets_its_own(run, tmp_path, monkeypatch):
    (tmp_path / "site-packages").mkdir()
    write(tmp_path / "site-packages", net="import json\n")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    found = run(BY_PATH, path=str(tmp_path / "site-packages" / "net.py"))
    assert found["of_a_spec"].json is sys.modules["json"]
    assert found["of_a_spec"].__dict__["__builtins__"] is builtins.__dict__


def test_a_file_that_a_library_loads_by_its_path_stays_as_it_is(world, tmp_path):
    write(tmp_path, written="import json\n")
    spec = importlib.util.spec_from_file_location("written", tmp_path / "written.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert vars(module)["__builtins__"] is vars(builtins)


def test_python_loads_by_path_as_before_once_the_program_ended(world):
    world.uninstall()
    assert "exec_module" not in vars(SourceFileLoader)
    world.install()
