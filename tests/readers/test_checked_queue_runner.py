"""graphkit's queue runner is TensorFlow's, and looks before it starts."""

from __future__ import annotations

import logging

import pytest
from thread_counts import no_thread_is_left

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import NoGraphError, NotInitializedError
from graphkit.readers._runner import CheckedQueueRunner


def _runners(graph):
    return graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)


def _end(coordinator, threads):
    coordinator.request_stop()
    coordinator.join(threads)


def test_every_queue_has_a_checked_runner(graph):
    queue = readers.string_input_producer(["a"])
    readers.shuffle_batch([queue.dequeue()], 2, 10, 5, num_threads=3)
    runners = _runners(graph)
    assert all(isinstance(runner, CheckedQueueRunner) for runner in runners)
    assert [len(runner.enqueue_ops) for runner in runners] == [1, 3]
    assert runners[0].queue is queue


def test_runners_that_were_there_are_left_alone(graph):
    own = tf.FIFOQueue(2, tf.int32)
    tf.train.add_queue_runner(tf.train.QueueRunner(own, [own.enqueue(1)]))
    readers.string_input_producer(["a"])
    assert [type(runner) for runner in _runners(graph)] == [
        tf.train.QueueRunner,
        CheckedQueueRunner,
    ]


def test_cancel_op_of_the_caller_is_kept(graph):
    cancel = tf.no_op(name="my_cancel")
    readers.string_input_producer(["a"], cancel_op=cancel)
    assert _runners(graph)[0].cancel_op is cancel


def test_runners_travel_in_a_meta_graph(graph):
    queue = readers.string_input_producer(["a", "b"], num_epochs=1, shuffle=False)
    readers.batch([queue.dequeue()], 2, name="pair")
    exported = tf.train.export_meta_graph()
    with tf.Graph().as_default() as imported, tf.Session() as session:
        tf.train.import_meta_graph(exported)
        assert [r.name for r in _runners(imported)] == ["input_producer", "pair/fifo_queue"]
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert session.run("pair:0").tolist() == [b"a", b"b"]
        _end(coordinator, threads)


@pytest.mark.parametrize("by_reference", [False, True])
def test_counter_without_value_is_an_error_at_the_start(graph, session, by_reference):
    with tf.variable_scope("input", use_resource=not by_reference):
        readers.string_input_producer(["a"], num_epochs=1)
    told = r"input_producer/limit_epochs/epochs' has no value.*run tf\.local_variables_init"
    with no_thread_is_left(), pytest.raises(NotInitializedError, match=told):
        tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_counter_ahead_of_a_batch_is_checked_too(graph, session):
    limited = readers.limit_epochs(tf.constant(1), 3)
    readers.batch([limited], 2)
    with pytest.raises(NotInitializedError, match="limit_epochs/epochs"):
        tf.train.start_queue_runners(session, tf.train.Coordinator())


def test_counter_of_an_unknown_variable_is_left_to_the_run(graph, session):
    readers.string_input_producer(["a"], num_epochs=1)
    session.run(tf.local_variables_initializer())
    graph.get_collection_ref(tf.GraphKeys.LOCAL_VARIABLES).clear()
    coordinator = tf.train.Coordinator()
    _end(coordinator, tf.train.start_queue_runners(session, coordinator))


def test_threads_made_but_not_started_are_not_checked(graph, session):
    queue = readers.string_input_producer(["a"], num_epochs=1)
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator, start=False)
    session.run(tf.local_variables_initializer())
    for thread in threads:
        thread.start()
    assert session.run(queue.dequeue()) == b"a"
    _end(coordinator, threads)


def test_second_start_makes_no_second_thread(graph, session):
    readers.string_input_producer(["a"])
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    assert tf.train.start_queue_runners(session, coordinator) == []
    _end(coordinator, threads)


def test_runner_in_a_collection_of_its_own_is_checked(graph, session):
    readers.string_input_producer(["a"], num_epochs=1)
    runner = graph.get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS).pop()
    graph.add_to_collection("mine", runner)
    with pytest.raises(NotInitializedError, match="epochs"):
        tf.train.start_queue_runners(session, tf.train.Coordinator(), collection="mine")


def test_nothing_is_added_to_the_graph_at_the_start(graph, tmp_path):
    (tmp_path / "a").write_text("a")
    names = readers.match_filenames_once(str(tmp_path / "*"))
    queue = readers.string_input_producer(names, num_epochs=1)
    contents = readers.WholeFileReader().read(queue)[1]
    initialize = tf.local_variables_initializer()
    graph.finalize()
    with tf.Session() as session:
        session.run(initialize)
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert session.run(contents) == b"a"
        _end(coordinator, threads)


@pytest.fixture
def warnings_of_tensorflow():
    """What TensorFlow warns of while its log level lets warnings through."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    yield records
    logger.setLevel(level)
    logger.removeHandler(handler)


def test_no_advice_to_leave_queues_reaches_the_user(graph, warnings_of_tensorflow):
    queue = readers.string_input_producer(["a"], num_epochs=1)
    for reader in (
        readers.WholeFileReader(),
        readers.TFRecordReader(),
        readers.TextLineReader(),
        readers.FixedLengthRecordReader(1),
        readers.IdentityReader(),
    ):
        reader.read(queue)
    readers.batch([queue.dequeue()], 2)
    readers.shuffle_batch([queue.dequeue()], 2, 4, 2)
    readers.match_filenames_once("*")
    readers.limit_epochs(tf.constant(1), 2)
    readers.range_input_producer(3)
    readers.slice_input_producer([[1, 2]])
    assert [record.getMessage() for record in warnings_of_tensorflow] == []


def test_other_warnings_come_through_while_building(graph, warnings_of_tensorflow):
    from graphkit.readers._queues import without_deprecation_warnings

    with without_deprecation_warnings():
        tf.logging.warning("the disk is full")
    assert [record.getMessage() for record in warnings_of_tensorflow] == ["the disk is full"]


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ("string_input_producer", lambda: readers.string_input_producer(["a"])),
        ("slice_input_producer", lambda: readers.slice_input_producer([[1]])),
        ("range_input_producer", lambda: readers.range_input_producer(3)),
        ("input_producer", lambda: readers.input_producer([1])),
        ("limit_epochs", lambda: readers.limit_epochs(1, 2)),
        ("match_filenames_once", lambda: readers.match_filenames_once("*")),
        ("WholeFileReader", lambda: readers.WholeFileReader()),
        ("TFRecordReader", lambda: readers.TFRecordReader()),
        ("TextLineReader", lambda: readers.TextLineReader()),
        ("FixedLengthRecordReader", lambda: readers.FixedLengthRecordReader(1)),
        ("IdentityReader", lambda: readers.IdentityReader()),
        ("batch", lambda: readers.batch([1], 2)),
        ("batch_join", lambda: readers.batch_join([[1]], 2)),
        ("shuffle_batch", lambda: readers.shuffle_batch([1], 2, 4, 2)),
        ("shuffle_batch_join", lambda: readers.shuffle_batch_join([[1]], 2, 4, 2)),
        ("maybe_batch", lambda: readers.maybe_batch([1], True, 2)),
        ("maybe_batch_join", lambda: readers.maybe_batch_join([[1]], True, 2)),
        ("maybe_shuffle_batch", lambda: readers.maybe_shuffle_batch([1], 2, 4, 2, True)),
        (
            "maybe_shuffle_batch_join",
            lambda: readers.maybe_shuffle_batch_join([[1]], 2, 4, 2, True),
        ),
        ("record_batch", lambda: readers.record_batch("x", {}, batch_size=1)),
    ],
)
def test_call_without_a_graph_says_what_to_do(where, call):
    with pytest.raises(NoGraphError, match=rf"^{where}: no graph is current.*as_default"):
        call()


def test_missing_graph_is_caught_as_what_tensorflow_1_raised():
    with pytest.raises(RuntimeError, match="no graph"):
        readers.string_input_producer(["a"])
    with pytest.raises(ValueError, match="no graph"):
        readers.batch([1], 2)
