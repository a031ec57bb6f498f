"""Programs as people wrote them give the graph of their checkpoint, and train nothing for that."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import load_graph

W = np.float32([[1, 2, 0], [0, -1, 3]])
NETWORK = """
x = tf.placeholder(tf.float32, [None, 2], name="x")
keep_prob = tf.placeholder(tf.float32, name="keep_prob")
w = tf.Variable(tf.zeros([2, 3]), name="w")
y = tf.matmul(tf.nn.dropout(x, keep_prob), w, name="y")
train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(y))
"""
TRAINING = """
open("trained", "w").close()
sess.run(train, {x: [[1, 1]], keep_prob: 0.5})
tf.train.Saver().save(sess, "net.ckpt")
"""
START = "sess.run(tf.global_variables_initializer())"


def indented(text, by=1):
    return "\n".join("    " * by + line for line in text.strip().splitlines())


MAIN = f"""
import argparse
import tensorflow as tf
FLAGS = None
tf.app.flags.DEFINE_integer("steps", 9, "")
def main(_):
    assert FLAGS.rate == 0.5 and tf.app.flags.FLAGS.steps == 9 and __name__ == "__main__"
{indented(NETWORK)}
    unused = tf.local_variables_initializer()
    with tf.Session() as sess:
        try:
            {START}
        except Exception:
            pass
{indented(TRAINING, 2)}
if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=0.5)
    FLAGS, rest = parser.parse_known_args()
    tf.app.run(main=main, argv=["train.py", *rest])
"""
FLAT = f"""
import tensorflow as tf
sess = tf.InteractiveSession()
assert sess.run(tf.constant(3)) == 3  # no graph of a network yet
{NETWORK}
{START}
{TRAINING}
"""
PYTHON_TWO = f"""
import tensorflow as tf
def train_it():
    print "training"
{indented(NETWORK)}
    sess = tf.Session()
    {START}
{indented(TRAINING)}
if '__main__' == __name__:
    train_it()
"""
MONITORED = f"""
import tensorflow as tf
def main(argv):
    with tf.Graph().as_default():
{indented(NETWORK, 2)}
        tf.train.get_or_create_global_step()
        with tf.train.MonitoredTrainingSession(checkpoint_dir=".") as sess:
            open("trained", "w").close()
if __name__ == "__main__":
    tf.app.run()
"""


@pytest.fixture
def folder(tmp_path):
    """A checkpoint without its graph."""
    with tf.Graph().as_default(), tf.Session() as session:
        w = tf.Variable(W, name="w")
        session.run(w.initializer)
        saver = tf.train.Saver([w, tf.Variable(7, name="global_step", dtype=tf.int64)])
        session.run(tf.global_variables_initializer())
        saver.save(session, str(tmp_path / "net.ckpt"), write_meta_graph=False)
    return tmp_path


@pytest.mark.parametrize("program", [MAIN, FLAT, PYTHON_TWO, MONITORED])
def test_a_program_runs_until_its_network_is_to_compute(folder, warm, program):
    (folder / "train.py").write_text(program)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    words = ["freeze", folder / "net.ckpt", "-o", folder / "m.pb", "--outputs", "y", "--json"]
    done = warm.graphkit(*words, "--script", folder / "train.py", folder=folder)
    assert done.returncode == 0, done.stderr
    assert "never used" not in done.stderr
    assert json.loads(done.stdout[done.stdout.index("{") :])["pins"] == {"keep_prob": 1.0}
    with load_graph(folder / "m.pb") as frozen:
        x = np.float32([[1, 1], [2, -1]])
        np.testing.assert_array_equal(frozen.run({"x": x})["y"], x @ W)
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.name in before} == before
    found = {p.name for p in folder.iterdir() if not p.name.startswith("events.")}
    assert found == {*before, "m.pb", "m.pb.json"}


def test_a_function_with_arguments_is_refused(folder, warm):
    (folder / "net.py").write_text("import tensorflow as tf\ndef net(x, rate):\n    return x\n")
    words = ["freeze", folder / "net.ckpt", "-o", folder / "m.pb"]
    done = warm.graphkit(*words, "--script", f"{folder / 'net.py'}:net", folder=folder)
    wanted = "function must be one that takes no arguments (missing a required argument: 'x')"
    assert (done.returncode, wanted in done.stderr) == (2, True)
    assert "Traceback" not in done.stderr
