"""`tf.tpu.experimental`'s settings of embeddings: plain values, checked when they are given."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AdagradParameters", "AdamParameters", "StochasticGradientDescentParameters"]


@dataclass
class AdagradParameters:
    """How Adagrad trains an embedding on a TPU.

    Args:
        learning_rate: The learning rate.
        initial_accumulator: What sums of squares start from.
        use_gradient_accumulation: Whether gradients of one id are summed first.
        clip_weight_min: The smallest weight.
        clip_weight_max: The largest weight.

    Raises:
        ValueError: The initial accumulator is not positive.
    """

    learning_rate: float
    initial_accumulator: float = 0.1
    use_gradient_accumulation: bool = True
    clip_weight_min: float | None = None
    clip_weight_max: float | None = None

    def __post_init__(self) -> None:
        if self.initial_accumulator <= 0:
            raise ValueError("Adagrad initial_accumulator must be positive")


@dataclass
class AdamParameters:
    """How Adam trains an embedding on a TPU.

    Args:
        learning_rate: The learning rate.
        beta1: How much of the mean is kept.
        beta2: How much of the mean square is kept.
        epsilon: What is added to the root.
        lazy_adam: Whether only the ids of a batch are trained.
        sum_inside_sqrt: Whether epsilon is added under the root.
        use_gradient_accumulation: Whether gradients of one id are summed first.
        clip_weight_min: The smallest weight.
        clip_weight_max: The largest weight.

    Raises:
        ValueError: A number is out of its range, or both ways to save memory are wanted.
    """

    learning_rate: float
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-08
    lazy_adam: bool = True
    sum_inside_sqrt: bool = True
    use_gradient_accumulation: bool = True
    clip_weight_min: float | None = None
    clip_weight_max: float | None = None

    def __post_init__(self) -> None:
        for name in ("beta1", "beta2"):
            if not 0.0 <= getattr(self, name) < 1.0:
                raise ValueError(f"{name} must be between 0. and 1; got {getattr(self, name)}.")
        if self.epsilon <= 0.0:
            raise ValueError(f"epsilon must be positive; got {self.epsilon}.")
        if not (self.use_gradient_accumulation or self.lazy_adam):
            raise ValueError("When disabling Lazy Adam, gradient accumulation must be used.")


@dataclass
class StochasticGradientDescentParameters:
    """How gradient descent trains an embedding on a TPU.

    Args:
        learning_rate: The learning rate.
        clip_weight_min: The smallest weight.
        clip_weight_max: The largest weight.
    """

    learning_rate: float
    clip_weight_min: float | None = None
    clip_weight_max: float | None = None
    # It needs none: a step is the sum of the gradients.
    use_gradient_accumulation = False
