"""Batches of examples that belong together, such as sequences of nearly one length.

TensorFlow 1's names, signatures, op names and values
(https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/contrib/training/python/training/bucket_ops.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, queue_inputs, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.readers._engine import built_batcher

__all__ = ["bucket", "bucket_by_sequence_length"]


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
    """Puts examples into buckets, and takes batches out of whichever is full first.

    Args:
        tensors: The tensors of one example: a list or a dict; sparse tensors are taken too.
        which_bucket: The bucket it belongs to (int32, `[]`); an example of none is left out.
        batch_size: B, or a list with one for each bucket.
        num_buckets: How many buckets there are.
        num_threads: How many threads put examples in.
        capacity: How many batches wait, and how many examples in each bucket.
        bucket_capacities: How many examples each bucket holds, if not `capacity`.
        shapes: The shapes of the tensors, where they do not tell.
        dynamic_pad: Whether unknown dimensions are padded to the longest of the batch.
        allow_smaller_final_batch: Whether what is left at the end makes last batches.
        keep_input: Whether the example goes in at all (bool, `[]`).
        shared_name: Name under which several sessions share the queues.
        name: Name scope of the operations, "bucket" unless given.

    Returns:
        The bucket a batch came from (int32, `[]`), and the batch in a list or dict like `tensors`
        (same dtypes, `[B, …]`, or `[None, …]` where sizes may differ); a lone tensor instead of a
        list of one.

    Raises:
        ArgumentError: A size is below 1, or there is not one for each bucket.
        ArgumentTypeError: A number is of another type.
        NoGraphError: No graph is current.
        ValueError: There is no tensor, or a shape is needed and not known.
    """
    if isinstance(tensors, (dict, list, tuple)) and not tensors:
        raise ArgumentError("bucket", "tensors", tensors, "of at least one tensor")
    found: tuple[Tensor, Any] = built_batcher("bucket", locals())
    return found


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
        input_length: The length of the sequence (int32, `[]`).
        tensors: As for `bucket`.
        batch_size: As for `bucket`.
        bucket_boundaries: Lengths, growing; one less than there are buckets.
        num_threads: As for `bucket`.
        capacity: As for `bucket`.
        bucket_capacities: As for `bucket`.
        shapes: As for `bucket`.
        dynamic_pad: As for `bucket`.
        allow_smaller_final_batch: As for `bucket`.
        keep_input: As for `bucket`.
        shared_name: As for `bucket`.
        name: Name scope of the operations, "bucket_by_sequence_length" unless given.

    Returns:
        Lengths (int32, `[B]`), and the batch as `bucket` gives it; a lone tensor is in a list.

    Raises:
        ArgumentError: There are no boundaries, or they do not grow; or as for `bucket`.
        ArgumentTypeError: The boundaries are no list of integers; or as for `bucket`.
        ValueError: As for `bucket`.
    """
    _require_boundaries(bucket_boundaries)
    listed = queue_inputs._as_tensor_list(tensors)  # noqa: SLF001
    with tf.name_scope(name, "bucket_by_sequence_length", [input_length, *listed]):
        length = tf.convert_to_tensor(input_length, tf.int32, name="input_length")
        passed = tf.greater_equal(length, list(bucket_boundaries))
        _, found = bucket(
            tensors=[length, *listed],
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
        return found[0], queue_inputs._as_original_type(tensors, found[1:])  # noqa: SLF001


def _require_boundaries(boundaries: Any) -> None:
    """Refuses what is no growing list of integers."""
    where, argument, wanted = "bucket_by_sequence_length", "bucket_boundaries", "a list of ints"
    if not isinstance(boundaries, (list, tuple)):
        raise ArgumentTypeError(where, argument, repr(boundaries), wanted)
    if not boundaries:
        raise ArgumentError(where, argument, boundaries, "of at least one int")
    for low, high in itertools.pairwise(boundaries):
        if not isinstance(low, int) or not isinstance(high, int):
            raise ArgumentTypeError(where, argument, repr(boundaries), wanted)
        if low >= high:
            raise ArgumentError(where, argument, boundaries, "growing: each larger than the last")
