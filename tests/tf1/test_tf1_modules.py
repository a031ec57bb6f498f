"""The namespace's modules behave as modules: listed, documented, copied, reloaded, pickled from."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pydoc
import sys
from types import ModuleType

import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedImportError, RefusedNameError
from graphkit.tf1._core import _parameter_order, _transposed

MODULES = ["train", "contrib", "contrib.crf", "contrib.layers", "python.ops.rnn_cell", "models.rnn"]


def module(path):
    return importlib.import_module(f"graphkit.tf1.{path}")


@pytest.mark.parametrize("path", MODULES)
def test_a_module_says_where_it_is_and_what_it_was(path):
    found = module(path)
    assert found.__name__ == f"graphkit.tf1.{path}"
    assert found.__doc__ == f"What `tensorflow.{path}` was in TensorFlow 1.15."
    assert sys.modules[found.__name__] is found
    assert found.__spec__.name == found.__name__
    assert found.__package__ == found.__name__
    assert repr(found).startswith(f"<module '{found.__name__}'")


@pytest.mark.parametrize("path", MODULES)
def test_looking_at_a_module_makes_nothing_up(path):
    found = module(path)
    for name in ("__file__", "__wrapped__", "__no_such__", "_ipython_display_", "no_such_name"):
        assert not hasattr(found, name)
    assert inspect.ismodule(found)
    assert inspect.unwrap(found) is found
    assert getattr(found, "no_such_name", None) is None


@pytest.mark.parametrize("path", ["contrib.crf", "contrib.sparsemax"])
def test_help_shows_the_functions_of_a_module(path):
    text = pydoc.plain(pydoc.render_doc(module(path)))
    assert f"What `tensorflow.{path}` was" in text
    for name in dir(module(path)):
        assert name in text


@pytest.mark.parametrize("path", MODULES)
def test_a_module_is_reloaded_in_its_place(path):
    found = module(path)
    known = dict(vars(found))
    assert importlib.reload(found) is found
    assert module(path) is found
    assert all(vars(found)[name] is value for name, value in known.items() if name[:2] != "__")


def test_the_whole_namespace_is_reloaded_in_its_place():
    session, crf, finders = tf.Session, tf.contrib.crf, list(sys.meta_path)
    assert importlib.reload(tf) is tf
    assert tf.Session is session
    assert tf.contrib.crf is crf
    with pytest.raises(RefusedImportError):
        importlib.import_module("graphkit.tf1.contrib.tensorrt")
    assert sys.meta_path == finders


@pytest.mark.parametrize("path", ["train", "contrib.crf", "contrib.layers", "layers", "losses"])
def test_a_star_import_gives_what_is_listed(path):
    scope = {}
    exec(f"from graphkit.tf1.{path} import *", scope)
    del scope["__builtins__"]
    assert sorted(scope) == module(path).__all__
    assert not any(name.startswith("_") for name in scope)


def test_a_touched_name_is_kept_and_can_be_replaced_and_given_back(monkeypatch):
    sparse = tf.contrib.sparsemax
    assert sparse.sparsemax is vars(sparse)["sparsemax"]
    monkeypatch.setattr(sparse, "sparsemax", "mine")
    assert tf.contrib.sparsemax.sparsemax == "mine"
    monkeypatch.undo()
    del vars(sparse)["sparsemax"]
    assert callable(sparse.sparsemax)


def test_a_name_that_was_set_by_a_program_stays():
    solvers = tf.contrib.solvers
    solvers.my_own = 3
    try:
        assert tf.contrib.solvers.my_own == 3
        assert "my_own" not in dir(solvers)
    finally:
        del solvers.my_own
    assert not hasattr(solvers, "my_own")


FUNCTIONS = [
    (part, name) for part in (_parameter_order, _transposed) for name in sorted(part.__all__)
]


@pytest.mark.parametrize(("part", "name"), FUNCTIONS)
def test_a_function_in_the_old_order_can_be_sent_to_another_process(part, name):
    function = getattr(part, name)
    assert pickle.loads(pickle.dumps(function)) is function
    assert function.__doc__


@pytest.mark.parametrize(
    "name",
    ["Session", "train.AdamOptimizer", "Graph", "nn.relu", "layers.Dense", "concat", "split"],
)
def test_classes_and_functions_can_be_sent_to_another_process(name):
    value = tf
    for part in name.split("."):
        value = getattr(value, part)
    assert pickle.loads(pickle.dumps(value)) is value


def test_hyper_parameters_survive_a_pickle():
    made = tf.contrib.training.HParams(rate=0.1, units=[2, 3])
    assert pickle.loads(pickle.dumps(made)).values() == {"rate": 0.1, "units": [2, 3]}


@pytest.mark.parametrize(
    "statement",
    [
        "import graphkit.tf1.contrib.rnn as found",
        "from graphkit.tf1.contrib import rnn as found",
        "from graphkit.tf1 import contrib; found = contrib.rnn",
        "import graphkit.tf1.contrib.rnn; import graphkit.tf1 as t; found = t.contrib.rnn",
        "found = __import__('graphkit.tf1.contrib.rnn', fromlist=['x'])",
    ],
)
def test_every_form_of_import_leads_to_one_module(statement):
    scope = {}
    exec(statement, scope)
    assert scope["found"] is tf.contrib.rnn
    assert isinstance(scope["found"], ModuleType)


@pytest.mark.parametrize(
    ("statement", "error", "message"),
    [
        ("import graphkit.tf1.no_such", ModuleNotFoundError, r"graphkit\.tf1\.no_such"),
        ("from graphkit.tf1 import no_such", ImportError, "no_such"),
        ("from graphkit.tf1.contrib import no_such", ImportError, "no_such"),
        ("import graphkit.tf1.train.AdamOptimizer", ModuleNotFoundError, "AdamOptimizer"),
        ("import graphkit.tf1.contrib.gan", RefusedImportError, "losses with tf.losses"),
        ("from graphkit.tf1.contrib import gan", RefusedImportError, "losses with tf.losses"),
        ("import graphkit.tf1.contrib.gan.python", RefusedImportError, "TFGAN"),
        ("from graphkit.tf1.estimator import BoostedTreesClassifier", ImportError, "xgboost"),
        ("from graphkit.tf1.lite.experimental import nn", RefusedImportError, "TFLiteConverter"),
    ],
)
def test_what_cannot_be_imported_fails_as_imports_do(statement, error, message):
    with pytest.raises(error, match=message):
        exec(statement, {})


def test_a_refusal_carries_its_parts():
    with pytest.raises(RefusedNameError) as caught:
        _ = tf.contrib.tensorrt
    assert caught.value.refused == "tf.contrib.tensorrt"
    assert "TensorRT" in caught.value.was
    assert "ONNX" in caught.value.instead
    assert str(caught.value).count("\n") == 0
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (type(caught.value), str(caught.value))
