"""Follows a beam search back: from words and parents in every step to whole sequences."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["gather_tree", "gather_tree_from_array", "tile_batch"]


def gather_tree(
    step_ids: Any,
    parent_ids: Any,
    max_sequence_lengths: Any,
    end_token: Any,
    name: str | None = None,
) -> Tensor:
    """Puts the words of each beam in order.

    Args:
        step_ids: The word of each beam in each step, int32 `[T, B, W]`.
        parent_ids: The beam each one continues, int32 `[T, B, W]`.
        max_sequence_lengths: How many steps count, int32 `[B]`.
        end_token: The word that ends a sequence; everything behind it becomes it too.
        name: The name scope.

    Returns:
        Words `[T, B, W]`, beam by beam.
    """
    with tf.name_scope(name, "GatherTree", [step_ids, parent_ids]):
        ids = tf.convert_to_tensor(step_ids, tf.int32)
        parents = _ancestors(tf.convert_to_tensor(parent_ids, tf.int32), max_sequence_lengths)
        words = tf.gather(ids, parents, axis=2, batch_dims=2)
        counts = _counts(ids, max_sequence_lengths)
        words = tf.where(counts, words, tf.fill(tf.shape(words), end_token))
        ended = tf.cast(tf.equal(words, end_token), tf.int32)
        behind = tf.cumsum(ended, axis=0, exclusive=True) > 0
        result = tf.where(behind, tf.fill(tf.shape(words), end_token), words)
        result.set_shape(ids.shape)
        return result


def _counts(ids: Tensor, lengths: Any) -> Tensor:
    steps = tf.range(tf.shape(ids)[0])[:, tf.newaxis, tf.newaxis]
    limits = tf.convert_to_tensor(lengths, tf.int32)[tf.newaxis, :, tf.newaxis]
    return tf.broadcast_to(steps < limits, tf.shape(ids))


def _ancestors(parents: Tensor, lengths: Any) -> Tensor:
    """The beam in which each final beam was, in every step `[T, B, W]`."""
    own = tf.zeros_like(parents[0]) + tf.range(tf.shape(parents)[2])
    continued = tf.where(_counts(parents, lengths), parents, tf.zeros_like(parents) + own)

    def back(later: Tensor, parent: Tensor) -> Tensor:
        return tf.gather(parent, later, batch_dims=1)

    # The last step's beams are the final ones; each step before is asked through its successor.
    earlier = tf.scan(back, continued[1:], own, reverse=True)
    return tf.concat([earlier, own[tf.newaxis]], 0)


def gather_tree_from_array(t: Any, parent_ids: Tensor, sequence_length: Tensor) -> Tensor:
    """Puts what was kept for each beam in order.

    Args:
        t: A TensorArray of `[B * W, D]`, or a tensor `[T, B * W, D]`.
        parent_ids: The beam each one continues, int32 `[T, B, W]`.
        sequence_length: How long each sequence is, int32 `[B, W]`.

    Returns:
        The same, beam by beam; what is beyond a beam's end stays where it is.
    """
    kept = t.stack() if isinstance(t, tf.TensorArray) else t
    shape = tf.shape(parent_ids)
    values = tf.reshape(kept, tf.concat([shape, tf.shape(kept)[-1:]], 0))
    beams = _ancestors(parent_ids, tf.reduce_max(tf.cast(sequence_length, tf.int32), axis=1))
    within = tf.transpose(tf.sequence_mask(sequence_length, shape[0]), [2, 0, 1])
    own = tf.zeros_like(beams) + tf.range(shape[2])
    ordered = tf.gather(values, tf.where(within, beams, own), axis=2, batch_dims=2)
    result = tf.reshape(ordered, tf.shape(kept))
    result.set_shape(kept.shape)
    return result


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Repeats each entry of a batch, for a beam search.

    Args:
        t: A tensor `[B, …]`, or a structure of them.
        multiplier: How often each entry is repeated, W.
        name: The name scope.

    Returns:
        The same `[B * W, …]`.

    Raises:
        ValueError: A tensor has no batch.
    """

    def repeated(part: Any) -> Tensor:
        part = tf.convert_to_tensor(part, name="t")
        if part.shape.ndims is None or part.shape.ndims < 1:
            raise ValueError("t must have statically known rank")
        many = tf.repeat(part, multiplier, axis=0)
        size = tf.get_static_value(tf.shape(part)[0])
        many.set_shape(
            tf.TensorShape([None if size is None else size * multiplier]).concatenate(
                part.shape[1:]
            )
        )
        return many

    with tf.name_scope(name, "tile_batch", [*tf.nest.flatten(t), multiplier]):
        return tf.nest.map_structure(repeated, t)
