"""Packing images into shards: what each record holds, which files appear, what is refused."""

from __future__ import annotations

import json
import os
import re

import cv2
import numpy as np
import pytest

from graphkit.errors import ArgumentError, ArgumentTypeError, CorruptFileError, MissingFileError
from graphkit.records import (
    RecordWriter,
    decode_example,
    iterate_records,
    pack_arrays,
    pack_images,
    scan_images,
)

IMAGES = np.random.RandomState(0).randint(0, 256, (5, 4, 6, 3)).astype(np.uint8)
LABELS = [0, 2, 1, 2, 0]


def read(*paths):
    """The records as dictionaries of plain values."""
    records = []
    for path in paths:
        for record in iterate_records(path):
            features = decode_example(record)
            records.append({name: feature.values[0] for name, feature in features.items()})
    return records


def pixels(record):
    shape = [record[name] for name in ("height", "width", "channels")]
    return np.frombuffer(record["image"], np.uint8).reshape(shape)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out" / "data.tfrecord"


@pytest.mark.parametrize("below", ["data.tfrecord", "deeper/data.tfrecord"])
def test_file_where_a_folder_should_be_is_named(tmp_path, below):
    (tmp_path / "text.txt").touch()
    with pytest.raises(MissingFileError, match=r"/text\.txt: is a file; a folder was to be"):
        pack_arrays(IMAGES, LABELS, tmp_path / "text.txt" / below, classes=["a", "b", "c"])


@pytest.mark.parametrize("shards", [1, 2])
def test_full_disk_is_told_with_a_path_that_was_asked_for(out, largest_file, shards):
    with largest_file(100), pytest.raises(OSError, match="too large") as caught:
        pack_arrays(IMAGES, LABELS, out, classes=["a", "b", "c"], shards=shards)
    first = out if shards == 1 else out.with_name("data-00000-of-00002.tfrecord")
    assert caught.value.filename == str(first)
    assert os.listdir(out.parent) == []


def test_error_about_another_file_stays_as_it_is(out):
    def progress(done, total):
        raise PermissionError(13, "Permission denied", "/somewhere/else")

    with pytest.raises(PermissionError, match="'/somewhere/else'"):
        pack_arrays(IMAGES, LABELS, out, classes=["a", "b", "c"], progress=progress)
    assert os.listdir(out.parent) == []


class TestImages:
    def test_record_holds_pixels_and_everything_about_them(self, image_tree, out):
        report = pack_images(scan_images(image_tree), out, shuffle=False)
        record = read(out)[3]
        image = cv2.imread(str(image_tree / "dog" / "1.png"))[..., ::-1]
        np.testing.assert_array_equal(pixels(record), image)
        del record["image"]
        assert record == {
            "label": 1,
            "class": b"dog",
            "filename": b"1.png",
            "height": 4,
            "width": 6,
            "channels": 3,
            "colour": b"RGB",
            "encoding": b"raw",
        }
        assert (report.paths, report.records, report.classes) == ([out], 5, ["cat", "dog"])
        assert report.bytes == out.stat().st_size

    def test_bgr_is_what_opencv_reads(self, image_tree, out):
        pack_images(scan_images(image_tree), out, shuffle=False, colour="BGR")
        record = read(out)[0]
        assert record["colour"] == b"BGR"
        np.testing.assert_array_equal(pixels(record), cv2.imread(str(image_tree / "cat" / "0.png")))

    def test_encoded_stores_the_file_itself(self, image_tree, out):
        pack_images(scan_images(image_tree), out, shuffle=False, encoding="encoded")
        record = read(out)[0]
        assert record["image"] == (image_tree / "cat" / "0.png").read_bytes()
        assert [record[name] for name in ("height", "width", "channels")] == [4, 6, 3]
        assert (record["encoding"], record["colour"]) == (b"encoded", b"RGB")

    @pytest.mark.parametrize(("encoding", "channels"), [("raw", 3), ("encoded", 1)])
    def test_grey_file_is_coloured_only_as_pixels(self, image_tree, out, encoding, channels):
        cv2.imwrite(str(image_tree / "cat" / "0.png"), np.full((4, 6), 77, np.uint8))
        pack_images(scan_images(image_tree), out, shuffle=False, encoding=encoding)
        assert read(out)[0]["channels"] == channels

    def test_transparent_file_keeps_its_channel_only_encoded(self, image_tree, out):
        cv2.imwrite(str(image_tree / "cat" / "0.png"), np.full((4, 6, 4), 77, np.uint8))
        pack_images(scan_images(image_tree), out, shuffle=False, encoding="encoded")
        assert read(out)[0]["channels"] == 4

    @pytest.mark.parametrize("size", [(2, 3), (8, 12), (4, 6), (3, 9)])
    def test_size_scales_to_height_and_width(self, image_tree, out, size):
        pack_images(scan_images(image_tree), out, shuffle=False, size=size)
        record = read(out)[1]
        assert pixels(record).shape == (*size, 3)
        assert (pixels(record) == [203, 100, 1]).all()

    def test_images_of_different_sizes_keep_them(self, image_tree, out):
        cv2.imwrite(str(image_tree / "cat" / "0.png"), np.zeros((2, 9, 3), np.uint8))
        pack_images(scan_images(image_tree), out, shuffle=False)
        assert [pixels(record).shape for record in read(out)[:2]] == [(2, 9, 3), (4, 6, 3)]

    @pytest.mark.parametrize("encoding", ["raw", "encoded"])
    @pytest.mark.parametrize("content", [b"", b"no image", "cut"])
    def test_damaged_image_is_named_and_nothing_changes(self, image_tree, out, encoding, content):
        good = pack_images(scan_images(image_tree), out, shards=2, encoding=encoding)
        before = [path.read_bytes() for path in good.paths]
        bad = image_tree / "dog" / "1.png"
        bad.write_bytes(bad.read_bytes()[:50] if content == "cut" else content)
        with pytest.raises(CorruptFileError, match=r"dog/1\.png: .*image"):
            pack_images(scan_images(image_tree), out, shards=2, encoding=encoding, seed=5)
        assert [path.read_bytes() for path in good.paths] == before
        assert len(os.listdir(out.parent)) == 3

    def test_image_that_went_away_is_named(self, image_tree, out):
        tree = scan_images(image_tree)
        (image_tree / "cat" / "1.png").unlink()
        with pytest.raises(MissingFileError, match=r"cat/1\.png: does not exist"):
            pack_images(tree, out)
        assert os.listdir(out.parent) == []

    def test_size_contradicts_encoded(self, image_tree, out):
        with pytest.raises(ArgumentError, match='size must be None with encoding="encoded"'):
            pack_images(scan_images(image_tree), out, encoding="encoded", size=(2, 2))

    def test_progress_counts_every_image(self, image_tree, out):
        calls = []
        pack_images(
            scan_images(image_tree),
            out,
            shards=2,
            progress=lambda done, total: calls.append((done, total)),
        )
        assert calls == [(done, 5) for done in range(1, 6)]


class TestShards:
    def test_one_shard_has_the_name_that_was_given(self, out):
        assert pack_arrays(IMAGES, LABELS, out).paths == [out]

    def test_several_shards_are_numbered_before_the_ending(self, tmp_path):
        report = pack_arrays(IMAGES, LABELS, tmp_path / "a.b.tfrecord", shards=3)
        assert [path.name for path in report.paths] == [
            "a.b-00000-of-00003.tfrecord",
            "a.b-00001-of-00003.tfrecord",
            "a.b-00002-of-00003.tfrecord",
        ]
        assert [len(read(path)) for path in report.paths] == [2, 2, 1]
        assert report.bytes == sum(path.stat().st_size for path in report.paths)

    def test_name_without_ending_is_numbered_at_its_end(self, tmp_path):
        report = pack_arrays(IMAGES, LABELS, tmp_path / "train", shards=2)
        assert report.paths[1].name == "train-00001-of-00002"
        assert report.labels_path.name == "train.labels.json"

    def test_classes_lie_beside_the_shards(self, out):
        report = pack_arrays(IMAGES, LABELS, out, classes=["a", "b", "ö"], shards=2)
        assert report.labels_path == out.with_name("data.labels.json")
        assert json.loads(report.labels_path.read_text("utf-8")) == {"classes": ["a", "b", "ö"]}

    def test_without_shuffle_the_order_is_kept_over_the_shards(self, out):
        report = pack_arrays(IMAGES, LABELS, out, shards=2, shuffle=False)
        assert [record["label"] for record in read(*report.paths)] == LABELS

    def test_shuffle_keeps_every_record(self, out):
        names = [str(number) for number in range(100)]
        images = np.zeros((100, 1, 1), np.uint8)
        report = pack_arrays(images, range(100), out, filenames=names, shards=3)
        found = [int(record["filename"]) for record in read(*report.paths)]
        assert found != sorted(found)
        assert sorted(found) == list(range(100))
        assert found == np.random.RandomState(0).permutation(100).tolist()

    def test_same_seed_gives_the_same_files(self, tmp_path):
        contents = [
            pack_arrays(IMAGES, LABELS, tmp_path / f"{name}.tfrecord", seed=seed)
            .paths[0]
            .read_bytes()
            for name, seed in (("a", 1), ("b", 1), ("c", 2))
        ]
        assert contents[0] == contents[1] != contents[2]

    @pytest.mark.parametrize("shards", [0, -1, 6])
    def test_shards_out_of_range_are_refused(self, out, shards):
        wanted = f"shards must be between 1 and the number of records, 5, got {shards}"
        with pytest.raises(ArgumentError, match=wanted):
            pack_arrays(IMAGES, LABELS, out, shards=shards)
        assert not out.parent.exists()

    @pytest.mark.parametrize("seed", [-1, 2**32])
    def test_seed_out_of_range_is_refused(self, out, seed):
        with pytest.raises(
            ArgumentError, match=rf"seed must be between 0 and 2\*\*32 - 1, got {seed}"
        ):
            pack_arrays(IMAGES, LABELS, out, seed=seed)

    def test_no_images_are_refused(self, out):
        with pytest.raises(ArgumentError, match="the number of records, 0, got 1"):
            pack_arrays(IMAGES[:0], [], out)


class TestArrays:
    def test_raw_pixels_are_the_array(self, out):
        pack_arrays(IMAGES, LABELS, out, shuffle=False)
        for record, image in zip(read(out), IMAGES, strict=True):
            np.testing.assert_array_equal(pixels(record), image)

    def test_bgr_turns_the_colours(self, out):
        pack_arrays(IMAGES, LABELS, out, shuffle=False, colour="BGR")
        np.testing.assert_array_equal(pixels(read(out)[2]), IMAGES[2][..., ::-1])

    def test_encoded_is_a_png_without_loss(self, out):
        pack_arrays(IMAGES, LABELS, out, shuffle=False, encoding="encoded", size=(4, 6))
        content = np.frombuffer(read(out)[1]["image"], np.uint8)
        np.testing.assert_array_equal(cv2.imdecode(content, cv2.IMREAD_COLOR)[..., ::-1], IMAGES[1])

    @pytest.mark.parametrize("encoding", ["raw", "encoded"])
    def test_grey_images_have_one_channel(self, out, encoding):
        pack_arrays(IMAGES[..., 0], LABELS, out, shuffle=False, encoding=encoding)
        record = read(out)[0]
        assert [record[name] for name in ("height", "width", "channels")] == [4, 6, 1]
        if encoding == "raw":
            np.testing.assert_array_equal(pixels(record)[..., 0], IMAGES[0, ..., 0])

    def test_names_are_numbers_and_files_nameless_unless_given(self, out):
        assert pack_arrays(IMAGES, LABELS, out, shuffle=False).classes == ["0", "1", "2"]
        assert read(out)[1]["class"] == b"2"
        assert read(out)[1]["filename"] == b""

    @pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64])
    def test_labels_of_any_whole_number_are_fine(self, out, dtype):
        pack_arrays(IMAGES, np.array(LABELS, dtype), out, shuffle=False)
        assert [record["label"] for record in read(out)] == LABELS

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"images": IMAGES[0, 0]}, r"images must be of shape .* got \(6, 3\)"),
            ({"images": IMAGES[..., :2]}, r"images must be of shape .* got \(5, 4, 6, 2\)"),
            ({"images": IMAGES[:, :0]}, r"images must be of shape .* got \(5, 0, 6, 3\)"),
            ({"labels": [1, 2]}, r"labels must be of shape \[5\], got \(2,\)"),
            ({"labels": [[0]] * 5}, r"labels must be of shape \[5\], got \(5, 1\)"),
            ({"labels": [0, 1, 2, -3, 0]}, "labels must be 0 or more, got -3"),
            ({"classes": ["a", "b"]}, r"classes must be a name for each label up to 2, got \['a'"),
            (
                {"filenames": ["a"]},
                "filenames must be one name for each of 5 images, got '1 names'",
            ),
            ({"encoding": "jpg"}, 'encoding must be "raw" or "encoded", got \'jpg\''),
            ({"colour": "rgb"}, 'colour must be "RGB" or "BGR", got \'rgb\''),
            (
                {"colour": "BGR", "encoding": "encoded"},
                'colour must be "RGB" with encoding="encoded"',
            ),
            ({"size": (0, 3)}, r"size must be \(height, width\), or None, got \(0, 3\)"),
            ({"size": (1, 2, 3)}, r"size must be \(height, width\), or None, got \(1, 2, 3\)"),
        ],
    )
    def test_wrong_argument_is_refused_before_anything_is_written(self, out, arguments, message):
        with pytest.raises(ArgumentError, match=f"pack_arrays: {message}"):
            pack_arrays(**{"images": IMAGES, "labels": LABELS, "output": out, **arguments})
        assert not out.parent.exists()

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"images": IMAGES.astype(float)}, "images must be a uint8 array, got float64"),
            ({"images": IMAGES.tolist()}, "images must be a uint8 array, got <class 'list'>"),
            ({"labels": [0.5] * 5}, "labels must be whole numbers, got float64"),
            ({"labels": ["a"] * 5}, "labels must be whole numbers, got <U1"),
        ],
    )
    def test_wrong_type_is_refused(self, out, arguments, message):
        with pytest.raises(ArgumentTypeError, match=f"pack_arrays: {message}"):
            pack_arrays(**{"images": IMAGES, "labels": LABELS, "output": out, **arguments})


@pytest.mark.parametrize("shards", [1, 2])
def test_parts_lie_hidden_beside_their_files_while_they_are_written(out, shards):
    seen = set()
    pack_arrays(
        IMAGES,
        LABELS,
        out,
        shards=shards,
        progress=lambda done, total: seen.update(os.listdir(out.parent)),
    )
    names = sorted(name for name in os.listdir(out.parent) if name.endswith(".tfrecord"))
    assert len(names) == shards
    forms = [re.compile(rf"\.{re.escape(name)}\.[0-9a-f]{{8}}\.part") for name in names]
    assert len(seen) == shards
    assert all(any(form.fullmatch(name) for form in forms) for name in seen)


def test_name_with_the_number_of_a_shard_is_not_numbered_again(out):
    numbered = out.with_name("data-00000-of-00002.tfrecord")
    wanted = r"output must be without the number of a shard, as in 'data\.tfrecord', got '.*"
    with pytest.raises(ArgumentError, match=rf"pack_arrays: {wanted}data-00000-of-00002"):
        pack_arrays(IMAGES, LABELS, numbered, shards=2)
    assert not out.parent.exists()
    assert pack_arrays(IMAGES, LABELS, numbered).paths == [numbered]


def test_shards_hold_the_very_frames_of_a_record_writer(out, tmp_path):
    report = pack_arrays(IMAGES, LABELS, out, shards=2)
    for path in report.paths:
        copy = tmp_path / "copy"
        with RecordWriter(copy) as writer:
            for record in iterate_records(path):
                writer.write(record)
        assert copy.read_bytes() == path.read_bytes()
