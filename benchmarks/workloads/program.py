"""How long a whole short program takes: start, import, graph, a hundred steps, end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks.workloads._side import Result, Side, Task, main

_IMPORTS = {
    "program.py": "import tensorflow as tf\n",
    "program_compat.py": (
        "import tensorflow.compat.v1 as tf\ntf.disable_v2_behavior()\n"  # what it takes by hand
    ),
}
_PROGRAM = """
import numpy as np

x = tf.placeholder(tf.float32, [None, 4])
y = tf.placeholder(tf.float32, [None, 1])
w = tf.get_variable("w", [4, 1], initializer=tf.zeros_initializer())
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
points = np.eye(4, dtype=np.float32)
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(100):
        _, value = sess.run([train_op, loss], {x: points, y: points[:, :1]})
print("%.6f" % value)
"""


def prepare(task: Task) -> None:
    """Writes the program, once as people wrote it and once by hand for compat.v1."""
    for name, imports in _IMPORTS.items():
        (Path(task.data) / name).write_text(imports + _PROGRAM, encoding="utf-8")


def process(name: str, *words: str) -> Side:
    """A side that runs the program in a process of its own; once before, to fill the caches."""

    def side(task: Task) -> Result:
        command = [sys.executable, *words, str(Path(task.data) / name)]
        printed = _output(command)
        started = time.perf_counter()
        for _ in range(task.work):
            _output(command)
        return Result(task.work, time.perf_counter() - started, {"printed": printed})

    return side


def _output(command: list[str]) -> str:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode()


if __name__ == "__main__":
    main(
        {
            "tf115": process("program.py"),
            "compat": process("program_compat.py"),
            "graphkit": process("program.py", "-m", "graphkit", "run"),
        },
        prepare,
    )
