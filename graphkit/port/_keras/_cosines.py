"""What models mean by "cosine_proximity": its sign changed from release to release.

TensorFlow 1.15 gave 1 to vectors that point the same way, as a loss and as a metric, by either of
its names; the package `keras` 2.2 gave -1.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["cosines_of_standalone", "cosines_of_tensorflow"]

_USERS = ("tf_keras.src.losses", "tf_keras.src.metrics")


def _offer(function: Any, *names: str) -> None:
    for user in _USERS:
        module = importlib.import_module(user)
        for name in names:
            setattr(module, name, function)


def cosines_of_tensorflow() -> None:
    """Gives the names of TensorFlow 1.15 its sign."""
    parts = importlib.import_module("graphkit.tf1._core._keras_parts")
    _offer(parts.cosine_proximity, "cosine_proximity", "cosine_similarity")


def cosines_of_standalone() -> None:
    """Gives the names of Keras 2.2 its sign."""
    parts = importlib.import_module("graphkit.tf1._core._keras_parts")

    def cosine_proximity(y_true: Any, y_pred: Any) -> Any:
        return -parts.cosine_proximity(y_true, y_pred)

    _offer(cosine_proximity, "cosine", "cosine_proximity")
