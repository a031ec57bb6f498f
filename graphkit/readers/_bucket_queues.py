"""The queues of `bucket`: one for each bucket, and one on top for the batches of all.

TensorFlow 1's names, runners and summaries
(https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/contrib/training/python/training/bucket_ops.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Operation, Tensor, queue_inputs, tf

__all__ = ["bucket_by_queues"]


def bucket_by_queues(
    tensors: Any,
    which_bucket: Any,
    batch_size: Any,
    num_buckets: int,
    num_threads: int,
    capacity: int,
    bucket_capacities: Sequence[int] | None,
    shapes: Any,
    dynamic_pad: bool,
    allow_smaller_final_batch: bool,
    keep_input: Any,
    shared_name: str | None,
    name: str | None,
) -> tuple[Tensor, Any]:
    """Builds what `bucket` returns; its arguments are those of `bucket`."""
    parts = queue_inputs._as_tensor_list(tensors)  # noqa: SLF001
    with tf.name_scope(name, "bucket", parts):
        parts = [tf.convert_to_tensor_or_sparse_tensor(part) for part in parts]
        keep = queue_inputs._validate_keep_input(keep_input, enqueue_many=False)  # noqa: SLF001
        parts, sparse = queue_inputs._store_sparse_tensors(parts, False, keep)  # noqa: SLF001
        sizes = _per_bucket(batch_size, num_buckets)
        sizes = [tf.convert_to_tensor(size, tf.int32, name="batch_size") for size in sizes]
        which = tf.convert_to_tensor(which_bucket, tf.int32, name="which_bucket")
        queues = _queues(
            parts,
            shapes,
            _per_bucket(bucket_capacities or capacity, num_buckets),
            shared_name,
            padding=dynamic_pad,
        )
        alike = not (allow_smaller_final_batch or isinstance(batch_size, (list, tuple)))
        static = tf.TensorShape([tf.get_static_value(sizes[0]) if alike else None])
        top = tf.PaddingFIFOQueue(
            capacity,
            [tf.int32, *queues[0].dtypes],
            [tf.TensorShape([]), *(static.concatenate(shape) for shape in queues[0].shapes)],
            shared_name=shared_name,
            name="top_queue",
        )
        put = queue_inputs.utils.smart_cond(keep, lambda: _put(parts, which, queues), tf.no_op)
        moves = _moves(top, queues, sizes, smaller=allow_smaller_final_batch)
        _add_runner(queues[0], moves, top.close(), top.close(cancel_pending_enqueues=True))
        _add_runner(
            top,
            [put] * num_threads,
            tf.group(*(queue.close() for queue in queues)),
            tf.group(*(queue.close(cancel_pending_enqueues=True) for queue in queues)),
        )
        _summarize(top, queues, capacity)
        number, *batch = top.dequeue(name="dequeue_top")
        batch = queue_inputs._restore_sparse_tensors(  # noqa: SLF001
            batch if len(batch) > 1 else batch[0], sparse
        )
        return number, queue_inputs._as_original_type(tensors, batch)  # noqa: SLF001


def _per_bucket(given: Any, num_buckets: int) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else [given] * num_buckets


def _queues(
    parts: list[Tensor],
    shapes: Any,
    capacities: list[int],
    shared_name: str | None,
    *,
    padding: bool,
) -> list[Any]:
    known = queue_inputs._shapes([parts], shapes, enqueue_many=False)  # noqa: SLF001
    make = queue_inputs._which_queue(padding)  # noqa: SLF001
    return [
        make(
            capacity=capacity,
            dtypes=[part.dtype.base_dtype for part in parts],
            shapes=known,
            shared_name=None if shared_name is None else f"{shared_name}_{number}",
            name=f"bucket_queue_{number}",
        )
        for number, capacity in enumerate(capacities)
    ]


def _summarize(top: Any, queues: list[Any], capacity: int) -> None:
    """Adds TensorFlow 1's summaries, which all tell how many batches wait."""
    for queue in queues:
        tf.summary.scalar(f"bucket/{queue.name}/size", tf.cast(top.size(), tf.float32))
    full = tf.cast(top.size(), tf.float32) * (1.0 / capacity)
    tf.summary.scalar(f"bucket/{top.name}/fraction_of_{capacity}_full", full)


def _put(parts: list[Tensor], which: Tensor, queues: list[Any]) -> Operation:
    """Puts an example into its bucket; into none if there is no such bucket."""
    puts = [
        tf.cond(tf.equal(which, number), lambda queue=queue: queue.enqueue(parts), tf.no_op)
        for number, queue in enumerate(queues)
    ]
    return tf.group(*puts, name="group_enqueues")


def _moves(top: Any, queues: list[Any], sizes: list[Tensor], *, smaller: bool) -> list[Operation]:
    """What moves the batch of a bucket that is full."""
    moves = []
    for number, (queue, size) in enumerate(zip(queues, sizes, strict=True)):
        take = queue.dequeue_up_to if smaller else queue.dequeue_many
        taken = take(size, name=f"read_bucket_{number}")
        listed = taken if isinstance(taken, list) else [taken]
        name = f"enqueue_from_bucket_{number}"
        moves.append(top.enqueue([tf.constant(number), *listed], name=name))
    return moves


def _add_runner(queue: Any, ops: list[Operation], close: Operation, cancel: Operation) -> None:
    """Adds what fills queues; TensorFlow 1 calls it after the queue on their other side."""
    ends = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
    runner = tf.train.QueueRunner(queue, ops, close, cancel, queue_closed_exception_types=ends)
    tf.train.add_queue_runner(runner)
