"""What a file says of the engines of its input pipelines, without TensorFlow."""

from __future__ import annotations

import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.export import inspect_file


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def _number():
    return readers.range_input_producer(9).dequeue()


def _inspected(graph, path):
    tf.train.export_meta_graph(str(path))
    return inspect_file(path).details


def test_each_batch_says_what_serves_it_and_why(graph, tmp_path):
    shift = tf.placeholder_with_default(1, [], name="shift")
    readers.batch([_number()], 3, name="lifted")
    readers.shuffle_batch([_number() + shift], 3, 9, 3, name="fed")
    with readers.engine("queues"):
        readers.batch([_number()], 3, name="asked")
    assert _inspected(graph, tmp_path / "graph.meta").engines == {
        "lifted": "tf.data",
        "fed": "queues (shift (PlaceholderWithDefault): its value is fed)",
        "asked": "queues (the queues were asked for)",
    }


def test_a_pipeline_that_went_back_to_the_queues_says_so(graph, tmp_path):
    number = _number()
    readers.batch([number], 3, name="first")
    readers.batch([number], 3, name="second")
    found = _inspected(graph, tmp_path / "graph.meta").engines
    assert found == {
        report.name: f"{report.engine} ({report.reason})" for report in readers.explain(graph)
    }
    assert all(said.startswith("queues (") for said in found.values())
    assert sorted(found) == ["first", "second"]


@pytest.mark.parametrize(
    "build", [readers.batch, lambda ts, n: readers.bucket(ts, ts[0] % 2, n, 2)]
)
def test_a_queue_that_the_program_looks_at_is_told_as_soon_as_that_is_seen(graph, tmp_path, build):
    build([_number()], 3)
    queue = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].queue
    assert [*_inspected(graph, tmp_path / "before.meta").engines.values()] == ["tf.data"]
    queue.size(name="looked")
    (report,) = readers.explain(graph)
    assert report.reason == "looked (QueueSizeV2): it looks at its queue"
    engines = _inspected(graph, tmp_path / "after.meta").engines
    assert engines == {report.name: f"queues ({report.reason})"}


def test_a_queue_that_the_program_looks_at_is_told_once_its_threads_run(graph, tmp_path):
    batch = readers.batch([_number()], 3)
    tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].queue.size(name="looked")
    with tf.train.MonitoredSession() as session:
        session.run(batch)
    engines = _inspected(graph, tmp_path / "graph.meta").engines
    assert engines["batch"].startswith("queues (looked (QueueSizeV2)")


def test_sparse_batches_are_found_by_their_first_node(graph, tmp_path):
    row = tf.sparse.from_dense(tf.one_hot(_number(), 9))
    batch = readers.batch([row], 3)
    (report,) = readers.explain(graph)
    engines = _inspected(graph, tmp_path / "graph.meta").engines
    assert list(engines) == [batch.indices.op.name]
    assert engines[batch.indices.op.name].startswith(report.engine)


def test_what_starts_a_pipeline_is_no_parameter(graph, tmp_path):
    readers.batch([_number()], 3)
    tf.get_variable("weights", [4], use_resource=True)
    details = _inspected(graph, tmp_path / "graph.meta")
    assert (details.parameters, [info.name for info in details.weights]) == (4, ["weights"])


def test_files_of_others_say_nothing_of_it(graph, tmp_path):
    queue = tf.FIFOQueue(1, [tf.float32], name="queue")
    queue.dequeue(name="next")
    details = _inspected(graph, tmp_path / "graph.meta")
    assert (details.engines, len(details.pipeline_ops)) == ({}, 2)
