"""A stream on tf.data whose position is in the checkpoints goes on where it was."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import control_flow, delivered, parsed, write_records

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("resume") / "images.tfrecord")


def _in_order(path):
    return readers.batch([parsed(path, num_epochs=2)[2]], 4)


def _shuffled(path):
    return readers.shuffle_batch([parsed(path, num_epochs=2)[2]], 4, 15, 5, seed=1)


def _one_by_one(path):
    label = parsed(path, num_epochs=2)[2]
    lone = tf.reshape(tf.unique(tf.reshape(label, [1]))[0], [])
    return readers.shuffle_batch([lone], 4, 15, 5, seed=1)


def _drawn(path):
    _, image, label = parsed(path, num_epochs=2)
    crop = tf.random_crop(image, [3, 3, 3], seed=1)
    return readers.batch([label, crop, tf.random_normal([2], seed=2)], 4)


def _drawn_in_turn(path):
    with readers.engine("tf.data", draws="in turn", resumable=True):
        label = parsed(path, num_epochs=2)[2]
        return readers.batch([label, tf.random_uniform([], seed=1)], 4)


def _kept(path):
    label = parsed(path, num_epochs=2)[2]
    return readers.maybe_batch([label], label % 3 > 0, 4, allow_smaller_final_batch=True)


def _in_buckets(path):
    label = parsed(path, num_epochs=2)[2]
    bucket = tf.cast(label % 3, tf.int32)
    return readers.bucket([label, tf.random_uniform([], seed=1)], bucket, 4, 3)


def _shuffled_rows(path):
    (row,) = readers.slice_input_producer([np.arange(20)], num_epochs=2, seed=7)
    return readers.batch([row], 4)


def _joined(path):
    both = [[parsed(path)[2]], [parsed(path)[2] + 100]]
    return readers.shuffle_batch_join(both, 4, 12, 4, seed=3)


def _of_unknown_order(path):
    (row,) = readers.slice_input_producer([np.arange(20)], num_epochs=2)
    return readers.batch([row, tf.random_uniform([])], 4)


def _shuffled_anew(path):
    return readers.shuffle_batch([parsed(path, num_epochs=2)[2]], 4, 15, 5)


def _in_rounds(path):
    label = parsed(path, num_epochs=2)[2]
    with control_flow(of_today=False):
        noise = tf.map_fn(lambda one: one + tf.random_uniform([], seed=1), tf.zeros([3]))
        bits = tf.while_loop(
            lambda left, _: left > 0,
            lambda left, bits: (left // 2, bits + left % 2),
            (label, tf.constant(0, tf.int64)),
        )[1]
    return readers.shuffle_batch([label, tf.reshape(noise, [3]), bits], 4, 15, 5, seed=1)


SEEDED = {
    "in order": _in_order,
    "shuffled": _shuffled,
    "one by one": _one_by_one,
    "drawn": _drawn,
    "drawn in turn": _drawn_in_turn,
    "kept": _kept,
    "in buckets": _in_buckets,
    "in rounds": _in_rounds,
    "shuffled rows": _shuffled_rows,
    "joined": _joined,
}
UNSEEDED = {"of unknown order": _of_unknown_order, "shuffled anew": _shuffled_anew}


class Program:
    """A program that takes batches from a pipeline, as often as it is run."""

    def __init__(self, build, path):
        self._graph = tf.Graph()
        with self._graph.as_default():
            with readers.engine("tf.data", resumable=True):
                self._batch = build(path)
            self._step = tf.train.get_or_create_global_step()
            self._saver = tf.train.Saver()
            self._initializers = tf.global_variables_initializer(), tf.local_variables_initializer()

    def run(self, *, save=None, restore=None, most=10_000):
        """Takes batches in a session of its own, from a checkpoint and to a checkpoint."""
        with self._graph.as_default(), tf.Session() as session:
            session.run(self._initializers)
            if restore is not None:
                self._saver.restore(session, restore)
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            found = []
            try:
                while len(found) < most:
                    found.append(session.run([self._batch, self._step])[0])
            except tf.errors.OutOfRangeError:
                pass
            if save is not None:
                self._saver.save(session, save)
            coordinator.request_stop()
            coordinator.join(threads)
        return found


@pytest.fixture(scope="module")
def in_order(path):
    return Program(_in_order, path)


@pytest.fixture(scope="module")
def shuffled(path):
    return Program(_shuffled, path)


@pytest.fixture(scope="module")
def all_shuffled(shuffled):
    """What the shuffled pipeline delivers from beginning to end."""
    return _plain(shuffled.run())


def _plain(batches):
    return [[np.asarray(part).tolist() for part in tf.nest.flatten(batch)] for batch in batches]


@pytest.mark.parametrize("name", sorted(SEEDED))
def test_two_programs_deliver_what_one_would_have(name, path, tmp_path):
    checkpoint = str(tmp_path / "model.ckpt")
    first, second = Program(SEEDED[name], path), Program(SEEDED[name], path)
    before = first.run(save=checkpoint, most=3)
    after = second.run(restore=checkpoint)
    assert len(after) > 3
    assert _plain(before + after) == _plain(first.run())


@pytest.mark.parametrize("name", sorted(UNSEEDED))
def test_what_has_no_seed_goes_on_as_it_began(name, path, tmp_path):
    """Two continuations are the same, and with what came before hold each record twice."""
    checkpoint = str(tmp_path / "model.ckpt")
    first, second = Program(UNSEEDED[name], path), Program(UNSEEDED[name], path)
    before = first.run(save=checkpoint, most=3)
    after = second.run(restore=checkpoint)
    assert _plain(after) == _plain(first.run(restore=checkpoint))
    labels = np.concatenate([tf.nest.flatten(batch)[0] for batch in before + after])
    assert sorted(labels.tolist()) == sorted([*range(20)] * 2)
    assert _plain(before) != _plain(first.run(most=3))
    assert _plain(before) != _plain(second.run(most=3))


def test_a_run_may_be_stopped_again_and_again(shuffled, all_shuffled, tmp_path):
    found, checkpoint = [], None
    for number in range(10):
        following = str(tmp_path / f"model.ckpt-{number}")
        found += shuffled.run(restore=checkpoint, save=following, most=1)
        checkpoint = following
    assert _plain(found) == all_shuffled
    assert shuffled.run(restore=checkpoint) == []


def test_a_checkpoint_from_before_the_start_begins_at_the_beginning(path, in_order, tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        with readers.engine("tf.data", resumable=True):
            _in_order(path)
        tf.train.get_or_create_global_step()
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
    found = in_order.run(restore=str(tmp_path / "model.ckpt"), most=1)
    assert _plain(found) == [[[0, 1, 2, 3]]]


def test_a_monitored_session_goes_on_by_itself(path, all_shuffled, tmp_path):
    def run(steps):
        with tf.Graph().as_default():
            with readers.engine("tf.data", resumable=True):
                batch = _shuffled(path)
            count = tf.assign_add(tf.train.get_or_create_global_step(), 1)
            hook = tf.train.CheckpointSaverHook(str(tmp_path), save_steps=100)
            creator = tf.train.ChiefSessionCreator(checkpoint_dir=str(tmp_path))
            found = []
            with tf.train.MonitoredSession(creator, [hook]) as session:
                while len(found) < steps and not session.should_stop():
                    found.append(session.run([batch, count])[0])
        return found

    assert _plain(run(4) + run(99)) == all_shuffled


def test_a_session_runner_goes_on(path, all_shuffled, tmp_path):
    def run(steps):
        with GraphBuilder() as g, readers.engine("tf.data", resumable=True):
            batch = _shuffled(path)
            tf.train.get_or_create_global_step()
        with SessionRunner(g, checkpoint_dir=str(tmp_path), resume=True) as runner:
            found = [runner.run(batch) for _ in range(steps)]
            runner.save()
        return found

    assert _plain(run(3) + run(7)) == all_shuffled


def test_the_position_is_no_variable_of_the_program(path):
    with tf.Graph().as_default(), readers.engine("tf.data", resumable=True):
        _in_order(path)
        assert tf.global_variables() == tf.trainable_variables() == []
        assert [variable.op.name for variable in tf.local_variables()] == [
            "input_producer/limit_epochs/epochs"
        ]


def test_only_a_stream_that_shall_be_resumed_is_saved(path, tmp_path):
    def saved(resumable):
        with tf.Graph().as_default(), tf.Session() as session:
            with readers.engine("tf.data", resumable=resumable):
                _in_order(path)
            session.run(tf.train.get_or_create_global_step().initializer)
            checkpoint = tf.train.Saver().save(session, str(tmp_path / "model.ckpt"))
        return [name for name, _ in tf.train.list_variables(checkpoint)]

    assert saved(resumable=True) == ["batch/tf_data/position", "global_step"]
    assert saved(resumable=False) == ["global_step"]


def test_another_program_restores_the_meta_graph(in_order, tmp_path, caplog):
    checkpoint = str(tmp_path / "model.ckpt")
    with caplog.at_level("WARNING", logger="tensorflow"):
        in_order.run(save=checkpoint, most=2)
        assert "serializing saveable_objects" not in caplog.text
    with tf.Graph().as_default(), tf.Session() as session:
        for saver in (tf.train.import_meta_graph(f"{checkpoint}.meta"), tf.train.Saver()):
            saver.restore(session, checkpoint)
            saver.save(session, str(tmp_path / "copy.ckpt"))
            copy = tf.train.load_checkpoint(str(tmp_path / "copy.ckpt"))
            assert copy.get_tensor("batch/tf_data/position")[1] == 2


def test_what_goes_back_to_the_queues_has_no_position():
    with tf.Graph().as_default() as graph, readers.engine("auto", resumable=True):
        number = readers.range_input_producer(40, shuffle=False).dequeue()
        first = readers.batch([number], 4, name="first")
        with pytest.warns(UserWarning, match="the queues serve (first|second)"):
            second = readers.batch([number], 4, name="second")
        assert [report.engine for report in readers.explain(graph)] == ["queues", "queues"]
        assert tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS) == []
        assert np.shape(delivered([first, second], most=2)) == (2, 2, 4)


def _numbered(size=3, rows=40, *, stock=None, seed=1, epochs=1):
    number = readers.range_input_producer(rows, epochs, shuffle=False).dequeue()
    if stock is None:
        return readers.batch([number], size)
    return readers.shuffle_batch([number], size, stock, min_after_dequeue=stock - size, seed=seed)


@pytest.mark.parametrize(
    ("before", "after", "cause"),
    [
        ({}, {"size": 4}, "batch size"),
        ({"rows": 4, "size": 2}, {"rows": 40, "size": 2}, "number of files or rows"),
        ({"stock": 10}, {"stock": 20}, "shuffling"),
        ({"stock": 10}, {"stock": 10, "seed": 2}, "shuffling"),
        ({"stock": 9}, {"size": 2, "stock": 10}, "batch size and the shuffling"),
    ],
)
def test_a_position_in_another_stream_is_not_gone_to(before, after, cause, tmp_path):
    checkpoint = str(tmp_path / "model.ckpt")
    Program(lambda _: _numbered(**before), None).run(save=checkpoint, most=2)
    changed = Program(lambda _: _numbered(**after), None)
    with pytest.warns(UserWarning, match=f"the {cause} of (shuffle_)?batch changed since"):
        found = changed.run(save=checkpoint, restore=checkpoint, most=1)
    assert np.array_equal(found, changed.run(most=1))
    assert np.array_equal(changed.run(restore=checkpoint, most=1), changed.run(most=2)[1:])


def test_more_epochs_go_on_where_it_was(tmp_path):
    checkpoint = str(tmp_path / "model.ckpt")
    Program(lambda _: _numbered(4, 4), None).run(save=checkpoint)
    (found,) = Program(lambda _: _numbered(4, 4, epochs=2), None).run(restore=checkpoint)
    assert found.tolist() == [0, 1, 2, 3]


def test_single_records_of_another_list_begin_anew(tmp_path):
    checkpoint = str(tmp_path / "model.ckpt")

    def program(rows):
        return Program(lambda _: readers.range_input_producer(rows, 1, False).dequeue(), None)

    program(5).run(save=checkpoint, most=2)
    assert program(5).run(restore=checkpoint) == [2, 3, 4]
    with pytest.warns(UserWarning, match="the number of files or rows of .* changed since"):
        assert program(6).run(restore=checkpoint) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("made", ["before", "of a list"])
def test_a_position_that_no_saver_saves_is_warned_of(made, tmp_path):
    with tf.Graph().as_default(), readers.engine("tf.data", resumable=True):
        step = tf.train.get_or_create_global_step()
        early = tf.train.Saver() if made == "before" else None
        batch = _numbered()
        if early is None:
            tf.train.Saver([step])
        with pytest.warns(UserWarning, match="no Saver saves the position of batch: make one"):
            delivered(batch, most=1)
        tf.train.Saver()
        delivered(batch, most=1)  # an error if it warned again
