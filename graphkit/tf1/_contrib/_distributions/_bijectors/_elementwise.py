"""Bijectors that transform each number for itself."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = [
    "AffineScalar",
    "Exp",
    "Gumbel",
    "Kumaraswamy",
    "PowerTransform",
    "Sigmoid",
    "SinhArcsinh",
    "Softplus",
    "Softsign",
    "Square",
]

_Bijector: Any = load("tensorflow.python.ops.distributions.bijector:Bijector")


class _Elementwise(_Bijector):  # type: ignore[misc]
    """A bijector of scalars; a subclass says how, and how steep it is.

    Args:
        parameters: The tensors it depends on.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
        constant: Whether it is equally steep everywhere.
    """

    def __init__(
        self, parameters: list[Any], validate_args: bool, name: str, constant: bool = False
    ) -> None:
        super().__init__(
            graph_parents=[part for part in parameters if tf.is_tensor(part)],
            is_constant_jacobian=constant,
            validate_args=validate_args,
            forward_min_event_ndims=0,
            name=name,
        )

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -self._forward_log_det_jacobian(self._inverse(y))


class AffineScalar(_Elementwise):
    """`y = scale * x + shift`.

    Args:
        shift: What is added; nothing unless given.
        scale: What is multiplied with; nothing unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        shift: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        name: str = "affine_scalar",
    ) -> None:
        self.shift = None if shift is None else tf.convert_to_tensor(shift, name="shift")
        self.scale = None if scale is None else tf.convert_to_tensor(scale, name="scale")
        super().__init__([self.shift, self.scale], validate_args, name, constant=True)

    def _forward(self, x: Tensor) -> Tensor:
        scaled = x if self.scale is None else x * self.scale
        return scaled if self.shift is None else scaled + self.shift

    def _inverse(self, y: Tensor) -> Tensor:
        moved = y if self.shift is None else y - self.shift
        return moved if self.scale is None else moved / self.scale

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        if self.scale is None:
            return tf.constant(0.0, x.dtype.base_dtype)
        return tf.log(tf.abs(self.scale))


class PowerTransform(_Elementwise):
    """`y = (1 + power * x) ** (1 / power)`, and `exp(x)` for the power 0.

    Args:
        power: The power, a number.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.

    Raises:
        ValueError: The power is negative, or unknown before the graph runs.
    """

    def __init__(
        self, power: Any = 0.0, validate_args: bool = False, name: str = "power_transform"
    ) -> None:
        known = tf.get_static_value(tf.convert_to_tensor(power))
        if known is None or known < 0:
            raise ArgumentError("PowerTransform", "power", power, "a number of 0 or more")
        self.power = float(known)
        super().__init__([], validate_args, name)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.exp(x) if self.power == 0 else tf.exp(tf.log1p(x * self.power) / self.power)

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.log(y) if self.power == 0 else tf.expm1(tf.log(y) * self.power) / self.power

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return x if self.power == 0 else (1.0 / self.power - 1) * tf.log1p(x * self.power)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return (self.power - 1.0) * tf.log(y)


class Exp(PowerTransform):
    """`y = exp(x)`.

    Args:
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "exp") -> None:
        super().__init__(0.0, validate_args, name)


class Sigmoid(_Elementwise):
    """`y = 1 / (1 + exp(-x))`.

    Args:
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "sigmoid") -> None:
        super().__init__([], validate_args, name)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.sigmoid(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.log(y) - tf.log1p(-y)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -tf.nn.softplus(-x) - tf.nn.softplus(x)

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -tf.log(y) - tf.log1p(-y)


class Softplus(_Elementwise):
    """`y = hinge_softness * log(1 + exp(x / hinge_softness))`.

    Args:
        hinge_softness: How soft the bend is; 1 unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self, hinge_softness: Any = None, validate_args: bool = False, name: str = "softplus"
    ) -> None:
        self.hinge_softness = (
            None if hinge_softness is None else tf.convert_to_tensor(hinge_softness)
        )
        super().__init__([self.hinge_softness], validate_args, name)

    def _unit(self, x: Tensor) -> Tensor:
        if self.hinge_softness is None:
            return tf.ones([], x.dtype.base_dtype)
        return tf.cast(self.hinge_softness, x.dtype.base_dtype)

    def _forward(self, x: Tensor) -> Tensor:
        unit = self._unit(x)
        return unit * tf.nn.softplus(x / unit)

    def _inverse(self, y: Tensor) -> Tensor:
        unit = self._unit(y)
        return y + unit * tf.log(-tf.expm1(-y / unit))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -tf.nn.softplus(-x / self._unit(x))

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        return -tf.log(-tf.expm1(-y / self._unit(y)))


class Softsign(_Elementwise):
    """`y = x / (1 + abs(x))`.

    Args:
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "softsign") -> None:
        super().__init__([], validate_args, name)

    def _forward(self, x: Tensor) -> Tensor:
        return x / (1.0 + tf.abs(x))

    def _inverse(self, y: Tensor) -> Tensor:
        return y / (1.0 - tf.abs(y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -2.0 * tf.log1p(tf.abs(x))


class Square(_Elementwise):
    """`y = x * x` of numbers that are not negative.

    Args:
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(self, validate_args: bool = False, name: str = "square") -> None:
        super().__init__([], validate_args, name)

    def _checked(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        with tf.control_dependencies([tf.assert_non_negative(x)]):
            return tf.identity(x)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.square(self._checked(x))

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.sqrt(self._checked(y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return tf.log(2.0 * tf.ones([], x.dtype.base_dtype)) + tf.log(self._checked(x))


class Gumbel(_Elementwise):
    """`y = exp(-exp(-(x - loc) / scale))`.

    Args:
        loc: The place of the bend.
        scale: How wide it is.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool = False, name: str = "gumbel"
    ) -> None:
        self.loc, self.scale = tf.convert_to_tensor(loc), tf.convert_to_tensor(scale)
        super().__init__([self.loc, self.scale], validate_args, name)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.exp(-tf.exp(-(x - self.loc) / self.scale))

    def _inverse(self, y: Tensor) -> Tensor:
        return self.loc - self.scale * tf.log(-tf.log(y))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        z = (x - self.loc) / self.scale
        return -z - tf.exp(-z) - tf.log(self.scale)


class Kumaraswamy(_Elementwise):
    """`y = (1 - (1 - x) ** (1 / concentration0)) ** (1 / concentration1)`.

    Args:
        concentration1: The outer root.
        concentration0: The inner root.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        name: str = "kumaraswamy",
    ) -> None:
        self.concentration1 = tf.convert_to_tensor(concentration1)
        self.concentration0 = tf.convert_to_tensor(concentration0)
        super().__init__([self.concentration1, self.concentration0], validate_args, name)

    def _forward(self, x: Tensor) -> Tensor:
        inner = tf.log1p(-x) / self.concentration0
        return tf.exp(tf.log1p(-tf.exp(inner)) / self.concentration1)

    def _inverse(self, y: Tensor) -> Tensor:
        powered = tf.exp(self.concentration1 * tf.log(y))
        return -tf.expm1(self.concentration0 * tf.log1p(-powered))

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        return -self._inverse_log_det_jacobian(self._forward(x))

    def _inverse_log_det_jacobian(self, y: Tensor) -> Tensor:
        a, b = self.concentration1, self.concentration0
        powered = tf.exp(a * tf.log(y))
        return tf.log(a) + tf.log(b) + (a - 1) * tf.log(y) + (b - 1) * tf.log1p(-powered)


class SinhArcsinh(_Elementwise):
    """`y = sinh((arcsinh(x) + skewness) * tailweight)`.

    Args:
        skewness: How far it leans; 0 unless given.
        tailweight: How heavy the tails are; 1 unless given.
        validate_args: Whether arguments are checked when the graph runs.
        name: The name scope.
    """

    def __init__(
        self,
        skewness: Any = None,
        tailweight: Any = None,
        validate_args: bool = False,
        name: str = "SinhArcsinh",
    ) -> None:
        self.tailweight = tf.convert_to_tensor(1.0 if tailweight is None else tailweight)
        self.skewness = tf.convert_to_tensor(
            0.0 if skewness is None else skewness, self.tailweight.dtype
        )
        super().__init__([self.skewness, self.tailweight], validate_args, name)

    def _forward(self, x: Tensor) -> Tensor:
        return tf.sinh((tf.asinh(x) + self.skewness) * self.tailweight)

    def _inverse(self, y: Tensor) -> Tensor:
        return tf.sinh(tf.asinh(y) / self.tailweight - self.skewness)

    def _forward_log_det_jacobian(self, x: Tensor) -> Tensor:
        bent = tf.cosh((tf.asinh(x) + self.skewness) * self.tailweight)
        return tf.log(bent) + tf.log(self.tailweight) - 0.5 * tf.log1p(tf.square(x))
