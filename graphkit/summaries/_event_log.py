"""What an event log holds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.summaries._pixels import decode_image

__all__ = ["EventLog", "HistogramEvent", "ImageEvent", "ScalarEvent", "TextEvent"]


@dataclass(frozen=True)
class ScalarEvent:
    """One number.

    Attributes:
        step: The training step.
        wall_time: When it was written, in seconds since 1970.
        value: The number.
    """

    step: int
    wall_time: float
    value: float


@dataclass(frozen=True, eq=False)
class HistogramEvent:
    """The distribution of a tensor's numbers.

    Attributes:
        step: The training step.
        wall_time: When it was written, in seconds since 1970.
        buckets: float64, shape `[K, 3]`: left edge, right edge, count.
    """

    step: int
    wall_time: float
    buckets: npt.NDArray[np.float64]

    @property
    def count(self) -> int:
        """How many numbers there were."""
        return int(self.buckets[:, 2].sum())


@dataclass(frozen=True)
class ImageEvent:
    """One image.

    Attributes:
        step: The training step.
        wall_time: When it was written, in seconds since 1970.
        encoded: The image as the file holds it, a PNG as a rule.
        path: The event file.
    """

    step: int
    wall_time: float
    encoded: bytes = field(repr=False)
    path: str

    def pixels(self) -> npt.NDArray[np.uint8]:
        """Decodes the image.

        Returns:
            uint8, shape `[H, W, C]`.

        Raises:
            CorruptFileError: The bytes are no image.
        """
        try:
            return decode_image(self.encoded)
        except (tf.errors.OpError, ValueError) as exc:
            reason = f"the image of step {self.step} cannot be decoded"
            raise CorruptFileError(self.path, reason) from exc


@dataclass(frozen=True)
class TextEvent:
    """One string, or several of one table.

    Attributes:
        step: The training step.
        wall_time: When it was written, in seconds since 1970.
        strings: The strings, a table row by row.
    """

    step: int
    wall_time: float
    strings: tuple[str, ...]

    @property
    def value(self) -> str:
        """The strings, one per line."""
        return "\n".join(self.strings)


@dataclass
class EventLog:
    """Everything the event files of one run hold, by tag, in the order it was written.

    Attributes:
        paths: The files that were read.
        scalars: Numbers.
        histograms: Distributions.
        images: Images.
        texts: Strings.
        graph: The last `GraphDef` written, or None.
        run_metadata: `RunMetadata` by tag.
        warnings: A line for each file that is damaged or cut short.
    """

    paths: list[str]
    scalars: dict[str, list[ScalarEvent]] = field(default_factory=dict)
    histograms: dict[str, list[HistogramEvent]] = field(default_factory=dict)
    images: dict[str, list[ImageEvent]] = field(default_factory=dict)
    texts: dict[str, list[TextEvent]] = field(default_factory=dict)
    graph: Any = None
    run_metadata: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
