"""contrib.learn's VocabularyProcessor: texts to rows of word ids."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.tf1._mnist._data_set import Array

__all__ = ["TOKENIZER_RE", "CategoricalVocabulary", "VocabularyProcessor", "tokenizer"]

TOKENIZER_RE = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z][a-z]+(?=[A-Z])|[\'\w\-]+", re.UNICODE)


def tokenizer(iterator: Iterable[str]) -> Iterator[list[str]]:
    """Cuts texts into words.

    Args:
        iterator: The texts.

    Yields:
        The words of each.
    """
    for text in iterator:
        yield TOKENIZER_RE.findall(text)


class CategoricalVocabulary:
    """Words and their ids, given in the order words come; 0 stands for every unknown word.

    Args:
        unknown_token: How an unknown word is written.
        support_reverse: Whether ids can be turned back.
    """

    def __init__(self, unknown_token: str = "<UNK>", support_reverse: bool = True) -> None:
        self._mapping: dict[str, int] = {unknown_token: 0}
        self._reverse = [unknown_token]
        self._support_reverse = support_reverse
        self._counts: Counter[str] = Counter()
        self._frozen = False

    def __len__(self) -> int:
        return len(self._mapping)

    @property
    def words(self) -> list[str]:
        """All words in the order of their ids, the unknown one first."""
        return list(self._reverse)

    def freeze(self, freeze: bool = True) -> None:
        """Stops new words from getting ids, or allows it again.

        Args:
            freeze: Whether to stop.
        """
        self._frozen = freeze

    def get(self, category: str) -> int:
        """Gives a word's id; a new word gets the next one.

        Args:
            category: The word.

        Returns:
            The id.
        """
        if category not in self._mapping:
            if self._frozen:
                return 0
            self._mapping[category] = len(self._mapping)
            self._reverse.append(category)
        return self._mapping[category]

    def add(self, category: str, count: int = 1) -> None:
        """Counts a word.

        Args:
            category: The word.
            count: How often it came.
        """
        if self.get(category) > 0:
            self._counts[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keeps the words that came often enough, the most frequent first.

        Args:
            min_frequency: How often a word must have come, and once more.
            max_frequency: How often it may have come, not counting this; -1 for no limit.
        """
        # Numbers come before words, which they cannot be compared with.
        by_word = sorted(self._counts.items(), key=lambda pair: (isinstance(pair[0], str), pair[0]))
        ordered = sorted(by_word, key=lambda pair: pair[1], reverse=True)
        kept = [
            (word, count)
            for word, count in ordered
            if count > min_frequency and (max_frequency <= 0 or count < max_frequency)
        ]
        self._reverse = [self._reverse[0], *(word for word, _ in kept)]
        self._mapping = {word: number for number, word in enumerate(self._reverse)}
        self._counts = Counter(dict(kept))

    def reverse(self, class_id: int) -> str:
        """Gives the word of an id.

        Args:
            class_id: The id.

        Returns:
            The word.

        Raises:
            ValueError: The vocabulary was made without `support_reverse`.
        """
        if not self._support_reverse:
            raise ArgumentError(
                "CategoricalVocabulary.reverse", "support_reverse", False, "True to turn ids back"
            )
        return self._reverse[class_id]


class VocabularyProcessor:
    """Turns texts into rows of word ids of one length.

    Args:
        max_document_length: How many words are kept of each text.
        min_frequency: How often a word must have come to get an id, and once more.
        vocabulary: The ids, where they are known.
        tokenizer_fn: Cuts texts into words.
    """

    def __init__(
        self,
        max_document_length: int,
        min_frequency: int = 0,
        vocabulary: CategoricalVocabulary | None = None,
        tokenizer_fn: Callable[[Iterable[str]], Iterable[list[str]]] | None = None,
    ) -> None:
        self.max_document_length = max_document_length
        self.min_frequency = min_frequency
        self.vocabulary_ = vocabulary or CategoricalVocabulary()
        self._tokenizer = tokenizer_fn or tokenizer

    def fit(self, raw_documents: Iterable[str], unused_y: Any = None) -> VocabularyProcessor:
        """Learns the words of texts.

        Args:
            raw_documents: The texts.
            unused_y: Kept for callers that pass it.

        Returns:
            This processor.
        """
        for words in self._tokenizer(raw_documents):
            for word in words:
                self.vocabulary_.add(word)
        if self.min_frequency > 0:
            self.vocabulary_.trim(self.min_frequency)
        self.vocabulary_.freeze()
        return self

    def fit_transform(self, raw_documents: Iterable[str], unused_y: Any = None) -> Iterator[Array]:
        """Learns the words of texts, and turns these into ids.

        Args:
            raw_documents: The texts; gone through twice.
            unused_y: Kept for callers that pass it.

        Returns:
            The rows.
        """
        self.fit(raw_documents)
        return self.transform(raw_documents)

    def transform(self, raw_documents: Iterable[str]) -> Iterator[Array]:
        """Turns texts into ids.

        Args:
            raw_documents: The texts.

        Yields:
            int64 ids `[max_document_length]`, zero behind the text.
        """
        for words in self._tokenizer(raw_documents):
            row = np.zeros(self.max_document_length, np.int64)
            for place, word in enumerate(words[: self.max_document_length]):
                row[place] = self.vocabulary_.get(word)
            yield row

    def reverse(self, documents: Iterable[Iterable[int]]) -> Iterator[str]:
        """Turns ids into texts.

        Args:
            documents: The rows.

        Yields:
            The words, separated by spaces.
        """
        for ids in documents:
            yield " ".join(self.vocabulary_.reverse(number) for number in ids)

    def save(self, filename: str) -> None:
        """Writes the processor into a file, as JSON.

        Args:
            filename: The file.
        """
        settings = {
            "max_document_length": self.max_document_length,
            "min_frequency": self.min_frequency,
            "words": self.vocabulary_.words,
        }
        Path(filename).write_text(json.dumps(settings), encoding="utf-8")

    @classmethod
    def restore(cls, filename: str) -> VocabularyProcessor:
        """Reads a processor from a file that `save` wrote.

        Args:
            filename: The file.

        Returns:
            The processor; it learns no new words.

        Raises:
            CorruptFileError: The file is another one; 1.15 wrote pickles, which can run code when
                they are read and are refused.
        """
        try:
            settings = json.loads(Path(filename).read_text(encoding="utf-8"))
            unknown, *words = map(str, settings["words"])
            length, least = int(settings["max_document_length"]), int(settings["min_frequency"])
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptFileError(
                filename, "not a file that VocabularyProcessor.save wrote; fit the texts again"
            ) from error
        vocabulary = CategoricalVocabulary(unknown)
        for word in words:
            vocabulary.get(word)
        vocabulary.freeze()
        return cls(length, least, vocabulary)
