"""The distribution over classes, each of which is a vector with a single 1."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import logits_and_probs

__all__ = ["OneHotCategorical", "OverClasses"]


class OverClasses(tf.distributions.Distribution):  # type: ignore[misc]
    """A distribution of vectors as long as there are classes.

    Args:
        parameters: The arguments of the subclass.
        dtype: The dtype of draws; that of the probabilities unless given.
        kind: Whether gradients go through draws.
        name: The name scope.
    """

    def __init__(self, parameters: dict[str, Any], dtype: Any, kind: Any, name: str) -> None:
        self.logits, self.probs = logits_and_probs(
            name=name,
            logits=parameters["logits"],
            probs=parameters["probs"],
            validate_args=parameters["validate_args"],
            multidimensional=True,
        )
        self.logits.shape.with_rank_at_least(1)
        self.event_size = tf.shape(self.logits)[-1]
        super().__init__(
            dtype=self.logits.dtype if dtype is None else dtype,
            reparameterization_type=kind,
            validate_args=parameters["validate_args"],
            allow_nan_stats=parameters["allow_nan_stats"],
            parameters=parameters,
            graph_parents=[self.logits, self.probs],
            name=name,
        )

    def _batch_shape(self) -> Any:
        return self.logits.shape[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return tf.shape(self.logits)[:-1]

    def _event_shape(self) -> Any:
        return self.logits.shape[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return tf.shape(self.logits)[-1:]


class OneHotCategorical(OverClasses):
    """Classes as vectors with a single 1.

    Args:
        logits: The logarithms of their probabilities, `[…, K]`; this or `probs`.
        probs: Their probabilities, `[…, K]`.
        dtype: The dtype of draws.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: Neither or both of `logits` and `probs` are given, or they have no dimension.
    """

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = tf.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "OneHotCategorical",
    ) -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            super().__init__(parameters, dtype, tf.distributions.NOT_REPARAMETERIZED, scope)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        rows = tf.reshape(self.logits, [-1, self.event_size])
        classes = tf.transpose(tf.multinomial(rows, n, seed=seed))
        shape = tf.concat([[n], tf.shape(self.logits)], 0)
        return tf.reshape(tf.one_hot(classes, self.event_size, dtype=self.dtype), shape)

    def _log_prob(self, x: Tensor) -> Tensor:
        return tf.reduce_sum(tf.cast(x, self.logits.dtype) * tf.nn.log_softmax(self.logits), -1)

    def _entropy(self) -> Tensor:
        return -tf.reduce_sum(tf.nn.log_softmax(self.logits) * self.probs, -1)

    def _mode(self) -> Tensor:
        best = tf.one_hot(tf.argmax(self.logits, -1), self.event_size, dtype=self.dtype)
        best.set_shape(self.logits.shape)
        return best

    def _variance(self) -> Tensor:
        return self.probs * (1 - self.probs)

    def _covariance(self) -> Tensor:
        product = self.probs[..., tf.newaxis] * self.probs[..., tf.newaxis, :]
        return tf.matrix_set_diag(-product, self._variance())


def _divergence(a: Any, b: Any, name: str | None = None) -> Tensor:
    with tf.name_scope(name, "kl_categorical_categorical"):
        differences = tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)
        return tf.reduce_sum(tf.nn.softmax(a.logits) * differences, -1)


tf.distributions.RegisterKL(OneHotCategorical, OneHotCategorical)(_divergence)
