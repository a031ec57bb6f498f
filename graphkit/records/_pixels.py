"""Decoding, encoding and resizing images with OpenCV.

OpenCV holds colours as BGR; everything here takes and gives RGB and says so where it does not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np

from graphkit.errors import CorruptFileError
from graphkit.records._files import read_whole
from graphkit.records._jpeg import check_jpeg
from graphkit.records._png import check_png

Pixels: TypeAlias = "np.ndarray[Any, np.dtype[np.uint8]]"

_MAX_BYTES = 256 << 20


def read_image_bytes(path: Path) -> bytes:
    """Reads an image file as it is.

    Raises:
        MissingFileError: The file is absent or unreadable.
        UnsafeFileError: It is longer than 256 MiB.
    """
    return read_whole(path, _MAX_BYTES)


def decode_bgr(path: Path, content: bytes) -> Pixels:
    """Decodes an image file to uint8 `[H, W, 3]` in BGR order, as `cv2.imread` does.

    Raises:
        CorruptFileError: The content is no image, or is cut short.
    """
    pixels: Pixels = _decode(path, content, cv2.IMREAD_COLOR)
    return pixels


def decode_stored(path: Path, content: bytes) -> np.ndarray[Any, Any]:
    """Decodes an image file to `[H, W]` or `[H, W, C]` with the channels and depth it has.

    Raises:
        CorruptFileError: The content is no image, or is cut short.
    """
    pixels: np.ndarray[Any, Any] = _decode(path, content, cv2.IMREAD_UNCHANGED)
    return pixels


def _decode(path: Path, content: bytes, mode: int) -> Any:
    if not content:
        raise CorruptFileError(path, "the file is empty, not an image")
    check_png(path, content)
    check_jpeg(path, content)
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), mode)
    except cv2.error as exc:
        raise CorruptFileError(path, f"cannot be decoded as an image ({exc.err})") from exc
    if pixels is None:
        raise CorruptFileError(path, "cannot be decoded as an image")
    return pixels


def to_grey(bgr: Pixels) -> Pixels:
    """Turns BGR into grey, `[H, W, 1]`, weighing the colours as the eye does."""
    grey: Pixels = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)[..., np.newaxis]
    return grey


def encode_image(rgb: Pixels, suffix: str) -> bytes:
    """Encodes uint8 `[H, W]` or `[H, W, 3]` RGB pixels as ".png" (lossless) or ".jpg" (lossy)."""
    _, encoded = cv2.imencode(suffix, np.ascontiguousarray(swap_colours(rgb)))
    return bytes(encoded.tobytes())


def swap_colours(pixels: Pixels) -> Pixels:
    """Turns RGB into BGR and back; grey `[H, W]` and single-channel images stay as they are."""
    return pixels[..., ::-1] if pixels.ndim == 3 else pixels


def resize(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    """Scales pixels to (height, width): averaging when smaller, interpolating when larger."""
    height, width = size
    if pixels.shape[:2] == (height, width):
        return pixels
    smaller = height * width < pixels.shape[0] * pixels.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    scaled: Pixels = cv2.resize(pixels, (width, height), interpolation=how)
    return scaled
