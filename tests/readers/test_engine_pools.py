"""Readers that fill a queue together, as `slim.parallel_reader` has it, in front of a batcher."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from engine_pipelines import delivered, write_records

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf

COUNT = 20
LABELS = {"label": tf.FixedLenFeature([], tf.int64)}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pools")
    images = np.zeros([COUNT, 1], np.uint8)
    whole = write_records(folder / "whole.tfrecord", images)
    records = list(tf.io.tf_record_iterator(whole))
    halves = [str(folder / name) for name in ("a.tfrecord", "b.tfrecord")]
    for path, part in zip(halves, (records[:12], records[12:]), strict=True):
        with tf.io.TFRecordWriter(path) as writer:
            for record in part:
                writer.write(record)
    return halves


def _pool(files, kinds, queue=None, *, epochs=1):
    """The record that readers of these kinds put into a queue next, and the queue."""
    names = readers.string_input_producer(files, num_epochs=epochs, shuffle=False)
    queue = queue or tf.FIFOQueue(8, [tf.string, tf.string], name="common")
    fillers = [queue.enqueue(kind().read(names)) for kind in kinds]
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, fillers))
    return queue.dequeue()[1], queue


def _shuffling(capacity=8, least=2, seed=None):
    return tf.RandomShuffleQueue(capacity, least, [tf.string, tf.string], seed=seed, name="common")


def _label(record):
    return tf.parse_single_example(record, LABELS)["label"]


def _labels(build, engine="tf.data", seed=None):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        tf.set_random_seed(seed)
        batch = readers.batch([_label(build())], 4)
        assert [report.engine for report in readers.explain(graph)] == [engine]
        return np.concatenate(delivered(batch)).tolist()


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
def test_one_reader_keeps_the_order(files, engine):
    found = _labels(lambda: _pool(files, [tf.TFRecordReader], epochs=2)[0], engine)
    assert found == [*range(COUNT)] * 2


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
@pytest.mark.parametrize("shuffled", [False, True])
def test_several_readers_deliver_every_record_once_an_epoch(files, engine, shuffled):
    def build():
        queue = _shuffling() if shuffled else None
        return _pool(files, [tf.TFRecordReader] * 3, queue, epochs=2)[0]

    assert Counter(_labels(build, engine)) == dict.fromkeys(range(COUNT), 2)


def test_records_are_drawn_from_as_many_as_the_queue_holds(files):
    found = _labels(lambda: _pool(files, [tf.TFRecordReader], _shuffling(6, 2, seed=3))[0], seed=1)
    assert sorted(found) == [*range(COUNT)] != found
    # When the i-th is taken, no more than six and the i before it have come.
    assert all(label < place + 6 for place, label in enumerate(found))


def test_a_seed_gives_the_same_order_again(files):
    def found(seed):
        build = lambda: _pool(files, [tf.TFRecordReader], _shuffling(seed=seed))[0]  # noqa: E731
        return _labels(build, seed=1)

    assert found(5) == found(5) != found(6)


def test_the_work_is_done_on_whole_batches(files):
    with tf.Graph().as_default() as graph, readers.engine("tf.data"):
        readers.batch([_label(_pool(files, [tf.TFRecordReader])[0])], 4)
        functions = graph.as_graph_def().library.function
    assert any("pfor" in node.name for function in functions for node in function.node_def)


def test_whole_files_pass_through_as_well(tmp_path):
    for name in "abc":
        (tmp_path / name).write_text(name * 2)
    names = [str(tmp_path / name) for name in "abc"]
    with tf.Graph().as_default(), readers.engine("tf.data"):
        record, _ = _pool(names, [tf.WholeFileReader] * 2, _shuffling())
        batch = readers.batch([tf.reshape(record, [])], 3)
        assert sorted(delivered(batch)[0]) == [b"aa", b"bb", b"cc"]


def test_a_stream_goes_on_where_its_checkpoint_is(files, tmp_path):
    def labels(steps, folder):
        with GraphBuilder() as g, readers.engine("tf.data", resumable=True):
            tf.train.get_or_create_global_step()
            record, _ = _pool(files, [tf.TFRecordReader] * 2, _shuffling())
            batch = readers.batch([_label(record)], 4)
        with SessionRunner(g, checkpoint_dir=folder, resume=True) as runner:
            found = [label for _ in range(steps) for label in runner.run(batch).tolist()]
            runner.save()
        return found

    assert sorted(labels(2, tmp_path) + labels(3, tmp_path)) == [*range(COUNT)]


def _looked_at(files):
    record, queue = _pool(files, [tf.TFRecordReader])
    batch = readers.batch([_label(record)], 4)
    queue.size(name="looked")
    return batch


def _taken_twice(files):
    record, queue = _pool(files, [tf.TFRecordReader])
    queue.dequeue(name="looked")
    return readers.batch([_label(record)], 4)


def _of_several_kinds(files):
    record, _ = _pool(files, [tf.TFRecordReader, tf.WholeFileReader])
    return readers.batch([tf.reshape(record, [])], 4)


def _filled_by_others_too(files):
    record, queue = _pool(files, [tf.TFRecordReader])
    queue.enqueue(["key", "value"], name="other")
    return readers.batch([tf.reshape(record, [])], 4)


def _shared(files):
    queue = tf.FIFOQueue(8, [tf.string, tf.string], shared_name="ours", name="common")
    record, _ = _pool(files, [tf.TFRecordReader], queue)
    return readers.batch([tf.reshape(record, [])], 4)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (_looked_at, "looked (QueueSizeV2)"),
        (_taken_twice, "looked (QueueDequeueV2)"),
        (_of_several_kinds, "common (FIFOQueueV2): readers of several kinds fill it"),
        (
            _filled_by_others_too,
            "common (FIFOQueueV2): a queue that is not filled as producers fill theirs",
        ),
        (_shared, "common (FIFOQueueV2): a queue that sessions share"),
    ],
)
def test_others_at_the_queue_keep_it(files, build, reason):
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        build(files)
        report, *_ = readers.explain(graph)
    assert report.engine == "queues"
    assert reason in report.reason
