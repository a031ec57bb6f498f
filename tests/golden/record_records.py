"""Records the bytes TensorFlow 1.15.5 writes into record files, as the reference for graphkit's.

Run under Python 3.7 with TensorFlow 1.15.5; writes `records.json` beside this file:

    python tests/golden/record_records.py

`tests/records/test_records_golden.py` compares graphkit's writer, reader and Examples with it.
"""

import base64
import json
import os
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf

RECORDS = [b"", b"a", b"graphkit", bytes(bytearray(range(256))), b"\0" * 1000]
COMPRESSIONS = {
    "": tf.python_io.TFRecordCompressionType.NONE,
    "GZIP": tf.python_io.TFRecordCompressionType.GZIP,
    "ZLIB": tf.python_io.TFRecordCompressionType.ZLIB,
}


def text(content):
    return base64.b64encode(content).decode()


def write_file(folder, compression, records):
    """Gives the bytes of a file TensorFlow wrote."""
    path = os.path.join(folder, "file.tfrecord")
    options = tf.python_io.TFRecordOptions(COMPRESSIONS[compression])
    with tf.python_io.TFRecordWriter(path, options) as writer:
        for record in records:
            writer.write(record)
    with open(path, "rb") as file:
        return file.read()


def example(**feature):
    """Serialises an Example of one feature, whose bytes no map order can change."""
    features = tf.train.Features(feature={"x": tf.train.Feature(**feature)})
    return text(tf.train.Example(features=features).SerializeToString())


def main():
    with tempfile.TemporaryDirectory() as folder:
        files = {name: text(write_file(folder, name, RECORDS)) for name in COMPRESSIONS}
        empty = {name: text(write_file(folder, name, [])) for name in COMPRESSIONS}
    golden = {
        "tensorflow": tf.__version__,
        "records": [text(record) for record in RECORDS],
        "files": files,
        "empty_files": empty,
        "examples": {
            "bytes": example(bytes_list=tf.train.BytesList(value=[b"ab", b"", b"\xff"])),
            "int64": example(int64_list=tf.train.Int64List(value=[0, 7, -1, 2**63 - 1, -(2**63)])),
            "float": example(float_list=tf.train.FloatList(value=[0.0, -1.5, 0.1, 3e38])),
            "no_int64": example(int64_list=tf.train.Int64List()),
        },
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "records.json")
    with open(path, "w") as file:
        json.dump(golden, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
