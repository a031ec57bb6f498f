"""Units, windows, strides and paddings: checked, and brought into one form."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from graphkit.errors import ArgumentError, ArgumentTypeError, UsageError

__all__ = [
    "channel_axis",
    "check_window_fits",
    "checked_choice",
    "checked_size",
    "checked_window",
    "spatial_sizes",
]


def checked_size(where: str, argument: str, value: Any) -> int:
    """Returns a whole number of at least 1.

    A float that is whole passes, as in TensorFlow 1: `units=hidden / 2` of Python 2 times.

    Raises:
        ArgumentError: It is less than 1 or not whole.
        ArgumentTypeError: It is not a number.
    """
    whole = int(value) if isinstance(value, float) and value.is_integer() else value
    try:
        if isinstance(whole, (bool, float)):
            raise TypeError
        size = operator.index(whole)
    except TypeError as exc:
        raise ArgumentTypeError(where, argument, repr(value), "a whole number above 0") from exc
    if size < 1:
        raise ArgumentError(where, argument, value, "a whole number above 0")
    return size


def checked_window(where: str, argument: str, value: Any, axes: int) -> tuple[int, ...]:
    """Returns one size per spatial axis, from one number for all or a sequence of them.

    Raises:
        ArgumentError: There are too few or too many, or one is not a whole number above 0.
    """
    several = hasattr(value, "__len__") and not isinstance(value, str)
    sizes = tuple(value) if several else (value,) * axes
    try:
        window = tuple(checked_size(where, argument, size) for size in sizes)
    except UsageError as exc:
        wanted = f"whole numbers above 0, one for all axes or {axes}"
        raise ArgumentError(where, argument, value, wanted) from exc
    if len(window) != axes:
        raise ArgumentError(where, argument, value, f"one number or {axes} of them")
    return window


def checked_choice(where: str, argument: str, value: Any, choices: tuple[str, ...]) -> str:
    """Returns one of `choices`, written in upper or lower case.

    Raises:
        ArgumentError: It is none of them.
    """
    lowered = value.lower() if isinstance(value, str) else value
    if lowered not in choices:
        raise ArgumentError(where, argument, value, " or ".join(map(repr, choices)))
    return str(lowered)


def channel_axis(data_format: str) -> int:
    """Returns the axis of the channels."""
    return 1 if data_format == "channels_first" else -1


def spatial_sizes(sizes: list[int | None], data_format: str) -> list[int | None]:
    """Returns the sizes of the axes between batch and channels."""
    return sizes[2:] if data_format == "channels_first" else sizes[1:-1]


def check_window_fits(
    where: str,
    argument: str,
    window: Sequence[int],
    spatial: Sequence[int | None],
    padding: str,
    dilation: Sequence[int] | None = None,
) -> None:
    """Refuses a window larger than the input where nothing is padded.

    Raises:
        ArgumentError: It does not fit on some axis.
    """
    reach = [(w - 1) * d + 1 for w, d in zip(window, dilation or [1] * len(window), strict=True)]
    too_large = any(s is not None and r > s for r, s in zip(reach, spatial, strict=True))
    if padding == "valid" and too_large:
        dilated = (
            f" (spread over {reach} by dilation)" if dilation and reach != list(window) else ""
        )
        wanted = f"at most the input's {list(spatial)} with padding='valid'{dilated}"
        raise ArgumentError(where, argument, list(window), wanted)
