"""Loads TensorFlow for a program: quietly, once, and out of the garbage collector's way.

What TensorFlow brings along may draw random numbers while it is imported, Jax does for example; the
program that chose a seed before gets the numbers it would have got.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["load_tensorflow", "same_random_numbers"]


@contextmanager
def same_random_numbers() -> Iterator[None]:
    """Puts the generators of Python and NumPy back to where they were."""
    state = random.getstate()
    generator = sys.modules.get("numpy.random")
    drawn = generator.get_state() if generator else None
    try:
        yield
    finally:
        random.setstate(state)
        if generator:
            generator.set_state(drawn)


def load_tensorflow() -> Any:
    """Imports TensorFlow with Keras 2.

    Returns:
        `tensorflow.compat.v1`.
    """
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    with same_random_numbers():
        tensorflow = importlib.import_module("graphkit._tf").tf
    gc.freeze()  # what was loaded stays; later collections need not look at it
    return tensorflow
