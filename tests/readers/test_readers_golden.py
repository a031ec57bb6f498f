"""Every pipeline delivers what TensorFlow 1.15.5 delivered, under the same names."""

from __future__ import annotations

import importlib.util
import json
import threading
from pathlib import Path

import pytest

from graphkit import readers
from graphkit._tf import tf

GOLDEN_DIR = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((GOLDEN_DIR / "readers.json").read_text())


def _load_recorder():
    spec = importlib.util.spec_from_file_location(
        "record_readers", GOLDEN_DIR / "record_readers.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECORDER = _load_recorder()
CASES = RECORDER.cases()
REFUSALS = RECORDER.refusals()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("golden"))
    RECORDER.write_files(tf, path)
    return path


def _rows(batches):
    """Everything delivered, sorted; a row has a value of each tensor."""
    assert batches[-1] == "end"
    return sorted(repr(row) for batch in batches[:-1] for row in zip(*batch, strict=True))


def _assert_same_rows(rows, wanted, order):
    if order == "any":
        assert rows == wanted
    else:
        assert len(rows) == len(wanted) == len(set(rows))


def _sizes(batches):
    return [[len(value) for value in batch] for batch in batches[:-1]]


def test_the_recorded_cases_are_the_cases():
    assert sorted(GOLDEN["cases"]) == sorted(CASES)
    assert sorted(GOLDEN["refusals"]) == sorted(REFUSALS)
    assert len(CASES) >= 30


@pytest.mark.parametrize("name", sorted(CASES))
def test_pipeline_equals_tensorflow_1(name, folder):
    before = threading.active_count()
    seen = json.loads(json.dumps(RECORDER.observe(tf, readers, CASES[name], folder)))
    wanted = dict(GOLDEN["cases"][name])
    batches, wanted_batches = seen.pop("batches"), wanted.pop("batches")
    assert seen == wanted
    if CASES[name].order == "exact":
        assert batches == wanted_batches
    else:
        assert _sizes(batches) == _sizes(wanted_batches)
        _assert_same_rows(_rows(batches), _rows(wanted_batches), CASES[name].order)
    assert threading.active_count() == before


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_call_refused_by_tensorflow_1_raises_the_same_class(name):
    seen = RECORDER.refusal(tf, readers, REFUSALS[name])
    assert GOLDEN["refusals"][name][0] in seen
