"""Run by the interpreter at its start, in processes that a program under `graphkit run` starts.

Kept to the standard library until it is clear that the child belongs to the program. A
`sitecustomize` of the machine's own runs as well.
"""

from __future__ import annotations

import os
import sys


def _run_the_next() -> None:
    """Runs the `sitecustomize` this one stands before."""
    import importlib.machinery
    import importlib.util

    here = os.path.dirname(os.path.abspath(__file__))
    entries = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", entries)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


def _continue_the_program() -> None:
    if not os.environ.get("GRAPHKIT_RUN"):
        return
    try:
        from graphkit.port import continue_in_child
    except ImportError:
        # Another interpreter, which has no graphkit: not ours to change.
        return
    continue_in_child(sys.orig_argv)


_run_the_next()
_continue_the_program()
