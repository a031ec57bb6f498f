"""contrib.distributions: the head of a model whose logits are a distribution's parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._head_losses import Losses, weighted
from graphkit.tf1._contrib._learn._heads import Head, RegressionHead

__all__ = ["estimator_head_distribution_regression"]


class _DistributionHead(RegressionHead):
    """Numbers that a distribution gives, whose parameters are logits.

    Args:
        make_distribution_fn: Makes the distribution of logits `[B, logits_dimension]`.
        dimension: How many logits there are.
        options: As `RegressionHead` takes them.
    """

    def __init__(
        self, make_distribution_fn: Callable[[Tensor], Any], dimension: int, **options: Any
    ) -> None:
        if not callable(make_distribution_fn):
            raise TypeError("`make_distribution_fn` must be a callable function.")
        super().__init__(dimension, self._likelihood, **options)
        self._make_distribution_fn = make_distribution_fn
        self.distributions: dict[Tensor, Any] = {}
        self.link_fn = lambda logits: self.distribution(logits).mean()

    def distribution(self, logits: Tensor, name: str | None = None) -> Any:
        """Makes the distribution of logits, once for each.

        Args:
            logits: Floats `[B, logits_dimension]`.
            name: The name scope.

        Returns:
            The distribution.
        """
        with tf.name_scope(name, "distribution", [logits]):
            if logits not in self.distributions:
                self.distributions[logits] = self._make_distribution_fn(logits)
            return self.distributions[logits]

    def _likelihood(self, labels: Tensor, logits: Tensor, weights: Any = None) -> Losses:
        """How unlikely labels are."""
        made = self.distribution(logits)
        batch = labels.shape.with_rank_at_least(1)[:-1]
        sides = batch.as_list() if batch.is_fully_defined() else tf.shape(labels)[:-1]
        event = tf.concat([sides, made.event_shape_tensor()], 0)
        return weighted(-made.log_prob(tf.reshape(labels, event)), weights)


def estimator_head_distribution_regression(
    make_distribution_fn: Callable[[Tensor], Any],
    label_dimension: int = 1,
    logits_dimension: int | None = None,
    label_name: str | None = None,
    weight_column_name: str | None = None,
    enable_centered_bias: bool = False,
    head_name: str | None = None,
) -> Head:
    """Makes the head of a model that learns a distribution of numbers.

    Args:
        make_distribution_fn: Makes the distribution of logits `[B, logits_dimension]`.
        label_dimension: How many numbers there are for each example.
        logits_dimension: How many logits there are; as many unless given.
        label_name: Which labels, where there are several.
        weight_column_name: The feature with the weights of examples.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        head_name: Appended to the names of measures; the variable scope.

    Returns:
        The head, which minimises how unlikely labels are and predicts means.

    Raises:
        TypeError: `make_distribution_fn` cannot be called.
    """
    return _DistributionHead(
        make_distribution_fn,
        label_dimension if logits_dimension is None else logits_dimension,
        label_name=label_name,
        weight_column_name=weight_column_name,
        enable_centered_bias=enable_centered_bias,
        head_name=head_name,
    )
