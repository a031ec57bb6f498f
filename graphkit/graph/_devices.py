"""Device strings, checked where they are written and not when the session starts."""

from __future__ import annotations

import re
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["checked_device"]

_WANTED = (
    'a device such as "/cpu:0", "/gpu:1", "/device:GPU:0" or "/job:worker/task:0/cpu:0", '
    "a device function, or None"
)
_NEGATIVE = re.compile(r":-\d")


def checked_device(where: str, argument: str, device: Any) -> Any:
    """Returns what `tf.device` accepts, if it is that.

    The device need not exist on this machine: a graph may be built here and run elsewhere.

    Args:
        where: The call, for the error message.
        argument: The argument's name, for the error message.
        device: A device string, a `tf.DeviceSpec`, a device function, or `None`.

    Returns:
        The same, unchanged.

    Raises:
        ArgumentError: A string that is not a device name.
        ArgumentTypeError: Something else altogether.
    """
    if device is None or isinstance(device, tf.DeviceSpec) or callable(device):
        return device
    if not isinstance(device, str):
        raise ArgumentTypeError(where, argument, repr(device), _WANTED)
    try:
        tf.DeviceSpec.from_string(device)
    except ValueError as exc:
        raise ArgumentError(where, argument, device, _WANTED) from exc
    if _NEGATIVE.search(device):
        raise ArgumentError(where, argument, device, _WANTED)
    return device
