"""`decode_image`: what lies in memory is read as `read_image` reads the same bytes in a file."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.records import decode_image, read_image


@pytest.fixture
def picture(tmp_path):
    """A PNG of random pixels, 5 by 7."""
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    path = tmp_path / "picture.png"
    assert cv2.imwrite(str(path), pixels[..., ::-1])
    return path, pixels


def test_pixels_are_those_of_the_file(picture):
    path, pixels = picture
    np.testing.assert_array_equal(decode_image(path.read_bytes()), pixels)


@pytest.mark.parametrize(
    "options", [{"colour": "BGR"}, {"channels": 1}, {"size": (2, 3)}, {"size": (9, 9)}]
)
def test_options_are_those_of_read_image(picture, options):
    path, _ = picture
    found = decode_image(path.read_bytes(), **options)
    np.testing.assert_array_equal(found, read_image(path, **options))


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_named(content):
    with pytest.raises(CorruptFileError, match=r"records\[3\]: "):
        decode_image(content, name="records[3]")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"channels": 2}, "decode_image: channels must be 3, or 1 for grey, got 2"),
        ({"colour": "rgb"}, "decode_image: colour must be"),
        ({"size": (0, 3)}, "decode_image: size must be"),
    ],
)
def test_other_options_are_refused(picture, options, said):
    with pytest.raises(ArgumentError, match=said):
        decode_image(picture[0].read_bytes(), **options)
