"""contrib.learn's monitors with variables of today's kind, and with estimators.

When they look and what they write is compared with 1.15.5 by `test_tf1_goldens.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

learn = tf.contrib.learn
monitors = learn.monitors
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

X = np.linspace(-1, 1, 8, dtype=np.float32).reshape(8, 1)


@pytest.fixture
def estimator(tmp_path):
    def model(features, labels, mode):
        weight = tf.get_variable("weight", [1, 1], initializer=tf.zeros_initializer())
        scores = tf.matmul(features, weight)
        loss = tf.losses.mean_squared_error(tf.reshape(labels, [-1, 1]), scores)
        step = tf.train.get_global_step()
        return scores, loss, tf.train.GradientDescentOptimizer(0.3).minimize(loss, step)

    config = learn.RunConfig(save_checkpoints_secs=None, save_checkpoints_steps=4)
    return learn.Estimator(model, str(tmp_path), config)


def fitted(estimator, *chosen, steps=4):
    return estimator.fit(X, 3 * X, steps=steps, monitors=list(chosen))


class Seen(monitors.EveryN):
    """Keeps the steps it looks at."""

    def __init__(self, *args):
        super().__init__(*args)
        self.steps = []

    def every_n_step_end(self, step, outputs):
        self.steps.append(step)


@pytest.mark.parametrize(
    ("every", "first", "steps"),
    [
        (1, 0, [1, 2, 3, 4, 5, 6, 7]),
        (3, 1, [1, 4, 7]),
        (3, -1, [3, 6]),
        (2, 3, [1, 2, 3, 5, 7]),
        (10, 0, []),
    ],
)
def test_a_monitor_looks_at_the_first_steps_and_at_every_so_many(estimator, every, first, steps):
    seen = Seen(every, first)
    fitted(estimator, seen, steps=7)
    assert seen.steps == steps


def test_steps_go_on_where_training_goes_on(estimator):
    fitted(estimator, steps=2)
    seen = Seen(1)
    fitted(estimator, seen, steps=3)
    assert seen.steps == [3, 4, 5]


def test_a_monitor_and_a_hook_can_end_a_training(estimator):
    fitted(estimator, monitors.StopAtStep(num_steps=2), steps=9)
    assert estimator.get_variable_value("global_step") == 2
    both = [tf.train.StopAtStepHook(num_steps=3), monitors.StopAtStep(last_step=90)]
    fitted(estimator, *both, steps=9)
    assert estimator.get_variable_value("global_step") == 5


@pytest.mark.parametrize("name", ["weight", "weight:0"])
def test_the_name_of_a_variable_stands_for_its_value(estimator, name):
    kept = monitors.CaptureVariable(name, every_n=1)
    fitted(estimator, kept)
    assert list(kept.values) == [1, 2, 3, 4]
    assert {value.shape for value in kept.values.values()} == {(1, 1)}
    values = [float(value[0, 0]) for value in kept.values.values()]
    assert values == sorted(values)


def test_a_dump_has_the_values_of_variables(graph):
    variable = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
    doubled = tf.multiply(variable, 2.0, name="doubled")
    step = tf.train.create_global_step()
    dump = monitors.GraphDump(ignore_ops=["Const", "ReadVariableOp", "Assign", "NoOp"])
    with tf.train.MonitoredSession(hooks=[monitors.RunHookAdapterForMonitors([dump])]) as session:
        session.run(step)
    by_name = {tensor.name: value for tensor, value in dump.data[1].items()}
    assert by_name["v:0"].tolist() == [1, 2]
    assert by_name[doubled.name].tolist() == [2, 4]


def test_trainable_variables_are_logged(estimator, monkeypatch):
    lines = []
    monkeypatch.setattr(tf.logging, "info", lambda text, *parts: lines.append(text % parts))
    fitted(estimator, monitors.LoggingTrainable(every_n=2), steps=3)
    steps = [line for line in lines if line.startswith("Logging Trainable")]
    assert [line.split(":")[1] for line in steps] == [" Step 1", " Step 3"]
    assert "weight:0 = [[" in steps[0]


def test_a_monitor_writes_where_its_estimator_does(estimator, tmp_path):
    fitted(estimator, monitors.StepCounter(1))
    tf.summary.FileWriterCache.clear()
    tags = {
        value.tag
        for path in tmp_path.glob("events*")
        for event in tf.train.summary_iterator(str(path))
        for value in event.summary.value
    }
    assert "global_step/sec" in tags


def test_an_end_may_take_no_session(estimator):
    ended = []

    class Old(monitors.BaseMonitor):
        def end(self):
            ended.append(self._estimator is estimator)

    fitted(estimator, Old(), steps=1)
    assert ended == [True]


def test_a_monitor_of_arrays_does_not_measure_an_estimator_of_today(tmp_path):
    feature = tf.feature_column.numeric_column("x")
    made = tf.estimator.LinearRegressor([feature], str(tmp_path))
    made.train(lambda: ({"x": tf.constant(X)}, tf.constant(X)), steps=1)
    monitor = monitors.ValidationMonitor(X, X)
    monitor.set_estimator(made)
    with pytest.raises(ValueError, match="does not support following arguments: x, y"):
        monitor.every_n_step_end(1, {})


def test_an_error_of_a_monitor_reaches_the_program(estimator):
    loss = monitors.PrintTensor(["no_such_tensor"])
    with pytest.raises(KeyError, match="no_such_tensor"):
        fitted(estimator, loss)


@pytest.mark.parametrize("where", ["own", "model"])
def test_summaries_are_written_where_no_graph_is_open_yet(estimator, tmp_path, where):
    own = tmp_path / "own"
    monitor = monitors.SummarySaver("it", output_dir=str(own) if where == "own" else None)
    monitor.set_estimator(estimator)
    summary = tf.Summary(value=[tf.Summary.Value(tag="x", simple_value=2.0)])
    monitor.begin()
    monitor.every_n_step_end(3, {"it": summary.SerializeToString()})
    monitor.end()
    (path,) = (own if where == "own" else tmp_path).glob("events*")
    steps = {v.tag: e.step for e in tf.train.summary_iterator(str(path)) for v in e.summary.value}
    assert steps == {"x": 3}


@pytest.mark.parametrize("settings", [{}, {"save_secs": 1, "save_steps": 1}])
def test_checkpoints_are_written_by_steps_or_by_seconds(tmp_path, settings):
    with pytest.raises(ValueError, match="save_steps"):
        monitors.CheckpointSaver(str(tmp_path), **settings)
