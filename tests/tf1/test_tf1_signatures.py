"""Every public function, constructor and method takes the positional arguments it took in 1.15."""

from __future__ import annotations

import importlib.util
import inspect
import json
from collections import defaultdict
from importlib import metadata
from pathlib import Path

import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError

GOLDEN = Path(__file__).parents[1] / "golden"

NEWEST = tuple(map(int, metadata.version("tensorflow").split(".")[:2])) >= (2, 21)

# What differs on purpose, and why; with the newest TensorFlow, as some differ only since a release.
EXPLAINED = {
    "tf.OptionalSpec.__init__": "one parameter, which has another name",
    "tf.RaggedTensor.__init__": "private: from_row_splits and its kind make ragged tensors",
    "tf.data.experimental.OptionalStructure.__init__": "one parameter, which has another name",
    "tf.distribute.experimental.TPUStrategy.experimental_run_v2": "needs TPU hardware",
    "tf.nn.rnn_cell.RNNCell.build": "one parameter, which has another name",
    "tf.test.TestCase.assertProtoEquals": "the message has another name",
    "tf.test.TestCase.assertShapeEqual": "both inputs have other names",
}


def recorder():
    spec = importlib.util.spec_from_file_location("signatures", GOLDEN / "record_signatures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECORDER = recorder()
RECORDED = json.loads((GOLDEN / "signatures.json").read_text())


def by_module():
    """The recorded names in groups: `tf.nn`, `tf.train` …; classes go with their module."""
    groups = defaultdict(dict)
    for name, parameters in RECORDED.items():
        module = ".".join(part for part in name.split(".")[:-1] if part.islower())
        groups[module][name] = parameters
    return groups


GROUPS = by_module()


def found(name):
    value = tf
    for part in name.split(".")[1:]:
        value = getattr(value, part)
    return value


def positional(call):
    """The positional parameters; a function that is given in the old order says them itself."""
    said = getattr(call, "__signature__", None)
    if said is None or any(part.kind is part.VAR_POSITIONAL for part in said.parameters.values()):
        return RECORDER.parameters(call).split()
    return [name for name in said.parameters if name != "self"]


def accepts(now, then):
    """Whether arguments in the old order reach the same parameters; `*` takes whatever comes."""
    if "*" in now:
        now, then = now[: now.index("*")], then[: now.index("*")]
    return now[: len(then)] == then


@pytest.mark.parametrize("module", sorted(GROUPS))
def test_arguments_by_position_reach_the_parameters_of_1_15(module):
    differing = {}
    for name, then in GROUPS[module].items():
        try:
            now = positional(found(name))
        except RefusedNameError:
            continue
        except AttributeError:
            now = None
        if name not in EXPLAINED and (now is None or not accepts(now, then.split())):
            differing[name] = (then, now)
    assert not differing


@pytest.mark.skipif(not NEWEST, reason="the differences are those of TensorFlow 2.21")
def test_each_explained_difference_is_still_there():
    for name in EXPLAINED:
        try:
            now = positional(found(name))
        except AttributeError:
            continue
        assert not accepts(now, RECORDED[name].split()), name


def test_the_recording_covers_the_core():
    assert len(RECORDED) > 2000
    assert {"tf", "tf.nn", "tf.train", "tf.image", "tf.losses", "tf.layers"} <= GROUPS.keys()
    assert RECORDED["tf.matmul"].split()[-1] == "name"


def test_functions_in_the_old_order_say_so():
    shown = inspect.signature(tf.nn.top_k)
    assert str(shown) == "(input, k=1, sorted=True, name=None)"
    loss = inspect.signature(tf.nn.softmax_cross_entropy_with_logits)
    assert next(iter(loss.parameters)) == "_sentinel"
    old = inspect.signature(tf.config.experimental.set_virtual_device_configuration)
    assert list(old.parameters) == ["device", "virtual_devices"]
    assert old.parameters["device"].default is inspect.Parameter.empty
