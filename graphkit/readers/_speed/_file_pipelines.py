"""The pipeline a program of TensorFlow 1 would read files with, for files that have no program."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, CorruptFileError, DataError
from graphkit.readers._batchers import shuffle_batch
from graphkit.readers._checks import require_int
from graphkit.readers._file_names import string_input_producer
from graphkit.readers._file_readers import TFRecordReader, WholeFileReader
from graphkit.readers._files import expand_files
from graphkit.records import (
    FeatureSummary,
    decode_example,
    describe_records,
    iterate_records,
)

__all__ = ["file_pipeline"]

_WHERE = "file_pipeline"
_IMAGE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"GIF8")
_LOOKED_AT = 100
_STOCK = 1000
_IMAGE_STOCK = 4  # batches: an image takes as much memory as a hundred records
_MOST = 2**31  # values of a batch, which TensorFlow's ops on images count in 32 bits
_DTYPES = {"bytes": tf.string, "float": tf.float32, "int64": tf.int64}


def file_pipeline(
    files: Sequence[str | PathLike[str]],
    *,
    batch_size: int = 32,
    size: tuple[int, int] = (224, 224),
) -> Any:
    """Adds the pipeline that such files are usually read with: names, reader, decoding, batches.

    Images are decoded to `[H, W, 3]` and resized. Of `tf.train.Example` records every feature that
    the first hundred records of the first file have is parsed, and those that hold an encoded
    image are decoded and resized as well. Other records stay bytes. Names and records are shuffled,
    without an end.

    Args:
        files: Record files (TFRecord, compressed or not) or images (JPEG, PNG, BMP, GIF), all of
            one kind; paths or patterns.
        batch_size: Records per batch, `B`.
        size: (height, width) that images are resized to.

    Returns:
        The batches by feature (for images "image": float32 `[B, height, width, 3]`; for records
        that are no Example "record": string `[B]`).

    Raises:
        ArgumentError: `batch_size` is below 1, a batch of such a size holds 2³¹ values or more, or
            there is no file.
        CorruptFileError: A file is neither an image nor a record file.
        DataError: The first file holds no record, or another one is of another kind.
        MissingFileError: A file is absent or unreadable, or a pattern matches none.
    """
    require_int(_WHERE, "batch_size", batch_size, 1)
    if batch_size * 3 * size[0] * size[1] >= _MOST:
        raise ArgumentError(_WHERE, "size", size, f"below {_MOST} values in {batch_size} images")
    listed = expand_files(_WHERE, []) if not files else files
    paths = [path for given in listed for path in expand_files(_WHERE, given)]
    is_image = _one_kind(paths)
    queue = string_input_producer(paths)
    if is_image:
        example = {"image": _image(WholeFileReader().read(queue)[1], size)}
    else:
        example = _parsed(paths[0], queue, size)
    decodes = any(
        tensor.dtype == tf.float32 and tensor.shape.rank == 3 for tensor in example.values()
    )
    stock = _IMAGE_STOCK * batch_size if decodes else _STOCK
    return shuffle_batch(example, batch_size, stock + 3 * batch_size, stock)


def _one_kind(paths: Sequence[str]) -> bool:
    """Tells whether the files are images or record files; looks at the beginning of each."""
    first = _is_image(paths[0])
    for path in paths:
        is_image = _is_image(path)
        if is_image != first:
            kinds = ("an image", "no image")
            raise DataError(path, f"is {kinds[first]}, and {paths[0]} is {kinds[not first]}")
        if not is_image:
            _require_records(path)
    return first


def _require_records(path: str) -> None:
    try:
        next(iterate_records(path), None)
    except CorruptFileError as damage:
        if damage.offset:
            raise
        reason = (
            "is no image, and no TFRecord file either unless its first record is damaged "
            f"({damage.reason}); another kind of file is measured by a program that reads it"
        )
        raise CorruptFileError(path, reason, offset=damage.offset) from damage


def _is_image(path: str) -> bool:
    with tf.gfile.GFile(path, "rb") as file:
        return bool(file.read(len(_IMAGE_STARTS[1])).startswith(_IMAGE_STARTS))


def _image(contents: Tensor, size: tuple[int, int]) -> Tensor:
    pixels = tf.image.decode_image(contents, channels=3, expand_animations=False)
    pixels.set_shape([None, None, 3])
    return tf.image.resize_images(pixels, size)


def _parsed(path: str, queue: Any, size: tuple[int, int]) -> dict[str, Any]:
    """Reads one record and decodes it as those of the first file can be."""
    summary = describe_records(path, limit=_LOOKED_AT)
    if not summary.count:
        raise DataError(path, "holds no record")
    kind = getattr(tf.python_io.TFRecordCompressionType, summary.compression or "NONE")
    reader = TFRecordReader(options=tf.python_io.TFRecordOptions(kind))
    _, record = reader.read(queue)
    if not summary.features:
        return {"record": record}
    features = {
        name: _feature(known, summary.count)
        for name, known in summary.features.items()
        if known.kind in _DTYPES
    }
    example: dict[str, Any] = tf.parse_single_example(record, features)
    for name in _image_features(path):
        if name in example and isinstance(features[name], tf.FixedLenFeature):
            example[name] = _image(example[name], size)
    return example


def _feature(known: FeatureSummary, records: int) -> Any:
    """How to parse a feature: dense where every record has as many values."""
    dtype = _DTYPES[known.kind]
    if known.present_in < records or known.min_length != known.max_length:
        return tf.VarLenFeature(dtype)
    return tf.FixedLenFeature([] if known.max_length == 1 else [known.max_length], dtype)


def _image_features(path: str) -> list[str]:
    """The features that hold one encoded image in the first record."""
    record = next(iterate_records(path))
    return [
        name
        for name, feature in decode_example(record).items()
        if feature.kind == "bytes"
        and len(feature.values) == 1
        and bytes(feature.values[0]).startswith(_IMAGE_STARTS)
    ]
