"""Checkpoints of 1.15.5 restore and compute the same; what is written here has the same keys."""

from __future__ import annotations

import functools
import importlib.util
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden"
FOLDER = GOLDEN / "checkpoints"
RECORDED = json.loads((FOLDER / "recorded.json").read_text())
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def recorder():
    spec = importlib.util.spec_from_file_location("checkpoints", GOLDEN / "record_checkpoints.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECORDER = recorder()
CASES = [pytest.param(name, kind, id=f"{name}-{kind}") for name, kind, _ in RECORDER.cases()]


@pytest.fixture(scope="module")
def network():
    """The network of a name and kind of variables; each is built once."""

    @functools.cache
    def built(name, kind):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return RECORDER.Network(tf, name, kind == "resource")

    return built


def assert_same(found, wanted):
    assert found.keys() == wanted.keys()
    for key, value in wanted.items():
        np.testing.assert_allclose(found[key], value, rtol=3e-5, atol=3e-6, err_msg=key)


@pytest.mark.parametrize("into", ["ref", "resource"])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_checkpoint_of_1_15_computes_what_it_computed(network, name, kind, into):
    found = network(name, into).restore(str(FOLDER / f"{name}.{kind}"))
    assert_same(found, RECORDED[f"{name}.{kind}"]["outputs"])


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_checkpoint_written_here_has_the_keys_of_1_15(network, name, kind, tmp_path):
    prefix = str(tmp_path / "model")
    outputs = network(name, kind).write(prefix)
    contents = RECORDER.contents(tf, prefix)
    assert contents == {
        key: list(value) for key, value in RECORDED[f"{name}.{kind}"]["contents"].items()
    }
    assert_same(network(name, kind).restore(prefix), outputs)


def test_the_recording_holds_slots_averages_and_metrics():
    keys = {key for case in RECORDED.values() for key in case["contents"]}
    assert {
        "conv/kernel/Adam_1",
        "conv/weights/RMSProp_1",
        "weight/ExponentialMovingAverage",
        "mean/total",
        "global_step",
        "block/lstm_cell/w_i_diag",
        "transitions/Ftrl",
    } <= keys
    dtypes = {dtype for case in RECORDED.values() for dtype, _ in case["contents"].values()}
    assert dtypes == {"float32", "float64", "int64"}


def test_a_variable_the_checkpoint_lacks_is_named(graph):
    tf.get_variable("conv/other", [2])
    with tf.Session() as session, pytest.raises(tf.errors.NotFoundError, match="conv/other"):
        tf.train.Saver().restore(session, str(FOLDER / "layers.ref"))


def test_a_reference_variable_of_another_shape_is_refused(graph):
    tf.get_variable("conv/kernel", [3, 3, 2, 5], use_resource=False)
    with (
        tf.Session() as session,
        pytest.raises(tf.errors.InvalidArgumentError, match=r"lhs shape= \[3,3,2,5\]"),
    ):
        tf.train.Saver().restore(session, str(FOLDER / "layers.ref"))


def test_a_resource_variable_takes_another_shape_as_in_1_15(graph):
    kernel = tf.get_variable("conv/kernel", [3, 3, 2, 5], use_resource=True)
    with tf.Session() as session:
        tf.train.Saver().restore(session, str(FOLDER / "layers.ref"))
        assert session.run(kernel).shape == (3, 3, 2, 2)


def test_parts_of_a_checkpoint_start_another_network(graph):
    kernel = tf.get_variable("mine/kernel", [3, 3, 2, 2])
    tf.train.init_from_checkpoint(str(FOLDER / "layers.ref"), {"conv/kernel": kernel})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = session.run(kernel)
    reader = tf.train.NewCheckpointReader(str(FOLDER / "layers.ref"))
    np.testing.assert_array_equal(found, reader.get_tensor("conv/kernel"))
