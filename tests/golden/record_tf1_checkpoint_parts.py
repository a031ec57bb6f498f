"""Programs with contrib.checkpoint: what is saved under which names, restored, and drawn."""

import os
import re
import tempfile

import numpy as np


def prefix():
    return os.path.join(tempfile.mkdtemp(), "part")


def saved(tf, session, **parts):
    session.run(tf.global_variables_initializer())
    return tf.train.Checkpoint(**parts).save(prefix(), session=session)


def names(tf, path):
    found = tf.train.list_variables(path)
    return sorted([name, list(shape)] for name, shape in found if "CHECKPOINTABLE" not in name)


def arrays(tf):
    state = tf.contrib.checkpoint.NumpyState()
    state.x = np.arange(6.0).reshape(2, 3)
    state.number = np.float32(2.5)
    with tf.Session() as session:
        path = saved(tf, session, arrays=state)
        state.x[1, 1] = 9.0
        state.number = np.float32(0.0)
        tf.train.Checkpoint(arrays=state).restore(path).initialize_or_restore(session)
        again = tf.contrib.checkpoint.NumpyState()
        tf.train.Checkpoint(arrays=again).restore(path)
    return {
        "x": [state.x.tolist(), again.x.tolist(), again.x.dtype.name],
        "number": [float(state.number), float(again.number)],
        "names": names(tf, path),
    }


def no_array(tf):
    tf.contrib.checkpoint.NumpyState().x = 3.0


def numbered(tf):
    tracker = tf.contrib.checkpoint.UniqueNameTracker()
    values = [tf.Variable(float(n)) for n in range(4)]
    for value, name in zip(values, ("x", "y", "x", "x_1")):  # noqa: B905
        assert tracker.track(value, name) is value
    with tf.Session() as session:
        path = saved(tf, session, parts=tracker)
    return {"names": names(tf, path)}


def no_part(tf):
    tf.contrib.checkpoint.UniqueNameTracker().track(3.0, "x")


def split(tf):
    buffer = tf.Variable([1.0, 2.0, 3.0], name="both")

    def fill(parts):
        parts["left"], parts["right"] = tf.split(buffer, [1, 2])

    def consume(parts):
        return tf.assign(buffer, 10 * tf.concat([parts["left"], parts["right"]], 0))

    parts = tf.contrib.checkpoint.split_dependency(
        ["left", "right"], [tf.float32] * 2, fill, consume, device="/cpu:0"
    )
    with tf.Session() as session:
        path = saved(tf, session, **parts)
        status = tf.train.Checkpoint(**parts).restore(path)
        status.assert_consumed().run_restore_ops(session)
        return {"value": session.run(buffer).tolist(), "names": names(tf, path)}


def drawn(tf):
    """The picture's lines, whatever the numbers of their nodes."""
    value = tf.Variable([[1.0, 2.0]], name="weights")
    optimizer = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer.apply_gradients([(tf.ones([1, 2]), value)])
    with tf.Session() as session:
        path = saved(tf, session, value=value, optimizer=optimizer)
    text = tf.contrib.checkpoint.dot_graph_from_checkpoint(path)
    return {"lines": sorted(re.sub(r"N_\d+", "N", line) for line in text.splitlines())}


PROGRAMS = {
    "arrays": arrays,
    "no_array": no_array,
    "numbered": numbered,
    "no_part": no_part,
    "split": split,
    "drawn": drawn,
}
