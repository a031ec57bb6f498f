"""Programs with contrib.learn's settings of runs, its runner and contrib.keras's cosines."""

import json
import os
import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


CLUSTER = {"master": ["m:1"], "ps": ["p:1", "p:2"], "worker": ["w:1", "w:2", "w:3"]}
CLUSTERS = [
    {},
    {"task": {"type": "worker", "index": 0}},
    {"task": {"index": 2}},
    {"cluster": {"worker": ["one:1"]}},
    {"cluster": CLUSTER, "task": {"type": "master", "index": 0}},
    {"cluster": CLUSTER, "task": {"type": "master", "index": 0}, "environment": "cloud"},
    {"cluster": CLUSTER, "task": {"type": "worker", "index": 0}},
    {"cluster": CLUSTER, "task": {"type": "worker", "index": 2}, "environment": "google"},
    {"cluster": CLUSTER, "task": {"type": "ps", "index": 1}},
    {"cluster": CLUSTER},
    {"model_dir": "/told"},
]
WRONG = [
    {"cluster": CLUSTER, "task": {"type": "evaluator", "index": 0}},
    {"cluster": CLUSTER, "task": {"type": "ps", "index": 2}},
]


def told(config, call):
    before = os.environ.pop("TF_CONFIG", None)
    os.environ["TF_CONFIG"] = json.dumps(config)
    try:
        return call()
    finally:
        del os.environ["TF_CONFIG"]
        if before is not None:
            os.environ["TF_CONFIG"] = before


def part_of(config):
    return [
        repr(config.task_type),
        config.task_id,
        config.master,
        config.num_ps_replicas,
        config.num_worker_replicas,
        bool(config.is_chief),
        config.environment,
        config.evaluation_master,
        repr(config.model_dir),
        sorted(config.cluster_spec.as_dict()),
    ]


def clusters(tf):
    make = tf.contrib.learn.RunConfig
    parts = [told(config, lambda: part_of(make())) for config in CLUSTERS]
    named = told(CLUSTERS[6], lambda: part_of(make(master="grpc://x:1", evaluation_master="e")))
    return {
        "parts": json.dumps(parts),
        "named": json.dumps(named),
        "wrong": [told(config, lambda: error_of(make)) for config in WRONG],
        "other_folder": told(CLUSTERS[-1], lambda: error_of(lambda: make(model_dir="/other"))),
        "ids": [told(config, make.get_task_id) for config in CLUSTERS],
    }


SETTINGS = (
    "tf_random_seed save_summary_steps save_checkpoints_secs save_checkpoints_steps "
    "keep_checkpoint_max keep_checkpoint_every_n_hours log_step_count_steps model_dir "
    "session_creation_timeout_secs"
).split()


def settings(tf):
    make = tf.contrib.learn.RunConfig

    def values(config):
        return [repr(getattr(config, name)) for name in SETTINGS]

    few = make(num_cores=3, gpu_memory_fraction=0.5, log_device_placement=True).tf_config
    replaced = make(tf_random_seed=3).replace(model_dir="/there", save_summary_steps=7)
    return {
        "default": values(make()),
        "steps": values(make(save_checkpoints_steps=5)),
        "never": values(make(save_checkpoints_secs=None)),
        "replaced": values(replaced),
        "kept_class": [type(replaced) is make, issubclass(make, tf.estimator.RunConfig)],
        "threads": [few.inter_op_parallelism_threads, few.intra_op_parallelism_threads],
        "fraction": [few.gpu_options.per_process_gpu_memory_fraction],
        "placement": [bool(few.log_device_placement)],
        "no_session": [repr(make().session_config)],
    }


def identities(tf):
    make = tf.contrib.learn.RunConfig
    uid = make(model_dir="/a").uid()
    free = dict(tf_random_seed=4, save_summary_steps=1, keep_checkpoint_max=1)
    return {
        "same": [
            make(model_dir="/a").uid() == uid,
            make(model_dir="/a", **free).uid() == uid,
            make(model_dir="/b").uid() == uid,
            make(model_dir="/a", master="x").uid() == uid,
            told(CLUSTERS[6], lambda: make(model_dir="/a").uid()) == uid,
        ],
        "whitelist": [
            make(model_dir="/b").uid(["model_dir"]) == make(model_dir="/a").uid(["model_dir"]),
            make(tf_random_seed=1).uid([]) == make(tf_random_seed=2).uid([]),
        ],
    }


def model(tf):
    def build(features, labels, mode, params):
        weight = tf.get_variable("weight", [1, 1], initializer=tf.zeros_initializer())
        scores = tf.matmul(features, weight)
        loss = tf.losses.mean_squared_error(labels, scores)
        step = tf.train.get_or_create_global_step()
        rate = params.rate if hasattr(params, "rate") else 0.25
        return scores, loss, tf.train.GradientDescentOptimizer(rate).minimize(loss, step)

    return build


def experiment_of(tf, config=None, params=None, model_dir=None, steps=2):
    learn = tf.contrib.learn
    made = learn.Estimator(model(tf), model_dir=model_dir, config=config, params=params)
    x = np.array([[1.0], [2.0]], np.float32)

    def input_fn():
        return tf.constant(x), tf.constant(3 * x)

    return learn.Experiment(made, input_fn, input_fn, train_steps=steps, eval_steps=1)


def runner(tf):
    learn = tf.contrib.learn
    run = learn.learn_runner.run
    here = tempfile.mkdtemp()
    config = learn.RunConfig(model_dir=os.path.join(here, "a"))
    hparams = tf.contrib.training.HParams(rate=0.1)

    def fresh(run_config, hparams):
        return experiment_of(tf, run_config, hparams)

    def other(run_config, hparams):
        return experiment_of(tf, learn.RunConfig(model_dir="/elsewhere"))

    def core(run_config, hparams):
        plain = tf.estimator.Estimator(lambda features, labels: None, here)
        return learn.Experiment(plain, None, None)

    found, exported = run(fresh, run_config=config, hparams=hparams)
    trained = run(fresh, run_config=config, schedule="train")
    in_folder = run(
        lambda output_dir: experiment_of(tf, model_dir=output_dir),
        os.path.join(here, "b"),
        "train",
    )
    faults = {
        "both": lambda: run(fresh, output_dir=here, run_config=config),
        "neither": lambda: run(fresh),
        "no_function": lambda: run("fresh", run_config=config),
        "empty": lambda: run(fresh, output_dir=""),
        "hparams": lambda: run(fresh, output_dir=here, hparams=hparams),
        "no_folder": lambda: run(fresh, run_config=learn.RunConfig()),
        "core_config": lambda: run(fresh, run_config=tf.estimator.RunConfig(model_dir=here)),
        "no_hparams": lambda: run(fresh, run_config=config, hparams={"rate": 1}),
        "no_experiment": lambda: run(lambda run_config, hparams: 3, run_config=config),
        "other_config": lambda: run(other, run_config=config),
        "core_estimator": lambda: run(core, run_config=config),
        "no_schedule": lambda: run(fresh, run_config=config, schedule="jump"),
        "no_method": lambda: run(fresh, run_config=config, schedule="train_steps"),
    }
    return {
        "loss": round(float(found["loss"]), 4),
        "step": int(found["global_step"]),
        "exported": list(exported),
        "trained": isinstance(trained, learn.Estimator),
        "folder": os.path.basename(in_folder.model_dir),
        "faults": sorted([name, error_of(call)] for name, call in faults.items()),
    }


class Grid(object):
    """A tuner that tries a few rates."""

    def __init__(self, tf, rates):
        self._tf = tf
        self._rates = list(rates)
        self.losses = []

    def next_trial(self):
        return bool(self._rates)

    def run_experiment(self, experiment_fn):
        tf = self._tf
        hparams = tf.contrib.training.HParams(rate=self._rates.pop(0))
        config = tf.contrib.learn.RunConfig(model_dir=tempfile.mkdtemp())
        found = experiment_fn(run_config=config, hparams=hparams).train_and_evaluate()[0]
        self.losses.append(round(float(found["loss"]), 4))


class Careless(Grid):
    def run_experiment(self, experiment_fn):
        config = self._tf.contrib.learn.RunConfig(model_dir=tempfile.mkdtemp())
        experiment_fn(run_config=config, hparams=None)


def tuner(tf):
    def fresh(run_config, hparams):
        return experiment_of(tf, run_config, hparams)

    tune = tf.contrib.learn.learn_runner.tune
    grid = Grid(tf, [0.01, 0.1, 0.2])
    tune(fresh, grid)
    return {"losses": grid.losses, "careless": error_of(lambda: tune(fresh, Careless(tf, [1])))}


def cosines(tf):
    wanted = tf.constant([[[1.0, 0.0], [1.0, 1.0]], [[0.0, -2.0], [3.0, 4.0]]])
    found = tf.constant([[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [4.0, 3.0]]])
    outputs = {}
    for name, module in (("losses", tf.keras.losses), ("metrics", tf.keras.metrics)):
        outputs[name] = module.cosine_proximity(wanted, found)
        outputs[name + "_short"] = module.cosine(wanted, found, axis=1)
    outputs["similarity"] = tf.keras.losses.cosine_similarity(wanted, found)
    outputs["contrib"] = tf.contrib.keras.losses.cosine_similarity(wanted, found)
    outputs["contrib_metric"] = tf.contrib.keras.metrics.cosine_similarity(wanted, found)
    outputs["loss"] = tf.keras.losses.CosineSimilarity()(wanted, found)
    outputs["sum"] = tf.keras.losses.CosineSimilarity(axis=1, reduction="sum")(wanted, found)
    outputs["none"] = tf.keras.losses.CosineSimilarity(reduction="none")(wanted, found)
    return outputs


PROGRAMS = {
    "clusters": clusters,
    "settings": settings,
    "identities": identities,
    "runner": runner,
    "tuner": tuner,
    "cosines": cosines,
}
