"""What the tests of `graphkit.port` share."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from importlib.machinery import SourceFileLoader

import pytest

from graphkit.port import RunOptions, _world, run_program
from graphkit.port._children import ENVIRONMENT
from graphkit.port._keras import _layer_names as layer_names
from graphkit.port._keras import _model_arguments as models
from graphkit.port._keras._arguments import LAYERS
from graphkit.port._neighbours._put_back import Neighbours


def put_layer_names_back():
    """Lets layers and weights have today's names again."""
    for name in set(layer_names._MODULES) & set(sys.modules):
        module = sys.modules[name]
        module.backend = getattr(module.backend, "_backend", module.backend)
    if layer_names._NAMING[1] in sys.modules:
        untouched = importlib.import_module("tf_keras.src.engine.base_layer").to_snake_case
        for name in layer_names._NAMING:
            importlib.import_module(name).to_snake_case = untouched


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


@pytest.fixture
def windows_as_they_were(monkeypatch):
    """Puts back the libraries that open windows after a program has changed them."""
    welcome, saved = _world.welcome_window_library, {}

    def keep_and_welcome(name, pictures):
        top = name.partition(".")[0]
        if top in ("cv2", "matplotlib", "PIL") and top in sys.modules and top not in saved:
            saved[top] = dict(vars(sys.modules[top]))
        if name == "PIL.Image":
            kind = sys.modules[name].Image
            monkeypatch.setattr(kind, "show", kind.show)
        if top == "matplotlib":
            bases = importlib.import_module("matplotlib.backend_bases")
            for kind, method in (
                (bases.FigureManagerBase, "show"),
                (bases.FigureCanvasBase, "start_event_loop"),
            ):
                monkeypatch.setattr(kind, method, getattr(kind, method))
        welcome(name, pictures)

    monkeypatch.setattr(_world, "welcome_window_library", keep_and_welcome)
    yield
    for top, before in saved.items():
        module = vars(sys.modules[top])
        if "_without_display" not in before:
            module.pop("_without_display", None)
        module.update(before)
    if "matplotlib" in saved:
        importlib.import_module("matplotlib.pyplot").close("all")
        sys.modules["matplotlib"].use("agg")


@pytest.fixture
def process(monkeypatch, tmp_path, windows_as_they_were):
    """Runs belong to a process of their own; this puts back what they change here."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TF_CPP_MIN_LOG_LEVEL", ENVIRONMENT, "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    environment = dict(os.environ)
    loaded = dict(sys.modules)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", ["the folder of graphkit's command", *sys.path])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(importlib, "import_module", importlib.import_module)
    monkeypatch.setattr(SourceFileLoader, "exec_module", SourceFileLoader.exec_module)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log = logging.getLogger("tensorflow")
    monkeypatch.setattr(log, "filters", list(log.filters))
    made = []

    class Recorded(Neighbours):
        def __init__(self):
            super().__init__()
            made.append(self)

    monkeypatch.setattr("graphkit.port._world.Neighbours", Recorded)
    yield
    for neighbours in reversed(made):  # the last welcome found what the one before had put there
        neighbours.farewell()
    put_layer_names_back()
    for name in set(sys.modules) - set(loaded):
        if name.startswith(("graphkit.port.old.", "_own_")) or "/" in name:
            del sys.modules[name]
    sys.modules["__main__"] = loaded["__main__"]
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture
def run(process, tmp_path):
    lines = []

    def run_source(source, *arguments, name="train.py", options=None, **kwargs):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
        run_program(name, arguments, options or RunOptions(), say=lines.append, **kwargs)
        return vars(sys.modules["__main__"])

    run_source.lines = lines
    return run_source


@pytest.fixture
def welcome():
    """Welcomes modules; everything is taken back afterwards."""
    neighbours = Neighbours()

    def welcome_module(name):
        importlib.import_module(name)
        neighbours.welcome(name)

    yield welcome_module
    neighbours.farewell()
