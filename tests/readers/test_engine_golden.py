"""On tf.data, every pipeline delivers what TensorFlow 1.15.5 delivered, under the same names."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from graphkit import readers
from graphkit._tf import tf

GOLDEN_DIR = Path(__file__).parents[1] / "golden"
GOLDEN = json.loads((GOLDEN_DIR / "readers.json").read_text())["cases"]


def _load_recorder():
    spec = importlib.util.spec_from_file_location(
        "record_readers", GOLDEN_DIR / "record_readers.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RECORDER = _load_recorder()
CASES = RECORDER.cases()
BATCHED = sorted(
    name for name in CASES if any("batch" in runner[0] for runner in GOLDEN[name]["runners"])
)
# What is left to the queues, and the words it is explained by.
LEFT_TO_QUEUES = {
    "batch by a tensor": "the batch size is computed",
    "batch of given shapes": "its value is fed",
}
# Drawn from a stock by chance, even with a seed: who is in the stock depends on the engine.
BY_CHANCE = {"shuffled by seed"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("engine"))
    RECORDER.write_files(tf, path)
    return path


def _rows(batches):
    """Everything delivered, sorted; a row has a value of each tensor."""
    assert batches[-1] == "end"
    return sorted(repr(row) for batch in batches[:-1] for row in zip(*batch, strict=True))


def _sizes(batches):
    return [[len(value) for value in batch] for batch in batches[:-1]]


@pytest.mark.parametrize("name", BATCHED)
def test_pipeline_on_tf_data_equals_tensorflow_1(name, folder):
    case, wanted = CASES[name], GOLDEN[name]
    with tf.Graph().as_default() as graph:
        with readers.engine("auto"):
            fetches = RECORDER._flat(case.build(readers, tf, folder))
        (report,) = readers.explain(graph)
        assert [RECORDER._static(tensor) for tensor in fetches] == wanted["tensors"]
        dense = [tensor for tensor in fetches if not isinstance(tensor, tf.SparseTensor)]
        assert [tensor.name for tensor in dense] == wanted["names"]
        assert sorted(v.op.name for v in tf.local_variables()) == wanted["local_variables"]
        batches = json.loads(json.dumps(RECORDER._deliver(tf, graph, fetches, case, folder)))
    assert report.engine == ("queues" if name in LEFT_TO_QUEUES else "tf.data")
    assert LEFT_TO_QUEUES.get(name, "") in report.reason
    if case.order == "exact" and name not in BY_CHANCE:
        assert batches == wanted["batches"]
        return
    assert _sizes(batches) == _sizes(wanted["batches"])
    if case.order == "some":
        assert len(set(_rows(batches))) == len(_rows(wanted["batches"]))
    else:
        assert _rows(batches) == _rows(wanted["batches"])
