"""Examples that a graph can parse, made up by what it expects of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.export._graphs._parsed_features import ParsedFeature
from graphkit.records import encode_example

__all__ = ["made_examples"]

# How many values a feature of any number of them has, in one Example after the other. In each all
# such features have as many, as lists that belong together have to; the first is complete.
_COUNTS = (2, 1, 3, 0, 1, 4, 2, 1)
_MOST_VALUES = 2**20  # in an Example
_MISSING = 0.25  # the share of Examples that lack what has a default

Values = Callable[[ParsedFeature, int], npt.NDArray[Any]]


def made_examples(
    features: Sequence[ParsedFeature], values: Values, random: np.random.Generator
) -> npt.NDArray[Any] | None:
    """Makes different Examples up, SequenceExamples where a feature comes in steps.

    Args:
        features: What the graph parses.
        values: Gives as many values for a feature as it is asked for.
        random: Says which of the features with a default an Example lacks.

    Returns:
        The Examples as bytes, `[N]` of dtype object; None if they had to be too large.
    """
    if sum(_size(feature, max(_COUNTS)) for feature in features) > _MOST_VALUES:
        return None
    by_key = {(feature.in_steps, feature.key): feature for feature in reversed(features)}
    made = []
    for place, count in enumerate(_COUNTS):
        plain, steps = {}, {}
        for (in_steps, key), feature in by_key.items():
            lacks = feature.shape is not None and place > 0 and random.random() < _MISSING
            if in_steps:
                steps[key] = [_flat(values, feature, count) for _ in range(max(count, 1))]
            elif not (feature.may_miss and (lacks or _size(feature, count) == 0)):
                plain[key] = _flat(values, feature, count)
        made.append(_sequence(plain, steps) if steps else encode_example(plain))
    return np.array(made, object)


def _flat(values: Values, feature: ParsedFeature, count: int) -> Any:
    found = values(feature, _size(feature, count))
    if feature.dtype == tf.string:
        return found.tolist() or np.array([], np.bytes_)
    return found.astype(feature.dtype.as_numpy_dtype)


def _size(feature: ParsedFeature, count: int) -> int:
    sizes = [count] if feature.shape is None else feature.shape
    return math.prod(count if size is None else size for size in sizes)


def _sequence(context: Mapping[str, Any], steps: Mapping[str, Sequence[Any]]) -> bytes:
    sequence = tf.train.SequenceExample()
    sequence.context.MergeFromString(_features(context))
    for key, listed in steps.items():
        for value in listed:
            features = tf.train.Features.FromString(_features({key: value}))
            sequence.feature_lists.feature_list[key].feature.append(features.feature[key])
    return bytes(sequence.SerializeToString(deterministic=True))


def _features(values: Mapping[str, Any]) -> bytes:
    example = tf.train.Example.FromString(encode_example(values))
    return bytes(example.features.SerializeToString())
