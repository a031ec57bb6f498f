"""Images with their labels, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, eq=False)
class ImageBatch:
    """Images, and for each one its label and the name it came under.

    Attributes:
        images: uint8, `[N, H, W, 3]` in RGB order, or `[N, H, W]` for grey ones.
        labels: int64 `[N]`.
        filenames: One name per image; empty text where the source has none.
    """

    images: np.ndarray[Any, np.dtype[np.uint8]]
    labels: np.ndarray[Any, np.dtype[np.int64]]
    filenames: list[str]

    def __len__(self) -> int:
        return len(self.labels)
