"""What layers have more so that in a graph they make the ops that they made in 1.15."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._core._random_ops import dropout
from graphkit.tf1._namespace import load

__all__ = ["ops_before"]

_BatchNormalization: Any = load(
    "tf_keras.src.layers.normalization.batch_normalization:BatchNormalizationBase"
)
_Conv: Any = load("tf_keras.src.layers.convolutional.base_conv:Conv")
_Dropout: Any = load("tf_keras.layers:Dropout")
_Flatten: Any = load("tf_keras.layers:Flatten")
_known_value: Any = load("tf_keras.src.utils.control_flow_util:constant_value")


class _ConvOps:
    dilation_rate: Any

    def build(self, input_shape: Any) -> None:
        """Makes the weights, and the constant that no op reads."""
        layer: Any = super()
        layer.build(input_shape)
        if not tf.executing_eagerly_outside_functions():
            tf.convert_to_tensor(self.dilation_rate, tf.int32, name="dilation_rate")


class _DropoutOps:
    seed: int | None
    _random_generator: Any

    def build(self, input_shape: Any) -> None:
        """Makes no weights, and has the noise drawn by the ops of then."""
        layer: Any = super()
        layer.build(input_shape)
        if not tf.executing_eagerly_outside_functions():
            seed = self.seed

            def drop(inputs: Tensor, rate: Any, noise_shape: Any = None) -> Tensor:
                return dropout(inputs, noise_shape=noise_shape, seed=seed, rate=rate)

            self._random_generator.dropout = drop


class _FlattenOps:
    data_format: str

    @as_written
    def call(self, inputs: Any) -> Tensor:
        """Joins all axes but the first.

        Args:
            inputs: A tensor `[B, ...]`.

        Returns:
            The same numbers `[B, N]`.
        """
        layer: Any = super()
        if tf.executing_eagerly_outside_functions():
            return layer.call(inputs)
        rank = inputs.shape.rank
        if self.data_format == "channels_first" and rank is not None and rank > 1:
            inputs = tf.transpose(inputs, [0, *range(2, rank), 1])
        rows = tf.dimension_value(inputs.shape[0])
        joined = tf.reshape(inputs, (tf.shape(inputs)[0] if rows is None else rows, -1))
        joined.set_shape(layer.compute_output_shape(inputs.shape))
        return joined


class _NormalizationOps:
    momentum: float
    moving_mean: Any

    def _fused_batch_norm(self, inputs: Any, *, training: Any, **options: Any) -> Tensor:
        """Normalizes, and makes the constants that no op of today reads.

        In training, mean and variance were two that are empty, where a resource variable is read
        twice today.
        """
        in_training = _known_value(training)
        in_graph = not tf.executing_eagerly_outside_functions()
        if in_graph and in_training and not hasattr(self.moving_mean, "handle"):
            for _ in ("mean", "variance"):
                tf.constant([])
        layer: Any = super()
        normalized = layer._fused_batch_norm(inputs, training=training, **options)  # noqa: SLF001
        if in_graph and in_training is False:
            tf.convert_to_tensor(self.momentum)
        return normalized


def ops_before(kind: Any) -> list[type]:
    """Finds what a class of layers has more.

    Args:
        kind: A class of tf_keras.

    Returns:
        Classes to be derived from first.
    """
    added: list[type] = []
    if getattr(kind, "build", None) is _Conv.build:
        added.append(_ConvOps)
    if issubclass(kind, _BatchNormalization):
        added.append(_NormalizationOps)
    if issubclass(kind, _Dropout):
        added.append(_DropoutOps)
    if issubclass(kind, _Flatten):
        added.append(_FlattenOps)
    return added
