"""contrib.feature_column's input layer for columns of sequences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = ["sequence_input_layer"]

_COLUMNS = "tensorflow.python.feature_column"
_Features: Any = load(f"{_COLUMNS}.feature_column:_LazyBuilder")
_Transformed: Any = load(f"{_COLUMNS}.feature_column_v2:FeatureTransformationCache")
_SequenceColumn: Any = load(f"{_COLUMNS}.feature_column_v2:SequenceDenseColumn")


def sequence_input_layer(
    features: Mapping[str, Any],
    feature_columns: Iterable[Any],
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
) -> tuple[Tensor, Tensor]:
    """Makes the input of a recurrent network from columns.

    Args:
        features: Feature name to sparse tensor `[B, T]`.
        feature_columns: Embeddings or indicators of sequence columns, or sequences of numbers.
        weight_collections: Where their variables are kept as well.
        trainable: Whether these are trained.

    Returns:
        Numbers `[B, T, D]`, the columns side by side in the order of their names, and the lengths
        `[B]`.

    Raises:
        ValueError: There are no columns, or one is no column of sequences.
    """
    columns = sorted(_checked(feature_columns), key=lambda column: str(column.name))
    kept = [*(weight_collections or ()), tf.GraphKeys.GLOBAL_VARIABLES]
    with tf.variable_scope(None, "sequence_input_layer", values=list(features.values())):
        builder = _Features(features)
        outputs, lengths = [], []
        for column in columns:
            with tf.variable_scope(None, default_name=column.name):
                dense, length = _sequence(column, features, builder, kept, trainable)
            width = column.variable_shape.num_elements()
            flat = tf.reshape(dense, tf.concat([tf.shape(dense)[:2], [width]], 0))
            flat.set_shape([dense.shape[0], dense.shape[1], width])
            outputs.append(flat)
            lengths.append(length)
        return tf.concat(outputs, -1), _agreed(lengths)


def _sequence(
    column: Any, features: Any, builder: Any, collections: list[str], trainable: bool
) -> tuple[Tensor, Tensor]:
    if hasattr(column, "_get_sequence_dense_tensor"):  # it may have variables
        found = column._get_sequence_dense_tensor(  # noqa: SLF001 - no public way
            builder, weight_collections=collections, trainable=trainable
        )
    else:
        found = column.get_sequence_dense_tensor(_Transformed(features), None)
    return found.dense_tensor, found.sequence_length


def _checked(feature_columns: Iterable[Any]) -> list[Any]:
    columns = list(feature_columns)
    if not columns:
        raise ValueError("feature_columns must not be empty.")
    for column in columns:
        if not isinstance(column, _SequenceColumn):
            raise ArgumentError(
                "sequence_input_layer", "feature_columns", column, "columns of sequences"
            )
    return columns


def _agreed(lengths: list[Tensor]) -> Tensor:
    """The first of the lengths, which all have to be the same."""
    checks = [
        tf.assert_equal(lengths[0], other, message="Sequence lengths of columns differ.")
        for other in lengths[1:]
    ]
    with tf.control_dependencies(checks):
        return tf.identity(lengths[0], name="sequence_length")
