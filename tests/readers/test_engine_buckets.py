"""Buckets on tf.data: what starts them, what begins them anew, and what keeps their queues."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import ENGINES, delivered, numbers

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError, RunError
from graphkit.export import inspect_file


def _buckets(limit=12, **options):
    number = numbers(limit)
    return readers.bucket([number], number % 2, 3, 2, **options)


def _taken(session, fetches):
    """Which bucket each batch came from, and its numbers, until the data ends."""
    found = []
    with pytest.raises(tf.errors.OutOfRangeError) as raised:
        while True:
            which, batch = session.run(fetches)
            found.append((int(which), batch.tolist()))
    return found, raised.value.message


def _runners():
    return tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


EXPECTED = [(0, [0, 2, 4]), (0, [6, 8, 10]), (1, [1, 3, 5]), (1, [7, 9, 11])]


def test_batches_come_in_the_order_in_which_buckets_are_full():
    with tf.Graph().as_default(), readers.engine("tf.data"):
        which, batch = _buckets(13, allow_smaller_final_batch=True)
        found = [(int(one), numbers.tolist()) for one, numbers in delivered([which, batch])]
    assert found == [EXPECTED[0], EXPECTED[2], EXPECTED[1], EXPECTED[3], (0, [12])]


def test_every_pass_delivers_all_the_data(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        fetches = _buckets()
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for _ in range(3):
            found, message = _taken(session, fetches)
            assert sorted(found) == EXPECTED
            assert "bucket/top_queue' is closed and has insufficient elements" in message
            readers.reset(session, fetches)
        coordinator.request_stop()
        coordinator.join(threads)


@pytest.mark.parametrize("scope", [None, "copy"])
def test_an_imported_pipeline_is_started_by_the_runners_of_its_queues(engine, scope, tmp_path):
    path = str(tmp_path / "graph.meta")
    with tf.Graph().as_default(), readers.engine(engine):
        for tensor in tf.nest.flatten(_buckets()):
            tf.add_to_collection("batches", tensor)
        tf.train.export_meta_graph(path)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(path, import_scope=scope)
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert sorted(_taken(session, tf.get_collection("batches"))[0]) == EXPECTED
        launches = {getattr(one, "launch", None) for one in _runners()[1:]}
        assert (len(launches), None in launches) == (1, engine == "queues")
        coordinator.request_stop()
        coordinator.join(threads)
    (said,) = inspect_file(path).details.engines.values()
    assert said.startswith(engine)


@pytest.mark.parametrize("first", [1, 2])
def test_either_runner_starts_the_pipeline(first):
    with tf.Graph().as_default(), readers.engine("tf.data"), tf.Session() as session:
        fetches = _buckets()
        session.run(tf.local_variables_initializer())
        assert _runners()[first].create_threads(session, start=True) == []
        assert session.run(fetches[1]).tolist() == [0, 2, 4]
        assert _runners()[3 - first].create_threads(session, start=True) == []
        assert session.run(fetches[1]).tolist() == [1, 3, 5]


@pytest.mark.parametrize("watched", ["top_queue", "bucket_queue_0", "bucket_queue_1"])
def test_queues_that_the_program_looks_at_are_filled(watched):
    with tf.Graph().as_default() as graph:
        which, batch = _buckets()
        queue = graph.get_tensor_by_name(f"bucket/{watched}:0")
        assert [report.engine for report in readers.explain(graph)] == ["tf.data"]
        tf.raw_ops.QueueSizeV2(handle=queue, name="looked")
        (report,) = readers.explain(graph)
        assert str(report).endswith("queues (looked (QueueSizeV2): it looks at its queue)")
        found = [(int(one), numbers.tolist()) for one, numbers in delivered([which, batch])]
    assert sorted(found) == EXPECTED


def _fed(number):
    return readers.bucket([number], number % tf.placeholder_with_default(2, [], "fed"), 3, 2)


def _kept_by_a_variable(number):
    limit = tf.get_variable("limit", initializer=20, use_resource=True)
    return readers.bucket([number], number % 2, 3, 2, keep_input=number < limit)


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (_fed, "fed (PlaceholderWithDefault): its value is fed"),
        (_kept_by_a_variable, "limit (VarHandleOp): it reads a variable or a table"),
        (lambda n: readers.bucket([n], 1, 3, 2), "which_bucket is no int32 scalar of the graph"),
        (lambda n: readers.bucket([n], n % 2, 3, 2, shared_name="ours"), "sessions share its"),
    ],
)
def test_the_reason_for_the_queues_is_told(build, reason):
    with tf.Graph().as_default() as graph:
        build(numbers(9))
        (report,) = readers.explain(graph)
        assert report.engine == "queues"
        assert reason in report.reason
    with tf.Graph().as_default(), readers.engine("tf.data"):
        with pytest.raises(ArgumentError) as caught:
            build(numbers(9))
        assert reason in str(caught.value)


@pytest.mark.parametrize("bucket_first", [True, False])
def test_a_producer_shared_with_a_batcher_keeps_the_queues(bucket_first):
    with tf.Graph().as_default() as graph:
        number = numbers(240, epochs=None)  # more than the queues hold
        calls = [
            lambda: readers.bucket([number], number % 2, 3, 2, keep_input=number >= 0)[1],
            lambda: readers.batch([number], 3),
        ]
        both = [call() for call in (calls if bucket_first else reversed(calls))]
        assert [report.engine for report in readers.explain(graph)] == ["queues", "queues"]
        found = np.concatenate(delivered(both, most=4)).ravel().tolist()
    assert len(found) == len(set(found)) == 24


def test_a_bucket_left_to_its_queues_shares_its_producer_with_what_comes_after():
    with tf.Graph().as_default() as graph:
        number = numbers(24)
        with readers.engine("queues"):
            readers.bucket([number], number % 2, 3, 2)
        readers.batch([number], 3)
        assert "another takes from the same producer" in readers.explain(graph)[1].reason


def test_what_is_left_makes_batches_with_exact_epochs(engine):
    with tf.Graph().as_default(), readers.engine(engine, exact_epochs=True):
        which, batch = _buckets(4)
        found = [(int(one), numbers.tolist()) for one, numbers in delivered([which, batch])]
    assert sorted(found) == [(0, [0, 2]), (1, [1, 3])]


def test_examples_of_no_bucket_are_thrown_away_for_ever():
    with tf.Graph().as_default(), readers.engine("tf.data"):
        number = numbers(500)
        _, batch = readers.bucket([number], tf.cast(number % 100 - 98, tf.int32), 5, 2)
        assert [one.tolist() for one in delivered(batch)] == [
            [98, 198, 298, 398, 498],
            [99, 199, 299, 399, 499],
        ]


@pytest.mark.parametrize(("engine", "sizes"), [("queues", 4), ("tf.data", [2, 4])])
def test_the_stages_of_buckets_are_measured(engine, sizes):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        number = numbers(9, epochs=None)
        readers.bucket([number * 2], number % 2, sizes, 2)
        (speed,) = readers.measure_speed(graph, seconds=0.01)
    assert [stage.name for stage in speed.stages] == ["read", "user ops", "session"]
    assert speed.name == "bucket/dequeue_top"


def test_a_session_runner_starts_buckets_and_says_so_if_it_must_not(engine):
    with GraphBuilder() as g, readers.engine(engine):
        which, batch = _buckets()
    with SessionRunner(g) as runner:
        found = [runner.run([which, batch]) for _ in range(4)]
    assert sorted((int(one), numbers.tolist()) for one, numbers in found) == EXPECTED
    with SessionRunner(g, start_queue_runners=False) as runner:
        with pytest.raises(RunError, match="bucket/top_queue"):
            runner.run(batch)
