"""The base class of distributions that depend on more arguments."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["ConditionalDistribution"]


class ConditionalDistribution(tf.distributions.Distribution):  # type: ignore[misc]
    """A distribution whose methods take more arguments."""

    def sample(
        self, sample_shape: Any = (), seed: Any = None, name: str = "sample", **condition: Any
    ) -> Tensor:
        """Draws.

        Args:
            sample_shape: How many.
            seed: The op's seed.
            name: The name scope.
            condition: What the distribution depends on.

        Returns:
            The draws, `sample_shape + batch_shape + event_shape`.
        """
        return self._call_sample_n(sample_shape, seed, name, **condition)

    def log_prob(self, value: Any, name: str = "log_prob", **condition: Any) -> Tensor:
        """Computes the logarithm of the density.

        Args:
            value: Where.
            name: The name scope.
            condition: What the distribution depends on.

        Returns:
            The logarithms, `sample_shape + batch_shape`.
        """
        return self._call_log_prob(value, name, **condition)

    def prob(self, value: Any, name: str = "prob", **condition: Any) -> Tensor:
        """Computes the density.

        Args:
            value: Where.
            name: The name scope.
            condition: What the distribution depends on.

        Returns:
            The densities, `sample_shape + batch_shape`.
        """
        return self._call_prob(value, name, **condition)
