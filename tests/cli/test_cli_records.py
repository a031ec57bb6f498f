"""`graphkit records …`: packing, looking, CIFAR-10, and what is said when something is wrong."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest


@pytest.fixture
def tree(tmp_path):
    """Two classes of two 4-by-6 pictures each, in a folder with a space in its name."""
    folder = tmp_path / "my images"
    for label, name in enumerate(("cat", "dog")):
        (folder / name).mkdir(parents=True)
        for number in range(2):
            pixels = np.full((4, 6, 3), 40 * label + number, np.uint8)
            cv2.imwrite(str(folder / name / f"{number}.png"), pixels)
    return folder


def test_pack_then_show(graphkit, tree):
    packed = graphkit("records", "pack", tree, "-o", "out.tfrecord")
    assert packed.code == 0
    assert packed.out == "4 images of 2 classes\n  out.tfrecord\n"
    shown = graphkit("records", "show", "out.tfrecord")
    assert shown.code == 0
    assert shown.out.startswith("out.tfrecord: 4 records, ")
    lines = {line.split()[0]: line for line in shown.out.splitlines()[2:]}
    assert lines["label"].split()[1:4] == ["int64", "1", "4"]
    assert "image" in lines and "colour" in lines


def test_pack_in_shards_as_json(graphkit, tree):
    outcome = graphkit(
        "records", "pack", tree, "-o", "out.tfrecord", "--shards", 2, "--size", "2x3", "--json"
    )
    report = json.loads(outcome.out)
    assert report["records"] == 4
    assert report["classes"] == ["cat", "dog"]
    assert report["paths"] == ["out-00000-of-00002.tfrecord", "out-00001-of-00002.tfrecord"]


def test_show_as_json_counts_every_feature(graphkit, tree):
    graphkit("records", "pack", tree, "-o", "out.tfrecord", "--no-shuffle", "--colour", "BGR")
    summary = json.loads(graphkit("records", "show", "out.tfrecord", "--json").out)
    assert summary["count"] == 4
    assert summary["features"]["image"]["present_in"] == 4
    assert summary["features"]["colour"]["kind"] == "bytes"


def test_show_draws_a_sheet_of_the_first_records(graphkit, tree, tmp_path):
    graphkit("records", "pack", tree, "-o", "out.tfrecord")
    outcome = graphkit("records", "show", "out.tfrecord", "-n", 3, "--sheet", "sheet.png")
    assert outcome.code == 0
    assert "3 pictures are in sheet.png" in outcome.out
    assert "out.tfrecord: the first 3 records, " in outcome.out
    sheet = cv2.imread(str(tmp_path / "sheet.png"))
    assert sheet.shape == (96 + 22 + 6 + 6, 3 * 102 + 6, 3)


def test_show_says_when_records_are_not_examples(graphkit, tmp_path):
    from graphkit.records import RecordWriter

    with RecordWriter(tmp_path / "raw.tfrecord") as writer:
        writer.write(b"\xff\xff not an example")
    outcome = graphkit("records", "show", "raw.tfrecord")
    assert outcome.code == 0
    assert "the records are no tf.train.Example; their bytes are opaque" in outcome.out


def test_show_of_an_empty_file_says_none(graphkit, tmp_path):
    (tmp_path / "empty.tfrecord").touch()
    outcome = graphkit("records", "show", "empty.tfrecord")
    assert (outcome.code, outcome.out) == (0, "empty.tfrecord: 0 records, 0 bytes\n")


def test_show_of_a_damaged_file_names_the_byte(graphkit, tree, tmp_path):
    graphkit("records", "pack", tree, "-o", "out.tfrecord")
    path = tmp_path / "out.tfrecord"
    path.write_bytes(path.read_bytes()[:-1])
    outcome = graphkit("records", "show", "out.tfrecord")
    assert outcome.code == 1
    assert "out.tfrecord, byte " in outcome.err


def test_pack_of_a_folder_without_classes_says_what_is_expected(graphkit, tmp_path):
    (tmp_path / "flat").mkdir()
    outcome = graphkit("records", "pack", "flat", "-o", "out.tfrecord")
    assert outcome.code == 2
    assert "flat" in outcome.err
    assert not (tmp_path / "out.tfrecord").exists()


def test_pack_into_a_file_names_it(graphkit, tree, tmp_path):
    (tmp_path / "text.txt").touch()
    outcome = graphkit("records", "pack", tree, "-o", "text.txt/e.tfrecord")
    assert outcome.code == 2
    assert "graphkit: text.txt: is a file; a folder was to be written there" in outcome.err


def test_pack_under_a_name_the_system_refuses_names_no_other(graphkit, tree):
    name = "n" * 242
    outcome = graphkit("records", "pack", tree, "-o", name)
    assert (outcome.code, outcome.err.strip()) == (1, f"graphkit: {name}: File name too long")


def test_pack_keeps_a_good_output_when_a_picture_is_damaged(graphkit, tree, tmp_path):
    graphkit("records", "pack", tree, "-o", "out.tfrecord")
    good = (tmp_path / "out.tfrecord").read_bytes()
    (tree / "cat" / "2.png").write_bytes(b"no picture")
    outcome = graphkit("records", "pack", tree, "-o", "out.tfrecord")
    assert outcome.code == 1
    assert "2.png" in outcome.err
    assert (tmp_path / "out.tfrecord").read_bytes() == good


def test_digits_then_decode(graphkit, tmp_path):
    assert graphkit("records", "cifar10", "digits", "data").code == 0
    outcome = graphkit(
        "records", "cifar10", "decode", "data/cifar-10-batches-py", "image", "--json"
    )
    assert outcome.code == 0
    report = json.loads(outcome.out)
    assert (report["train"], report["test"]) == (1437, 360)
    assert len(list((tmp_path / "image").rglob("*.png"))) == 1797


def test_decode_says_how_many_images_it_wrote(graphkit):
    graphkit("records", "cifar10", "digits", "data")
    outcome = graphkit("records", "cifar10", "decode", "data/cifar-10-batches-py", "image")
    told = "1,437 training and 360 test images are in image\n"
    assert (outcome.code, outcome.out) == (0, told)


def test_what_is_there_already_is_not_downloaded_again(graphkit):
    graphkit("records", "cifar10", "digits", "data")
    outcome = graphkit("records", "cifar10", "download", "data")
    assert (outcome.code, outcome.out) == (0, "CIFAR-10 is in data/cifar-10-batches-py\n")


def test_decode_of_another_folder_says_what_is_expected(graphkit, tmp_path):
    (tmp_path / "other").mkdir()
    outcome = graphkit("records", "cifar10", "decode", "other", "image")
    assert outcome.code == 2
    assert "data_batch" in outcome.err
