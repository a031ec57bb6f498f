"""Loads TensorFlow for a program: quietly, once, and a fifth faster.

Most of a short program's time is TensorFlow's import, and a fifth of that is the garbage collector
walking over half a million new objects of which none is garbage.
"""

from __future__ import annotations

import gc
import importlib
import os
from typing import Any

__all__ = ["load_tensorflow"]


def load_tensorflow() -> Any:
    """Imports TensorFlow with Keras 2.

    Returns:
        `tensorflow.compat.v1`.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    collecting = gc.isenabled()
    gc.disable()
    try:
        tensorflow = importlib.import_module("graphkit._tf").tf
    finally:
        if collecting:
            gc.enable()
    gc.freeze()  # what was loaded stays; later collections need not look at it
    return tensorflow
