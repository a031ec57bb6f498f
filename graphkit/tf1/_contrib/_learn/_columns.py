"""contrib.learn's feature columns of whatever a model is given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._feature_columns._inputs import infer_real_valued_columns
from graphkit.tf1._contrib._learn._data_feeder import setup_train_data_feeder

__all__ = [
    "infer_real_valued_columns_from_input",
    "infer_real_valued_columns_from_input_fn",
]


def infer_real_valued_columns_from_input_fn(input_fn: Callable[[], Any]) -> list[Any]:
    """Makes columns of numbers for what an input function makes.

    Args:
        input_fn: Makes features and labels; it is called in a graph of its own.

    Returns:
        One column for each feature.

    Raises:
        ValueError: A feature holds no numbers.
    """
    with tf.Graph().as_default():
        features, _ = input_fn()
        return infer_real_valued_columns(features)


def infer_real_valued_columns_from_input(x: Any) -> list[Any]:
    """Makes columns of numbers for features.

    Args:
        x: Features: an array `[N, D]`, a DataFrame, or name to array.

    Returns:
        One column for each feature.

    Raises:
        ValueError: A feature holds no numbers.
    """
    return infer_real_valued_columns_from_input_fn(
        setup_train_data_feeder(x, None, None).input_builder
    )
