"""The distribution of what one of several distributions gives, drawn each time anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import new_seed

__all__ = ["Mixture"]


class Mixture(tf.distributions.Distribution):  # type: ignore[misc]
    """What one of several distributions gives, each with its probability.

    Args:
        cat: The distribution over the numbers of the components, a `Categorical`.
        components: As many distributions of one dtype, batch shape and event shape.
        validate_args: Whether batch shapes are compared when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        use_static_graph: Whether everything is drawn from every component, and most thrown away.
        name: The name scope.

    Raises:
        TypeError: `cat` is no `Categorical`, a component is no distribution, dtypes differ.
        ValueError: There are none, or not as many as classes, or shapes differ or are unknown.
    """

    def __init__(
        self,
        cat: Any,
        components: Sequence[Any],
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        use_static_graph: bool = False,
        name: str = "Mixture",
    ) -> None:
        parameters = dict(locals())
        _check(cat, components)
        self.cat, self.components = cat, list(components)
        self._static = use_static_graph
        self._known_batch, self._known_event = cat.batch_shape, components[0].event_shape
        for component in components:
            self._known_batch = self._known_batch.merge_with(component.batch_shape)
            self._known_event = self._known_event.merge_with(component.event_shape)
        if self._known_event.ndims is None:
            raise ValueError("Expected to know rank(event_shape) from components")
        with tf.name_scope(name) as scope:
            self._checks = self._batch_checks() if validate_args else []
        super().__init__(
            dtype=components[0].dtype,
            reparameterization_type=tf.distributions.NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[cat.logits],
            name=scope,
        )

    @property
    def num_components(self) -> int:
        """How many components there are."""
        return len(self.components)

    def _batch_checks(self) -> list[Any]:
        own = self.cat.batch_shape_tensor()
        return [
            tf.assert_equal(
                own,
                component.batch_shape_tensor(),
                message=f"components[{number}] batch shape must match cat batch shape",
            )
            for number, component in enumerate(self.components)
        ]

    def _batch_shape(self) -> Any:
        return self._known_batch

    def _batch_shape_tensor(self) -> Tensor:
        return self.cat.batch_shape_tensor()

    def _event_shape(self) -> Any:
        return self._known_event

    def _event_shape_tensor(self) -> Tensor:
        return self.components[0].event_shape_tensor()

    def _weights(self) -> Tensor:
        """The probabilities, behind the dimensions of events: `batch_shape + [1, …, K]`."""
        probs = tf.nn.softmax(self.cat.logits)
        for _ in range(self._known_event.ndims):
            probs = probs[..., tf.newaxis, :]
        return probs

    def _weighted(self, parts: list[Tensor]) -> Tensor:
        """The logarithm of the mean of what logarithms are given of."""
        with tf.control_dependencies(self._checks):
            logs = tf.nn.log_softmax(self.cat.logits)
            return tf.reduce_logsumexp(tf.stack(parts, -1) + logs, -1)

    def _log_prob(self, x: Tensor) -> Tensor:
        return self._weighted([part.log_prob(x) for part in self.components])

    def _log_cdf(self, x: Tensor) -> Tensor:
        return self._weighted([part.log_cdf(x) for part in self.components])

    def _mean(self) -> Tensor:
        with tf.control_dependencies(self._checks):
            means = tf.stack([part.mean() for part in self.components], -1)
            return tf.reduce_sum(self._weights() * means, -1)

    def _stddev(self) -> Tensor:
        with tf.control_dependencies(self._checks):
            means = tf.stack([part.mean() for part in self.components], -1)
            spreads = tf.stack([part.stddev() for part in self.components], -1)
            squares = tf.reduce_sum(self._weights() * (tf.square(spreads) + tf.square(means)), -1)
            mean = tf.reduce_sum(self._weights() * means, -1)
            return tf.sqrt(squares - tf.square(mean))

    def entropy_lower_bound(self, name: str = "entropy_lower_bound") -> Tensor:
        """Computes the mean of the components' entropies, which the entropy is at least.

        Args:
            name: The name scope.

        Returns:
            The bounds, `batch_shape`.
        """
        with self._name_scope(name), tf.control_dependencies(self._checks):
            parts = tf.stack([part.entropy() for part in self.components], -1)
            return tf.reduce_sum(tf.nn.softmax(self.cat.logits) * parts, -1)

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        with tf.control_dependencies(self._checks):
            chosen = self.cat.sample(n, seed=seed)
            return self._of_all(n, chosen, seed) if self._static else self._of_chosen(chosen, seed)

    def _of_all(self, n: Tensor, chosen: Tensor, seed: int | None) -> Tensor:
        drawn = []
        for component in self.components:
            seed = new_seed(seed, "mixture")
            drawn.append(component.sample(n, seed=seed))
        mask = tf.one_hot(chosen, self.num_components, dtype=drawn[0].dtype)
        for _ in range(self._known_event.ndims):
            mask = mask[..., tf.newaxis, :]
        return tf.reduce_sum(tf.stack(drawn, -1) * mask, -1)

    def _of_chosen(self, chosen: Tensor, seed: int | None) -> Tensor:
        batch = tf.reduce_prod(self.batch_shape_tensor())
        event = self.event_shape_tensor()
        everyone = tf.range(tf.size(chosen))
        places = tf.dynamic_partition(everyone, tf.reshape(chosen, [-1]), self.num_components)
        drawn = []
        for component, wanted in zip(self.components, places, strict=True):
            seed = new_seed(seed, "mixture")
            # As many for the whole batch, of which each wanted one takes its own place's.
            count = tf.size(wanted)
            rows = tf.reshape(
                component.sample(count, seed=seed), tf.concat([[count * batch], event], 0)
            )
            drawn.append(tf.gather(rows, tf.range(count) * batch + wanted % batch))
        joined = tf.dynamic_stitch(places, drawn)
        made = tf.reshape(joined, tf.concat([tf.shape(chosen), event], 0))
        made.set_shape(chosen.shape.concatenate(self._known_event))
        return made


def _check(cat: Any, components: Any) -> None:
    kinds = tf.distributions
    if not isinstance(cat, kinds.Categorical):
        raise TypeError(f"cat must be a Categorical distribution, but saw: {cat}")
    if not components:
        raise ValueError("components must be a non-empty list or tuple")
    if not isinstance(components, list | tuple):
        raise TypeError(f"components must be a list or tuple, but saw: {components}")
    if not all(isinstance(part, kinds.Distribution) for part in components):
        raise TypeError(f"all entries in components must be Distribution instances: {components}")
    dtypes = [(part.name, part.dtype) for part in components]
    if len({dtype for _, dtype in dtypes}) > 1:
        raise TypeError(f"All components must have the same dtype, but saw dtypes: {dtypes}")
    classes = tf.get_static_value(cat.event_size)
    if classes is None:
        raise ValueError(
            "Could not infer number of classes from cat and unable "
            "to compare this value to the number of components passed in."
        )
    if int(classes) != len(components):
        raise ValueError(f"cat.num_classes != len(components): {classes} vs. {len(components)}")
