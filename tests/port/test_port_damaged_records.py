"""A program that fails over a damaged record hears which file it is in, and at which byte."""

from __future__ import annotations

import os
import re

import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.port._failure import describe_failure
from graphkit.port._watch import SessionWatch, run_graphs
from graphkit.records import iterate_records

BYTES = 12 + 20 + 4  # of each record, with its frame
HINT = "graphkit: a TFRecord file is damaged or not complete\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _watch():
    made = SessionWatch(tf, print)
    made.start()
    yield
    made.stop()


@pytest.fixture
def damaged():
    """Two files of five records, the fourth of the second changed."""
    for name in ("good.tfrecord", "bad.tfrecord"):
        with tf.python_io.TFRecordWriter(name) as writer:
            for number in range(5):
                writer.write(bytes([number]) * 20)
    with open("bad.tfrecord", "r+b") as file:
        file.seek(3 * BYTES + 15)
        file.write(b"\xff")
    return ["good.tfrecord", "bad.tfrecord"]


def records(names, check_files=True):
    queue = readers.string_input_producer(
        names, num_epochs=1, shuffle=False, check_files=check_files
    )
    return readers.TFRecordReader().read(queue)[1]


def told(fetch, session):
    """What is told of the error that ends a program which computes something over and over."""
    session.run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    with pytest.raises(tf.errors.OpError) as raised:
        while True:
            session.run(fetch)
    coordinator.request_stop()
    try:
        coordinator.join(threads)
    except tf.errors.DataLossError as error:
        return describe_failure(error, None)
    return describe_failure(raised.value, None)


def place(text):
    """The file and the byte."""
    found = re.search(r"graphkit: (\S+): the record at byte (\d+) is damaged or not compl", text)
    assert found is not None, text
    assert f"graphkit records show {found[1]} says what is wrong: " in text
    assert HINT not in text
    return found[1], int(found[2])


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
def test_a_batch_tells_the_file(engine, damaged, graph, session):
    with readers.engine(engine):
        batch = readers.batch([records(damaged)], 2)
    assert place(told(batch, session)) == ("bad.tfrecord", 3 * BYTES)


def test_a_single_record_tells_the_file(damaged, graph, session):
    assert place(told(records(damaged), session)) == ("bad.tfrecord", 3 * BYTES)


def test_a_compressed_file_whose_reader_was_not_told_is_named(graph, session):
    with tf.python_io.TFRecordWriter("zipped", "GZIP") as writer:
        writer.write(b"record")
    text = told(records(["zipped"]), session)
    assert place(text) == ("zipped", 0)
    assert "if it finds nothing, the file is compressed" in text
    assert [*iterate_records("zipped")] == [b"record"]  # as the command reads it


def test_a_queue_of_the_program_s_own_tells_the_file(damaged, graph, session):
    queue = tf.FIFOQueue(4, [tf.string], shapes=[()])
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(records(damaged))]))
    assert place(told(queue.dequeue(), session)) == ("bad.tfrecord", 3 * BYTES)


def test_a_file_that_is_cut_off_is_told(damaged, graph, session):
    os.truncate("bad.tfrecord", 2 * BYTES + 20)
    assert place(told(records(damaged), session)) == ("bad.tfrecord", 2 * BYTES)


def lost(graph):
    """What a reading thread of a graph raises over a record: it names no op."""
    with tf.Session(graph=graph) as session:
        session.run(tf.no_op())
    assert graph in run_graphs()
    return tf.errors.DataLossError(None, None, f"corrupted record at {3 * BYTES + 12}")


def test_names_that_are_computed_leave_the_hint(damaged, graph):
    records(tf.placeholder(tf.string, [None]))
    assert HINT in describe_failure(lost(graph), None)


def test_what_is_no_file_is_not_opened(graph):
    os.mkfifo("pipe")  # to open it would be to wait for its other end
    records(["pipe", ".", "gone.tfrecord", "gs://bucket/file.tfrecord"], check_files=False)
    assert HINT in describe_failure(lost(graph), None)


def test_a_file_is_read_once_however_many_readers_read_it(damaged, graph, monkeypatch):
    opened = []
    real = readers._damage.iterate_records

    def counting(path, **options):
        opened.append(path)
        return real(path, **options)

    monkeypatch.setattr(readers._damage, "iterate_records", counting)
    for _ in range(3):
        records(["good.tfrecord"])
    assert HINT in describe_failure(lost(graph), None)
    assert opened == ["good.tfrecord"]


@pytest.mark.parametrize("failure", [PermissionError, KeyboardInterrupt])
def test_a_search_that_fails_leaves_the_hint(failure, damaged, graph, monkeypatch):
    def failing(path, **_options):
        raise failure(path)

    monkeypatch.setattr(readers._damage, "iterate_records", failing)
    records(damaged)
    assert HINT in describe_failure(lost(graph), None)
