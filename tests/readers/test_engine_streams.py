"""Several sources, pipelines, graphs and sessions at once: both engines keep them apart."""

from __future__ import annotations

import pytest
from engine_pipelines import ENGINES, batches, delivered, numbers, plain

from graphkit import readers
from graphkit._tf import tf


@pytest.mark.parametrize("engine", ENGINES)
def test_joined_producers_all_come_to_their_end(engine):
    def build():
        pairs = [[numbers(6), tf.constant(0)], [numbers(3) + 100, tf.constant(1)]]
        return readers.batch_join(pairs, 3)

    found = batches(engine, build)
    rows = [tuple(row) for values, sources in found for row in zip(values, sources, strict=True)]
    assert sorted(rows) == [*((n, 0) for n in range(6)), *((n, 1) for n in range(100, 103))]
    assert [n for n, source in rows if source == 0] == list(range(6))


@pytest.mark.parametrize("engine", ENGINES)
def test_several_readers_of_one_producer_share_its_files(engine, tmp_path):
    for name in "abcd":
        (tmp_path / name).write_text("".join(f"{name}{row}\n" for row in range(3)))

    def build():
        names = [str(tmp_path / name) for name in "abcd"]
        queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
        examples = [[readers.TextLineReader().read(queue)[1]] for _ in range(2)]
        return readers.batch_join(examples, 4)

    rows = [row for batch in batches(engine, build) for row in batch]
    assert sorted(rows) == sorted(f"{n}{row}".encode() for n in "abcd" for row in range(3))


@pytest.mark.parametrize("engine", ENGINES)
def test_shuffled_batches_hold_every_example_once(engine):
    def build():
        number = numbers(30)
        return readers.shuffle_batch([number, -number], 7, 20, 10, allow_smaller_final_batch=True)

    found = batches(engine, build)
    assert [len(batch[0]) for batch in found] == [7, 7, 7, 7, 2]
    values = [n for batch in found for n in batch[0]]
    assert sorted(values) == list(range(30)) != values
    assert all(other == [-n for n in batch] for batch, other in found)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_pipelines_of_one_graph_do_not_disturb_each_other(engine):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        first = readers.batch([numbers(6)], 2, name="first")
        second = readers.batch([numbers(9) * 10], 3, name="second")
        assert [report.name for report in readers.explain(graph)] == ["first", "second"]
        found = [plain(pair) for pair in delivered([first, second])]
    assert found == [[[n, n + 1], [k, k + 10, k + 20]] for n, k in [(0, 0), (2, 30), (4, 60)]]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_graphs_have_reports_and_streams_of_their_own(engine):
    graphs = [tf.Graph(), tf.Graph()]
    made = []
    for number, graph in enumerate(graphs):
        with graph.as_default(), readers.engine(engine):
            made.append(readers.batch([numbers(4) + 100 * number], 2, name=f"batch_{number}"))
    assert [[r.name for r in readers.explain(graph)] for graph in graphs] == [
        ["batch_0"],
        ["batch_1"],
    ]
    for number, (graph, batch) in enumerate(zip(graphs, made, strict=True)):
        with graph.as_default():
            found = [plain(values) for values in delivered(batch)]
        assert found == [[100 * number + n for n in pair] for pair in [(0, 1), (2, 3)]]


@pytest.mark.parametrize("engine", ENGINES)
def test_two_sessions_of_one_graph_each_begin_at_the_start(engine):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        batch = readers.batch([numbers(4)], 2)
        found = []
        with tf.Session(graph=graph) as one, tf.Session(graph=graph) as other:
            for session in (one, other):
                session.run(tf.local_variables_initializer())
            coordinator = tf.train.Coordinator()
            threads = [
                thread
                for session in (one, other)
                for thread in tf.train.start_queue_runners(session, coordinator)
            ]
            found += [plain(one.run(batch)), plain(other.run(batch)), plain(one.run(batch))]
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=20)
    assert found == [[0, 1], [0, 1], [2, 3]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_monitored_session_runs_to_the_end_of_the_data(engine):
    found = []
    with tf.Graph().as_default(), readers.engine(engine):
        batch = readers.batch([numbers(6)], 2)
        step = tf.train.get_or_create_global_step()
        with tf.train.MonitoredSession() as session:
            while not session.should_stop():
                found.append(plain(session.run([batch, step])[0]))
    assert found == [[0, 1], [2, 3], [4, 5]]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_supervisor_starts_the_stream(engine, tmp_path):
    found = []
    with tf.Graph().as_default(), readers.engine(engine):
        batch = readers.batch([numbers(4)], 2)
        supervisor = tf.train.Supervisor(logdir=str(tmp_path), saver=None, summary_op=None)
        with supervisor.managed_session() as session:
            for _ in range(2):
                found.append(plain(session.run(batch)))
    assert found == [[0, 1], [2, 3]]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("smaller", [True, False])
def test_fewer_examples_than_a_batch(engine, smaller):
    found = batches(
        engine, lambda: readers.batch([numbers(2)], 5, allow_smaller_final_batch=smaller)
    )
    assert found == ([[0, 1]] if smaller else [])
