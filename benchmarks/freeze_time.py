"""The time of `graphkit freeze` and of `freeze_graph.py`: `python -m benchmarks.freeze_time`.

TensorFlow 1.15.5 saves a checkpoint of a network with batch normalisation; its own tool and
graphkit freeze it by turns, each in a process of its own. Only graphkit proves what it wrote.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks._child import ChildFailed, take_turns, taken
from benchmarks._machine import describe
from benchmarks._tf115 import Unavailable, find_or_make, probe

__all__ = ["commands", "main"]

_ROUNDS = 5
_SAVES = """
import sys
import tensorflow as tf
layers, channels = int(sys.argv[2]), int(sys.argv[3])
x = hidden = tf.placeholder(tf.float32, [None, 32, 32, 3], name="x")
for _ in range(layers):
    hidden = tf.layers.conv2d(hidden, channels, 3, 2, padding="same", use_bias=False)
    hidden = tf.nn.relu(tf.layers.batch_normalization(hidden))
tf.nn.softmax(tf.layers.dense(tf.reduce_mean(hidden, [1, 2]), 10), name="y")
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, sys.argv[1])
"""


def main(arguments: list[str] | None = None) -> int:
    """Prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0; 1 when a side failed.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.freeze_time", description=__doc__)
    parser.add_argument("--tf115", type=Path, metavar="PYTHON", help="one with TensorFlow 1.15")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"runs of each ({_ROUNDS})")
    parser.add_argument("--layers", type=int, default=20, help="convolutions (20)")
    parser.add_argument("--channels", type=int, default=256, help="channels of each (256)")
    words = parser.parse_args(arguments)
    if min(words.rounds, words.layers, words.channels) < 1:
        parser.error("--rounds, --layers and --channels must be at least 1")
    try:
        if words.tf115 is not None:
            probe(words.tf115)
        old = words.tf115 or find_or_make(say=lambda line: print(line, file=sys.stderr))
        with tempfile.TemporaryDirectory() as folder:
            prefix = str(Path(folder) / "model.ckpt")
            taken([str(old), "-c", _SAVES, prefix, str(words.layers), str(words.channels)])
            found = take_turns(commands(old, prefix), words.rounds)
    except (Unavailable, ChildFailed) as failure:
        print(failure, file=sys.stderr)
        return 1
    print("{date}, {cores} cores, {memory_gib} GiB, {system}, load {load}".format(**describe()))
    print("\n| side | seconds | memory, MiB |\n| --- | --- | --- |")
    for name, cost in found.items():
        print(f"| {name} | {cost.seconds:.2f} | {cost.mebibytes:.0f} |")
    return 0


def commands(old: Path, prefix: str) -> Mapping[str, Sequence[str]]:
    """The command of each side for a checkpoint whose output is `y`."""
    tool = [str(old), "-m", "tensorflow.python.tools.freeze_graph", "--input_binary=true"]
    ours = [sys.executable, "-m", "graphkit", "freeze", prefix, "--outputs", "y"]
    return {
        "freeze_graph.py of 1.15.5": [
            *tool,
            f"--input_meta_graph={prefix}.meta",
            f"--input_checkpoint={prefix}",
            "--output_node_names=y",
            f"--output_graph={prefix}.old.pb",
        ],
        "graphkit freeze": [*ours, "-o", f"{prefix}.pb"],
    }


if __name__ == "__main__":
    sys.exit(main())
