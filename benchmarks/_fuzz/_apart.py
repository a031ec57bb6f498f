"""A graph whose weights lie apart, and the checksum of them that it holds."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from pathlib import Path

import numpy as np

from benchmarks._fuzz._samples import Files

__all__ = ["reseal", "samples"]

_INDEX, _GRAPH = "m.pb.weights.index", "m.pb"


@functools.cache
def samples() -> list[Files]:
    """A product with a variable, frozen so; TensorFlow is needed to make it."""
    from graphkit._tf import tf
    from graphkit.export import freeze

    with tempfile.TemporaryDirectory() as folder, tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        kernel = tf.get_variable("kernel", initializer=np.ones((3, 2), np.float32))
        tf.matmul(x, kernel, name="y")
        session.run(tf.global_variables_initializer())
        freeze(session, Path(folder, _GRAPH), outputs=["y"], weights_apart=True)
        files = [file for file in Path(folder).iterdir() if file.suffix != ".json"]
        return [{file.name: file.read_bytes() for file in files}]


def reseal(files: Files) -> Files:
    """Puts the checksum of the index as it now is into the graph."""
    before = hashlib.sha256(samples()[0][_INDEX]).hexdigest().encode()
    now = hashlib.sha256(files[_INDEX]).hexdigest().encode()
    return files | {_GRAPH: files[_GRAPH].replace(before, now)}
