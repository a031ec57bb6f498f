"""A pipeline written into a MetaGraph is started by the program that imports it."""

from __future__ import annotations

import pytest
from engine_pipelines import ENGINES, numbers

from graphkit import readers
from graphkit._tf import tf

SCOPES = (None, "copy", "copy/within")


def _written(engine, path, **options):
    """Writes a graph of one pipeline, and the checkpoint of a run that took two batches."""
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.name_scope("input"), readers.engine(engine, **options):
            batch = readers.batch([numbers(12)], 3)
        tf.add_to_collection("batches", batch)
        tf.get_variable("weights", [], initializer=tf.zeros_initializer())
        saver = tf.train.Saver()
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert [session.run(batch).tolist() for _ in range(2)] == [[0, 1, 2], [3, 4, 5]]
        checkpoint = saver.save(session, str(path / "model.ckpt"))
        coordinator.request_stop()
        coordinator.join(threads)
    return checkpoint


def _delivered(session, batch):
    """Starts the runners and takes all batches."""
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    found = []
    with pytest.raises(tf.errors.OutOfRangeError):
        while True:
            found += session.run(batch).tolist()
    coordinator.request_stop()
    coordinator.join(threads)
    return found


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_imported_pipeline_is_started_by_its_queue_runners(engine, scope, tmp_path):
    checkpoint = _written(engine, tmp_path)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(f"{checkpoint}.meta", import_scope=scope)
        session.run(tf.local_variables_initializer())
        (batch,) = tf.get_collection("batches")
        runner = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1]
        assert hasattr(runner, "launch") == (engine == "tf.data")
        assert _delivered(session, batch) == list(range(12))


@pytest.mark.parametrize("scope", SCOPES)
def test_an_open_name_scope_stands_before_the_names_of_an_imported_pipeline(scope, tmp_path):
    checkpoint = _written("tf.data", tmp_path)
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.name_scope("open"):
            tf.train.import_meta_graph(f"{checkpoint}.meta", import_scope=scope)
        session.run(tf.local_variables_initializer())
        (batch,) = tf.get_collection("batches")
        assert batch.name.startswith("open/")
        assert hasattr(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1], "launch")
        assert _delivered(session, batch) == list(range(12))


@pytest.mark.parametrize("scope", SCOPES)
def test_an_imported_pipeline_goes_on_where_its_checkpoint_is(scope, tmp_path):
    checkpoint = _written("tf.data", tmp_path, resumable=True)
    with tf.Graph().as_default(), tf.Session() as session:
        saver = tf.train.import_meta_graph(f"{checkpoint}.meta", import_scope=scope)
        session.run(tf.local_variables_initializer())
        saver.restore(session, checkpoint)
        (batch,) = tf.get_collection("batches")
        assert _delivered(session, batch) == list(range(6, 12))


def test_an_imported_pipeline_may_be_exported_again(tmp_path):
    path = f"{_written('tf.data', tmp_path)}.meta"
    for _ in range(2):
        with tf.Graph().as_default():
            tf.train.import_meta_graph(path)
            path = str(tmp_path / "again.meta")
            tf.train.export_meta_graph(path)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(path)
        assert len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)) == 2  # the producer's, too
        session.run(tf.local_variables_initializer())
        (batch,) = tf.get_collection("batches")
        assert _delivered(session, batch) == list(range(12))


LOOKS = {"batch/fifo_queue": "its queue", "input_producer": "what it takes from"}


@pytest.mark.parametrize("queue", sorted(LOOKS))
@pytest.mark.parametrize("scope", SCOPES)
def test_an_imported_queue_that_is_looked_at_is_filled(scope, queue, tmp_path):
    checkpoint = _written("tf.data", tmp_path)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.train.import_meta_graph(f"{checkpoint}.meta", import_scope=scope)
        runner = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1]
        assert runner.reason() == ""
        prefix = f"{scope}/input" if scope else "input"
        handle = graph.get_tensor_by_name(f"{prefix}/{queue}:0")
        waiting = tf.raw_ops.QueueSizeV2(handle=handle, name="waiting")
        assert runner.reason() == f"waiting (QueueSizeV2): it looks at {LOOKS[queue]}"
        session.run(tf.local_variables_initializer())
        (batch,) = tf.get_collection("batches")
        assert _delivered(session, batch) == list(range(12))
        assert session.run(waiting) == 0


@pytest.mark.parametrize(("scope", "runners"), [("input", 2), ("elsewhere", 0)])
def test_a_part_of_a_graph_takes_the_runners_in_it_along(scope, runners, tmp_path):
    path = f"{_written('tf.data', tmp_path)}.meta"
    with tf.Graph().as_default():
        tf.train.import_meta_graph(path)
        with tf.name_scope("elsewhere"):
            tf.constant(1)
        part = str(tmp_path / "part.meta")
        tf.train.export_meta_graph(part, export_scope=scope)
    with tf.Graph().as_default():
        tf.train.import_meta_graph(part)
        assert len(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)) == runners


def test_a_program_without_graphkit_fills_the_queue(tmp_path):
    _written("tf.data", tmp_path)
    meta_graph = tf.MetaGraphDef.FromString((tmp_path / "model.ckpt.meta").read_bytes())
    del meta_graph.collection_def["tf_data_runners"]  # which TensorFlow alone does not know
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(meta_graph)
        session.run(tf.local_variables_initializer())
        (batch,) = tf.get_collection("batches")
        runner = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1]
        assert (type(runner), runner.name) == (tf.train.QueueRunner, "input/batch/fifo_queue")
        assert _delivered(session, batch) == list(range(12))


def test_what_goes_back_to_the_queues_is_written_as_a_queue(tmp_path):
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        number = numbers(40)
        readers.batch([number], 4, name="first")
        readers.batch([number], 4, name="second")
        meta_graph = tf.train.export_meta_graph(str(tmp_path / "both.meta"))
    assert "tf_data_runners" not in meta_graph.collection_def
    assert len(meta_graph.collection_def["queue_runners"].bytes_list.value) == 3
    assert len(graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)) == 3
