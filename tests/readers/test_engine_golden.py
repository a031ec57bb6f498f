"""On tf.data, every pipeline delivers what TensorFlow 1.15.5 delivered, under the same names."""

from __future__ import annotations

import json

import pytest
import record_readers
from recorded_pipelines import CASES, GOLDEN, assert_same_delivery

from graphkit import readers
from graphkit._tf import tf

BATCHED = sorted(
    name
    for name in CASES
    if any("batch" in runner[0] for runner in GOLDEN["cases"][name]["runners"])
)
# What is left to the queues, and the words it is explained by.
LEFT_TO_QUEUES = {
    "batch by a tensor": "the batch size is computed",
    "batch of given shapes": "its value is fed",
    "batches of batches": "what another batcher delivers",
}
# Drawn from a stock by chance, even with a seed: who is in the stock depends on the engine.
BY_CHANCE = {"shuffled by seed"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("engine"))
    record_readers.write_files(tf, path)
    return path


@pytest.mark.parametrize("name", BATCHED)
def test_pipeline_on_tf_data_equals_tensorflow_1(name, folder):
    case, wanted = CASES[name], GOLDEN["cases"][name]
    with tf.Graph().as_default() as graph:
        with readers.engine("auto"):
            fetches = record_readers.flat(case.build(readers, tf, folder))
        report = readers.explain(graph)[-1]
        assert [record_readers.static(tensor) for tensor in fetches] == wanted["tensors"]
        # Beside sparse tensors, dense ones are called after TensorFlow's own bookkeeping.
        if not any(isinstance(tensor, tf.SparseTensor) for tensor in fetches):
            assert [tensor.name for tensor in fetches] == wanted["names"]
        assert sorted(v.op.name for v in tf.local_variables()) == wanted["local_variables"]
        summaries = tf.get_collection(tf.GraphKeys.SUMMARIES)
        assert sorted(tensor.name for tensor in summaries) == wanted["summaries"]
        assert wanted["runners"] == [
            [one.name, len(one.enqueue_ops), one.close_op.name, one.cancel_op.name]
            for one in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        ]
        batches = json.loads(json.dumps(record_readers.deliver(tf, graph, fetches, case, folder)))
    assert report.engine == ("queues" if name in LEFT_TO_QUEUES else "tf.data")
    assert LEFT_TO_QUEUES.get(name, "") in report.reason
    order = "any" if name in BY_CHANCE else case.order
    assert_same_delivery(batches, wanted["batches"], order)
