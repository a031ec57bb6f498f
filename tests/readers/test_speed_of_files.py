"""The pipeline for files without a program: what is parsed, decoded and refused."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest
from engine_pipelines import ENGINES, delivered

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, DataError, MissingFileError
from graphkit.records import RecordWriter, encode_example


def _encoded(number, extension=".png", size=(6, 8)):
    pixels = np.full((*size, 3), 20 * number, np.uint8)
    return cv2.imencode(extension, pixels)[1].tobytes()


def _example(number, **more):
    return encode_example(
        {
            "label": number,
            "pair": [0.5, float(number)],
            "tags": ["t"] * (1 + number % 3),
            "pixels": bytes([number] * 4),
            **more,
        }
    )


def _write(path, records, compression=""):
    with RecordWriter(path, compression=compression) as writer:
        for record in records:
            writer.write(record)
    return path


@pytest.fixture(params=ENGINES)
def _engine(request):
    with readers.engine(request.param):
        yield


@pytest.fixture
def records(tmp_path):
    return _write(tmp_path / "a.tfrecord", map(_example, range(12)))


@pytest.mark.usefixtures("_engine")
def test_every_feature_of_examples_is_parsed(graph, records):
    batch = readers.file_pipeline([records], batch_size=5)
    static = {name: (t.dtype, t.shape.as_list()) for name, t in batch.items() if name != "tags"}
    assert static == {
        "label": (tf.int64, [5]),
        "pair": (tf.float32, [5, 2]),
        "pixels": (tf.string, [5]),
    }
    (values,) = delivered(batch, most=1)
    assert values["pair"][:, 1].tolist() == values["label"].tolist()
    assert values["pixels"].tolist() == [bytes([n] * 4) for n in values["label"]]
    assert isinstance(values["tags"], tf.SparseTensorValue)
    assert len(values["tags"].values) == sum(1 + n % 3 for n in values["label"])


@pytest.mark.usefixtures("_engine")
def test_images_in_examples_are_decoded_and_resized(graph, tmp_path):
    numbers = range(1, 5)
    examples = [_example(n, image=_encoded(n, size=(4 + n, 5))) for n in numbers]
    _write(tmp_path / "images.tfrecord", examples)
    batch = readers.file_pipeline([tmp_path / "images.tfrecord"], batch_size=3, size=(2, 4))
    assert batch["image"].shape.as_list() == [3, 2, 4, 3]
    (values,) = delivered(batch, most=1)
    assert values["image"][:, 0, 0, 0].tolist() == [20.0 * n for n in values["label"]]


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("extension", [".png", ".jpg", ".bmp"])
def test_image_files_are_decoded_and_resized(graph, tmp_path, extension):
    for number in range(3):
        (tmp_path / f"{number}{extension}").write_bytes(_encoded(number, extension))
    image = readers.file_pipeline([str(tmp_path / f"*{extension}")], batch_size=4, size=(3, 2))
    batch = image["image"]
    assert (batch.dtype, batch.shape.as_list()) == (tf.float32, [4, 3, 2, 3])
    found = np.concatenate(delivered(batch, most=3))
    assert {round(float(value) / 20) for value in found[:, 0, 0, 0]} <= {0, 1, 2}


@pytest.mark.parametrize("compression", ["GZIP", "ZLIB"])
def test_compressed_records_are_read(graph, tmp_path, compression):
    path = _write(tmp_path / "c", map(_example, range(3)), compression)
    (values,) = delivered(readers.file_pipeline([path], batch_size=6)["label"], most=1)
    assert set(values) <= {0, 1, 2}


def test_other_records_stay_bytes(graph, tmp_path):
    path = _write(tmp_path / "opaque", [b"\xff\xfeplain", b"\xff\xfetext"])
    (values,) = delivered(readers.file_pipeline([path], batch_size=4)["record"], most=1)
    assert set(values) <= {b"\xff\xfeplain", b"\xff\xfetext"}


@pytest.mark.usefixtures("_engine")
def test_the_pipeline_can_be_measured(graph, records):
    readers.file_pipeline([records], batch_size=4)
    (speed,) = readers.measure_speed(graph, seconds=2, clock=itertools.count().__next__)
    assert [stage.name for stage in speed.stages] == ["read", "user ops", "shuffle", "session"]


def test_an_absent_file_is_named(graph, records):
    with pytest.raises(MissingFileError, match=r"b\.tfrecord: does not exist"):
        readers.file_pipeline([records, records.with_name("b.tfrecord")])


def test_a_pattern_without_a_file_is_named(graph, tmp_path):
    with pytest.raises(MissingFileError, match=r"\*\.png: no file matches this pattern"):
        readers.file_pipeline([str(tmp_path / "*.png")])


def test_a_file_that_is_no_record_file_is_named(graph, records, tmp_path):
    (tmp_path / "notes.txt").write_text("no records, and quite long enough to tell")
    with pytest.raises(CorruptFileError, match=r"notes\.txt, byte 0: is no image, and no TF"):
        readers.file_pipeline([records, tmp_path / "notes.txt"])


def test_an_empty_file_is_named(graph, tmp_path):
    (tmp_path / "empty").touch()
    with pytest.raises(DataError, match="empty: holds no record"):
        readers.file_pipeline([tmp_path / "empty"])


@pytest.mark.parametrize("image_first", [True, False])
def test_files_of_two_kinds_are_named(graph, records, tmp_path, image_first):
    image = tmp_path / "image.png"
    image.write_bytes(_encoded(1))
    files = [image, records] if image_first else [records, image]
    kinds = ("no image", "an image") if image_first else ("an image", "no image")
    message = f"{files[1]}: is {kinds[0]}, and {files[0]} is {kinds[1]}"
    with pytest.raises(DataError, match=message):
        readers.file_pipeline(files)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"batch_size": 0}, "file_pipeline: batch_size must be an int of at least 1, got 0"),
        ({"size": (60_000, 60_000)}, "file_pipeline: size must be below 2147483648 values in 32"),
        ({"files": []}, "file_pipeline: files must be .* with at least one file"),
    ],
)
def test_wrong_arguments_are_named(graph, records, changed, message):
    with pytest.raises(ArgumentError, match=message):
        readers.file_pipeline(**{"files": [records], **changed})
    assert graph.get_operations() == []
