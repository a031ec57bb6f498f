"""A checkpoint from before a stream was to be resumed: the variables come back, it begins anew."""

from __future__ import annotations

import contextlib
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


SAVERS = {
    "default": {},
    "sharded": {"sharded": True},
    "one by one": {"restore_sequentially": True},
    "reshaping": {"reshape": True},
}


class Program:
    """The streams, the variables, and a Saver of each kind."""

    def __init__(self, resumable=NAMES, kinds=("default",)):
        self._graph = tf.Graph()
        with self._graph.as_default():
            self._batches = _graph(resumable)
            self._step = tf.train.get_or_create_global_step()
            self._savers = {kind: tf.train.Saver(**SAVERS[kind]) for kind in kinds}
            self._initializers = tf.global_variables_initializer(), tf.local_variables_initializer()
            self._seven = self._step.assign(7)

    def saved(self, folder):
        """Saves each kind's checkpoint after two steps; their paths by kinds."""
        with self._session() as session:
            self._steps(session, 2)
            return {
                kind: saver.save(session, str(folder / f"{kind}.ckpt"))
                for kind, saver in self._savers.items()
            }

    def restored(self, checkpoint, kind="default"):
        """The first batches after a checkpoint, and the global step."""
        with self._session() as session:
            self._savers[kind].restore(session, checkpoint)
            return self._steps(session, 1), session.run(self._step)

    @contextlib.contextmanager
    def _session(self):
        with self._graph.as_default(), tf.Session() as session:
            session.run(self._initializers)
            session.run(self._seven)
            yield session

    def _steps(self, session, count):
        tf.train.start_queue_runners(session, tf.train.Coordinator())
        return [[batch.tolist() for batch in session.run(self._batches)] for _ in range(count)]


@pytest.fixture(scope="module")
def program():
    return Program(kinds=tuple(SAVERS))


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """Checkpoints of the same program before its streams were to be resumed."""
    return Program((), tuple(SAVERS)).saved(tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def new(tmp_path_factory, program):
    return program.saved(tmp_path_factory.mktemp("new"))


@pytest.mark.parametrize("kind", sorted(SAVERS))
def test_streams_without_a_position_start_from_the_beginning_with_a_warning(kind, program, old):
    with pytest.warns(UserWarning, match="no position") as warned:
        found, step = program.restored(old[kind], kind)
    assert (found, step) == ([[[0, 1, 2], [0, 1, 2]]], 7)
    assert [str(one.message) for one in warned] == [ABSENT.format(name) for name in NAMES]


@pytest.mark.parametrize("kind", sorted(SAVERS))
def test_positions_that_are_there_are_restored_without_a_warning(kind, program, new):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found, _ = program.restored(new[kind], kind)
    assert found == [[[6, 7, 8], [6, 7, 8]]]


def test_a_stream_that_is_new_begins_and_the_other_goes_on(tmp_path, program):
    checkpoint = Program(("first",)).saved(tmp_path)["default"]
    with pytest.warns(UserWarning, match=ABSENT.format("second")):
        found, _ = program.restored(checkpoint)
    assert found == [[[6, 7, 8], [0, 1, 2]]]


def test_a_variable_that_is_absent_is_still_an_error(tmp_path, program):
    checkpoint = str(tmp_path / "other.ckpt")
    with tf.Graph().as_default(), tf.Session() as session:
        session.run(tf.get_variable("other", []).initializer)
        tf.train.Saver().save(session, checkpoint)
    with pytest.raises(tf.errors.NotFoundError, match="not found in checkpoint"):
        program.restored(checkpoint)


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
