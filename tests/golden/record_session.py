"""Records what real TensorFlow 1.15.5 accepts and refuses as a feed.

Run with Python 3.7 and TensorFlow 1.15.5 alone: `python record_session.py` writes session.json
beside this file. Each case is one placeholder (dtype, shape), one value, and what came of it: the
fetched value with its dtype, or the class of the error.
"""

import json
import os
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
warnings.simplefilter("ignore")

import numpy as np
import tensorflow as tf

# name: (placeholder dtype, placeholder shape, value, numpy dtype of the value or None)
VALUES = {
    "int into float": ("float32", [], 3, None),
    "float into int is cut": ("int32", [], 1.7, None),
    "list of floats into int is cut": ("int32", [2], [1.7, -1.7], None),
    "float64 array into float32": ("float32", [2], [0.1, 0.2], "float64"),
    "int64 array into int32": ("int32", [2], [1, 2], "int64"),
    "int64 array beyond int32 wraps": ("int32", [1], [2**40], "int64"),
    "python int beyond int32": ("int32", [], 2**40, None),
    "python int beyond uint8": ("uint8", [], 300, None),
    "negative python int into uint8": ("uint8", [], -1, None),
    "list beyond int32": ("int32", [1], [2**31 + 1], None),
    "bool into float": ("float32", [], True, None),
    "bool into int": ("int32", [], True, None),
    "int into bool": ("bool", [], 1, None),
    "two into bool": ("bool", [], 2, None),
    "list into bool": ("bool", [2], [0, 2], None),
    "number text into float": ("float32", [], "1.5", None),
    "text into float": ("float32", [], "a", None),
    "text into int": ("int32", [], "a", None),
    "text into string": ("string", [], "abc", None),
    "list of texts into string": ("string", [2], ["a", "bc"], None),
    "number into string": ("string", [], 3, None),
    "none into float": ("float32", [], None, None),
    "none into int": ("int32", [], None, None),
    "dict into float": ("float32", [], {"a": 1}, None),
    "ragged list": ("float32", [None, None], [[1.0], [2.0, 3.0]], None),
    "empty list": ("float32", [None], [], None),
    "empty list into fixed": ("float32", [2], [], None),
    "wrong rank": ("float32", [None, 2], [1.0, 2.0], None),
    "wrong size": ("float32", [None, 2], [[1.0, 2.0, 3.0]], None),
    "scalar into vector": ("float32", [None], 1.0, None),
    "vector into scalar": ("float32", [], [1.0], None),
    "any shape": ("float32", None, [[[1.0]]], None),
    "unknown size": ("float32", [None, 1], [[1.0], [2.0]], None),
    "complex into float": ("float32", [1], [1 + 0], "complex64"),
    "float into complex": ("complex64", [], 1.5, None),
    "float16 array into float32": ("float32", [1], [0.5], "float16"),
    "object array into float": ("float32", [2], [1, 2.5], "object"),
}


def outcome(run):
    """The value and dtype a run gives, or the class of its error."""
    try:
        value = np.asarray(run())
    except Exception as error:
        return {"error": type(error).__name__}
    content = value.astype(str).tolist() if value.dtype.kind in "OSUc" else value.tolist()
    return {"dtype": value.dtype.name, "value": content}


def fed_value(dtype, shape, value, numpy_dtype):
    """What a placeholder gives back when it is fed a value."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        x = tf.compat.v1.placeholder(dtype, shape, name="x")
        fed = value if numpy_dtype is None else np.array(value, dtype=numpy_dtype)
        return outcome(lambda: session.run(tf.identity(x), {x: fed}))


def fed_key(name):
    """What comes of feeding 1.0 under an unusual key."""
    with tf.Graph().as_default():
        stranger = tf.constant(2.0, name="stranger")
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        x = tf.compat.v1.placeholder("float32", [], name="x")
        y = tf.identity(x, name="y")
        keys = {
            "tensor": x,
            "full name": "x:0",
            "intermediate tensor": y,
            "op": x.op,
            "tensor of another graph": stranger,
            "number": 3,
            "none": None,
            "unknown full name": "z:0",
            "unknown output": "x:7",
        }
        return outcome(lambda: session.run(y + 0, {keys[name]: 1.0}))


def fetched(name):
    """What comes of an unusual fetch."""
    with tf.Graph().as_default():
        stranger = tf.constant(2.0, name="stranger")
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        tf.constant(1.0, name="c")
        things = {"none": None, "number": 3, "tensor of another graph": stranger, "empty list": []}
        return outcome(lambda: session.run(things[name]))


KEYS = [
    "tensor",
    "full name",
    "intermediate tensor",
    "op",
    "tensor of another graph",
    "number",
    "none",
    "unknown full name",
    "unknown output",
]
FETCHES = ["none", "number", "tensor of another graph", "empty list"]


def main():
    recorded = {
        "tensorflow": tf.__version__,
        "values": {
            name: {
                "dtype": case[0],
                "shape": case[1],
                "value": case[2],
                "as": case[3],
                "outcome": fed_value(*case),
            }
            for name, case in VALUES.items()
        },
        "keys": {name: fed_key(name) for name in KEYS},
        "fetches": {name: fetched(name) for name in FETCHES},
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "session.json")
    with open(path, "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
