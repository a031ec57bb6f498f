"""contrib.learn.learn_runner: makes experiments and runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit.tf1._contrib._learn._experiment import Experiment
from graphkit.tf1._contrib._learn._keys import TaskType
from graphkit.tf1._contrib._learn._run_config import RunConfig
from graphkit.tf1._namespace import load

__all__ = ["run", "tune"]

_HParams: Any = load("graphkit.tf1.contrib.training:HParams")

_SCHEDULES = {
    TaskType.MASTER: "train_and_evaluate",
    TaskType.PS: "run_std_server",
    TaskType.WORKER: "train",
}


def run(
    experiment_fn: Callable[..., Experiment],
    output_dir: str | None = None,
    schedule: str | None = None,
    run_config: RunConfig | None = None,
    hparams: Any = None,
) -> Any:
    """Makes an experiment and runs it.

    Args:
        experiment_fn: Makes it, of `output_dir`, or of `run_config` and `hparams`.
        output_dir: The folder.
        schedule: The method that is run; unless given, what this process's task does in the
            cluster, `train_and_evaluate` without one.
        run_config: The settings of the run, with a model_dir.
        hparams: The settings of the model, HParams.

    Returns:
        What the method returns.

    Raises:
        ValueError: Both or none of `output_dir` and `run_config` are given, a folder is missing,
            or there is no such schedule.
        TypeError: `experiment_fn` is no function or makes no Experiment, or the schedule is no
            method.
        RuntimeError: The estimator was not given `run_config`.
    """
    if output_dir is not None and run_config is not None:
        raise ValueError("Cannot provide both `output_dir` and `run_config`")
    if output_dir is None and run_config is None:
        raise ValueError("Must set value for `output_dir` or `run_config`")
    if not callable(experiment_fn):
        raise TypeError(f"Experiment builder {experiment_fn!r} is not callable.")
    if run_config is not None:
        experiment = _checked(experiment_fn)(run_config, hparams)
    elif not output_dir:
        raise ValueError("Must specify an output directory")
    elif hparams is not None:
        raise ValueError("Must set `hparams` as None for `experiment_fn` with `output_dir`.")
    else:
        experiment = _experiment(experiment_fn(output_dir=output_dir))
    config = run_config or experiment.estimator.config
    return _method(experiment, schedule or _schedule(config))()


def tune(experiment_fn: Callable[..., Experiment], tuner: Any) -> None:
    """Runs experiments with the settings a tuner asks for, until it has no more.

    Args:
        experiment_fn: Makes an experiment of `run_config` and `hparams`.
        tuner: Says whether there is a `next_trial()`, and runs it by `run_experiment(f)`, where f
            makes the experiment.
    """
    while tuner.next_trial():
        tuner.run_experiment(_checked(experiment_fn, require_hparams=True))


def _checked(
    experiment_fn: Callable[..., Experiment], require_hparams: bool = False
) -> Callable[[RunConfig, Any], Experiment]:
    """The same function, which takes what it must and makes an experiment of that very run."""

    def make(run_config: RunConfig, hparams: Any) -> Experiment:
        if not isinstance(run_config, RunConfig):
            raise ValueError("`run_config` must be `tf.contrib.learn.RunConfig` instance")
        if not run_config.model_dir:
            raise ValueError("Must specify a model directory `model_dir` in `run_config`.")
        if hparams is not None and not isinstance(hparams, _HParams):
            raise ValueError("`hparams` must be `HParams` instance")
        if require_hparams and hparams is None:
            raise ValueError("`hparams` cannot be `None`.")
        wanted = run_config.uid()
        made = _experiment(experiment_fn(run_config, hparams))
        uid = getattr(made.estimator.config, "uid", None)
        if uid is None or uid() != wanted:
            raise RuntimeError(
                "the estimator of the Experiment runs with other settings than `run_config`; "
                "pass it to the estimator as `config`"
            )
        return made

    return make


def _experiment(made: Any) -> Experiment:
    if not isinstance(made, Experiment):
        raise TypeError(
            f"Experiment builder did not return an Experiment instance, got {type(made)} instead."
        )
    return made


def _schedule(config: Any) -> str:
    jobs = config.cluster_spec.as_dict() if config.cluster_spec else {}
    if sum(len(tasks) for tasks in jobs.values()) < 2:
        return "train_and_evaluate"
    if config.task_type not in _SCHEDULES:
        raise ValueError(f"No default schedule for task type: {config.task_type}")
    return _SCHEDULES[config.task_type]


def _method(experiment: Experiment, schedule: str) -> Callable[[], Any]:
    method: Any = getattr(experiment, schedule, None)
    if method is None:
        raise ValueError(f"Schedule references non-existent task {schedule}")
    if not callable(method):
        raise TypeError(f"Schedule references non-callable member {schedule}")
    called: Callable[[], Any] = method
    return called
