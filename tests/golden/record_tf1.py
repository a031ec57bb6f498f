"""Records what real TensorFlow 1.15.5 does for the programs in record_tf1_*.py, as tf1_*.json.

    /path/to/python3.7 tests/golden/record_tf1.py [AREA…]

Each program is a function of `tf` that builds something in a fresh graph and returns tensors by
name; `tests/tf1/` runs the same functions with `graphkit.tf1`. Variables get made-up values, so
that nothing depends on a random generator; where one of the outputs is an op "train", they keep
those they start from, and the op is run three times before the rest is fetched.
"""

from __future__ import print_function

import glob
import importlib.util
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def programs(area):
    """The programs of one area: name to function."""
    path = os.path.join(HERE, "record_tf1_%s.py" % area)
    spec = importlib.util.spec_from_file_location("record_tf1_" + area, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PROGRAMS


def numbers(seed, shape):
    """Made-up values of a shape: smooth, different for every seed, between -0.8 and 0.8."""
    size = int(np.prod(shape)) if len(shape) else 1
    return (0.8 * np.sin(1.7 * np.arange(size) + 0.9 * seed + 0.3)).reshape(shape)


def plain(value):
    """A fetched value as JSON can hold it."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if np.isfinite(value) else repr(value)
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def static_shape(tensor):
    shape = tensor.get_shape()
    return None if shape.ndims is None else shape.as_list()


def fill(tf, session):
    """Gives every float variable made-up values, in the order they were made."""
    start = [tf.global_variables_initializer(), tf.local_variables_initializer()]
    tables = tf.tables_initializer()
    session.run(start)
    session.run(tables)
    # In the order of names: the order variables are made in may differ.
    found = sorted(tf.global_variables(), key=lambda variable: variable.name)
    loads, given = [], {}
    for seed, variable in enumerate(found):
        if variable.dtype.base_dtype in (tf.float32, tf.float64):
            values = numbers(seed, variable.get_shape().as_list())
            if "variance" in variable.name:
                values = np.abs(values) + 0.5
            loads.append(variable.initializer)
            given[variable.initializer.inputs[1]] = values
    session.run(loads, given)


def describe(tf, program, config=None):
    """Builds and runs one program: what it made, what it computes, or how it fails."""
    with tf.Graph().as_default():
        try:
            outputs = program(tf)
        except Exception as error:
            kinds = [kind for kind in type(error).__mro__ if kind.__module__ != "graphkit.errors"]
            return {"error": kinds[0].__name__}
        keys = tf.GraphKeys
        found = {
            "variables": sorted(
                [v.op.name, v.get_shape().as_list()] for v in tf.global_variables()
            ),
            "trainable": sorted(v.op.name for v in tf.trainable_variables()),
            "local": len(tf.local_variables()),
            "updates": len(tf.get_collection(keys.UPDATE_OPS)),
            "shapes": {
                name: static_shape(tensor)
                for name, tensor in outputs.items()
                if hasattr(tensor, "get_shape")
            },
        }
        fetches = {k: v for k, v in outputs.items() if not isinstance(v, (str, int, float, list))}
        found["python"] = {k: v for k, v in outputs.items() if k not in fetches}
        fetches["regularization"] = tf.get_collection(keys.REGULARIZATION_LOSSES)
        train = fetches.pop("train", None)
        with tf.Session(config=config) as session:
            if train is None:
                fill(tf, session)
            else:
                for op in [tf.global_variables_initializer(), tf.local_variables_initializer()]:
                    session.run(op)
            try:
                for _ in range(0 if train is None else 3):
                    session.run(train)
                values = session.run(fetches)
            except tf.errors.OpError as error:
                return dict(found, run_error=type(error).__name__)
            found["values"] = {k: plain(v) for k, v in values.items()}
        return found


def main():
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    areas = sys.argv[1:] or sorted(
        os.path.basename(path)[len("record_tf1_") : -len(".py")]
        for path in glob.glob(os.path.join(HERE, "record_tf1_*.py"))
    )
    for area in areas:
        recorded = {name: describe(tf, program) for name, program in sorted(programs(area).items())}
        with open(os.path.join(HERE, "tf1_%s.json" % area), "w") as out:
            lines = [
                "%s: %s" % (json.dumps(name), json.dumps(recorded[name], sort_keys=True))
                for name in sorted(recorded)
            ]
            out.write("{\n%s\n}\n" % ",\n".join(lines))
        print(area, len(recorded))


if __name__ == "__main__":
    main()
