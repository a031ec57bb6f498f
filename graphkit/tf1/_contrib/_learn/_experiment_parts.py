"""What contrib.learn's experiments are made of: exports, predicates, listeners and servers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._export_strategy import ExportStrategy

__all__ = ["AfterSaving", "predicate", "server", "strategies"]


class AfterSaving(tf.train.CheckpointSaverListener):  # type: ignore[misc]
    """Calls a function after each checkpoint, and keeps what it returned last.

    Args:
        call: Returns a measurement, and what was exported.
    """

    def __init__(self, call: Callable[[], tuple[Any, list[Any]]]) -> None:
        self._call = call
        self.found: tuple[Any, list[Any]] = (None, [])

    def after_save(self, session: Any, global_step_value: int) -> None:
        """Calls the function.

        Args:
            session: The session.
            global_step_value: The step.
        """
        self.found = self._call()


def strategies(given: Any) -> tuple[ExportStrategy, ...]:
    """Makes a tuple of one ExportStrategy or several.

    Args:
        given: One, several, or None.

    Returns:
        All of them.

    Raises:
        ValueError: One is none.
    """
    one = isinstance(given, ExportStrategy)
    made: Iterable[Any] = (given,) if one else tuple(given or ())
    for strategy in made:
        if not isinstance(strategy, ExportStrategy):
            raise ValueError(
                "`export_strategies` must be an ExportStrategy, an iterable of ExportStrategy, "
                f"or `None`, found {strategy}."
            )
    return tuple(made)


def predicate(given: Callable[..., bool] | None) -> Callable[[Any, str | None], bool]:
    """Makes a function of a measurement and its checkpoint of what a program gave.

    Args:
        given: A function of the measurement, and of `checkpoint_path` if it takes that; or None.

    Returns:
        The function; it says yes where none was given.

    Raises:
        ValueError: It is no function.
    """
    if given is None:
        return lambda found, checkpoint: True
    if not callable(given):
        raise ValueError("`continuous_eval_predicate_fn` must be a callable, or None.")
    if "checkpoint_path" in inspect.signature(given).parameters:
        return lambda found, checkpoint: given(found, checkpoint_path=checkpoint)
    return lambda found, checkpoint: given(found)


def server(config: Any) -> Any:
    """Starts this process's part of a cluster.

    Args:
        config: The settings of the run.

    Returns:
        The server.

    Raises:
        ValueError: The settings name no cluster or no task.
    """
    if not config.cluster_spec or not config.task_type or not config.master:
        raise ValueError(
            "Could not start server; be sure to specify cluster_spec, task_type, master, and "
            "task in RunConfig or set the TF_CONFIG environment variable."
        )
    return tf.train.Server(
        config.cluster_spec,
        job_name=config.task_type,
        task_index=config.task_id,
        config=getattr(config, "tf_config", None),
    )
