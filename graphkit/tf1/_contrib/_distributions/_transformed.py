"""contrib.distributions: draws that go through a bijector, parameters that go through softplus."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._bijectors._elementwise import Softplus
from graphkit.tf1._contrib._distributions._normal_diag import MultivariateNormalDiag
from graphkit.tf1._namespace import load

__all__ = [
    "BetaWithSoftplusConcentration",
    "ConditionalDistribution",
    "ConditionalTransformedDistribution",
    "ExponentialWithSoftplusRate",
    "GammaWithSoftplusConcentrationRate",
    "LaplaceWithSoftplusScale",
    "MultivariateNormalDiagWithSoftplusScale",
    "NormalWithSoftplusScale",
    "TransformedDistribution",
]

_Identity: Any = load("tensorflow.python.ops.distributions.identity_bijector:Identity")
_distributions: Any = tf.distributions


class ConditionalDistribution(_distributions.Distribution):  # type: ignore[misc]
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


class ConditionalTransformedDistribution(ConditionalDistribution):
    """What a bijector makes of draws; `bijector_kwargs` and `distribution_kwargs` are handed on.

    Args:
        distribution: What is drawn from.
        bijector: What draws go through; nothing is changed unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        distribution: Any,
        bijector: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        self.bijector = _Identity() if bijector is None else bijector
        self.distribution = distribution
        parameters = {
            "distribution": distribution,
            "bijector": self.bijector,
            "validate_args": validate_args,
        }
        super().__init__(
            dtype=distribution.dtype,
            reparameterization_type=distribution.reparameterization_type,
            validate_args=validate_args,
            allow_nan_stats=distribution.allow_nan_stats,
            parameters=parameters,
            graph_parents=distribution._graph_parents + self.bijector.graph_parents,  # noqa: SLF001
            name=name or self.bijector.name + distribution.name,
        )

    def _event_shape(self) -> Any:
        return self.bijector.forward_event_shape(self.distribution.event_shape)

    def _event_shape_tensor(self) -> Tensor:
        return self.bijector.forward_event_shape_tensor(self.distribution.event_shape_tensor())

    def _batch_shape(self) -> Any:
        return self.distribution.batch_shape

    def _batch_shape_tensor(self) -> Tensor:
        return self.distribution.batch_shape_tensor()

    def _sample_n(
        self,
        n: Tensor,
        seed: Any = None,
        bijector_kwargs: Any = None,
        distribution_kwargs: Any = None,
    ) -> Tensor:
        drawn = self.distribution.sample(n, seed=seed, **(distribution_kwargs or {}))
        return self.bijector.forward(drawn, **(bijector_kwargs or {}))

    def _log_prob(
        self, y: Tensor, bijector_kwargs: Any = None, distribution_kwargs: Any = None
    ) -> Tensor:
        given = bijector_kwargs or {}
        x = self.bijector.inverse(y, **given)
        steep = self.bijector.inverse_log_det_jacobian(
            y, event_ndims=self.event_shape.ndims or 0, **given
        )
        return self.distribution.log_prob(x, **(distribution_kwargs or {})) + steep

    def _prob(self, y: Tensor, **condition: Any) -> Tensor:
        return tf.exp(self._log_prob(y, **condition))

    def _cdf(self, y: Tensor) -> Tensor:
        return self.distribution.cdf(self.bijector.inverse(y))

    def _survival_function(self, y: Tensor) -> Tensor:
        return self.distribution.survival_function(self.bijector.inverse(y))

    def _quantile(self, value: Tensor) -> Tensor:
        return self.bijector.forward(self.distribution.quantile(value))

    def _entropy(self) -> Tensor:
        if not self.bijector.is_constant_jacobian:
            raise NotImplementedError("entropy is not implemented")
        rank = self.event_shape.ndims or 0
        return self.distribution.entropy() - self.bijector.inverse_log_det_jacobian(
            tf.zeros([1] * rank, self.dtype), event_ndims=rank
        )


class TransformedDistribution(ConditionalTransformedDistribution):
    """What a bijector makes of draws.

    Args:
        distribution: What is drawn from, of events of the shape that the bijector takes.
        bijector: What draws go through; nothing is changed unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """


def _positive(value: Any) -> Tensor:
    return Softplus().forward(tf.convert_to_tensor(value))


def _through_softplus(kind: Any, kept: tuple[str, ...], softened: tuple[str, ...]) -> Any:
    """The class of distributions some of whose parameters go through softplus."""
    order = [*kept, *softened]

    def __init__(self: Any, *args: Any, **more: Any) -> None:
        given = dict(zip(order, args, strict=False), **more)
        name = given.pop("name", type(self).__name__)
        with tf.name_scope(name):
            for parameter in softened:
                given[parameter] = _positive(given[parameter])
        kind.__init__(self, **given, name=name)

    said = ", ".join(softened)
    return type(
        f"{kind.__name__}WithSoftplus", (kind,), {"__init__": __init__, "__doc__": f"{said} soft"}
    )


NormalWithSoftplusScale = _through_softplus(_distributions.Normal, ("loc",), ("scale",))
LaplaceWithSoftplusScale = _through_softplus(_distributions.Laplace, ("loc",), ("scale",))
ExponentialWithSoftplusRate = _through_softplus(_distributions.Exponential, (), ("rate",))
BetaWithSoftplusConcentration = _through_softplus(
    _distributions.Beta, (), ("concentration1", "concentration0")
)
GammaWithSoftplusConcentrationRate = _through_softplus(
    _distributions.Gamma, (), ("concentration", "rate")
)
MultivariateNormalDiagWithSoftplusScale = _through_softplus(
    MultivariateNormalDiag, ("loc",), ("scale_diag",)
)
