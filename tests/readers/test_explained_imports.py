"""What is said of the pipelines of an imported graph: what was said where it was built."""

from __future__ import annotations

import pytest
from engine_pipelines import delivered, numbers

from graphkit import readers
from graphkit._tf import tf

SCOPES = (None, "copy", "copy/within")
PARTS = ("queue_runners", "tf_data_runners")


def _batches():
    """A batcher of each kind, and what stays with the queues."""
    readers.batch([numbers(6)], 2)
    readers.batch({"b": numbers(6), "a": numbers(6)}, 2, name="dict")
    readers.shuffle_batch([numbers(6)], 2, 9, 3, name="shuffled")
    readers.batch([numbers(6) * tf.get_variable("factor", initializer=2)], 2, name="left")
    number = numbers(6)
    sparse = tf.SparseTensor(tf.zeros([1, 1], tf.int64), tf.reshape(number, [1]), [3])
    readers.batch([sparse, number], 2, name="sparse")
    number = numbers(6)
    readers.bucket([number], number % 2, 2, 2, name="buckets")
    readers.batch([tf.constant([1, 2])], 2, enqueue_many=True, name="constants")


def _elements():
    """What sessions take one by one, and many at once."""
    numbers(6)
    queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
    queue.dequeue_many(2)


def _written(build, engine="auto", without=(), **options):
    """The MetaGraph of what is built, and what is said of it."""
    with tf.Graph().as_default() as graph, readers.engine(engine, **options):
        build()
        reports = readers.explain(graph)
        meta_graph = tf.train.export_meta_graph(graph=graph)
    for part in without:
        del meta_graph.collection_def[part]
    return meta_graph, reports


def _scoped(reports, scope):
    """What is said of the same pipelines in a name scope; an op that reasons name is in it too."""
    prefix = f"{scope}/" if scope else ""
    return [(prefix + report.name, report.engine, bool(report.reason)) for report in reports]


def _told(reports):
    return [(report.name, report.engine, bool(report.reason)) for report in reports]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("engine", ["auto", "queues"])
def test_each_imported_batcher_is_reported_as_where_it_was_built(engine, scope):
    meta_graph, reports = _written(_batches, engine)
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph, import_scope=scope)
        assert sorted(_told(readers.explain(graph))) == sorted(_scoped(reports, scope))
    if engine == "auto":
        engines = {report.name.partition("/")[0]: report.engine for report in reports}
        assert engines.pop("left") == "queues"
        assert set(engines.values()) == {"tf.data"}


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("scope", SCOPES)
def test_what_sessions_take_is_reported_as_where_it_was_built(scope, asked):
    meta_graph, reports = _written(_elements, single_elements=asked)
    assert [report.engine for report in reports].count("tf.data") == int(asked)
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph, import_scope=scope)
        assert _told(readers.explain(graph)) == _scoped(reports, scope)


def test_the_reason_is_the_one_of_where_it_was_built():
    meta_graph, reports = _written(
        lambda: readers.batch([numbers(6) * tf.get_variable("factor", initializer=2)], 2)
    )
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph)
        assert readers.explain(graph) == reports


@pytest.mark.parametrize("without", [("tf_data_runners",), PARTS])
def test_what_nothing_starts_on_tf_data_is_served_by_the_queues(without):
    meta_graph, _ = _written(lambda: readers.batch([numbers(6)], 2), without=without)
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph)
        (report,) = readers.explain(graph)
        assert (report.name, report.engine) == ("batch", "queues")
        assert "what starts its pipeline on tf.data was not imported" in report.reason
        if "queue_runners" not in without:
            batch = graph.get_tensor_by_name("batch:0")
            assert [one.tolist() for one in delivered(batch)] == [[0, 1], [2, 3], [4, 5]]


def test_an_imported_batcher_whose_queue_is_looked_at_is_said_to_be_filled():
    meta_graph, _ = _written(lambda: readers.batch([numbers(6)], 2))
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph)
        looking = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].queue.size().op.name
        (report,) = readers.explain(graph)
    assert (report.name, report.engine) == ("batch", "queues")
    assert looking in report.reason


def test_what_is_built_beside_an_imported_graph_comes_first():
    meta_graph, _ = _written(lambda: readers.batch([numbers(6)], 2))
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph)
        readers.batch([numbers(6)], 2, name="new")
        assert [report.name for report in readers.explain(graph)] == ["new", "batch"]


def test_an_imported_graph_without_pipelines_has_nothing_to_explain():
    meta_graph, _ = _written(lambda: tf.constant(1))
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(meta_graph)
        assert readers.explain(graph) == []
