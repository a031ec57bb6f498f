"""Running source as the program's own: compiled and rewritten by graphkit."""

from __future__ import annotations

import numpy as np

from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler


def run(source, python2=False, **names):
    """Runs source with some names; returns all of them."""
    compiler = SourceCompiler(lambda _line: None)
    compiler.python2 = python2
    space = {**RUNTIME, "np": np, **names}
    exec(compiler.compile(source.encode(), "train.py").code, space)
    return space


def value(expression, python2=False, **names):
    """Computes an expression; see `run`."""
    return run(f"result = {expression}", python2, **names)["result"]
