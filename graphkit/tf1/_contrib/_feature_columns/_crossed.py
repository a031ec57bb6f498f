"""The column of combinations whose hash is the one of before December 2016."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._feature_cross import sparse_feature_cross
from graphkit.tf1._namespace import load

__all__ = ["CrossedColumn"]

_V2 = "tensorflow.python.feature_column.feature_column_v2"
_Crossed: Any = load(f"{_V2}:CrossedColumn")
_leaves: Any = load(f"{_V2}:_collect_leaf_level_keys")


class CrossedColumn(_Crossed):  # type: ignore[misc]
    """A column of `tf.feature_column` in everything but its hash."""

    def transform_feature(self, transformation_cache: Any, state_manager: Any) -> tf.SparseTensor:
        """Combines the words and ids of each row for layers of today."""
        given = (transformation_cache, state_manager)
        return self._hashed(
            transformation_cache.get(key, state_manager)
            if isinstance(key, str)
            else key.get_sparse_tensors(*given).id_tensor
            for key in _leaves(self)
        )

    def _transform_feature(self, inputs: Any) -> tf.SparseTensor:
        """Combines the words and ids of each row for `input_layer` and `linear_model`."""
        return self._hashed(
            inputs.get(key) if isinstance(key, str) else key._get_sparse_tensors(inputs).id_tensor  # noqa: SLF001 - a column's own
            for key in _leaves(self)
        )

    def _hashed(self, parts: Any) -> tf.SparseTensor:
        return sparse_feature_cross(
            list(parts), hashed_output=True, num_buckets=self.hash_bucket_size
        )
