"""`tf.train.Example` from Python values to bytes and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from google.protobuf.message import DecodeError

from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.records._example_proto import Example
from graphkit.records._feature_values import Kind, flatten_value

FeatureValue: TypeAlias = (
    "bytes | str | int | float | np.generic[Any] | np.ndarray[Any, Any]"
    " | Sequence[bytes | str] | Sequence[int] | Sequence[float]"
)

_FIELD_OF_KIND = {"bytes": "bytes_list", "int64": "int64_list", "float": "float_list"}
_KIND_OF_FIELD: dict[str, Kind] = {
    "bytes_list": "bytes",
    "int64_list": "int64",
    "float_list": "float",
}


@dataclass(frozen=True, eq=False)
class Feature:
    """One feature of a decoded Example.

    Attributes:
        kind: "bytes", "int64" or "float".
        values: For "bytes" a list of bytes; else a NumPy array `[N]`, int64 or float32.
    """

    kind: Kind
    values: list[bytes] | np.ndarray[Any, Any]


def encode_example(features: Mapping[str, FeatureValue]) -> bytes:
    """Serialises features as a `tf.train.Example`.

    The same features give the same bytes, whatever their order. Bytes and text (as UTF-8) become a
    bytes list; bools and whole numbers an int64 list; real numbers a float list. A NumPy array is
    stored by its dtype, flattened row by row; an array of pixels is stored compactly as bytes with
    `array.tobytes()`.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Example.

    Example:
        >>> decode_example(encode_example({"label": 7}))["label"].values.tolist()
        [7]

    Args:
        features: Each feature's name and value or values.

    Returns:
        The record, readable by `tf.parse_example` and `decode_example`.

    Raises:
        ArgumentTypeError: A name is not text, or a value is of no kind an Example can hold.
        ArgumentError: A number does not fit into int64 or float32; or a sequence is empty, which
            leaves its kind open (an empty NumPy array tells it by its dtype).
    """
    example = Example()
    for name, value in features.items():
        if not isinstance(name, str):
            raise ArgumentTypeError("encode_example", "features", type(name), "keyed by text")
        kind, values = flatten_value(name, value)
        stored = getattr(example.features.feature[name], _FIELD_OF_KIND[kind])
        stored.SetInParent()  # an empty list keeps its kind
        stored.value.extend(values)
    return bytes(example.SerializeToString(deterministic=True))


def decode_example(record: bytes) -> dict[str, Feature]:
    """Reads a serialised `tf.train.Example`.

    A feature without a kind counts as absent, as for `tf.parse_example`.

    Args:
        record: The bytes, as `iterate_records` gives them.

    Returns:
        The features by name, sorted.

    Raises:
        ArgumentError: `record` is no Example.
    """
    example = parse_example(record)
    if example is None:
        shown = record if len(record) <= 20 else record[:20] + b"..."
        wanted = "a serialised tf.train.Example"
        raise ArgumentError("decode_example", "record", shown, wanted)
    return features_of(example)


def parse_example(record: bytes) -> Any:
    """Parses a record into the message class; None if it is no Example."""
    example = Example()
    try:
        example.ParseFromString(record)
    except DecodeError:
        return None
    return example


def features_of(example: Any) -> dict[str, Feature]:
    """Takes the features out of a parsed message, sorted by name."""
    stored = example.features.feature
    return {
        name: _feature(stored[name]) for name in sorted(stored) if stored[name].WhichOneof("kind")
    }


def _feature(stored: Any) -> Feature:
    field = stored.WhichOneof("kind")
    kind = _KIND_OF_FIELD[field]
    values = getattr(stored, field).value
    if kind == "bytes":
        return Feature(kind, list(values))
    return Feature(kind, np.array(values, np.int64 if kind == "int64" else np.float32))
