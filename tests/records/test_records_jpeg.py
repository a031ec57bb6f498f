"""JPEGs that claim more pixels than their bytes can hold are refused before room is made."""

from __future__ import annotations

import struct

import cv2
import numpy as np
import pytest

from graphkit import records
from graphkit.errors import CorruptFileError


def _jpeg(height, width, *options, value=128):
    """A picture of one colour, which takes the fewest bytes."""
    pixels = np.full((height, width, 3), value, np.uint8)
    return cv2.imencode(".jpg", pixels, list(options))[1].tobytes()


def _claiming(content, height, width):
    """The same file, whose frame claims another size."""
    place = max(content.find(bytes([0xFF, kind])) for kind in (0xC0, 0xC2))
    return content[: place + 5] + struct.pack(">HH", height, width) + content[place + 9 :]


FORMS = {
    "plain": [],
    "progressive": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1],
    "small codes": [cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_QUALITY, 1],
}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_what_a_file_cannot_hold_is_refused(form):
    content = _claiming(_jpeg(16, 16, *FORMS[form]), 14_000, 13_000)
    with pytest.raises(CorruptFileError, match=r"claims 13,000 x 14,000 pixels, which \d+ bytes"):
        records.decode_image(content)


@pytest.mark.parametrize("form", sorted(FORMS))
@pytest.mark.parametrize(
    "before", [b"", b"\xff\xff\xfe\x00\x04ab", b"\xff\xe1\x00\x08\xff\xc0\xff\xc0a"]
)
def test_large_pictures_of_one_colour_are_read(form, before):
    content = _jpeg(3000, 2000, *FORMS[form])
    content = content[:2] + before + content[2:]
    assert records.decode_image(content).shape == (3000, 2000, 3)


@pytest.mark.parametrize("content", [b"\xff\xd8\xff", b"\xff\xd8" + b"\xff\x00" * 10**5])
def test_what_has_no_frame_is_no_image(content):
    with pytest.raises(CorruptFileError, match="cannot be decoded"):
        records.decode_image(content)
