"""Readers that fill a queue in front of a batcher on tf.data rest, until somebody takes from it."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf

COUNT = 40
SOON = tf.RunOptions(timeout_in_ms=60_000)


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    folder = tmp_path_factory.mktemp("resting")
    for name in "ab":
        lines = range(COUNT) if name == "a" else range(COUNT, 2 * COUNT)
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return [str(folder / name) for name in "ab"]


class _Pool:
    """A batch of what two readers put into a queue."""

    def __init__(self, names, *, epochs=1, registered=True, engine="tf.data"):
        producer = readers.string_input_producer(names, num_epochs=epochs, shuffle=False)
        self.readers = [readers.TextLineReader(), readers.TextLineReader()]
        queue = tf.FIFOQueue(16, [tf.string, tf.string], [[], []], name="common")
        self.fills = [queue.enqueue(reader.read(producer)) for reader in self.readers]
        if registered:
            tf.train.add_queue_runner(tf.train.QueueRunner(queue, self.fills))
        self.single = tf.string_to_number(queue.dequeue()[1], tf.int32)
        with readers.engine(engine):
            self.batch = readers.batch([self.single], 8)

    def produced(self, session):
        """How many records the readers have read; asked for once all is started, past graphkit."""
        count = tf.raw_ops.ReaderNumRecordsProducedV2
        return sum(session.run([count(reader_handle=one.reader_ref) for one in self.readers]))


class _Started:
    def __init__(self, session):
        session.run(tf.local_variables_initializer())
        self.coordinator = tf.train.Coordinator()
        self.threads = tf.train.start_queue_runners(session, self.coordinator)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.coordinator.request_stop()
        self.coordinator.join(self.threads, stop_grace_period_secs=60)


def _rest(session, run):
    """Takes what is left, until the data ends."""
    found = []
    with pytest.raises(tf.errors.OutOfRangeError):
        while True:
            found.append(session.run(run, options=SOON).tolist())
    return found


def test_each_reads_one_record_at_most(names):
    with tf.Graph().as_default(), tf.Session() as session:
        pool = _Pool(names)
        with _Started(session):
            batches = _rest(session, pool.batch)
            assert sorted(np.concatenate(batches)) == [*range(2 * COUNT)]
            assert pool.produced(session) <= len(pool.readers)


def test_single_records_beside_the_batches_come_all_the_same(names):
    with tf.Graph().as_default(), tf.Session() as session:
        pool = _Pool(names)
        with _Started(session):
            session.run(pool.batch)
            assert sorted(_rest(session, pool.single)) == [*range(2 * COUNT)]
            assert pool.produced(session) == 2 * COUNT


def test_a_pass_that_begins_anew_rests_again(names):
    with tf.Graph().as_default(), tf.Session() as session:
        pool = _Pool(names)
        with _Started(session):
            for _ in range(2):
                assert len(_rest(session, pool.batch)) == 2 * COUNT / 8
                readers.reset(session)
            assert sorted(_rest(session, pool.single)) == [*range(2 * COUNT)]


@pytest.mark.parametrize("look", [False, True])
def test_a_batch_on_queues_is_filled_by_the_readers(names, look):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        pool = _Pool(names, engine="auto")
        if look:
            tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].queue.size()
        else:
            readers.batch([pool.single], 8)
        assert readers.explain(graph)[0].engine == "queues"
        with _Started(session):
            assert len(session.run(pool.batch, options=SOON)) == 8


def test_a_program_fills_a_pool_without_a_runner_by_itself(names):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        pool = _Pool(names, registered=False)
        with _Started(session):
            for _ in range(3):
                session.run(pool.fills, options=SOON)
            assert len({int(session.run(pool.single)) for _ in range(6)}) == 6
        assert readers.explain(graph)[0].engine == "tf.data"


def test_an_imported_graph_serves_both(names, tmp_path):
    with tf.Graph().as_default():
        pool = _Pool(names)
        tf.add_to_collection("both", pool.batch)
        tf.add_to_collection("both", pool.single)
        tf.train.export_meta_graph(str(tmp_path / "graph.meta"))
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(str(tmp_path / "graph.meta"))
        with _Started(session):
            batch, single = tf.get_collection("both")
            assert len(_rest(session, batch)) == 2 * COUNT / 8
            assert sorted(_rest(session, single)) == [*range(2 * COUNT)]


def test_a_session_runner_ends_readers_that_rest(names):
    with GraphBuilder() as g:
        pool = _Pool(names, epochs=None)
    with SessionRunner(g) as runner:
        assert len(runner.run(pool.batch)) == 8
        threads = runner.session.graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[1]
    assert threads.exceptions_raised == []
    assert not any(threads._runs_per_session.values())
