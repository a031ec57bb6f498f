"""One call from record files to typed batches."""

from __future__ import annotations

import threading
from itertools import permutations

import cv2
import numpy as np
import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    DataError,
    MissingFileError,
    UnknownNameError,
)
from graphkit.readers import DecodeImage, DecodeRaw, record_batch
from graphkit.records import encode_example

LABEL = {"label": tf.FixedLenFeature([], tf.int64)}
RAW = {**LABEL, "raw": tf.FixedLenFeature([], tf.string)}
SQUARE = {"raw": DecodeRaw(tf.uint8, (2, 2))}


@pytest.fixture(params=["queues", "tf.data"])
def _engine(request):
    with readers.engine(request.param):
        yield


def _write(path, examples, compression=""):
    options = tf.python_io.TFRecordOptions(
        getattr(tf.python_io.TFRecordCompressionType, compression or "NONE")
    )
    with tf.python_io.TFRecordWriter(str(path), options) as writer:
        for example in examples:
            writer.write(encode_example(example))


def _example(number):
    return {
        "label": number,
        "raw": bytes([number] * 4),
        "pair": [0.5, float(number)],
        "tags": [f"t{i}" for i in range(number % 3)] or ["none"],
    }


@pytest.fixture
def shards(tmp_path):
    """Ten records in three files; the second is empty."""
    for index, numbers in enumerate([range(6), [], range(6, 10)]):
        _write(tmp_path / f"part-{index}.tfrecord", map(_example, numbers))
    return tmp_path


@pytest.fixture
def pattern(shards):
    return str(shards / "part-*.tfrecord")


def _deliver(batch, limit=100):
    """Runs until the data ends or `limit` batches came; leaves no thread behind."""
    before = threading.active_count()
    delivered = []
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while len(delivered) < limit:
                delivered.append(session.run(batch))
        except tf.errors.OutOfRangeError:
            pass
        coordinator.request_stop()
        coordinator.join(threads)
    assert threading.active_count() == before
    return delivered


def _labels(delivered):
    return [label for batch in delivered for label in batch["label"].tolist()]


@pytest.mark.usefixtures("_engine")
def test_records_come_in_order_without_shuffling(graph, pattern):
    batch = record_batch(pattern, LABEL, batch_size=4, shuffle=False, num_epochs=2)
    delivered = _deliver(batch)
    assert _labels(delivered) == [*range(10), *range(10)]
    assert [len(b["label"]) for b in delivered] == [4] * 5


@pytest.mark.usefixtures("_engine")
def test_last_batch_holds_the_rest(graph, pattern):
    batch = record_batch(pattern, LABEL, batch_size=4, shuffle=False, num_epochs=1)
    assert [b["label"].tolist() for b in _deliver(batch)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batch["label"].shape.as_list() == [None]


@pytest.mark.usefixtures("_engine")
def test_rest_is_dropped_when_asked(graph, pattern):
    batch = record_batch(
        pattern, LABEL, batch_size=4, num_epochs=1, allow_smaller_final_batch=False
    )
    delivered = _deliver(batch)
    assert [len(b["label"]) for b in delivered] == [4, 4]
    assert len(set(_labels(delivered))) == 8
    assert batch["label"].shape.as_list() == [4]


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("num_threads", [1, 3])
def test_shuffled_epochs_deliver_every_record_exactly(graph, pattern, num_threads):
    batch = record_batch(pattern, LABEL, batch_size=3, num_epochs=3, num_threads=num_threads)
    assert sorted(_labels(_deliver(batch))) == sorted([*range(10)] * 3)


@pytest.mark.usefixtures("_engine")
def test_shuffling_changes_the_order(graph, tmp_path):
    _write(tmp_path / "many", map(_example, range(200)))
    batch = record_batch(tmp_path / "many", LABEL, batch_size=50, num_epochs=1, seed=1)
    labels = _labels(_deliver(batch))
    assert labels != sorted(labels) and sorted(labels) == list(range(200))


@pytest.mark.usefixtures("_engine")
def test_endless_reading_has_a_known_batch_size(graph, pattern):
    batch = record_batch(pattern, LABEL, batch_size=7, shuffle=False)
    assert batch["label"].shape.as_list() == [7]
    assert _labels(_deliver(batch, limit=3)) == [i % 10 for i in range(21)]


@pytest.mark.usefixtures("_engine")
def test_every_kind_of_feature_is_delivered_typed(graph, pattern):
    features = {
        **RAW,
        "pair": tf.FixedLenFeature([2], tf.float32),
        "tags": tf.VarLenFeature(tf.string),
        "absent": tf.FixedLenFeature([2], tf.int64, default_value=[7, 8]),
        "list": tf.FixedLenSequenceFeature([], tf.string, allow_missing=True),
    }
    features["list"] = tf.FixedLenSequenceFeature([2], tf.float32, allow_missing=True)
    batch = record_batch(
        pattern, features, batch_size=5, decode=SQUARE, shuffle=False, num_epochs=1
    )
    first = _deliver(batch, limit=1)[0]
    assert first["raw"].dtype == np.uint8 and first["raw"].shape == (5, 2, 2)
    assert first["raw"][3].tolist() == [[3, 3], [3, 3]]
    assert first["pair"].tolist() == [[0.5, float(i)] for i in range(5)]
    assert first["tags"].values.tolist() == [b"none", b"t0", b"t0", b"t1", b"none", b"t0"]
    assert first["absent"].tolist() == [[7, 8]] * 5
    assert first["list"].shape == (5, 0, 2)


@pytest.mark.usefixtures("_engine")
def test_sparse_and_ragged_features_are_parsed(graph, tmp_path):
    _write(tmp_path / "s", [{"at": [1, 3], "is": [0.5, 0.25], "n": [1, 2, 3]}])
    features = {
        "sparse": tf.SparseFeature("at", "is", tf.float32, 4),
        "ragged": tf.io.RaggedFeature(tf.int64, value_key="n"),
    }
    batch = record_batch(tmp_path / "s", features, batch_size=1, num_epochs=1)
    (only,) = _deliver(batch)
    assert only["sparse"].indices.tolist() == [[0, 1], [0, 3]]
    assert only["ragged"].to_list() == [[1, 2, 3]]


@pytest.mark.usefixtures("_engine")
def test_decoded_batch_has_a_static_shape(graph, pattern):
    batch = record_batch(pattern, RAW, batch_size=5, decode=SQUARE)
    assert batch["raw"].shape.as_list() == [5, 2, 2] and batch["raw"].dtype == tf.uint8
    smaller = record_batch(pattern, RAW, batch_size=5, decode=SQUARE, num_epochs=1)
    assert smaller["raw"].shape.as_list() == [None, 2, 2]


@pytest.mark.usefixtures("_engine")
def test_raw_values_keep_their_dtype_and_order(graph, tmp_path):
    values = np.arange(6, dtype=np.float64).reshape(3, 2)
    _write(tmp_path / "f", [{"x": (values + i).tobytes()} for i in range(2)])
    batch = record_batch(
        tmp_path / "f",
        {"x": tf.FixedLenFeature([], tf.string)},
        batch_size=2,
        decode={"x": DecodeRaw("float64", [3, 2])},
        shuffle=False,
        num_epochs=1,
    )
    assert np.array_equal(_deliver(batch)[0]["x"], [values, values + 1])


def test_later_record_of_another_size_is_an_error_of_the_run(graph, tmp_path):
    _write(tmp_path / "f", [{"x": b"1234"}, {"x": b"12345678"}, {"x": b"12345678"}])
    features = {"x": tf.FixedLenFeature([], tf.string)}
    batch = record_batch(
        tmp_path / "f", features, batch_size=1, decode={"x": SQUARE["raw"]}, shuffle=False
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"8 values, but .* has 4"):
        _deliver(batch)


@pytest.mark.parametrize("extension", [".png", ".bmp", ".jpg"])
@pytest.mark.parametrize("shape", [None, (4, 6, 3)])
def test_encoded_images_become_pixels(graph, tmp_path, extension, shape):
    grey = [np.full((4, 6, 3), 40 * i, np.uint8) for i in range(3)]
    encoded = [cv2.imencode(extension, image)[1].tobytes() for image in grey]
    _write(tmp_path / "images", [{"image": contents} for contents in encoded])
    batch = record_batch(
        tmp_path / "images",
        {"image": tf.FixedLenFeature([], tf.string)},
        batch_size=3,
        decode={"image": DecodeImage(3, shape)},
        shuffle=False,
        num_epochs=1,
        allow_smaller_final_batch=False,
    )
    assert batch["image"].shape.as_list() == [3, *(shape or (None, None, 3))]
    assert np.abs(_deliver(batch)[0]["image"].astype(int) - grey).max() <= 1


def test_image_of_another_size_than_said_is_an_error_of_the_run(graph, tmp_path):
    image = cv2.imencode(".png", np.zeros((4, 6, 3), np.uint8))[1].tobytes()
    _write(tmp_path / "images", [{"image": image}])
    features = {"image": tf.FixedLenFeature([], tf.string)}
    batch = record_batch(
        tmp_path / "images", features, batch_size=1, decode={"image": DecodeImage(3, (6, 4, 3))}
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[4,6,3\].*\[6,4,3\]"):
        _deliver(batch)


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("compression", ["GZIP", "ZLIB"])
def test_compressed_records_are_read(graph, tmp_path, compression):
    _write(tmp_path / "c", map(_example, range(3)), compression)
    batch = record_batch(
        [tmp_path / "c"], LABEL, batch_size=3, num_epochs=1, shuffle=False, compression=compression
    )
    assert _labels(_deliver(batch)) == [0, 1, 2]


@pytest.mark.parametrize(("said", "held"), [*permutations(["", "GZIP", "ZLIB"], 2)])
def test_another_compression_than_said_is_named(graph, tmp_path, said, held):
    _write(tmp_path / "c", map(_example, range(3)), held)
    state = "compressed" if held else "not compressed"
    message = f'record_batch: compression must be "{held}", as .*/c is {state}, got {said!r}'
    with pytest.raises(ArgumentError, match=message):
        record_batch(tmp_path / "c", LABEL, batch_size=3, compression=said)


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_damage_is_not_taken_for_another_compression(graph, tmp_path, compression):
    (tmp_path / "c").write_bytes(bytes(range(200, 256)))
    with pytest.raises(CorruptFileError, match="/c, byte 0: "):
        record_batch(tmp_path / "c", LABEL, batch_size=3, compression=compression)


def test_files_on_another_file_system_are_read_without_a_look_ahead(graph, shards):
    tf.gfile.Copy(str(shards / "part-0.tfrecord"), "ram://one.tfrecord", overwrite=True)
    batch = record_batch("ram://o*.tfrecord", LABEL, batch_size=6, num_epochs=1, shuffle=False)
    assert _labels(_deliver(batch)) == list(range(6))


def test_name_with_brackets_means_the_file_of_that_name(graph, tmp_path):
    _write(tmp_path / "a[1].tfrecord", map(_example, range(2)))
    batch = record_batch(str(tmp_path / "a[1].tfrecord"), LABEL, batch_size=2, num_epochs=1)
    assert sorted(_labels(_deliver(batch))) == [0, 1]


@pytest.mark.usefixtures("_engine")
def test_names_of_the_ops_lie_in_one_scope(graph, pattern):
    record_batch(pattern, RAW, batch_size=2, decode=SQUARE, name="input")
    assert {op.name.split("/")[0] for op in graph.get_operations()} == {"input"}


def test_sizes_given_by_the_caller_reach_the_queue(graph, pattern):
    record_batch(pattern, LABEL, batch_size=2, capacity=20)
    record_batch(pattern, LABEL, batch_size=2, min_after_dequeue=5)
    record_batch(pattern, LABEL, batch_size=2, shuffle=False)
    queues = [
        op for op in graph.get_operations() if op.name.endswith(("fle_queue", "h_join/fifo_queue"))
    ]
    assert [op.get_attr("capacity") for op in queues] == [20, 11, 6]
    assert [op.get_attr("min_after_dequeue") for op in queues[:2]] == [10, 5]


def test_file_deleted_after_building_is_named_at_the_start(graph, shards, pattern):
    batch = record_batch(pattern, LABEL, batch_size=2)
    (shards / "part-2.tfrecord").unlink()
    with pytest.raises(MissingFileError, match=r"part-2\.tfrecord: does not exist"):
        _deliver(batch)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"batch_size": 0}, ArgumentError, "record_batch: batch_size must be .* 1, got 0"),
        ({"batch_size": "4"}, ArgumentTypeError, "batch_size must be an int .*got '4'"),
        ({"num_epochs": 0}, ArgumentError, "num_epochs must be an int of at least 1, got 0"),
        ({"num_threads": 0}, ArgumentError, "num_threads must be an int of at least 1, got 0"),
        ({"capacity": 0}, ArgumentError, "capacity must be an int of at least 1, got 0"),
        ({"capacity": "9"}, ArgumentTypeError, "capacity must be an int .*got '9'"),
        ({"min_after_dequeue": -1}, ArgumentError, "min_after_dequeue .* at least 0, got -1"),
        (
            {"capacity": 5, "min_after_dequeue": 9},
            ArgumentError,
            r"min_after_dequeue must be less than the capacity \(5\), got 9",
        ),
        (
            {"shuffle": False, "min_after_dequeue": 9},
            ArgumentError,
            "min_after_dequeue must be None unless shuffle is on, got 9",
        ),
        ({"compression": "gzip"}, ArgumentError, 'compression must be "", "GZIP" or "ZLIB", got'),
        ({"features": [1]}, ArgumentTypeError, "features must be a dict .*got list"),
        ({"features": {}}, ArgumentError, "features must be a dict .*at least one feature"),
        ({"features": {"label": tf.int64}}, ArgumentTypeError, "got 'label': tf.int64"),
        (
            {"features": {1: LABEL["label"]}},
            ArgumentTypeError,
            "features must be a dict from feature name .*got 1: FixedLen",
        ),
        (
            {"features": {"raw": tf.FixedLenFeature([4], tf.uint8)}},
            ArgumentTypeError,
            r"features\['raw'\] must be of dtype string, int64 or float32.*got uint8",
        ),
        (
            {"features": {"pair": tf.FixedLenFeature([None], tf.float32)}},
            ArgumentError,
            r"features\['pair'\] must be of a fully known shape.*got \[None\]",
        ),
        (
            {"features": {"pair": tf.FixedLenSequenceFeature([], tf.float32)}},
            ArgumentError,
            r"features\['pair'\] must be with allow_missing=True",
        ),
        ({"decode": [1]}, ArgumentTypeError, "decode must be a dict .*got list"),
        ({"decode": {"raw": tf.uint8}}, ArgumentTypeError, r"decode\['raw'\] must be .*uint8"),
        (
            {"decode": {"rwa": SQUARE["raw"]}},
            UnknownNameError,
            "no feature named 'rwa'; did you mean 'raw'",
        ),
        (
            {"decode": {"label": SQUARE["raw"]}},
            ArgumentTypeError,
            r"features\['label'\] must be FixedLenFeature\(\[\], tf.string\) to be decoded",
        ),
        (
            {"features": {"tags": tf.VarLenFeature(tf.string)}, "decode": {"tags": DecodeImage()}},
            ArgumentTypeError,
            r"features\['tags'\] must be FixedLenFeature\(\[\], tf.string\) to be decoded",
        ),
        (
            {"files": 3},
            ArgumentTypeError,
            "files must be a path, a glob pattern or a list.*got int",
        ),
        ({"files": []}, ArgumentError, r"files must be .* with at least one file, got \[\]"),
        ({"files": ["a", 3]}, ArgumentTypeError, "files must be .*got 3"),
        ({"files": "/no/where/*.x"}, MissingFileError, r"\*\.x: no file matches this pattern"),
        ({"files": ["/no/where"]}, MissingFileError, "/no/where: does not exist, nor does its"),
    ],
)
def test_wrong_argument_is_refused_before_the_first_node(graph, pattern, changed, error, message):
    arguments = {"files": pattern, "features": RAW, "batch_size": 4, **changed}
    with pytest.raises(error, match=message):
        record_batch(**arguments)
    assert graph.get_operations() == []


@pytest.mark.parametrize(
    ("features", "decode", "error", "message"),
    [
        (
            {"lable": tf.FixedLenFeature([], tf.int64)},
            {},
            UnknownNameError,
            "no feature named 'lable'; did you mean 'label'",
        ),
        (
            {"picture": tf.FixedLenFeature([], tf.string)},
            {},
            UnknownNameError,
            "no feature named 'picture'; there is 'label', 'pair', 'raw', 'tags'",
        ),
        (
            {"tag": tf.VarLenFeature(tf.string)},
            {},
            UnknownNameError,
            "no feature named 'tag'; did you mean 'tags'",
        ),
        (
            {"label": tf.FixedLenFeature([], tf.float32)},
            {},
            ArgumentTypeError,
            r"features\['label'\] must be of dtype int64, as in the first record of .*part-0",
        ),
        (
            {"tags": tf.VarLenFeature(tf.int64)},
            {},
            ArgumentTypeError,
            r"features\['tags'\] must be of dtype string, .*got int64",
        ),
        (
            {"pair": tf.FixedLenFeature([3], tf.float32)},
            {},
            ArgumentError,
            r"features\['pair'\] must be of a shape of 2 values, as in .*got \[3\]",
        ),
        (
            RAW,
            {"raw": DecodeRaw(tf.uint8, (32, 32, 3))},
            ArgumentError,
            r"decode\['raw'\] must be .* that take 4 bytes.*uint8 \(32, 32, 3\) = 3072 bytes",
        ),
    ],
)
def test_feature_that_disagrees_with_the_first_record_is_refused(
    graph, pattern, features, decode, error, message
):
    with pytest.raises(error, match=message):
        record_batch(pattern, features, batch_size=2, decode=decode)
    assert graph.get_operations() == []


def test_optional_features_may_be_absent(graph, pattern):
    features = {
        **LABEL,
        "weights": tf.VarLenFeature(tf.float32),
        "mask": tf.FixedLenFeature([], tf.string, default_value=b"----"),
    }
    batch = record_batch(
        pattern,
        features,
        batch_size=10,
        decode={"mask": DecodeRaw(tf.int8, (4,))},
        shuffle=False,
        num_epochs=1,
    )
    (only,) = _deliver(batch)
    assert only["weights"].values.size == 0
    assert only["mask"].tolist() == [[45] * 4] * 10


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (["part-1.tfrecord"], "part-1.tfrecord: holds no record$"),
        (["part-1.tfrecord"] * 3, "2 files"),
    ],
)
def test_files_without_a_record_are_named(graph, shards, files, message):
    with pytest.raises(DataError, match=message):
        record_batch([shards / file for file in files], LABEL, batch_size=2)


def test_record_that_is_no_example_is_named(graph, tmp_path):
    with tf.python_io.TFRecordWriter(str(tmp_path / "text")) as writer:
        writer.write(b"\xff\xff plain text")
    with pytest.raises(DataError, match=r"text: its first record is no tf\.train\.Example"):
        record_batch(tmp_path / "text", LABEL, batch_size=2)


def test_file_of_another_format_is_named(graph, tmp_path):
    (tmp_path / "photo.tfrecord").write_bytes(b"\x89PNG" * 20)
    with pytest.raises(CorruptFileError, match=r"photo\.tfrecord.*checksum"):
        record_batch(tmp_path / "photo.tfrecord", LABEL, batch_size=2)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: DecodeRaw(tf.string, (1,)),
            ArgumentTypeError,
            "dtype must be one of .*got string",
        ),
        (lambda: DecodeRaw("pixels", (1,)), ArgumentTypeError, "dtype must be one of .*'pixels'"),
        (lambda: DecodeRaw(tf.uint8, 4), ArgumentTypeError, "shape must be a sequence .*got 4"),
        (lambda: DecodeRaw(tf.uint8, (2, None)), ArgumentTypeError, "shape must be .*None"),
        (lambda: DecodeRaw(tf.uint8, (2, 0)), ArgumentError, r"positive ints, got \(2, 0\)"),
        (lambda: DecodeImage(2), ArgumentError, "channels must be 1, 3 or 4, got 2"),
        (lambda: DecodeImage(3, (4, 4)), ArgumentError, r"\(height, width, 3\), got \(4, 4\)"),
        (
            lambda: DecodeImage(1, (4, 4, 3)),
            ArgumentError,
            r"\(height, width, 1\), got \(4, 4, 3\)",
        ),
        (lambda: DecodeImage(3, "big"), ArgumentTypeError, "shape must be a sequence .*'big'"),
    ],
)
def test_wrong_decode_rule_is_refused_when_it_is_made(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_decode_rules_are_values():
    assert DecodeRaw("uint8", [2, 2]) == DecodeRaw(tf.uint8, (2, 2))
    assert DecodeRaw(tf.float32, (2, 3)).size == 24
    assert DecodeImage(3, [1, 2, 3]).shape == (1, 2, 3)
