"""What `tf.keras` was in 1.15 and is not today."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["VERSION", "CosineSimilarity", "cosine_proximity"]

_CosineSimilarity: Any = load("tf_keras.losses:CosineSimilarity")

# Programs compare it, and 1.15 bundled this one.
VERSION = "2.2.4-tf"


def cosine_proximity(y_true: Any, y_pred: Any, axis: int = -1) -> Tensor:
    """Measures the cosine of the angle between vectors, 1 where they point the same way.

    Since TensorFlow 2.1 it has the other sign.

    Args:
        y_true: The vectors wanted, floats `[..., D]`.
        y_pred: The vectors found, floats `[..., D]`.
        axis: The axis D.

    Returns:
        The cosines `[...]`.
    """
    wanted = tf.math.l2_normalize(y_true, axis=axis)
    found = tf.math.l2_normalize(y_pred, axis=axis)
    return tf.reduce_sum(wanted * found, axis=axis)


class CosineSimilarity(_CosineSimilarity):  # type: ignore[misc]
    """The mean of `cosine_proximity`; the arguments are those of Keras 2's loss."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fn = cosine_proximity
