"""Queue pipelines under a runner: started, told when they fail, and gone afterwards."""

import threading

import pytest

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.session import SessionRunner


@pytest.fixture(autouse=True)
def no_thread_survives():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def numbers(count=10, epochs=1, batch=5):
    """The numbers below `count` in order, in batches, for so many epochs."""
    (number,) = tf.train.slice_input_producer(
        [tf.range(count)], num_epochs=epochs, shuffle=False, name="numbers"
    )
    return tf.train.batch([number], batch, name="batch")


def test_pipeline_runs_to_its_end_without_any_setup(graph):
    batch = numbers(epochs=2)
    got = []
    with SessionRunner(graph) as runner:
        assert not runner.should_stop
        with pytest.raises(
            tf.errors.OutOfRangeError, match=r"batch .QueueDequeueMany.*requested 5"
        ):
            while True:
                got += runner.run(batch).tolist()
    assert got == list(range(10)) * 2


def test_leaving_early_is_quiet(graph):
    batch = numbers(epochs=None)
    with SessionRunner(graph) as runner:
        assert runner.run(batch).tolist() == [0, 1, 2, 3, 4]


def test_leaving_by_an_error_of_the_body_keeps_it(graph):
    numbers(epochs=None)
    with pytest.raises(ZeroDivisionError, match="mine"), SessionRunner(graph):
        raise ZeroDivisionError("mine")


def missing_file():
    files = tf.train.string_input_producer(["/no/such/file"], num_epochs=1)
    _, content = tf.WholeFileReader().read(files, name="read")
    return tf.train.shuffle_batch([content], 2, 10, 2, name="batch")


def test_first_error_of_a_thread_reaches_the_run(graph):
    batch = missing_file()
    with SessionRunner(graph) as runner:
        with pytest.raises(
            tf.errors.NotFoundError, match=r"^read .*/no/such/file; No such file.*fills a q"
        ):
            runner.run(batch)
        with pytest.raises(RunError, match="/no/such/file"):
            runner.run(batch)
        assert runner.should_stop


def test_first_error_of_a_thread_reaches_the_end_of_the_with(graph):
    missing_file()
    with pytest.raises(RunError, match="/no/such/file") as caught, SessionRunner(graph) as runner:
        assert runner.coordinator.wait_for_stop(60)
    assert isinstance(caught.value.__cause__, tf.errors.NotFoundError)


def test_first_error_of_a_thread_replaces_what_a_plain_session_saw(graph):
    batch = missing_file()
    with pytest.raises(tf.errors.NotFoundError, match="/no/such/file") as caught:
        with SessionRunner(graph) as runner:
            runner.session.run(batch)
    assert isinstance(caught.value, RunError)


def test_error_that_was_told_is_not_told_again(graph):
    batch = missing_file()
    with SessionRunner(graph) as runner, pytest.raises(RunError, match="/no/such/file"):
        runner.run(batch)


def test_bad_record_is_the_error_not_the_closed_queue(graph):
    (text,) = tf.train.slice_input_producer([["1", "2", "x"]], num_epochs=1, shuffle=False)
    batch = tf.train.batch([tf.string_to_number(text, name="parse")], 3)
    with (
        SessionRunner(graph) as runner,
        pytest.raises(RunError, match=r"^parse .*StringToNumber.* x "),
    ):
        runner.run(batch)


def test_error_of_a_users_thread_reaches_the_caller(graph):
    tf.constant(1)

    def work(coordinator):
        with coordinator.stop_on_exception():
            raise KeyError("my own thread")

    with pytest.raises(KeyError, match="a queue thread failed: 'my own thread'"):
        with SessionRunner(graph) as runner:
            thread = threading.Thread(target=work, args=(runner.coordinator,))
            runner.coordinator.register_thread(thread)
            thread.start()
            runner.coordinator.wait_for_stop(60)


def test_threads_never_started_are_an_error_before_the_run(graph):
    batch = numbers()
    total = tf.reduce_sum(batch, name="total")
    with SessionRunner(graph, start_queue_runners=False) as runner:
        with pytest.raises(
            RunError, match=r"batch .* queue 'batch/fifo_queue'.*start_queue_runners\(\)"
        ):
            runner.run(total)
        with pytest.raises(RunError, match="nothing fills"):
            runner.make_callable(total)
        assert runner.run(total, {batch: [1, 1, 1, 1, 1]}) == 5
        assert runner.make_callable(total, [batch])([1, 1, 1, 1, 2]) == 6
        runner.start_queue_runners()
        runner.start_queue_runners()
        assert runner.run(total) == 10


def test_reader_on_a_sleeping_queue_is_an_error_too(graph):
    files = tf.train.string_input_producer(["a"])
    key, _ = tf.WholeFileReader().read(files, name="read")
    with SessionRunner(graph, start_queue_runners=False) as runner:
        with pytest.raises(RunError, match=r"read .* takes from the queue 'input_producer'"):
            runner.run(key)


def test_threads_started_the_old_way_count(graph):
    batch = numbers()
    with SessionRunner(graph, start_queue_runners=False) as runner:
        tf.train.start_queue_runners(runner.session, runner.coordinator)
        assert runner.run(batch).tolist() == [0, 1, 2, 3, 4]


def test_queue_filled_by_hand_can_be_let_through(graph):
    queue = tf.FIFOQueue(3, [tf.int32], [[]])
    fill = queue.enqueue(7)
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [fill]))
    value = queue.dequeue()
    with SessionRunner(graph, start_queue_runners=False, watch_queues=False) as runner:
        runner.run(fill)
        assert runner.run(value) == 7


def test_other_queues_do_not_trouble_the_watch(graph):
    numbers()
    own = tf.FIFOQueue(3, [tf.int32], [[]])
    fill, value = own.enqueue(7), own.dequeue()
    with SessionRunner(graph, start_queue_runners=False) as runner:
        runner.run(fill)
        assert runner.run(value) == 7


def test_thread_waiting_for_a_queue_nobody_registered_ends(graph):
    empty = tf.FIFOQueue(3, [tf.int32], [[]])
    queue = tf.FIFOQueue(3, [tf.int32], [[]])
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(empty.dequeue())]))
    with SessionRunner(graph, grace_seconds=0.2):
        pass


def test_thread_that_does_not_return_is_named(graph):
    begun, release = threading.Event(), threading.Event()

    def stuck():
        begun.set()
        release.wait(60)
        return 1

    queue = tf.FIFOQueue(3, [tf.int64], [[]], name="queue")
    fill = queue.enqueue(tf.py_func(stuck, [], tf.int64))
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [fill]))
    before = set(threading.enumerate())
    try:
        with pytest.raises(
            RunError, match=r"threads still run 0.2 s after .*QueueRunnerThread-queue-queue_enq"
        ):
            with SessionRunner(graph, grace_seconds=0.2):
                begun.wait()
    finally:
        release.set()
        for thread in set(threading.enumerate()) - before:
            thread.join(60)


def test_imported_queue_runners_are_started(graph, tmp_path):
    numbers()
    meta = str(tmp_path / "graph.meta")
    tf.train.export_meta_graph(meta)
    with tf.Graph().as_default() as copy:
        tf.train.import_meta_graph(meta)
    with SessionRunner(copy, start_queue_runners=False) as runner:
        with pytest.raises(RunError, match="nothing fills"):
            runner.run("batch")
        runner.start_queue_runners()
        assert runner.run("batch").tolist() == [0, 1, 2, 3, 4]


def test_join_batches_of_several_readers_end(graph, tmp_path):
    for name in "ab":
        (tmp_path / name).write_text("".join(f"{name}{line}\n" for line in range(4)))
    files = tf.train.string_input_producer([str(tmp_path / "a"), str(tmp_path / "b")], num_epochs=1)
    readers = [[tf.TextLineReader().read(files)[1]] for _ in range(2)]
    batch = tf.train.shuffle_batch_join(readers, 3, 10, 2, allow_smaller_final_batch=True)
    lines = []
    with SessionRunner(graph) as runner:
        with pytest.raises(tf.errors.OutOfRangeError, match="insufficient elements"):
            while True:
                lines += runner.run(batch).tolist()
    assert sorted(lines) == [b"a0", b"a1", b"a2", b"a3", b"b0", b"b1", b"b2", b"b3"]


def test_two_runners_side_by_side_keep_apart():
    runners = []
    for start in (0, 100):
        with tf.Graph().as_default() as graph:
            (number,) = tf.train.slice_input_producer(
                [tf.range(start, start + 4)], num_epochs=1, shuffle=False
            )
            tf.train.batch([number], 4, name="batch")
        runners.append(SessionRunner(graph))
    first, second = runners
    with first, second:
        assert second.run("batch").tolist() == [100, 101, 102, 103]
        assert first.run("batch").tolist() == [0, 1, 2, 3]
