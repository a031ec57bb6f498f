"""Files and hashes that take text where Python 3 wants bytes."""

from __future__ import annotations

import csv
import hashlib
import io
import pickle

import numpy as np
import pytest

from graphkit.port._language._bytes import bytes_of
from graphkit.port._language._files import load_pickle, python2_open
from graphkit.port._neighbours._memory_files import HASHES, StringIO, csv_reader
from graphkit.port._neighbours._moved_modules import MOVED_PYTHON2


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("abc", b"abc"),
        ("\x89\xff", b"\x89\xff"),
        ("日", "日".encode()),
        ("a\udcff日", b"a\xff\xe6\x97\xa5"),
    ],
)
def test_text_becomes_the_bytes_it_was(text, data):
    assert bytes_of(text) == data


def test_text_in_memory_stays_text():
    file = StringIO("one\ntwo\n")
    assert file.readline() == "one\n"
    assert list(file) == ["two\n"]
    file.write("three")
    assert file.getvalue() == "one\ntwo\nthree"
    file.writelines(["!", "?"])
    file.seek(0)
    assert (file.next(), file.read()[-2:]) == ("one\n", "!?")


def test_bytes_in_memory_stay_bytes():
    file = StringIO(b"\x00\x01\x02")
    assert (file.read(1), file.getvalue()) == (b"\x00", b"\x00\x01\x02")
    file.write("z")
    assert file.getvalue() == b"\x00z\x02"


def test_text_turns_into_bytes_when_bytes_come():
    file = StringIO()
    file.write("\x89PNG")
    file.write(b"\x00\xff")
    assert file.getvalue() == b"\x89PNG\x00\xff"
    file = StringIO("abcd")
    file.write(b"XY")
    assert (file.getvalue(), file.tell()) == (b"XYcd", 2)


def test_an_array_is_saved_in_memory():
    file = StringIO()
    np.save(file, np.arange(3))
    file.seek(0)
    assert np.load(io.BytesIO(file.getvalue())).tolist() == [0, 1, 2]


def test_a_picture_is_saved_and_opened_in_memory():
    image = pytest.importorskip("PIL.Image")
    file = StringIO()
    image.new("RGB", (3, 2), (9, 8, 7)).save(file, "PNG")
    opened = image.open(StringIO(file.getvalue()))
    assert (opened.size, opened.getpixel((2, 1))) == ((3, 2), (9, 8, 7))


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
def test_hashes_take_text(name):
    wanted = hashlib.new(name, b"text more").hexdigest()
    made = HASHES[name]("text")
    half = made.copy()
    made.update(" more")
    assert made.hexdigest() == wanted
    half.update(b" more")
    assert half.digest() == made.digest()
    assert HASHES["new"](name, "text more").hexdigest() == wanted
    assert made.name == name


@pytest.mark.parametrize(("module", "name"), [("md5", "md5"), ("sha", "sha1")])
def test_modules_of_one_hash_have_their_two_names(module, name):
    names = MOVED_PYTHON2[module].names
    wanted = hashlib.new(name, b"abc").hexdigest()
    assert names["new"]("abc").hexdigest() == wanted
    assert names[{"sha": "sha"}.get(module, module)]("abc").hexdigest() == wanted


def test_tables_are_read_from_bytes(tmp_path):
    reader = csv_reader(csv)
    assert list(reader([b"a,b\n", "c,d\n"])) == [["a", "b"], ["c", "d"]]
    assert list(reader(io.BytesIO(b"1;2\n"), delimiter=";")) == [["1", "2"]]
    assert list(reader(["na\xefve".encode(), b"\xff"])) == [["naïve"], ["\udcff"]]


def test_text_files_take_bytes(tmp_path):
    with python2_open(tmp_path / "a.txt", "w") as file:
        file.write("naïve ".encode())
        file.writelines([b"\xff", " end\n"])
    assert (tmp_path / "a.txt").read_bytes() == b"na\xc3\xafve \xff end\n"


def test_files_of_bytes_take_any_text(tmp_path):
    with python2_open(tmp_path / "a.bin", "wb") as file:
        file.write("\x00\xff")
        file.write("日")
    assert (tmp_path / "a.bin").read_bytes() == b"\x00\xff" + "日".encode()


@pytest.mark.parametrize("mode", ["U", "rU", "Ur", "r"])
def test_universal_line_ends_are_the_only_ones_today(tmp_path, mode):
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\rthree\n")
    with python2_open(tmp_path / "a.txt", mode) as file:
        assert file.readlines() == ["one\n", "two\n", "three\n"]


def test_universal_line_ends_do_not_matter_for_bytes(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"a\r\n")
    with python2_open(tmp_path / "a.bin", "Ub") as file:
        assert file.read() == b"a\r\n"


def test_lines_are_read_and_written_through_one_file(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    with python2_open(tmp_path / "a.txt", "r+") as file:
        assert next(iter(file)) == "one\n"
        assert (file.next(), file.name) == ("two\n", str(tmp_path / "a.txt"))
        with pytest.raises(StopIteration):
            file.next()


def test_what_cannot_be_opened_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.txt"):
        python2_open(tmp_path / "gone.txt")
    with pytest.raises(ValueError, match="mode"):
        python2_open(tmp_path / "a.txt", "x?")


@pytest.mark.parametrize("module", ["pickle", "cPickle"])
def test_pickles_go_through_text_files(tmp_path, module):
    names = MOVED_PYTHON2[module].names
    with python2_open(tmp_path / "a.pkl", "w") as file:
        names["dump"]({"a": [1]}, file)
    with python2_open(tmp_path / "a.pkl") as file:
        assert names["load"](file) == {"a": [1]}
    assert names["loads"](pickle.dumps("x", 0)) == "x"


def test_bytes_of_a_python_2_pickle_are_text(tmp_path):
    (tmp_path / "a.pkl").write_bytes(b"\x80\x02}q\x00(U\x04dataq\x01U\x02\xe9\x01q\x02u.")
    with open(tmp_path / "a.pkl", "rb") as file:
        assert load_pickle(file) == {"data": "\xe9\x01"}
