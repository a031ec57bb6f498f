"""Strings that ops can read: pictures, sounds, bytes of numbers, lines and numbers in letters."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from graphkit._tf import tf

__all__ = ["made_bytes", "made_lines", "made_numbers", "made_pictures", "made_sounds", "made_words"]

_DIFFERENT = 8
_SIDE = 16
_LENGTH = 16
_RATE = 16000
_WORDS = (b"", b"a", b"to", b"the", b"word", b"x1", b"North", b"South")
# What an op reads besides PNG, which the others read, too.
_FORMATS = {"DecodeAndCropJpeg": ".jpg", "DecodeBmp": ".bmp", "DecodeGif": ".gif"}
_PICTURE = 3  # the rank of one
_MOST_NUMBERS = 2**20  # in a string


def made_words() -> npt.NDArray[Any]:
    """Different short words, one of them empty."""
    return np.array(_WORDS, object)


def made_pictures(
    op: str, shape: Sequence[int] | None, random: np.random.Generator
) -> npt.NDArray[Any] | None:
    """Small pictures of noise; None if they had to be too large, or OpenCV does not write them.

    Args:
        op: What decodes them.
        shape: What they are brought to, if that is known: height, width and channels at its end.
        random: Where the noise comes from.
    """
    height, width, channels = _SIDE, _SIDE, 3
    if shape is not None and len(shape) >= _PICTURE and min(shape[-_PICTURE:]) > 0:
        height, width, channels = shape[-_PICTURE:]
    wanted = [height, width, channels if channels in (1, 3, 4) else 3]
    form = _FORMATS.get(op, ".png")
    if math.prod(wanted) > _MOST_NUMBERS or not cv2.haveImageWriter(form):
        return None
    pictures = [random.integers(0, 256, wanted, np.uint8) for _ in range(_DIFFERENT)]
    return np.array([cv2.imencode(form, one)[1].tobytes() for one in pictures], object)


def made_bytes(
    dtype: Any, shape: Sequence[int] | None, random: np.random.Generator
) -> npt.NDArray[Any] | None:
    """Numbers as bytes, as many as the shape they are brought to holds; None if too many."""
    size = _LENGTH if shape is None else math.prod(size for size in shape if size > 0)
    if size > _MOST_NUMBERS:
        return None
    kind = tf.as_dtype(dtype)
    numbers = random.integers(0, 2, (_DIFFERENT, size)).astype(kind.as_numpy_dtype)
    if kind == tf.uint8:
        numbers = random.integers(0, 256, (_DIFFERENT, size), np.uint8)
    return np.array([row.tobytes() for row in numbers], object)


def made_numbers(dtype: Any, random: np.random.Generator) -> npt.NDArray[Any]:
    """Numbers in letters; whole ones are 0 or 1."""
    if tf.as_dtype(dtype).is_integer:
        return np.array([b"0", b"1"], object)
    drawn = random.standard_normal(_DIFFERENT)
    return np.array([f"{number:.3f}".encode() for number in drawn], object)


def made_lines(node: Any, random: np.random.Generator) -> npt.NDArray[Any] | None:
    """Lines of a table; None if they had to be too long.

    Args:
        node: A `DecodeCSV`.
        random: Where the numbers come from.
    """
    dtypes = [tf.as_dtype(one) for one in node.attr["OUT_TYPE"].list.type]
    selected = list(node.attr["select_cols"].list.i) or range(len(dtypes))
    if max(selected, default=0) > _MOST_NUMBERS:
        return None
    delimiter = node.attr["field_delim"].s or b","
    lines = []
    for _ in range(_DIFFERENT):
        fields = [b""] * (max(selected, default=-1) + 1)
        for place, dtype in zip(selected, dtypes, strict=True):
            words = made_words()[1:] if dtype == tf.string else made_numbers(dtype, random)
            fields[place] = words[random.integers(len(words))]
        lines.append(delimiter.join(fields))
    return np.array(lines, object)


def made_sounds(node: Any, random: np.random.Generator) -> npt.NDArray[Any] | None:
    """Sounds of noise, WAV; None if they had to be too long.

    Args:
        node: A `DecodeWav`; it says how many samples and channels.
        random: Where the noise comes from.
    """
    samples, channels = node.attr["desired_samples"].i, node.attr["desired_channels"].i
    size = samples if samples > 0 else _RATE
    if size * max(channels, 1) > _MOST_NUMBERS:
        return None
    noise = random.integers(-(2**12), 2**12, (_DIFFERENT, size, max(channels, 1)))
    return np.array([_sound(one.astype("<i2")) for one in noise], object)


def _sound(samples: npt.NDArray[Any]) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(samples.shape[1])
        written.setsampwidth(samples.itemsize)
        written.setframerate(_RATE)
        written.writeframes(samples.tobytes())
    return file.getvalue()
