"""Reading one image file in the shape and colour order that is asked for."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.records import read_image

RGB = np.random.RandomState(3).randint(0, 256, (5, 7, 3)).astype(np.uint8)


@pytest.fixture
def path(tmp_path):
    cv2.imwrite(str(tmp_path / "image.png"), RGB[..., ::-1])
    return tmp_path / "image.png"


def test_pixels_are_rgb(path):
    image = read_image(path)
    np.testing.assert_array_equal(image, RGB)
    assert image.dtype == np.uint8


def test_bgr_is_what_opencv_reads(path):
    np.testing.assert_array_equal(read_image(str(path), colour="BGR"), cv2.imread(str(path)))


def test_grey_has_one_channel(path):
    grey = read_image(path, channels=1)
    assert grey.shape == (5, 7, 1)
    luminance = RGB @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(grey[..., 0], luminance, atol=1)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(2, 3), (10, 4), (5, 7)])
def test_size_is_height_and_width(path, size, channels):
    assert read_image(path, size=size, channels=channels).shape == (*size, channels)


def test_shrinking_averages(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.array([[0, 100], [100, 200]], np.uint8))
    assert read_image(tmp_path / "a.png", size=(1, 1)).tolist() == [[[100, 100, 100]]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"channels": 4}, "channels must be 3, or 1 for grey, got 4"),
        ({"colour": "HSV"}, 'colour must be "RGB" or "BGR", got \'HSV\''),
        ({"size": (0, 1)}, r"size must be \(height, width\), or None, got \(0, 1\)"),
    ],
)
def test_wrong_argument_is_refused(path, arguments, message):
    with pytest.raises(ArgumentError, match=f"read_image: {message}"):
        read_image(path, **arguments)


def test_absent_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"absent\.png: does not exist"):
        read_image(tmp_path / "absent.png")


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\x89PNG\r\n\x1a\n"])
def test_file_of_another_format_is_corrupt(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"a\.png: .*image"):
        read_image(tmp_path / "a.png")


def test_image_of_too_many_pixels_is_corrupt(tmp_path):
    header = b"P5\n100000 100000\n255\n"
    (tmp_path / "large.pgm").write_bytes(header + bytes(100))
    with pytest.raises(CorruptFileError, match=r"large\.pgm: cannot be decoded as an image"):
        read_image(tmp_path / "large.pgm")


def test_file_without_end_is_refused(tmp_path):
    with open(tmp_path / "sparse.png", "wb") as file:
        file.truncate((256 << 20) + 1)
    with pytest.raises(
        UnsafeFileError, match=rf"sparse\.png: has {(256 << 20) + 1} bytes, allowed"
    ):
        read_image(tmp_path / "sparse.png")
