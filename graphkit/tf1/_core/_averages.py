"""Moving averages of variables, which start from what a variable will be as in 1.15."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.tf1._core._old_objects import RefVariable
from graphkit.tf1._namespace import load

__all__ = ["ExponentialMovingAverage"]


class ExponentialMovingAverage(tf.train.ExponentialMovingAverage):  # type: ignore[misc]
    """Keeps exponential moving averages of variables and tensors.

    TensorFlow's own makes the first value with today's conditional, which cannot hold a reference
    variable that has no value yet.

    Args:
        decay: How much of the old average stays, a float between 0 and 1.
        num_updates: The number of updates so far, which makes the decay smaller at the start.
        zero_debias: Whether averages of tensors, which start from zero, are corrected for that.
        name: The name of the averages' variables.
    """

    def apply(self, var_list: Sequence[Tensor | Variable] | None = None) -> Operation:
        """Makes the averages and the op that updates them.

        Args:
            var_list: Variables and tensors of float dtypes; all trainable variables unless given.

        Returns:
            The op.

        Raises:
            TypeError: One is not float16, float32, float64 or bfloat16, or is a tensor while
                eager execution is on.
        """
        if var_list is None:
            var_list = tf.trainable_variables()
        for variable in var_list:
            if isinstance(variable, RefVariable) and variable.dtype.base_dtype.is_floating:
                self._start(variable)
        return super().apply(var_list)

    def _start(self, variable: Variable) -> None:
        """Makes a reference variable's average, unless there is one."""
        if variable.ref() in self._averages:
            return
        create_slot = load("tensorflow.python.training.slot_creator:create_slot")
        with tf.init_scope():
            value = variable.initialized_value()
            self._averages[variable.ref()] = create_slot(variable, value, self.name)
            tf.add_to_collection(tf.GraphKeys.MOVING_AVERAGE_VARIABLES, variable)
