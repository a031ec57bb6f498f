"""Record files in both directions between graphkit and the TensorFlow that is installed."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.records import (
    RecordWriter,
    decode_example,
    encode_example,
    iterate_records,
    pack_arrays,
    pack_images,
    scan_images,
)

COMPRESSIONS = {
    "": tf.python_io.TFRecordCompressionType.NONE,
    "GZIP": tf.python_io.TFRecordCompressionType.GZIP,
    "ZLIB": tf.python_io.TFRecordCompressionType.ZLIB,
}
RECORDS = [b"", b"one", bytes(70_000), bytes(range(256))]


@pytest.fixture(params=COMPRESSIONS)
def compression(request):
    return request.param


def options(compression):
    return tf.python_io.TFRecordOptions(COMPRESSIONS[compression])


def test_tensorflow_reads_what_graphkit_wrote(write_records, compression):
    path = write_records(*RECORDS, compression=compression)
    assert list(tf.io.tf_record_iterator(str(path), options(compression))) == RECORDS


def test_graphkit_reads_what_tensorflow_wrote(tmp_path, compression):
    path = str(tmp_path / "theirs.tfrecord")
    with tf.python_io.TFRecordWriter(path, options(compression)) as writer:
        for record in RECORDS:
            writer.write(record)
    assert list(iterate_records(path)) == RECORDS


@pytest.mark.parametrize("offset", [3, 13, 18])
def test_both_refuse_the_same_damage(write_records, offset):
    path = write_records(b"first", b"second")
    content = bytearray(path.read_bytes())
    content[offset] ^= 255
    path.write_bytes(bytes(content))
    with pytest.raises(tf.errors.DataLossError, match="corrupted record at"):
        list(tf.io.tf_record_iterator(str(path)))
    with pytest.raises(ValueError, match="byte 0: the checksum"):
        list(iterate_records(path))


def test_tensorflow_parses_an_example(session):
    record = encode_example({"b": [b"x", b""], "i": [1, -1], "f": 0.5})
    parsed = tf.io.parse_single_example(
        record,
        {
            "b": tf.FixedLenFeature([2], tf.string),
            "i": tf.FixedLenFeature([2], tf.int64),
            "f": tf.FixedLenFeature([], tf.float32),
            "absent": tf.FixedLenFeature([], tf.int64, default_value=7),
        },
    )
    values = session.run(parsed)
    assert values["b"].tolist() == [b"x", b""]
    assert values["i"].tolist() == [1, -1]
    assert (values["f"], values["absent"]) == (0.5, 7)


def test_graphkit_decodes_an_example_of_tensorflow():
    features = {
        "b": tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"x"])),
        "i": tf.train.Feature(int64_list=tf.train.Int64List(value=[1, 2])),
        "f": tf.train.Feature(float_list=tf.train.FloatList(value=[0.5])),
        "kindless": tf.train.Feature(),
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    decoded = decode_example(example.SerializeToString())
    assert {name: (feature.kind, list(feature.values)) for name, feature in decoded.items()} == {
        "b": ("bytes", [b"x"]),
        "f": ("float", [0.5]),
        "i": ("int64", [1, 2]),
    }


def read_as_the_tutorials_do(session, path, shape):
    """File-name queue, reader, parse, decode_raw, reshape; the records in their order."""
    queue = tf.train.string_input_producer([str(path)], shuffle=False, num_epochs=1)
    _, record = tf.TFRecordReader().read(queue)
    features = {
        "image": tf.FixedLenFeature([], tf.string),
        "label": tf.FixedLenFeature([], tf.int64),
    }
    example = tf.parse_single_example(record, features)
    image = tf.reshape(tf.decode_raw(example["image"], tf.uint8), shape)
    session.run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    rows = []
    try:
        while True:
            rows.append(session.run((image, example["label"])))
    except tf.errors.OutOfRangeError:
        pass
    coordinator.request_stop()
    coordinator.join(threads)
    return rows


def test_packed_images_are_read_by_a_plain_queue_program(session, image_tree, tmp_path):
    path = tmp_path / "train.tfrecord"
    pack_images(scan_images(image_tree), path, shuffle=False)
    rows = read_as_the_tutorials_do(session, path, [4, 6, 3])
    assert [label for _, label in rows] == [0, 0, 1, 1, 1]
    assert [image[0, 0].tolist() for image, _ in rows] == [
        [203, 100, 0],
        [203, 100, 1],
        [203, 100, 0],
        [203, 100, 1],
        [203, 100, 2],
    ]


def test_encoded_images_are_decoded_by_tensorflow(session, tmp_path):
    images = np.random.RandomState(0).randint(0, 256, (3, 5, 7, 3)).astype(np.uint8)
    path = tmp_path / "encoded.tfrecord"
    pack_arrays(images, [0, 1, 2], path, encoding="encoded", shuffle=False)
    decoded = [
        session.run(tf.image.decode_image(decode_example(record)["image"].values[0]))
        for record in iterate_records(path)
    ]
    np.testing.assert_array_equal(decoded, images)


def test_both_example_classes_live_in_one_process():
    ours = encode_example({"x": 1})
    theirs = tf.train.Example.FromString(ours)
    assert theirs.SerializeToString() == ours
    assert theirs.DESCRIPTOR.full_name == "tensorflow.Example"


def test_large_file_is_read_by_both(tmp_path):
    path = tmp_path / "large.tfrecord"
    with RecordWriter(path) as writer:
        for number in range(5000):
            writer.write(b"%d" % number * (number % 50))
    assert list(tf.io.tf_record_iterator(str(path))) == list(iterate_records(path))
