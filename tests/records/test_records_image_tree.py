"""Listing an image tree: what counts, in which order, and what is told about a wrong one."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError, UnknownNameError
from graphkit.records import scan_images


def names(tree, folder):
    return [str(path.relative_to(folder)) for path in tree.paths]


def test_images_are_listed_class_after_class(image_tree):
    tree = scan_images(image_tree)
    assert names(tree, image_tree) == [
        "cat/0.png",
        "cat/1.png",
        "dog/0.png",
        "dog/1.png",
        "dog/2.png",
    ]
    assert tree.labels.tolist() == [0, 0, 1, 1, 1]
    assert tree.labels.dtype == np.int64
    assert tree.classes == ["cat", "dog"]
    assert len(tree) == 5


def test_given_classes_decide_labels_and_what_is_taken(image_tree):
    assert scan_images(image_tree, classes=["dog", "cat"]).labels.tolist() == [0, 0, 0, 1, 1]
    only = scan_images(image_tree, classes=("dog",))
    assert names(only, image_tree) == ["dog/0.png", "dog/1.png", "dog/2.png"]
    assert only.classes == ["dog"]


def test_folder_may_be_text(image_tree):
    assert len(scan_images(str(image_tree))) == 5


@pytest.mark.parametrize("name", ["a.JPG", "b.jpeg", "c.bmp", "d.webp", "e.tiff", "f.pgm"])
def test_other_image_endings_count(image_tree, name):
    (image_tree / "cat" / name).touch()
    assert len(scan_images(image_tree)) == 6


@pytest.mark.parametrize("name", ["note.txt", ".hidden.png", "png", "a.png.bak"])
def test_other_files_do_not_count(image_tree, name):
    (image_tree / "cat" / name).touch()
    assert len(scan_images(image_tree)) == 5


def test_hidden_and_deeper_folders_do_not_count(image_tree):
    shutil.copytree(image_tree / "dog", image_tree / ".cache")
    shutil.copytree(image_tree / "dog", image_tree / "cat" / "deeper.png")
    (image_tree / "file.png").touch()
    assert len(scan_images(image_tree)) == 5


def test_unknown_class_is_suggested(image_tree):
    with pytest.raises(
        UnknownNameError, match=r"no class folder named 'dogs'; did you mean 'dog'\?"
    ):
        scan_images(image_tree, classes=["cat", "dogs"])


@pytest.mark.parametrize("classes", [[], ["cat", "cat"]])
def test_no_or_double_classes_are_refused(image_tree, classes):
    with pytest.raises(ArgumentError, match="classes must be one or more different names, got "):
        scan_images(image_tree, classes=classes)


def test_one_text_is_no_list_of_classes(image_tree):
    with pytest.raises(
        ArgumentTypeError, match="classes must be a list of names, got the text 'cat'"
    ):
        scan_images(image_tree, classes="cat")


def test_class_without_images_is_named(image_tree):
    (image_tree / "bird").mkdir()
    with pytest.raises(MissingFileError, match=r"bird: holds no images \(\.bmp, .*\.webp\)$"):
        scan_images(image_tree)


def test_folder_one_level_too_high_is_told(image_tree):
    with pytest.raises(MissingFileError, match="are the class folders one level deeper"):
        scan_images(image_tree.parent)


def test_folder_without_class_folders_is_told_what_was_expected(image_tree):
    with pytest.raises(
        MissingFileError, match=r"holds no class folders; expected FOLDER/CLASS/IMAGE"
    ):
        scan_images(image_tree / "cat")


def test_absent_folder_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        scan_images(tmp_path / "absent")


def test_file_is_no_tree(image_tree):
    with pytest.raises(MissingFileError, match=r"0\.png: is no folder"):
        scan_images(image_tree / "cat" / "0.png")
