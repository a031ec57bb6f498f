"""Records against TensorFlow's own definition of them, over many made-up cases."""

from __future__ import annotations

import json
import struct

import cv2
import google_crc32c
import numpy as np
import pytest

from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError, UnknownNameError
from graphkit.records import (
    RecordWriter,
    contact_sheet,
    decode_example,
    encode_example,
    iterate_records,
    pack_arrays,
    read_packed_images,
    scan_images,
    write_png,
)
from graphkit.records._framing import frame, masked_crc, parse_header
from graphkit.records._ordered import in_order
from graphkit.records._pixels import encode_image, resize, swap_colours, to_grey
from graphkit.records._shards import Sharding

RANDOM = np.random.RandomState(3)
SIZES = [0, 1, 11, 12, 13, 255, 4096, 100_000]


@pytest.mark.parametrize("size", SIZES)
def test_frame_is_length_and_data_each_with_its_checksum(size):
    record = RANDOM.bytes(size)
    framed = frame(record)
    length, first, data, second = framed[:8], framed[8:12], framed[12:-4], framed[-4:]
    assert struct.unpack("<Q", length) == (size,)
    assert data == record
    for covered, stored in ((length, first), (record, second)):
        crc = google_crc32c.value(covered)
        masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) % 2**32
        assert struct.unpack("<I", stored) == (masked,)


def test_checksum_of_the_standard_is_known():
    # RFC 3720, appendix B.4: crc32c of 32 zero bytes is 8A9136AA
    crc = 0x8A9136AA
    masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) % 2**32
    assert masked_crc(bytes(32)) == struct.pack("<I", masked)


@pytest.mark.parametrize("size", SIZES)
def test_header_tells_the_length_it_was_made_for(size):
    assert parse_header(frame(bytes(size))[:12]) == size


@pytest.mark.parametrize("place", range(12))
def test_header_with_any_bit_turned_is_none(place):
    header = bytearray(frame(b"some record")[:12])
    for bit in range(8):
        header[place] ^= 1 << bit
        assert parse_header(bytes(header)) is None
        header[place] ^= 1 << bit
    assert parse_header(bytes(header[:11])) is None


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_any_records_come_back_in_order(tmp_path, compression):
    records = [RANDOM.bytes(size) for size in RANDOM.randint(0, 3000, 60)]
    path = tmp_path / "all kinds 数.tfrecord"
    with RecordWriter(path, compression=compression) as writer:
        for number, record in enumerate(records, start=1):
            writer.write(record)
            assert writer.count == number
    assert list(iterate_records(path, compression=compression)) == records


def some_features(seed):
    """Features of every kind and length, under names of every kind."""
    random = np.random.RandomState(seed)
    kinds = {
        "bytes": lambda n: [random.bytes(random.randint(0, 9)) for _ in range(n)],
        "int64": lambda n: random.randint(-(2**62), 2**62, n),
        "float": lambda n: random.normal(size=n).astype(np.float32),
    }
    names = ["a", "label", "image/encoded", "ü 数", "", "x" * 300]
    return {
        name: kinds[kind](random.randint(1, 6))
        for name, kind in zip(names, random.choice(list(kinds), len(names)), strict=True)
    }


@pytest.mark.parametrize("seed", range(12))
def test_any_features_come_back(seed):
    features = some_features(seed)
    found = decode_example(encode_example(features))
    assert list(found) == sorted(features)
    for name, values in features.items():
        np.testing.assert_array_equal(found[name].values, values)


@pytest.mark.parametrize("seed", range(4))
def test_order_of_features_changes_no_byte(seed):
    features = some_features(seed)
    turned = dict(reversed(features.items()))
    assert encode_example(features) == encode_example(turned)


@pytest.mark.parametrize(
    ("value", "kind", "values"),
    [
        (True, "int64", [1]),
        (np.bool_(False), "int64", [0]),
        (-(2**63), "int64", [-(2**63)]),
        (np.uint64(2**63 - 1), "int64", [2**63 - 1]),
        ([1, np.int8(2), True], "int64", [1, 2, 1]),
        (0.1, "float", [np.float32(0.1)]),
        ([1, 2.5], "float", [1, 2.5]),
        (float("inf"), "float", [np.inf]),
        (np.arange(4).reshape(2, 2), "int64", [0, 1, 2, 3]),
        (np.zeros([2, 0], np.float64), "float", []),
        ("naïve", "bytes", ["naïve".encode()]),
        (bytearray(b"ab"), "bytes", [b"ab"]),
        (["a", b"\xff", memoryview(b"c")], "bytes", [b"a", b"\xff", b"c"]),
        (np.array(["ab", "c"]), "bytes", [b"ab", b"c"]),
        (np.array([b"x"]), "bytes", [b"x"]),
    ],
)
def test_value_has_its_kind(value, kind, values):
    (feature,) = decode_example(encode_example({"f": value})).values()
    assert (feature.kind, list(feature.values)) == (kind, values)


@pytest.mark.parametrize(
    ("value", "error", "told"),
    [
        ([], ArgumentError, "non-empty"),
        (2**63, ArgumentError, "within int64, got 9223372036854775808"),
        ([0, -(2**63) - 1], ArgumentError, "within int64, got -9223372036854775809"),
        (1e39, ArgumentError, r"within float32, got 1e\+39"),
        (None, ArgumentTypeError, "bytes, text, .*got NoneType"),
        ({"a": 1}, ArgumentTypeError, "bytes, text"),
        (1j, ArgumentTypeError, "got complex"),
        ([1, "a"], ArgumentTypeError, "got int, str"),
        ([[1], [2, 3]], ArgumentError, "bytes, text"),
        (np.array([1j]), ArgumentTypeError, "got an array of complex128"),
    ],
)
def test_value_of_no_kind_is_refused(value, error, told):
    with pytest.raises(error, match=f"encode_example: feature 'f' must be .*{told}"):
        encode_example({"f": value})


@pytest.mark.parametrize("name", [1, None, b"a"])
def test_name_is_text(name):
    with pytest.raises(ArgumentTypeError, match="features must be keyed by text, got"):
        encode_example({name: 1})


@pytest.mark.parametrize("record", [b"\xff", b"no example at all", b"\x0a\x05ab"])
def test_bytes_that_are_no_example_are_shown(record):
    with pytest.raises(ArgumentError, match=r"record must be a serialised tf.train.Example, got b"):
        decode_example(record)


@pytest.mark.parametrize("records", [1, 2, 7, 10])
@pytest.mark.parametrize("shards", [1, 2, 3, 7])
@pytest.mark.parametrize("shuffle", [True, False])
def test_every_record_stands_in_one_shard_and_sizes_differ_by_one(
    tmp_path, records, shards, shuffle
):
    sharding = Sharding("f", tmp_path / "x.tfrecord", shards, shuffle, 5)
    parts = sharding.order(records)
    assert len(parts) == len(sharding.paths()) == shards
    assert sorted(index for part in parts for index in part) == list(range(records))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    if not shuffle:
        assert [index for part in parts for index in part] == list(range(records))


@pytest.mark.parametrize(
    ("name", "shards", "names", "labels"),
    [
        ("a.tfrecord", 1, ["a.tfrecord"], "a.labels.json"),
        ("a", 2, ["a-00000-of-00002", "a-00001-of-00002"], "a.labels.json"),
        ("a.b.c", 2, ["a.b-00000-of-00002.c", "a.b-00001-of-00002.c"], "a.b.labels.json"),
        ("ü 1.tf", 1, ["ü 1.tf"], "ü 1.labels.json"),
    ],
)
def test_shards_are_named_after_the_output(tmp_path, name, shards, names, labels):
    sharding = Sharding("f", tmp_path / name, shards, False, 0)
    assert [path.name for path in sharding.paths()] == names
    assert sharding.labels_path() == tmp_path / labels


def test_seed_decides_the_order():
    def order(seed):
        return Sharding("f", None, 1, True, seed).order(50)

    assert order(1) == order(1) != order(2)
    # NumPy promises that RandomState gives these for ever
    assert order(0)[0][:5] == np.random.RandomState(0).permutation(50)[:5].tolist()


IMAGES = RANDOM.randint(0, 256, (6, 5, 4, 3)).astype(np.uint8)


@pytest.mark.parametrize("encoding", ["raw", "encoded"])
@pytest.mark.parametrize("shards", [1, 3])
def test_packed_images_come_back_as_they_were(tmp_path, encoding, shards):
    report = pack_arrays(
        IMAGES,
        [0, 1, 2, 0, 1, 2],
        tmp_path / "x.tfrecord",
        classes=["ä", "b c", "d"],
        filenames=[f"{k}.png" for k in range(6)],
        encoding=encoding,
        shards=shards,
    )
    found = {
        i.pixels.tobytes(): i.caption for path in report.paths for i in read_packed_images(path)
    }
    assert set(found) == {image.tobytes() for image in IMAGES}
    assert json.loads(report.labels_path.read_text("utf-8")) == {"classes": ["ä", "b c", "d"]}
    assert report.bytes == sum(path.stat().st_size for path in report.paths)


@pytest.mark.parametrize("size", [(5, 4), (10, 8), (2, 2), (1, 9)])
def test_resizing_gives_the_size_and_keeps_a_plain_colour(size):
    plain = np.full([5, 4, 3], (10, 200, 30), np.uint8)
    np.testing.assert_array_equal(resize(plain, size), np.broadcast_to(plain[0, 0], (*size, 3)))


def test_smaller_pixels_are_averages():
    pixels = np.zeros([4, 4, 3], np.uint8)
    pixels[:2, :2] = 100
    assert resize(pixels, (2, 2))[..., 0].tolist() == [[100, 0], [0, 0]]
    assert resize(np.repeat(np.uint8([[0, 200]] * 2)[..., None], 3, 2), (1, 1)).tolist() == [
        [[100] * 3]
    ]


def test_no_pixel_is_passed_over_where_images_shrink():
    one = np.zeros([9, 9, 3], np.uint8)
    one[0, 0] = 252
    assert resize(one, (3, 3))[..., 0].tolist() == [[28, 0, 0], [0, 0, 0], [0, 0, 0]]
    larger = resize(np.repeat(np.uint8([[0, 100]])[..., None], 3, 2), (1, 4))[0, :, 0].tolist()
    assert larger == [0, 25, 75, 100]


def test_colours_are_swapped_and_grey_is_left():
    assert swap_colours(np.uint8([[[1, 2, 3]]])).tolist() == [[[3, 2, 1]]]
    assert swap_colours(np.uint8([[1, 2]])).tolist() == [[1, 2]]
    # 0.299 R + 0.587 G + 0.114 B
    assert to_grey(np.uint8([[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]))[0, :, 0].tolist() == [
        29,
        150,
        76,
    ]


@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 3)])
def test_png_of_pixels_is_rgb(shape):
    pixels = RANDOM.randint(0, 256, shape).astype(np.uint8)
    back = cv2.imdecode(np.frombuffer(encode_image(pixels, ".png"), np.uint8), cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(swap_colours(back), pixels)


@pytest.mark.parametrize(("count", "columns", "rows"), [(1, 1, 1), (8, 8, 1), (9, 8, 2), (3, 3, 1)])
def test_sheet_has_a_place_for_every_image(tmp_path, count, columns, rows):
    images = RANDOM.randint(0, 256, (count, 2, 2, 3)).astype(np.uint8)
    sheet = contact_sheet(images, [""] * count, side=10)
    assert sheet.shape == (rows * 38 + 6, columns * 16 + 6, 3)
    for place, image in enumerate(images):
        top, left = 6 + place // 8 * 38, 6 + place % 8 * 16
        np.testing.assert_array_equal(sheet[top + 1, left + 1], image[0, 0])
        np.testing.assert_array_equal(sheet[top + 9, left + 9], image[1, 1])
    write_png(tmp_path / "s.png", sheet)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "s.png"))[..., ::-1], sheet)


@pytest.mark.parametrize("count", [0, 1, 7, 50])
def test_results_come_in_the_order_of_their_items(count):
    assert list(in_order(lambda number: number**2, range(count))) == [n**2 for n in range(count)]


def test_error_comes_where_its_result_would_be():
    def make(number):
        if number == 5:
            raise ValueError("the fifth")
        return number

    found = []
    with pytest.raises(ValueError, match="the fifth"):
        for number in in_order(make, range(100)):
            found.append(number)
    assert found in ([0, 1, 2, 3], [0, 1, 2, 3, 4])


@pytest.mark.parametrize(
    ("classes", "error", "told"),
    [
        ("cat", ArgumentTypeError, "classes must be a list of names, got the text 'cat'"),
        ([], ArgumentError, r"classes must be one or more different names, got \[\]"),
        (["cat", "cat"], ArgumentError, "one or more different names"),
        (["cat", "dgo"], UnknownNameError, "no class folder named 'dgo'; did you mean 'dog'"),
    ],
)
def test_classes_that_cannot_be_are_refused(image_tree, classes, error, told):
    with pytest.raises(error, match=told):
        scan_images(image_tree, classes=classes)


def test_scan_takes_images_by_their_ending_in_order(image_tree):
    (image_tree / "cat" / ".hidden.png").touch()
    (image_tree / "cat" / "notes.txt").touch()
    (image_tree / "cat" / "10.PNG").touch()
    (image_tree / "cat" / "folder.png").mkdir()
    (image_tree / ".git").mkdir()
    scanned = scan_images(image_tree)
    assert scanned.classes == ["cat", "dog"]
    names = [path.name for path in scanned.paths]
    assert names == ["0.png", "1.png", "10.PNG", "0.png", "1.png", "2.png"]
    assert scanned.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert scan_images(image_tree, classes=["dog", "cat"]).labels.tolist() == [0, 0, 0, 1, 1, 1]


def test_class_without_images_is_named_with_a_hint(image_tree):
    (image_tree / "empty").mkdir()
    with pytest.raises(MissingFileError, match=r"empty: holds no images \(\.bmp, .*webp\)$"):
        scan_images(image_tree)
    (image_tree / "empty" / "deeper").mkdir()
    with pytest.raises(MissingFileError, match="are the class folders one level deeper"):
        scan_images(image_tree)
