"""Several passes over the data in one session, with other work in between."""

from __future__ import annotations

import threading
import time

import pytest
from engine_pipelines import ENGINES, lines, numbers, parsed, write_records
from thread_counts import no_thread_is_left

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError

# Queues, orders and ends: the same however a graph is rewritten.
pytestmark = pytest.mark.usefixtures("graphs_as_written")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("reset") / "images.tfrecord")


def _pass(run, batch, *, most=10_000):
    """Takes batches until the data ends; returns the numbers in them."""
    found = []
    try:
        while len(found) < most:
            found += run(batch).tolist()
    except tf.errors.OutOfRangeError:
        pass
    return found


class _Started:
    """A session whose queue runners were started."""

    def __init__(self, session):
        self.session = session
        self.coordinator = tf.train.Coordinator()
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        self._threads = tf.train.start_queue_runners(session, self.coordinator)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.coordinator.request_stop()
        self.coordinator.join(self._threads, stop_grace_period_secs=20)


def _texts(tmp_path):
    (tmp_path / "a.txt").write_text("0\n1\n2\n")
    (tmp_path / "b.txt").write_text("3\n4\n5\n6\n")
    names = [str(tmp_path / name) for name in ("a.txt", "b.txt")]
    queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
    return tf.string_to_number(readers.TextLineReader().read(queue)[1], tf.int64)


PIPELINES = {
    "rows": lambda path: (numbers(7), 7),
    "lines": lambda path: (_texts(path), 7),
    "two epochs": lambda path: (numbers(7, epochs=2), 14),
}


@pytest.mark.parametrize("name", sorted(PIPELINES))
@pytest.mark.parametrize("engine", ENGINES)
def test_each_pass_delivers_all_the_data(engine, name, tmp_path):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        number, size = PIPELINES[name](tmp_path)
        batch = readers.batch([number], 2, allow_smaller_final_batch=True)
        expected = [n % 7 for n in range(size)]
        with _Started(session):
            for _ in range(3):
                assert _pass(session.run, batch) == expected
                readers.reset(session)
            assert _pass(session.run, batch) == expected


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pass_may_be_left_before_its_end(engine, tmp_path):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        batch = readers.batch([_texts(tmp_path)], 2)
        with _Started(session):
            for taken in (1, 2, 3):
                assert _pass(session.run, batch, most=2 * taken) == list(range(2 * taken))
                readers.reset(session)
            assert session.run(batch).tolist() == [0, 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_data_without_an_end_begins_anew(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        batch = readers.batch([numbers(5, epochs=None)], 3, capacity=3)
        with _Started(session):
            for _ in range(3):
                assert _pass(session.run, batch, most=6) == [0, 1, 2, 3, 4, 0]
                readers.reset(session)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shuffled_pass_holds_every_record_once(engine, path):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        batch = readers.shuffle_batch([parsed(path)[2]], 4, 12, 5)
        with _Started(session):
            for _ in range(3):
                assert sorted(_pass(session.run, batch)) == list(range(20))
                readers.reset(session)


@pytest.mark.parametrize("engine", ENGINES)
def test_training_goes_on_while_evaluation_begins_anew(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        training = readers.batch([numbers(100)], 4, name="training")
        evaluation = readers.batch([numbers(6)], 3, name="evaluation")
        seen = []
        with _Started(session):
            for _ in range(4):
                seen += _pass(session.run, training, most=12)
                assert _pass(session.run, evaluation) == list(range(6))
                readers.reset(session, {"evaluation": [evaluation]})
        assert seen == list(range(48))


def test_pipelines_that_share_a_producer_begin_anew_together():
    with tf.Graph().as_default(), tf.Session() as session:
        number = numbers(24)
        first = readers.batch([number], 2, name="first")
        second = readers.batch([number], 2, name="second")
        other = readers.batch([numbers(24)], 2, name="other")
        with _Started(session):
            for _ in range(2):
                seen = _pass(session.run, first, most=6) + _pass(session.run, second, most=6)
                assert len(set(seen)) == len(seen)
                assert session.run(other).tolist()[0] in (0, 2)
                readers.reset(session, first)
            assert session.run(other).tolist() == [4, 5]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_coordinator_that_was_stopped_goes_on(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        batch = readers.batch([numbers(6)], 3)
        with _Started(session) as started:
            for _ in range(3):
                assert _pass(session.run, batch) == list(range(6))
                started.coordinator.request_stop()
                readers.reset(session)
                assert not started.coordinator.should_stop()


def test_a_pipeline_begins_anew_though_its_queue_is_looked_at_since_it_was_started():
    with tf.Graph().as_default(), readers.engine("tf.data"), tf.Session() as session:
        batch = readers.batch([numbers(6)], 3)
        with _Started(session):
            assert _pass(session.run, batch) == list(range(6))
            size = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].queue.size()
            readers.reset(session)
            assert _pass(session.run, batch) == list(range(6))
            assert session.run(size) == 0


def test_passes_leave_no_threads_behind():
    with tf.Graph().as_default(), tf.Session() as session:
        batch = readers.batch([numbers(6)], 3)
        with _Started(session):
            _pass(session.run, batch)
            readers.reset(session)
            begun = threading.active_count()
            for _ in range(5):
                _pass(session.run, batch)
                readers.reset(session)
            while threading.active_count() > begun:  # or until the test's own time limit
                time.sleep(0.01)  # all were told to end, some may not have done so yet


@pytest.mark.parametrize("engine", ENGINES)
def test_a_monitored_session_is_reset(engine):
    with tf.Graph().as_default(), readers.engine(engine):
        batch = readers.batch([numbers(6)], 3)
        tf.train.get_or_create_global_step()
        with tf.train.MonitoredTrainingSession() as session:
            for _ in range(3):
                assert _pass(session.run, batch) == list(range(6))
                readers.reset(session)
                assert not session.should_stop()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_session_runner_is_reset(engine):
    with GraphBuilder() as g, readers.engine(engine):
        batch = readers.batch([numbers(6)], 3)
    with SessionRunner(g) as runner:
        for _ in range(3):
            assert _pass(runner.run, batch) == list(range(6))
            readers.reset(runner)
        assert g.graph.finalized


def test_ops_are_added_once(path):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        batch = readers.batch([parsed(path)[2]], 4)
        with _Started(session):
            sizes = []
            for _ in range(3):
                session.run(batch)
                readers.reset(session)
                sizes.append(len(graph.get_operations()))
    assert sizes == sizes[:1] * 3


@pytest.mark.parametrize("engine", ENGINES)
def test_what_was_not_started_is_not_started(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        readers.batch([numbers(6)], 3)
        session.run(tf.local_variables_initializer())
        with no_thread_is_left():
            readers.reset(session)


def test_records_taken_without_a_batcher_begin_anew(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    with tf.Graph().as_default(), tf.Session() as session:
        line = lines(tmp_path / "a.txt")[1]
        with _Started(session):
            for _ in range(3):
                assert session.run(line) == b"one"
                readers.reset(session)


def test_limited_tensors_are_counted_anew():
    with tf.Graph().as_default(), tf.Session() as session:
        limited = readers.limit_epochs(tf.constant(5), 2)
        with _Started(session):
            for _ in range(3):
                assert [session.run(limited) for _ in range(2)] == [5, 5]
                with pytest.raises(tf.errors.OutOfRangeError):
                    session.run(limited)
                readers.reset(session)


def test_a_pass_with_a_seed_is_repeated_and_one_without_is_not():
    def passes(seed):
        with tf.Graph().as_default(), readers.engine("tf.data"), tf.Session() as session:
            batch = readers.shuffle_batch([numbers(50)], 5, 50, 20, seed=seed)
            with _Started(session):
                found = []
                for _ in range(2):
                    found.append(_pass(session.run, batch))
                    readers.reset(session)
        return found

    first, second = passes(3)
    assert first == second
    first, second = passes(None)
    assert sorted(first) == sorted(second)
    assert first != second


def test_a_resumable_stream_saves_where_its_new_pass_is(tmp_path):
    checkpoint = str(tmp_path / "second.ckpt")

    def run(work):
        with tf.Graph().as_default(), tf.Session() as session:
            with readers.engine("tf.data", resumable=True):
                batch = readers.shuffle_batch([numbers(12)], 3, 12, 4, seed=1)
            tf.train.get_or_create_global_step()
            saver = tf.train.Saver()
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            return work(session, saver, batch)

    def second_pass(session, saver, batch):
        with _Started(session):
            first = _pass(session.run, batch)
            readers.reset(session)
            begun = session.run(batch).tolist()
            saver.save(session, checkpoint)
        return first, begun

    def resumed(session, saver, batch):
        saver.restore(session, checkpoint)
        tf.train.start_queue_runners(session, tf.train.Coordinator())
        return _pass(session.run, batch)

    first, begun = run(second_pass)
    assert begun + run(resumed) == first


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "wrong", [lambda batch: "batch:0", lambda batch: [], lambda batch: tf.constant(1)]
)
def test_what_no_pipeline_delivers_is_refused(engine, wrong):
    with tf.Graph().as_default(), tf.Session() as session, readers.engine(engine):
        batch = readers.batch([numbers(6)], 3)
        given = wrong(batch)
        with _Started(session):
            session.run(batch)
            with pytest.raises(ArgumentError, match="reset: batches must be what pipelines of"):
                readers.reset(session, given)
            assert session.run(batch).tolist() == [3, 4, 5]


def test_a_failed_pipeline_says_so_again():
    with tf.Graph().as_default(), tf.Session() as session, readers.engine("queues"):
        batch = readers.batch([tf.check_numerics(tf.log(tf.cast(-numbers(6), tf.float32)), "?")], 3)
        started = _Started(session)
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(batch)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"\?"):
            readers.reset(session)
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"\?"):
            started.__exit__()
