"""MNIST without a network: the handwritten digits that come with graphkit, where asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any

__all__ = ["use_bundled_digits"]

_TENSORFLOW = frozenset({"graphkit", "tensorflow", "tf_keras"})


def use_bundled_digits(imported: str) -> bool:
    """Makes `read_data_sets` and Keras's `mnist.load_data` hand out the bundled digits.

    Args:
        imported: The module the program just imported.

    Returns:
        Whether that was TensorFlow, so that it is done now.
    """
    if imported.partition(".")[0] not in _TENSORFLOW:
        return False
    importlib.import_module("graphkit.tf1._mnist._input_data").use_bundled_digits()
    for name, module in list(sys.modules.items()):
        if name.startswith("tf_keras.") and name.endswith("datasets.mnist"):
            vars(module)["load_data"] = _load_data
    return True


def _load_data(path: str = "mnist.npz") -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Stands in for `keras.datasets.mnist.load_data`: uint8 `[N, 28, 28]` and labels `[N]`."""
    stand_in = importlib.import_module("graphkit.tf1._mnist._stand_in").stand_in_for_mnist
    train, train_labels, test, test_labels = stand_in()
    return (train[..., 0], train_labels), (test[..., 0], test_labels)
