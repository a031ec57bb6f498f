"""How contrib.rnn's cells over time and frequencies look at a spectrum: through windows."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit._tf import Tensor, tf

__all__ = ["blocks_of_windows", "windows"]


def _known_width(inputs: Tensor) -> int:
    width = inputs.shape.with_rank(2).as_list()[1]
    if width is None:
        raise ValueError("Cannot infer input_size from static shape inference.")
    return int(width)


def _count(width: int, size: int, skip: int) -> int:
    return int((width - size) / skip) + 1


def _cut(inputs: Tensor, start: int, count: int, size: int, skip: int) -> list[Tensor]:
    return [tf.slice(inputs, [0, start + n * skip], [-1, size]) for n in range(count)]


def windows(inputs: Tensor, size: int, skip: int) -> list[Tensor]:
    """Cuts spectra into windows that may overlap.

    Args:
        inputs: Spectra `[B, D]`; D is known.
        size: The width F of a window.
        skip: How far one window is from the next.

    Returns:
        Windows `[B, F]`, from low frequencies to high ones.

    Raises:
        ValueError: D is not known.
    """
    return _cut(inputs, 0, _count(_known_width(inputs), size, skip), size, skip)


def blocks_of_windows(
    inputs: Tensor,
    size: int,
    skip: int,
    counts: Sequence[int],
    ranges: tuple[Sequence[int] | None, Sequence[int] | None],
    offset: int = 0,
) -> list[list[Tensor]]:
    """Cuts spectra into blocks, and each block into windows.

    Args:
        inputs: Spectra `[B, D]`; D is known.
        size: The width F of a window.
        skip: How far one window is from the next.
        counts: How many windows each block has.
        ranges: Where each block starts and where it ends; all is one block without them.
        offset: How far all windows are moved up; beyond the ends there are zeros.

    Returns:
        For each block its windows `[B, F]`.

    Raises:
        ValueError: D is not known, or numbers of blocks or windows do not fit.
    """
    starts, ends = (list(part or []) for part in ranges)
    if not starts:
        starts, ends = [0], [_known_width(inputs)]
        if len(counts) != 1:
            raise ValueError(
                f"Length of num_frequency_blocks is not 1, but instead is {len(counts)}"
            )
    if len(starts) != len(ends):
        raise ValueError(
            f"Length of start and end freqindex_list does not match {len(starts)} {len(ends)}"
        )
    if len(counts) != len(starts):
        raise ValueError(
            "Length of num_frequency_blocks is not equal to start_freqindex_list "
            f"{len(counts)} {len(starts)}"
        )
    for count, start, end in zip(counts, starts, ends, strict=True):
        found = _count(end - start, size, skip)
        if found != count:
            raise ValueError(
                f"Invalid num_frequency_blocks, requires {count} but gets {found}, please check "
                "the input size and filter config are correct."
            )
    padded = tf.pad(inputs, [[0, 0], [max(-offset, 0), max(offset, 0)]]) if offset else inputs
    return [
        _cut(padded, start + max(offset, 0), count, size, skip)
        for start, count in zip(starts, counts, strict=True)
    ]
