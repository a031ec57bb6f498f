"""`tf.keras.utils.HDF5Matrix`: rows of an HDF5 file that models fit without reading it whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from graphkit.tf1._namespace import load

__all__ = ["HDF5Matrix"]

_h5py: Any = load("h5py")


class HDF5Matrix:
    """Rows of a data set in an HDF5 file.

    Args:
        datapath: The file.
        dataset: The data set's name in it.
        start: The first row.
        end: The row behind the last one; that of the whole data set unless given.
        normalizer: A function of the rows that are read.

    Raises:
        OSError: There is no such file.
        KeyError: There is no such data set in it.
    """

    # Every file is opened once, whatever the number of matrices in it.
    refs: ClassVar[dict[str, Any]] = {}

    def __init__(
        self,
        datapath: str,
        dataset: str,
        start: int = 0,
        end: int | None = None,
        normalizer: Callable[[Any], Any] | None = None,
    ) -> None:
        if datapath not in self.refs:
            self.refs[datapath] = _h5py.File(datapath, "r")
        self.data = self.refs[datapath][dataset]
        self.start = start
        self.end = self.data.shape[0] if end is None else end
        self.normalizer = normalizer

    def __len__(self) -> int:
        return int(self.end - self.start)

    def __getitem__(self, key: Any) -> Any:
        rows = self.data[self._rows(key)]
        return rows if self.normalizer is None else self.normalizer(rows)

    def _rows(self, key: Any) -> Any:
        """Where the rows are in the data set."""
        if isinstance(key, slice):
            start, stop = key.start or 0, len(self) if key.stop is None else key.stop
            self._require(stop - 1)
            return slice(start + self.start, stop + self.start)
        places = np.asarray(key)
        self._require(places.max())
        return (places + self.start).tolist()

    def _require(self, place: int) -> None:
        if place + self.start >= self.end:
            raise IndexError(f"there is no row {place} among {len(self)}")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the rows."""
        return (len(self), *self.data.shape[1:])

    @property
    def dtype(self) -> Any:
        """The dtype in the file."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return int(self.data.ndim)

    @property
    def size(self) -> Any:
        """How many numbers there are."""
        return np.prod(self.shape)
