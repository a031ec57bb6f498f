"""What people type and what they read: option values, tables, and feeds from files."""

from __future__ import annotations

import click
import cv2
import numpy as np
import pytest

from graphkit.cli import _parse
from graphkit.cli._feeds import read_feeds
from graphkit.cli._infer import _cell, _row
from graphkit.cli._output import echo_table, progress_bar
from graphkit.errors import CorruptFileError, MissingFileError

CONTEXT = click.Context(click.Command("c"))
PAIRS = click.Option(["--feed"], metavar="NAME=FILE")


@pytest.mark.parametrize(
    ("text", "names"),
    [(None, None), ("a", ["a"]), ("a,b", ["a", "b"]), (" a , s/b:0 ", ["a", "s/b:0"])],
)
def test_names_are_split_at_commas(text, names):
    assert _parse.names(CONTEXT, PAIRS, text) == names


@pytest.mark.parametrize("text", ["", ",", "a,", ",a", "a,,b", "a, ,b"])
def test_empty_name_is_refused(text):
    with pytest.raises(click.BadParameter, match="holds an empty name; write NAME,NAME"):
        _parse.names(CONTEXT, PAIRS, text)


@pytest.mark.parametrize(
    ("texts", "pairs"),
    [
        ((), {}),
        (("a=b",), {"a": "b"}),
        (("a=b=c", "s/x:0=my file.npy"), {"a": "b=c", "s/x:0": "my file.npy"}),
    ],
)
def test_pairs_are_split_at_the_first_equals_sign(texts, pairs):
    assert _parse.pairs(CONTEXT, PAIRS, texts) == pairs


@pytest.mark.parametrize("text", ["", "a", "=", "a=", "=b"])
def test_pair_without_a_half_is_refused(text):
    with pytest.raises(click.BadParameter, match=f"'{text}' is not of the form NAME=FILE"):
        _parse.pairs(CONTEXT, PAIRS, [text])


def test_name_given_twice_is_refused():
    with pytest.raises(click.BadParameter, match="names 'a' twice"):
        _parse.pairs(CONTEXT, PAIRS, ["a=1", "b=1", "a=2"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("True", True),
        ("False", False),
        ("0.5", 0.5),
        ("1e-3", 0.001),
        ("-7", -7),
        ("[1, 2]", [1, 2]),
        ('"text"', "text"),
    ],
)
def test_pins_are_values(text, value):
    assert _parse.pins(CONTEXT, PAIRS, [f"a={text}"]) == {"a": value}


@pytest.mark.parametrize("text", ["yes", "TRUE", "[1,", "0,5", "'text'"])
def test_pin_that_is_no_value_is_refused(text):
    with pytest.raises(click.BadParameter, match=r"must be true, false, a number, a list or a qu"):
        _parse.pins(CONTEXT, PAIRS, [f"a={text}"])


@pytest.mark.parametrize(("text", "size"), [(None, None), ("32x48", (32, 48)), ("1X2", (1, 2))])
def test_size_is_height_and_width(text, size):
    assert _parse.size(CONTEXT, PAIRS, text) == size


@pytest.mark.parametrize(
    "text", ["", "32", "x", "32x", "x32", "0x3", "3x0", "-3x3", "3.5x3", "3x3x3"]
)
def test_size_of_another_form_is_refused(text):
    with pytest.raises(click.BadParameter, match="is not of the form HEIGHTxWIDTH, as in 32x32"):
        _parse.size(CONTEXT, PAIRS, text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_number_has_to_be_finite(number):
    assert _parse.finite(CONTEXT, PAIRS, 0.5) == 0.5
    with pytest.raises(click.BadParameter, match="is no finite number"):
        _parse.finite(CONTEXT, PAIRS, number)


def test_table_is_as_wide_as_its_longest_cells(capsys):
    echo_table([("naïve", 1), ("b", 20_000)], ("name", "n"))
    assert capsys.readouterr().out == "name   n\nnaïve  1\nb      20000\n"


def test_table_without_rows_is_its_header(capsys):
    echo_table([], ("name", "count"))
    assert capsys.readouterr().out == "name  count\n"


def test_bar_is_not_drawn_where_nobody_looks(capsys):
    with progress_bar("packing", "image") as progress:
        progress(1, 2)
        progress(2, None)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (np.float32(0.1), "0.1"),
        (np.float64(1234567.8), "1.23457e+06"),
        (np.int64(1234567), "1234567"),
        (np.bool_(True), "True"),
        (b"x", "b'x'"),
    ],
)
def test_numbers_are_shown_with_six_digits(item, shown):
    assert _cell(item) == shown


def test_row_says_name_dtype_shape_and_the_first_ten():
    assert _row("y", np.zeros([2, 2], np.int32)) == ("y", "int32", "[2, 2]", "0 0 0 0")
    assert _row("y", np.arange(11))[3] == "0 1 2 3 4 5 6 7 8 9 … (11 values)"
    assert _row("y", np.float32(0.5)) == ("y", "float32", "[]", "0.5")
    assert _row("y", np.zeros([0, 3], np.float32)) == ("y", "float32", "[0, 3]", "")


def feeds(name, text, shape=None, scale=1.0, colour="RGB"):
    return read_feeds({name: text}, {name: shape}, scale=scale, colour=colour)[name]


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("FALSE", False), ("3", 3), ("-0.5", -0.5), ("1e3", 1000.0), ("nan", None)],
)
def test_single_value_needs_no_file(tmp_path, monkeypatch, text, value):
    monkeypatch.chdir(tmp_path)
    found = feeds("x", text, [])
    assert (found != found) if value is None else (found == value and type(found) is type(value))


@pytest.mark.parametrize("dtype", ["float16", "float64", "uint8", "bool", "complex64"])
def test_array_comes_as_it_is(tmp_path, dtype):
    array = np.ones([2, 3], dtype)
    np.save(tmp_path / "x y.npy", array)
    found = feeds("x", str(tmp_path / "x y.npy"), [None, 3])
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, array)


@pytest.fixture
def picture(tmp_path):
    """A picture, 4 by 6, red on the left and blue on the right."""
    bgr = np.zeros([4, 6, 3], np.uint8)
    bgr[:, :3, 2] = 255
    bgr[:, 3:, 0] = 255
    path = tmp_path / "фото 1.png"
    path.write_bytes(cv2.imencode(".png", bgr)[1].tobytes())
    return str(path)


@pytest.mark.parametrize(("colour", "left"), [("RGB", [255, 0, 0]), ("BGR", [0, 0, 255])])
def test_picture_is_a_batch_of_one_in_the_order_asked_for(picture, colour, left):
    found = feeds("x", picture, [None, 4, 6, 3], colour=colour)
    assert (found.shape, found.dtype) == ((1, 4, 6, 3), np.uint8)
    assert found[0, 0, 0].tolist() == left


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        (None, (1, 4, 6, 3)),
        ([None, None, None, None], (1, 4, 6, 3)),
        ([None, 8, 3, 3], (1, 8, 3, 3)),
        ([None, 8, None, 3], (1, 4, 6, 3)),
        ([1, 2, 2, 1], (1, 2, 2, 1)),
    ],
)
def test_picture_is_resized_to_what_the_input_says(picture, shape, wanted):
    assert feeds("x", picture, shape).shape == wanted


def test_scale_makes_floats(picture):
    found = feeds("x", picture, None, scale=1 / 255)
    assert found.dtype == np.float32
    np.testing.assert_allclose([found.min(), found.max()], [0, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x93NUMPY\x01\x00", "cannot be read as a .npy array"),
        (b"PK\x03\x04 and more", "is an archive of arrays; save the one to feed"),
        (b"", ""),
        (b"neither of them", ""),
    ],
)
def test_file_that_is_neither_is_named(tmp_path, content, told):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(CorruptFileError, match=f"x: .*{told}"):
        feeds("x", str(tmp_path / "x"), [None, 4, 6, 3])


def test_array_of_objects_is_not_unpickled(tmp_path):
    np.save(tmp_path / "x.npy", np.array([print], object), allow_pickle=True)
    with pytest.raises(CorruptFileError, match=r"cannot be read as a \.npy array"):
        feeds("x", str(tmp_path / "x.npy"), [None])


@pytest.mark.parametrize(("name", "told"), [("", "is a folder"), ("absent", "does not exist")])
def test_feed_that_is_no_file_is_named(tmp_path, name, told):
    with pytest.raises(MissingFileError, match=told):
        feeds("x", str(tmp_path / name), [None, 2])
