"""contrib.learn's settings and runner say what is wrong, and take what a program wrote itself."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest

import graphkit.tf1 as tf

learn = tf.contrib.learn
run = learn.learn_runner.run
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

CLUSTER = {"ps": ["p:1"], "worker": ["w:1", "w:2"]}


@pytest.fixture
def told(monkeypatch):
    def tell(kind=None, index=0, **more):
        task = {"type": kind, "index": index} if kind else {}
        monkeypatch.setenv("TF_CONFIG", json.dumps({"task": task, **more}))

    return tell


@pytest.mark.parametrize(
    ("kind", "index", "message"),
    [
        ("chief", 0, r"chief is not a valid task_type in the cluster_spec: .*'worker'"),
        ("worker", 2, "2 is not a valid task_id for task_type worker"),
        ("ps", -1, "-1 is not a valid task_id for task_type ps"),
    ],
)
def test_a_task_outside_its_cluster_is_refused(told, kind, index, message):
    told(kind, index, cluster=CLUSTER)
    with pytest.raises(ValueError, match=message):
        learn.RunConfig()


@pytest.mark.parametrize(
    ("kind", "index", "address"), [("worker", 1, "grpc://w:2"), ("ps", 0, "grpc://p:1")]
)
def test_a_task_is_its_sessions_target(told, kind, index, address):
    told(kind, index, cluster=CLUSTER)
    config = learn.RunConfig()
    assert config.master == address
    assert config.session_config is None
    assert learn.RunConfig(master="").master == ""
    assert (config.num_ps_replicas, config.num_worker_replicas) == (1, 2)


def test_settings_can_be_copied_and_derived():
    class Mine(learn.RunConfig):
        """Settings of a program's own."""

    made = Mine(model_dir="/a", tf_random_seed=1)
    assert copy.deepcopy(made).uid() == made.uid()
    assert type(made.replace(tf_random_seed=2)) is Mine
    assert made.replace(tf_random_seed=2).uid() == made.uid()
    assert made.replace(model_dir="/b").uid() != made.uid()


def test_settings_of_devices_reach_the_session():
    plain = learn.RunConfig()
    assert plain.session_config is None
    few = learn.RunConfig(num_cores=2, log_device_placement=True)
    assert few.session_config.intra_op_parallelism_threads == 2
    assert few.session_config.log_device_placement
    assert few.session_config.allow_soft_placement
    own = tf.ConfigProto(inter_op_parallelism_threads=1)
    assert learn.RunConfig(num_cores=2, session_config=own).session_config is own


def test_checkpoints_are_written_by_steps_or_by_seconds():
    assert learn.RunConfig().save_checkpoints_secs == 600
    by_steps = learn.RunConfig(save_checkpoints_steps=5)
    assert (by_steps.save_checkpoints_secs, by_steps.save_checkpoints_steps) == (None, 5)
    with pytest.raises(ValueError, match="cannot be both set"):
        learn.RunConfig(save_checkpoints_secs=5, save_checkpoints_steps=5)


class Memory(learn.Evaluable, learn.Trainable):
    """An estimator that a program wrote itself, without TensorFlow."""

    def __init__(self, config):
        self.config = config
        self.calls = []

    @property
    def model_dir(self):
        return self.config.model_dir

    def fit(self, **options):
        self.calls.append(("fit", options["max_steps"], options["input_fn"]))
        return self

    def evaluate(self, **options):
        self.calls.append(("evaluate", options["steps"], options["name"]))
        return {"loss": 1.0, "global_step": 3}


@pytest.mark.parametrize(
    ("schedule", "calls"),
    [
        ("train", [("fit", 3, "train")]),
        ("evaluate", [("evaluate", 2, "one_pass")]),
        ("train_and_evaluate", [("fit", 3, "train"), ("evaluate", 2, None)]),
    ],
)
def test_an_estimator_of_ones_own_is_run(tmp_path, schedule, calls):
    made = []

    def experiment_fn(run_config, hparams):
        made.append(Memory(run_config))
        return learn.Experiment(
            made[0], "train", "eval", train_steps=3, eval_steps=2, eval_delay_secs=0
        )

    run(experiment_fn, run_config=learn.RunConfig(model_dir=str(tmp_path)), schedule=schedule)
    assert made[0].calls == calls


def test_an_interface_without_its_methods_cannot_be_used():
    class Half(learn.Evaluable):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Half()


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({}, ValueError, "Must set value for `output_dir` or `run_config`"),
        ({"output_dir": ""}, ValueError, "Must specify an output directory"),
        ({"output_dir": "a", "hparams": 1}, ValueError, "Must set `hparams` as None"),
        ({"run_config": 1}, ValueError, "must be `tf.contrib.learn.RunConfig` instance"),
        ({"output_dir": "a"}, TypeError, "did not return an Experiment instance, got <class 'int'"),
    ],
)
def test_a_wrong_run_says_what_it_needs(options, kind, message):
    with pytest.raises(kind, match=message.replace("tf.contrib", r"tf\.contrib")):
        run(lambda **given: 3, **options)


def test_a_schedule_is_a_method_of_the_experiment(tmp_path):
    def experiment_fn(output_dir):
        config = learn.RunConfig(model_dir=output_dir)
        return learn.Experiment(Memory(config), "train", "eval")

    with pytest.raises(ValueError, match="non-existent task jump"):
        run(experiment_fn, str(tmp_path), "jump")
    with pytest.raises(TypeError, match="non-callable member eval_steps"):
        run(experiment_fn, str(tmp_path), "eval_steps")


def test_a_monitor_looks_for_checkpoints_no_more_often_than_told(tmp_path):
    def model(features, labels, mode):
        weight = tf.get_variable("weight", [])
        loss = tf.square(weight - tf.reduce_mean(labels))
        step = tf.train.get_global_step()
        return weight, loss, tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)

    x = np.ones([4, 1], np.float32)
    folders = []
    for seconds in (None, 3600):
        folder = tmp_path / str(seconds)
        config = learn.RunConfig(save_checkpoints_steps=1)
        monitor = learn.monitors.ValidationMonitor(
            x, x[:, 0], every_n_steps=1, check_interval_secs=seconds, name="seen"
        )
        learn.Estimator(model, str(folder), config).fit(x, x[:, 0], steps=5, monitors=[monitor])
        events = [
            event.step
            for path in sorted((folder / "eval_seen").iterdir())
            for event in tf.train.summary_iterator(str(path))
        ]
        folders.append(sorted({step for step in events if step}))
    often, once = folders
    assert len(once) == 1
    assert len(often) > len(once)


def test_a_monitor_needs_an_estimator():
    monitor = learn.monitors.ValidationMonitor(input_fn=lambda: None, every_n_steps=1)
    with pytest.raises(ValueError, match="Missing call to set_estimator"):
        monitor.every_n_step_end(1, {})
