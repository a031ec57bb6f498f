"""Packed images become pictures again, and many pictures one sheet."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from graphkit import records
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError


def pixels_of(*shape):
    count = int(np.prod(shape))
    return (np.arange(count) * 7 % 256).astype(np.uint8).reshape(shape)


@pytest.mark.parametrize(
    ("colour", "encoding"), [("RGB", "raw"), ("BGR", "raw"), ("RGB", "encoded")]
)
def test_packed_images_come_back_as_rgb(tmp_path, colour, encoding):
    images = pixels_of(3, 4, 5, 3)
    path = tmp_path / "x.tfrecord"
    records.pack_arrays(
        images,
        [1, 0, 1],
        path,
        classes=["no", "yes"],
        shuffle=False,
        colour=colour,
        encoding=encoding,
    )
    found = list(records.read_packed_images(path))
    assert [image.caption for image in found] == ["yes", "no", "yes"]
    for image, packed in zip(found, images, strict=True):
        np.testing.assert_array_equal(image.pixels, packed)


def write(path, **features):
    with records.RecordWriter(path) as writer:
        writer.write(records.encode_example(features))
    return path


SHAPED = {"height": 1, "width": 2, "channels": 3}


def test_caption_falls_back_to_the_label_then_to_nothing(tmp_path):
    labelled = write(tmp_path / "a", image=b"012345", label=7, **SHAPED)
    bare = write(tmp_path / "b", image=b"012345", **SHAPED)
    assert next(records.read_packed_images(labelled)).caption == "7"
    assert next(records.read_packed_images(bare)).caption == ""


@pytest.mark.parametrize("name", ["image", "height", "width", "channels"])
def test_a_record_that_does_not_say_its_shape_is_named(tmp_path, name):
    features = {"image": b"012345", **SHAPED}
    del features[name]
    path = write(tmp_path / "x", other=1, **features)
    with pytest.raises(CorruptFileError, match=f"record 0 has no feature '{name}'"):
        next(records.read_packed_images(path))


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("image", 12, "bytes"), ("height", b"1", "int64"), ("width", float("nan"), "int64")],
)
def test_a_shape_of_another_kind_is_named(tmp_path, name, value, kind):
    path = write(tmp_path / "x", **{"image": b"012345", **SHAPED, name: value})
    with pytest.raises(CorruptFileError, match=f"record 0 has no feature '{name}' of kind {kind}"):
        next(records.read_packed_images(path))


def test_a_record_that_is_no_example_is_told(tmp_path):
    with records.RecordWriter(tmp_path / "x") as writer:
        writer.write(b"\xff")
    with pytest.raises(CorruptFileError, match=r"x: record 0 is no tf\.train\.Example"):
        next(records.read_packed_images(tmp_path / "x"))


def test_two_channels_are_no_picture(tmp_path):
    path = write(tmp_path / "x", image=b"0123", **{**SHAPED, "channels": 2})
    with pytest.raises(CorruptFileError, match=r"4 pixel bytes, its shape is \(1, 2, 2\)"):
        next(records.read_packed_images(path))


@pytest.mark.parametrize("channels", [4, -3])
def test_pixels_that_do_not_fill_the_shape_are_refused(tmp_path, channels):
    path = write(tmp_path / "x", image=b"012345", **{**SHAPED, "channels": channels})
    with pytest.raises(CorruptFileError, match=rf"6 pixel bytes, its shape is \(1, 2, {channels}"):
        next(records.read_packed_images(path))


def test_sheet_places_images_row_by_row():
    red, blue = np.zeros((2, 2, 3), np.uint8), np.zeros((4, 3, 3), np.uint8)
    red[..., 0], blue[..., 2] = 255, 255
    sheet = records.contact_sheet([red, blue, red], ["", "", ""], columns=2, side=10)
    assert sheet.shape == (2 * (10 + 22 + 6) + 6, 2 * 16 + 6, 3)
    np.testing.assert_array_equal(sheet[6:16, 6:16], np.broadcast_to([255, 0, 0], (10, 10, 3)))
    np.testing.assert_array_equal(sheet[6:16, 22:32], np.broadcast_to([0, 0, 255], (10, 10, 3)))
    np.testing.assert_array_equal(sheet[44:54, 6:16], np.broadcast_to([255, 0, 0], (10, 10, 3)))
    assert (sheet[44:54, 22:32] == 255).all()


def test_marks_colour_the_captions():
    images = np.zeros((2, 8, 8, 3), np.uint8)
    sheet = records.contact_sheet(images, ["HHH", "HHH"], marks=[True, False])
    right, wrong = sheet[102:124, 6:102].astype(int), sheet[102:124, 108:204].astype(int)
    assert (right[..., 1] - right[..., 0]).max() > 50
    assert (wrong[..., 0] - wrong[..., 1]).max() > 50


def test_grey_images_are_drawn_grey():
    sheet = records.contact_sheet(np.full((1, 4, 4, 1), 90, np.uint8), [""], side=4)
    np.testing.assert_array_equal(sheet[6:10, 6:10], np.full((4, 4, 3), 90))


@pytest.mark.parametrize(
    ("images", "options", "said"),
    [
        ([], {}, "images must be one or more images"),
        ([np.zeros((4, 4), np.uint8)], {}, r"images must be of shape \[H, W, 1 or 3\]"),
        ([np.zeros((4, 4, 2), np.uint8)], {}, r"images must be of shape .* got \(4, 4, 2\)"),
        ([np.zeros((4, 4, 3), np.uint8)] * 2, {}, r"captions must be one per image \(2\), got 1"),
        (
            [np.zeros((4, 4, 3), np.uint8)],
            {"marks": [True, True]},
            r"marks must be one per image \(1\), got 2",
        ),
    ],
)
def test_sheet_refuses_what_it_cannot_draw(images, options, said):
    with pytest.raises(ArgumentError, match=said):
        records.contact_sheet(images, ["one"], **options)


def test_png_keeps_every_pixel_and_leaves_no_part(tmp_path):
    pixels = pixels_of(5, 6, 3)
    records.write_png(tmp_path / "a b.png", pixels)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "a b.png"))[..., ::-1], pixels)
    assert [path.name for path in tmp_path.iterdir()] == ["a b.png"]


def test_png_into_an_absent_folder_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="absent: folder does not exist"):
        records.write_png(tmp_path / "absent" / "x.png", pixels_of(2, 2, 3))
