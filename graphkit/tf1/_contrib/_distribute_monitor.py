"""contrib.distribute's loop around a step of a strategy."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf

__all__ = ["Monitor"]


class Monitor:
    """Runs steps.

    Args:
        step_callable: A `Step`, or with eager execution any function.
        session: The session that runs them; none with eager execution.

    Raises:
        ValueError: There is a session with eager execution, or none without.
    """

    def __init__(self, step_callable: Any, session: Any = None) -> None:
        if tf.executing_eagerly():
            if session is not None:
                raise ValueError("Should not provide a `session` in Eager mode.")
            self._run_step = step_callable
            return
        if session is None:
            raise ValueError("Should provide a `session` in Graph mode.")
        session.run(step_callable.initialize())
        self._run_step = session.make_callable(step_callable())
        session.run(tf.global_variables_initializer())

    def run_steps(self, num_steps: int | None = None) -> None:
        """Runs steps until the data ends.

        Args:
            num_steps: How many at most.
        """
        done = 0
        while num_steps is None or done < num_steps:
            try:
                self._run_step()
            except tf.errors.OutOfRangeError:
                return
            done += 1
