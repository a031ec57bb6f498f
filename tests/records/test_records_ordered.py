"""Work in threads whose results come in order."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

from graphkit import records
from graphkit.errors import CorruptFileError
from graphkit.records._ordered import in_order


@pytest.mark.parametrize("count", [0, 1, 4, 5, 103])
def test_results_come_in_the_order_of_the_items(count):
    assert list(in_order(lambda item: item * item, range(count))) == [n * n for n in range(count)]


def test_work_is_done_beside_the_caller():
    seen = set(in_order(lambda _: threading.current_thread().name, range(50)))
    assert threading.current_thread().name not in seen


def test_only_a_few_items_are_made_ahead(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    asked = []

    def items():
        for number in range(1000):
            asked.append(number)
            yield number

    results = in_order(lambda item: item, items())
    assert next(results) == 0
    assert len(asked) <= 4 * 3
    results.close()


def test_an_error_is_raised_in_its_place_and_no_thread_stays():
    def fail_at_ten(item):
        if item == 10:
            raise ValueError("ten")
        return item

    taken = []
    with pytest.raises(ValueError, match="ten"):
        for item in in_order(fail_at_ten, range(1000)):
            taken.append(item)
    assert taken == list(range(8))
    assert not [t for t in threading.enumerate() if t.name.startswith("records")]


@pytest.fixture
def large_images(tmp_path):
    """Twenty noisy pictures, each a file of some 12 kB, so that packing uses threads."""
    folder = tmp_path / "image" / "noise"
    folder.mkdir(parents=True)
    pixels = np.random.default_rng(1).integers(0, 256, (20, 64, 64, 3), np.uint8)
    for number, image in enumerate(pixels):
        cv2.imwrite(str(folder / f"{number:02}.png"), image[..., ::-1])
    return tmp_path / "image", pixels


def test_large_images_are_packed_in_order_in_threads(tmp_path, large_images, monkeypatch):
    folder, pixels = large_images
    named = []
    monkeypatch.setattr(
        "graphkit.records._shards.in_order",
        lambda make, items: named.append("threads") or in_order(make, items),
    )
    path = tmp_path / "x.tfrecord"
    records.pack_images(records.scan_images(folder), path, shuffle=False)
    found = [image.pixels for image in records.read_packed_images(path)]
    np.testing.assert_array_equal(found, pixels)
    assert named == ["threads"]


def test_a_damaged_image_among_large_ones_leaves_no_file(tmp_path, large_images):
    folder, _ = large_images
    (folder / "noise" / "11.png").write_bytes(b"no picture")
    with pytest.raises(CorruptFileError, match=r"11\.png: cannot be decoded"):
        records.pack_images(records.scan_images(folder), tmp_path / "x.tfrecord", shuffle=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image"]
