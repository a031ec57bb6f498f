"""Programs with parts of contrib.learn: running a number of times, CSV files, keys, versions."""

import os
import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def rounded(found):
    return [
        [[name, np.round(value, 5).tolist()] for name, value in sorted(step.items())]
        for step in found
    ]


def run_often(tf):
    learn = tf.contrib.learn
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [])
        count = tf.get_variable("count", [], initializer=tf.zeros_initializer())
        total = tf.assign_add(count, x)
        given = {"total": total, "twice": 2.0 * total}
        often = learn.run_n(given, {x: 1.5}, n=3)
        feeds = learn.run_feeds(given, [{x: 1.0}, {x: 2.0}])
        once = learn.run_n({"two": tf.constant(2.0)})
        nothing = error_of(lambda: learn.run_n({}))
        saver = tf.train.Saver()
        with tf.Session() as session:
            count.load(40.0, session)
            path = saver.save(session, os.path.join(tempfile.mkdtemp(), "c"))
        restored = learn.graph_actions.run_n({"total": total}, {x: 2.0}, path)
    return {
        "often": rounded(often),
        "feeds": rounded(feeds),
        "once": rounded(once),
        "nothing": nothing,
        "restored": rounded(restored),
    }


def run_queue(tf):
    with tf.Graph().as_default():
        queue = tf.train.range_input_producer(4, shuffle=False)
        found = tf.contrib.learn.run_n({"n": queue.dequeue()}, n=3)
    return {"found": [int(step["n"]) for step in found]}


def csv_files(tf):
    base = tf.contrib.learn.datasets.base
    path = os.path.join(tempfile.mkdtemp(), "data.csv")
    with open(path, "w") as out:
        out.write("3,2,a,b\n1.5,2,0\n3,4.5,1\n5,6,2\n")
    headed = base.load_csv_with_header(path, np.int32, np.float32)
    first = base.load_csv_with_header(path, np.float64, np.float32, target_column=0)
    bare = os.path.join(tempfile.mkdtemp(), "bare.csv")
    with open(bare, "w") as out:
        out.write("1.5,2,0\n3,4.5,1\n5,6,2\n7,8,3\n")
    plain = base.load_csv_without_header(bare, np.int64, np.float32)
    base.shrink_csv(bare, 2)
    small = base.load_csv_without_header(bare.replace(".csv", "_small.csv"), np.int64, np.float32)
    return {
        "headed": [headed.data.tolist(), headed.target.tolist()],
        "first": [first.data.tolist(), first.target.tolist()],
        "plain": [plain.data.tolist(), plain.target.tolist()],
        "small": [small.data.tolist(), small.target.tolist()],
        "dtypes": [str(part.dtype) for part in (*headed, *plain)],
        "fields": list(base.Dataset._fields),
        "missing": error_of(lambda: base.load_csv_without_header(bare + "x", float, float)),
    }


def keys(tf):
    learn = tf.contrib.learn
    kinds = [learn.PredictionKey, learn.ProblemType, learn.TaskType, learn.ModeKeys]
    return {
        "values": [
            sorted([name, value] for name, value in vars(kind).items() if name.isupper())
            for kind in kinds
        ],
        "input": list(learn.InputFnOps._fields),
        "model": list(learn.ModelFnOps._fields),
    }


PROGRAMS = {
    "run_often": run_often,
    "run_queue": run_queue,
    "csv_files": csv_files,
    "keys": keys,
}
