"""Where a column stands beside others: 1.15 sorted them by what their classes were called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphkit.tf1._contrib._feature_columns._simple import combiner_of

__all__ = ["in_order", "key_of", "kind_of"]

_KINDS = {
    "BucketizedColumn": "_BucketizedColumn",
    "CrossedColumn": "_CrossedColumn",
    "EmbeddingColumn": "_EmbeddingColumn",
    "HashedCategoricalColumn": "_SparseColumnHashed",
    "IdentityCategoricalColumn": "_SparseColumnIntegerized",
    "IndicatorColumn": "_OneHotColumn",
    "NumericColumn": "_RealValuedColumn",
    "ScatteredEmbeddingColumn": "_ScatteredEmbeddingColumn",
    "SharedEmbeddingColumn": "_EmbeddingColumn",
    "VocabularyFileCategoricalColumn": "_SparseColumnVocabulary",
    "VocabularyListCategoricalColumn": "_SparseColumnKeys",
    "WeightedCategoricalColumn": "_WeightedSparseColumn",
}


def kind_of(column: Any) -> str:
    """Names a column's class as 1.15 did.

    Args:
        column: The column.

    Returns:
        The name.
    """
    kind = type(column).__name__.lstrip("_")
    return _KINDS.get(kind, kind)


def key_of(column: Any) -> str:
    """Says what a column is: all its settings but functions of it.

    Args:
        column: The column.

    Returns:
        The same text for columns that 1.15 took for one.
    """
    fields = column._asdict()
    for function in ("initializer", "normalizer_fn"):
        fields.pop(function, None)
    return f"{kind_of(column)}{fields}{combiner_of(column)}"


def in_order(columns: Iterable[Any]) -> list[Any]:
    """Sorts columns as they stand in a layer, each once.

    Args:
        columns: The columns.

    Returns:
        The same, sorted.
    """
    return sorted(set(columns), key=lambda column: (_place(column), key_of(column)))


def _place(column: Any) -> tuple[str, ...]:
    """Where a column stands among others: its kind counts first, by the name it had in 1.15."""
    inner = [
        part
        for name in ("source_column", "categorical_column")
        if (part := getattr(column, name, None)) is not None
    ]
    below = _place(inner[0]) if inner else (str(column.name),)
    return (kind_of(column), *below)
