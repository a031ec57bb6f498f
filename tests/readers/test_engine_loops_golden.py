"""Loops made of switches and merges give on tf.data what TensorFlow 1.15.5 gave in its queues."""

from __future__ import annotations

import json

import loop_cases
import pytest
import record_readers
from engine_pipelines import control_flow
from recorded_pipelines import CASES, GOLDEN, assert_same_delivery

from graphkit import readers
from graphkit._tf import tf

# Those of loops, and what tf.data runs elsewhere with functions in the place of switches.
NAMES = sorted([*loop_cases.cases(), "a loop", "mapped over", "a case of several"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("loops"))
    record_readers.write_files(tf, path)
    return path


@pytest.fixture(autouse=True)
def _switches_and_merges():
    with control_flow(of_today=False):
        yield


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
@pytest.mark.parametrize("name", NAMES)
def test_a_pipeline_with_loops_equals_tensorflow_1(name, engine, folder):
    case, wanted = CASES[name], GOLDEN["cases"][name]
    with tf.Graph().as_default() as graph, readers.engine(engine):
        fetches = record_readers.flat(case.build(readers, tf, folder))
        assert {"Switch", "Merge"} <= {op.type for op in graph.get_operations()}
        assert [record_readers.static(tensor) for tensor in fetches] == wanted["tensors"]
        batches = json.loads(json.dumps(record_readers.deliver(tf, graph, fetches, case, folder)))
    assert_same_delivery(batches, wanted["batches"], case.order)
