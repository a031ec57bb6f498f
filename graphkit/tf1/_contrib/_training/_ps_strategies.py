"""contrib.training's ways to choose a parameter server for a variable."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from graphkit._tf import Operation, tf

__all__ = ["GreedyLoadBalancingStrategy", "RandomStrategy", "byte_size_load_fn"]


class RandomStrategy:
    """Chooses by a hash of the op's name, the same in every run.

    Args:
        num_ps_tasks: How many parameter servers there are.
        seed: Another seed is another choice.
    """

    def __init__(self, num_ps_tasks: int, seed: int = 0) -> None:
        self._num_tasks = num_ps_tasks
        self._seed = seed

    def __call__(self, op: Operation) -> int:
        """Chooses the task of an op.

        Args:
            op: What is placed.

        Returns:
            The task's index.
        """
        key = f"{op.name}_{self._seed}".encode()
        return int(hashlib.md5(key, usedforsecurity=False).hexdigest(), 16) % self._num_tasks


class GreedyLoadBalancingStrategy:
    """Chooses the task with the least load so far, the first of equals.

    Args:
        num_tasks: How many parameter servers there are.
        load_fn: Says the load of an op, in any unit.
    """

    def __init__(self, num_tasks: int, load_fn: Callable[[Operation], float]) -> None:
        self._load_fn = load_fn
        self._loads = [0.0] * num_tasks

    def __call__(self, op: Operation) -> int:
        """Chooses the task of an op and adds the op's load to it.

        Args:
            op: What is placed.

        Returns:
            The task's index.
        """
        task = self._loads.index(min(self._loads))
        self._loads[task] += self._load_fn(op)
        return task


def byte_size_load_fn(op: Operation) -> int:
    """Says how many bytes the output of an op takes.

    Args:
        op: An op with one output, usually a variable's.

    Returns:
        The number of bytes; one for each number of a resource handle.

    Raises:
        ValueError: The op has not one output, or its shape is not fully known.
    """
    if len(op.outputs) != 1:
        raise ValueError(
            f"byte_size_load_fn: op {op.name} has {len(op.outputs)} outputs instead of one"
        )
    shape = op.outputs[0].shape
    if not shape.is_fully_defined():
        # The op of a scalar variable learns its shape only after it was placed.
        shape = tf.TensorShape(op.get_attr("shape"))
    shape.assert_is_fully_defined()
    # A handle counts one byte, as in 1.15, so that servers still take turns.
    return int(shape.num_elements() * max(op.outputs[0].dtype.size, 1))
