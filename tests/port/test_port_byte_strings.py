"""Bytes of a Python 2 program behave like its text; libraries get bytes that are bytes."""

from __future__ import annotations

import builtins
import io
import pickle

import numpy as np
import pytest
import tensorflow as tf
from rewritten import value

from graphkit.port._language import _bytes
from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._byte_strings import ByteString
from graphkit.port._language._files import ByteFile, Reader, python2_open
from graphkit.port._neighbours._bytes._archives import GzipFile

BINARY = ByteString(b"\x00ab\xff")
CAFE = ByteString("café x".encode())


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (BINARY[1:3] == "ab", True),
        (BINARY == "\x00ab\xff", True),
        (BINARY != "ab", True),
        (BINARY == 3, False),
        (BINARY[1], "a"),
        (list(BINARY[1:3]), ["a", "b"]),
        ("b" in BINARY, True),
        (BINARY[1:3] < "b", True),
        (CAFE == "café x", True),
        (CAFE.split(" "), ["café", "x"]),
        (CAFE.split("é")[1], " x"),
        (CAFE.startswith(("y", "café")), True),
        (CAFE.replace("é", "e"), "cafe x"),
        (CAFE.partition(" ")[2], "x"),
        (CAFE.find("x"), 6),
        (ByteString(b",").join(["a", b"b"]), "a,b"),
        (BINARY + "c", b"\x00ab\xffc"),
        ("c" + BINARY, b"c\x00ab\xff"),
        (b"c" + BINARY, b"c\x00ab\xff"),
        (2 * BINARY[1:2], "aa"),
        (ByteString(b"%d of %s") % (1, "x"), "1 of x"),
        (str(CAFE), "café x"),
        (repr(BINARY), r"'\x00ab\xff'"),
        (CAFE.encode("utf-8"), CAFE),
        ({CAFE: 1}["café x"], 1),
        ({"café x": 1}[CAFE], 1),
        ({"\xff\x00": 1}.get(ByteString(b"\xff\x00")), 1),
        (bytes(pickle.loads(pickle.dumps(BINARY))), b"\x00ab\xff"),
    ],
)
def test_it_is_text_for_the_program(made, expected):
    assert made == expected


@pytest.mark.parametrize("data", [b"ab\xff", b"12", b"a\x00\x00"])
def test_it_is_bytes_for_libraries(welcome, data):
    welcome("numpy")
    mine = ByteString(data)
    assert isinstance(mine, bytes)
    assert np.frombuffer(mine, np.uint8).tolist() == list(data)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        assert session.run(tf.constant(mine)) == data
        assert session.run(tf.constant([[mine], [b"x"]])).tolist() == [[data], [b"x"]]
        fed = tf.compat.v1.placeholder(tf.string, [])
        assert session.run(tf.io.decode_raw(fed, tf.uint8), {fed: mine}).tolist() == list(data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [(b"plain\ttext\n", str), (b"", str), ("é".encode(), ByteString), (b"a\x00", ByteString)],
)
def test_bytes_tell_whether_they_are_text(data, kind):
    found = _bytes.told(data)
    assert type(found) is kind
    assert bytes(found, "ascii") == data if kind is str else bytes(found) == data


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("isinstance(data, str)", True),
        ("isinstance(data, (int, basestring))", True),
        ("isinstance('a', bytes)", True),
        ("isinstance(data, int)", False),
        ("isinstance(3, (str, (bytes,)))", False),
        ("type(data) == str", True),
        ("data in 'xaby'", True),
        ("data not in name", False),
        ("','.join([data, 'c'])", "ab,c"),
        ("'-'.join(iter([data]))", "ab"),
        ("plain.split('b')", ["a", ""]),
        ("plain.startswith('a')", True),
        ("str(data) + 'x'", "abx"),
        ("u'\\xe9'.encode('utf-8') + 'x' == '\\xc3\\xa9x'", True),
    ],
)
def test_expressions_of_python_2_take_it(expression, expected):
    names = {"data": ByteString(b"ab"), "plain": b"ab", "name": "xab"}
    assert value(expression, python2=True, **names, basestring=str) == expected


def test_what_cannot_be_joined_is_refused_as_before():
    with pytest.raises(TypeError, match="expected str instance, int found"):
        value("','.join(['a', 1])", python2=True)


def test_features_take_text_and_bytes():
    space = {"tf": tf, "raw": b"\xff"}
    made = value("tf.train.BytesList(value=['a', raw, '\\xe9'])", python2=True, **space)
    assert list(made.value) == [b"a", b"\xff", b"\xe9"]


@pytest.fixture
def files(tmp_path):
    """One file, opened in each way a program reads bytes."""
    (tmp_path / "a.bin").write_bytes(b"one\ntwo \xff\n")
    with GzipFile(str(tmp_path / "a.gz"), "wb") as packed:
        packed.write("one\n")
        packed.write(b"two \xff\n")
    return {
        Reader: lambda: python2_open(tmp_path / "a.bin", "rb"),
        ByteFile: lambda: python2_open(tmp_path / "a.bin", "r+b"),
        GzipFile: lambda: GzipFile(str(tmp_path / "a.gz"), "rb"),
    }


@pytest.mark.parametrize("kind", [Reader, ByteFile, GzipFile])
def test_a_file_gives_the_program_text_and_libraries_bytes(files, kind):
    calls = ("f.read()", "f.read(3)", "f.readline()", "f.readlines()", "next(f)", "list(f)")
    for call in calls:
        with files[kind]() as mine, files[kind]() as library:
            assert type(mine) is kind
            names = {"f": mine, "__builtins__": {**vars(builtins), **PYTHON2_NAMES}}
            theirs = eval(call, {"f": library})
            found = eval(call, names)
            theirs, found = (made if isinstance(made, list) else [made] for made in (theirs, found))
            assert {type(piece) for piece in theirs} == {bytes}
            assert {type(piece) for piece in found} <= {str, ByteString}
            texts = [piece.decode("utf-8", "surrogateescape") for piece in theirs]
            assert [*map(str, found)] == texts


def test_a_read_of_nothing_yet_is_none():
    class Waiting(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, _buffer):
            return None

    assert Reader(Waiting()).read() is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (ByteString(b"12"), b"12"),
        ([ByteString(b"12"), "3"], ["12", "3"]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        (([ByteString(b"a")], [ByteString(b"b")]), [[b"a"], [b"b"]]),
        ([], []),
    ],
)
def test_arrays_are_made_of_it(welcome, values, expected):
    welcome("numpy")
    for make in (np.array, np.asarray):
        assert make(values).tolist() == expected
