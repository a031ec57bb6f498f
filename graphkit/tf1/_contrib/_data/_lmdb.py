"""contrib.data: the records of LMDB files as a data set."""

from __future__ import annotations

import os
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._data._dataset import Dataset
from graphkit.tf1._core._lmdb import lmdb_records

__all__ = ["LMDBDataset"]


class LMDBDataset(Dataset):
    """Keys and values of LMDB files, file by file, in the order of the keys.

    The package lmdb reads them in Python; see `graphkit.tf1.LMDBReader`.

    Args:
        filenames: One path or several, strings of shape `[]` or `[files]`: of LMDB's folders, or
            of data files themselves.
    """

    def __init__(self, filenames: Any) -> None:
        paths = tf.reshape(tf.convert_to_tensor(filenames, tf.string), [-1])

        def records(path: Tensor) -> Any:
            return tf.data.Dataset.from_generator(
                lambda path: lmdb_records(os.fsdecode(path)),
                (tf.string, tf.string),
                ([], []),
                args=[path],
            )

        super().__init__(tf.data.Dataset.from_tensor_slices(paths).flat_map(records))
