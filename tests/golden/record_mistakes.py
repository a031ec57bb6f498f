"""Writes with TensorFlow 1.15.5 what people get stuck with, as mistakes/ and mistakes.json.

/path/to/python3.7 tests/golden/record_mistakes.py

net.*, net_v1          a small network in the scope `net`, in both versions of checkpoints
renamed.meta           the graph of the same network in the scope `model`
wider.meta             the same again, with five classes instead of three
partial.*              of `net`, all but the last layer, as a saver writes it that was given a list
objects.*              of `tf.train.Checkpoint`
grown-0.meta, grown-20.meta  a graph before and after a loop of twenty turns that adds to it
no_graph, grown_graph  event files of a writer that was given no graph, and the grown one
mistakes.json          what 1.15.5 says where a checkpoint is restored wrongly: type and message
"""

from __future__ import print_function

import json
import os
import shutil

import numpy as np
import tensorflow as tf

GOLDEN = os.path.dirname(os.path.abspath(__file__))
HERE = os.path.join(GOLDEN, "mistakes")
TURNS = 20


def build(scope, classes=3):
    x = tf.placeholder(tf.float32, [None, 5], name="x")
    with tf.variable_scope(scope, initializer=tf.constant_initializer(0.5)):
        hidden = tf.nn.relu(tf.layers.dense(x, 4, name="first"))
        return tf.nn.softmax(tf.layers.dense(hidden, classes, name="last"), name="prob")


def filled(session):
    """Gives each variable numbers that tell it apart."""
    for place, variable in enumerate(tf.global_variables()):
        count = int(np.prod(variable.shape.as_list()))
        values = np.cos(place + np.arange(count)).reshape(variable.shape.as_list())
        variable.load(values.astype(np.float32), session)


def save(session, name, variables=None, version=tf.train.SaverDef.V2, meta=False):
    saver = tf.train.Saver(variables, write_version=version)
    path = os.path.join(HERE, name)
    saver.save(session, path, write_meta_graph=meta, latest_filename="unused")
    os.remove(os.path.join(HERE, "unused"))


def record_net():
    with tf.Graph().as_default(), tf.Session() as session:
        build("net")
        filled(session)
        save(session, "net", meta=True)
        save(session, "net_v1", version=tf.train.SaverDef.V1)
    with tf.Graph().as_default(), tf.Session() as session:
        build("net")
        filled(session)
        known = [v for v in tf.global_variables() if "last" not in v.name]
        save(session, "partial", known, meta=True)


def record_graphs():
    for name, scope, classes in (("renamed", "model", 3), ("wider", "net", 5)):
        with tf.Graph().as_default():
            build(scope, classes)
            tf.train.Saver().export_meta_graph(os.path.join(HERE, name + ".meta"))


def record_objects():
    with tf.Graph().as_default(), tf.Session() as session:
        kernel = tf.get_variable("net/first/kernel", [5, 4], use_resource=True)
        bias = tf.get_variable("net/first/bias", [4], use_resource=True)
        filled(session)
        saver = tf.train.Checkpoint(kernel=kernel, bias=bias)
        saver.write(os.path.join(HERE, "objects"), session=session)


def record_growth():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        build("net")
        kernel = tf.trainable_variables()[0]
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        saver.export_meta_graph(os.path.join(HERE, "grown-0.meta"))
        for _ in range(TURNS):
            session.run(tf.assign(kernel, kernel * 0.9))
            session.run(tf.reduce_mean(kernel))
        saver.export_meta_graph(os.path.join(HERE, "grown-%d.meta" % TURNS))
        log("grown_graph", graph)


def log(name, graph=None):
    writer = tf.summary.FileWriter(os.path.join(HERE, name), graph)
    values = [tf.Summary.Value(tag="loss", simple_value=0.5)]
    writer.add_summary(tf.Summary(value=values), 1)
    writer.close()
    [file] = os.listdir(os.path.join(HERE, name))
    whole = os.path.join(HERE, name, file)
    os.rename(whole, os.path.join(HERE, name, "events.out.tfevents.1.recorded"))


def said(scope, path, classes=3):
    """What restoring a network from a path ends with."""
    with tf.Graph().as_default(), tf.Session() as session:
        build(scope, classes)
        try:
            tf.train.Saver().restore(session, path)
        except Exception as error:
            first = str(error).partition("Original stack trace")[0].partition("\n\t [[")[0]
            return [type(error).__name__, first]
    raise AssertionError("it restored " + path)


def main():
    shutil.rmtree(HERE, ignore_errors=True)
    os.makedirs(os.path.join(HERE, "folder"))
    os.chdir(HERE)
    record_net()
    record_graphs()
    record_objects()
    record_growth()
    log("no_graph")
    errors = {
        "other names": said("model", "net"),
        "other names, version 1": said("model", "net_v1"),
        "the data file": said("net", "net.data-00000-of-00001"),
        "the graph": said("net", "net.meta"),
        "the folder": said("net", "folder"),
        "nothing there": said("net", "nett"),
        "another shape": said("net", "net", classes=5),
    }
    os.rmdir("folder")
    with open(os.path.join(GOLDEN, "mistakes.json"), "w") as file:
        json.dump(errors, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
