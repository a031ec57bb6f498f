"""Batches of tensors that belong together, such as sequences of nearly one length."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["bucket", "bucket_by_sequence_length"]

_INPUT = "tensorflow.python.training.input"
_as_list, _as_given = load(f"{_INPUT}:_as_tensor_list"), load(f"{_INPUT}:_as_original_type")
_pack_sparse = load(f"{_INPUT}:_store_sparse_tensors")
_unpack_sparse = load(f"{_INPUT}:_restore_sparse_tensors")
_as_condition = load(f"{_INPUT}:_validate_keep_input")
_smart_cond = load("tensorflow.python.framework.smart_cond:smart_cond")


@dataclass(frozen=True)
class _Sizes:
    """One number for each bucket."""

    batches: list[Any]
    capacities: list[int]
    static_batch: int | None


def _sizes(
    batch_size: Any, num_buckets: int, capacity: int, capacities: Any, any_batch: bool
) -> _Sizes:
    listed = isinstance(batch_size, list | tuple)
    if listed and len(batch_size) != num_buckets:
        raise ValueError("If batch_size is a list it must have num_buckets elements")
    given = list(capacities or [capacity] * num_buckets)
    if len(given) != num_buckets:
        raise ValueError(
            f"The list bucket_capacities ({given}) must have exactly num_buckets ({num_buckets}) "
            "elements."
        )
    batches = list(batch_size) if listed else [batch_size] * num_buckets
    batches = [tf.convert_to_tensor(size, tf.int32, name="batch_size") for size in batches]
    static = [tf.get_static_value(size) for size in batches]
    known = None if listed or any_batch or static[0] is None else int(static[0])
    return _Sizes(batches, given, known)


def bucket(
    tensors: Any,
    which_bucket: Any,
    batch_size: Any,
    num_buckets: int,
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Sequence[int] | None = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """Puts tensors into buckets, and takes batches out of whichever is full first.

    Args:
        tensors: One example: a list or dict of tensors.
        which_bucket: The bucket it belongs to, an int32 scalar.
        batch_size: B, or a list with one for each bucket.
        num_buckets: How many buckets there are.
        num_threads: How many threads put examples in.
        capacity: How many batches wait, and how many examples in each bucket.
        bucket_capacities: How many examples each bucket holds, if not `capacity`.
        shapes: The shapes of the tensors; their own unless given.
        dynamic_pad: Whether examples are padded to the longest of their batch.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        keep_input: Whether the example goes in at all, a bool scalar.
        shared_name: The name of queues that sessions share.
        name: The name scope.

    Returns:
        The bucket a batch came from, and the batch in the structure of `tensors`.

    Raises:
        ValueError: There are no tensors, or not one batch size or capacity for each bucket.
    """
    sizes = _sizes(batch_size, num_buckets, capacity, bucket_capacities, allow_smaller_final_batch)
    parts = _as_list(tensors)
    with tf.name_scope(name, "bucket", parts) as scope:
        if not parts:
            raise ValueError("Expected at least one tensor in bucket().")
        parts = [tf.convert_to_tensor_or_sparse_tensor(part) for part in parts]
        keep_input = _as_condition(keep_input, enqueue_many=False)
        parts, sparse = _pack_sparse(parts, False, keep_input)
        queues = _bucket_queues(parts, shapes, dynamic_pad, sizes, shared_name)
        batch_shapes = [
            tf.TensorShape([sizes.static_batch]).concatenate(s) for s in queues[0].shapes
        ]
        top = tf.PaddingFIFOQueue(
            capacity,
            [tf.int32, *queues[0].dtypes],
            [tf.TensorShape([]), *batch_shapes],
            shared_name=shared_name,
            name="top_queue",
        )
        which = tf.convert_to_tensor(which_bucket, tf.int32, name="which_bucket")
        put = _smart_cond(keep_input, lambda: _put(parts, which, queues), tf.no_op)
        _add_runners(top, queues, [put] * num_threads, sizes, allow_smaller_final_batch)
        for queue in queues:
            tf.summary.scalar(f"bucket/{queue.name}/size", tf.cast(top.size(), tf.float32))
        full = tf.cast(top.size(), tf.float32) * (1.0 / capacity)
        tf.summary.scalar(f"bucket/{top.name}/fraction_of_{capacity}_full", full)
        found = top.dequeue(name="dequeue_top")
        batch = found[1] if len(found) == 2 else found[1:]
        del scope
        return found[0], _as_given(tensors, _unpack_sparse(batch, sparse))


def _bucket_queues(
    parts: list[Tensor], shapes: Any, dynamic_pad: bool, sizes: _Sizes, shared_name: str | None
) -> list[Any]:
    known = load(f"{_INPUT}:_shapes")([parts], shapes, enqueue_many=False)
    make = load(f"{_INPUT}:_which_queue")(dynamic_pad)
    return [
        make(
            capacity=capacity,
            dtypes=[part.dtype.base_dtype for part in parts],
            shapes=known,
            shared_name=None if shared_name is None else f"{shared_name}_{number}",
            name=f"bucket_queue_{number}",
        )
        for number, capacity in enumerate(sizes.capacities)
    ]


def _put(parts: list[Tensor], which: Tensor, queues: list[Any]) -> Operation:
    puts = [
        tf.cond(tf.equal(which, number), lambda queue=queue: queue.enqueue(parts), tf.no_op)
        for number, queue in enumerate(queues)
    ]
    return tf.group(*puts, name="group_enqueues")


def _add_runners(
    top: Any, queues: list[Any], puts: list[Operation], sizes: _Sizes, any_batch: bool
) -> None:
    """Adds what fills the buckets, and what moves full ones on."""
    moves = []
    for number, (queue, size) in enumerate(zip(queues, sizes.batches, strict=True)):
        take = queue.dequeue_up_to if any_batch else queue.dequeue_many
        taken = take(size, name=f"read_bucket_{number}")
        listed = taken if isinstance(taken, list | tuple) else [taken]
        name = f"enqueue_from_bucket_{number}"
        moves.append(top.enqueue([tf.constant(number), *listed], name=name))
    ends = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
    runners = [
        (queues[0], moves, top.close(), top.close(cancel_pending_enqueues=True)),
        (
            top,
            puts,
            tf.group(*(queue.close() for queue in queues)),
            tf.group(*(queue.close(cancel_pending_enqueues=True) for queue in queues)),
        ),
    ]
    for queue, ops, close, cancel in runners:
        runner = tf.train.QueueRunner(queue, ops, close, cancel, queue_closed_exception_types=ends)
        tf.train.add_queue_runner(runner)


def bucket_by_sequence_length(
    input_length: Any,
    tensors: Any,
    batch_size: Any,
    bucket_boundaries: Sequence[int],
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Sequence[int] | None = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple[Tensor, Any]:
    """Batches sequences with others of nearly their length.

    Args:
        input_length: The length of the sequence, an int32 scalar.
        tensors: One example: a list or dict of tensors.
        batch_size: B, or a list with one for each bucket.
        bucket_boundaries: Lengths, growing; one less than there are buckets.
        num_threads: How many threads put examples in.
        capacity: How many batches wait, and how many examples in each bucket.
        bucket_capacities: How many examples each bucket holds, if not `capacity`.
        shapes: The shapes of the tensors; their own unless given.
        dynamic_pad: Whether examples are padded to the longest of their batch.
        allow_smaller_final_batch: Whether the last batch may be smaller.
        keep_input: Whether the example goes in at all, a bool scalar.
        shared_name: The name of queues that sessions share.
        name: The name scope.

    Returns:
        Lengths `[B]`, and the batch in the structure of `tensors`.

    Raises:
        TypeError: The boundaries are no list of integers.
        ValueError: There are none, or they do not grow.
    """
    _check_boundaries(bucket_boundaries)
    parts = _as_list(tensors)
    with tf.name_scope(name, "bucket_by_sequence_length", [input_length, *parts]):
        length = tf.convert_to_tensor(input_length, tf.int32, name="input_length")
        passed = tf.greater_equal(length, list(bucket_boundaries))
        _, found = bucket(
            tensors=[length, *parts],
            which_bucket=tf.reduce_sum(tf.cast(passed, tf.int32)),
            batch_size=batch_size,
            num_buckets=len(bucket_boundaries) + 1,
            num_threads=num_threads,
            capacity=capacity,
            bucket_capacities=bucket_capacities,
            shapes=None if shapes is None else [tf.TensorShape([]), *shapes],
            dynamic_pad=dynamic_pad,
            allow_smaller_final_batch=allow_smaller_final_batch,
            keep_input=keep_input,
            shared_name=shared_name,
        )
        return found[0], _as_given(tensors, found[1:])


def _check_boundaries(boundaries: Any) -> None:
    if not isinstance(boundaries, list | tuple):
        raise TypeError(f"bucket_boundaries must be a list or tuple, but received: {boundaries}")
    if not boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for low, high in itertools.pairwise(boundaries):
        if not isinstance(low, int) or not isinstance(high, int):
            raise TypeError(f"bucket boundaries must be integers, but saw: {low} and {high}")
        if low >= high:
            raise ValueError(
                f"Buckets must contain sequential increasing lengths, but saw: {low} before {high}"
            )
