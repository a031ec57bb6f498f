"""What `record_batch` refuses before the first node: arguments, features, files."""

from __future__ import annotations

from itertools import permutations

import pytest
from record_files import LABEL, RAW, SQUARE, example, write_examples

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    DataError,
    MissingFileError,
    UnknownNameError,
)
from graphkit.readers import DecodeImage, DecodeRaw, record_batch


@pytest.mark.parametrize(("said", "held"), [*permutations(["", "GZIP", "ZLIB"], 2)])
def test_another_compression_than_said_is_named(graph, tmp_path, said, held):
    write_examples(tmp_path / "c", map(example, range(3)), held)
    state = "compressed" if held else "not compressed"
    message = f'record_batch: compression must be "{held}", as .*/c is {state}, got {said!r}'
    with pytest.raises(ArgumentError, match=message):
        record_batch(tmp_path / "c", LABEL, batch_size=3, compression=said)


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_damage_is_not_taken_for_another_compression(graph, tmp_path, compression):
    (tmp_path / "c").write_bytes(bytes(range(200, 256)))
    with pytest.raises(CorruptFileError, match="/c, byte 0: "):
        record_batch(tmp_path / "c", LABEL, batch_size=3, compression=compression)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"batch_size": 0}, ArgumentError, "record_batch: batch_size must be .* 1, got 0"),
        ({"batch_size": "4"}, ArgumentTypeError, "batch_size must be an int .*got '4'"),
        ({"num_epochs": 0}, ArgumentError, "num_epochs must be an int of at least 1, got 0"),
        ({"num_threads": 0}, ArgumentError, "num_threads must be an int of at least 1, got 0"),
        ({"capacity": 0}, ArgumentError, "capacity must be an int of at least 1, got 0"),
        ({"capacity": "9"}, ArgumentTypeError, "capacity must be an int .*got '9'"),
        ({"min_after_dequeue": -1}, ArgumentError, "min_after_dequeue .* at least 0, got -1"),
        (
            {"capacity": 5, "min_after_dequeue": 9},
            ArgumentError,
            r"min_after_dequeue must be less than the capacity \(5\), got 9",
        ),
        (
            {"shuffle": False, "min_after_dequeue": 9},
            ArgumentError,
            "min_after_dequeue must be None unless shuffle is on, got 9",
        ),
        ({"compression": "gzip"}, ArgumentError, 'compression must be "", "GZIP" or "ZLIB", got'),
        ({"features": [1]}, ArgumentTypeError, "features must be a dict .*got list"),
        ({"features": {}}, ArgumentError, "features must be a dict .*at least one feature"),
        ({"features": {"label": tf.int64}}, ArgumentTypeError, "got 'label': tf.int64"),
        (
            {"features": {1: LABEL["label"]}},
            ArgumentTypeError,
            "features must be a dict from feature name .*got 1: FixedLen",
        ),
        (
            {"features": {"raw": tf.FixedLenFeature([4], tf.uint8)}},
            ArgumentTypeError,
            r"features\['raw'\] must be of dtype string, int64 or float32.*got uint8",
        ),
        (
            {"features": {"pair": tf.FixedLenFeature([None], tf.float32)}},
            ArgumentError,
            r"features\['pair'\] must be of a fully known shape.*got \[None\]",
        ),
        (
            {"features": {"pair": tf.FixedLenSequenceFeature([], tf.float32)}},
            ArgumentError,
            r"features\['pair'\] must be with allow_missing=True",
        ),
        ({"decode": [1]}, ArgumentTypeError, "decode must be a dict .*got list"),
        ({"decode": {"raw": tf.uint8}}, ArgumentTypeError, r"decode\['raw'\] must be .*uint8"),
        (
            {"decode": {"rwa": SQUARE["raw"]}},
            UnknownNameError,
            "no feature named 'rwa'; did you mean 'raw'",
        ),
        (
            {"decode": {"label": SQUARE["raw"]}},
            ArgumentTypeError,
            r"features\['label'\] must be FixedLenFeature\(\[\], tf.string\) to be decoded",
        ),
        (
            {"features": {"tags": tf.VarLenFeature(tf.string)}, "decode": {"tags": DecodeImage()}},
            ArgumentTypeError,
            r"features\['tags'\] must be FixedLenFeature\(\[\], tf.string\) to be decoded",
        ),
        (
            {"files": 3},
            ArgumentTypeError,
            "files must be a path, a glob pattern or a list.*got int",
        ),
        ({"files": []}, ArgumentError, r"files must be .* with at least one file, got \[\]"),
        ({"files": ["a", 3]}, ArgumentTypeError, "files must be .*got 3"),
        ({"files": "/no/where/*.x"}, MissingFileError, r"\*\.x: no file matches this pattern"),
        ({"files": ["/no/where"]}, MissingFileError, "/no/where: does not exist, nor does its"),
    ],
)
def test_wrong_argument_is_refused_before_the_first_node(graph, pattern, changed, error, message):
    arguments = {"files": pattern, "features": RAW, "batch_size": 4, **changed}
    with pytest.raises(error, match=message):
        record_batch(**arguments)
    assert graph.get_operations() == []


@pytest.mark.parametrize(
    ("features", "decode", "error", "message"),
    [
        (
            {"lable": tf.FixedLenFeature([], tf.int64)},
            {},
            UnknownNameError,
            "no feature named 'lable'; did you mean 'label'",
        ),
        (
            {"picture": tf.FixedLenFeature([], tf.string)},
            {},
            UnknownNameError,
            "no feature named 'picture'; there is 'label', 'pair', 'raw', 'tags'",
        ),
        (
            {"tag": tf.VarLenFeature(tf.string)},
            {},
            UnknownNameError,
            "no feature named 'tag'; did you mean 'tags'",
        ),
        (
            {"label": tf.FixedLenFeature([], tf.float32)},
            {},
            ArgumentTypeError,
            r"features\['label'\] must be of dtype int64, as in the first record of .*part-0",
        ),
        (
            {"tags": tf.VarLenFeature(tf.int64)},
            {},
            ArgumentTypeError,
            r"features\['tags'\] must be of dtype string, .*got int64",
        ),
        (
            {"pair": tf.FixedLenFeature([3], tf.float32)},
            {},
            ArgumentError,
            r"features\['pair'\] must be of a shape of 2 values, as in .*got \[3\]",
        ),
        (
            RAW,
            {"raw": DecodeRaw(tf.uint8, (32, 32, 3))},
            ArgumentError,
            r"decode\['raw'\] must be .* that take 4 bytes.*uint8 \(32, 32, 3\) = 3072 bytes",
        ),
    ],
)
def test_feature_that_disagrees_with_the_first_record_is_refused(
    graph, pattern, features, decode, error, message
):
    with pytest.raises(error, match=message):
        record_batch(pattern, features, batch_size=2, decode=decode)
    assert graph.get_operations() == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["part-1.tfrecord"], "part-1.tfrecord: holds no record$"),
        (["part-1.tfrecord"] * 3, "2 files"),
    ],
)
def test_files_without_a_record_are_named(graph, shards, files, message):
    with pytest.raises(DataError, match=message):
        record_batch([shards / file for file in files], LABEL, batch_size=2)


def test_record_that_is_no_example_is_named(graph, tmp_path):
    with tf.python_io.TFRecordWriter(str(tmp_path / "text")) as writer:
        writer.write(b"\xff\xff plain text")
    with pytest.raises(DataError, match=r"text: its first record is no tf\.train\.Example"):
        record_batch(tmp_path / "text", LABEL, batch_size=2)


def test_file_of_another_format_is_named(graph, tmp_path):
    (tmp_path / "photo.tfrecord").write_bytes(b"\x89PNG" * 20)
    with pytest.raises(CorruptFileError, match=r"photo\.tfrecord.*checksum"):
        record_batch(tmp_path / "photo.tfrecord", LABEL, batch_size=2)
