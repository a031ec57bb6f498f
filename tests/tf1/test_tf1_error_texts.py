"""Errors are worded as 1.15 worded them: the cause first, then the op and the program's line."""

from __future__ import annotations

import json
import linecache
import subprocess
import sys

import pytest

SETUP = """
import gc
import json
import graphkit.tf1 as tf

tf.disable_v2_behavior()
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a library user's process was told; the texts hold for a whole process."""
    folder = tmp_path_factory.mktemp("a project called tensorflow") / "tensorflow"
    folder.mkdir()
    program = folder / "steps.py"
    program.write_text(
        SETUP
        + """
def build():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    return tf.layers.dense(x, 3, kernel_initializer=tf.ones_initializer(), name="net")

def failing(call, *args):
    try:
        call(*args)
    except tf.errors.OpError as error:
        return [type(error).__name__, error.message, str(error)]

net = build()
loss = tf.reduce_sum(tf.check_numerics(tf.log(net), "log"))
slope = tf.gradients(loss, net.graph.get_tensor_by_name("x:0"))
told = {}
with tf.Session() as sess:
    told["layer"] = failing(sess.run, net, {"x:0": [[1.0, 2.0]]})
    sess.run(tf.global_variables_initializer())
    told["number"] = failing(sess.run, slope, {"x:0": [[-1.0, -2.0]]})
error = tf.errors.AbortedError(None, None, "{{function_node __wrapped__A_device_}} b [Op:A] name: ")
told["eager"] = [type(error).__name__, error.message, str(error)]
error = tf.errors.DataLossError(None, None, "Error in user-defined function passed to MapDataset:1 "
    "transformation with iterator: Iterator::Root::Map: no number")
told["dataset"] = [type(error).__name__, error.message, str(error)]
print(json.dumps(told))
gc.freeze()  # no last look at all that was loaded, which takes a third of the time
"""
    )
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, timeout=250
    )
    assert done.returncode == 0, done.stderr
    return {"program": str(program), **json.loads(done.stdout)}


def line_of(program, start):
    lines = linecache.getlines(program)
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def test_a_layers_op_was_defined_where_the_program_called_it(told):
    kind, message, text = told["layer"]
    line = line_of(told["program"], "    return tf.layers.dense")
    cause, place = message.split("\n\t ")[:2]
    assert kind == "FailedPreconditionError"
    assert "uninitialized" in cause
    assert place.endswith(f"(defined at {told['program']}:{line}) ]]")
    assert text.startswith(message + "\n\nOriginal stack trace for 'net/")


def test_the_trace_begins_in_the_program_and_shows_its_lines(told):
    trace = told["layer"][2].partition("Original stack trace")[2].splitlines()
    assert trace[1:4] == [
        f'  File "{told["program"]}", line {line_of(told["program"], "net = ")}, in <module>',
        "    net = build()",
        f'  File "{told["program"]}", line {line_of(told["program"], "    return tf.l")}, in build',
    ]


def test_a_bad_number_is_told_by_the_op_that_found_it(told):
    kind, message, text = told["number"]
    assert kind == "InvalidArgumentError"
    assert message.startswith("log : Tensor had NaN values\n\t [[node CheckNumerics (defined at ")
    assert "Graph execution error" not in text
    assert "Detected at node" not in text


@pytest.mark.parametrize(
    ("case", "kind", "message"),
    [
        ("eager", "AbortedError", "b [Op:A]"),
        ("dataset", "DataLossError", "no number"),
    ],
)
def test_what_only_todays_runtime_adds_is_left_out(told, case, kind, message):
    assert told[case] == [kind, message, message]
