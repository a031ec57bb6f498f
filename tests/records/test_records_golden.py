"""graphkit's record files against those TensorFlow 1.15.5 wrote (golden/records.json)."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from graphkit.records import (
    RecordWriter,
    decode_example,
    describe_records,
    encode_example,
    iterate_records,
)

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "records.json").read_text())
RECORDS = [base64.b64decode(record) for record in GOLDEN["records"]]
EXAMPLES = {name: base64.b64decode(record) for name, record in GOLDEN["examples"].items()}
COMPRESSIONS = ["", "GZIP", "ZLIB"]
INFLATE = {"": bytes, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}


def golden_file(kind, compression):
    return base64.b64decode(GOLDEN[kind][compression])


def test_golden_is_from_the_reference_release():
    assert GOLDEN["tensorflow"] == "1.15.5"


@pytest.mark.parametrize(("kind", "records"), [("files", RECORDS), ("empty_files", [])])
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_writer_frames_as_tensorflow_does(tmp_path, kind, records, compression):
    path = tmp_path / "ours.tfrecord"
    with RecordWriter(path, compression=compression) as writer:
        for record in records:
            writer.write(record)
    inflate = INFLATE[compression]
    assert inflate(path.read_bytes()) == inflate(golden_file(kind, compression))


@pytest.mark.parametrize(("kind", "records"), [("files", RECORDS), ("empty_files", [])])
@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("named", [True, False], ids=["named", "recognised"])
def test_reader_reads_what_tensorflow_wrote(tmp_path, kind, records, compression, named):
    path = tmp_path / "theirs.tfrecord"
    path.write_bytes(golden_file(kind, compression))
    assert list(iterate_records(path, compression=compression if named else None)) == records
    assert describe_records(path).compression == compression


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bytes", [b"ab", b"", b"\xff"]),
        ("int64", [0, 7, -1, 2**63 - 1, -(2**63)]),
        ("float", [0.0, -1.5, 0.1, 3e38]),
        ("no_int64", np.zeros(0, np.int32)),
    ],
)
def test_examples_are_byte_identical(name, value):
    assert encode_example({"x": value}) == EXAMPLES[name]


def test_examples_of_tensorflow_decode():
    assert decode_example(EXAMPLES["bytes"])["x"].values == [b"ab", b"", b"\xff"]
    assert decode_example(EXAMPLES["int64"])["x"].values.tolist() == [
        0,
        7,
        -1,
        2**63 - 1,
        -(2**63),
    ]
    np.testing.assert_array_equal(
        decode_example(EXAMPLES["float"])["x"].values, np.float32([0.0, -1.5, 0.1, 3e38])
    )
    assert decode_example(EXAMPLES["no_int64"])["x"].kind == "int64"
