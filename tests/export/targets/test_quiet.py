"""Converters are quiet, and leave the process as they found it."""

from __future__ import annotations

import logging
import os
import warnings

import pytest

from graphkit._tf import tf
from graphkit.export._targets._blame import refusal
from graphkit.export._targets._quiet import held_back, logged


def test_what_native_code_writes_is_held_back(capfd):
    with held_back():
        os.write(2, b"error: loc(fused)\n")
        warnings.warn("this will move", UserWarning, stacklevel=1)
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_standard_error_comes_back_after_an_error(capfd):
    with pytest.raises(ValueError, match="no"), held_back():
        os.write(2, b"before it failed\n")
        raise ValueError("no")
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_what_a_package_logs_is_given_and_not_shown(capfd):
    logger = logging.getLogger("some_converter")
    level, propagate = logger.level, logger.propagate
    with logged("some_converter") as lines:
        logging.getLogger("some_converter.part").error("op %s is not supported", "Erfinv")
        logger.info("a detail")
    logger.debug("afterwards")
    assert lines == ["op Erfinv is not supported"]
    assert capfd.readouterr().err == ""
    assert (logger.level, logger.propagate, logger.handlers) == (level, propagate, [])


@pytest.mark.parametrize(
    ("message", "ops"),
    [
        ("cannot parse node scope/y.", [("scope/y", "Tanh")]),
        ("no layer of type 'Tanh'", [("scope/y", "Tanh"), ("z", "Tanh")]),
        ("it failed", []),
    ],
)
def test_ops_are_found_in_what_a_program_says(message, ops):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None], name="x")
        tf.tanh(tf.tanh(x, name="scope/y"), name="z")
    error = refusal("opencv", graph.as_graph_def(), f"{message}\nsecond line")
    assert error.ops == ops
    assert error.reason == message


def test_long_message_is_cut():
    error = refusal("opencv", tf.GraphDef(), "x" * 1000)
    assert len(error.reason) < 320
    assert error.reason.endswith(" …")


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("RandomUniform", "pin the switch of training"),
        ("If", "pin the switch that chooses the branch"),
        ("QueueDequeueV2", "name inputs behind it"),
        ("While", "name outputs before the loop"),
        ("TensorListReserve", "build the placeholders with all their sizes"),
        ("FusedBatchNormV3", "graphkit transform --step fold_batch_norms"),
        ("Tanh", ""),
    ],
)
def test_step_that_helps_is_told_by_the_type_of_op(kind, advice):
    error = refusal("opencv", tf.GraphDef(), "no", [("a", kind)])
    assert advice in error.advice
    assert bool(advice) == bool(error.advice)
