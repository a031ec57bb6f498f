"""Pipelines that fail on some record, recorded by `record_readers.py`: when, and how."""

import os

from reader_cases import numbers, paths


def write_damaged(tf, folder):
    """Writes the files of these cases."""
    with tf.python_io.TFRecordWriter(os.path.join(folder, "mixed")) as writer:
        for number in range(7):
            writer.write(_example(tf, number))
    with open(os.path.join(folder, "a.tfrecord"), "rb") as file:
        whole = file.read()
    cuts = {"cut": whole[:-3], "flipped": whole[:40] + b"\xff" + whole[41:], "tail": whole + b"??"}
    for name, content in cuts.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(content)
    with open(os.path.join(folder, "uneven.csv"), "w") as text:
        text.write("1,2\n3,4\n5\n6,7\n")
    with open(os.path.join(folder, "words.csv"), "w") as text:
        text.write("1,2\n3,four\n5,6\n")
    with open(os.path.join(folder, "short.bin"), "wb") as file:
        file.write(b"abcdefgh")


def _example(tf, number):
    """The fifth has no label, the sixth two, and the seventh one of another dtype."""
    example = tf.train.Example()
    feature = example.features.feature
    feature["bytes"].bytes_list.value.append(b"x" * (3 if number == 3 else 2))
    if number == 6:
        feature["label"].float_list.value.append(0.5)
    elif number != 4:
        feature["label"].int64_list.value.extend([number] * (2 if number == 5 else 1))
    return example.SerializeToString()


def _record(api, folder, name):
    queue = api.string_input_producer(paths(folder, name), num_epochs=1, shuffle=False)
    return api.TFRecordReader().read(queue)[1]


def _line(api, folder, name):
    queue = api.string_input_producer(paths(folder, name), num_epochs=1, shuffle=False)
    return api.TextLineReader().read(queue)[1]


def _feature(api, tf, folder, name, feature):
    return tf.parse_single_example(_record(api, folder, "mixed"), {name: feature})[name]


def _checked(api, tf, work):
    number = numbers(api, 7)
    return api.batch([work(number)], 2)


def _asserted(tf, number):
    with tf.control_dependencies([tf.Assert(number < 5, [number])]):
        return tf.identity(number)


def failing_cases():
    """Every pipeline that fails, by name."""
    return {
        "a file cut short": lambda api, tf, d: api.batch([_record(api, d, "cut")], 2),
        "a checksum that is wrong": lambda api, tf, d: api.batch([_record(api, d, "flipped")], 1),
        "bytes behind the last record": lambda api, tf, d: api.batch([_record(api, d, "tail")], 2),
        "no record file": lambda api, tf, d: api.batch([_record(api, d, "a.txt")], 1),
        "records that are no examples": lambda api, tf, d: api.batch(
            [tf.parse_single_example(_record(api, d, "a.tfrecord"), _label(tf))["label"]], 1
        ),
        "a feature that is missing": lambda api, tf, d: api.batch(
            [_feature(api, tf, d, "label", tf.FixedLenFeature([], tf.int64))], 2
        ),
        "a feature of another length": lambda api, tf, d: api.batch(
            [_feature(api, tf, d, "label", tf.FixedLenFeature([], tf.int64, -1))], 1
        ),
        "a feature of another dtype": lambda api, tf, d: api.batch(
            [_feature(api, tf, d, "label", tf.FixedLenFeature([], tf.float32, -1.0))], 1
        ),
        "bytes of another length": lambda api, tf, d: api.batch(
            [
                tf.reshape(
                    tf.decode_raw(
                        _feature(api, tf, d, "bytes", tf.FixedLenFeature([], tf.string)), tf.uint8
                    ),
                    [2],
                )
            ],
            2,
        ),
        "half a number": lambda api, tf, d: api.batch(
            [
                tf.reshape(
                    tf.decode_raw(
                        _feature(api, tf, d, "bytes", tf.FixedLenFeature([], tf.string)), tf.int16
                    ),
                    [1],
                )
            ],
            1,
        ),
        "too few columns": lambda api, tf, d: api.batch(
            tf.decode_csv(_line(api, d, "uneven.csv"), [[0], [0]]), 1
        ),
        "a word among numbers": lambda api, tf, d: api.batch(
            tf.decode_csv(_line(api, d, "words.csv"), [[0], [0]]), 1
        ),
        "no picture": lambda api, tf, d: api.batch(
            [tf.reshape(tf.image.decode_png(_line(api, d, "a.txt")), [1])], 1
        ),
        "text that is no number": lambda api, tf, d: api.batch(
            [tf.string_to_number(_line(api, d, "a.txt"))], 1
        ),
        "an assertion": lambda api, tf, d: _checked(api, tf, lambda n: _asserted(tf, n)),
        "an index beyond the end": lambda api, tf, d: _checked(
            api, tf, lambda n: tf.gather(tf.constant([5, 6, 7]), n)
        ),
        "a division by zero": lambda api, tf, d: _checked(
            api, tf, lambda n: tf.floordiv(12, 3 - n)
        ),
        "numbers that are not finite": lambda api, tf, d: _checked(
            api, tf, lambda n: tf.check_numerics(1.0 / tf.cast(3 - n, tf.float32), "infinite")
        ),
        "a shape that does not fit": lambda api, tf, d: _checked(
            api, tf, lambda n: tf.reshape(tf.fill([tf.where(n < 4, 2, 3)], n), [2])
        ),
        "records of a length that does not fit": lambda api, tf, d: api.batch(
            [
                api.FixedLengthRecordReader(3).read(
                    api.string_input_producer(paths(d, "short.bin"), num_epochs=1, shuffle=False)
                )[1]
            ],
            1,
        ),
    }


def _label(tf):
    return {"label": tf.FixedLenFeature([], tf.int64)}
