"""What is said of a tensor in a file."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TensorInfo"]


@dataclass(frozen=True)
class TensorInfo:
    """A tensor of a graph file.

    Attributes:
        name: The name of its op, such as `"images"`; `"split:1"` where an op has several outputs.
        dtype: Its dtype's name, such as `"float32"`.
        shape: Its static shape, None where a dimension is open; None if the rank is.
    """

    name: str
    dtype: str
    shape: tuple[int | None, ...] | None
