"""A checkpoint from before a stream was to be resumed: the variables come back, it begins anew."""

from __future__ import annotations

import warnings

import pytest
from engine_pipelines import numbers

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf

NAMES = ("first", "second")
ABSENT = "the checkpoint holds no position of {}: it starts from the beginning"


def _graph(resumable=NAMES):
    """Two streams, 0 to 11 in batches of 3, beside variables; those named are resumable."""
    batches = []
    with tf.device("/device:CPU:0"):
        tf.get_variable("weights", [5, 2], initializer=tf.ones_initializer())
    tf.get_variable("parts", [4], partitioner=tf.fixed_size_partitioner(2))
    for name in NAMES:
        with readers.engine("tf.data", resumable=name in resumable):
            batches.append(readers.batch([numbers(12)], 3, name=name))
    return batches


def _run(saver_options, *, resumable=NAMES, restore=None, save=None, steps=1):
    with tf.Graph().as_default(), tf.Session() as session:
        batches = _graph(resumable)
        step = tf.train.get_or_create_global_step()
        saver = tf.train.Saver(**saver_options)
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run(step.assign(7))
        if restore is not None:
            saver.restore(session, restore)
        tf.train.start_queue_runners(session, tf.train.Coordinator())
        found = [[batch.tolist() for batch in session.run(batches)] for _ in range(steps)]
        if save is not None:
            saver.save(session, save)
        return found, session.run(step)


SAVERS = {
    "default": {},
    "sharded": {"sharded": True},
    "one by one": {"restore_sequentially": True},
    "reshaping": {"reshape": True},
}


@pytest.mark.parametrize("kind", sorted(SAVERS))
def test_streams_without_a_position_start_from_the_beginning_with_a_warning(kind, tmp_path):
    checkpoint = str(tmp_path / "old.ckpt")
    _run(SAVERS[kind], resumable=(), save=checkpoint, steps=2)
    with pytest.warns(UserWarning, match="no position") as warned:
        found, step = _run(SAVERS[kind], restore=checkpoint)
    assert (found, step) == ([[[0, 1, 2], [0, 1, 2]]], 7)
    assert [str(one.message) for one in warned] == [ABSENT.format(name) for name in NAMES]


@pytest.mark.parametrize("kind", sorted(SAVERS))
def test_positions_that_are_there_are_restored_without_a_warning(kind, tmp_path):
    checkpoint = str(tmp_path / "new.ckpt")
    _run(SAVERS[kind], save=checkpoint, steps=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, _ = _run(SAVERS[kind], restore=checkpoint)
    assert found == [[[6, 7, 8], [6, 7, 8]]]


def test_a_stream_that_is_new_begins_and_the_other_goes_on(tmp_path):
    checkpoint = str(tmp_path / "half.ckpt")
    _run({}, resumable=("first",), save=checkpoint, steps=2)
    with pytest.warns(UserWarning, match=ABSENT.format("second")):
        found, _ = _run({}, restore=checkpoint)
    assert found == [[[6, 7, 8], [0, 1, 2]]]


def test_a_variable_that_is_absent_is_still_an_error(tmp_path):
    checkpoint = str(tmp_path / "other.ckpt")
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.get_variable("other", []).initializer)
        tf.train.Saver().save(session, checkpoint)
    with pytest.raises(tf.errors.NotFoundError, match="not found in checkpoint"):
        _run({}, restore=checkpoint)


def test_a_graph_of_streams_alone_is_saved_and_restored(tmp_path):
    checkpoint = str(tmp_path / "streams.ckpt")

    def run(restore=None):
        with tf.Graph().as_default(), tf.Session() as session:
            with readers.engine("tf.data", resumable=True):
                batch = readers.batch([numbers(12, epochs=None)], 3)
            saver = tf.train.Saver()
            if restore is not None:
                saver.restore(session, restore)
            tf.train.start_queue_runners(session, tf.train.Coordinator())
            found = session.run(batch).tolist()
            saver.save(session, checkpoint)
            return found

    assert [run(), run(checkpoint), run(checkpoint)] == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


def test_a_session_runner_resumes_from_an_old_checkpoint(tmp_path):
    def run(*, resumable):
        with GraphBuilder() as g, readers.engine("tf.data", resumable=resumable):
            batch = readers.batch([numbers(12)], 3)
            tf.train.get_or_create_global_step()
        with SessionRunner(g, checkpoint_dir=str(tmp_path), resume=True) as runner:
            found = runner.run(batch).tolist()
            runner.save()
        return found

    run(resumable=False)
    with pytest.warns(UserWarning, match="no position of batch"):
        assert run(resumable=True) == [0, 1, 2]
    assert run(resumable=True) == [3, 4, 5]
