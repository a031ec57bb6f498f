"""Files of class names in the forms that datasets and model zoos write."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export import Prediction, rank_classes, read_labels
from graphkit.export._predicting import _labels

LABEL_MAP = """
# of the object detection API
item {
  id: 1
  name: '/m/01g317'
  display_name: "person"
}
item { name: "bicycle" id: 2 }
item { id: 4 }
"""


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("cat\ndog\n", {0: "cat", 1: "dog"}),
        ("cat\r\ndog", {0: "cat", 1: "dog"}),
        ("\ufeffcat\ndog", {0: "cat", 1: "dog"}),
        ("cat\n\ndog\n\n", {0: "cat", 1: "", 2: "dog"}),
        (
            "n01440764 tench, Tinca tinca\nn01443537\tgoldfish\n",
            {0: "tench, Tinca tinca", 1: "goldfish"},
        ),
        ("0:background\n1: cat \n7:dog\n", {0: "background", 1: "cat", 7: "dog"}),
        ("0=cat\n1=dog\n", {0: "cat", 1: "dog"}),
        ("8: 30 to 10\nninety\n", {0: "8: 30 to 10", 1: "ninety"}),
        ('["cat", "dog"]', {0: "cat", 1: "dog"}),
        ('{"0": "cat", "5": "dog"}', {0: "cat", 5: "dog"}),
        ('{"cat": 0, "dog": 5}', {0: "cat", 5: "dog"}),
        ('{"0": ["n01440764", "tench"]}', {0: "tench"}),
        (LABEL_MAP, {1: "person", 2: "bicycle", 4: "4"}),
    ],
)
def test_forms(tmp_path, text, labels):
    (tmp_path / "labels").write_bytes(text.encode())
    assert read_labels(tmp_path / "labels") == labels


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"a\0b",
        b"{",
        b"{}",
        b"[]",
        b'{"a": "b"}',
        b"item { name: 'x' }",
        b'{"-1": "x"}',
        b'{"99999999": "x"}',
        b"[" * 5000,
    ],
)
def test_what_holds_no_labels_is_refused(tmp_path, content):
    (tmp_path / "labels").write_bytes(content)
    with pytest.raises(CorruptFileError, match="labels"):
        read_labels(tmp_path / "labels")


def test_absent_and_endless_files(tmp_path, monkeypatch):
    with pytest.raises(MissingFileError, match="does not exist"):
        read_labels(tmp_path / "labels")
    (tmp_path / "labels").write_bytes(b"cat\n" * 10)
    monkeypatch.setattr(_labels, "_LARGEST", 39)
    with pytest.raises(UnsafeFileError, match="too large for labels"):
        read_labels(tmp_path / "labels")


def prediction(**outputs):
    return Prediction("a.png", {name: np.array(value) for name, value in outputs.items()})


def test_the_best_come_first_and_equal_ones_by_number():
    found = rank_classes(prediction(y=[0.1, 0.4, 0.1, 0.4]), 3, {0: "a", 1: "b", 2: "c", 3: "d"})
    assert [(one.index, one.label, one.score) for one in found] == [
        (1, "b", 0.4),
        (3, "d", 0.4),
        (0, "a", 0.1),
    ]


def test_the_output_with_scores_is_found_among_others():
    many = prediction(y=[[0.1, 0.9]], count=3.0, boxes=np.zeros((4, 4)), words=["a", "b"])
    assert [one.index for one in rank_classes(many, 5)] == [1, 0]
    several = prediction(y=[1.0, 2.0], z=[2.0, 1.0])
    assert rank_classes(several, 1, output="z")[0].index == 0
    with pytest.raises(ArgumentError, match="one that has a score for each class"):
        rank_classes(several, 1)
    with pytest.raises(ArgumentError, match="name it: --outputs NAME"):
        rank_classes(prediction(count=3.0), 1)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({0: "a"}, "got 1 of them, numbered up to 0"),
        ({0: "a", 1: "b"}, "the output may have a background class, first"),
        ({0: "a", 1: "b", 2: "c", 3: "d"}, "the labels may have a background class, first"),
        ({1: "a", 7: "b"}, "got 2 of them, numbered up to 7"),
    ],
)
def test_a_count_that_does_not_fit_is_told(labels, said):
    with pytest.raises(ArgumentError, match="labels must be for the 3 classes of 'y'.*" + said):
        rank_classes(prediction(y=[1.0, 2.0, 3.0]), 1, labels)


def test_labels_may_leave_classes_out():
    found = rank_classes(prediction(y=[1.0, 2.0, 3.0]), 2, {1: "b"})
    assert [one.label for one in found] == ["", "b"]
