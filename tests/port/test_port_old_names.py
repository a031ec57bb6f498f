"""Every public name that old releases had is there (tests/golden/neighbour_names.json)."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import pytest

from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._stand_ins import STAND_INS, install_stand_ins

pytestmark = pytest.mark.filterwarnings("ignore")  # what is old warns
RECORDED = json.loads((Path(__file__).parents[1] / "golden" / "neighbour_names.json").read_text())
# But for values that JSON cannot hold, and what chooses how figures are drawn.
SETTINGS = {
    name: value
    for name, value in RECORDED["settings"].items()
    if value is not None and not name.startswith("backend")
}

# No part of what a package is for: parts of Python, and of its own making.
_IMPORTED = {"absolute_import", "division", "print_function", "callable", "string_types", "xrange"}
# Names that stay gone, with what they were.
GONE = {
    "numpy": {
        # how NumPy was built and buffered
        *("SHIFT_DIVIDEBYZERO", "SHIFT_INVALID", "SHIFT_OVERFLOW", "SHIFT_UNDERFLOW"),
        *("UFUNC_BUFSIZE_DEFAULT", "UFUNC_PYVALS_NAME", "tracemalloc_domain", "int_asbuffer"),
        *("add_newdoc_ufunc", "geterrobj", "seterrobj", "set_numeric_ops", "Tester"),
        # packages and tables of before NumPy 1.0
        *("numarray", "oldnumeric", "sctypeNA", "typeNA"),
        # a prompt's help
        *("lookfor", "who", "format_parser"),
    },
    "numpy.random": {"Lock"},
    "scipy.integrate": {"quad_explain"},
    "scipy.stats": {"find_repeats", "frechet_l", "frechet_r"},
}


@pytest.fixture
def old():
    """Finds a module as an old program does; everything is taken back afterwards."""
    loaded = set(sys.modules)
    neighbours = Neighbours()
    install_stand_ins("v1")

    def find(name):
        pytest.importorskip(name.partition(".")[0])
        module = importlib.import_module(name)
        neighbours.welcome("numpy")
        neighbours.welcome(name)
        return module

    yield find
    neighbours.farewell()
    for name in set(sys.modules) - loaded:
        if name.startswith(STAND_INS):
            del sys.modules[name]


def lacks(module, name):
    try:
        return getattr(module, name, None) is None and name != "newaxis"
    except Exception:  # a name that is refused in another way than as an attribute
        return True


@pytest.mark.parametrize("package", RECORDED["names"])
def test_every_name_is_found(old, package):
    module = old(package)
    lost = {name for name in RECORDED["names"][package] if lacks(module, name)}
    assert lost - _IMPORTED - GONE.get(package, set()) == set()


@pytest.mark.parametrize("package", GONE)
def test_what_stays_gone_was_there(package):
    assert GONE[package] <= set(RECORDED["names"][package])


@pytest.fixture
def matplotlib(old):
    """Matplotlib as an old program finds it; its settings are put back."""
    module = old("matplotlib")
    settings = dict(module.rcParams)
    yield module
    dict.update(module.rcParams, settings)


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_taken_or_left_out(matplotlib, name):
    there = name in matplotlib.rcParams
    matplotlib.rcParams[name] = SETTINGS[name]
    assert (name in matplotlib.rcParams) is there


@pytest.mark.parametrize("name", ["text.latex.preamble", "pgf.preamble"])
def test_lines_before_a_document_may_be_a_list(matplotlib, name):
    matplotlib.rcParams[name] = [r"\usepackage{amsmath}", r"\usepackage{bm}"]
    assert matplotlib.rcParams[name] == "\\usepackage{amsmath}\n\\usepackage{bm}"


def test_colours_in_turn_had_another_name(matplotlib):
    matplotlib.rcParams["axes.color_cycle"] = ["r", "g"]
    assert [part["color"] for part in matplotlib.rcParams["axes.prop_cycle"]] == ["r", "g"]
