"""Time and memory of `graphkit inspect` on large graphs: `python -m benchmarks.inspect_time`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from benchmarks._child import ChildFailed, take_turns
from benchmarks._machine import describe
from graphkit._tf import tf

__all__ = ["main", "write_graph"]

_ROUNDS = 5
_SIZES = (100, 1000)
_SIDE = 1024


def main(arguments: list[str] | None = None) -> int:
    """Prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0; 1 when `inspect` failed.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.inspect_time", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, metavar="MB", help="of the files; 100 1000")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help=f"runs of each ({_ROUNDS})")
    words = parser.parse_args(arguments)
    if min([words.rounds, *words.sizes]) < 1:
        parser.error("MB and --rounds must be at least 1")
    inspect = [sys.executable, "-m", "graphkit", "inspect"]
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder) / f"{size}.pb" for size in words.sizes or _SIZES}
        for size, path in files.items():
            write_graph(path, size)
        sides = {f"{size} MB": [*inspect, str(path)] for size, path in files.items()}
        try:
            found = take_turns({"--help": [*inspect, "--help"], **sides}, words.rounds)
        except ChildFailed as failure:
            print(failure, file=sys.stderr)
            return 1
    print("{date}, {cores} cores, {memory_gib} GiB, {system}, load {load}".format(**describe()))
    print("\n| file | seconds | memory, MiB |\n| --- | --- | --- |")
    for name, cost in found.items():
        print(f"| {name} | {cost.seconds:.2f} | {cost.mebibytes:.0f} |")
    return 0


def write_graph(path: Path, megabytes: int) -> None:
    """Writes a chain of products of matrices, of at least that many 10^6 bytes."""
    random = np.random.default_rng(0)
    before = tf.NodeDef(name="x", op="Placeholder")
    before.attr["dtype"].type = tf.float32.as_datatype_enum
    before.attr["shape"].shape.dim.add(size=-1)
    before.attr["shape"].shape.dim.add(size=_SIDE)
    count = -(-megabytes * 10**6 // (4 * _SIDE**2))
    with path.open("wb") as file:
        _append(file, before)
        for index in range(count):
            weights = tf.NodeDef(name=f"layer_{index}/weights", op="Const")
            weights.attr["dtype"].type = tf.float32.as_datatype_enum
            values = random.standard_normal((_SIDE, _SIDE), np.float32)
            weights.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(values))
            product = tf.NodeDef(name=f"layer_{index}/MatMul", op="MatMul")
            product.input.extend([before.name, weights.name])
            product.attr["T"].type = tf.float32.as_datatype_enum
            _append(file, weights)
            _append(file, product)
            before = product


def _append(file: IO[bytes], node: Any) -> None:
    """Messages one behind the other are one message with the nodes of all."""
    file.write(tf.GraphDef(node=[node]).SerializeToString())


if __name__ == "__main__":
    sys.exit(main())
