"""`--feed` gives freeze, convert and transform a batch to compare on, where none can be made up."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import load_graph

W = np.float32([[1, 2, 3], [0, -1, 1]])
BATCH = np.float32([[1, 1], [2, -1], [0, 3]])


@pytest.fixture
def model(tmp_path):
    """A product whose placeholder says nothing of its shape, scaled by a single number."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, name="x")
        scale = tf.placeholder(tf.float32, [], name="scale")
        tf.multiply(tf.matmul(x, W), scale, name="y")
    (tmp_path / "model.pb").write_bytes(graph.as_graph_def().SerializeToString())
    np.save(tmp_path / "my x.npy", BATCH)
    return "model.pb"


@pytest.mark.parametrize(
    "words", [("freeze",), ("convert",), ("transform", "--step", "fold_constants")]
)
def test_a_batch_is_asked_for_and_taken(graphkit, model, words):
    command, *options = words
    refused = graphkit(command, model, "-o", "m.pb", *options)
    assert (refused.code, refused.out) == (2, "")
    assert "input 'x' must be of a known, moderate shape" in refused.err
    assert "(feeds, --feed x=FILE.npy)" in refused.err
    feeds = ("--feed", "x=my x.npy", "--feed", "scale=0.5")
    done = graphkit(command, model, "-o", "m.pb", *options, *feeds, "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["batches_checked"] == 1
    with load_graph("m.pb") as frozen:
        found = frozen.run({"x": BATCH, "scale": np.float32(2)})["y"]
    np.testing.assert_allclose(found, BATCH @ W * 2, rtol=1e-6)


@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        (["x=my x.npy"], "feeds must be values for 'scale' too"),
        (["x=my x.npy", "scale=0.5", "z=1"], "no input named 'z'; there is 'scale', 'x'"),
        (["x=no.npy", "scale=1"], "no.npy: does not exist"),
        (["x=my x.npy", "scale=my x.npy"], "feeds['scale'] must be of shape ()"),
        (["x=3", "scale=1"], "MatMul"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(graphkit, model, feeds, said):
    words = [word for feed in feeds for word in ("--feed", feed)]
    outcome = graphkit("freeze", model, "-o", "m.pb", *words)
    assert (outcome.code > 0, outcome.out) == (True, "")
    assert outcome.err.count("\n") == 1
    assert said in outcome.err


def test_generated_values_that_do_not_fit_say_how_to_give_some(graphkit, tmp_path):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, None], name="x")
        tf.matmul(x, W, name="y")
    (tmp_path / "open.pb").write_bytes(graph.as_graph_def().SerializeToString())
    np.save(tmp_path / "x.npy", BATCH)
    refused = graphkit("convert", "open.pb", "-o", "m.pbtxt")
    assert refused.code == 2
    assert "feeds must be given (feeds, --feed NAME=FILE.npy)" in refused.err
    assert graphkit("convert", "open.pb", "-o", "m.pbtxt", "--feed", "x=x.npy").code == 0
