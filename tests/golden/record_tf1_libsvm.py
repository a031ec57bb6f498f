"""Programs with contrib.libsvm: lines that are decoded, and lines that are refused."""

import numpy as np


def decoder(tf):
    # 1.15 has the package, but not as an attribute of contrib.
    if tf.__name__ == "tensorflow":
        from tensorflow.contrib import libsvm
    else:
        libsvm = tf.contrib.libsvm
    return libsvm.decode_libsvm


def error_of(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def parts(decoded):
    features, labels = decoded
    return {
        "indices": features.indices,
        "values": features.values,
        "dense_shape": features.dense_shape,
        "labels": labels,
        "dtypes": [features.dtype.name, labels.dtype.name],
    }


def a_batch(tf):
    lines = ["1 1:3.4 2:0.5 4:0.231", "-1 2:2.5 3:0.12 5:0.503", "2 3:2.5 2:0.12 1:0.503"]
    return parts(decoder(tf)(tf.constant(lines), 6))


def a_grid(tf):
    lines = tf.constant([["1 1:3.4", "2 2:3"], ["0 0:1", "-1"]])
    return parts(decoder(tf)(lines, num_features=6))


def of_unknown_shape(tf):
    lines = tf.placeholder_with_default(["1 0:1", "2", "3 2:5"], None)
    return parts(decoder(tf)(lines, 3))


def of_unknown_length(tf):
    lines = tf.placeholder_with_default([["1 0:1"], ["3 2:5 1:0.5"]], [None, 1])
    return parts(decoder(tf)(lines, 3))


def as_doubles(tf):
    lines = tf.constant(["1.5 1:1e3 2:-.5 3:1e-50", "-2 0:0.1"])
    return parts(decoder(tf)(lines, 6, dtype=tf.float64, label_dtype=tf.float32))


def as_whole_numbers(tf):
    lines = tf.constant(["1 1:3 2:-5", "-2147483648 0:2147483647"])
    return parts(decoder(tf)(lines, 6, tf.int32, tf.int32))


def wide_whole_numbers(tf):
    lines = tf.constant(["9223372036854775807 9223372036854775807:-9223372036854775808"])
    return parts(decoder(tf)(lines, 6, tf.int64, tf.int64))


def no_lines(tf):
    return parts(decoder(tf)(tf.constant(np.zeros([0], "S1")), 4))


def no_lines_of_two(tf):
    return parts(decoder(tf)(tf.constant(np.zeros([0, 2], "S1")), 4))


# What a line may hold beside the ordinary.
LENIENT = [
    "1 6:3.4",
    "1 99:3.4",
    "1 ",
    "1  1:2   2:3 ",
    " 1 1:2",
    "1\t1:2\t2:3",
    "1 1:2 1:3",
    "1 1:2\n",
    "1 01:2",
    "1 3:1 2:inf 1:-inf",
]

REFUSED = [
    "1 -1:3.4",
    "1.5 1:3.4",
    "x 1:3",
    "1 1:x",
    "1 1",
    "1 :3",
    "1 a:3",
    "",
    " ",
    "1 1:2 # note",
    "1 qid:2 1:2",
    "1 1:2:3",
    "1 1.0:2",
    "1 1: 2",
    "1 1 :2",
    "9223372036854775808 1:2",
    "1 99999999999999999999:2",
    "1 1:2,2:3",
]


def lenient(tf):
    return parts(decoder(tf)(tf.constant(LENIENT), 6))


def refused(tf):
    line = tf.placeholder(tf.string, [1])
    features, labels = decoder(tf)(line, 6)
    fetches = [features.indices, features.values, labels]
    with tf.Session() as session:

        def error_at(text):
            return error_of(lambda: session.run(fetches, {line: [text]}))

        return {"found": [[text, error_at(text)] for text in REFUSED]}


def misuse(tf):
    decode = decoder(tf)
    wrong = {
        "no_strings": lambda: decode(tf.constant([1]), 5),
        "zero": lambda: decode(["1"], 0),
        "negative": lambda: decode(["1"], -1),
        "none": lambda: decode(["1"], None),
        "word": lambda: decode(["1"], "x"),
        "fraction": lambda: decode(["1"], 2.5),
        "dtype": lambda: decode(["1 1:3"], 6, dtype=tf.string),
        "label_dtype": lambda: decode(["1 1:3"], 6, label_dtype=tf.bool),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


PROGRAMS = {
    "a_batch": a_batch,
    "a_grid": a_grid,
    "as_doubles": as_doubles,
    "as_whole_numbers": as_whole_numbers,
    "lenient": lenient,
    "misuse": misuse,
    "no_lines": no_lines,
    "no_lines_of_two": no_lines_of_two,
    "of_unknown_length": of_unknown_length,
    "of_unknown_shape": of_unknown_shape,
    "refused": refused,
    "wide_whole_numbers": wide_whole_numbers,
}
