"""Every pipeline delivers what TensorFlow 1.15.5 delivered, under the same names."""

from __future__ import annotations

import json

import pytest
import record_readers
from recorded_pipelines import CASES, GOLDEN, REFUSALS, assert_same_delivery
from thread_counts import no_thread_is_left

from graphkit import readers
from graphkit._tf import tf


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("golden"))
    record_readers.write_files(tf, path)
    return path


def test_the_recorded_cases_are_the_cases():
    assert sorted(GOLDEN["cases"]) == sorted(CASES)
    assert sorted(GOLDEN["refusals"]) == sorted(REFUSALS)
    assert len(CASES) >= 30


@pytest.mark.parametrize("name", sorted(CASES))
def test_pipeline_equals_tensorflow_1(name, folder):
    with no_thread_is_left(), readers.engine("queues"):
        seen = json.loads(json.dumps(record_readers.observe(tf, readers, CASES[name], folder)))
    wanted = dict(GOLDEN["cases"][name])
    batches, wanted_batches = seen.pop("batches"), wanted.pop("batches")
    assert seen == wanted
    assert_same_delivery(batches, wanted_batches, CASES[name].order)


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_call_refused_by_tensorflow_1_raises_the_same_class(name):
    seen = record_readers.refusal(tf, readers, REFUSALS[name])
    assert GOLDEN["refusals"][name][0] in seen
