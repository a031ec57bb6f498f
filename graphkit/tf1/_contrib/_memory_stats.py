"""contrib.memory_stats: how much memory is in use, a number in the graph."""

from __future__ import annotations

import os
import resource

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["BytesInUse", "BytesLimit", "MaxBytesInUse"]


def _measured(which: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    if tf.config.experimental.list_physical_devices("GPU"):
        return np.asarray(tf.config.experimental.get_memory_info("GPU:0")[which], np.int64)
    # Without a GPU there is no device to ask: the most this process has used, in kilobytes.
    return np.asarray(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, np.int64)


def _number(which: str, name: str) -> Tensor:
    number = tf.py_func(lambda: _measured(which), [], tf.int64, stateful=True, name=name)
    number.set_shape([])
    return number


def BytesInUse() -> Tensor:
    """Measures the memory in use on the first GPU; without one, the most this process used.

    Returns:
        Bytes, an int64 scalar.
    """
    return _number("current", "BytesInUse")


def MaxBytesInUse() -> Tensor:
    """Measures the most memory used on the first GPU; without one, the most this process used.

    Returns:
        Bytes, an int64 scalar.
    """
    return _number("peak", "MaxBytesInUse")


def BytesLimit() -> Tensor:
    """Says how much memory there is on the first GPU; without one, in this machine.

    Returns:
        Bytes, an int64 scalar.
    """
    devices = load("tensorflow.python.client.device_lib").list_local_devices()
    gpus = [device.memory_limit for device in devices if device.device_type == "GPU"]
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return tf.constant(gpus[0] if gpus else machine, tf.int64, name="BytesLimit")
