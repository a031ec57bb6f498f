"""What `inspect` says a graph takes and gives, where it still holds its training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import inspect_file

FREEZING = Path(__file__).parents[1] / "golden" / "freezing"  # recorded from 1.15.5
NETWORKS = sorted(path.stem for path in FREEZING.glob("*.meta"))
with np.load(FREEZING / "expected.npz") as recorded:
    OUTPUTS = {
        n: {k.split("/", 2)[2] for k in recorded if k.startswith(f"{n}/output/")} for n in NETWORKS
    }


def ends(graph, path):
    path.write_bytes(graph.as_graph_def().SerializeToString())
    details = inspect_file(path).details
    return [info.name for info in details.inputs], details.outputs


@pytest.mark.parametrize("network", NETWORKS)
def test_no_part_of_the_training_is_told(network):
    details = inspect_file(FREEZING / f"{network}.meta").details
    told = [*details.outputs, *(info.name for info in details.inputs)]
    assert not [name for name in told if name.startswith(("save/", "gradients/", "Adam"))]
    assert OUTPUTS[network] & {*details.outputs}


def test_what_only_the_training_reads_is_an_output_and_the_training_none(graph, tmp_path):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", [3, 2], use_resource=True)
    logits = tf.matmul(x, w)
    tf.summary.histogram("seen", tf.nn.softmax(logits, name="y"))
    loss = tf.reduce_mean(logits, name="loss")
    tf.train.AdamOptimizer().minimize(loss)
    tf.train.ExponentialMovingAverage(0.9).apply([w])
    tf.train.Saver()
    assert ends(graph, tmp_path / "m.pb") == (["x"], ["y", "loss"])


def test_the_text_of_a_program_stays_an_input(graph, tmp_path):
    with tf.name_scope("save"):
        words = tf.placeholder(tf.string, [None], name="words")
    tf.identity(words, name="y")
    assert ends(graph, tmp_path / "m.pb") == (["save/words"], ["y"])


def test_a_graph_without_inputs_has_outputs_all_the_same(graph, tmp_path):
    steps = tf.get_variable("steps", initializer=0.0, use_resource=False)
    tf.multiply(steps, 2.0, name="y")
    tf.assign_add(steps, 1.0, name="step")
    assert ends(graph, tmp_path / "m.pb") == ([], ["y"])


def test_the_checks_of_a_loss_are_no_outputs(graph, tmp_path):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    labels = tf.placeholder(tf.float32, [None, 2], name="t")
    logits = tf.matmul(x, tf.get_variable("w", [3, 2], use_resource=False))
    tf.nn.softmax(logits, name="y")
    tf.train.AdamOptimizer().minimize(tf.losses.softmax_cross_entropy(labels, logits))
    found = (["x", "t"], ["y", "softmax_cross_entropy_loss/value"])
    assert ends(graph, tmp_path / "m.pb") == found


def test_a_size_is_an_output_where_it_is_all_there_is(graph, tmp_path):
    tf.shape(tf.placeholder(tf.float32, [None, 3], name="x"), name="y")
    assert ends(graph, tmp_path / "m.pb") == (["x"], ["y"])
