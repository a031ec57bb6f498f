"""Layers of Keras 1 that Keras 2 kept until 2.2 with a warning: maxout and highway."""

from __future__ import annotations

import warnings
from typing import Any

from tf_keras import activations, backend, constraints, initializers, regularizers
from tf_keras.layers import InputSpec, Layer

from graphkit.tf1._core._as_written import as_written

__all__ = ["Highway", "MaxoutDense"]


def _again(initializer: Any) -> Any:
    """The same initializer anew: one object gives the same random values each time."""
    if not hasattr(initializer, "get_config"):
        return initializer
    return type(initializer).from_config(initializer.get_config())


class _Linear(Layer):  # type: ignore[misc]
    """What both dense layers share: the arguments of Keras 1's `Dense`.

    Args:
        init: The initializer of the weights.
        weights: NumPy arrays to start from, in the order of the layer's weights.
        W_regularizer: The regularizer of `W`.
        b_regularizer: The regularizer of `b`.
        activity_regularizer: The regularizer of the output.
        W_constraint: The constraint of `W`.
        b_constraint: The constraint of `b`.
        bias: Whether there are biases.
        input_dim: The size of the input, where the layer is a model's first.
        **kwargs: For every layer.
    """

    def __init__(
        self,
        init: Any = "glorot_uniform",
        weights: Any = None,
        W_regularizer: Any = None,
        b_regularizer: Any = None,
        activity_regularizer: Any = None,
        W_constraint: Any = None,
        b_constraint: Any = None,
        bias: bool = True,
        input_dim: int | None = None,
        **kwargs: Any,
    ) -> None:
        name = type(self).__name__
        warnings.warn(
            f"The `{name}` layer is deprecated and will be removed after 06/2017.", stacklevel=3
        )
        if input_dim:
            kwargs["input_shape"] = (input_dim,)
        if weights is not None:
            kwargs["weights"] = weights
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.init = initializers.get(init)
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.input_dim = input_dim
        self.input_spec = InputSpec(ndim=2)

    def _kernel(self, shape: tuple[int, ...]) -> Any:
        regularizer, constraint = self.W_regularizer, self.W_constraint
        return self.add_weight("W", shape, None, self.init, regularizer, constraint=constraint)

    def _bias(self, shape: tuple[int, ...]) -> Any:
        regularizer, constraint = self.b_regularizer, self.b_constraint
        return self.add_weight("b", shape, None, "zeros", regularizer, constraint=constraint)

    def build(self, input_shape: Any) -> None:
        """Says what the layer takes.

        Args:
            input_shape: The shape `[B, D]`.
        """
        self.input_spec = InputSpec(dtype=backend.floatx(), shape=(None, input_shape[1]))
        super().build(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Gives the arguments that make the same layer.

        Returns:
            Name to value.
        """
        return {
            **super().get_config(),
            "init": initializers.serialize(self.init),
            "W_regularizer": regularizers.serialize(self.W_regularizer),
            "b_regularizer": regularizers.serialize(self.b_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "W_constraint": constraints.serialize(self.W_constraint),
            "b_constraint": constraints.serialize(self.b_constraint),
            "bias": self.bias,
            "input_dim": self.input_dim,
        }


class MaxoutDense(_Linear):
    """The largest of several linear layers, element by element (Goodfellow et al. 2013).

    Args:
        output_dim: The size of the output.
        nb_feature: How many linear layers.
        *args: What every dense layer takes.
        **kwargs: What every dense layer takes.
    """

    def __init__(self, output_dim: int, nb_feature: int = 4, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.output_dim = output_dim
        self.nb_feature = nb_feature

    def build(self, input_shape: Any) -> None:
        """Makes `W` `[F, D, U]` and `b` `[F, U]`.

        Args:
            input_shape: The shape `[B, D]`.
        """
        self.W = self._kernel((self.nb_feature, input_shape[1], self.output_dim))
        self.b = self._bias((self.nb_feature, self.output_dim)) if self.bias else None
        super().build(input_shape)

    @as_written
    def call(self, x: Any) -> Any:
        """Computes the layer.

        Args:
            x: A tensor `[B, D]`.

        Returns:
            A tensor `[B, U]`.
        """
        outputs = backend.dot(x, self.W)
        return backend.max(outputs + self.b if self.bias else outputs, axis=1)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, int]:
        """Says what the layer gives.

        Args:
            input_shape: The shape `[B, D]`.

        Returns:
            The shape `[B, U]`.
        """
        return input_shape[0], self.output_dim

    def get_config(self) -> dict[str, Any]:
        """Gives the arguments that make the same layer.

        Returns:
            Name to value.
        """
        own = {"output_dim": self.output_dim, "nb_feature": self.nb_feature}
        return {**super().get_config(), **own}


class Highway(_Linear):
    """A dense layer whose input passes by where a gate is shut (Srivastava et al. 2015).

    Args:
        init: The initializer of both kernels.
        activation: The activation of what goes through the gate.
        *args: What every dense layer takes after `init`.
        **kwargs: What every dense layer takes; `transform_bias` is dropped with a warning.
    """

    def __init__(
        self, init: Any = "glorot_uniform", activation: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        dropped = "transform_bias" in kwargs
        kwargs.pop("transform_bias", None)
        super().__init__(init, *args, **kwargs)
        if dropped:
            warnings.warn(
                "`transform_bias` argument is deprecated and has been removed.", stacklevel=2
            )
        self.activation = activations.get(activation)

    def build(self, input_shape: Any) -> None:
        """Makes `W` and `W_carry` `[D, D]`, `b` and `b_carry` `[D]`.

        Args:
            input_shape: The shape `[B, D]`.
        """
        size = input_shape[1]
        self.W = self._kernel((size, size))
        self.W_carry = self.add_weight("W_carry", (size, size), None, _again(self.init))
        self.b = self._bias((size,)) if self.bias else None
        self.b_carry = self.add_weight("b_carry", (size,), None, "ones") if self.bias else None
        super().build(input_shape)

    @as_written
    def call(self, x: Any) -> Any:
        """Computes the layer.

        Args:
            x: A tensor `[B, D]`.

        Returns:
            A tensor of the same shape.
        """
        gate, through = backend.dot(x, self.W_carry), backend.dot(x, self.W)
        if self.bias:
            gate, through = gate + self.b_carry, through + self.b
        gate = activations.sigmoid(gate)
        return self.activation(through) * gate + (1 - gate) * x

    def get_config(self) -> dict[str, Any]:
        """Gives the arguments that make the same layer.

        Returns:
            Name to value.
        """
        return {**super().get_config(), "activation": activations.serialize(self.activation)}
