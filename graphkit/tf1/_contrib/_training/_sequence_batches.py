"""contrib.training's batches of pieces of sequences, padded and with sparse tensors."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._training._sequence_checks import with_check
from graphkit.tf1._contrib._training._sequence_saver import (
    NextQueuedSequenceBatch,
    SequenceQueueingStateSaver,
)
from graphkit.tf1._contrib._training._sparse_sequences import SparseStore, repeated, step_zero

__all__ = ["batch_sequences_with_states"]

# A sparse context travels as a sequence of this name.
_CONTEXT = "_context_in_seq_"


def batch_sequences_with_states(
    input_key: Any,
    input_sequences: Mapping[str, Any],
    input_context: Mapping[str, Any],
    input_length: Any,
    initial_states: Mapping[str, Any],
    num_unroll: int,
    batch_size: Any,
    num_threads: int = 3,
    capacity: int = 1000,
    allow_small_batch: bool = True,
    pad: bool = True,
    make_keys_unique: bool = False,
    make_keys_unique_seed: int | None = None,
    name: str | None = None,
) -> NextQueuedSequenceBatch:
    """Cuts sequences into pieces and batches pieces of several examples, read by queue runners.

    Args:
        input_key: The example's key, a string scalar; no two at a time may have the same.
        input_sequences: Name to tensor `[N, …]`, dense or sparse.
        input_context: Name to tensor, dense or sparse, the same for all pieces.
        input_length: How many steps count, an int32 scalar; N for None, with `pad`.
        initial_states: Name to the value a state has before the first piece.
        num_unroll: T, how many steps a piece has.
        batch_size: B, an int or an int32 scalar.
        num_threads: How many threads put examples in.
        capacity: How many examples wait.
        allow_small_batch: Whether batches may be smaller once the input has ended.
        pad: Whether zeros are added until N is a multiple of T; otherwise it has to be one.
        make_keys_unique: Whether a number drawn by chance is added to keys.
        make_keys_unique_seed: The seed of that.
        name: The name scope.

    Returns:
        The batch. The first size of its sparse tensors is B, also where a last batch is smaller.

    Raises:
        TypeError: An argument has another type.
        ValueError: There is no state or no sequence, a shape is not known, or the capacity is
            smaller than a batch.
    """
    _check(input_sequences, input_context, num_unroll)
    given = [*input_sequences.values(), *input_context.values(), *initial_states.values()]
    with tf.name_scope(name, "batch_sequences_with_states", given):
        sequences = {key: _as_tensor(input_sequences[key]) for key in sorted(input_sequences)}
        if pad and sequences:
            length, sequences = _padded(sequences, num_unroll)
            input_length = length if input_length is None else input_length
        elif not pad:
            sequences = {key: _whole(key, part, num_unroll) for key, part in sequences.items()}
        context = {key: _as_tensor(part) for key, part in input_context.items()}
        dense = {key: part for key, part in context.items() if not _is_sparse(part)}
        sequences.update(_travelling(context, sequences, num_unroll))
        stores = {key: SparseStore(part) for key, part in sequences.items() if _is_sparse(part)}
        saver = SequenceQueueingStateSaver(
            batch_size,
            num_unroll,
            input_length=input_length,
            input_key=_unique(input_key, make_keys_unique_seed) if make_keys_unique else input_key,
            input_sequences=sequences | {key: store.handles for key, store in stores.items()},
            input_context=dense,
            initial_states=initial_states,
            capacity=capacity,
            allow_small_batch=allow_small_batch,
        )
        _run_by_threads(saver, num_threads)
        batch = saver.next_batch
        for key, store in stores.items():
            _put_back(batch, key, store.restored(batch.sequences[key], batch_size, num_unroll))
        return batch


def _check(sequences: Any, context: Any, num_unroll: Any) -> None:
    if not isinstance(num_unroll, Integral):
        raise ValueError(f"Unsupported num_unroll expected int, got: {num_unroll}")
    if not isinstance(sequences, dict):
        raise TypeError(f"Unsupported sequences expected dict, got: {sequences}")
    if not isinstance(context, dict):
        raise TypeError(f"context must be a dict, not {context}")
    for key in sequences:
        if not isinstance(key, str):
            raise TypeError(f"Unsupported sequences key expected string, got: {key}")


def _travelling(
    context: Mapping[str, Any], sequences: Mapping[str, Any], num_unroll: int
) -> dict[str, Any]:
    """The sparse tensors of a context, as sequences that say the same at each step."""
    found = {}
    for key in sorted(key for key, part in context.items() if _is_sparse(part)):
        steps = _steps(next(iter(sequences.values())))
        found[_CONTEXT + key] = repeated(context[key], steps, num_unroll)
    return found


def _put_back(batch: NextQueuedSequenceBatch, key: str, found: Any) -> None:
    """Gives a batch a sparse tensor in the place of its handles, where it came from."""
    del batch.sequences[key]
    if key.startswith(_CONTEXT):
        batch.context[key.removeprefix(_CONTEXT)] = step_zero(found)
    else:
        batch.sequences[key] = found


def _is_sparse(part: Any) -> bool:
    return isinstance(part, tf.SparseTensor)


def _as_tensor(part: Any) -> Any:
    return tf.convert_to_tensor_or_sparse_tensor(part)


def _steps(part: Any) -> Tensor:
    """How many steps a sequence has, an int32 scalar."""
    return tf.cast(part.dense_shape[0], tf.int32) if _is_sparse(part) else tf.shape(part)[0]


def _padded(sequences: dict[str, Any], num_unroll: int) -> tuple[Tensor, dict[str, Any]]:
    """How long dense sequences are, or the longest sparse one; and all, with zeros behind."""
    sizes = [_steps(part) for part in sequences.values() if not _is_sparse(part)]
    if sizes:
        same = tf.reduce_all(tf.equal(tf.stack(sizes), sizes[0]))
        told = "All sequence lengths must match, but received lengths: "
        length = with_check(sizes[0], same, [told, tf.stack(sizes)])
    else:
        length = tf.reduce_max([_steps(part) for part in sequences.values()])
    padded = length + (-length) % num_unroll
    return length, {key: _filled(part, padded) for key, part in sequences.items()}


def _filled(part: Any, size: Tensor) -> Any:
    if _is_sparse(part):
        shape = tf.concat([[tf.cast(size, tf.int64)], part.dense_shape[1:]], 0)
        return tf.SparseTensor(part.indices, part.values, shape)
    rest = part.shape.as_list()[1:]
    filled = tf.pad(part, [[0, size - tf.shape(part)[0]], *[[0, 0]] * len(rest)])
    filled.set_shape([None, *rest])
    return filled


def _whole(key: str, part: Any, num_unroll: int) -> Any:
    """The sequence; reading it fails unless it is cut into pieces without a rest."""
    steps = _steps(part)
    fits = tf.logical_and(tf.equal(steps % num_unroll, 0), tf.not_equal(steps, 0))
    kind = "SparseTensor" if _is_sparse(part) else "Tensor"
    told = f"{kind} {key} first dimension should be a multiple of: {num_unroll}, but saw value: "
    told_size = [told, steps, ". Consider setting pad=True."]
    if not _is_sparse(part):
        return with_check(part, fits, told_size)
    checked = [with_check(t, fits, told_size) for t in (part.indices, part.values)]
    return tf.SparseTensor(*checked, with_check(part.dense_shape, fits, told_size))


def _unique(key: Any, seed: int | None) -> Tensor:
    drawn = tf.random_uniform((), 0, 100000000, tf.int32, seed=seed)
    return tf.string_join([key, tf.as_string(drawn)])


def _run_by_threads(saver: SequenceQueueingStateSaver, num_threads: int) -> None:
    ready = tf.cast(saver.barrier.ready_size(), tf.float32)
    tf.summary.scalar(f"queue/{saver.barrier.name}/ready_segment_batches_", ready)
    ends = (tf.errors.OutOfRangeError, tf.errors.CancelledError)
    runner = tf.train.QueueRunner(
        saver, [saver.prefetch_op] * num_threads, queue_closed_exception_types=ends
    )
    tf.train.add_queue_runner(runner)
