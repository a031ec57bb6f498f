"""Images and labels in memory, handed out in batches."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["Array", "DataSet", "Datasets", "dense_to_one_hot"]

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


class Datasets(NamedTuple):
    """The three parts of a data set.

    Args:
        train: What is trained with.
        validation: What settings are chosen with.
        test: What is measured with.
    """

    train: DataSet
    validation: DataSet
    test: DataSet


def dense_to_one_hot(labels_dense: Array, num_classes: int) -> Array:
    """Turns class labels into rows of zeros with a one.

    Args:
        labels_dense: Labels `[N]`.
        num_classes: C.

    Returns:
        float64 rows `[N, C]`.
    """
    rows = np.zeros((labels_dense.shape[0], num_classes))
    rows[np.arange(labels_dense.shape[0]), labels_dense.ravel()] = 1
    return rows


class DataSet:
    """Images and labels; `next_batch` goes through them epoch after epoch.

    Args:
        images: uint8 images `[N, H, W, 1]`.
        labels: Labels `[N]`, or one-hot rows.
        fake_data: Whether made-up data is handed out instead, for tests of a program.
        one_hot: Whether made-up labels are one-hot rows.
        dtype: `tf.float32` scales the images to 0 … 1; `tf.uint8` leaves them.
        reshape: Whether images become rows `[N, H * W]`.
        seed: Seeds NumPy's global generator, which shuffles; TensorFlow's graph seed unless given.

    Raises:
        TypeError: Another dtype.
        ValueError: The numbers of images and labels differ.
    """

    def __init__(
        self,
        images: Array,
        labels: Array,
        fake_data: bool = False,
        one_hot: bool = False,
        dtype: Any = tf.float32,
        reshape: bool = True,
        seed: int | None = None,
    ) -> None:
        graph_seed, op_seed = tf.get_seed(seed)
        np.random.seed(graph_seed if seed is None else op_seed)
        dtype = tf.as_dtype(dtype).base_dtype
        if dtype not in (tf.uint8, tf.float32):
            raise ArgumentTypeError("DataSet", "dtype", dtype.name, "uint8 or float32")
        self.one_hot = one_hot
        self._fake = fake_data
        if not fake_data:
            if images.shape[0] != labels.shape[0]:
                raise ArgumentError(
                    "DataSet", "labels", labels.shape, f"{images.shape[0]} of them, as images"
                )
            if reshape:
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == tf.float32:
                images = np.multiply(images.astype(np.float32), np.float32(1.0 / 255.0))
        self._images, self._labels = images, labels
        self._examples = 10000 if fake_data else images.shape[0]
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> Array:
        """All images, in the order they are handed out."""
        return self._images

    @property
    def labels(self) -> Array:
        """Their labels."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return self._examples

    @property
    def epochs_completed(self) -> int:
        """How often all have been handed out."""
        return self._epochs_completed

    def next_batch(
        self, batch_size: int, fake_data: bool = False, shuffle: bool = True
    ) -> tuple[Any, Any]:
        """Hands out the next batch; at the end of an epoch it begins the next one.

        Args:
            batch_size: B.
            fake_data: Whether made-up data is handed out.
            shuffle: Whether each epoch has an order of its own.

        Returns:
            Images and labels, B of each.
        """
        if fake_data:
            label: Any = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._examples:
            self._index_in_epoch = start + batch_size
            return self._part(start, self._index_in_epoch)
        self._epochs_completed += 1
        rest = self._part(start, self._examples)
        if shuffle:
            self._shuffle()
        self._index_in_epoch = batch_size - (self._examples - start)
        more = self._part(0, self._index_in_epoch)
        return np.concatenate((rest[0], more[0])), np.concatenate((rest[1], more[1]))

    def _part(self, start: int, end: int) -> tuple[Array, Array]:
        return self._images[start:end], self._labels[start:end]

    def _shuffle(self) -> None:
        order = np.arange(self._examples)
        np.random.shuffle(order)
        self._images, self._labels = self._images[order], self._labels[order]
