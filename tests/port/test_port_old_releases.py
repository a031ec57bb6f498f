"""Old names compute what NumPy 1.16, SciPy 1.1 … did by them (tests/golden/neighbours.json)."""

from __future__ import annotations

import importlib
import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._stand_ins import IF_MISSING, STAND_INS, install_stand_ins
from graphkit.port._world import _keep_text_as_objects

pytestmark = pytest.mark.filterwarnings("ignore")  # what is old warns
GOLDEN = Path(__file__).parents[1] / "golden"
sys.path.insert(0, str(GOLDEN))
recorder = importlib.import_module("record_neighbours")
sys.path.remove(str(GOLDEN))
CASES = [
    (package, expression, recorded)
    for package, cases in json.loads((GOLDEN / "neighbours.json").read_text()).items()
    for expression, recorded in cases
]


@pytest.fixture
def old():
    """Finds a module as an old program does; everything is taken back afterwards."""
    loaded = set(sys.modules)
    neighbours = Neighbours()
    install_stand_ins("v1")

    def find(name):
        top = pytest.importorskip(name.partition(".")[0])
        neighbours.welcome("numpy")
        try:
            module = importlib.import_module(name)
        except ImportError:
            module = importlib.import_module(IF_MISSING[name])
        neighbours.welcome(top.__name__)
        if name == "pandas":
            _keep_text_as_objects(module)
        if name.startswith("matplotlib"):
            importlib.import_module("matplotlib.pyplot")
        return module

    yield find
    neighbours.farewell()
    if "pandas" in sys.modules:
        sys.modules["pandas"].reset_option("future.infer_string")
    for name in set(sys.modules) - loaded:
        if name.startswith(STAND_INS):
            del sys.modules[name]


def differs(found, wanted):
    """Compares two values as they are written down; numbers need not be equal to the last bit."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return set(found) != set(wanted) or any(differs(found[key], wanted[key]) for key in wanted)
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) != len(wanted) or any(map(differs, found, wanted))
    if isinstance(wanted, float) and isinstance(found, float):
        return not np.isclose(found, wanted, rtol=1e-6, atol=1e-9, equal_nan=True)
    return found != wanted


@pytest.mark.parametrize(("package", "expression", "recorded"), CASES)
def test_it_gives_what_it_gave(old, package, expression, recorded):
    names = {"m": old(package), "np": np, "text": io.StringIO, "DATA": recorder.DATA}
    if package == "pandas":
        names["frame"] = names["m"].DataFrame(recorder.FRAME, columns=["a", "b", "c"])
    if "error" in recorded:
        with pytest.raises(Exception) as caught:
            eval(expression, names)
        assert recorded["error"] in {kind.__name__ for kind in type(caught.value).__mro__}
        return
    found = recorder.plain(eval(expression, names))
    assert not differs(found, recorded["value"]), f"{found} is not {recorded['value']}"
