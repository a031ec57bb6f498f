"""Saved positions of data sets: what comes after a restore is what would have come."""

from __future__ import annotations

import types

import numpy as np
import pytest

import graphkit.tf1 as tf

experimental = tf.data.experimental

# Steps of a data set of the numbers 0 to 29, and the same in plain Python.
PIPELINES = {
    "plain": (lambda data: data, lambda numbers: numbers),
    "mapped": (lambda data: data.map(lambda x: x * x), lambda numbers: numbers**2),
    "filtered": (
        lambda data: data.filter(lambda x: tf.equal(x % 3, 1)),
        lambda numbers: numbers[numbers % 3 == 1],
    ),
    "batched": (
        lambda data: data.batch(4).map(tf.reduce_sum),
        lambda numbers: np.add.reduceat(numbers, np.arange(0, 30, 4)),
    ),
    "repeated": (lambda data: data.take(3).repeat(4), lambda numbers: np.tile(numbers[:3], 4)),
    "prefetched": (lambda data: data.prefetch(5), lambda numbers: numbers),
    "interleaved": (
        lambda data: data.interleave(
            lambda x: tf.data.Dataset.from_tensors(x).repeat(2), cycle_length=2
        ),
        # Of two at a time one element each, then the second of each.
        lambda numbers: numbers.reshape(-1, 2).repeat(2, 0).ravel(),
    ),
    "accumulated": (
        lambda data: data.apply(
            experimental.scan(np.int64(0), lambda total, x: (total + x, total + x))
        ),
        np.cumsum,
    ),
}


def iterator_of(step):
    """A graph's iterator over the numbers, its next element and a Saver of its position."""
    data = step(tf.data.Dataset.range(30))
    iterator = tf.data.make_initializable_iterator(data)
    return iterator, iterator.get_next(), saver_of(iterator)


def saver_of(iterator):
    return tf.train.Saver([experimental.make_saveable_from_iterator(iterator)])


def drawn(session, element, count=None):
    found = []
    while count is None or len(found) < count:
        try:
            found.append(int(session.run(element)))
        except tf.errors.OutOfRangeError:
            break
    return found


@pytest.mark.parametrize("taken", [0, 1, 5])
@pytest.mark.parametrize("kind", sorted(PIPELINES))
def test_another_session_goes_on_where_one_stood(kind, taken, tmp_path):
    step, in_numpy = PIPELINES[kind]
    expected = in_numpy(np.arange(30)).tolist()
    path = str(tmp_path / "position")
    with tf.Graph().as_default():
        iterator, element, saver = iterator_of(step)
        with tf.Session() as session:
            session.run(iterator.initializer)
            assert drawn(session, element, taken) == expected[:taken]
            saver.save(session, path)
    with tf.Graph().as_default():
        iterator, element, saver = iterator_of(step)
        with tf.Session() as session:
            session.run(iterator.initializer)
            drawn(session, element, 7)
            saver.restore(session, path)
            assert drawn(session, element) == expected[taken:]


@pytest.mark.parametrize("seed", [3, 11])
def test_a_shuffle_s_rest_is_restored_in_its_order(graph, tmp_path, seed):
    iterator, element, saver = iterator_of(lambda data: data.shuffle(8, seed=seed))
    path = str(tmp_path / "position")
    with tf.Session() as session:
        session.run(iterator.initializer)
        before = drawn(session, element, 10)
        saver.save(session, path)
        rest = drawn(session, element)
        saver.restore(session, path)
        assert drawn(session, element) == rest
    assert sorted(before + rest) == list(range(30))


def test_an_ended_iterator_is_restored_as_ended(graph, tmp_path):
    iterator, element, saver = iterator_of(lambda data: data.take(2))
    with tf.Session() as session:
        session.run(iterator.initializer)
        assert drawn(session, element) == [0, 1]
        path = saver.save(session, str(tmp_path / "position"))
        session.run(iterator.initializer)
        saver.restore(session, path)
        assert drawn(session, element) == []


def test_positions_of_several_iterators_are_kept_apart(graph, tmp_path):
    made = [tf.data.make_one_shot_iterator(tf.data.Dataset.range(n, 30)) for n in (0, 10, 20)]
    elements = [iterator.get_next() for iterator in made]
    saver = tf.train.Saver([experimental.make_saveable_from_iterator(each) for each in made])
    with tf.Session() as session:
        for count, element in enumerate(elements):
            drawn(session, element, count)
        path = saver.save(session, str(tmp_path / "position"))
        session.run(elements)
        saver.restore(session, path)
        assert session.run(elements) == [0, 11, 22]


def test_a_position_that_tensorflow_1_wrote_is_refused(graph, tmp_path):
    """1.15 wrote one value; today's op would end the process at it."""
    iterator, _, saver = iterator_of(lambda data: data)
    resource = iterator._iterator_resource
    position = tf.raw_ops.SerializeIterator(resource_handle=resource)
    path = str(tmp_path / "position")
    save = tf.raw_ops.SaveV2(
        prefix=path,
        tensor_names=[f"{resource.name}-state"],
        shape_and_slices=[""],
        tensors=[position[0]],
    )
    with tf.Session() as session:
        session.run(iterator.initializer)
        session.run(save)
        with pytest.raises(tf.errors.InvalidArgumentError, match="as TensorFlow 1 wrote it"):
            saver.restore(session, path)


def settings(folder, **other):
    """As much of an estimator as the hook asks for."""
    config = types.SimpleNamespace(
        num_worker_replicas=1, task_type="worker", task_id=0, save_checkpoints_secs=None
    )
    config.save_checkpoints_steps = 2
    vars(config).update(other)
    return types.SimpleNamespace(model_dir=str(folder), config=config)


def steps(estimator, count, **options):
    """A run of so many steps under the hook: the elements it saw."""
    with tf.Graph().as_default():
        element = tf.data.make_one_shot_iterator(tf.data.Dataset.range(100)).get_next()
        train = tf.train.get_or_create_global_step().assign_add(1)
        hook = experimental.CheckpointInputPipelineHook(estimator)
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=estimator.model_dir,
            hooks=[hook],
            log_step_count_steps=None,
            save_checkpoint_steps=1,
            save_summaries_steps=None,
            **options,
        ) as session:
            return [int(session.run([element, train])[0]) for _ in range(count)]


@pytest.mark.parametrize("every", [1, 2, 3, 50])
def test_runs_see_every_element_once(every, tmp_path):
    estimator = settings(tmp_path, save_checkpoints_steps=every)
    seen = [element for count in (3, 1, 4) for element in steps(estimator, count)]
    assert seen == list(range(8))


@pytest.mark.parametrize(
    ("every", "saved"),
    [(1, [0, 1, 2, 3, 4, 5]), (2, [0, 2, 4, 5]), (5, [0, 5]), (50, [0, 5])],
)
def test_it_saves_at_the_start_when_it_is_time_and_at_the_end(every, saved, tmp_path):
    steps(settings(tmp_path, save_checkpoints_steps=every), 5)
    listed = tf.train.get_checkpoint_state(str(tmp_path), "checkpoint_input")
    found = {int(path.rsplit("-", 1)[1]) for path in listed.all_model_checkpoint_paths}
    # A Saver keeps the last five.
    assert found == set(saved[-5:])


def test_a_run_that_is_cut_off_goes_on_from_the_last_saved_position(tmp_path):
    """What came after it is seen again, as the model's steps are done again."""
    estimator = settings(tmp_path, save_checkpoints_steps=3)
    with tf.Graph().as_default():
        element = tf.data.make_one_shot_iterator(tf.data.Dataset.range(100)).get_next()
        train = tf.train.get_or_create_global_step().assign_add(1)
        hook = experimental.CheckpointInputPipelineHook(estimator)
        session = tf.train.MonitoredSession(hooks=[hook])
        with pytest.raises(KeyError, match="cut"), session:
            for _ in range(5):
                session.run([element, train])
            raise KeyError("cut")
    assert steps(estimator, 2) == [3, 4]


def test_workers_of_one_folder_keep_their_own_positions(tmp_path):
    workers = [
        settings(tmp_path, num_worker_replicas=3, task_type=kind, task_id=number)
        for kind, number in (("chief", 0), ("worker", 0), ("worker", 1))
    ]
    for count, worker in enumerate(workers, start=1):
        steps(worker, count)
    assert [steps(worker, 1) for worker in workers] == [[1], [2], [3]]
    lists = {path.name for path in tmp_path.glob("checkpoint_input*")}
    assert lists == {f"checkpoint_input_{end}" for end in ("chief_0", "worker_0", "worker_1")}


def test_the_model_s_checkpoints_hold_no_position(tmp_path):
    steps(settings(tmp_path), 2)
    assert [name for name, _ in tf.train.list_variables(str(tmp_path))] == ["global_step"]
    found = tf.train.list_variables(tf.train.latest_checkpoint(str(tmp_path), "checkpoint_input"))
    assert [name for name, _ in found] == ["OneShotIterator:0-state"]


def test_contrib_has_the_same_hook():
    assert tf.contrib.data.CheckpointInputPipelineHook is experimental.CheckpointInputPipelineHook
