"""A contact sheet: test images with what the frozen graph says they are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_predictions"]

_COLUMNS, _ROWS = 8, 5
_SIDE, _CAPTION, _GAP = 96, 22, 6
_RIGHT, _WRONG, _PAPER = (60, 140, 40), (40, 40, 210), (255, 255, 255)  # BGR


def draw_predictions(
    path: Path,
    images: NDArray[np.uint8],
    labels: NDArray[np.int64],
    predictions: NDArray[np.int64],
    classes: Sequence[str],
) -> None:
    """Draws up to 40 images, captioned green where right and red where wrong; wrong ones first.

    Args:
        path: The PNG to write.
        images: RGB uint8 `[N, H, W, 3]`.
        labels: int64 `[N]`.
        predictions: int64 `[N]`.
        classes: The names that labels and predictions index.
    """
    order = np.argsort(predictions == labels, kind="stable")[: _COLUMNS * _ROWS]
    cell_height, cell_width = _SIDE + _CAPTION + _GAP, _SIDE + _GAP
    rows = -(-len(order) // _COLUMNS)
    sheet = np.full((rows * cell_height + _GAP, _COLUMNS * cell_width + _GAP, 3), _PAPER, np.uint8)
    for place, index in enumerate(order):
        top = _GAP + place // _COLUMNS * cell_height
        left = _GAP + place % _COLUMNS * cell_width
        picture = cv2.resize(images[index], (_SIDE, _SIDE), interpolation=cv2.INTER_NEAREST)
        sheet[top : top + _SIDE, left : left + _SIDE] = picture[..., ::-1]
        right = predictions[index] == labels[index]
        caption = classes[predictions[index]]
        if not right:
            caption += f" ({classes[labels[index]]})"
        origin = (left, top + _SIDE + _CAPTION - 7)
        ink = _RIGHT if right else _WRONG
        cv2.putText(sheet, caption, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.42, ink, 1, cv2.LINE_AA)
    encoded = cv2.imencode(".png", sheet)[1]
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(encoded.tobytes())
    os.replace(aside, path)
