"""Producers: queues that go through rows or numbers, epoch after epoch.

They have TensorFlow 1's names, signatures, op names and values (`tf.train.input_producer` and its
kin, https://www.tensorflow.org/api_docs/python/tf/compat/v1/train). What is better is said in each
docstring.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.readers._checks import (
    known_rows,
    require_graph,
    require_number,
    require_producer_arguments,
    require_rows,
)
from graphkit.readers._producer_queue import ProducerQueue
from graphkit.readers._queues import built_by_queues, without_deprecation_warnings

__all__ = [
    "input_producer",
    "limit_epochs",
    "range_input_producer",
    "slice_input_producer",
]


def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Tensor:
    """Lets a tensor be evaluated `num_epochs` times, then raises `tf.errors.OutOfRangeError`.

    The count is kept in a local variable `epochs`.

    Args:
        tensor: Any tensor.
        num_epochs: How many times; None for no limit, and the tensor itself is returned.
        name: Name of the operations, "limit_epochs" unless given.

    Returns:
        The tensor, same dtype and shape.

    Raises:
        ArgumentError: `num_epochs` is below 1.
        ArgumentTypeError: `num_epochs` is no number.
        NoGraphError: No graph is current.
    """
    require_graph("limit_epochs")
    if num_epochs is not None:
        require_number("limit_epochs", "num_epochs", num_epochs, 1)
    with without_deprecation_warnings():
        return tf.train.limit_epochs(tensor, num_epochs=num_epochs, name=name)


def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> Any:
    """Makes a queue that a queue runner fills with the rows of a tensor.

    Args:
        input_tensor: The rows (any dtype, `[N, …]`).
        element_shape: Shape of a row, where the tensor does not tell.
        num_epochs: How often each row is produced before `tf.errors.OutOfRangeError`; None for
            ever.
        shuffle: Whether each epoch has an order of its own.
        seed: Seed of the shuffling.
        capacity: How many rows the queue holds; negative for no bound.
        shared_name: Name under which several sessions share the queue.
        summary_name: Tag of a scalar summary of how full the queue is; None for no summary.
        name: Name of the queue, "input_producer" unless given.
        cancel_op: The op that cancels the queue, if not the queue's own.

    Returns:
        A `tf.FIFOQueue`; its `CheckedQueueRunner` is in the graph's `QUEUE_RUNNERS`.

    Raises:
        ArgumentError: `num_epochs` is below 1, `capacity` is 0, or there is no row to produce.
        ArgumentTypeError: `num_epochs` or `capacity` is no number.
        NoGraphError: No graph is current.
        ValueError: The shape of a row is not known.
    """
    require_producer_arguments("input_producer", num_epochs, capacity)
    require_rows("input_producer", "input_tensor", input_tensor, num_epochs)
    queue = built_by_queues(
        "input_producer",
        input_tensor,
        element_shape=element_shape,
        num_epochs=num_epochs,
        shuffle=shuffle,
        seed=seed,
        capacity=capacity,
        shared_name=shared_name,
        summary_name=summary_name,
        name=name,
        cancel_op=cancel_op,
    )
    return ProducerQueue.of(queue)


def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Makes a queue that a queue runner fills with the integers from 0 to `limit - 1`.

    Args:
        limit: How many integers (int32, scalar).
        num_epochs: How often each integer is produced before `tf.errors.OutOfRangeError`; None
            for ever.
        shuffle: Whether each epoch has an order of its own.
        seed: Seed of the shuffling.
        capacity: How many integers the queue holds; negative for no bound.
        shared_name: Name under which several sessions share the queue.
        name: Name of the queue, "input_producer" unless given.

    Returns:
        A `tf.FIFOQueue` of integers; its `CheckedQueueRunner` is in the graph's `QUEUE_RUNNERS`.

    Raises:
        ArgumentError: `limit` is negative, or 0 without `num_epochs`; `num_epochs` is below 1 or
            `capacity` is 0.
        ArgumentTypeError: `limit`, `num_epochs` or `capacity` is no number.
        NoGraphError: No graph is current.
    """
    where = "range_input_producer"
    require_producer_arguments(where, num_epochs, capacity)
    if not tf.is_tensor(limit):
        require_number(where, "limit", limit, 0 if num_epochs else 1)
    queue = built_by_queues(
        where,
        limit,
        num_epochs=num_epochs,
        shuffle=shuffle,
        seed=seed,
        capacity=capacity,
        shared_name=shared_name,
        name=name,
    )
    return ProducerQueue.of(queue)


def slice_input_producer(
    tensor_list: Sequence[Any],
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list[Tensor]:
    """Takes the same row from each of several tensors, one row after the other.

    Args:
        tensor_list: The tensors (any dtypes, `[N, …]` each); the first says how many rows.
        num_epochs: How often each row is produced before `tf.errors.OutOfRangeError`; None for
            ever.
        shuffle: Whether each epoch has an order of its own.
        seed: Seed of the shuffling.
        capacity: How many row numbers the queue holds; negative for no bound.
        shared_name: Name under which several sessions share the queue.
        name: Name of the operations, "input_producer" unless given.

    Returns:
        One tensor per tensor given: its row (`[…]`).

    Raises:
        ArgumentError: There is no tensor or no row, a tensor has fewer rows than the first (in
            TensorFlow 1 a failure while running), `num_epochs` is below 1 or `capacity` is 0.
        ArgumentTypeError: `tensor_list` is no list, or `num_epochs` or `capacity` no number.
        NoGraphError: No graph is current.
    """
    where = "slice_input_producer"
    require_producer_arguments(where, num_epochs, capacity)
    if isinstance(tensor_list, (list, tuple)):
        _require_equal_rows(where, tensor_list, num_epochs)
    with tf.name_scope(name, "input_producer", tensor_list):
        tensors = _converted(where, tensor_list)
        queue = range_input_producer(
            tf.shape(tensors[0])[0], num_epochs, shuffle, seed, capacity, shared_name
        )
        number = queue.dequeue()
        return [tf.gather(tensor, number) for tensor in tensors]


def _converted(where: str, tensor_list: Any) -> list[Any]:
    """Makes tensors of a list; of a dict, whose keys would pass for tensors, it refuses to."""
    if not isinstance(tensor_list, Sequence):
        received = type(tensor_list).__name__
        raise ArgumentTypeError(where, "tensor_list", received, "a list of tensors")
    return [tf.convert_to_tensor_or_indexed_slices(one) for one in tensor_list]


def _require_equal_rows(where: str, tensors: Sequence[Any], num_epochs: int | None) -> None:
    """Refuses tensors that run out of rows before the first does."""
    if not tensors:
        raise ArgumentError(where, "tensor_list", tensors, "a list of at least one tensor")
    require_rows(where, "tensor_list[0]", tensors[0], num_epochs)
    first = known_rows(tensors[0])
    for place, tensor in enumerate(tensors):
        rows = known_rows(tensor)
        if first is not None and rows is not None and rows < first:
            wanted = f"at least as long as the first tensor ({first} rows)"
            raise ArgumentError(where, f"tensor_list[{place}]", rows, wanted)
