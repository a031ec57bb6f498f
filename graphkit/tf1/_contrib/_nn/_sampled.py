"""contrib.nn's losses over sampled classes."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["rank_sampled_softmax_loss", "sampled_sparse_softmax_loss"]

_sampled_logits = load("tensorflow.python.ops.nn_impl:_compute_sampled_logits")
_lookup_and_transform = load("tensorflow.python.ops.embedding_ops:_embedding_lookup_and_transform")


def rank_sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_resampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    resampling_temperature: Any,
    remove_accidental_hits: bool,
    partition_strategy: str,
    name: str | None = None,
) -> Tensor:
    """Compares with those sampled classes that score highest.

    Args:
        weights: `[C, D]`, or a list of its parts.
        biases: `[C]`.
        labels: True classes `[B, num_true]`, int64.
        inputs: `[B, D]`.
        num_sampled: How many classes are sampled.
        num_resampled: How many of them are compared with.
        num_classes: C.
        num_true: How many true classes an example has.
        sampled_values: What a candidate sampler returns; a learned one unless given.
        resampling_temperature: Divides logits before they are ranked.
        remove_accidental_hits: Whether sampled classes that are true are left out.
        partition_strategy: "div" or "mod": how parts of `weights` divide classes.
        name: The name scope.

    Returns:
        Losses `[B]`.

    Raises:
        ValueError: More is sampled than there is, or the strategy is unknown.
    """
    _check_sizes(num_resampled, num_sampled, num_classes)
    if partition_strategy not in ("div", "mod"):
        raise ValueError(f"unsupported partition_strategy ({partition_strategy})")
    with tf.name_scope(name, "rank_sampled_softmax_loss"):
        sampled = sampled_values or tf.nn.learned_unigram_candidate_sampler(
            labels, num_true, num_sampled, unique=True, range_max=num_classes
        )
        classes, expected_true, expected = (tf.stop_gradient(part) for part in sampled)
        classes = tf.cast(classes, tf.int64)
        scores = _scores(
            weights, biases, classes, inputs, resampling_temperature, partition_strategy
        )
        _, best = tf.nn.top_k(scores, k=num_resampled, sorted=False)
        return tf.nn.sampled_softmax_loss(
            weights=weights,
            biases=biases,
            labels=labels,
            inputs=inputs,
            num_sampled=num_resampled,
            num_classes=num_classes,
            num_true=num_true,
            sampled_values=(tf.gather(classes, best), expected_true, tf.gather(expected, best)),
            remove_accidental_hits=remove_accidental_hits,
            partition_strategy=partition_strategy,
        )


def _check_sizes(num_resampled: int, num_sampled: int, num_classes: int) -> None:
    if num_sampled > num_classes:
        raise ValueError(
            f"num_sampled ({num_sampled}) cannot be greater than num_classes ({num_classes})"
        )
    if num_sampled <= num_resampled:
        raise ValueError(
            f"num_resampled ({num_resampled}) must be less than num_sampled ({num_sampled})"
        )


def _scores(
    weights: Any, biases: Any, classes: Tensor, inputs: Any, temperature: Any, strategy: str
) -> Tensor:
    """How high each of some classes scores, over all examples, `[classes]`."""
    cooled = inputs / temperature

    def score(rows: Tensor) -> Tensor:
        return tf.reduce_logsumexp(tf.matmul(rows, cooled, transpose_b=True), axis=1)

    scores = _lookup_and_transform(weights, classes, strategy, transform_fn=score)
    shift = tf.nn.embedding_lookup(biases, classes, strategy)
    return scores + tf.reshape(shift, [-1]) / temperature


def sampled_sparse_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str = "sampled_sparse_softmax_loss",
) -> Tensor:
    """Compares one true class with sampled ones.

    Args:
        weights: `[C, D]`, or a list of its parts.
        biases: `[C]`.
        labels: True classes `[B, 1]`, int64.
        inputs: `[B, D]`.
        num_sampled: How many classes are sampled.
        num_classes: C.
        sampled_values: What a candidate sampler returns; log-uniform unless given.
        remove_accidental_hits: Whether sampled classes that are true are left out.
        partition_strategy: "div" or "mod": how parts of `weights` divide classes.
        name: The name scope.

    Returns:
        Losses `[B]`.
    """
    logits, _ = _sampled_logits(
        weights=weights,
        biases=biases,
        labels=labels,
        inputs=inputs,
        num_sampled=num_sampled,
        num_classes=num_classes,
        num_true=1,
        sampled_values=sampled_values,
        subtract_log_q=True,
        remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy,
        name=name,
    )
    # The true class comes first among the logits.
    first = tf.zeros([tf.shape(logits)[0]], tf.int64)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels=first, logits=logits)
