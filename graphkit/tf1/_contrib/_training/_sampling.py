"""Samples kept, left out or repeated by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["rejection_sample", "resample_at_rate", "stratified_sample", "weighted_resample"]

_moving_average = load("tensorflow.python.training.moving_averages:assign_moving_average")


def resample_at_rate(
    inputs: Sequence[Any],
    rates: Any,
    scope: str | None = None,
    seed: int | None = None,
    back_prop: bool = False,
) -> list[Tensor]:
    """Repeats or leaves out each example, a Poisson number of times.

    Args:
        inputs: Tensors `[B, …]`.
        rates: How often each example is expected `[B]`.
        scope: The name scope.
        seed: The seed of the choice.
        back_prop: Whether gradients flow to the rates' choice; they are zero there anyway.

    Returns:
        The tensors `[N, …]`, N of them by chance.
    """
    with tf.name_scope(scope, "resample_at_rate", [*inputs, rates]):
        rates = tf.convert_to_tensor(rates, name="rates")
        counts = tf.cast(tf.random_poisson(rates, [], rates.dtype, seed=seed), tf.int32)
        chosen = tf.repeat(tf.range(tf.shape(counts)[0]), counts)
        if not back_prop:
            chosen = tf.stop_gradient(chosen)
        return [tf.gather(part, chosen) for part in inputs]


def weighted_resample(
    inputs: Sequence[Any],
    weights: Any,
    overall_rate: Any,
    scope: str | None = None,
    mean_decay: float = 0.999,
    seed: int | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Repeats or leaves out examples by weight, so that a share of all remains.

    Args:
        inputs: Tensors `[B, …]`.
        weights: A tensor `[B]`: how often an example is wanted, relative to the others.
        overall_rate: The share of all examples that is expected to remain.
        scope: The name scope.
        mean_decay: The decay of the mean of weights, kept in a local variable.
        seed: The seed of the choice.

    Returns:
        The tensors `[N, …]`, and the rate `[N]` each example had.
    """
    with tf.name_scope(scope, "weighted_resample", list(inputs)) as made:
        with tf.variable_scope(scope, "estimate_mean", list(inputs)):
            kept = tf.get_local_variable(
                "estimated_mean", initializer=tf.cast(0, weights.dtype), dtype=weights.dtype
            )
            mean = _moving_average(kept, tf.reduce_mean(weights), mean_decay)
        rates = weights * overall_rate / mean
        found = resample_at_rate([rates, *inputs], rates, scope=made, seed=seed)
        return found[1:], found[0]


def rejection_sample(
    tensors: Sequence[Any],
    accept_prob_fn: Callable[[list[Tensor]], Tensor],
    batch_size: Any,
    queue_threads: int = 1,
    enqueue_many: bool = False,
    prebatch_capacity: int = 16,
    prebatch_threads: int = 1,
    runtime_checks: bool = False,
    name: str | None = None,
) -> list[Tensor]:
    """Batches examples, each with a probability of its own.

    Args:
        tensors: One example, or many `[N, …]` with `enqueue_many`.
        accept_prob_fn: The probability of an example, from its tensors: a scalar in `[0, 1]`.
        batch_size: B.
        queue_threads: How many threads fill the queue of batches.
        enqueue_many: Whether the tensors hold many examples.
        prebatch_capacity: How many single examples wait then.
        prebatch_threads: How many threads take them apart.
        runtime_checks: Whether probabilities are checked in each run.
        name: The variable scope.

    Returns:
        Batches `[B, …]`.
    """
    with tf.variable_scope(name, "rejection_sample", list(tensors)):
        parts = [tf.convert_to_tensor(part) for part in tensors]
        if enqueue_many:
            parts = _one_by_one(parts, prebatch_threads, prebatch_capacity)
        probability = accept_prob_fn(parts)
        if runtime_checks:
            checks = [
                tf.assert_less_equal(0.0, probability),
                tf.assert_less_equal(probability, 1.0),
            ]
            with tf.control_dependencies(checks):
                probability = tf.identity(probability, name="prob_with_checks")
        return _listed(_maybe_batch(parts, probability, batch_size, queue_threads))


def _one_by_one(parts: list[Tensor], threads: int, capacity: int) -> list[Tensor]:
    """Takes batches apart; all have equally many examples."""
    for part in parts:
        first = part.shape.with_rank_at_least(1)[:1]
        first.assert_is_compatible_with(parts[0].shape[:1])
    single = tf.train.batch(parts, 1, num_threads=threads, capacity=capacity, enqueue_many=True)
    return [tf.squeeze(part, [0]) for part in _listed(single)]


def _listed(found: Any) -> list[Tensor]:
    return list(found) if isinstance(found, list | tuple) else [found]


def _maybe_batch(parts: list[Tensor], probability: Tensor, batch_size: Any, threads: int) -> Any:
    keep = tf.random_uniform([]) < probability
    return tf.train.maybe_batch(parts, keep, batch_size, num_threads=threads)


def stratified_sample(
    tensors: Sequence[Any],
    labels: Any,
    target_probs: Any,
    batch_size: Any,
    init_probs: Any = None,
    enqueue_many: bool = False,
    queue_capacity: int = 16,
    threads_per_queue: int = 1,
    name: str | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Batches examples so that classes come as often as is wanted.

    Args:
        tensors: One example, or many `[N, …]` with `enqueue_many`.
        labels: The class, an integer scalar, or `[N]`.
        target_probs: How often each class is wanted `[C]`, one in all.
        batch_size: B.
        init_probs: How often each class comes `[C]`; counted in a variable unless given.
        enqueue_many: Whether the tensors hold many examples.
        queue_capacity: How many examples wait.
        threads_per_queue: How many threads fill a queue.
        name: The name scope.

    Returns:
        Batches `[B, …]`, and their labels `[B]`.

    Raises:
        ValueError: The two lists of probabilities have different lengths.
    """
    with tf.name_scope(name, "stratified_sample", [*tensors, labels]):
        parts = [tf.convert_to_tensor(part) for part in tensors]
        labels = tf.convert_to_tensor(labels)
        target = tf.convert_to_tensor(target_probs, tf.float32)
        if not enqueue_many:
            parts, labels = [part[tf.newaxis] for part in parts], labels[tf.newaxis]
        if init_probs is None:
            target.shape.assert_is_fully_defined()
            initial = _counted_shares(labels, target.shape.num_elements())
        else:
            initial = tf.convert_to_tensor(init_probs, tf.float32)
        initial, target = _checked_shares(initial), _checked_shares(target)
        if initial.shape[0] != target.shape[0]:
            raise ValueError("Probability parameters must have the same length.")
        labels = _checked_labels(labels, target.shape[0])
        single = _one_by_one([*parts, labels], threads_per_queue, queue_capacity)
        probability = tf.gather(_acceptance(initial, target), single[-1])
        batch = _maybe_batch(single, probability, batch_size, threads_per_queue)
        return list(batch[:-1]), batch[-1]


def _counted_shares(labels: Tensor, classes: int) -> Tensor:
    """How often each class came until now; ten of each before the first."""
    start = tf.constant([10] * classes, tf.int64)
    counts = tf.Variable(start, trainable=False, name="class_count")
    new = tf.reduce_sum(tf.one_hot(labels, classes, dtype=tf.int64), 0)
    seen = tf.identity(tf.assign_add(counts, new))
    return tf.cast(tf.truediv(seen, tf.reduce_sum(seen)), tf.float32)


def _checked_shares(shares: Tensor) -> Tensor:
    shares.shape.assert_is_fully_defined()
    shares.shape.assert_has_rank(1)
    total = tf.reduce_sum(shares)
    checks = [
        tf.assert_non_negative(shares),
        tf.assert_less(total, 1.0 + 1e-6),
        tf.assert_less(1.0 - 1e-6, total),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(shares)


def _checked_labels(labels: Tensor, classes: int) -> Tensor:
    labels.shape.assert_has_rank(1)
    checks = [
        tf.assert_positive(tf.shape(labels)[0]),
        tf.assert_integer(labels),
        tf.assert_non_negative(labels),
        tf.assert_less(labels, tf.cast(classes, labels.dtype)),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(labels)


def _acceptance(initial: Tensor, target: Tensor) -> Tensor:
    """The probability with which an example of each class is kept."""
    possible = tf.reduce_all(tf.logical_or(tf.not_equal(initial, 0), tf.equal(target, 0)))
    told = "All classes with zero initial probability must also have zero target probability: "
    with tf.control_dependencies([tf.Assert(possible, [told, initial, target])]):
        ratio = tf.div_no_nan(target, initial)
    accepted = ratio / tf.reduce_max(ratio)
    rejected = tf.reduce_sum((1 - accepted) * initial)
    told = "Proportion of examples rejected by sampler is high."
    return tf.cond(
        tf.less(rejected, 0.5),
        lambda: accepted,
        lambda: tf.Print(accepted, [accepted], message=told, first_n=10),
    )
