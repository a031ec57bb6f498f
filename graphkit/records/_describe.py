"""What a TFRecord file holds: how many records, and which features their Examples have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from graphkit.errors import ArgumentError, UnsafeFileError
from graphkit.records._example import Feature, features_of, parse_example
from graphkit.records._iterate import find_compression, iterate_records

_MAX_FEATURES = 10_000
_SHOWN_VALUES = 6
_SHOWN_BYTES = 24


@dataclass(frozen=True)
class FeatureSummary:
    """What one feature looks like over all the records that were read.

    Attributes:
        kind: "bytes", "int64" or "float"; "mixed" if the records disagree.
        min_length: The fewest values it has where it is present.
        max_length: The most values.
        present_in: How many records have it.
        example: The first record's values, shortened, as text.
    """

    kind: str
    min_length: int
    max_length: int
    present_in: int
    example: str


@dataclass(frozen=True)
class RecordsSummary:
    """What a TFRecord file holds.

    Attributes:
        path: The file.
        count: How many records were read.
        bytes: The file's size on disk.
        compression: "" (none), "GZIP" or "ZLIB".
        features: Each feature by name, sorted; empty if the records are no Examples.
        is_example: Whether every record read is a `tf.train.Example`; if not, they are opaque.
        complete: Whether the whole file was read; a `limit` may have ended it before.
    """

    path: Path
    count: int
    bytes: int
    compression: str
    features: Mapping[str, FeatureSummary]
    is_example: bool
    complete: bool


def describe_records(path: str | PathLike[str], *, limit: int | None = None) -> RecordsSummary:
    """Describes a TFRecord file and the features of its Examples.

    Args:
        path: The file; its compression is recognised.
        limit: Read at most this many records; None reads all of them.

    Returns:
        The summary of what was read.

    Raises:
        ArgumentError: `limit` is less than 1.
        MissingFileError: The file is absent or unreadable.
        CorruptFileError: The file is damaged before the limit.
        UnsafeFileError: A record is longer than 256 MiB, or there are more than 10,000 features.
    """
    if limit is not None and limit < 1:
        raise ArgumentError("describe_records", "limit", limit, "1 or more, or None")
    compression = find_compression(path)
    features: dict[str, FeatureSummary] = {}
    count, is_example, complete = 0, True, True
    for record in iterate_records(path, compression=compression):
        if count == limit:
            complete = False
            break
        count += 1
        if is_example:
            is_example = _add_record(features, record)
        if len(features) > _MAX_FEATURES:
            raise UnsafeFileError(path, f"its Examples have more than {_MAX_FEATURES} features")
    return RecordsSummary(
        path=Path(path),
        count=count,
        bytes=Path(path).stat().st_size,
        compression=compression,
        features=dict(sorted(features.items())) if is_example else {},
        is_example=is_example and count > 0,
        complete=complete,
    )


def _add_record(features: dict[str, FeatureSummary], record: bytes) -> bool:
    """Adds one record's features to the summaries; tells whether it is an Example at all.

    Bytes of another format can parse by chance, but then they leave fields an Example has not.
    """
    example = parse_example(record)
    if example is None:
        return False
    size = example.ByteSize()
    example.DiscardUnknownFields()
    if example.ByteSize() != size:
        return False
    for name, feature in features_of(example).items():
        features[name] = _add_feature(features.get(name), feature)
    return True


def _add_feature(known: FeatureSummary | None, feature: Feature) -> FeatureSummary:
    length = len(feature.values)
    if known is None:
        return FeatureSummary(feature.kind, length, length, 1, _preview(feature))
    return replace(
        known,
        kind=known.kind if known.kind == feature.kind else "mixed",
        min_length=min(known.min_length, length),
        max_length=max(known.max_length, length),
        present_in=known.present_in + 1,
    )


def _preview(feature: Feature) -> str:
    shown = [_preview_value(value) for value in feature.values[:_SHOWN_VALUES]]
    if len(feature.values) > _SHOWN_VALUES:
        shown.append("...")
    return shown[0] if len(feature.values) == 1 else f"[{', '.join(shown)}]"


def _preview_value(value: object) -> str:
    if not isinstance(value, bytes):
        return f"{value}"
    if len(value) <= _SHOWN_BYTES:
        return repr(value)
    return f"{value[:_SHOWN_BYTES]!r}... ({len(value)} bytes)"
