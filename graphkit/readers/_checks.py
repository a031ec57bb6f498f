"""What every call of this room checks before it adds the first node.

Only values TensorFlow 1 could not use are refused, with an error of the class it raised; values it
accepted by accident (a float capacity, say) still pass.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, NoGraphError

__all__ = [
    "known_rows",
    "require_batch_arguments",
    "require_capacity",
    "require_graph",
    "require_int",
    "require_number",
    "require_producer_arguments",
    "require_rows",
]

_NUMBERS = (int, float, np.integer, np.floating)


def require_graph(where: str) -> None:
    """Refuses to build outside a graph, where queues do not exist."""
    if tf.executing_eagerly():
        raise NoGraphError(where)


def require_int(where: str, argument: str, value: Any, least: int) -> None:
    """Refuses what is not an integer (Python's, NumPy's or a `Dimension`) of at least `least`."""
    wanted = f"an int of at least {least}"
    if value is None:
        raise ArgumentError(where, argument, value, wanted)
    try:
        number = operator.index(value)
    except TypeError:
        raise ArgumentTypeError(where, argument, repr(value), wanted) from None
    if number < least:
        raise ArgumentError(where, argument, value, wanted)


def require_number(where: str, argument: str, value: Any, least: int) -> None:
    """Refuses what is no number of at least `least`; a fraction passes, TensorFlow cuts it."""
    if not isinstance(value, _NUMBERS):
        require_int(where, argument, value, least)
    elif int(value) < least:
        raise ArgumentError(where, argument, value, f"an int of at least {least}")


def require_capacity(where: str, capacity: Any) -> None:
    """Refuses a capacity of zero; a negative one means a queue without bound."""
    wanted = "a positive int, or a negative one for no bound"
    if not isinstance(capacity, _NUMBERS):
        raise ArgumentTypeError(where, "capacity", repr(capacity), wanted)
    if int(capacity) == 0:
        raise ArgumentError(where, "capacity", capacity, wanted)


def require_producer_arguments(where: str, num_epochs: Any, capacity: Any) -> None:
    """Checks what the producers share."""
    require_graph(where)
    if num_epochs is not None:
        require_number(where, "num_epochs", num_epochs, 1)
    require_capacity(where, capacity)


def require_batch_arguments(
    where: str,
    batch_size: Any,
    capacity: Any,
    *,
    num_threads: Any = 1,
    min_after_dequeue: Any = None,
    num_buckets: Any = None,
    bucket_capacities: Any = None,
) -> None:
    """Checks what the batching functions share."""
    require_graph(where)
    if num_buckets is not None:
        require_int(where, "num_buckets", num_buckets, 1)
    if num_buckets is None or not isinstance(batch_size, (list, tuple)):
        batch_size = [batch_size]
    else:
        _require_one_each(where, "batch_size", batch_size, num_buckets)
    for size in batch_size:
        if not tf.is_tensor(size):
            require_int(where, "batch_size", size, 1)
    if bucket_capacities is not None:
        _require_one_each(where, "bucket_capacities", bucket_capacities, num_buckets)
    require_capacity(where, capacity)
    require_int(where, "num_threads", num_threads, 1)
    if min_after_dequeue is None:
        return
    require_int(where, "min_after_dequeue", min_after_dequeue, 0)
    if capacity <= min_after_dequeue:
        wanted = f"less than the capacity ({capacity})"
        raise ArgumentError(where, "min_after_dequeue", min_after_dequeue, wanted)


def _require_one_each(where: str, argument: str, given: Any, num_buckets: int) -> None:
    """Refuses a list that has not one number for each bucket."""
    if len(given) != num_buckets:
        raise ArgumentError(where, argument, given, f"a list of num_buckets ({num_buckets}) ints")


def known_rows(value: Any) -> int | None:
    """Returns how many rows a tensor, array or list has; None if that is not known yet."""
    if tf.is_tensor(value):
        return value.shape.as_list()[0] if value.shape.rank else None
    return len(value) if hasattr(value, "__len__") else None


def require_rows(where: str, argument: str, value: Any, num_epochs: Any) -> None:
    """Refuses to go through no rows for ever, which would hang whoever waits for the first."""
    if num_epochs is None and known_rows(value) == 0:
        raise ArgumentError(
            where, argument, value, "of at least one row unless num_epochs is given"
        )
