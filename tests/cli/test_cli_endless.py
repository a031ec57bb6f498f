"""A graph that never ends: what is said of it, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from graphkit._tf import tf

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no Ctrl-C for one process there")

# Says at once what takes long, and nothing of it is otherwise than in `python -m graphkit`.
PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from graphkit.session import _patience
_patience._TOLD_AFTER = (0.0,)
from graphkit.cli import main
main(sys.argv[1:])
"""


def write_endless(folder, kind):
    """Writes a loop whose condition stays true, and what it begins with."""
    if kind == "v1":
        tf.disable_control_flow_v2()
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None], name="x")
        # A condition by which no optimiser takes the loop for one without end, or without rounds.
        y = tf.while_loop(lambda h: tf.reduce_all(tf.equal(h, h)), lambda h: h * 0.5 + x, [x])
        tf.identity(y, name="y")
    tf.enable_control_flow_v2()
    (folder / "endless.pb").write_bytes(graph.as_graph_def().SerializeToString())
    np.save(folder / "x.npy", np.ones(2, np.float32))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("v1", ["freeze", "endless.pb", "--outputs", "y", "-o", "m.pb"]),
        ("v2", ["freeze", "endless.pb", "--outputs", "y", "-o", "m.pb"]),
        ("v1", ["convert", "endless.pb", "--target", "saved_model", "--outputs", "y", "-o", "m"]),
        ("v2", ["infer", "endless.pb", "x.npy", "--engine", "tensorflow"]),
    ],
)
def test_ctrl_c_ends_what_waits_for_it_and_nothing_is_left(tmp_path, kind, words):
    write_endless(tmp_path, kind)
    command = [sys.executable, "-c", PROGRAM, *words]
    places = os.pathsep.join(entry for entry in sys.path if entry)
    (tmp_path / "temporary").mkdir()
    given = {**os.environ, "PYTHONPATH": places, "TMPDIR": str(tmp_path / "temporary")}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, env=given, **streams) as child:
        rescue = threading.Timer(120, child.kill)
        rescue.start()
        told = child.stderr.readline()
        child.send_signal(signal.SIGINT)
        out, rest = child.communicate()
        rescue.cancel()
    assert told.startswith("endless.pb has been computing for ")
    assert (child.returncode, out, rest.strip()) == (130, "", "graphkit: interrupted")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["endless.pb", "temporary", "x.npy"]
    assert [*(tmp_path / "temporary").iterdir()] == []
