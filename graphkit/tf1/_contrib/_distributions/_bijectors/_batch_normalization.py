"""The bijector that undoes a batch normalisation."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, legacy_layers, tf
from graphkit.tf1._namespace import load

__all__ = ["BatchNormalization"]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class BatchNormalization(_Bijector):  # type: ignore[misc]
    """What batches were before they were normalised; undoing it normalises.

    Going back uses the batch's own mean and variance while training; going forth always uses
    those of all batches seen.

    Args:
        batchnorm_layer: A layer of `tf.layers`; one whose `gamma` is above 0 unless given.
        training: Whether going back takes the batch's statistics, and so changes those seen.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: The layer is another, or renormalises, or has virtual batches.
    """

    def __init__(
        self,
        batchnorm_layer: Any = None,
        training: bool = True,
        validate_args: bool = False,
        name: str = "batch_normalization",
    ) -> None:
        self.batchnorm = batchnorm_layer or legacy_layers.BatchNormalization(
            gamma_constraint=lambda gamma: tf.nn.relu(gamma) + 1e-6
        )
        _check(self.batchnorm)
        self._training = training
        axis = self.batchnorm.axis
        super().__init__(
            forward_min_event_ndims=1 if isinstance(axis, int) else len(axis),
            validate_args=validate_args,
            name=name,
        )

    def _built(self, x: Tensor) -> Any:
        """The layer, with its variables."""
        if not x.shape.is_fully_defined():
            raise ValueError("Input must have shape known at graph construction.")
        if not self.batchnorm.built:
            self.batchnorm.build(x.shape)
        return self.batchnorm

    def _forward(self, x: Tensor) -> Tensor:
        layer = self._built(x)
        shape = [1] * x.shape.ndims
        for axis in layer.axis:
            shape[axis] = x.shape.as_list()[axis]

        def beside(variable: Any) -> Tensor:
            return tf.reshape(variable, shape)

        width = tf.sqrt(beside(layer.moving_variance) + layer.epsilon)
        if layer.scale:
            width /= beside(layer.gamma)
        moved = x - beside(layer.beta) if layer.center else x
        return moved * width + beside(layer.moving_mean)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.batchnorm(y, training=self._training)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -self._steepness(self._built(x), self.batchnorm.moving_variance)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        layer = self._built(y)
        if not self._training:
            return self._steepness(layer, layer.moving_variance)
        axes = [axis for axis in range(y.shape.ndims) if axis not in layer.axis]
        return self._steepness(layer, tf.nn.moments(y, axes=axes)[1])

    def _steepness(self, layer: Any, variance: Tensor) -> Tensor:
        volume = -0.5 * tf.reduce_sum(tf.log(variance + layer.epsilon))
        return volume + tf.reduce_sum(tf.log(layer.gamma)) if layer.scale else volume


def _check(layer: Any) -> None:
    if not isinstance(layer, legacy_layers.BatchNormalization):
        raise ValueError("batchnorm_layer must be an instance of BatchNormalization layer.")
    if layer.renorm:
        raise ValueError("BatchNorm Bijector does not support renormalization.")
    if layer.virtual_batch_size:
        raise ValueError("BatchNorm Bijector does not support virtual batch sizes.")
