"""`graphkit infer MODEL x.tfrecord`, where the model parses records itself, as Estimators do."""

from __future__ import annotations

import json

import pytest

from graphkit._tf import tf
from graphkit.export import convert
from graphkit.records import RecordWriter, encode_example

AGE = {"age": tf.FixedLenFeature([], tf.float32)}


def parsed():
    examples = tf.placeholder(tf.string, [None], name="examples")
    tf.multiply(tf.parse_example(tf.identity(examples), AGE)["age"], 2.0, name="y")


def parsed_in_a_row():
    examples = tf.placeholder(tf.string, [None, 1], name="examples")
    tf.multiply(tf.parse_example(tf.reshape(examples, [-1]), AGE)["age"], 2.0, name="y")


def parsed_in_a_function():
    examples = tf.placeholder(tf.string, [None], name="examples")
    parse = tf.function(lambda texts: tf.parse_example(texts, AGE)["age"], autograph=False)
    tf.multiply(tf.function(parse, autograph=False)(examples), 2.0, name="y")


def lengths():
    tf.identity(tf.strings.length(tf.placeholder(tf.string, [None], name="text")), name="y")


def write_graph(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())


@pytest.fixture
def here(tmp_path):
    """Two records, whose other features could be taken for a picture and for the input."""
    with RecordWriter(tmp_path / "x.tfrecord") as writer:
        for age in (1.5, 40.0):
            other = {"image/encoded": b"none", "examples": b"none", "text": b"four"}
            writer.write(encode_example({"age": age, **other}))
    return tmp_path


def found(outcome):
    assert outcome.code == 0, outcome.err
    return [json.loads(line)["outputs"]["y"] for line in outcome.out.splitlines()]


@pytest.mark.parametrize("build", [parsed, parsed_in_a_row, parsed_in_a_function])
def test_records_go_whole_into_a_graph_that_parses_them(graphkit, here, build):
    write_graph(here / "m.pb", build)
    assert found(graphkit("infer", "m.pb", "x.tfrecord", "--json")) == [3, 80]


def test_and_into_a_saved_model(graphkit, here):
    write_graph(here / "m.pb", parsed)
    convert("m.pb", "saved", feeds={"examples": [encode_example({"age": 1.0})]})
    assert found(graphkit("infer", "saved", "x.tfrecord", "--json")) == [3, 80]


def test_a_feature_that_was_named_is_taken_all_the_same(graphkit, here):
    write_graph(here / "m.pb", parsed)
    outcome = graphkit("infer", "m.pb", "x.tfrecord", "--feature", "text")
    assert outcome.code == 1
    assert "Could not parse example input, value: 'four'" in outcome.err


def test_other_texts_are_those_of_a_feature(graphkit, here):
    write_graph(here / "m.pb", lengths)
    assert found(graphkit("infer", "m.pb", "x.tfrecord", "--json")) == [4, 4]
