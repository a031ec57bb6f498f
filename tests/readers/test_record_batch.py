"""One call from record files to typed batches."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from record_files import LABEL, RAW, SQUARE, deliver, example, labels_of, write_examples

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import (
    MissingFileError,
)
from graphkit.readers import DecodeImage, DecodeRaw, record_batch

# Queues, orders and ends: the same however a graph is rewritten.
pytestmark = pytest.mark.usefixtures("graphs_as_written")


@pytest.fixture(params=["queues", "tf.data"])
def _engine(request):
    with readers.engine(request.param):
        yield


@pytest.mark.usefixtures("_engine")
def test_records_come_in_order_without_shuffling(graph, pattern):
    batch = record_batch(pattern, LABEL, batch_size=4, shuffle=False, num_epochs=2)
    delivered = deliver(batch)
    assert labels_of(delivered) == [*range(10), *range(10)]
    assert [len(b["label"]) for b in delivered] == [4] * 5


@pytest.mark.usefixtures("_engine")
def test_last_batch_holds_the_rest(graph, pattern):
    batch = record_batch(pattern, LABEL, batch_size=4, shuffle=False, num_epochs=1)
    assert [b["label"].tolist() for b in deliver(batch)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batch["label"].shape.as_list() == [None]


@pytest.mark.usefixtures("_engine")
def test_rest_is_dropped_when_asked(graph, pattern):
    batch = record_batch(
        pattern, LABEL, batch_size=4, num_epochs=1, allow_smaller_final_batch=False
    )
    delivered = deliver(batch)
    assert [len(b["label"]) for b in delivered] == [4, 4]
    assert len(set(labels_of(delivered))) == 8
    assert batch["label"].shape.as_list() == [4]


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("num_threads", [1, 3])
def test_shuffled_epochs_deliver_every_record_exactly(graph, pattern, num_threads):
    batch = record_batch(pattern, LABEL, batch_size=3, num_epochs=3, num_threads=num_threads)
    assert sorted(labels_of(deliver(batch))) == sorted([*range(10)] * 3)


@pytest.mark.usefixtures("_engine")
def test_shuffling_changes_the_order(graph, tmp_path):
    write_examples(tmp_path / "many", map(example, range(200)))
    batch = record_batch(tmp_path / "many", LABEL, batch_size=50, num_epochs=1, seed=1)
    labels = labels_of(deliver(batch))
    assert labels != sorted(labels) and sorted(labels) == list(range(200))


@pytest.mark.usefixtures("_engine")
def test_endless_reading_has_a_known_batch_size(graph, pattern):
    batch = record_batch(pattern, LABEL, batch_size=7, shuffle=False)
    assert batch["label"].shape.as_list() == [7]
    assert labels_of(deliver(batch, limit=3)) == [i % 10 for i in range(21)]


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
    first = deliver(batch, limit=1)[0]
    assert first["raw"].dtype == np.uint8 and first["raw"].shape == (5, 2, 2)
    assert first["raw"][3].tolist() == [[3, 3], [3, 3]]
    assert first["pair"].tolist() == [[0.5, float(i)] for i in range(5)]
    assert first["tags"].values.tolist() == [b"none", b"t0", b"t0", b"t1", b"none", b"t0"]
    assert first["absent"].tolist() == [[7, 8]] * 5
    assert first["list"].shape == (5, 0, 2)


@pytest.mark.usefixtures("_engine")
def test_sparse_and_ragged_features_are_parsed(graph, tmp_path):
    write_examples(tmp_path / "s", [{"at": [1, 3], "is": [0.5, 0.25], "n": [1, 2, 3]}])
    features = {
        "sparse": tf.SparseFeature("at", "is", tf.float32, 4),
        "ragged": tf.io.RaggedFeature(tf.int64, value_key="n"),
    }
    batch = record_batch(tmp_path / "s", features, batch_size=1, num_epochs=1)
    (only,) = deliver(batch)
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
    write_examples(tmp_path / "f", [{"x": (values + i).tobytes()} for i in range(2)])
    batch = record_batch(
        tmp_path / "f",
        {"x": tf.FixedLenFeature([], tf.string)},
        batch_size=2,
        decode={"x": DecodeRaw("float64", [3, 2])},
        shuffle=False,
        num_epochs=1,
    )
    assert np.array_equal(deliver(batch)[0]["x"], [values, values + 1])


def test_later_record_of_another_size_is_an_error_of_the_run(graph, tmp_path):
    write_examples(tmp_path / "f", [{"x": b"1234"}, {"x": b"12345678"}, {"x": b"12345678"}])
    features = {"x": tf.FixedLenFeature([], tf.string)}
    batch = record_batch(
        tmp_path / "f", features, batch_size=1, decode={"x": SQUARE["raw"]}, shuffle=False
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"8 values, but .* has 4"):
        deliver(batch)


@pytest.mark.parametrize("extension", [".png", ".bmp", ".jpg"])
@pytest.mark.parametrize("shape", [None, (4, 6, 3)])
def test_encoded_images_become_pixels(graph, tmp_path, extension, shape):
    grey = [np.full((4, 6, 3), 40 * i, np.uint8) for i in range(3)]
    encoded = [cv2.imencode(extension, image)[1].tobytes() for image in grey]
    write_examples(tmp_path / "images", [{"image": contents} for contents in encoded])
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
    assert np.abs(deliver(batch)[0]["image"].astype(int) - grey).max() <= 1


def test_image_of_another_size_than_said_is_an_error_of_the_run(graph, tmp_path):
    image = cv2.imencode(".png", np.zeros((4, 6, 3), np.uint8))[1].tobytes()
    write_examples(tmp_path / "images", [{"image": image}])
    features = {"image": tf.FixedLenFeature([], tf.string)}
    batch = record_batch(
        tmp_path / "images", features, batch_size=1, decode={"image": DecodeImage(3, (6, 4, 3))}
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[4,6,3\].*\[6,4,3\]"):
        deliver(batch)


@pytest.mark.usefixtures("_engine")
@pytest.mark.parametrize("compression", ["GZIP", "ZLIB"])
def test_compressed_records_are_read(graph, tmp_path, compression):
    write_examples(tmp_path / "c", map(example, range(3)), compression)
    batch = record_batch(
        [tmp_path / "c"], LABEL, batch_size=3, num_epochs=1, shuffle=False, compression=compression
    )
    assert labels_of(deliver(batch)) == [0, 1, 2]


def test_files_on_another_file_system_are_read_without_a_look_ahead(graph, shards):
    tf.gfile.Copy(str(shards / "part-0.tfrecord"), "ram://one.tfrecord", overwrite=True)
    batch = record_batch("ram://o*.tfrecord", LABEL, batch_size=6, num_epochs=1, shuffle=False)
    assert labels_of(deliver(batch)) == list(range(6))


def test_name_with_brackets_means_the_file_of_that_name(graph, tmp_path):
    write_examples(tmp_path / "a[1].tfrecord", map(example, range(2)))
    batch = record_batch(str(tmp_path / "a[1].tfrecord"), LABEL, batch_size=2, num_epochs=1)
    assert sorted(labels_of(deliver(batch))) == [0, 1]


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
        deliver(batch)


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
    (only,) = deliver(batch)
    assert only["weights"].values.size == 0
    assert only["mask"].tolist() == [[45] * 4] * 10
