"""A distribution each of whose numbers depends on those before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._distributions._scalars import new_seed

__all__ = ["Autoregressive"]


class Autoregressive(tf.distributions.Distribution):  # type: ignore[misc]
    """What a function makes of its own draws, as often as an event has numbers.

    Args:
        distribution_fn: From an event to the distribution of events, whose number i may depend on
            numbers before i only.
        sample0: What it is called with first; nothing unless given.
        num_steps: How often it is called; once per number of an event unless given.
        validate_args: Whether arguments are checked when the graph runs.
        allow_nan_stats: Whether undefined statistics are NaN.
        name: The name scope.

    Raises:
        ValueError: How often is unknown or less than once.
    """

    def __init__(
        self,
        distribution_fn: Callable[..., Any],
        sample0: Any = None,
        num_steps: int | None = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Autoregressive",
    ) -> None:
        parameters = dict(locals())
        self.distribution_fn, self.sample0 = distribution_fn, sample0
        with tf.name_scope(name) as scope:
            self.distribution0 = distribution_fn(*([] if sample0 is None else [sample0]))
        steps = self.distribution0.event_shape.num_elements() if num_steps is None else num_steps
        if steps is None:
            raise ValueError(
                "distribution_fn must generate a distribution with fully known `event_shape`."
            )
        if steps < 1:
            raise ValueError(f"num_steps ({steps}) must be at least 1.")
        self.num_steps = steps
        super().__init__(
            dtype=self.distribution0.dtype,
            reparameterization_type=self.distribution0.reparameterization_type,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=self.distribution0._graph_parents,  # noqa: SLF001
            name=scope,
        )

    def _batch_shape(self) -> Any:
        return self.distribution0.batch_shape

    def _batch_shape_tensor(self) -> Tensor:
        return self.distribution0.batch_shape_tensor()

    def _event_shape(self) -> Any:
        return self.distribution0.event_shape

    def _event_shape_tensor(self) -> Tensor:
        return self.distribution0.event_shape_tensor()

    def _sample_n(self, n: Tensor, seed: int | None = None) -> Tensor:
        if seed is None:
            # Every step has to draw the same noise, so that earlier numbers stay as they are.
            seed = new_seed(np.random.randint(2**31 - 1), "autoregressive")
        drawn = self.distribution0.sample(n, seed=seed)
        for _ in range(self.num_steps):
            drawn = self.distribution_fn(drawn).sample(seed=seed)
        return drawn

    def _log_prob(self, value: Tensor) -> Tensor:
        return self.distribution_fn(value).log_prob(value)

    def _prob(self, value: Tensor) -> Tensor:
        return self.distribution_fn(value).prob(value)
