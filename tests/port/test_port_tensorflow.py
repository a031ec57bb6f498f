"""TensorFlow is loaded for a program once, with Keras 2, and the collector left as it was."""

from __future__ import annotations

import gc

import pytest

from graphkit._tf import _without_collections
from graphkit.port._tensorflow import load_tensorflow


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
