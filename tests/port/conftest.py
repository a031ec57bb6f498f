"""What the tests of `graphkit.port` share."""

from __future__ import annotations

import importlib

import pytest

from graphkit.port._keras import _model_arguments as models
from graphkit.port._keras._arguments import LAYERS


@pytest.fixture
def keras_as_it_was(monkeypatch):
    """Puts tf_keras back after a test that lets it take the arguments of Keras 1."""
    engine = "tf_keras.src.engine"
    for part in ("training", "training_v1"):
        kind = importlib.import_module(f"{engine}.{part}").Model
        for name in (*models._METHODS, "load_weights", "__new__"):
            if name in vars(kind):
                monkeypatch.setattr(kind, name, vars(kind)[name])
    functional = importlib.import_module(f"{engine}.functional").Functional
    monkeypatch.setattr(functional, "__init__", functional.__init__)
    for path in models._LAYERS:
        layers = importlib.import_module(path)
        for name in LAYERS:
            kind = getattr(layers, name)
            monkeypatch.setattr(kind, "__init__", kind.__init__)
