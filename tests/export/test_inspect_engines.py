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


def _lines(path):
    producer = readers.string_input_producer([path], num_epochs=1, check_files=False)
    return readers.TextLineReader(), producer


def _read(path):
    reader, producer = _lines(path)
    return reader.read(producer)


def _pooled(path, queue=None, parts=2, producers=1):
    """A queue that two readers fill."""
    types, shapes = [tf.string] * parts, [()] * parts
    queue = queue or tf.RandomShuffleQueue(8, 0, types, shapes, name="common")
    names = [_lines(path)[1] for _ in range(producers)] * 2
    records = [readers.TextLineReader().read(names[place]) for place in range(2)]
    filling = [queue.enqueue((record * 2)[:parts]) for record in records]
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, filling))
    return queue


def _in_a_branch(path):
    queue = tf.FIFOQueue(8, [tf.string], name="mine")
    value = _read(path)[1]
    tf.cond(tf.constant(True), lambda: queue.enqueue(value), lambda: tf.no_op())


def _many(path):
    reader, producer = _lines(path)
    return reader.read_up_to(producer, 2)[1]


def _row(_path):
    return readers.slice_input_producer([["a", "b"]], num_epochs=1)[0]


def _shared(_path):
    return readers.range_input_producer(3, shared_name="shared").dequeue()


def _batched(path):
    readers.batch([_read(path)[1], _row(path)], 2)
    return _number()


PIPELINES = {
    "a record": lambda path: _read(path)[1],
    "several records": _many,
    "a record of several readers": lambda path: _pooled(path).dequeue(),
    "a record of several producers": lambda path: _pooled(path, producers=2).dequeue(),
    "several of several readers": lambda path: _pooled(path).dequeue_many(2),
    "several of a producer": lambda path: _lines(path)[1].dequeue_many(2),
    "up to several of a producer": lambda path: _lines(path)[1].dequeue_up_to(2),
    "a batch of several of a producer": lambda path: readers.batch(
        [_lines(path)[1].dequeue_many(2)], 3, enqueue_many=True
    ),
    "a batch of many rows": lambda _path: readers.batch([[1, 2, 3]], 2, enqueue_many=True),
    "more than a record": lambda path: _pooled(path, parts=3).dequeue(),
    "a queue that others see": lambda path: _pooled(
        path, tf.FIFOQueue(8, [tf.string] * 2, shared_name="seen")
    ).dequeue(),
    "a name": lambda path: _lines(path)[1].dequeue(),
    "a row": _row,
    "a number": lambda _path: _number() + 1,
    "a producer that others see": _shared,
    "a queue in a branch": _in_a_branch,
    "two that share": lambda path: [readers.batch([_number()], 2), _number(), _number()],
    "a batch, and a number beside": _batched,
    "a batch of several readers": lambda path: readers.batch(_pooled(path).dequeue(), 2),
    "no producer": lambda _path: tf.FIFOQueue(8, [tf.string]).dequeue(),
}


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("name", sorted(PIPELINES))
def test_a_file_says_what_explain_says(graph, tmp_path, name, single):
    with readers.engine("auto", single_elements=single):
        PIPELINES[name](str(tmp_path / "lines"))
    said = {
        one.name: f"{one.engine} ({one.reason})" if one.reason else one.engine
        for one in readers.explain(graph)
    }
    engines = _inspected(graph, tmp_path / "graph.meta").engines
    assert list(engines.items()) == list(said.items())


def test_records_taken_one_by_one_are_said_to_be(graph, tmp_path):
    with readers.engine("auto", single_elements=False):
        key, _ = _read("lines")
    engines = _inspected(graph, tmp_path / "graph.meta").engines
    reason = "no batcher collects its records, which a session takes one by one"
    assert engines == {key.op.name: f"queues ({reason})"}


@pytest.mark.parametrize(
    "nodes",
    [
        [("take", "QueueDequeueV2", [])],
        [("take", "QueueDequeueV2", ["gone"])],
        [("a", "Switch", ["b"]), ("b", "Switch", ["a"]), ("take", "QueueDequeueV2", ["a"])],
        [("q", "FIFOQueue", []), ("put", "QueueEnqueue", ["q"]), ("take", "QueueDequeue", ["q"])],
        [("q", "FIFOQueue", []), ("put", "QueueEnqueue", []), ("take", "QueueDequeue", ["q"])],
        [
            ("q", "FIFOQueue", []),
            ("record", "ReaderRead", []),
            ("put", "QueueEnqueue", ["q", "record", "record:1"]),
            ("take", "QueueDequeue", ["q"]),
        ],
        [
            ("q", "FIFOQueue", []),
            ("put", "QueueEnqueue", ["q", "gone", "gone:1"]),
            ("take", "QueueDequeue", ["q"]),
        ],
    ],
)
def test_files_that_make_no_sense_say_nothing_of_it(nodes, tmp_path):
    graph_def = tf.GraphDef()
    for name, op, inputs in nodes:
        graph_def.node.add(name=name, op=op, input=inputs)
    element = graph_def.node.add(name="element", op="IdentityN")
    element.attr["_graphkit_element"].b = True
    (tmp_path / "graph.pb").write_bytes(graph_def.SerializeToString())
    assert "take" not in inspect_file(tmp_path / "graph.pb").details.engines
