"""What decode rules make of bytes, and which files a list or pattern stands for."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError
from graphkit.readers import DecodeImage, DecodeRaw
from graphkit.readers._checks import known_rows, require_int, require_number
from graphkit.readers._files import check_files, expand_files, is_remote

DTYPES = [
    *("bool", "uint8", "uint16", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
]


def some(dtype, shape):
    """Numbers of every byte, whatever the dtype."""
    random = np.random.RandomState(len(shape))
    if dtype == "bool":
        return random.randint(0, 2, shape).astype(bool)
    if np.dtype(dtype).kind in "iu":
        info = np.iinfo(dtype)
        return random.randint(info.min, info.max, shape, dtype=dtype)
    if np.dtype(dtype).kind == "c":
        return (random.normal(size=shape) + 1j * random.normal(size=shape)).astype(dtype)
    return random.normal(size=shape).astype(dtype)


@pytest.mark.parametrize("shape", [(), (3,), (2, 1, 4)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_bytes_become_the_array_they_were(graph, session, dtype, shape):
    batch = some(dtype, (5, *shape))
    rule = DecodeRaw(tf.as_dtype(dtype), shape)
    assert rule.size == batch[0].nbytes
    decoded = rule.decode(tf.constant([row.tobytes() for row in batch]))
    assert decoded.shape.as_list() == [5, *shape]
    found = session.run(decoded)
    assert found.dtype == batch.dtype
    np.testing.assert_array_equal(found, batch)


def test_no_bytes_at_all_become_an_empty_batch(graph, session):
    contents = tf.placeholder(tf.string, [None])
    decoded = DecodeRaw("float32", [2, 2]).decode(contents)
    assert decoded.shape.as_list() == [None, 2, 2]
    assert session.run(decoded, {contents: []}).shape == (0, 2, 2)


@pytest.mark.parametrize("spelling", ["int16", tf.int16, np.int16, np.dtype("int16")])
def test_dtype_may_be_spelt_in_any_way(spelling):
    assert DecodeRaw(spelling, [1]).dtype == tf.int16


@pytest.mark.parametrize(
    "shape", [[2, 3], (2, 3), np.array([2, 3]), tf.TensorShape([2, 3]), iter([2, 3])]
)
def test_shape_may_be_any_sequence(shape):
    assert DecodeRaw(tf.uint8, shape).shape == (2, 3)


@pytest.mark.parametrize(
    ("dtype", "shape", "error", "told"),
    [
        (
            "flaot32",
            [1],
            ArgumentTypeError,
            "DecodeRaw: dtype must be one of bool, .*got 'flaot32'",
        ),
        (tf.string, [1], ArgumentTypeError, "dtype must be one of .*, got string"),
        (None, [1], ArgumentTypeError, "dtype must be one of .*, got None"),
        (tf.uint8, 3, ArgumentTypeError, "shape must be a sequence of positive ints, got 3"),
        (tf.uint8, [2.0], ArgumentTypeError, r"a sequence of positive ints, got \[2\.0\]"),
        (tf.uint8, [None], ArgumentTypeError, r"a sequence of positive ints, got \[None\]"),
        (tf.uint8, "ab", ArgumentTypeError, "a sequence of positive ints, got 'ab'"),
        (tf.uint8, [2, 0], ArgumentError, r"a sequence of positive ints, got \(2, 0\)"),
        (tf.uint8, [-1], ArgumentError, r"a sequence of positive ints, got \(-1,\)"),
    ],
)
def test_raw_rule_that_cannot_be_is_refused(dtype, shape, error, told):
    with pytest.raises(error, match=told):
        DecodeRaw(dtype, shape)


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ({"channels": 2}, ArgumentError, "DecodeImage: channels must be 1, 3 or 4, got 2"),
        ({"channels": "3"}, ArgumentError, "channels must be 1, 3 or 4, got '3'"),
        ({"shape": (4, 4)}, ArgumentError, r"shape must be \(height, width, 3\), got \(4, 4\)"),
        ({"shape": (4, 4, 1)}, ArgumentError, r"\(height, width, 3\), got \(4, 4, 1\)"),
        ({"channels": 1, "shape": (4, 4, 3)}, ArgumentError, r"\(height, width, 1\), got"),
        ({"shape": (4, 0, 3)}, ArgumentError, "a sequence of positive ints"),
        ({"shape": 3}, ArgumentTypeError, "a sequence of positive ints, got 3"),
    ],
)
def test_image_rule_that_cannot_be_is_refused(arguments, error, told):
    with pytest.raises(error, match=told):
        DecodeImage(**arguments)


@pytest.mark.parametrize("extension", [".png", ".bmp"])
@pytest.mark.parametrize("channels", [1, 3])
def test_images_without_loss_become_their_pixels(graph, session, extension, channels):
    pixels = np.random.RandomState(0).randint(0, 256, (3, 4, 5, channels)).astype(np.uint8)
    encoded = [cv2.imencode(extension, image[..., ::-1])[1].tobytes() for image in pixels]
    if channels == 1 and extension == ".bmp":
        encoded = [cv2.imencode(".png", image)[1].tobytes() for image in pixels]
    decoded = DecodeImage(channels, (4, 5, channels)).decode(tf.constant(encoded))
    assert decoded.shape.as_list() == [3, 4, 5, channels]
    np.testing.assert_array_equal(session.run(decoded), pixels)


def test_size_is_open_unless_said(graph):
    contents = tf.placeholder(tf.string, [None])
    assert DecodeImage().decode(contents).shape.as_list() == [None, None, None, 3]


@pytest.mark.parametrize("path", ["gs://bucket/x", "memory://x", "hdfs://a/b"])
def test_file_systems_of_tensorflow_are_told_by_their_scheme(path):
    assert is_remote(path)
    assert not is_remote(path.replace("://", "/"))


@pytest.fixture
def folder(tmp_path):
    """Three files in a folder whose name has a space and letters of other alphabets."""
    made = tmp_path / "мои данные"
    made.mkdir()
    for name in ("b.tfrecord", "a.tfrecord", "c[1].tfrecord"):
        (made / name).touch()
    return made


def test_pattern_stands_for_its_files_in_order(folder):
    found = expand_files("f", str(folder / "*.tfrecord"))
    assert [Path(path).name for path in found] == ["a.tfrecord", "b.tfrecord", "c[1].tfrecord"]


def test_file_of_exactly_that_name_comes_before_a_pattern(folder):
    assert expand_files("f", folder / "c[1].tfrecord") == [str(folder / "c[1].tfrecord")]


def test_list_is_taken_as_it_is(folder):
    wanted = [folder / "b.tfrecord", str(folder / "a.tfrecord"), folder / "b.tfrecord"]
    assert expand_files("f", wanted) == [str(path) for path in wanted]


def test_pattern_in_a_list_is_a_name(folder):
    with pytest.raises(MissingFileError, match=r"\*\.tfrecord: does not exist; the nearest name"):
        expand_files("f", [folder / "*.tfrecord"])


@pytest.mark.parametrize(
    ("files", "error", "told"),
    [
        ([], ArgumentError, r"f: files must be a path, .* with at least one file, got \[\]"),
        (3, ArgumentTypeError, "files must be a path, a glob pattern or a list of paths, got int"),
        ({"a"}, ArgumentTypeError, "a list of paths, got set"),
        (["a", 3], ArgumentTypeError, "a list of paths, got 3"),
        (b"a", ArgumentTypeError, "a list of paths, got bytes"),
        ("nothing-*", MissingFileError, r"nothing-\*: no file matches this pattern"),
        ("nothing", MissingFileError, "nothing: does not exist"),
    ],
)
def test_files_that_cannot_be_are_refused(folder, monkeypatch, files, error, told):
    monkeypatch.chdir(folder)
    with pytest.raises(error, match=told):
        expand_files("f", files)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("A.TFRECORD", "the nearest name in .*мои данные is 'a.tfrecord'"),
        ("b.tfrecords", "is 'b.tfrecord'"),
        ("absent/x", "does not exist, nor does its folder .*absent"),
        ("empty/x", "does not exist; .*empty is empty"),
        ("empty", "is a folder, not a file"),
    ],
)
def test_missing_file_names_the_nearest(folder, name, told):
    (folder / "empty").mkdir()
    with pytest.raises(MissingFileError, match=told):
        check_files([str(folder / "a.tfrecord"), os.fsencode(folder / name)])


def test_nearest_name_may_be_written_in_capitals(folder):
    for name in ("DATA.BIN", "beta.bin"):
        (folder / name).touch()
    with pytest.raises(MissingFileError, match=r"the nearest name in .* is 'DATA\.BIN'"):
        check_files([str(folder / "data.bin")])


def test_remote_files_are_looked_for_as_well():
    tf.gfile.MakeDirs("ram://there")
    with tf.gfile.GFile("ram://there/name.txt", "w") as file:
        file.write("x")
    check_files(["ram://there/name.txt"])
    with pytest.raises(MissingFileError, match=r"namee.txt: does not exist; .* is 'name.txt'"):
        check_files(["ram://there/namee.txt"])
    with pytest.raises(MissingFileError, match="is a folder, not a file"):
        check_files(["ram://there"])
    with pytest.raises(MissingFileError, match="nor does its folder ram://nowhere"):
        check_files(["ram://nowhere/x"])
    with pytest.raises(MissingFileError, match=r"cannot be read: .*scheme"):
        check_files(["nosuchscheme://x"])


def test_named_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    check_files([str(tmp_path / "pipe")])


@pytest.mark.parametrize(
    ("value", "rows"),
    [([1, 2], 2), ((), 0), (np.zeros([4, 2]), 4), ("abc", 3), (5, None), (iter([1]), None)],
)
def test_rows_are_counted_where_they_can_be(value, rows):
    assert known_rows(value) == rows


def test_rows_of_tensors_may_be_open(graph):
    assert known_rows(tf.zeros([3, 1])) == 3
    assert known_rows(tf.placeholder(tf.int32, [None])) is None
    assert known_rows(tf.constant(1)) is None
    assert known_rows(tf.placeholder(tf.int32)) is None


@pytest.mark.parametrize("value", [3, np.int64(3), True + 2, np.uint8(3)])
def test_integers_of_every_kind_pass(value):
    require_int("f", "n", value, 3)
    require_number("f", "n", value, 3)


def test_fraction_is_a_number_but_no_integer():
    require_number("f", "n", 3.7, 3)
    with pytest.raises(ArgumentTypeError, match=r"f: n must be an int of at least 3, got 3\.7"):
        require_int("f", "n", 3.7, 3)
    with pytest.raises(ArgumentError, match=r"f: n must be an int of at least 3, got 2\.9"):
        require_number("f", "n", 2.9, 3)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: DecodeRaw(tf.string, (1,)),
            ArgumentTypeError,
            "dtype must be one of .*got string",
        ),
        (lambda: DecodeRaw("pixels", (1,)), ArgumentTypeError, "dtype must be one of .*'pixels'"),
        (lambda: DecodeRaw(tf.uint8, 4), ArgumentTypeError, "shape must be a sequence .*got 4"),
        (lambda: DecodeRaw(tf.uint8, (2, None)), ArgumentTypeError, "shape must be .*None"),
        (lambda: DecodeRaw(tf.uint8, (2, 0)), ArgumentError, r"positive ints, got \(2, 0\)"),
        (lambda: DecodeImage(2), ArgumentError, "channels must be 1, 3 or 4, got 2"),
        (lambda: DecodeImage(3, (4, 4)), ArgumentError, r"\(height, width, 3\), got \(4, 4\)"),
        (
            lambda: DecodeImage(1, (4, 4, 3)),
            ArgumentError,
            r"\(height, width, 1\), got \(4, 4, 3\)",
        ),
        (lambda: DecodeImage(3, "big"), ArgumentTypeError, "shape must be a sequence .*'big'"),
    ],
)
def test_wrong_decode_rule_is_refused_when_it_is_made(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_decode_rules_are_values():
    assert DecodeRaw("uint8", [2, 2]) == DecodeRaw(tf.uint8, (2, 2))
    assert DecodeRaw(tf.float32, (2, 3)).size == 24
    assert DecodeImage(3, [1, 2, 3]).shape == (1, 2, 3)
