"""Describing record files: counts, features, and records that are no Examples."""

from __future__ import annotations

import dataclasses

import pytest

from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.records import FeatureSummary, describe_records, encode_example


def test_features_are_summed_up_over_all_records(write_records):
    path = write_records(
        encode_example({"label": 3, "name": b"first"}),
        encode_example({"label": [1, 2], "name": b"second"}),
        encode_example({"name": b"third", "extra": [0.5] * 9}),
    )
    summary = describe_records(path)
    assert summary.features == {
        "extra": FeatureSummary("float", 9, 9, 1, "[0.5, 0.5, 0.5, 0.5, 0.5, 0.5, ...]"),
        "label": FeatureSummary("int64", 1, 2, 2, "3"),
        "name": FeatureSummary("bytes", 1, 1, 3, "b'first'"),
    }
    assert list(summary.features) == ["extra", "label", "name"]
    assert (summary.count, summary.is_example, summary.complete) == (3, True, True)
    assert (summary.path, summary.bytes) == (path, path.stat().st_size)


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_compression_is_told(write_records, compression):
    path = write_records(encode_example({"x": 1}), compression=compression)
    assert describe_records(path).compression == compression


@pytest.mark.parametrize(
    ("value", "preview"),
    [
        (b"short", "b'short'"),
        (bytes(24), repr(bytes(24))),
        (b"x" * 3072, f"b'{'x' * 24}'... (3072 bytes)"),
        ([b"a", b"b"], "[b'a', b'b']"),
        ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 5, 6]"),
        ([1, 2, 3, 4, 5, 6, 7], "[1, 2, 3, 4, 5, 6, ...]"),
        (0.25, "0.25"),
    ],
)
def test_preview_is_short(write_records, value, preview):
    summary = describe_records(write_records(encode_example({"x": value})))
    assert summary.features["x"].example == preview


def test_feature_of_two_kinds_is_mixed(write_records):
    path = write_records(encode_example({"x": 1}), encode_example({"x": b"1"}))
    assert describe_records(path).features["x"].kind == "mixed"


@pytest.mark.parametrize(
    "record",
    [
        b"\xff\xff\xff",
        b"plain text, line after line",
        b"\x12\x02\x0a\x00",
        encode_example({"x": 1}) + b"\x10\x01",
    ],
    ids=["no message", "text", "sequence example", "unknown field"],
)
def test_other_records_are_opaque(write_records, record):
    path = write_records(encode_example({"x": 1}), record, encode_example({"x": 2}))
    summary = describe_records(path)
    assert (summary.count, summary.is_example, summary.features) == (3, False, {})


def test_empty_file_has_no_records(tmp_path):
    (tmp_path / "empty").touch()
    summary = describe_records(tmp_path / "empty")
    assert (summary.count, summary.bytes, summary.is_example) == (0, 0, False)


@pytest.mark.parametrize(("limit", "complete"), [(1, False), (2, True), (3, True), (None, True)])
def test_limit_reads_only_the_first_records(write_records, limit, complete):
    path = write_records(encode_example({"a": 1}), encode_example({"b": 1}))
    summary = describe_records(path, limit=limit)
    assert summary.count == min(2, limit or 2)
    assert summary.complete is complete
    assert ("b" in summary.features) is complete


def test_damage_behind_the_limit_is_not_reached(write_records):
    path = write_records(encode_example({"a": 1}), encode_example({"a": 2}))
    path.write_bytes(path.read_bytes() + b"damage")
    assert describe_records(path, limit=1).count == 1
    with pytest.raises(CorruptFileError, match="the file ends 6 bytes into a record's header"):
        describe_records(path)


@pytest.mark.parametrize("limit", [0, -1])
def test_limit_below_one_is_refused(write_records, limit):
    with pytest.raises(ArgumentError, match=f"limit must be 1 or more, or None, got {limit}"):
        describe_records(write_records(), limit=limit)


def test_absent_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        describe_records(tmp_path / "absent")


def test_features_without_end_are_unsafe(write_records):
    names = [str(number) for number in range(10_001)]
    path = write_records(encode_example(dict.fromkeys(names, 1)))
    with pytest.raises(UnsafeFileError, match="more than 10000 features"):
        describe_records(path)


def test_summary_is_frozen(write_records):
    with pytest.raises(dataclasses.FrozenInstanceError, match="count"):
        describe_records(write_records()).count = 3
