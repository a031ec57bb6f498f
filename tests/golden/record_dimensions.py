"""Records what TensorFlow 1.15.5's dimensions do in arithmetic and as sizes, as dimensions.json.

/path/to/python3.7 tests/golden/record_dimensions.py
"""

from __future__ import print_function

import itertools
import json
import operator
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def shown(call, *arguments):
    """What a call gives, as text; the name of the error it raises otherwise."""
    try:
        return repr(call(*arguments))
    except Exception as error:
        return type(error).__name__


def arithmetic(tf):
    """Every operator on a dimension and something else, both ways around."""
    size = tf.Dimension
    sizes = {"three": size(3), "zero": size(0), "unknown": size(None)}
    others = {"None": None, "2": 2, "2.0": 2.0, "2.5": 2.5, "0.0": 0.0, "-1": -1, "'4'": "4"}
    names = "add sub mul floordiv truediv mod eq ne lt le gt ge".split()
    pairs = list(itertools.product(sizes.items(), list(sizes.items()) + list(others.items())))
    pairs += list(itertools.product(others.items(), sizes.items()))
    return {
        "%s %s %s" % (name, a, b): shown(getattr(operator, name), x, y)
        for (a, x), (b, y) in pairs
        for name in names
    }


def making(tf):
    """Dimensions and shapes from all kinds of values."""
    values = [3, 3.0, 3.5, "3", "x", -1, None, True]
    shapes = [[2.0, 3], [None, 2.5], ["3"], 2.0, [None, None], None]
    found = {"Dimension(%r)" % (value,): shown(tf.Dimension, value) for value in values}
    found.update({"TensorShape(%r)" % (value,): shown(tf.TensorShape, value) for value in shapes})
    three = tf.Dimension(3)
    found["merge 3.0"] = shown(three.merge_with, 3.0)
    found["compatible 3.0"] = shown(three.is_compatible_with, 3.0)
    found["compatible 4.0"] = shown(three.is_compatible_with, 4.0)
    return found


def building(tf):
    """Ops whose sizes come from halved or doubled dimensions."""
    x = tf.placeholder(tf.float32, [None, 6], "x")
    calls = {
        "get_variable": lambda: tf.get_variable("v", [x.get_shape()[1], 2.0]),
        "doubled": lambda: tf.reshape(x, [-1, int(x.shape[1] * 2.0)]),
        "halved": lambda: tf.placeholder(tf.float32, [x.shape[1] // 2.0, 1]),
        "set_shape": lambda: tf.placeholder_with_default([[1.0]], [None, 1.0]),
        "dense": lambda: tf.layers.dense(x, x.shape[1] // 2),
        "unknown": lambda: tf.zeros([x.shape[0], 1]),
    }
    return {
        name: shown(lambda call=call: call().get_shape().as_list()) for name, call in calls.items()
    }


def describe(tf):
    """All of it, in a process without version 2's behaviour."""
    found = arithmetic(tf)
    found.update(making(tf))
    with tf.Graph().as_default():
        found.update(building(tf))
    return found


def main():
    import tensorflow as tf

    tf.logging.set_verbosity(tf.logging.ERROR)
    with open(os.path.join(HERE, "dimensions.json"), "w") as out:
        json.dump(describe(tf), out, indent=0, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
