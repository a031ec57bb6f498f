"""From CIFAR-10 pickles to an image tree."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytest
from cifar10_files import cifar10_batch, write_pickle

from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.records import ImageTreeReport, read_cifar10, scan_images, to_image

TRAIN = ["cat/0", "cat/3", "cat/4", "dog/1", "dog/5", "frog/2", "frog/6"]


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_tree_has_a_folder_per_class(cifar10_folder, tmp_path):
    out = tmp_path / "deep" / "image"
    report = to_image(cifar10_folder, out)
    assert report == ImageTreeReport(out, 7, 2, ["cat", "dog", "frog"])
    assert files(out / "train") == [f"{name}.png" for name in TRAIN]
    assert files(out / "test") == ["cat/0.png", "dog/1.png"]
    assert sorted(os.listdir(out)) == ["test", "train"]


def test_class_without_images_has_a_folder_too(cifar10_folder, tmp_path):
    to_image(cifar10_folder, tmp_path / "out")
    assert os.listdir(tmp_path / "out" / "test" / "frog") == []


def test_png_keeps_every_pixel_in_its_colour(cifar10_folder, tmp_path):
    content = cifar10_batch(1)
    content[b"data"] = np.random.RandomState(1).randint(0, 256, (1, 3072)).astype(np.uint8)
    write_pickle(cifar10_folder / "test_batch", content)
    to_image(cifar10_folder, tmp_path / "out")
    bgr = cv2.imread(str(tmp_path / "out" / "test" / "cat" / "0.png"))
    np.testing.assert_array_equal(bgr[..., ::-1], read_cifar10(cifar10_folder).test.images[0])


def test_jpg_is_smaller_and_lossy(cifar10_folder, tmp_path):
    to_image(cifar10_folder, tmp_path / "out", format="jpg")
    path = tmp_path / "out" / "train" / "frog" / "6.jpg"
    assert path.read_bytes().startswith(b"\xff\xd8\xff")
    assert np.abs(cv2.imread(str(path)).astype(int) - 6).max() <= 3


def test_progress_counts_over_both_splits(cifar10_folder, tmp_path):
    calls = []
    to_image(cifar10_folder, tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(done, 9) for done in range(1, 10)]


def test_scan_finds_what_was_written(cifar10_folder, tmp_path):
    report = to_image(cifar10_folder, tmp_path / "out")
    tree = scan_images(tmp_path / "out" / "train", classes=report.classes)
    assert np.bincount(tree.labels).tolist() == [3, 2, 2]


def test_earlier_tree_is_replaced_whole(cifar10_folder, tmp_path):
    out = tmp_path / "out"
    to_image(cifar10_folder, out, format="jpg")
    (cifar10_folder / "data_batch_2").unlink()
    to_image(cifar10_folder, out)
    assert files(out / "train") == [f"{name}.png" for name in ("cat/0", "cat/3", "dog/1", "frog/2")]


@pytest.mark.parametrize("mine", ["train/note.txt", "train/cat/mine.png", "test/cat/deep/1.png"])
def test_folder_with_other_files_is_left_alone(cifar10_folder, tmp_path, mine):
    out = tmp_path / "out"
    (out / mine).parent.mkdir(parents=True)
    (out / mine).write_text("mine")
    split = mine.partition("/")[0]
    with pytest.raises(
        ArgumentError, match=f"to_image: folder must be a folder whose {split} holds"
    ):
        to_image(cifar10_folder, out)
    assert files(out) == [mine]


def test_other_files_beside_the_splits_stay(cifar10_folder, tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    to_image(cifar10_folder, tmp_path)
    assert (tmp_path / "note.txt").read_text() == "mine"


def test_failure_leaves_the_earlier_tree(cifar10_folder, tmp_path):
    out = tmp_path / "out"
    to_image(cifar10_folder, out)
    before = files(out)

    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt("enough")

    with pytest.raises(KeyboardInterrupt, match="enough"):
        to_image(cifar10_folder, out, format="jpg", progress=stop)
    assert files(out) == before


def test_failure_leaves_no_new_folder(cifar10_folder, tmp_path):
    def stop(done, total):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        to_image(cifar10_folder, tmp_path / "new" / "out", progress=stop)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", [b"..", b"", b".", b"a/b", b"a\\b", b"/etc", b"C:x", b"a\0b"])
def test_class_name_that_leads_out_is_unsafe(cifar10_folder, tmp_path, name):
    write_pickle(cifar10_folder / "batches.meta", {b"label_names": [b"cat", b"dog", name]})
    with pytest.raises(UnsafeFileError, match=r"the class name .* is no folder name"):
        to_image(cifar10_folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_class_name_twice_is_corrupt(cifar10_folder, tmp_path):
    write_pickle(cifar10_folder / "batches.meta", {b"label_names": [b"cat", b"dog", b"Cat"]})
    with pytest.raises(CorruptFileError, match="a class name is there twice: cat, dog, Cat"):
        to_image(cifar10_folder, tmp_path / "out")


def test_unknown_format_is_refused(cifar10_folder, tmp_path):
    with pytest.raises(ArgumentError, match='format must be "png" or "jpg", got \'gif\''):
        to_image(cifar10_folder, tmp_path / "out", format="gif")


def test_absent_source_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        to_image(tmp_path / "absent", tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_folder_that_is_a_file_is_named(cifar10_folder):
    with pytest.raises(MissingFileError, match="test_batch: is a file; a folder was to be written"):
        to_image(cifar10_folder, cifar10_folder / "test_batch")
