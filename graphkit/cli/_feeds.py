"""What stands for feeds: a .npy array as it is, a picture as a batch of one, a single value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.errors import CorruptFileError, MissingFileError

__all__ = ["batch_to_compare", "compared_on", "read_feeds"]

_ARCHIVE_MAGIC = b"PK\x03\x04"
_ARRAY_MAGIC = b"\x93NUMPY"

compared_on = click.option(
    "--feed",
    "files",
    multiple=True,
    metavar="NAME=FILE",
    callback=_parse.pairs,
    help="A .npy array to compare on, where nothing that fits this input can be made up; for a "
    "single value also true, false or a number. Repeatable, once for each input.",
)


def batch_to_compare(files: dict[str, str]) -> dict[str, Any] | None:
    """Reads what `--feed` names as one batch; None where it was not given.

    Raises:
        MissingFileError: A file is absent, and its name no number and no switch.
        CorruptFileError: A file is no array.
    """
    return read_feeds(files, {}, scale=1.0, colour="RGB") or None


def read_feeds(
    files: dict[str, str], shapes: dict[str, Any], *, scale: float, colour: str
) -> dict[str, Any]:
    """Reads a file per input, or takes the number or switch that is given in place of one.

    Args:
        files: File names, or single values, by input name.
        shapes: Each input's static shape, to resize pictures to; dimensions may be None.
        scale: Factor on the pixels of pictures.
        colour: Channel order of pictures, RGB or BGR.

    Returns:
        NumPy arrays by input name.

    Raises:
        MissingFileError: A file is absent, and its name no number and no switch.
        CorruptFileError: A file is neither an array nor a picture.
    """
    return {name: _read_feed(file, shapes.get(name), scale, colour) for name, file in files.items()}


def _read_feed(text: str, shape: Any, scale: float, colour: str) -> Any:
    path = Path(text)
    if not shape and not path.exists() and (value := _single_value(text)) is not None:
        return value
    if not path.is_file():
        raise MissingFileError(path, "is a folder" if path.is_dir() else "does not exist")
    with path.open("rb") as file:
        start = file.read(len(_ARRAY_MAGIC))
    if start.startswith(_ARCHIVE_MAGIC):
        raise CorruptFileError(
            path, "is an archive of arrays; save the one to feed with numpy.save"
        )
    is_array = start == _ARRAY_MAGIC
    return _read_array(path) if is_array else _read_picture(path, shape, scale, colour)


def _single_value(text: str) -> bool | int | float | None:
    """Reads true, false or a number; None if the text is neither."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _read_array(path: Path) -> Any:
    import numpy as np

    from graphkit.export._predicting._arrays import read_array

    return np.array(read_array(path))


def _read_picture(path: Path, shape: Any, scale: float, colour: str) -> Any:
    import numpy as np

    from graphkit.records import read_image

    height, width, channels = shape[1:] if shape is not None and len(shape) == 4 else (None,) * 3
    size = (height, width) if height and width else None
    pixels = read_image(path, size=size, channels=channels or 3, colour=colour)
    batch = pixels[np.newaxis]
    return batch if scale == 1 else batch.astype(np.float32) * np.float32(scale)
