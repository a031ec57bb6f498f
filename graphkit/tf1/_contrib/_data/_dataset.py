"""`contrib.data`'s data sets, as they were before they moved to `tf.data` in 1.4.

They are today's, but each step takes the arguments of then: `map(f, num_threads=4,
output_buffer_size=100)`.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from graphkit._tf import tf

__all__ = ["Dataset", "FixedLengthRecordDataset", "TFRecordDataset", "TextLineDataset"]

_STEPS = (
    "apply batch cache concatenate enumerate filter flat_map group_by_window ignore_errors "
    "interleave padded_batch prefetch repeat shard shuffle skip take unbatch"
)
_SOURCES = "from_generator from_tensor_slices from_tensors list_files range zip"

_Adapter: Any = importlib.import_module("tensorflow.python.data.ops.dataset_ops").DatasetV1Adapter


class Dataset(_Adapter):  # type: ignore[misc]
    """A data set whose steps take the arguments that they took in `tf.contrib.data`.

    Args:
        dataset: A data set of today.
    """

    def map(
        self,
        map_func: Callable[..., Any],
        num_threads: Any = None,
        output_buffer_size: Any = None,
        num_parallel_calls: Any = None,
    ) -> Dataset:
        """Maps a function over the elements.

        Args:
            map_func: A function of the parts of an element.
            num_threads: How many elements are worked on at a time.
            output_buffer_size: How many are held ready.
            num_parallel_calls: The later name of `num_threads`.

        Returns:
            The mapped data set.
        """
        given = num_parallel_calls if num_threads is None else num_threads
        mapped = super().map(map_func, num_parallel_calls=given)
        return Dataset(
            mapped if output_buffer_size is None else mapped.prefetch(output_buffer_size)
        )

    def dense_to_sparse_batch(self, batch_size: Any, row_shape: Any) -> Dataset:
        """Batches arrays of different shapes into sparse tensors.

        Args:
            batch_size: B.
            row_shape: The shape `[...]` that all of them fit into.

        Returns:
            A data set of sparse tensors `[B, ...]`.
        """
        return Dataset(
            self.apply(tf.data.experimental.dense_to_sparse_batch(batch_size, row_shape))
        )


def _kept(make: Callable[..., Any]) -> Callable[..., Dataset]:
    """Lets a function that makes a data set make one of `contrib.data`."""

    @functools.wraps(make)
    def call(*args: Any, **kwargs: Any) -> Dataset:
        return Dataset(make(*args, **kwargs))

    return call


for _name in _STEPS.split():
    setattr(Dataset, _name, _kept(getattr(_Adapter, _name)))
for _name in _SOURCES.split():
    setattr(Dataset, _name, staticmethod(_kept(getattr(tf.data.Dataset, _name))))

FixedLengthRecordDataset = _kept(tf.data.FixedLengthRecordDataset)
TFRecordDataset = _kept(tf.data.TFRecordDataset)
TextLineDataset = _kept(tf.data.TextLineDataset)
