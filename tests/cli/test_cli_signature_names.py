"""`graphkit freeze` and `convert` by the names of a SavedModel's signature, and what they print."""

from __future__ import annotations

import json

import numpy as np

from graphkit._tf import tf


def save(folder, session):
    """`y = 2 x`, which the signature calls `scores` of `examples`."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    y = tf.multiply(x, 2.0, name="y")
    signature = tf.saved_model.predict_signature_def({"examples": x}, {"scores": y})
    builder = tf.saved_model.Builder(str(folder))
    builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
    builder.save()


def test_names_of_the_signature_go_and_are_shown(graphkit, graph, session, tmp_path):
    save(tmp_path / "saved", session)
    np.save(tmp_path / "x.npy", np.ones((2, 2), np.float32))
    options = ["--inputs", "examples", "--outputs", "scores", "--feed", "examples=x.npy"]
    outcome = graphkit("freeze", "saved", "-o", "m.pb", *options)
    assert outcome.code == 0, outcome.err
    assert outcome.out.splitlines()[1:3] == [
        "  input   x  float32  (None, 2)  (examples in the signature)",
        "  output  y  float32  (None, 2)  (scores in the signature)",
    ]
    outcome = graphkit("convert", "m.pb", "-o", "m.tflite", *options, "--json")
    said = {"inputs": {"examples": "x"}, "outputs": {"scores": "y"}}
    assert json.loads(outcome.out)["signature"] == said


def test_an_unknown_name_is_told_that_of_the_signature(graphkit, graph, session, tmp_path):
    save(tmp_path / "saved", session)
    outcome = graphkit("freeze", "saved", "-o", "m.pb", "--outputs", "scorez")
    assert (outcome.code, outcome.out) == (2, "")
    assert "no tensor or op named 'scorez'; did you mean 'scores'?" in outcome.err
