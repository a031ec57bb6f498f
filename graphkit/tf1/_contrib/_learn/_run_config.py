"""contrib.learn's settings of a run."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["RunConfig"]

_estimator: Any = load("graphkit.tf1.estimator")


def RunConfig(
    master: Any = None,
    num_cores: int = 0,
    log_device_placement: bool = False,
    gpu_memory_fraction: float = 1.0,
    tf_random_seed: int | None = None,
    save_summary_steps: int = 100,
    save_checkpoints_secs: int | None = 600,
    save_checkpoints_steps: int | None = None,
    keep_checkpoint_max: int = 5,
    keep_checkpoint_every_n_hours: float = 10000,
    log_step_count_steps: int = 100,
    protocol: str | None = None,
    evaluation_master: str = "",
    model_dir: str | None = None,
    session_config: Any = None,
    session_creation_timeout_secs: int = 7200,
) -> Any:
    """Makes the settings of a run, as a RunConfig of `tf.estimator`.

    Args:
        master: Kept for callers that pass it; TF_CONFIG names the cluster.
        num_cores: How many threads ops use; all for 0.
        log_device_placement: Whether the device of each op is logged.
        gpu_memory_fraction: How much of a GPU's memory is used.
        tf_random_seed: The seed of graphs.
        save_summary_steps: How often summaries are written.
        save_checkpoints_secs: How often checkpoints are written, in seconds.
        save_checkpoints_steps: How often checkpoints are written, in steps.
        keep_checkpoint_max: How many are kept.
        keep_checkpoint_every_n_hours: How often one is kept for good.
        log_step_count_steps: How often the speed is logged.
        protocol: How processes talk.
        evaluation_master: Kept for callers that pass it.
        model_dir: Where everything is written.
        session_config: A ConfigProto, instead of the settings above.
        session_creation_timeout_secs: How long a worker waits for the chief.

    Returns:
        The RunConfig.
    """
    if session_config is None:
        session_config = tf.ConfigProto(
            log_device_placement=log_device_placement,
            inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores,
            gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
            allow_soft_placement=True,
        )
    often = (
        {"save_checkpoints_steps": save_checkpoints_steps}
        if save_checkpoints_steps
        else {"save_checkpoints_secs": save_checkpoints_secs}
    )
    return _estimator.RunConfig(
        model_dir=model_dir,
        tf_random_seed=tf_random_seed,
        save_summary_steps=save_summary_steps,
        session_config=session_config,
        keep_checkpoint_max=keep_checkpoint_max,
        keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
        log_step_count_steps=log_step_count_steps,
        protocol=protocol,
        session_creation_timeout_secs=session_creation_timeout_secs,
        **often,
    )
