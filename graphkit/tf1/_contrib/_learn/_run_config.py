"""contrib.learn's settings of a run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._keys import Environment, TaskType
from graphkit.tf1._namespace import load

__all__ = ["ClusterConfig", "RunConfig"]

_estimator: Any = load("graphkit.tf1.estimator")


class ClusterConfig:
    """What TF_CONFIG says of the cluster and of this process's part in it.

    Args:
        master: The session's target; this task's address in the cluster unless given.
        evaluation_master: The target of evaluations.

    Raises:
        ValueError: TF_CONFIG names a task that the cluster does not have.
    """

    def __init__(self, master: str | None = None, evaluation_master: str | None = None) -> None:
        told = json.loads(os.environ.get("TF_CONFIG") or "{}")
        jobs = told.get("cluster", {})
        self._task_type: str | None = told.get("task", {}).get("type")
        self._task_id = self.get_task_id()
        self._cluster_spec = tf.train.ClusterSpec(jobs)
        self._environment = told.get("environment", Environment.LOCAL)
        self._master = self._address(jobs) if master is None else master
        self._evaluation_master = evaluation_master or ""
        self._num_ps_replicas = len(jobs.get(TaskType.PS, ()))
        self._num_worker_replicas = sum(
            len(jobs.get(job, ())) for job in (TaskType.WORKER, TaskType.MASTER)
        )
        cloud = self._environment == Environment.CLOUD
        chief = TaskType.MASTER if cloud else TaskType.WORKER
        self._is_chief = self._task_id == 0 and self._task_type in (None, chief)

    @staticmethod
    def get_task_id() -> int:
        """Reads this task's number from TF_CONFIG.

        Returns:
            The number, 0 unless it is given.
        """
        told = json.loads(os.environ.get("TF_CONFIG") or "{}")
        return int(told.get("task", {}).get("index") or 0)

    def _address(self, jobs: dict[str, list[str]]) -> str:
        if sum(len(addresses) for addresses in jobs.values()) < 2 or self._task_type is None:
            return ""
        addresses = jobs.get(self._task_type)
        if addresses is None:
            raise ValueError(
                f"{self._task_type} is not a valid task_type in the cluster_spec: {jobs}; "
                "TF_CONFIG says both"
            )
        if not 0 <= self._task_id < len(addresses):
            raise ValueError(
                f"{self._task_id} is not a valid task_id for task_type {self._task_type} "
                f"in the cluster_spec: {jobs}; TF_CONFIG says both"
            )
        return f"grpc://{addresses[self._task_id]}"

    @property
    def cluster_spec(self) -> Any:
        """The jobs and the addresses of their tasks."""
        return self._cluster_spec

    @property
    def environment(self) -> str:
        """Where the cluster runs, one of Environment."""
        return str(self._environment)

    @property
    def evaluation_master(self) -> str:
        """The target of evaluations."""
        return self._evaluation_master

    @property
    def is_chief(self) -> bool:
        """Whether this process initialises and saves."""
        return self._is_chief

    @property
    def master(self) -> str:
        """The session's target."""
        return self._master

    @property
    def num_ps_replicas(self) -> int:
        """How many parameter servers there are."""
        return self._num_ps_replicas

    @property
    def num_worker_replicas(self) -> int:
        """How many workers there are."""
        return self._num_worker_replicas

    @property
    def task_id(self) -> int:
        """This task's number."""
        return self._task_id

    @property
    def task_type(self) -> str | None:
        """This task's job."""
        return self._task_type


# What a program may change without an experiment's taking it for another run.
_FREE = (
    "tf_random_seed",
    "save_summary_steps",
    "save_checkpoints_steps",
    "save_checkpoints_secs",
    "session_config",
    "keep_checkpoint_max",
    "keep_checkpoint_every_n_hours",
    "log_step_count_steps",
)


class RunConfig(ClusterConfig, _estimator.RunConfig):  # type: ignore[misc]
    """The settings of a run.

    Args:
        master: The session's target; this task's address in TF_CONFIG's cluster unless given.
        num_cores: How many threads ops use; all for 0.
        log_device_placement: Whether the device of each op is logged.
        gpu_memory_fraction: How much of a GPU's memory is used.
        tf_random_seed: The seed of graphs.
        save_summary_steps: How often summaries are written.
        save_checkpoints_secs: How often checkpoints are written, in seconds; 0 for every ten
            minutes, unless `save_checkpoints_steps` is given.
        save_checkpoints_steps: How often checkpoints are written, in steps.
        keep_checkpoint_max: How many are kept.
        keep_checkpoint_every_n_hours: How often one is kept for good.
        log_step_count_steps: How often the speed is logged.
        protocol: How processes talk.
        evaluation_master: The target of evaluations.
        model_dir: Where everything is written.
        session_config: A ConfigProto, instead of the settings above.
        session_creation_timeout_secs: How long a worker waits for the chief.

    Raises:
        ValueError: TF_CONFIG names a task that the cluster does not have, or another model_dir;
            or checkpoints are written both by steps and by seconds.
    """

    def __init__(
        self,
        master: str | None = None,
        num_cores: int = 0,
        log_device_placement: bool = False,
        gpu_memory_fraction: float = 1,
        tf_random_seed: int | None = None,
        save_summary_steps: int = 100,
        save_checkpoints_secs: int | None = 0,
        save_checkpoints_steps: int | None = None,
        keep_checkpoint_max: int = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int = 100,
        protocol: str | None = None,
        evaluation_master: str = "",
        model_dir: str | None = None,
        session_config: Any = None,
        session_creation_timeout_secs: int = 7200,
    ) -> None:
        self._tf_config = tf.ConfigProto(
            log_device_placement=log_device_placement,
            inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores,
            gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
        )
        self._targets = (master, evaluation_master)
        if save_checkpoints_secs == 0:
            save_checkpoints_secs = None if save_checkpoints_steps else 600
        changed = (num_cores, log_device_placement, gpu_memory_fraction) != (0, False, 1)
        if session_config is None and changed:
            session_config = tf.ConfigProto(allow_soft_placement=True)
            session_config.MergeFrom(self._tf_config)
        _estimator.RunConfig.__init__(
            self,
            model_dir=model_dir,
            tf_random_seed=tf_random_seed,
            save_summary_steps=save_summary_steps,
            save_checkpoints_secs=save_checkpoints_secs,
            save_checkpoints_steps=save_checkpoints_steps,
            session_config=session_config,
            keep_checkpoint_max=keep_checkpoint_max,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            log_step_count_steps=log_step_count_steps,
            protocol=protocol,
            session_creation_timeout_secs=session_creation_timeout_secs,
        )

    def _init_distributed_setting_from_environment_var(self, tf_config: Any) -> None:
        """Reads the cluster as contrib.learn did, where tf.estimator's settings would read it."""
        ClusterConfig.__init__(self, *self._targets)
        self._service = None
        self._global_id_in_cluster = None

    def _maybe_overwrite_session_config_for_distributed_training(self) -> None:
        """Leaves `session_config` as it was given, whatever the cluster."""

    @property
    def tf_config(self) -> Any:
        """The ConfigProto that the arguments describe."""
        return self._tf_config

    def uid(self, whitelist: Iterable[str] | None = None) -> str:
        """Tells this run from others.

        Args:
            whitelist: The properties that may change; those that do not change what is computed
                unless given.

        Returns:
            A text of all others.
        """
        free = {f"_{name}" for name in (_FREE if whitelist is None else whitelist)}
        kept = sorted((name, value) for name, value in vars(self).items() if name not in free)
        return ", ".join(f"{name}={value!r}" for name, value in kept)
