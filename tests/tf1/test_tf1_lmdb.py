"""LMDB files, read as 1.15.5 read them, by the package lmdb."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import record_lmdb

import graphkit.tf1 as tf
from graphkit.errors import UsageError

pytest.importorskip("lmdb", reason="the package lmdb reads the files")

GOLDEN = Path(record_lmdb.HERE)
FILES = GOLDEN / "lmdb"
THEN = json.loads((GOLDEN / "lmdb.json").read_text())


def records(*names):
    return [record for name in names for record in record_lmdb.RECORDS[name]]


def elements(dataset):
    with tf.Session() as session:
        element, found = tf.data.make_one_shot_iterator(dataset).get_next(), []
        while True:
            try:
                found.append(session.run(element))
            except tf.errors.OutOfRangeError:
                return found


@pytest.mark.parametrize("way", record_lmdb.WAYS, ids=lambda way: way.__name__)
def test_records_come_as_they_came(way, monkeypatch):
    monkeypatch.chdir(GOLDEN)
    assert record_lmdb.run(tf, ["three", "empty", "two"], way) == THEN[way.__name__]


def test_the_data_file_itself_may_be_named(monkeypatch):
    monkeypatch.chdir(GOLDEN)
    found = record_lmdb.run(tf, ["two/data.mdb"], record_lmdb.one_by_one)
    assert found == THEN["a file itself"]


def test_a_reset_leaves_the_file_that_is_read(monkeypatch):
    """1.15 went on with the second record of it, in the name of the next file."""
    monkeypatch.chdir(GOLDEN)

    def begun_anew(reader, queue):
        return [*[reader.read(queue)] * 2, reader.reset(), reader.read(queue)]

    assert record_lmdb.run(tf, ["three", "two"], begun_anew) == [
        [["a", "first"], [1, 0]],
        [["b", ""], [2, 0]],
        [None, [0, 0]],
        [["1", "one"], [1, 0]],
    ]


def test_names_and_shapes_are_those_of_then(graph):
    queue = tf.train.string_input_producer(["a"])
    reader = tf.LMDBReader()
    key, value = reader.read(queue)
    assert [(key.name, key.shape, key.dtype), (value.name, value.shape)] == [
        ("ReaderRead:0", [], tf.string),
        ("ReaderRead:1", []),
    ]
    keys, _ = reader.read_up_to(queue, 3)
    assert (keys.name, keys.shape.as_list()) == ("ReaderReadUpTo:0", [None])
    assert reader.num_records_produced().name == "ReaderNumRecordsProduced:0"
    assert not reader.supports_serialize


def test_each_session_reads_from_the_start(graph):
    paths = [str(FILES / "three")]
    record = tf.LMDBReader().read(tf.train.string_input_producer(paths))
    for _ in range(2):
        with tf.Session() as session:
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            assert [session.run(record) for _ in range(4)] == [
                *records("three"),
                records("three")[0],
            ]
            coordinator.request_stop()
            coordinator.join(threads)


def test_two_readers_read_one_file_at_a_time_each(graph):
    queue = tf.train.string_input_producer([str(FILES / "three")])
    one, other = tf.LMDBReader().read(queue), tf.LMDBReader().read(queue)
    with tf.Session() as session:
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert [session.run([one, other]) for _ in range(3)] == [
            [record, record] for record in records("three")
        ]
        coordinator.request_stop()
        coordinator.join(threads)


def test_batches_of_several_threads_hold_every_record(graph):
    paths = [str(FILES / name) for name in ("three", "two")]
    queue = tf.train.string_input_producer(paths, num_epochs=3)
    batch = tf.train.batch(tf.LMDBReader().read(queue), 5, num_threads=3)
    found = []
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for _ in range(3):
            found += zip(*session.run(batch), strict=True)
        coordinator.request_stop()
        coordinator.join(threads)
    assert sorted(found) == sorted(records("three", "two") * 3)


@pytest.mark.parametrize("damage", [None, b"no page of LMDB" * 1000])
def test_a_file_that_cannot_be_read_is_named(graph, tmp_path, damage):
    path = tmp_path / "some where.mdb"
    if damage:
        path.write_bytes(damage)
    queue = tf.FIFOQueue(1, tf.string, [])
    record = tf.LMDBReader().read(queue)
    with tf.Session() as session:
        session.run(queue.enqueue(str(path)))
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"some where\.mdb"):
            session.run(record)


def test_a_data_set_goes_through_file_after_file(graph):
    paths = [str(FILES / name) for name in ("two", "empty", "three")]
    dataset = tf.contrib.data.LMDBDataset(paths)
    assert isinstance(dataset, tf.data.Dataset)
    assert (dataset.output_types, dataset.output_shapes) == ((tf.string, tf.string), ([], []))
    assert elements(dataset) == records("two", "three")


def test_a_data_set_of_one_file_takes_the_steps_of_then(graph):
    dataset = tf.contrib.data.LMDBDataset(str(FILES / "three"))
    lengths = dataset.map(lambda key, value: tf.strings.length(value), num_threads=2)
    assert elements(lengths) == [len(value) for _, value in records("three")]


def test_without_the_package_the_reader_says_what_to_install(graph, monkeypatch):
    monkeypatch.setitem(sys.modules, "lmdb", None)
    with pytest.raises(UsageError, match="pip install lmdb"):
        tf.LMDBReader()
