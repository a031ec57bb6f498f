"""`graphkit freeze` on sources that are no checkpoint with its graph, as a user types it."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import freeze_session, inspect_file, load_graph

PROGRAM = """
import tensorflow as tf


def build():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("net"):
        w = tf.get_variable("w", [2, 3])
    tf.contrib.layers.softmax(tf.matmul(x, w), scope="prob")


if __name__ == "__main__":
    raise SystemExit("the program itself was run")
"""
W = np.float32([[1, 2, 3], [0, -1, 1]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkpoint without its graph, the program that builds that, and a frozen graph."""
    place = tmp_path_factory.mktemp("a user's folder")
    (place / "model.py").write_text(PROGRAM)
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.get_variable("net/w", initializer=W)
        tf.matmul(tf.placeholder(tf.float32, [None, 2], name="x"), w, name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(place / "bare.ckpt"), write_meta_graph=False)
        freeze_session(session, place / "frozen.pb", outputs="y")
        tf.saved_model.simple_save(
            session,
            str(place / "model"),
            {"x": session.graph.get_tensor_by_name("x:0")},
            {"y": session.graph.get_tensor_by_name("y:0")},
        )
    return place


def test_a_program_gives_the_graph_of_its_checkpoint(folder, tmp_path, warm):
    words = ["freeze", folder / "bare.ckpt", "--json", "-o", tmp_path / "m.pb"]
    script = ["--script", f"{folder / 'model.py'}:build"]
    done = warm.graphkit(*words, *script, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    [output] = json.loads(done.stdout)["outputs"]
    x = np.float32([[1, 1], [2, -1]])
    with load_graph(tmp_path / "m.pb") as frozen:
        [found] = frozen.run({"x": x}).values()
    powers = np.exp(x @ W - (x @ W).max(axis=1, keepdims=True))
    np.testing.assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), rtol=1e-5)
    assert output["name"].startswith("prob")


@pytest.mark.parametrize(
    ("source", "options", "output"),
    [
        ("frozen.pb", [], "y"),
        ("frozen.pb", ["--outputs", "y:0", "--inputs", "x"], "y"),
        ("model", ["--signature", "serving_default", "--tag", "serve"], "y"),
    ],
)
def test_a_source_needs_no_names(graphkit, folder, tmp_path, source, options, output):
    result = graphkit("freeze", folder / source, "-o", tmp_path / "m.pb", *options)
    assert result.code == 0, result.err
    assert f"output  {output}  float32  (None, 3)" in result.out


@pytest.mark.parametrize(
    ("source", "options", "code", "words"),
    [
        ("bare.ckpt", [], 2, "bare.ckpt.meta: does not exist"),
        ("bare.ckpt", ["--graph", "a", "--script", "b"], 2, "--graph and --script both give"),
        ("model", ["--signature", "predict"], 2, "no signature named 'predict'"),
        ("nowhere", [], 2, "nowhere: does not exist"),
        ("model.py", [], 1, "holds no graph"),
    ],
)
def test_what_is_missing_is_told_in_a_line(
    graphkit, folder, tmp_path, source, options, code, words
):
    result = graphkit("freeze", folder / source, "-o", tmp_path / "m.pb", *options)
    assert result.code == code
    assert words in result.err
    assert "Traceback" not in result.err
    assert not (tmp_path / "m.pb").exists()


def test_transforms_are_told_step_by_step(graphkit, folder, tmp_path):
    steps = ["--transform", "fold_batch_norms", "--transform", "quantize_weights:min_elements=1"]
    result = graphkit("freeze", folder / "frozen.pb", "-o", tmp_path / "m.pb", *steps)
    assert (result.code, result.err) == (0, "")
    first, second = [
        line for line in result.out.splitlines() if line.startswith(("  fold", "  qu"))
    ]
    assert first == "  fold_batch_norms: found no batch norm to fold"
    assert second.startswith("  quantize_weights: nodes ")
    assert inspect_file(tmp_path / "m.pb").details.ops["Cast"] == 1


def test_normalisations_built_for_training_are_told(graphkit, tmp_path):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 1, 1, 2], name="x")
        y = tf.nn.fused_batch_norm(x, tf.ones([2]), tf.zeros([2]), name="norm")[0]
        tf.identity(y, name="y")
    (tmp_path / "trained.pb").write_bytes(graph.as_graph_def().SerializeToString())
    outcome = graphkit("freeze", "trained.pb", "--outputs", "y", "-o", "m.pb")
    (told,) = [line for line in outcome.out.splitlines() if line.startswith("  careful")]
    assert told.startswith("  careful norm of 1 that normalise by the batch they are given, ")


def test_weights_apart_are_told_and_run_as_one_model(graphkit, folder, tmp_path):
    result = graphkit("freeze", folder / "frozen.pb", "-o", "apart.pb", "--weights-apart")
    assert result.code == 0, result.err
    assert "  weights lie apart, in apart.pb.weights.*; both belong together\n" in result.out
    np.save("rows.npy", np.float32([[1, 1]]))
    found = graphkit("infer", "apart.pb", "rows.npy", "--json")
    assert (found.code, found.err) == (0, "")
    assert "\nweights apart: apart.pb.weights.*" in graphkit("inspect", "apart.pb").out
    (tmp_path / "apart.pb.weights.index").unlink()
    gone = graphkit("infer", "apart.pb", "rows.npy")
    assert gone.code == 2
    assert "apart.pb.weights.index: does not exist; the weights of apart.pb lie" in gone.err


def test_branches_that_no_batch_takes_are_told(warm, tmp_path):
    """Of three, one is forced; one refuses the batch, one hangs on what a loop computes."""
    tf.disable_control_flow_v2()
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        large = [tf.greater(tf.reduce_sum(x), 1e6, name=name) for name in ("large", "odd")]
        doubled = tf.cond(large[0], lambda: x * 2, lambda: x)
        picked = tf.cond(large[1], lambda: x + tf.reduce_sum(tf.gather(x, [9])), lambda: x)

        def step(i, h):
            return i + 1, tf.cond(tf.greater(i, 5, name="late"), lambda: h * 2, lambda: h + 1)

        counted = tf.while_loop(lambda i, _: i < 3, step, [0, x])[1]
        tf.add_n([doubled, picked, counted], name="y")
    tf.enable_control_flow_v2()
    (tmp_path / "source.pb").write_bytes(graph.as_graph_def().SerializeToString())
    words = ["freeze", tmp_path / "source.pb", "--outputs", "y", "-o", tmp_path / "m.pb"]
    done = warm.graphkit(*words, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "  forced  large=True, in both, and compared" in lines
    assert "  careful not compared in every branch: odd=True, while/late" in lines
