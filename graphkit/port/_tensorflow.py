"""Loads TensorFlow for a program: quietly, once, and out of the garbage collector's way."""

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
    tensorflow = importlib.import_module("graphkit._tf").tf
    gc.freeze()  # what was loaded stays; later collections need not look at it
    return tensorflow
