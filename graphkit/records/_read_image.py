"""Reading one image file as pixels."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from graphkit.errors import ArgumentError
from graphkit.records._pixels import (
    Pixels,
    decode_bgr,
    read_image_bytes,
    resize,
    swap_colours,
    to_grey,
)


def read_image(
    path: str | PathLike[str],
    *,
    size: tuple[int, int] | None = None,
    channels: int = 3,
    colour: str = "RGB",
) -> Pixels:
    """Reads an image file, in the shape and colour order a network wants.

    Args:
        path: A PNG, JPEG, BMP, WebP, TIFF … file.
        size: (height, width) to scale to; None keeps the image's own.
        channels: 3, or 1 for grey.
        colour: "RGB", or "BGR" as `cv2.imread` gives; without meaning for grey.

    Returns:
        uint8 `[H, W, channels]`.

    Raises:
        ArgumentError: `size`, `channels` or `colour` is none of these.
        MissingFileError: The file is absent or unreadable.
        CorruptFileError: It cannot be decoded.
        UnsafeFileError: It is longer than 256 MiB.
    """
    _check("read_image", size, channels, colour)
    return _shaped(decode_bgr(Path(path), read_image_bytes(Path(path))), size, channels, colour)


def decode_image(
    content: bytes,
    *,
    name: str = "image",
    size: tuple[int, int] | None = None,
    channels: int = 3,
    colour: str = "RGB",
) -> Pixels:
    """Decodes an image that lies in memory, such as in a record, as `read_image` does a file.

    Args:
        content: A PNG, JPEG, BMP, WebP, TIFF … file, whole.
        name: What to call it in messages.
        size: (height, width) to scale to; None keeps the image's own.
        channels: 3, or 1 for grey.
        colour: "RGB", or "BGR" as `cv2.imdecode` gives; without meaning for grey.

    Returns:
        uint8 `[H, W, channels]`.

    Raises:
        ArgumentError: `size`, `channels` or `colour` is none of these.
        CorruptFileError: It cannot be decoded.
    """
    _check("decode_image", size, channels, colour)
    return _shaped(decode_bgr(Path(name), content), size, channels, colour)


def _check(where: str, size: tuple[int, int] | None, channels: int, colour: str) -> None:
    check_colour(where, colour)
    check_size(where, size)
    if channels not in (1, 3):
        raise ArgumentError(where, "channels", channels, "3, or 1 for grey")


def _shaped(bgr: Pixels, size: tuple[int, int] | None, channels: int, colour: str) -> Pixels:
    sized = bgr if size is None else resize(bgr, size)
    if channels == 1:
        return to_grey(sized)
    return sized if colour == "BGR" else swap_colours(sized)


def check_colour(where: str, colour: str) -> None:
    """Refuses a colour order that is not RGB or BGR."""
    if colour not in ("RGB", "BGR"):
        raise ArgumentError(where, "colour", colour, '"RGB" or "BGR"')


def check_size(where: str, size: tuple[int, int] | None) -> None:
    """Refuses a size that is not (height, width)."""
    if size is not None and (len(size) != 2 or min(size) < 1):
        raise ArgumentError(where, "size", size, "(height, width), or None")
