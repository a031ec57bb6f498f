"""contrib.learn's processors that turn categories and bytes into ids."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from graphkit.tf1._contrib._learn._data_feeder import setup_processor_data_feeder
from graphkit.tf1._contrib._learn._vocabulary import CategoricalVocabulary
from graphkit.tf1._mnist._data_set import Array

__all__ = ["ByteProcessor", "CategoricalProcessor"]


class CategoricalProcessor:
    """Turns the columns of a table into ids, 0 for what is unknown or not a number.

    Args:
        min_frequency: How often a category must come to get an id, and once more.
        share: Whether all columns have the same ids.
        vocabularies: A vocabulary for each column; learned unless given.
    """

    def __init__(
        self,
        min_frequency: int = 0,
        share: bool = False,
        vocabularies: Sequence[CategoricalVocabulary] | None = None,
    ) -> None:
        self.min_frequency = min_frequency
        self.share = share
        self.vocabularies_: Any = vocabularies

    def freeze(self, freeze: bool = True) -> None:
        """Stops new categories from getting ids, or allows it again.

        Args:
            freeze: Whether to stop.
        """
        for vocabulary in self.vocabularies_:
            vocabulary.freeze(freeze)

    def fit(self, x: Any, unused_y: Any = None) -> CategoricalProcessor:
        """Learns the categories of a table.

        Args:
            x: Rows `[N, D]`: an array, a DataFrame, or lists.
            unused_y: Kept for callers that pass it.

        Returns:
            This processor.
        """
        for row in setup_processor_data_feeder(x):
            if self.vocabularies_ is None:
                count = len(row)
                made = [CategoricalVocabulary() for _ in range(1 if self.share else count)]
                self.vocabularies_ = made * count if self.share else made
            for place, value in enumerate(row):
                if not _is_nan(value):
                    self.vocabularies_[place].add(value)
        if self.min_frequency > 0:
            for vocabulary in self.vocabularies_:
                vocabulary.trim(self.min_frequency)
        self.freeze()
        return self

    def fit_transform(self, x: Any, unused_y: Any = None) -> Iterator[Array]:
        """Learns the categories of a table, and turns it into ids.

        Args:
            x: Rows `[N, D]`; gone through twice.
            unused_y: Kept for callers that pass it.

        Returns:
            The rows of ids.
        """
        self.fit(x)
        return self.transform(x)

    def transform(self, x: Any) -> Iterator[Array]:
        """Turns a table into ids.

        Args:
            x: Rows `[N, D]`: an array, a DataFrame, or lists.

        Yields:
            int64 ids `[D]`.
        """
        self.freeze()
        for row in setup_processor_data_feeder(x):
            ids = [
                0 if _is_nan(value) else self.vocabularies_[place].get(value)
                for place, value in enumerate(row)
            ]
            yield np.array(ids, np.int64)


def _is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


class ByteProcessor:
    """Turns texts into rows of bytes of one length.

    Args:
        max_document_length: How many bytes are kept of each text.
    """

    def __init__(self, max_document_length: int) -> None:
        self.max_document_length = max_document_length

    def fit(self, x: Any) -> None:
        """Learns nothing: every byte is known.

        Args:
            x: The texts.
        """

    def fit_transform(self, x: Iterable[str | bytes]) -> Iterator[Array]:
        """Turns texts into bytes.

        Args:
            x: The texts.

        Returns:
            The rows.
        """
        return self.transform(x)

    def transform(self, x: Iterable[str | bytes]) -> Iterator[Array]:
        """Turns texts into bytes.

        Args:
            x: The texts; strings are encoded as UTF-8.

        Yields:
            uint8 bytes `[max_document_length]`, zero behind the text.
        """
        for text in x:
            encoded = text.encode() if isinstance(text, str) else bytes(text)
            row = np.zeros(self.max_document_length, np.uint8)
            kept = encoded[: self.max_document_length]
            row[: len(kept)] = np.frombuffer(kept, np.uint8)
            yield row

    def reverse(self, x: Iterable[Any]) -> Iterator[str]:
        """Turns bytes into texts.

        Args:
            x: The rows, arrays of numbers.

        Yields:
            The texts; an empty one where bytes are no UTF-8.
        """
        for row in x:
            encoded = np.trim_zeros(row.astype(np.uint8), "b").tobytes()
            try:
                yield encoded.decode()
            except UnicodeDecodeError:
                yield ""
