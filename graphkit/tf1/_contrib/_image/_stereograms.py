"""contrib.image: depths as a picture of random dots, seen by looking through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Tensor, tf

__all__ = ["single_image_random_dot_stereograms"]

_OP = "SingleImageRandomDotStereograms"
_DEPTHS = (tf.float64, tf.float32, tf.int64, tf.int32)
_FULL_COLOUR = 257
# As `rand` of C, which the op called: the same numbers in each process, other ones in each run.
_DOTS = np.random.default_rng(1)

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def single_image_random_dot_stereograms(
    depth_values: Any,
    hidden_surface_removal: bool | None = None,
    convergence_dots_size: int | None = None,
    dots_per_inch: int | None = None,
    eye_separation: float | None = None,
    mu: float | None = None,
    normalize: bool | None = None,
    normalize_max: float | None = None,
    normalize_min: float | None = None,
    border_level: float | None = None,
    number_colors: int | None = None,
    output_image_shape: Any = None,
    output_data_window: Any = None,
) -> Tensor:
    """Draws depths as random dots that repeat at the distance the eyes see them at.

    The way of Thimbleby, Inglis and Witten (Displaying 3D images: algorithms for single-image
    random-dot stereograms, IEEE Computer 27, 1994). Python draws it: the op cannot be saved.

    Args:
        depth_values: The depths, `[rows, columns]`, of float64, float32, int64 or int32; what is
            near is larger.
        hidden_surface_removal: Whether what only one eye sees is left to chance; True unless given.
        convergence_dots_size: The side of the two black dots below, in pixels; 8 unless given.
        dots_per_inch: Pixels of the screen to the inch; 72 unless given.
        eye_separation: The distance of the eyes in inches; 2.5 unless given.
        mu: The depth of the field as part of the distance of the screen; 0.3333 unless given.
        normalize: Whether depths are brought to 0 (far) to 1 (near); True unless given.
        normalize_max: The depth that becomes 1; -100 unless given.
        normalize_min: The depth that becomes 0; 100 unless given. The least and the largest depth
            where it is above `normalize_max`.
        border_level: The depth around the data, from 0 to 1; 0 unless given.
        number_colors: 2 is black and white, up to 256 grey, above that colours; 256 unless given.
        output_image_shape: Width, height and channels of the picture; `[1024, 768, 1]` unless
            given.
        output_data_window: Width and height of the data in it; `[1022, 757]` unless given.

    Returns:
        The picture, uint8 `[height, width, 1]`, or 3 channels of colours.

    Raises:
        TypeError: Depths of another dtype.
        ValueError: They are no matrix, or a size is unknown.
    """
    depths = tf.convert_to_tensor(depth_values, name="depth_values")
    if depths.dtype not in _DEPTHS:
        allowed = ", ".join(dtype.name for dtype in _DEPTHS)
        given = f"Value passed to parameter 'depth_values' has DataType {depths.dtype.name}"
        raise TypeError(f"{given} not in list of allowed values: {allowed}")
    depths.shape.assert_has_rank(2)
    colours = _given(number_colors, 256)
    width, height, channels = _sizes(output_image_shape, [1024, 768, 1], "output_image_shape")
    screen = _Screen(
        width=width,
        height=height,
        window=_sizes(output_data_window, [1022, 757], "output_data_window"),
        dot=_given(convergence_dots_size, 8),
        eyes=int(np.float32(_given(eye_separation, 2.5)) * np.float32(_given(dots_per_inch, 72))),
        mu=np.float32(_given(mu, 0.3333)),
        border=float(np.float32(_given(border_level, 0.0))),
        hides=_given(hidden_surface_removal, True),
    )
    most = float(np.float32(_given(normalize_max, -100.0)))
    least = float(np.float32(_given(normalize_min, 100.0)))
    channels = 3 if colours >= _FULL_COLOUR else channels

    def draw(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        numbers = values.astype(np.float64)
        if _given(normalize, True):
            numbers = _normalized(numbers, least, most)
        return _picture(np.clip(numbers, 0, 1), screen, colours, channels)

    picture: Tensor = tf.numpy_function(draw, [depths], tf.uint8, name=_OP)
    picture.set_shape([height, width, 3 if colours >= _FULL_COLOUR else 1])
    return picture


@dataclass(frozen=True)
class _Screen:
    """What the depths are seen on.

    Attributes:
        width: Pixels from left to right.
        height: Pixels from top to bottom.
        window: Width and height of the data.
        dot: The side of the dots below.
        eyes: The distance of the eyes in pixels.
        mu: The depth of the field as part of the distance of the screen.
        border: The depth around the data.
        hides: Whether what only one eye sees is left to chance.
    """

    width: int
    height: int
    window: Sequence[int]
    dot: int
    eyes: int
    mu: np.float32
    border: float
    hides: bool

    @property
    def left(self) -> int:
        """Where the data begins."""
        return int((self.width - self.window[0]) / 2)

    @property
    def top(self) -> int:
        """Where the data begins; what is free below it is twice as much if dots lie there."""
        free = self.height - self.window[1]
        return max(0, free - self.dot) // 3 if self.dot > 0 else int(free / 2)

    def separation(self, depths: Numbers) -> Places:
        """How far from each other the eyes see points of these depths, in pixels."""
        mu = float(self.mu)
        return ((1 - mu * depths) * self.eyes / (2 - mu * depths) + 0.5).astype(np.int64)

    def depths(self, data: Numbers, margin: int) -> Numbers:
        """The depth of each pixel, and of so many beyond the left and the right edge."""
        rows = data.shape[0] * (np.arange(self.height) - self.top) / float(self.window[1])
        columns = np.arange(-margin, self.width + margin)
        columns = data.shape[1] * (columns - self.left) / float(self.window[0])
        inside = np.ix_(_within(rows, data.shape[0]), _within(columns, data.shape[1]))
        found = np.full((len(rows), len(columns)), self.border)
        chosen = np.ix_(rows[inside[0].ravel()].astype(int), columns[inside[1].ravel()].astype(int))
        found[inside] = data[chosen]
        return found


def _picture(data: Numbers, screen: _Screen, colours: int, channels: int) -> npt.NDArray[np.uint8]:
    same = _same(data, screen)
    shape = (screen.height, screen.width, channels)
    if colours == 2:
        found = (255 * _DOTS.integers(0, 2, shape)).astype(np.uint8)
    else:
        found = _DOTS.integers(0, 256, shape, np.uint8)
    every = np.arange(screen.height)
    for x in reversed(range(screen.width)):
        found[:, x] = found[every, same[:, x]]
    apart = int(screen.separation(np.zeros(1))[0]) // 2
    end = screen.height - (screen.top if screen.dot > 0 else 0)
    for middle in (screen.width // 2 - apart, screen.width // 2 + apart):
        first = middle - screen.dot // 2
        found[max(0, end - screen.dot) : end, max(0, first) : max(0, first + screen.dot)] = 0
    return found


def _same(data: Numbers, screen: _Screen) -> Places:
    """For each pixel one at its right, or itself, that has to be of the same colour."""
    # No ray to an eye is longer: it leaves the field after so many pixels.
    margin = screen.width
    wide = screen.depths(data, margin)
    depths = wide[:, margin:-margin]
    apart = screen.separation(depths)
    left = np.arange(screen.width) - apart // 2
    right = left + apart
    linked = (left >= 0) & (right < screen.width)
    if screen.hides:
        linked &= _seen_by_both(wide, depths, margin, screen)
    same = np.tile(np.arange(screen.width), (screen.height, 1))
    for x in range(screen.width):
        rows = np.flatnonzero(linked[:, x])
        _link(same, rows, left[rows, x], right[rows, x])
    return same


def _seen_by_both(wide: Numbers, depths: Numbers, margin: int, screen: _Screen) -> Any:
    """Whether nothing stands between a point and an eye."""
    mu = float(screen.mu)
    rise = 2 * (2 - mu * depths) / float(screen.mu * np.float32(screen.eyes))
    seen = np.ones(depths.shape, bool)
    going = seen.copy()
    width = depths.shape[1]
    for step in range(1, margin + 1):
        ray = depths + rise * step
        at_left = wide[:, margin - step : margin - step + width]
        at_right = wide[:, margin + step : margin + step + width]
        seen &= ~going | ((at_left < ray) & (at_right < ray))
        going &= seen & (ray < 1)
        if not going.any():
            break
    return seen


def _link(same: Places, rows: Places, left: Places, right: Places) -> None:
    """Lets two pixels of each row have one colour, beside what they have to be like already."""
    linked = same[rows, left]
    going = (linked != left) & (linked != right)
    while going.any():
        nearer = going & (linked < right)
        beyond = going & ~nearer
        same[rows[beyond], left[beyond]] = right[beyond]
        left = np.where(nearer, linked, np.where(beyond, right, left))
        linked = np.where(going, same[rows, left], linked)
        right = np.where(beyond, linked, right)
        going &= (linked != left) & (linked != right)
    same[rows, left] = right


def _normalized(values: Numbers, least: float, most: float) -> Numbers:
    if most < least:
        least, most = float(values.min()), float(values.max())
    with np.errstate(invalid="ignore", divide="ignore"):
        return (values - least) / (most - least)


def _within(places: Numbers, size: int) -> npt.NDArray[np.bool_]:
    return (places >= 0) & (places < size)


def _sizes(given: Any, otherwise: list[int], what: str) -> list[int]:
    shape = tf.TensorShape(otherwise if given is None else given)
    if not shape.is_fully_defined() or shape.rank != len(otherwise):
        raise ValueError(f"{what} {shape} is not of {len(otherwise)} known sizes")
    return list(shape.as_list())


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value
