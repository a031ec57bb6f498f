"""contrib.learn's monitors: what watches a training step by step, before there were hooks."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "BaseMonitor",
    "EveryN",
    "RunHookAdapterForMonitors",
    "StopAtStep",
    "output_of",
    "replace_monitors_with_hooks",
]


class BaseMonitor:
    """Watches a training: `begin`, then `step_begin`, `step_end`, `post_step` …, then `end`."""

    def __init__(self) -> None:
        self._begun = False
        self._current_epoch: int | None = None
        self._current_step: int | None = None
        self._max_steps: int | None = None
        self._estimator: Any = None

    @property
    def run_on_all_workers(self) -> bool:
        """Whether it watches every worker, not only the chief."""
        return False

    def set_estimator(self, estimator: Any) -> None:
        """Says what is trained.

        Args:
            estimator: The estimator.

        Raises:
            ValueError: There is none.
        """
        if estimator is None:
            raise ValueError("Missing estimator.")
        self._estimator = estimator

    def begin(self, max_steps: int | None = None) -> None:
        """Comes before the first step, while the graph can still be added to.

        Args:
            max_steps: The last step.

        Raises:
            ValueError: It came before, without `end`.
        """
        if self._begun:
            raise ValueError("begin called twice without end.")
        self._max_steps = max_steps
        self._begun = True

    def end(self, session: Any = None) -> None:
        """Comes after the last step.

        Args:
            session: The session.

        Raises:
            ValueError: `begin` did not come before.
        """
        if not self._begun:
            raise ValueError("end called without begin.")
        self._max_steps = None
        self._begun = False

    def epoch_begin(self, epoch: int) -> None:
        """Comes before an epoch, where there are epochs.

        Args:
            epoch: Its number.

        Raises:
            ValueError: Another one has not ended, or the number is negative.
        """
        if self._current_epoch is not None:
            raise ValueError("epoch_begin called twice without epoch_end.")
        if epoch < 0:
            raise ValueError(f"Invalid epoch {epoch}.")
        self._current_epoch = epoch

    def epoch_end(self, epoch: int) -> None:
        """Comes after an epoch.

        Args:
            epoch: Its number.

        Raises:
            ValueError: Another one began.
        """
        if self._current_epoch != epoch:
            raise ValueError(f"epoch_end expected {self._current_epoch} but got {epoch}.")
        self._current_epoch = None

    def step_begin(self, step: int) -> list[Any]:
        """Comes before a step.

        Args:
            step: Its number, the first is 1.

        Returns:
            The tensors, or their names, whose values `step_end` is given.

        Raises:
            ValueError: The number is negative, or above the last.
        """
        if step < 0 or (self._max_steps is not None and step > self._max_steps):
            raise ValueError(f"Invalid step {step}.")
        self._current_step = step
        return []

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool | None:
        """Comes after a step.

        Args:
            step: Its number.
            output: What `step_begin` asked for to its value.

        Returns:
            Whether training ends.

        Raises:
            ValueError: Another one began.
        """
        if self._current_step != step:
            raise ValueError(f"step_end expected {self._current_step} but got {step}.")
        self._current_step = None
        return False

    def post_step(self, step: int, session: Any) -> None:
        """Comes when all monitors have seen a step.

        Args:
            step: Its number.
            session: The session.
        """


class EveryN(BaseMonitor):
    """A monitor of one's own that looks at some steps only: derive from it.

    Args:
        every_n_steps: At which steps it looks.
        first_n_steps: How many steps it looks at in the beginning.
    """

    def __init__(self, every_n_steps: int = 100, first_n_steps: int = 1) -> None:
        super().__init__()
        self._every_n_steps = every_n_steps
        self._first_n_steps = first_n_steps
        self._last_successful_step: int | None = None
        self._last_active_step = 0
        self._looks = False

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Comes before a step it looks at.

        Args:
            step: Its number.

        Returns:
            The tensors, or their names, whose values `every_n_step_end` is given.
        """
        return []

    def every_n_step_end(self, step: int, outputs: Mapping[Any, Any]) -> bool | None:
        """Comes after a step it looks at.

        Args:
            step: Its number.
            outputs: What `every_n_step_begin` asked for to its value.

        Returns:
            Whether training ends.
        """
        return False

    def every_n_post_step(self, step: int | None, session: Any) -> None:
        """Comes when all monitors have seen a step it looks at, and after the last step.

        Args:
            step: Its number.
            session: The session.
        """

    def step_begin(self, step: int) -> list[Any]:
        """Asks for what is looked at, when it is time."""
        super().step_begin(step)
        self._looks = (
            step <= self._first_n_steps
            or step >= self._every_n_steps + self._last_active_step
            or step == self._max_steps
        )
        return self.every_n_step_begin(step) if self._looks else []

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool | None:
        """Looks at a step, when it is time."""
        super().step_end(step, output)
        return self.every_n_step_end(step, output) if self._looks else False

    def post_step(self, step: int, session: Any) -> None:
        """Remembers a step."""
        super().post_step(step, session)
        if self._looks:
            self.every_n_post_step(step, session)
            self._last_active_step = step
        self._last_successful_step = step

    def end(self, session: Any = None) -> None:
        """Looks at the last step, where it has not."""
        super().end(session)
        if self._last_successful_step != self._last_active_step:
            self.every_n_post_step(self._last_successful_step, session)


class StopAtStep(BaseMonitor):
    """Ends training after a number of steps.

    Args:
        num_steps: How many more steps there are.
        last_step: The last one.

    Raises:
        ValueError: Both are given, or none.
    """

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        super().__init__()
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps or 0
        self._last_step = last_step

    @property
    def run_on_all_workers(self) -> bool:
        """Every worker counts."""
        return True

    def step_begin(self, step: int) -> list[Any]:
        """Counts from the first step."""
        super().step_begin(step)
        if self._last_step is None:
            self._last_step = step + self._num_steps - 1
        return []

    def step_end(self, step: int, output: Mapping[Any, Any]) -> bool | None:
        """Says whether it was the last."""
        super().step_end(step, output)
        return self._last_step is not None and step >= self._last_step


class RunHookAdapterForMonitors(tf.train.SessionRunHook):  # type: ignore[misc]
    """A hook that calls monitors.

    Args:
        monitors: The monitors.
    """

    def __init__(self, monitors: Iterable[Any]) -> None:
        self._monitors = list(monitors)

    def begin(self) -> None:
        """Tells the monitors that training begins."""
        self._last_step: int | None = None
        self._global_step_tensor = tf.train.get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context: Any) -> Any:
        """Asks for what the monitors ask for.

        Args:
            run_context: The run.

        Returns:
            What is run as well.

        Raises:
            ValueError: A monitor's `step_begin` returns no list, or what is not in the graph.
        """
        if self._last_step is None:
            self._last_step = self._following(run_context)
        wanted: list[Any] = []
        for monitor in self._monitors:
            asked = monitor.step_begin(self._last_step)
            if asked and not isinstance(asked, list):
                raise ValueError("Monitor.step_begin should return a list.")
            wanted += asked or []
        return tf.train.SessionRunArgs({each: _in_graph(each) for each in wanted})

    def _following(self, run_context: Any) -> int:
        """The number of the step that comes: asked for apart, or it might be that of this one."""
        return int(run_context.session.run(self._global_step_tensor)) + 1

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Gives the monitors what they asked for.

        Args:
            run_context: The run.
            run_values: The values.
        """
        for monitor in self._monitors:
            if monitor.step_end(self._last_step, run_values.results):
                run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(self._last_step, run_context.session)
        self._last_step = self._following(run_context)

    def end(self, session: Any) -> None:
        """Tells the monitors that training ends.

        Args:
            session: The session.
        """
        self._last_step = None
        for monitor in self._monitors:
            takes = inspect.signature(monitor.end).parameters
            monitor.end(**({"session": session} if "session" in takes else {}))


def replace_monitors_with_hooks(monitors_or_hooks: Iterable[Any] | None, estimator: Any) -> Any:
    """Puts monitors into one hook.

    Args:
        monitors_or_hooks: Monitors and hooks.
        estimator: What is trained; the monitors are told.

    Returns:
        The hooks, that of the monitors last.
    """
    given = list(monitors_or_hooks or ())
    hooks = [each for each in given if isinstance(each, tf.train.SessionRunHook)]
    monitors = [each for each in given if not isinstance(each, tf.train.SessionRunHook)]
    if monitors and not estimator.config.is_chief:
        monitors = [monitor for monitor in monitors if monitor.run_on_all_workers]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    return [*hooks, RunHookAdapterForMonitors(monitors)] if monitors else hooks


def output_of(outputs: Mapping[Any, Any], request: Any) -> Any:
    """Takes what was asked for, by itself or by its name.

    Args:
        outputs: What was asked for to its value.
        request: A tensor, or its name.

    Returns:
        The value.
    """
    return outputs[request] if request in outputs else outputs[request.name]


def _in_graph(wanted: Any) -> Tensor:
    """The tensor that is asked for; the value of a variable whose handle is."""
    graph = tf.get_default_graph()
    if not isinstance(wanted, str):
        if getattr(wanted, "graph", None) is not graph:
            raise ValueError(
                f"Passed {wanted} should have graph attribute that is equal to current graph "
                f"{graph}."
            )
        element = wanted
    elif ":" in wanted:
        element = graph.as_graph_element(wanted)
    else:
        element = graph.as_graph_element(f"{wanted}:0")
        if len(element.op.outputs) > 1:
            raise ValueError(
                f"Name {wanted} is ambiguous, as this `Operation` has multiple outputs (at "
                "least 2)."
            )
    if element.dtype == tf.resource:
        for variable in [*tf.global_variables(), *tf.local_variables()]:
            if variable.name == element.name:
                return graph.as_graph_element(variable)
    return element
