"""Programs with private helpers of TensorFlow that old code calls, and with contrib.testing."""

import importlib
import os
import tempfile


def private(tf, path):
    """A private module: of `tensorflow` in 1.15, of the namespace here."""
    return importlib.import_module(tf.__name__ + "." + path)


def linears(tf):
    core_rnn_cell = private(tf, "contrib.rnn.python.ops.core_rnn_cell")
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    wide = tf.constant([[0.5, 0.25, 1.0], [1.0, -1.0, 0.0]])
    with tf.variable_scope("one"):
        one = core_rnn_cell._linear(x, 3, True)
    with tf.variable_scope("two"):
        two = core_rnn_cell._linear([x, wide], 4, False)
    with tf.variable_scope("three"):
        start = tf.constant_initializer(2.0)
        three = core_rnn_cell._linear([x], 2, True, start, tf.zeros_initializer())
    with tf.variable_scope("two", reuse=True):
        again = core_rnn_cell._linear([x, wide], 4, False)
    return {"one": one, "two": two, "three": three, "again": again}


def linear_objects(tf):
    core_rnn_cell = private(tf, "contrib.rnn.python.ops.core_rnn_cell")
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.variable_scope("net"):
        linear = core_rnn_cell._Linear([x, x], 3, True)
    first = linear([x, x + 1])
    with tf.variable_scope("elsewhere"):
        second = linear([x + 1, x])
    return {"first": first, "second": second}


def doubles(tf):
    core_rnn_cell = private(tf, "contrib.rnn.python.ops.core_rnn_cell")
    x = tf.constant([[1.0, 2.0]], tf.float64)
    y = core_rnn_cell._linear(x, 2, True)
    return {"y": y, "types": [v.dtype.base_dtype.name for v in tf.global_variables()]}


def global_steps(tf):
    training = tf.train
    none = training.get_global_step()
    made = training.get_or_create_global_step()
    again = training.get_or_create_global_step()
    try:
        training.create_global_step()
        refused = "fine"
    except ValueError as error:
        refused = str(error)
    return {
        "flags": [none is None, made is again, made is training.get_global_step()],
        "refused": refused,
        "name": made.op.name,
        "dtype": made.dtype.base_dtype.name,
        "kept": [v.op.name for v in tf.get_collection(tf.GraphKeys.GLOBAL_STEP)],
        "trainable": len(tf.trainable_variables()),
        "value": made,
    }


def steps_by_name(tf):
    tf.Variable(7, name="global_step", trainable=False)
    return {"step": tf.identity(tf.train.get_global_step())}


def steps_that_do_not_count(tf):
    found = []
    for value in [1.5, [1, 2]]:
        with tf.Graph().as_default():
            tf.Variable(value, name="global_step")
            try:
                tf.train.get_global_step()
                found.append("fine")
            except TypeError:
                found.append("TypeError")
    return {"found": found}


def summary(tf, **numbers):
    made = tf.Summary()
    for tag in sorted(numbers):
        made.value.add(tag=tag, simple_value=numbers[tag])
    return made


def compared_summaries(tf):
    testing = tf.contrib.testing

    def outcome(tags, values):
        try:
            testing.assert_summary(tags, values, summary(tf, a=1.0, b=2.0))
            return "fine"
        except (AssertionError, ValueError) as error:
            return type(error).__name__

    return {
        "all": outcome(["a", "b"], {"a": 1.0, "b": 2.0}),
        "near": outcome(["b", "a"], {"a": 1.004}),
        "far": outcome(["a", "b"], {"a": 1.02}),
        "fewer": outcome(["a"], {"a": 1.0}),
        "more": outcome(["a", "b", "c"], {}),
        "no_values": outcome(["a", "b"], {}),
        "both_wrong": outcome(["a"], {"a": 3.0}),
    }


def read_summaries(tf):
    testing = tf.contrib.testing
    folder = tempfile.mkdtemp()
    nothing = [str(testing.latest_event_file(folder)), len(testing.latest_summaries(folder))]
    with tf.Graph().as_default():
        writer = tf.summary.FileWriter(folder)
    for step, number in [(1, 5.0), (3, 7.0), (2, 6.0)]:
        writer.add_summary(summary(tf, loss=number, rate=number / 10), step)
    writer.close()
    events = testing.latest_summaries(folder)
    values = testing.simple_values_from_events(events, ["loss", "none"])
    proto = testing.to_summary_proto(summary(tf, loss=1.0).SerializeToString())
    return {
        "nothing": nothing,
        "steps": [event.step for event in events],
        "more": [len(list(testing.latest_events(folder)))],
        "last": [sorted(values), values["loss"]],
        "file": os.path.basename(testing.latest_event_file(folder)).split(".")[0],
        "proto": proto.value[0].tag,
    }


PROGRAMS = {
    "compared_summaries": compared_summaries,
    "doubles": doubles,
    "global_steps": global_steps,
    "linear_objects": linear_objects,
    "linears": linears,
    "read_summaries": read_summaries,
    "steps_by_name": steps_by_name,
    "steps_that_do_not_count": steps_that_do_not_count,
}
