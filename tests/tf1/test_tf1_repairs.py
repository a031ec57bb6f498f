"""The old packages run repaired, and each repair is still needed."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError
from graphkit.tf1._contrib._estimator_parts import _distribution, _export, _tpu
from graphkit.tf1._repairs import ADOPTED, REPAIRS


def child(code):
    # The end without a last look at all that was loaded: that takes a third of the time.
    quickly = f"import atexit, gc; atexit.register(gc.freeze)\n{code}"
    command = [sys.executable, "-W", "ignore", "-c", quickly]
    return subprocess.run(command, capture_output=True, text=True, timeout=200)


@pytest.mark.parametrize("module", sorted(REPAIRS))
def test_the_repaired_module_is_still_missing_from_tensorflow(module):
    if module.endswith("tf_export"):
        tf_export = importlib.import_module(module)
        assert not hasattr(tf_export, "ESTIMATOR_API_NAME"), "the repair is no longer needed"
    else:
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(module)


@pytest.mark.parametrize(
    ("package", "needs", "use"),
    [
        ("tensorflow_estimator", "estimator_training", "import tensorflow_estimator as package"),
        (
            "tf_slim",
            "Error",
            "import tf_slim, tensorflow.compat.v1 as tf\n"
            "with tf.Graph().as_default():\n"
            "    tf_slim.batch_norm(tf.zeros([2, 3]))",
        ),
    ],
)
def test_the_package_still_fails_without_the_repair(package, needs, use):
    code = use if package == "tf_slim" else "import tensorflow_estimator._api.v1.estimator"
    done = child(code)
    assert done.returncode != 0, f"{package} no longer needs a repair"
    assert needs in done.stderr
    assert package in ADOPTED


def test_repairs_are_seen_by_the_old_packages_only():
    _ = tf.contrib.slim.batch_norm
    _ = tf.estimator.Estimator
    ops = importlib.import_module("tensorflow.python.framework.ops")
    tpu = importlib.import_module("tensorflow.python.tpu")
    assert not hasattr(ops, "Tensor")
    assert not hasattr(tpu, "tpu_embedding")
    assert not hasattr(tf.python.tpu, "tpu_embedding")


def test_slim_batch_norm_runs_with_the_repair(graph):
    y = tf.contrib.slim.batch_norm(tf.zeros([2, 3]))
    assert y.shape.as_list() == [2, 3]
    assert len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)) == 2


def test_tpu_parts_refuse_to_be_made():
    assert issubclass(_tpu.AdamParameters, _tpu.Refused)
    assert _tpu.AdamParameters is _tpu.AdamParameters
    with pytest.raises(RefusedNameError, match=r"AdamParameters.*use_tpu=False"):
        _tpu.AdamParameters(0.1)
    with pytest.raises(AttributeError, match="__no_such__"):
        _ = _tpu.__no_such__


def test_one_process_needs_no_coordinator():
    _distribution.init_run_config(object(), {})
    assert not _distribution.should_run_distribute_coordinator(object())
    with pytest.raises(RefusedNameError, match="several processes"):
        _distribution.init_run_config(object(), {"cluster": {"worker": ["a:1"]}})
    with pytest.raises(RefusedNameError, match="several processes"):
        _distribution.train_and_evaluate(None)


def test_export_returns_what_it_decorates():
    mark = _export.api_export("estimator.X", api_name="estimator", v1=["estimator.X"])
    assert mark(len) is len
    assert (mark.names, mark.api_name, mark.v1) == (("estimator.X",), "estimator", ["estimator.X"])
    assert mark.export_constant("m", "X") is None


def test_imports_of_other_packages_pass_through_unchanged():
    slim_layers = importlib.import_module("tf_slim.layers.layers")
    assert slim_layers.functools is importlib.import_module("functools")
    assert importlib.import_module("tf_slim").__spec__.loader.is_package("tf_slim")
