"""Bucket pipelines deliver what TensorFlow 1.15.5 delivered, under the same names, on each engine.

The order of batches is compared bucket by bucket: which of several full ones is moved first was a
matter of threads.
"""

from __future__ import annotations

import json
from pathlib import Path

import bucket_cases
import pytest
import reader_cases
import record_readers

from graphkit import readers
from graphkit._tf import tf

GOLDEN = json.loads(Path(bucket_cases.__file__).with_name("buckets.json").read_text())["cases"]
CASES = bucket_cases.cases()
LEFT_TO_QUEUES = {
    "batch size by a tensor": "the batch size is computed",
    "one bucket for all": "which_bucket is no int32 scalar of the graph",
    "queues that are shared": "sessions share its queue",
}
ON_QUEUES = [
    *("a dict", "buckets that are none", "by length", "by threads", "capacities for each bucket"),
    *("padded matrices of strings", "sizes for each bucket and smaller last ones", "some are kept"),
    *("sparse", "queues that are shared"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("buckets"))
    reader_cases.write_files(tf, path)
    return path


def _by_bucket(batches):
    """The batches of each bucket in their order; of all, sorted, where none is told."""
    *batches, end = batches
    assert end == "end"
    if not batches or isinstance(batches[0][0], list):
        return sorted(batches)
    return {which: [b for b in batches if b[0] == which] for which in {b[0] for b in batches}}


def _rows(batches):
    """What came of each bucket, sorted."""
    return sorted((which, *row) for which, *batch in batches[:-1] for row in zip(*batch))  # noqa: B905


def test_every_case_was_recorded():
    assert sorted(CASES) == sorted(GOLDEN)


@pytest.mark.parametrize(
    ("name", "engine"),
    [(name, "auto") for name in sorted(CASES)] + [(name, "queues") for name in ON_QUEUES],
)
def test_buckets_equal_those_of_tensorflow_1(name, engine, folder):
    case, wanted = CASES[name], GOLDEN[name]
    with tf.Graph().as_default() as graph:
        with readers.engine(engine):
            fetches = case.build(readers, tf, folder)
        (report,) = readers.explain(graph)
        assert [record_readers.static(tensor) for tensor in fetches] == wanted["tensors"]
        if not any(isinstance(tensor, tf.SparseTensor) for tensor in fetches):
            assert [tensor.name for tensor in fetches] == wanted["names"]
        summaries = tf.get_collection(tf.GraphKeys.SUMMARIES)
        assert sorted(tensor.name for tensor in summaries) == wanted["summaries"]
        assert wanted["runners"] == [
            [one.name, len(one.enqueue_ops), one.close_op.name, one.cancel_op.name]
            for one in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        ]
        batches = json.loads(json.dumps(record_readers.deliver(tf, graph, fetches, case, folder)))
    compared = _rows if case.order == "any" else _by_bucket
    assert compared(batches) == compared(wanted["batches"])
    left = engine == "queues" or name in LEFT_TO_QUEUES
    assert report.engine == ("queues" if left else "tf.data")
    if engine == "auto":
        assert LEFT_TO_QUEUES.get(name, "") in report.reason
