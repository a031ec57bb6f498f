"""TensorFlow is loaded for a program once, with Keras 2, and the collector left as it was."""

from __future__ import annotations

import gc
import random
import subprocess
import sys

import numpy as np
import pytest

from graphkit._tf import _without_collections
from graphkit.port._tensorflow import load_tensorflow, same_random_numbers


@pytest.mark.parametrize("collecting", [True, False])
def test_the_collector_is_left_as_it_was(monkeypatch, collecting):
    monkeypatch.delenv("TF_USE_LEGACY_KERAS", raising=False)
    (gc.enable if collecting else gc.disable)()
    try:
        tensorflow = load_tensorflow()
        assert gc.isenabled() is collecting
    finally:
        gc.enable()
        gc.unfreeze()
        monkeypatch.delenv("TF_USE_LEGACY_KERAS")
    assert tensorflow.Session is load_tensorflow().Session
    gc.unfreeze()


@pytest.mark.parametrize("collecting", [True, False])
def test_nothing_is_collected_while_tensorflow_is_imported(collecting):
    (gc.enable if collecting else gc.disable)()
    try:
        with pytest.raises(ImportError), _without_collections():
            assert not gc.isenabled()
            raise ImportError
        assert gc.isenabled() is collecting
    finally:
        gc.enable()


def test_random_numbers_are_those_of_the_seed():
    random.seed(1)
    np.random.seed(1)
    first = random.random(), np.random.rand()
    random.seed(1)
    np.random.seed(1)
    with pytest.raises(ImportError), same_random_numbers():
        assert (random.random(), np.random.rand()) == first
        raise ImportError
    assert (random.random(), np.random.rand()) == first


def test_numpy_is_not_imported_for_its_random_numbers(monkeypatch):
    monkeypatch.delitem(sys.modules, "numpy.random")
    with same_random_numbers():
        assert "numpy.random" not in sys.modules


def test_what_tensorflow_brings_along_draws_none_of_them():
    program = (
        "import random, sys\n"
        "import numpy as np\n"
        "class Draws:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        random.random(), np.random.rand()\n"
        "random.seed(5), np.random.seed(5)\n"
        "from graphkit.port._tensorflow import load_tensorflow\n"
        "sys.meta_path.insert(0, Draws())\n"
        "load_tensorflow()\n"
        "print(random.random(), np.random.rand())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    random.seed(5)
    np.random.seed(5)
    assert done.stdout == f"{random.random()} {np.random.rand()}\n", done.stderr
