"""contrib.learn's experiments: what each way to run one trains, measures, waits for and exports."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

import graphkit.tf1 as tf

learn = tf.contrib.learn
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

X = np.array([[1.0], [2.0]], np.float32)


def input_fn():
    return tf.constant(X), tf.constant(3 * X)


def model(features, labels, mode):
    weight = tf.get_variable("weight", [1, 1], initializer=tf.zeros_initializer())
    scores = tf.matmul(features, weight)
    loss = tf.losses.mean_squared_error(labels, scores)
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
    return scores, loss, train


def loss_after(steps):
    """Each step multiplies the error of the weight by 1 - 0.1 · 2 · mean(x²) = 0.5."""
    return 2.5 * (3 * 0.5**steps) ** 2


@pytest.fixture
def make(tmp_path):
    def made(**options):
        config = learn.RunConfig(save_checkpoints_steps=options.pop("save", 2))
        estimator = learn.Estimator(model, str(tmp_path), config)
        options = {"eval_steps": 1, "train_steps": 4, "check_interval_secs": None, **options}
        return learn.Experiment(estimator, input_fn, input_fn, **options)

    return made


def exports(kept):
    """A strategy that keeps what it was given."""

    def export_fn(estimator, path, checkpoint_path=None, eval_result=None):
        kept.append((path, checkpoint_path, int(eval_result["global_step"])))
        return f"{path}/{len(kept)}"

    return learn.ExportStrategy("kept", export_fn)


def test_training_and_measuring_give_the_worked_out_loss(make):
    found, exported = make().train_and_evaluate()
    assert found["loss"] == pytest.approx(loss_after(4), rel=1e-5)
    assert (found["global_step"], exported) == (4, [])


def test_an_experiment_says_what_it_was_given(make):
    experiment = make(eval_metrics={"mean": tf.metrics.mean})
    assert (experiment.train_steps, experiment.eval_steps) == (4, 1)
    assert experiment.eval_metrics == {"mean": tf.metrics.mean}
    assert isinstance(experiment.estimator, learn.Estimator)


def test_new_checkpoints_are_measured_while_it_trains(make, tmp_path):
    make(train_steps=6).train_and_evaluate()
    (events,) = (tmp_path / "eval").iterdir()
    steps = {event.step for event in tf.train.summary_iterator(str(events)) if event.step}
    assert steps == {2, 4, 6}


def test_nothing_is_measured_in_between_without_a_frequency(make, tmp_path):
    make(min_eval_frequency=0).train_and_evaluate()
    (events,) = (tmp_path / "eval").iterdir()
    assert {event.step for event in tf.train.summary_iterator(str(events)) if event.step} == {4}


def test_a_local_run_measures_at_the_end(make, tmp_path):
    found, _ = make().local_run()
    assert found["global_step"] == 4
    (events,) = (tmp_path / "eval").iterdir()
    assert {event.step for event in tf.train.summary_iterator(str(events)) if event.step} == {4}


def test_what_is_exported_is_told_the_measurement(make, tmp_path):
    kept = []
    _, exported = make(export_strategies=exports(kept)).train_and_evaluate()
    folder = str(tmp_path / "export" / "kept")
    assert kept == [(folder, None, 4)]
    assert exported == [f"{folder}/1"]


def test_every_checkpoint_can_be_exported(make):
    kept = []
    experiment = make(export_strategies=[exports(kept)], checkpoint_and_export=True)
    found, exported = experiment.train_and_evaluate()
    steps = [step for _, _, step in kept]
    assert steps == sorted(steps)
    assert len(steps) > 1
    assert exported[0].endswith(f"/{len(kept)}")
    assert found["global_step"] == steps[-1] == 4


def test_strategies_can_be_changed(make):
    kept = []
    experiment = make(export_strategies=exports(kept))
    (before,) = experiment.reset_export_strategies()
    assert before.name == "kept"
    experiment.test()
    assert kept == []
    assert experiment.reset_export_strategies([before]) == ()
    experiment.test()
    assert [step for _, _, step in kept] == [2]


def test_a_test_trains_one_step(make):
    found = make(train_steps=None, eval_steps=None).test()
    assert found["global_step"] == 1
    assert found["loss"] == pytest.approx(loss_after(1), rel=1e-5)


def test_hooks_can_be_added(make):
    steps = []

    class Count(tf.train.SessionRunHook):
        def after_run(self, run_context, run_values):
            steps.append(1)

    experiment = make()
    experiment.extend_train_hooks([Count()])
    experiment.train()
    assert len(steps) == 4


def test_measuring_waits_as_long_as_it_is_told(make, monkeypatch):
    waited = []
    experiment = make(eval_delay_secs=7)
    experiment.train()
    monkeypatch.setattr("time.sleep", waited.append)
    experiment.evaluate()
    experiment.evaluate(delay_secs=3, name="later")
    assert [wait for wait in waited if wait in (3, 7)] == [7, 3]


def test_turns_of_training_and_measuring(make):
    found, exported = make(train_steps_per_iteration=3).continuous_train_and_eval()
    assert (found["global_step"], exported) == (6, [])
    again, _ = make(train_steps=40).continuous_train_and_eval(
        lambda found, checkpoint_path: checkpoint_path is None or found["global_step"] < 9
    )
    assert again["global_step"] == 10


def test_measuring_goes_on_until_the_last_step_was_trained(make, tmp_path):
    kept = []
    experiment = make(export_strategies=exports(kept), eval_delay_secs=0)
    experiment.train()
    experiment.continuous_eval(throttle_delay_secs=0)
    assert [step for _, _, step in kept] == [4]
    assert kept[0][1] == str(tmp_path / "model.ckpt-4")
    assert (tmp_path / "eval_continuous").is_dir()
    experiment.continuous_eval_on_train_data(delay_secs=0, throttle_delay_secs=0)
    assert (tmp_path / "eval_continuous_on_train_data").is_dir()
    assert len(kept) == 1


def test_measuring_goes_on_while_it_is_asked_to(make):
    experiment = make(train_steps=None, eval_delay_secs=0)
    experiment.test()
    seen = []
    turns = itertools.count()

    def go_on(found):
        seen.append(found)
        return next(turns) < 3

    experiment.continuous_eval(throttle_delay_secs=0, continuous_eval_predicate_fn=go_on)
    assert seen[0] is None
    assert seen[1]["global_step"] == 1
    assert seen[2:] == [{}, {}]
    with pytest.raises(ValueError, match="must be a callable, or None"):
        experiment.continuous_eval(continuous_eval_predicate_fn="for ever")


def test_an_estimator_of_tf_estimator_is_an_experiments_as_well(tmp_path):
    def model_fn(features, labels, mode):
        predictions, loss, train = model(features, labels, mode)
        return tf.estimator.EstimatorSpec(mode, predictions, loss, train)

    saved = []

    class Listener(tf.train.CheckpointSaverListener):
        def after_save(self, session, global_step_value):
            saved.append(int(global_step_value))

    made = tf.estimator.Estimator(model_fn, str(tmp_path))
    options = {"train_steps": 3, "eval_steps": 1, "saving_listeners": [Listener()]}
    found, _ = learn.Experiment(made, input_fn, input_fn, **options).train_and_evaluate()
    assert found["loss"] == pytest.approx(loss_after(3), rel=1e-5)
    assert saved[-1] == 3
    with pytest.raises(ValueError, match="Use `eval_metric_ops` in "):
        learn.Experiment(made, input_fn, input_fn, eval_metrics={"a": 1})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"export_strategies": ["servo"]}, "must be an ExportStrategy.*found servo"),
        ({"train_steps_per_iteration": 1.5}, "`train_steps_per_iteration` must be an integer"),
        ({"saving_listeners": []}, "`saving_listeners` must be `None`"),
    ],
)
def test_wrong_arguments_are_refused(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**options)


def test_what_is_no_estimator_is_refused():
    with pytest.raises(ValueError, match=r"must implement .*Evaluable.*; got int"):
        learn.Experiment(3, None, None)


def test_a_process_without_a_task_serves_nothing(make):
    with pytest.raises(ValueError, match="be sure to specify cluster_spec, task_type, master"):
        make().run_std_server()


def test_an_export_function_takes_what_it_names(tmp_path):
    taken = []
    for export_fn in (
        lambda estimator, path: taken.append((path,)),
        lambda estimator, path, checkpoint_path: taken.append((path, checkpoint_path)),
        lambda estimator, path, strip_default_attrs: taken.append((path, strip_default_attrs)),
    ):
        learn.ExportStrategy("a", export_fn, True).export(None, "there", "c", {"loss": 1})
    assert taken == [("there",), ("there", "c"), ("there", True)]
    with pytest.raises(ValueError, match="must also accept checkpoint_path"):
        learn.ExportStrategy("a", lambda estimator, path, eval_result: None).export(None, "there")
    assert learn.ExportStrategy("a", None) == ("a", None, None)


@pytest.mark.parametrize(
    ("task", "schedule"), [("master", "train_and_evaluate"), ("worker", "train")]
)
def test_a_task_of_a_cluster_has_its_schedule(make, monkeypatch, task, schedule):
    cluster = {"master": ["m:1"], "worker": ["w:1"], "ps": ["p:1"]}
    told = {"cluster": cluster, "task": {"type": task, "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(told))
    called = []

    class Noting(learn.Experiment):
        def train(self, delay_secs=None):
            called.append("train")

        def train_and_evaluate(self):
            called.append("train_and_evaluate")

    def experiment_fn(run_config, hparams):
        return Noting(learn.Estimator(model, config=run_config), input_fn, input_fn)

    learn.learn_runner.run(experiment_fn, run_config=learn.RunConfig(model_dir="/unused"))
    assert called == [schedule]
