"""The threads of sessions whose program does not say: TensorFlow's, or the one that calls run."""

from __future__ import annotations

import pytest

PROGRAM = """
import subprocess, sys, threading
import numpy as np
import tensorflow as tf

def in_the_calling_thread(**config):
    main = threading.get_ident()
    with tf.Graph().as_default(), tf.Session(**config) as sess:
        op = tf.py_func(lambda: np.int64(threading.get_ident()), [], tf.int64)
        return sess.run(op) == main

pool = tf.ConfigProto()
pool.session_inter_op_thread_pool.add().num_threads = 1
own = tf.ConfigProto(log_device_placement=False, intra_op_parallelism_threads=1)
print(
    in_the_calling_thread(),
    in_the_calling_thread(config=own),
    in_the_calling_thread(config=tf.ConfigProto(inter_op_parallelism_threads=2)),
    in_the_calling_thread(config=pool),
    own.inter_op_parallelism_threads,
)
try:
    tf.Session(config=3)
except TypeError as error:
    print(error)
if len(sys.argv) == 1:
    sys.stdout.flush()
    subprocess.check_call([sys.executable, "program.py", "again"])
"""
REFUSED = 'Argument `config` must be a tf.ConfigProto, but got "int"\n'


@pytest.mark.parametrize(
    ("options", "printed"),
    [
        ([], "False False False False 0\n"),
        (["--inter-op-threads", "-1"], "True True False False 0\n"),
    ],
)
def test_sessions_have_them_unless_the_program_says(warm, tmp_path, options, printed):
    (tmp_path / "program.py").write_text(PROGRAM)
    done = warm.graphkit("run", *options, "program.py", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == 2 * (printed + REFUSED)
