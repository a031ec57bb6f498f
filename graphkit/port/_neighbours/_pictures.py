"""The image functions of `scipy.misc`, which SciPy 1.2 removed; written anew on Pillow.

They needed Pillow in SciPy too. Values follow the documentation of SciPy 1.1:
https://docs.scipy.org/doc/scipy-1.1.0/reference/misc.html
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

__all__ = ["PICTURE_FUNCTIONS"]

_NO_PICTURE = "'arr' does not have a suitable array shape for any mode."
_CHANNELS = {"RGB": 3, "YCbCr": 3, "RGBA": 4, "CMYK": 4}  # of each mode of several
_FILTERS = {
    "nearest": 0,
    "lanczos": 1,
    "bilinear": 2,
    "bicubic": 3,
    "cubic": 3,
}


def _pillow() -> Any:
    try:
        return importlib.import_module("PIL.Image")
    except ImportError as error:
        raise ImportError(
            "the image functions of scipy.misc need Pillow: pip install pillow", name="PIL"
        ) from error


def _numpy() -> Any:
    return importlib.import_module("numpy")


def bytescale(data: Any, cmin: Any = None, cmax: Any = None, high: int = 255, low: int = 0) -> Any:
    """Scales an array to bytes; bytes stay as they are.

    Args:
        data: An array of any shape.
        cmin: What becomes `low`; the least value unless given.
        cmax: What becomes `high`; the greatest value unless given.
        high: Greatest byte.
        low: Least byte.

    Returns:
        A uint8 array of the same shape.

    Raises:
        ValueError: The bytes or the values are no range.
    """
    np = _numpy()
    data = np.asarray(data)
    if data.dtype == np.uint8:
        return data
    if not 0 <= low <= high <= 255:
        raise ValueError(f"`low` and `high` are bytes in this order, got {low} and {high}")
    least = data.min() if cmin is None else cmin
    span = float((data.max() if cmax is None else cmax) - least)
    if span < 0:
        raise ValueError("`cmax` should be larger than `cmin`.")
    scaled = (data - least) * ((high - low) / (span or 1.0)) + low
    return (scaled.clip(low, high) + 0.5).astype(np.uint8)


def toimage(
    arr: Any,
    high: int = 255,
    low: int = 0,
    cmin: Any = None,
    cmax: Any = None,
    pal: Any = None,
    mode: str | None = None,
    channel_axis: int | None = None,
) -> Any:
    """Makes a Pillow image of an array.

    Args:
        arr: `[H, W]`, `[H, W, 3]`, `[H, W, 4]` or with the channels first.
        high: Greatest byte after scaling.
        low: Least byte after scaling.
        cmin: What becomes `low`.
        cmax: What becomes `high`.
        pal: A palette `[256, 3]`.
        mode: Pillow's mode; told from the shape unless given.
        channel_axis: Where the channels are.

    Returns:
        The image.

    Raises:
        ValueError: The shape is not one of a picture.
    """
    np = _numpy()
    data = np.asarray(arr)
    if data.ndim == 2:
        return _plane(data, (high, low, cmin, cmax), pal, mode)
    if data.ndim != 3 or not {3, 4} & set(data.shape):
        raise ValueError(_NO_PICTURE)
    axis = channel_axis
    if axis is None:
        axis = data.shape.index(3 if 3 in data.shape else 4)
    wanted = mode or {3: "RGB", 4: "RGBA"}.get(data.shape[axis], "")
    if _CHANNELS.get(wanted) != data.shape[axis]:
        raise ValueError(f"mode {wanted!r} does not fit {data.shape[axis]} channels")
    pixels = np.moveaxis(bytescale(data, cmin, cmax, high, low), axis, 2)
    width, height = pixels.shape[1::-1]
    return _pillow().frombytes(wanted, (width, height), pixels.tobytes())


def _plane(data: Any, scale: tuple[Any, ...], pal: Any, mode: str | None) -> Any:
    """Makes an image of one channel."""
    np = _numpy()
    high, low, cmin, cmax = scale
    if mode == "F":
        return _pillow().fromarray(data.astype(np.float32))
    if mode == "1":
        return _pillow().fromarray(data > high)
    if mode == "I":
        least, most = (data.min() if cmin is None else cmin), data.max() if cmax is None else cmax
        scaled = (data * 1.0 - least) * (high - low) / (most - least) + low
        return _pillow().fromarray(scaled.astype(np.int32))
    if mode not in (None, "L", "P"):
        raise ValueError(_NO_PICTURE)
    image = _pillow().fromarray(bytescale(data, cmin, cmax, high, low))
    if pal is None and mode == "P":
        pal = np.arange(256).repeat(3)
    if pal is not None:
        image.putpalette(np.asarray(pal, np.uint8).tobytes())
    return image


def fromimage(im: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """Makes an array of a Pillow image.

    Args:
        im: The image.
        flatten: Whether to turn it to one channel of grey, as floats.
        mode: Pillow's mode to convert to first.

    Returns:
        `[H, W]` or `[H, W, C]`, uint8; float32 when flattened.
    """
    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    elif im.mode == "P":
        im = im.convert("RGBA" if "transparency" in im.info else "RGB")
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")
    return _numpy().array(im)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """Reads an image file into an array; see `fromimage`."""
    with _pillow().open(name) as image:
        return fromimage(image, flatten, mode)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Writes an array to an image file; see `toimage`."""
    toimage(arr, channel_axis=2 if _numpy().ndim(arr) == 3 else None).save(name, format)


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> Any:
    """Resizes a picture, scaling its values to bytes as SciPy did.

    Args:
        arr: `[H, W]` or `[H, W, C]`.
        size: A percentage (int), a fraction (float) or `(H, W)`.
        interp: nearest, lanczos, bilinear, bicubic or cubic.
        mode: Pillow's mode of the input.

    Returns:
        The resized uint8 array.
    """
    np = _numpy()
    image = toimage(arr, mode=mode)
    if isinstance(size, int | np.integer):
        target = tuple(int(side * size / 100.0) for side in image.size)
    elif isinstance(size, float | np.floating):
        target = tuple((np.array(image.size) * size).astype(int).tolist())
    else:
        target = (int(size[1]), int(size[0]))
    return fromimage(image.resize(target, resample=_FILTERS[interp]))


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> Any:
    """Rotates a picture anticlockwise by degrees, its size kept."""
    return fromimage(toimage(arr).rotate(angle, resample=_FILTERS[interp]))


def imshow(arr: Any) -> None:
    """Shows a picture in Pillow's viewer."""
    toimage(arr).show()


PICTURE_FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        bytescale,
        fromimage,
        imread,
        imresize,
        imrotate,
        imsave,
        imshow,
        toimage,
    )
}
