"""Single elements, which a session takes one each step, on tf.data."""

from __future__ import annotations

import json

import numpy as np
import pytest
import record_readers
from engine_pipelines import delivered, lines, numbers
from recorded_pipelines import CASES, GOLDEN, assert_same_delivery
from thread_counts import no_thread_is_left

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf
from graphkit.errors import MissingFileError

# Recorded without a batcher; what is left to the queues, and the words it is explained by.
SINGLE = sorted(name for name in CASES if len(GOLDEN["cases"][name]["runners"]) == 1)
LEFT_TO_QUEUES = {
    "fixed length, hopping": "records that overlap or leave gaps",
    "records produced": "ReaderNumRecordsProducedV2 (ReaderNumRecordsProducedV2): it looks at its",
    "rows of a placeholder": "its value is fed",
}
LINES = [b"a", b"b", b"c"]


@pytest.fixture
def names(tmp_path):
    (tmp_path / "lines").write_text("a\nb\nc\n")
    return [str(tmp_path / "lines")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("single"))
    record_readers.write_files(tf, path)
    return path


def _engines():
    return [report.engine for report in readers.explain()]


def _taken(build):
    """Builds in a graph of its own; the engines, and what a session takes until the end."""
    with tf.Graph().as_default():
        fetches = build()
        engines = _engines()
        return engines, [_plain(one) for one in delivered(fetches)]


def _plain(value):
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return np.array(value).tolist()


@pytest.mark.parametrize("name", SINGLE)
def test_a_session_takes_what_it_took_in_tensorflow_1(name, folder):
    with no_thread_is_left():
        seen = json.loads(json.dumps(record_readers.observe(tf, readers, CASES[name], folder)))
    wanted = dict(GOLDEN["cases"][name])
    batches, wanted_batches = seen.pop("batches"), wanted.pop("batches")
    assert seen == wanted
    assert_same_delivery(batches, wanted_batches, CASES[name].order)


@pytest.mark.parametrize("name", SINGLE)
def test_each_is_explained_under_the_name_it_has_in_queues(name, folder):
    with tf.Graph().as_default():
        CASES[name].build(readers, tf, folder)
        (report,) = readers.explain()
    with tf.Graph().as_default(), readers.engine("queues"):
        CASES[name].build(readers, tf, folder)
        (in_queues,) = readers.explain()
    assert report.name == in_queues.name
    assert report.engine == ("queues" if name in LEFT_TO_QUEUES else "tf.data")
    assert LEFT_TO_QUEUES.get(name, "") in report.reason


def test_who_asked_for_the_queues_has_them():
    for engine, asked in (("queues", True), ("auto", False), ("tf.data", False)):
        with readers.engine(engine, single_elements=asked):
            engines, found = _taken(lambda: numbers(3))
        assert (engines, found) == (["queues"], [0, 1, 2])


def test_each_step_takes_one_for_all_that_it_fetches(names):
    def built():
        key, line = lines(names[0])
        return key, line, tf.strings.join([line, line])

    wanted = [[f"{names[0]}:{place + 1}".encode(), one, one * 2] for place, one in enumerate(LINES)]
    assert _taken(built) == (["tf.data"], wanted)


def test_two_who_take_share_the_elements():
    def built():
        queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
        return queue.dequeue(), queue.dequeue()

    engines, found = _taken(built)
    assert engines == ["queues", "queues"]
    assert sorted(one for pair in found for one in pair) == list(range(6))


def test_a_queue_that_sessions_share_is_said_to_be_the_reason():
    with tf.Graph().as_default():
        taken = readers.range_input_producer(3, shared_name="shared").dequeue()
        (report,) = readers.explain()
    assert (report.name, report.engine) == (taken.op.name, "queues")
    assert "a queue that sessions share" in report.reason


@pytest.mark.parametrize("look", ["size", "reader", "more"])
def test_the_queue_delivers_where_something_looks_at_it(look, names):
    def built():
        queue = readers.string_input_producer(names, num_epochs=1)
        reader = readers.TextLineReader()
        line = reader.read(queue)[1]
        if look == "size":
            queue.size()
        elif look == "reader":
            reader.num_records_produced()
        else:
            tf.raw_ops.ReaderReadV2(
                reader_handle=readers.TextLineReader().reader_ref, queue_handle=queue.queue_ref
            )
        return line

    engines, found = _taken(built)
    assert (engines[0], found) == ("queues", LINES)


def test_the_queue_delivers_in_a_session_that_fills_it_by_hand():
    with tf.Graph().as_default(), tf.Session() as session:
        number = numbers(3)
        session.run(tf.local_variables_initializer())
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        session.run(runner.enqueue_ops)
        assert [session.run(number) for _ in range(3)] == [0, 1, 2]


def test_a_batcher_behind_it_is_served_and_what_is_fetched_beside_comes_from_the_queue():
    def built():
        number = numbers(6)
        return readers.batch([number], 2), number

    engines, found = _taken(built)
    assert engines == ["tf.data"]
    assert found == [[[0, 1], 0], [[2, 3], 1], [[4, 5], 2]]


def test_a_batcher_on_queues_takes_from_the_queue():
    def built():
        batch = readers.batch([numbers(6) + tf.placeholder_with_default(0, [])], 2)
        assert tf.get_collection("tf_data_runners") == []
        return batch

    engines, found = _taken(built)
    assert (engines, found) == (["queues"], [[0, 1], [2, 3], [4, 5]])


def test_a_join_of_readers_of_one_producer_is_served(tmp_path):
    for file in "ab":
        (tmp_path / file).write_text(f"{file}1\n{file}2\n")

    def built():
        queue = readers.string_input_producer([str(tmp_path / "a"), str(tmp_path / "b")], 1)
        return readers.batch_join([[readers.TextLineReader().read(queue)[1]] for _ in range(2)], 2)

    engines, found = _taken(built)
    assert engines == ["tf.data"]
    assert sorted(one for pair in found for one in pair) == [b"a1", b"a2", b"b1", b"b2"]


@pytest.mark.parametrize("count", [1, 2])
def test_a_batcher_behind_readers_that_fill_a_queue_together_is_served(count, names):
    def built():
        work = readers.string_input_producer(names, num_epochs=1)
        queue = tf.FIFOQueue(8, [tf.string, tf.string], [[], []])
        fills = [queue.enqueue(readers.TextLineReader().read(work)) for _ in range(count)]
        tf.train.add_queue_runner(tf.train.QueueRunner(queue, fills))
        return readers.batch([queue.dequeue()[1]], 3)

    engines, found = _taken(built)
    assert (engines, found) == (["tf.data"], [LINES])


def test_the_pipeline_of_a_batcher_behind_it_is_measured(names):
    with tf.Graph().as_default() as graph:
        queue = readers.string_input_producer(names)
        readers.batch([tf.strings.length(readers.TextLineReader().read(queue)[1])], 2)
        (speed,) = readers.measure_speed(graph, seconds=0.01)
    assert [stage.name for stage in speed.stages] == ["read", "user ops", "session"]


def _run(folder, steps):
    """Goes on with shuffled lines where a run before has stopped."""
    with GraphBuilder() as g:
        tf.train.get_or_create_global_step()
        with readers.engine("auto", resumable=True):
            number = readers.range_input_producer(9, num_epochs=2).dequeue()
    found = []
    with SessionRunner(g, checkpoint_dir=folder, resume=True) as runner:
        while len(found) < steps:
            found.append(int(runner.run(number)))
        runner.save()
    return found


def test_a_run_goes_on_with_the_very_next_element(tmp_path):
    found = _run(tmp_path, 4) + _run(tmp_path, 7) + _run(tmp_path, 7)
    assert sorted(found[:9]) == sorted(found[9:]) == list(range(9))


@pytest.mark.parametrize(
    ("queue", "warned"), [("of a batcher", "batch"), ("of the program", "input_producer")]
)
def test_what_waits_in_a_queue_is_not_lost_to_a_run_that_goes_on(queue, warned, tmp_path):
    found = []
    for _ in range(2):
        with tf.Graph().as_default(), tf.Session() as session:
            with (
                pytest.warns(UserWarning, match=f"{warned}.* its position is not saved"),
                readers.engine("auto", resumable=True),
            ):
                number = numbers(6) + tf.placeholder_with_default(0, [])
                if queue == "of a batcher":
                    taken = readers.batch([number], 1)
                else:
                    waiting = tf.FIFOQueue(8, [tf.int32], [[]])
                    fills = [waiting.enqueue(number)]
                    tf.train.add_queue_runner(tf.train.QueueRunner(waiting, fills))
                    taken = waiting.dequeue()
            tf.get_variable("kept", [])
            saver = tf.train.Saver()
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            if found:
                saver.restore(session, str(tmp_path / "saved"))
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            found.append(np.ravel(session.run(taken)).tolist())
            saver.save(session, str(tmp_path / "saved"))
            coordinator.request_stop()
            coordinator.join(threads)
    assert found == [[0], [0]]


def test_an_imported_graph_starts_it(tmp_path):
    with tf.Graph().as_default() as graph:
        tf.add_to_collection("number", numbers(3))
        meta_graph = tf.train.export_meta_graph(graph=graph)
    for scope in (None, "copy"):
        with tf.Graph().as_default():
            tf.train.import_meta_graph(meta_graph, import_scope=scope)
            (number,) = tf.get_collection("number")
            (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
            assert runner.reason() == ""
            assert readers.explain() == [readers.PipelineReport(number.op.name, "tf.data")]
            assert delivered(number) == [0, 1, 2]
            doubled = readers.batch([number * 2], 3)
            assert _engines() == ["tf.data"]
            assert [one.tolist() for one in delivered(doubled)] == [[0, 2, 4]]


def test_an_imported_graph_leaves_it_to_the_queue_that_something_looks_at():
    with tf.Graph().as_default() as graph:
        numbers(3)
        meta_graph = tf.train.export_meta_graph(graph=graph)
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta_graph)
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        looking = runner.queue.size().op.name
        (report,) = readers.explain()
    assert (report.name, report.engine) == ("input_producer_Dequeue", "queues")
    assert looking in report.reason


def test_it_begins_anew():
    with tf.Graph().as_default(), tf.Session() as session:
        number = numbers(3)
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for taken in (2, 3):
            assert [session.run(number) for _ in range(taken)] == list(range(taken))
            readers.reset(session, number)
        coordinator.request_stop()
        coordinator.join(threads)


def test_files_that_appear_after_the_start_are_read_where_they_are_not_checked(tmp_path):
    path = tmp_path / "late"
    with tf.Graph().as_default(), tf.Session() as session:
        queue = readers.string_input_producer([str(path)], num_epochs=1, check_files=False)
        record = readers.WholeFileReader().read(queue)[1]
        assert _engines() == ["tf.data"]
        session.run(tf.local_variables_initializer())
        tf.train.start_queue_runners(session, tf.train.Coordinator())
        path.write_text("here")
        assert session.run(record) == b"here"


def test_a_missing_file_is_named_before_anything_starts(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        lines(tmp_path / "absent")
        session.run(tf.local_variables_initializer())
        with no_thread_is_left(), pytest.raises(MissingFileError, match="absent"):
            tf.train.start_queue_runners(session, tf.train.Coordinator())
