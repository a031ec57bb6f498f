"""contrib.learn.graph_actions: what ends a training, what is kept of it, and what is measured."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

learn = tf.contrib.learn
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class Noting(learn.monitors.BaseMonitor):
    """Notes what a training says, and stops it at a step."""

    def __init__(self, last=None):
        super().__init__()
        self.last, self.seen = last, []

    def begin(self, max_steps=None):
        super().begin(max_steps)
        self.seen.append(("begin", max_steps))

    def step_begin(self, step):
        super().step_begin(step)
        return ["weight:0"]

    def step_end(self, step, output):
        super().step_end(step, output)
        self.seen.append((step, sorted(str(key) for key in output if isinstance(key, str))))
        return step == self.last

    def end(self, session=None):
        super().end(session)
        self.seen.append("end")


def half_way():
    """A weight that goes half the way to 8 in each step: 4, 6, 7, 7.5 …"""
    step = tf.train.create_global_step()
    goal = tf.placeholder_with_default(tf.constant(8.0), [], name="goal")
    weight = tf.get_variable("weight", [], initializer=tf.zeros_initializer(), use_resource=False)
    loss = tf.square(weight - goal) / 2
    tf.summary.scalar("loss", loss)
    return tf.train.GradientDescentOptimizer(0.5).minimize(loss, step), loss, weight


def train(folder, **options):
    with tf.Graph().as_default() as graph:
        step, loss, _ = half_way()
        return learn.graph_actions.train(graph, str(folder), step, loss, **options)


def weight_of(folder):
    return float(tf.train.load_variable(str(folder), "weight"))


@pytest.fixture(autouse=True)
def writers_of_this_test_only():
    yield
    learn.graph_actions.clear_summary_writers()


@pytest.mark.parametrize(
    ("options", "weight"),
    [({"steps": 3}, 7), ({"max_steps": 2}, 6), ({"monitors": [Noting(4)]}, 7.5)],
)
def test_a_training_ends_with_its_last_step(tmp_path, options, weight):
    train(tmp_path, **options)
    assert weight_of(tmp_path) == weight


def test_a_training_goes_on_where_it_ended(tmp_path):
    train(tmp_path, steps=2)
    train(tmp_path, steps=1)
    assert weight_of(tmp_path) == 7
    assert train(tmp_path, max_steps=3) is None
    assert weight_of(tmp_path) == 7


@pytest.mark.parametrize("end", [StopIteration, KeyError])
def test_what_was_trained_is_kept_when_feeding_ends(tmp_path, end):
    feeds = iter([{"goal:0": 2.0}, {"goal:0": 3.0}])

    def feed_fn():
        found = next(feeds, None)
        if found is None:
            raise end("no more")
        return found

    if end is StopIteration:
        assert train(tmp_path, feed_fn=feed_fn) == 2
    else:
        with pytest.raises(KeyError, match="no more"):
            train(tmp_path, feed_fn=feed_fn)
    assert weight_of(tmp_path) == 2


def test_a_loss_that_is_no_number_ends_the_training(tmp_path):
    nowhere = {"goal:0": np.nan}
    with pytest.raises(tf.train.NanLossDuringTrainingError):
        train(tmp_path / "a", steps=2, feed_fn=lambda: nowhere)
    found = train(tmp_path / "b", steps=2, feed_fn=lambda: nowhere, fail_on_nan_loss=False)
    assert np.isnan(found)


def test_monitors_are_told_of_each_step(tmp_path):
    monitor = Noting()
    train(tmp_path, steps=2, monitors=[monitor])
    assert monitor.seen[0] == ("begin", 2)
    assert [step for step, _ in monitor.seen[1:-1]] == [1, 2]
    assert all("weight:0" in names for _, names in monitor.seen[1:-1])
    assert monitor.seen[-1] == "end"


def test_summaries_are_written_without_monitors(tmp_path):
    train(tmp_path, steps=3, supervisor_save_summaries_steps=1)
    learn.graph_actions.clear_summary_writers()
    (written,) = tmp_path.glob("events*")
    losses = [
        value.simple_value
        for event in tf.train.summary_iterator(str(written))
        for value in event.summary.value
        if value.tag == "loss"
    ]
    assert losses == [32, 8, 2]


def test_measurements_are_of_the_checkpoint_and_written(tmp_path):
    train(tmp_path / "model", steps=2)
    with tf.Graph().as_default() as graph:
        _, loss, weight = half_way()
        seen = tf.Variable(0.0, collections=[tf.GraphKeys.LOCAL_VARIABLES])
        found, step = learn.evaluate(
            graph,
            str(tmp_path / "measured"),
            str(tmp_path / "model"),
            {"weight": weight, "seen": seen},
            update_op=tf.assign_add(seen, loss),
            max_steps=3,
        )
    assert found == {"weight": 6, "seen": 3 * 2}
    assert step == 2
    (written,) = (tmp_path / "measured").glob("events*")
    values = {
        value.tag: value.simple_value
        for event in tf.train.summary_iterator(str(written))
        for value in event.summary.value
    }
    assert values == found


def test_a_measurement_ends_with_its_inputs(tmp_path):
    with tf.Graph().as_default() as graph:
        tf.train.create_global_step()
        number = tf.train.limit_epochs(tf.constant(3.0), 4)
        total = tf.Variable(0.0, collections=[tf.GraphKeys.LOCAL_VARIABLES])
        update = tf.assign_add(total, number)
        found, _ = learn.evaluate(graph, str(tmp_path), None, {"total": total}, update)
    assert found == {"total": 12}


def test_tensors_are_run_once_with_a_checkpoint(tmp_path):
    train(tmp_path, steps=1)
    with tf.Graph().as_default():
        _, loss, weight = half_way()
        latest = tf.train.latest_checkpoint(str(tmp_path))
        found = learn.infer(latest, {"weight": weight, "loss": loss}, {"goal:0": 5.0})
    assert found == {"weight": 4, "loss": 0.5}


def test_a_folder_has_one_writer(graph, tmp_path):
    get = learn.graph_actions.get_summary_writer
    first = get(str(tmp_path))
    assert get(str(tmp_path)) is first
    learn.graph_actions.clear_summary_writers()
    assert get(str(tmp_path)) is not first
