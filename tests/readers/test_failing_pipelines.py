"""A pipeline that fails delivers what it did in TensorFlow 1.15.5, and ends with its error."""

from __future__ import annotations

import json

import pytest
import record_readers
from engine_pipelines import ENGINES
from failing_cases import failing_cases
from recorded_pipelines import GOLDEN

from graphkit import readers
from graphkit._tf import tf

# Queues, orders and ends: the same however a graph is rewritten.
pytestmark = pytest.mark.usefixtures("graphs_as_written")

CASES = failing_cases()
# TensorFlow 1's reader passes over what is left of such a file in silence; tf.data would not.
LEFT_TO_QUEUES = "records of a length that does not fit"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("failing"))
    record_readers.write_files(tf, path)
    return path


def test_the_recorded_failures_are_the_cases():
    assert sorted(GOLDEN["failures"]) == sorted(CASES)
    assert len(CASES) >= 20


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", sorted(CASES))
def test_what_comes_before_a_failure_and_its_class_are_those_of_tensorflow_1(name, folder, engine):
    with readers.engine("auto" if name == LEFT_TO_QUEUES else engine):
        found = record_readers.failure(tf, readers, CASES[name], folder)
    assert json.loads(json.dumps(found)) == GOLDEN["failures"][name]
