"""contrib.learn.datasets.base: data sets in CSV files."""

from __future__ import annotations

import csv
from typing import Any, NamedTuple

import numpy as np

from graphkit._tf import tf

__all__ = ["Dataset", "load_csv_with_header", "load_csv_without_header", "shrink_csv"]


class Dataset(NamedTuple):
    """Examples and what is to be learned from them.

    Args:
        data: The features `[N, D]`.
        target: The labels `[N]`.
    """

    data: Any
    target: Any


def _dataset(rows: Any, target_dtype: Any, features_dtype: Any, target_column: int) -> Dataset:
    targets, data = [], []
    for row in rows:
        targets.append(np.asarray(row.pop(target_column)).astype(target_dtype))
        data.append(np.asarray(row).astype(features_dtype))
    return Dataset(np.array(data), np.array(targets, target_dtype))


def load_csv_with_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """Reads a file whose first line says how many rows and features there are.

    Args:
        filename: The file.
        target_dtype: The labels' dtype.
        features_dtype: The features' dtype.
        target_column: Where the labels are.

    Returns:
        The data set.
    """
    with tf.gfile.Open(filename) as lines:
        rows = csv.reader(lines)
        count = int(next(rows)[0])
        found = _dataset(rows, target_dtype, features_dtype, target_column)
    if len(found.target) != count:
        raise ValueError(f"{filename}: {len(found.target)} rows where the header says {count}")
    return found


def load_csv_without_header(
    filename: str, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Dataset:
    """Reads a file of rows.

    Args:
        filename: The file.
        target_dtype: The labels' dtype.
        features_dtype: The features' dtype.
        target_column: Where the labels are.

    Returns:
        The data set.
    """
    with tf.gfile.Open(filename) as lines:
        return _dataset(csv.reader(lines), target_dtype, features_dtype, target_column)


def shrink_csv(filename: str, ratio: int) -> None:
    """Writes one row of several of a file beside it, as `…_small.csv`.

    Args:
        filename: The file.
        ratio: How many rows there are for each that is kept.
    """
    with tf.gfile.Open(filename) as lines:
        kept = [row for number, row in enumerate(csv.reader(lines)) if number % ratio == 0]
    with tf.gfile.Open(filename.replace(".", "_small."), "w") as out:
        csv.writer(out).writerows(kept)
