"""Contact sheets: many small pictures in one, because people would rather look than read."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from graphkit._aside import files_aside
from graphkit.errors import ArgumentError

__all__ = ["contact_sheet", "write_png"]

_CAPTION, _GAP = 22, 6
_NEUTRAL, _RIGHT, _WRONG = (60, 60, 60), (40, 140, 60), (210, 40, 40)  # RGB
_PAPER = 255


def contact_sheet(
    images: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
    captions: Sequence[str],
    *,
    marks: Sequence[bool] | None = None,
    columns: int = 8,
    side: int = 96,
) -> NDArray[np.uint8]:
    """Lays images out in rows, each with a caption below.

    Args:
        images: N images, uint8 `[H, W, C]` each, RGB or grey (C is 3 or 1).
        captions: One line per image.
        marks: Per image, whether its caption is green (True) or red (False); grey when None.
        columns: Images per row.
        side: Width and height of each image on the sheet, in pixels.

    Returns:
        uint8 `[height, width, 3]`, RGB.

    Raises:
        ArgumentError: There is no image, one has another shape, or captions or marks are not as
            many as the images.
    """
    if not len(images):
        raise ArgumentError("contact_sheet", "images", [], "one or more images")
    for image in images:
        if image.ndim != 3 or image.shape[-1] not in (1, 3):
            wanted = "of shape [H, W, 1 or 3]"
            raise ArgumentError("contact_sheet", "images", image.shape, wanted)
    for name, values in (("captions", captions), ("marks", marks)):
        if values is not None and len(values) != len(images):
            wanted = f"one per image ({len(images)})"
            raise ArgumentError("contact_sheet", name, len(values), wanted)
    columns = min(columns, len(images))
    cell_height, cell_width = side + _CAPTION + _GAP, side + _GAP
    rows = -(-len(images) // columns)
    sheet = np.full((rows * cell_height + _GAP, columns * cell_width + _GAP, 3), _PAPER, np.uint8)
    for place, (image, caption) in enumerate(zip(images, captions, strict=True)):
        top, left = _GAP + place // columns * cell_height, _GAP + place % columns * cell_width
        small = cv2.resize(image, (side, side), interpolation=cv2.INTER_NEAREST)
        sheet[top : top + side, left : left + side] = small.reshape(side, side, -1)
        ink = _NEUTRAL if marks is None else _RIGHT if marks[place] else _WRONG
        origin = (left, top + side + _CAPTION - 7)
        cv2.putText(sheet, caption, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.42, ink, 1, cv2.LINE_AA)
    return sheet


def write_png(path: str | PathLike[str], pixels: NDArray[Any]) -> None:
    """Writes pixels as a PNG file, aside first.

    Args:
        path: The file.
        pixels: uint8 `[H, W, 3]`, RGB.

    Raises:
        MissingFileError: The folder does not exist.
    """
    encoded = cv2.imencode(".png", np.ascontiguousarray(pixels[..., ::-1]))[1]
    with files_aside([Path(path)]) as (part,):
        part.write_bytes(encoded.tobytes())
