"""What a program prints of an error: its message, its op, and the lines that built the op."""
from __future__ import print_function

import os
import re

import numpy as np
import tensorflow as tf

MISSING = os.path.join(os.getcwd(), "no", "such", "file")


def tell(error):
    message = error.message.replace(os.getcwd(), "").strip()
    message = re.sub(r"_\d+_batch|requested \d, current size \d", "", message)  # by chance
    print(re.sub(r"defined at [^)]*", "defined at", message))
    print(str(error).startswith(error.message), repr(error), error.args)
    op = error.op
    print(op and (op.name, op.type), error.node_def and error.node_def.name, error.error_code)
    trace = str(error)[len(error.message):].replace(os.getcwd(), "")
    lines = trace.splitlines()
    for i, line in enumerate(lines):
        if "told_errors.py" in line:
            print(line + "\n" + lines[i + 1])
        elif not line.startswith("  "):
            print(line)


def try_to(build, prepare=None):
    print("----", build.__name__)
    with tf.Graph().as_default(), tf.Session() as sess:
        fetches, feeds = build()
        try:
            if prepare is not None:
                prepare(sess, fetches)
            sess.run(fetches, feeds)
        except tf.errors.OpError as error:
            print(type(error).__name__)
            tell(error)


def missing_feed():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    return tf.reduce_sum(x), None


def uninitialized():
    with tf.variable_scope("net"):
        w = tf.Variable(1.0, name="w")
    return w * 2.0, None


def one_of_several():
    index = tf.placeholder(tf.int32, name="index")
    row = tf.gather([1, 2, 3], index, name="row")
    return {"row": row, "rest": [tf.constant(1), tf.constant(2)]}, {index: 7}


def empty_queue():
    numbers = tf.train.input_producer([1, 2], num_epochs=1, shuffle=False)
    return tf.train.batch([numbers.dequeue()], 3, name="batch"), None


def start_queues(sess, _):
    sess.run(tf.local_variables_initializer())
    tf.train.start_queue_runners(sess)


def closed_queue():
    queue = tf.FIFOQueue(3, [tf.float32], name="numbers")
    return queue.close(name="close"), None


def in_a_loop():
    x = tf.placeholder(tf.float32, [], name="x")

    def body(i, total):
        return i + 1, tf.check_numerics(total / 0.0, "bad number", name="check")

    return tf.while_loop(lambda i, _: i < 3, body, [0, x]), {x: 1.0}


def no_file():
    return tf.read_file(MISSING, name="read"), None


def assertion():
    n = tf.placeholder(tf.int32, [], name="n")
    return tf.Assert(n > 2, ["n is", n], name="check"), {n: 1}


def sequence_end():
    numbers = tf.data.Dataset.from_tensor_slices([1]).make_one_shot_iterator()
    return numbers.get_next(name="next"), None


def run_once(sess, fetches):
    sess.run(fetches)


def in_a_dataset():
    words = tf.data.Dataset.from_tensor_slices(["1", "a"]).map(tf.string_to_number)
    return words.make_one_shot_iterator().get_next(), None


def other_sizes():
    x = tf.placeholder(tf.float32, name="x")
    return tf.reshape(x, [2, 2], name="square"), {x: np.zeros(3)}


try_to(missing_feed)
try_to(uninitialized)
try_to(one_of_several)
try_to(empty_queue, start_queues)
try_to(closed_queue, run_once)
try_to(in_a_loop)
try_to(no_file)
try_to(assertion)
try_to(sequence_end, run_once)
try_to(in_a_dataset, run_once)
try_to(other_sizes)


def own_function(_):
    raise ValueError("no such row")


print("---- py_func")
with tf.Session() as sess:
    try:
        sess.run(tf.py_func(own_function, [1.0], tf.float32, name="own"))
    except tf.errors.InvalidArgumentError as error:
        lines = error.message.splitlines()
        print(lines[0], "...", re.sub(r"defined at [^)]*", "defined at", lines[-1]))

print("---- restore")
with tf.Graph().as_default(), tf.Session() as sess:
    kept, lost = tf.Variable(1.0, name="kept"), tf.Variable(2.0, name="lost")
    sess.run(tf.global_variables_initializer())
    path = tf.train.Saver([kept]).save(sess, "./model")
    try:
        tf.train.Saver([kept, lost]).restore(sess, path)
    except tf.errors.NotFoundError as error:
        text = str(error)
        print(re.sub(r"defined at [^)]*", "defined at", text[:text.index("Original stack")]))

try:
    raise tf.errors.OutOfRangeError(None, None, "own words")
except tf.errors.OpError as error:
    tell(error)
