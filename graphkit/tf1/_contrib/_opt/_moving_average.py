"""contrib.opt.MovingAverageOptimizer: trains one set of weights and saves its moving average."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Operation, Variable, tf
from graphkit.tf1._core._averages import ExponentialMovingAverage
from graphkit.tf1._namespace import load

__all__ = ["MovingAverageOptimizer"]


class MovingAverageOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """Keeps moving averages of what another optimizer trains.

    Args:
        opt: The optimizer.
        average_decay: The decay of the averages.
        num_updates: The number of updates, which makes the decay smaller at the start.
        sequential_update: Whether averages wait for the update of the weights.
    """

    def __init__(
        self,
        opt: Any,
        average_decay: Any = 0.9999,
        num_updates: Any = None,
        sequential_update: bool = True,
    ) -> None:
        self._optimizer = opt
        self._ema = ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._sequential_update = sequential_update
        self._twins: dict[str, str] | None = None

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Computes the other optimizer's gradients.

        Args:
            *args: For the other optimizer.
            **kwargs: For the other optimizer.

        Returns:
            Pairs of a gradient and its variable.
        """
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Variable = None, name: str | None = None
    ) -> Operation:
        """Applies gradients and updates the averages.

        Args:
            grads_and_vars: Pairs of a gradient and its variable.
            global_step: Counted up.
            name: The name of the other optimizer's op.

        Returns:
            The op.
        """
        pairs = list(grads_and_vars)
        train = self._optimizer.apply_gradients(pairs, global_step=global_step, name=name)
        trained = [var for grad, var in pairs if grad is not None]
        with tf.control_dependencies([train] if self._sequential_update else []):
            average = self._ema.apply(trained)
        self._twins = {}
        for var in trained:
            twin = self._ema.average(var)
            self._twins.update({var.op.name: twin.op.name, twin.op.name: var.op.name})
        return tf.group(train, average, name="train_with_avg")

    def swapping_saver(
        self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any
    ) -> Any:
        """Makes a saver that writes the averages under the names of the weights, and the reverse.

        Args:
            var_list: Variables or a dict of them; all global ones unless given.
            name: The saver's name.
            **kwargs: For the saver.

        Returns:
            A `tf.train.Saver`.

        Raises:
            RuntimeError: No gradients were applied before.
            ValueError: A weight is to be saved and its average is not, or the reverse.
        """
        if self._twins is None:
            raise RuntimeError("Must call apply_gradients or minimize before creating the saver")
        named = tf.global_variables() if var_list is None else var_list
        if not isinstance(named, dict):
            by_name = load("tensorflow.python.training.saving.saveable_object_util")
            named = by_name.op_list_to_dict(named)
        parts = {
            part.op.name if listed else key: part
            for key, found in named.items()
            for listed in [_is_listed(found)]
            for part in (found if listed else [found])
        }
        swapped = {
            key: [self._swapped(parts, part.op.name, part) for part in found]
            if _is_listed(found)
            else self._swapped(parts, key, found)
            for key, found in named.items()
        }
        return tf.train.Saver(swapped, name=name, **kwargs)

    def _swapped(self, parts: dict[str, Variable], key: str, var: Variable) -> Variable:
        twin = (self._twins or {}).get(key)
        if twin is None:
            return var
        if twin not in parts:
            raise ValueError(
                f"Variable to swap {twin} is not part of variables to save. "
                "This breaks MovingAverageOptimizer."
            )
        return parts[twin]


def _is_listed(found: Any) -> bool:
    """Says whether a name stands for the parts of a divided variable."""
    return hasattr(found, "__iter__") and not hasattr(found, "op")
