"""Every key that `--json` prints has a line in docs/json.md, and every line there is printed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._wire import write_bytes, write_int
from graphkit._tf import keras, tf

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
TENSOR = {"name", "dtype", "shape"}
AUTO = ("--engine", "auto")
COMMANDS = {
    "freeze": [("freeze", "net.ckpt", "-o", "again.pb", "--outputs", "y", "--target", "tflite")],
    "convert": [("convert", "net.pb", "-o", "again.tflite")],
    "transform": [("transform", "net.pb", "-o", "again.pb", "--step", "strip_unused")],
    "infer": [("infer", "net.pb", "rows.csv", *AUTO), ("infer", "net.pb", "rows.csv")],
    "infer --top-k": [("infer", "net.pb", "rows.csv", "--top-k", "1", *AUTO)],
    "inspect: graph": [("inspect", "net.pb"), ("inspect", "net.ckpt.meta"), ("inspect", "saved")],
    "inspect: checkpoint": [("inspect", "net.ckpt")],
    "inspect: TFLite": [("inspect", "net.tflite")],
    "inspect: ONNX": [("inspect", "net.onnx")],
    "inspect: Keras": [("inspect", "net.keras")],
    "inspect: TFRecord": [("inspect", "net.tfrecord")],
    "inspect: events": [("inspect", "events")],
    "diff": [("diff", "net.pb", "wider.pb"), ("diff", "net.ckpt", "renamed.ckpt")],
    "checkpoint": [
        ("checkpoint", "rename", "net.ckpt", "w=v", "-o", "again.ckpt"),
        ("checkpoint", "convert", "net.ckpt", "-o", "again.ckpt"),
        ("checkpoint", "add-classes", "net.ckpt", "w", "-o", "again.ckpt"),
    ],
}


@pytest.fixture
def files(graphkit):
    """Two graphs, a checkpoint and a table in the working directory; calls `graphkit`."""
    for width, name in ((3, "net.pb"), (4, "wider.pb")):
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [None, width], name="x")
            tf.nn.softmax(tf.matmul(x, tf.ones([width, 2])), name="y")
        Path(name).write_bytes(graph.as_graph_def().SerializeToString())
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        w = tf.get_variable("w", initializer=np.ones([3, 2], np.float32))
        tf.nn.softmax(tf.matmul(tf.placeholder(tf.float32, [None, 3], name="x"), w), name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, "net.ckpt")
    np.savetxt("rows.csv", np.ones((2, 3)), delimiter=",")
    return graphkit


def write_of_kind(graphkit, path):
    """Writes the files that only one case reads."""
    if path == "renamed.ckpt":
        graphkit("checkpoint", "rename", "net.ckpt", "w=v", "-o", path)
    elif path == "net.onnx":
        relu = write_bytes(1, b"x") + write_bytes(2, b"y") + write_bytes(4, b"Relu")
        Path(path).write_bytes(write_int(1, 6) + write_bytes(7, write_bytes(1, relu)))
    elif path in ("saved", "net.tflite"):
        graphkit("convert", "net.pb", "-o", path)
    elif path == "net.keras":
        layers = keras().layers
        keras().Sequential([layers.Dense(2, input_shape=(3,))]).save(path)
    elif path == "net.tfrecord":
        feature = tf.train.Feature(int64_list=tf.train.Int64List(value=[1]))
        example = tf.train.Example(features=tf.train.Features(feature={"label": feature}))
        with tf.io.TFRecordWriter(path) as writer:
            writer.write(example.SerializeToString())
    elif path == "events":
        with tf.Graph().as_default(), tf.summary.FileWriter("log") as writer:
            writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=1.0)]))
        os.rename(Path("log", *os.listdir("log")), path)


def keys(value):
    """The keys of an object, and of the objects in its lists, but of tensors."""
    for key, item in value.items():
        objects = [one for one in item if isinstance(one, dict)] if isinstance(item, list) else []
        inside = {name for one in objects for name in one}
        yield from [f"{key}[].{name}" for name in inside] if inside - TENSOR else [key]


def documented(section):
    """The keys of the table of a section."""
    (text,) = re.findall(
        rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.M | re.S
    )
    first_cells = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return [key for cell in first_cells for key in re.findall(r"`([^`]+)`", cell)]


def printed(text):
    """The objects, whether they are indented or each on a line."""
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("section", COMMANDS)
def test_keys_are_those_of_the_table(files, section):
    found = set()
    for command in COMMANDS[section]:
        for path in command[1:]:
            write_of_kind(files, path)
        outcome = files(*command, "--json")
        assert outcome.code == 0, outcome.err
        found |= {key for value in printed(outcome.out) for key in keys(value)}
        for name in os.listdir():
            if name.startswith("again"):
                os.remove(name)
    # A list that is empty in one file says nothing of what another has in it.
    found -= {key.split("[]")[0] for key in found if "[]" in key}
    assert found == {*documented(section)}
    assert len(documented(section)) == len({*documented(section)})


def test_every_section_is_of_a_command():
    assert re.findall(r"^## (.*)$", PAGE.read_text(), re.MULTILINE) == [*COMMANDS]
