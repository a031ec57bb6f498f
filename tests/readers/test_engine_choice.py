"""Which engine a batcher gets, what is said about it, and how it starts and ends."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest
from engine_pipelines import delivered, parsed, write_records

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError, MissingFileError, NotInitializedError


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("choice") / "images.tfrecord")


def _numbers(limit=12, epochs=1, **options):
    return readers.range_input_producer(
        limit, num_epochs=epochs, shuffle=False, **options
    ).dequeue()


def _variable(number):
    return number + tf.get_variable("offset", initializer=0)


def _table(number):
    keys = tf.constant([0, 1], tf.int32)
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(keys, tf.constant([5, 6], tf.int32)), -1
    )
    return table.lookup(number)


def _another_queue(number):
    queue = tf.FIFOQueue(3, [tf.int32], [[]])
    queue.enqueue([1])
    return number + queue.dequeue()


def _loop(number):
    return tf.while_loop(lambda i: i < 3, lambda i: i + 1, [number])


REASONS = {
    "a fed value": (lambda n: n + tf.placeholder_with_default(1, []), "its value is fed"),
    "a variable": (_variable, "it reads a variable or a table"),
    "a table": (_table, "it reads a variable or a table"),
    "another queue": (_another_queue, "a queue that is not filled as producers fill theirs"),
}


@pytest.mark.parametrize("name", sorted(REASONS))
def test_what_cannot_be_lifted_keeps_the_queues_and_says_why(name):
    change, reason = REASONS[name]
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        readers.batch([change(_numbers())], 4)
        (report,) = readers.explain(graph)
    assert (report.name, report.engine) == ("batch", "queues")
    assert reason in report.reason
    assert reason in str(report)


@pytest.mark.parametrize("name", sorted(REASONS))
def test_tf_data_can_be_insisted_on(name):
    change, reason = REASONS[name]
    with (
        tf.Graph().as_default(),
        readers.engine("tf.data"),
        pytest.raises(ArgumentError, match=reason),
    ):
        readers.batch([change(_numbers())], 4)


def test_a_pipeline_that_sessions_share_keeps_the_queues():
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        readers.batch([_numbers(shared_name="ours")], 4)
        readers.batch([_numbers()], 4, shared_name="ours")
        first, second = readers.explain(graph)
    assert "sessions share" in first.reason
    assert "sessions share" in second.reason


def test_queues_can_be_insisted_on():
    with tf.Graph().as_default() as graph, readers.engine("queues"):
        readers.batch([_numbers()], 4)
        (report,) = readers.explain(graph)
    assert (report.engine, report.reason) == ("queues", "the queues were asked for")


def test_there_is_no_other_engine():
    with (
        pytest.raises(ArgumentError, match=r"'auto', 'queues', 'tf\.data'"),
        readers.engine("fast"),
    ):
        pass


def test_the_choice_ends_with_its_block():
    with tf.Graph().as_default() as graph:
        with readers.engine("tf.data"):
            with readers.engine("queues"):
                readers.batch([_numbers()], 4, name="inner")
            readers.batch([_numbers()], 4, name="outer")
        assert [(r.name, r.engine) for r in readers.explain(graph)] == [
            ("inner", "queues"),
            ("outer", "tf.data"),
        ]


def test_a_default_holds_in_every_thread_and_outside_any_block():
    built = []

    def build(graph):
        with graph.as_default():
            readers.batch([_numbers()], 4)
            with readers.engine("auto"):
                readers.batch([_numbers()], 4)
            built.extend(report.engine for report in readers.explain(graph))

    readers.set_default_engine("queues")
    try:
        thread = threading.Thread(target=build, args=(tf.Graph(),))
        thread.start()
        thread.join()
    finally:
        readers.set_default_engine("auto")
    assert built == ["queues", "tf.data"]


def test_no_other_engine_can_be_the_default():
    with pytest.raises(ArgumentError, match=r"'auto', 'queues', 'tf\.data'"):
        readers.set_default_engine("fast")


def test_two_batchers_of_one_producer_share_its_elements():
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        number = _numbers(40)
        first = readers.batch([number], 4, name="first")
        second = readers.batch([number], 4, name="second")
        assert [report.engine for report in readers.explain(graph)] == ["queues", "queues"]
        assert first.name == "first:0"
        found = np.ravel(delivered([first, second]))
    assert len(set(found.tolist())) == len(found)


def test_who_takes_from_the_producer_besides_gets_elements_too():
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
        alone = queue.dequeue()
        readers.batch([queue.dequeue()], 2)
        report, _beside = readers.explain(graph)
    assert alone.op.name in report.reason


def test_starting_twice_does_not_start_over(path):
    with tf.Graph().as_default(), tf.Session() as session:
        with readers.engine("tf.data"):
            batch = readers.batch([parsed(path)[2]], 4)
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert session.run(batch).tolist() == [0, 1, 2, 3]
        threads += tf.train.start_queue_runners(session, coordinator)
        assert session.run(batch).tolist() == [4, 5, 6, 7]
        coordinator.request_stop()
        coordinator.join(threads)


def test_each_session_has_a_stream_of_its_own(path):
    with tf.Graph().as_default():
        with readers.engine("tf.data"):
            batch = readers.batch([parsed(path)[2]], 10)
        assert [b.tolist() for b in delivered(batch)] == [[*range(10)], [*range(10, 20)]]
        assert [b.tolist() for b in delivered(batch)] == [[*range(10)], [*range(10, 20)]]


def test_a_missing_file_is_named_at_the_start(tmp_path):
    with tf.Graph().as_default(), pytest.raises(MissingFileError, match=r"gone\.tfrecord"):
        with readers.engine("tf.data"):
            batch = readers.batch([parsed(str(tmp_path / "gone.tfrecord"))[2]], 4)
        delivered(batch)


def test_a_counter_without_a_value_is_named_at_the_start(path):
    with tf.Graph().as_default(), tf.Session() as session:
        with readers.engine("tf.data"):
            readers.batch([parsed(path)[2]], 4)
        with pytest.raises(NotInitializedError, match="epochs"):
            tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_a_damaged_record_is_an_error_of_the_step_that_needs_it(tmp_path):
    path = write_records(tmp_path / "damaged.tfrecord")
    data = bytearray((tmp_path / "damaged.tfrecord").read_bytes())
    data[-10] ^= 1
    (tmp_path / "damaged.tfrecord").write_bytes(data)
    with tf.Graph().as_default(), pytest.raises(tf.errors.DataLossError):
        with readers.engine("tf.data"):
            batch = readers.batch([parsed(path)[2]], 20)
        delivered(batch)


def test_names_found_when_variables_are_initialised(tmp_path):
    names = readers.match_filenames_once
    with tf.Graph().as_default() as graph:
        with readers.engine("tf.data"):
            queue = readers.string_input_producer(names(str(tmp_path / "*.tfrecord")), 1)
            batch = readers.batch([readers.TFRecordReader().read(queue)[1]], 20)
        assert readers.explain(graph)[0].engine == "tf.data"
        write_records(tmp_path / "later.tfrecord")
        assert len(delivered(batch)) == 1


def test_a_loop_of_the_program_is_run_or_left_to_the_queues():
    with tf.Graph().as_default() as graph:
        with readers.engine("auto"):
            batch = readers.batch([_loop(_numbers(5))], 5)
        assert len(readers.explain(graph)) == 1
        assert delivered(batch)[0].tolist() == [3, 3, 3, 3, 4]


def test_session_runner_starts_and_ends_the_stream(path):
    with GraphBuilder() as g, readers.engine("tf.data"):
        batch = readers.shuffle_batch([parsed(path)[2]], 5, 30, 10, seed=1)
    labels = []
    with SessionRunner(g) as runner, pytest.raises(tf.errors.OutOfRangeError):
        while True:
            labels += runner.run(batch).tolist()
    assert sorted(labels) == list(range(20))
    assert labels != sorted(labels)


def test_a_graph_on_tf_data_can_be_saved_as_a_meta_graph(path, tmp_path):
    with tf.Graph().as_default():
        with readers.engine("tf.data"):
            readers.batch([parsed(path)[2]], 5)
        tf.train.export_meta_graph(str(tmp_path / "graph.meta"))
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(str(tmp_path / "graph.meta"))
        assert graph.get_operation_by_name("batch").type == "IdentityN"


@pytest.mark.parametrize("name", ["queues", "tf.data"])
def test_a_graph_with_batchers_is_let_go(name):
    with tf.Graph().as_default() as graph, readers.engine(name):
        readers.batch([_numbers()], 4)
    left = weakref.ref(graph)
    del graph
    gc.collect()
    assert left() is None


def test_a_graph_without_batchers_has_nothing_to_explain():
    assert readers.explain(tf.Graph()) == []
