"""The common case in one call: record files in, typed batch out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.readers._batchers import batch_join, shuffle_batch_join
from graphkit.readers._checks import (
    require_batch_arguments,
    require_int,
    require_producer_arguments,
)
from graphkit.readers._decode import DecodeImage, DecodeRaw
from graphkit.readers._file_names import string_input_producer
from graphkit.readers._file_readers import TFRecordReader
from graphkit.readers._files import expand_files
from graphkit.readers._schema import check_decode_rules, check_features, check_first_record

__all__ = ["record_batch"]

_WHERE = "record_batch"
_STOCK = 1000
_BATCHES_AHEAD = 3
_COMPRESSION = {
    "": tf.python_io.TFRecordCompressionType.NONE,
    "GZIP": tf.python_io.TFRecordCompressionType.GZIP,
    "ZLIB": tf.python_io.TFRecordCompressionType.ZLIB,
}


def record_batch(
    files: str | PathLike[str] | Sequence[str | PathLike[str]],
    features: Mapping[str, Any],
    *,
    batch_size: int,
    decode: Mapping[str, DecodeRaw | DecodeImage] | None = None,
    shuffle: bool = True,
    num_epochs: int | None = None,
    seed: int | None = None,
    num_threads: int = 1,
    capacity: int | None = None,
    min_after_dequeue: int | None = None,
    allow_smaller_final_batch: bool = True,
    compression: str = "",
    name: str | None = None,
) -> dict[str, Tensor]:
    """Reads batches of typed tensors from files of `tf.train.Example` records.

    The files are checked now and again as the queue runners start; the features and rules are
    compared with the first record now, so that a misspelt name or a wrong dtype is found before
    anything runs. Every record is delivered exactly `num_epochs` times.

    `seed` fixes the order of the files and the draws from the stock; which records are in the stock
    at a draw depends on the threads, so the order of records can still vary.

    Args:
        files: Paths, one path, or a glob pattern.
        features: What to take from each record: name to `tf.io.FixedLenFeature`, `VarLenFeature`,
            `FixedLenSequenceFeature`, `SparseFeature` or `RaggedFeature`.
        batch_size: Records per batch, `B`.
        decode: Name to rule, for features whose bytes are an array or an image.
        shuffle: Whether files and records come in random order.
        num_epochs: How often each record is delivered before `tf.errors.OutOfRangeError`; None for
            ever.
        seed: Seed of the shuffling.
        num_threads: How many files are read at the same time, a thread each; with more than one
            the order varies even without shuffling.
        capacity: How many records wait in the queue at most; enough for the stock and three
            batches unless given.
        min_after_dequeue: Stock of records to draw from at random; 1000, or half of `capacity` if
            that is less, unless given. Only with `shuffle`.
        allow_smaller_final_batch: Whether the last batch may be smaller than `B`; False drops what
            does not fill a batch.
        compression: "" (none), "GZIP" or "ZLIB".
        name: Name scope of the ops, "record_batch" unless given.

    Returns:
        Feature name to batch: `[B, *shape]` for a FixedLenFeature or a decoded feature, a sparse
        tensor for a VarLenFeature. The static `B` is None where the last batch may be smaller.

    Raises:
        ArgumentError: A number or a shape is out of range, or disagrees with the first record; or
            the files are compressed in another way than `compression` says.
        ArgumentTypeError: An argument, dtype or rule is of the wrong type, or disagrees with the
            first record.
        DataError: The files hold no record, or none that can be read.
        MissingFileError: A file is absent or unreadable, or the pattern matches none.
        NoGraphError: No graph is current.
        UnknownNameError: The records have no such feature.
    """
    require_producer_arguments(_WHERE, num_epochs, 1)
    stock, room = _sizes(shuffle, batch_size, capacity, min_after_dequeue)
    require_batch_arguments(
        _WHERE, batch_size, room, num_threads=num_threads, min_after_dequeue=stock
    )
    if compression not in _COMPRESSION:
        raise ArgumentError(_WHERE, "compression", compression, '"", "GZIP" or "ZLIB"')
    rules = {} if decode is None else decode
    check_features(_WHERE, features)
    check_decode_rules(_WHERE, rules, features)
    paths = expand_files(_WHERE, files)
    check_first_record(_WHERE, paths, features, rules, compression)

    with tf.name_scope(name, _WHERE):
        queue = string_input_producer(paths, num_epochs, shuffle, seed)
        sources = [_records(queue, batch_size, compression) for _ in range(num_threads)]
        smaller = allow_smaller_final_batch and num_epochs is not None
        options: dict[str, Any] = {"enqueue_many": True, "allow_smaller_final_batch": smaller}
        if stock is None:
            serialized = batch_join(sources, batch_size, room, **options)
        else:
            serialized = shuffle_batch_join(sources, batch_size, room, stock, seed=seed, **options)
        return _parse(serialized, features, rules)


def _sizes(
    shuffle: bool, batch_size: int, capacity: int | None, min_after_dequeue: int | None
) -> tuple[int | None, int]:
    """Decides the stock to draw from (None for a queue in order) and the room of the queue."""
    require_int(_WHERE, "batch_size", batch_size, 1)
    if capacity is not None:
        require_int(_WHERE, "capacity", capacity, 1)
    if min_after_dequeue is not None:
        require_int(_WHERE, "min_after_dequeue", min_after_dequeue, 0)
        if not shuffle:
            wanted = "None unless shuffle is on"
            raise ArgumentError(_WHERE, "min_after_dequeue", min_after_dequeue, wanted)
    stock = min_after_dequeue
    if shuffle and stock is None:
        stock = _STOCK if capacity is None else min(_STOCK, capacity // 2)
    return stock, capacity or (stock or 0) + _BATCHES_AHEAD * batch_size


def _records(queue: Any, batch_size: int, compression: str) -> list[Tensor]:
    """Makes a reader of its own, which takes many records (string, `[N]`) per step."""
    options = tf.python_io.TFRecordOptions(_COMPRESSION[compression])
    reader = TFRecordReader(options=options)
    _, records = reader.read_up_to(queue, batch_size)
    return [records]


def _parse(
    serialized: Tensor, features: Mapping[str, Any], rules: Mapping[str, Any]
) -> dict[str, Tensor]:
    """Parses a whole batch of records (string, `[B]`) at once, which is faster than one by one."""
    parsed: dict[str, Tensor] = tf.parse_example(serialized, features)
    for feature, rule in rules.items():
        with tf.name_scope("decode"):
            parsed[feature] = rule.decode(parsed[feature])
    return parsed
