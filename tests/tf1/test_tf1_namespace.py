"""Names are found when they are touched, in the module they were in, or refused with advice."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import graphkit.tf1 as tf
from graphkit.errors import GraphkitError, RefusedImportError, RefusedNameError
from graphkit.tf1._entries import Refusal
from graphkit.tf1._namespace import load
from graphkit.tf1._tables import AREAS

REFUSED = sorted(
    (path, name)
    for path, area in AREAS.items()
    for name, entry in area.names.items()
    if isinstance(entry, Refusal)
)
OFFERED = sorted(
    (path, name, entry)
    for path, area in AREAS.items()
    for name, entry in area.names.items()
    if isinstance(entry, str)
)


@pytest.mark.parametrize(("path", "name", "provider"), OFFERED)
def test_every_provider_in_the_tables_exists(path, name, provider):
    load(provider)


@pytest.mark.parametrize("path", sorted(AREAS))
def test_every_area_can_be_imported_and_listed(path):
    module = importlib.import_module(f"graphkit.tf1.{path}") if path else tf
    names = dir(module)
    assert names == sorted(names)
    assert not path or path.rpartition(".")[0] in AREAS


@pytest.mark.parametrize(("path", "name"), REFUSED)
def test_touching_a_refused_name_says_what_it_was_and_what_to_use(path, name):
    module = importlib.import_module(f"graphkit.tf1.{path}") if path else tf
    refusal = AREAS[path].names[name]
    with pytest.raises(RefusedNameError, match=name) as caught:
        getattr(module, name)
    assert refusal.was in str(caught.value)
    assert refusal.instead in str(caught.value)
    assert isinstance(caught.value, AttributeError)
    assert isinstance(caught.value, GraphkitError)
    assert not hasattr(module, name)
    assert name not in dir(module)


def test_importing_a_refused_name_gives_the_same_advice():
    with pytest.raises(RefusedImportError, match=r"tf\.contrib\.tensorrt .*TensorRT") as caught:
        importlib.import_module("graphkit.tf1.contrib.tensorrt")
    assert isinstance(caught.value, ImportError)
    assert caught.value.refused == "tf.contrib.tensorrt"
    with pytest.raises(RefusedImportError, match="Bigtable"):
        exec("from graphkit.tf1.contrib import bigtable")


def test_an_area_can_refuse_whatever_it_does_not_have():
    with pytest.raises(RefusedNameError, match=r"tf\.contrib\.batching\.batch "):
        _ = tf.contrib.batching.batch


def test_unknown_names_fail_as_they_did():
    with pytest.raises(AttributeError, match="module 'tensorflow' has no attribute 'no_such'"):
        _ = tf.no_such
    with pytest.raises(AttributeError, match=r"module 'tensorflow\.contrib' has no attribute 'x1'"):
        _ = tf.contrib.x1
    with pytest.raises(ModuleNotFoundError, match=r"contrib\.no_such"):
        importlib.import_module("graphkit.tf1.contrib.no_such")
    with pytest.raises(ModuleNotFoundError, match=r"tf1\.Session"):
        importlib.import_module("graphkit.tf1.Session.no_such")


def test_touching_a_session_loads_neither_contrib_nor_estimator_nor_keras_models(warm, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, graphkit.tf1 as tf; tf.Session; tf.train.Saver; tf.layers.dense\n"
        "print(sorted(n for n in sys.modules if n.startswith(('tf_slim', 'tensorflow_estimator',"
        " 'graphkit.tf1.contrib'))))"
    )
    done = warm.run(program, folder=tmp_path)
    assert done.stdout == "[]\n", done.stderr


def test_importing_the_namespace_does_not_import_tensorflow():
    code = "import sys, graphkit.tf1; print('tensorflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=200)
    assert done.stdout == "False\n", done.stderr


def test_every_way_to_import_gives_the_same_module():
    import graphkit.tf1.contrib.slim as slim
    from graphkit.tf1.contrib import slim as again

    assert isinstance(slim, ModuleType)
    assert slim is again is tf.contrib.slim
    assert slim is importlib.import_module("graphkit.tf1.contrib.slim")
    assert importlib.import_module("graphkit.tf1.keras.layers") is tf.keras.layers
    assert importlib.import_module("graphkit.tf1.examples.tutorials.mnist.input_data")


def test_a_module_that_is_somebody_elses_keeps_its_own_spec():
    real = importlib.import_module("tensorflow.python.util.compat")
    alias = importlib.import_module("graphkit.tf1.python.util.compat")
    assert alias is real
    assert real.__spec__.name == "tensorflow.python.util.compat"
    adam = importlib.import_module("graphkit.tf1.python.training.adam")
    assert adam is importlib.import_module("tensorflow.python.training.adam")


def test_star_import_gives_the_public_names():
    scope = {}
    exec("from graphkit.tf1.train import *", scope)
    assert scope["AdamOptimizer"] is tf.train.AdamOptimizer
    assert "shuffle_batch" in tf.__all__ or "Session" in tf.__all__
    assert "Session" in dir(tf)


def test_version_1_inside_compat_is_the_namespace_itself():
    assert tf.compat.v1 is tf
    assert tf.compat.v2.compat.v1 is tf
    assert tf.compat.as_bytes("a") == b"a"


def test_readers_come_from_graphkit():
    from graphkit import readers

    assert tf.train.shuffle_batch is readers.shuffle_batch
    assert tf.TFRecordReader is readers.TFRecordReader


def test_version_is_the_one_programs_were_written_for():
    assert tf.__version__ == tf.VERSION == "1.15.5"
    assert tf.__git_version__
    assert tf.keras.__version__ == "2.2.4-tf"


def test_a_missing_module_behind_an_area_is_skipped_but_a_broken_one_is_told(monkeypatch, tmp_path):
    from graphkit.tf1 import _namespace
    from graphkit.tf1._entries import Area

    (tmp_path / "broken_behind.py").write_text("import no_such_module_at_all\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    areas = {"": Area(behind=("no_such_module_behind", "math"))}
    monkeypatch.setattr(_namespace, "AREAS", areas)
    assert _namespace.resolve("", "pi") == pytest.approx(3.14159, abs=1e-4)
    areas[""] = Area(behind=("broken_behind",))
    with pytest.raises(ModuleNotFoundError, match="no_such_module_at_all"):
        _namespace.resolve("", "pi")


def test_the_guide_names_every_refused_name_outside_contrib():
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "tf1.md").read_text()
    missing = [
        f"tf.{path}.{name}" if path else f"tf.{name}"
        for path, name in REFUSED
        if not path.startswith("contrib")
    ]
    assert [name for name in missing if f"`{name}`" not in guide] == []


def test_the_guide_names_every_module_of_contrib_that_is_refused_as_a_whole():
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "tf1.md").read_text()
    whole = {f"contrib.{name}" for path, name in REFUSED if path == "contrib"}
    for path, area in AREAS.items():
        if area.otherwise is not None and not area.names and not area.behind:
            whole.add(path)
    assert sorted(name for name in whole if f"`{name}`" not in guide) == []


def test_vars_give_every_name():
    cells = "BasicLSTM BasicRNN GRU LSTM MultiRNN RNN".split()
    wrappers = "DeviceWrapper DropoutWrapper LSTMStateTuple ResidualWrapper".split()
    names = vars(tf.nn.rnn_cell)
    classes = {name for name, value in names.items() if inspect.isclass(value)}
    assert classes == {*(f"{cell}Cell" for cell in cells), *wrappers}
    assert isinstance(names, dict)
    assert dict(names)["GRUCell"] is tf.nn.rnn_cell.GRUCell


def test_names_may_be_touched_while_vars_are_gone_through():
    rnn = tf.contrib.rnn
    kinds = [kind for kind in rnn.__dict__.values() if inspect.isclass(kind)]
    assert sum(issubclass(kind, rnn.RNNCell) for kind in kinds) == 37  # as in 1.15.5


def test_vars_know_a_name_without_going_through_them():
    names = vars(tf.train)
    assert names["Saver"] is tf.train.Saver
    assert "Saver" in names
    assert "Savior" not in names
    assert (names.get("Saver"), names.get("Savior", 1)) == (tf.train.Saver, 1)
    with pytest.raises(KeyError, match="Savior"):
        names["Savior"]
    with pytest.raises(KeyError, match="Savior"):
        del names["Savior"]
    path, name = next((path, name) for path, name in REFUSED if path)
    assert name not in vars(importlib.import_module(f"graphkit.tf1.{path}"))


def test_what_is_set_in_vars_is_set_in_the_module():
    names = vars(tf.train)
    names["Savior"] = 1
    assert tf.train.Savior == 1
    assert "Savior" in list(vars(tf.train))
    assert len(names) == len(list(names))
    del names["Savior"]
    assert not hasattr(tf.train, "Savior")
