"""contrib.learn's input functions for models that are served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._keys import InputFnOps

__all__ = ["build_default_serving_input_fn", "build_parsing_serving_input_fn"]


def build_parsing_serving_input_fn(
    feature_spec: Mapping[str, Any], default_batch_size: int | None = None
) -> Callable[[], InputFnOps]:
    """Makes a function of serialized Examples that are fed.

    Args:
        feature_spec: What is parsed: feature name to FixedLenFeature, VarLenFeature …
        default_batch_size: How many Examples are fed; any number unless given.

    Returns:
        The function.
    """

    def input_fn() -> InputFnOps:
        examples = tf.placeholder(tf.string, [default_batch_size], "input_example_tensor")
        return InputFnOps(tf.parse_example(examples, feature_spec), None, {"examples": examples})

    return input_fn


def build_default_serving_input_fn(
    features: Mapping[str, Tensor], default_batch_size: int | None = None
) -> Callable[[], InputFnOps]:
    """Makes a function of features that are fed.

    Args:
        features: Name to a tensor like the feature.
        default_batch_size: How many are fed; any number unless given.

    Returns:
        The function.
    """

    def fed(feature: Tensor) -> Tensor:
        shape = [default_batch_size, *feature.shape.as_list()[1:]]
        return tf.placeholder(feature.dtype, shape, feature.op.name)

    def input_fn() -> InputFnOps:
        placeholders = {name: fed(feature) for name, feature in features.items()}
        return InputFnOps(placeholders, None, placeholders)

    return input_fn
