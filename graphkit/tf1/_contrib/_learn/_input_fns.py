"""contrib.learn's input functions of arrays and tables, shuffled unless told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit.tf1._namespace import load

__all__ = ["numpy_input_fn", "pandas_input_fn"]

_inputs: Any = load("graphkit.tf1.estimator").inputs


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool = True,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """Makes an input function of arrays.

    Args:
        x: Features: an array, or name to array.
        y: Labels: an array, or name to array.
        batch_size: B.
        num_epochs: How many epochs there are; no end for None.
        shuffle: Whether each epoch comes in another order.
        queue_capacity: How many examples wait.
        num_threads: How many threads read; one where the order matters.

    Returns:
        The input function.
    """
    made: Callable[[], Any] = _inputs.numpy_input_fn(
        x, y, batch_size, num_epochs, shuffle, queue_capacity, num_threads
    )
    return made


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool = True,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """Makes an input function of tables.

    Args:
        x: Features: a DataFrame.
        y: Labels: a Series or a DataFrame.
        batch_size: B.
        num_epochs: How many epochs there are; no end for None.
        shuffle: Whether each epoch comes in another order.
        queue_capacity: How many examples wait.
        num_threads: How many threads read; one where the order matters.
        target_column: What the labels' column is called.

    Returns:
        The input function.
    """
    made: Callable[[], Any] = _inputs.pandas_input_fn(
        x, y, batch_size, num_epochs, shuffle, queue_capacity, num_threads, target_column
    )
    return made
