"""How an Estimator that was given a distribution strategy runs: in this one process.

TensorFlow's coordinator for several processes is gone; a strategy over the devices of one machine
does not need it.
"""

from __future__ import annotations

from typing import Any, NoReturn

from graphkit.errors import RefusedNameError

__all__ = [
    "estimator_evaluate",
    "estimator_train",
    "init_run_config",
    "should_run_distribute_coordinator",
    "train_and_evaluate",
]

_REFUSAL = (
    "tf.contrib.distribute.run_distributed",
    "training one Estimator with a distribution strategy over several processes",
    "run it on one machine, or use parameter servers: a TF_CONFIG without a strategy",
)


def init_run_config(config: Any, tf_config: Any) -> None:
    """Accepts a run that nobody but its own process coordinates.

    Args:
        config: The RunConfig being made.
        tf_config: The cluster, as the environment variable TF_CONFIG describes it.

    Raises:
        RefusedNameError: There is a cluster of several processes.
    """
    if tf_config and tf_config.get("cluster"):
        raise RefusedNameError(*_REFUSAL)


def should_run_distribute_coordinator(config: Any) -> bool:
    """Says whether several processes are to be coordinated.

    Args:
        config: The RunConfig.

    Returns:
        False: `init_run_config` has refused every case that needs it.
    """
    return False


def train_and_evaluate(*args: Any, **kwargs: Any) -> NoReturn:
    """Would train over several processes.

    Raises:
        RefusedNameError: Always.
    """
    raise RefusedNameError(*_REFUSAL)


estimator_train = train_and_evaluate
estimator_evaluate = train_and_evaluate
