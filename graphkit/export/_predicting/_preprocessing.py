"""What is done to a picture before a model sees it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from os import PathLike
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.export._tensor_info import TensorInfo

__all__ = ["Preprocessing", "recorded_preprocessing"]

_WHERE = "Preprocessing"
_CHOICES = {
    "colour": ("RGB", "BGR"),
    "resize": ("stretch", "crop"),
    "layout": ("NHWC", "NCHW", None),
}
_CHANNELS = (1, 3)
_MOST_PIXELS = 2**26


@dataclass(frozen=True, kw_only=True)
class Preprocessing:
    """How pixels of 0 to 255 become what a model takes: `(pixel * scale - mean) / std`.

    Args:
        scale: The factor on pixels, such as 1 / 255.
        mean: What is taken off after that: one number, or one for each channel.
        std: What the rest is divided by: one number, or one for each channel.
        colour: The order of the channels, "RGB" or "BGR"; `mean` and `std` follow it.
        size: (height, width) to bring pictures to; None is the size of the model's input.
        resize: "stretch" to that size, or "crop" what is beyond it, equally on both sides, of
            the picture scaled to cover it.
        layout: "NHWC" or "NCHW"; None is told by where the input's shape has 1 or 3.

    Raises:
        ArgumentError: A value that is none of these.
    """

    scale: float = 1.0
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    colour: str = "RGB"
    size: tuple[int, int] | None = None
    resize: str = "stretch"
    layout: str | None = None

    def __post_init__(self) -> None:
        """Refuses what would give no picture, or one that nobody meant."""
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                wanted = " or ".join(repr(choice) for choice in choices if choice)
                raise ArgumentError(_WHERE, name, getattr(self, name), wanted)
        numbers = (self.scale, *self.mean, *self.std)
        if not all(math.isfinite(number) for number in numbers):
            raise ArgumentError(_WHERE, "scale, mean, std", numbers, "finite numbers")
        if 0 in self.std:
            raise ArgumentError(_WHERE, "std", self.std, "other than 0")
        for name in ("mean", "std"):
            if len(getattr(self, name)) not in (0, *_CHANNELS):
                wanted = "one number, or one for each of 3 channels"
                raise ArgumentError(_WHERE, name, getattr(self, name), wanted)
        if self.size is not None and (len(self.size) != 2 or min(self.size) < 1):
            raise ArgumentError(_WHERE, "size", self.size, "(height, width)")
        if self.size is not None and math.prod(self.size) > _MOST_PIXELS:
            wanted = f"(height, width), of at most {_MOST_PIXELS:,} pixels"
            raise ArgumentError(_WHERE, "size", self.size, wanted)

    def apply(self, picture: npt.NDArray[Any], info: TensorInfo) -> npt.NDArray[Any]:
        """Prepares a picture for an input.

        Args:
            picture: uint8 `[H, W, 3]`, RGB.
            info: The input, of four dimensions.

        Returns:
            `[H, W, C]` or `[C, H, W]`: uint8 where only size and order changed, else float32.

        Raises:
            ArgumentError: The input takes no pictures.
        """
        layout, (height, width), channels = self._wanted(info)
        size = self.size or (height or picture.shape[0], width or picture.shape[1])
        pixels = _cropped(picture, size) if self.resize == "crop" else _stretched(picture, size)
        if channels == 1:
            pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)[..., np.newaxis]
        elif self.colour == "BGR":
            pixels = pixels[..., ::-1]
        if self.scale != 1 or self.mean or self.std:
            pixels = pixels.astype(np.float32) * np.float32(self.scale)
            pixels = (pixels - np.array(self.mean or 0, np.float32)) / np.array(
                self.std or 1, np.float32
            )
        return np.ascontiguousarray(np.moveaxis(pixels, -1, 0) if layout == "NCHW" else pixels)

    def to_text(self) -> str:
        """What differs from the pixels of the file, in one line."""
        shown = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                words = ",".join(map(str, value)) if isinstance(value, tuple) else value
                shown.append(f"{field.name} {words}")
        return ", ".join(shown) or "pixels as they are"

    def _wanted(self, info: TensorInfo) -> tuple[str, tuple[int | None, int | None], int | None]:
        """Layout, size and channels of an input."""
        shape = info.shape if info.shape is not None else (None,) * 4
        if len(shape) != 4:
            shown = f"{info.name!r} of shape {list(shape)}"
            raise ArgumentError("infer", "input", shown, "one of four dimensions, for pictures")
        last, first = shape[3] in _CHANNELS, shape[1] in _CHANNELS
        layout = self.layout or ("NCHW" if first and not last else "NHWC")
        _, *rest = shape
        height, width, channels = rest if layout == "NHWC" else (rest[1], rest[2], rest[0])
        if channels not in (None, *_CHANNELS):
            shown = f"{info.name!r} of shape {list(shape)}, read as {layout}"
            raise ArgumentError("infer", "input", shown, "one with 1 or 3 channels, for pictures")
        return layout, (height, width), channels


def recorded_preprocessing(path: str | PathLike[str]) -> tuple[Path, Preprocessing] | None:
    """The preprocessing that is written down beside a model, in `MODEL.json`.

    Args:
        path: The model, such as `net.pb`; what is beside it is `net.pb.json`.

    Returns:
        The file and what it says; None if there is none, or it says nothing of pictures.

    Raises:
        CorruptFileError: It is no JSON, or says something that is no preprocessing.
    """
    file = Path(f"{Path(path)}.json")
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_bytes())
        said = content.get("preprocessing") if isinstance(content, dict) else None
        return (file, _preprocessing(said)) if said else None
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as exc:
        raise CorruptFileError(file, f"does not say how pictures are prepared: {exc}") from exc


def _preprocessing(said: Mapping[str, Any]) -> Preprocessing:
    known = {
        name: said[name]
        for name in (field.name for field in fields(Preprocessing))
        if said.get(name) is not None
    }
    for name in ("mean", "std"):
        if name in known:
            numbers = known[name] if isinstance(known[name], list) else [known[name]]
            known[name] = tuple(float(number) for number in numbers)
    if "size" in known:
        height, width = known["size"]
        known["size"] = (int(height), int(width))
    return Preprocessing(**known)


def _stretched(picture: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[Any]:
    """Brings a picture to a size; shrinking averages, so that no pixel is passed over."""
    height, width = size
    if picture.shape[:2] == size:
        return picture
    smaller = height <= picture.shape[0] and width <= picture.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how))


def _cropped(picture: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[Any]:
    """The middle of a picture that was scaled to cover a size."""
    height, width = size
    factor = max(height / picture.shape[0], width / picture.shape[1])
    covering = [
        max(wanted, round(given * factor))
        for wanted, given in zip(size, picture.shape[:2], strict=True)
    ]
    whole = _stretched(picture, (covering[0], covering[1]))
    top, left = (covering[0] - height) // 2, (covering[1] - width) // 2
    return whole[top : top + height, left : left + width]
