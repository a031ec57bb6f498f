"""Decode rules: how the bytes in a record become numbers.

A record stores pixels as bytes, raw or as a compressed image; a rule says what they are, so that
whole batches can be decoded with a known shape.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from graphkit._tf import DType, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["DecodeImage", "DecodeRaw"]

_RAW_DTYPES = (
    *(tf.bool, tf.uint8, tf.uint16, tf.int8, tf.int16, tf.int32, tf.int64),
    *(tf.float16, tf.float32, tf.float64, tf.complex64, tf.complex128),
)


@dataclass(frozen=True)
class DecodeRaw:
    """The feature holds the bytes of an array, little-endian, row by row.

    Args:
        dtype: The array's dtype.
        shape: The array's shape, without the batch dimension; all dimensions known.

    Raises:
        ArgumentTypeError: `dtype` is no dtype that can be read from bytes, or `shape` no shape.
        ArgumentError: A dimension is below 1.
    """

    dtype: DType
    shape: tuple[int, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "dtype", _raw_dtype(self.dtype))
        object.__setattr__(self, "shape", _dimensions("DecodeRaw", self.shape))

    @property
    def size(self) -> int:
        """How many bytes one array takes."""
        elements: int = tf.TensorShape(self.shape).num_elements()
        return elements * int(self.dtype.size)

    def decode(self, contents: Tensor) -> Tensor:
        """Turns a batch of byte strings (string, `[B]`) into arrays (`dtype`, `[B, *shape]`)."""
        flat = tf.decode_raw(contents, self.dtype)
        decoded = tf.reshape(flat, [tf.shape(contents)[0], *self.shape])
        decoded.set_shape([*contents.shape, *self.shape])
        return decoded


@dataclass(frozen=True)
class DecodeImage:
    """The feature holds an encoded image: JPEG, PNG, GIF (its first frame) or BMP.

    All images of a batch must have the same size.

    Args:
        channels: Colour channels to decode to: 1 (grey), 3 (red, green, blue) or 4 (with alpha).
        shape: The images' shape (height, width, channels), if it is known; checked as they come.

    Raises:
        ArgumentTypeError: `shape` is no shape.
        ArgumentError: `channels` is not 1, 3 or 4, or `shape` is not three positive dimensions of
            which the last is `channels`.
    """

    channels: int = 3
    shape: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.channels not in (1, 3, 4):
            raise ArgumentError("DecodeImage", "channels", self.channels, "1, 3 or 4")
        if self.shape is None:
            return
        shape = _dimensions("DecodeImage", self.shape)
        if len(shape) != 3 or shape[2] != self.channels:
            wanted = f"(height, width, {self.channels})"
            raise ArgumentError("DecodeImage", "shape", shape, wanted)
        object.__setattr__(self, "shape", shape)

    def decode(self, contents: Tensor) -> Tensor:
        """Turns a batch of encoded images (string, `[B]`) into pixels (uint8, `[B, H, W, C]`)."""
        shape = self.shape or (None, None, self.channels)

        def decode_one(encoded: Tensor) -> Tensor:
            pixels = tf.image.decode_image(encoded, channels=self.channels, expand_animations=False)
            return tf.ensure_shape(pixels, shape)

        as_written = tf.autograph.experimental.do_not_convert(decode_one)
        decoded = tf.map_fn(as_written, contents, dtype=tf.uint8)
        decoded.set_shape([*contents.shape, *shape])
        return decoded


def _raw_dtype(dtype: Any) -> DType:
    """Returns the TensorFlow dtype meant; refuses one that bytes cannot be read as."""
    wanted = "one of " + ", ".join(known.name for known in _RAW_DTYPES)
    try:
        found = tf.as_dtype(dtype)
    except TypeError:
        raise ArgumentTypeError("DecodeRaw", "dtype", repr(dtype), wanted) from None
    if found not in _RAW_DTYPES:
        raise ArgumentTypeError("DecodeRaw", "dtype", found.name, wanted)
    return found


def _dimensions(where: str, shape: Any) -> tuple[int, ...]:
    """Returns the dimensions of a fully known shape."""
    wanted = "a sequence of positive ints"
    try:
        if not isinstance(shape, Iterable):
            raise TypeError
        dimensions = tuple(operator.index(dimension) for dimension in shape)
    except TypeError:
        raise ArgumentTypeError(where, "shape", repr(shape), wanted) from None
    if any(dimension < 1 for dimension in dimensions):
        raise ArgumentError(where, "shape", dimensions, wanted)
    return dimensions
