"""How a session uses the machine, as one small value.

TensorFlow spreads these choices over nested protocol buffers; most programs want six of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from numbers import Integral
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["SessionConfig"]

_CALLING_THREAD = -1
_NO_GPU = "-1"


@dataclass(frozen=True, kw_only=True)
class SessionConfig:
    """What a session may use of the machine.

    The defaults are those a shared machine wants: an op whose device is absent runs on one that is
    there, and GPU memory is taken as it is needed. TensorFlow 1's own defaults were the opposite
    (`soft_placement=False, memory_growth=False` restores them).

    Args:
        soft_placement: Run an op on another device when the asked one is absent or has no kernel.
        memory_growth: Take GPU memory as it is needed instead of all of it at once.
        intra_op_threads: Threads inside one op, 1 or more; `None` leaves it to TensorFlow.
        inter_op_threads: Threads that run ops side by side, 1 or more; -1 runs every op in the
            thread that calls `run`, which is faster for small graphs.
        visible_devices: The GPUs that may be used, as `"0,1"` or `[0, 1]`; `None` is all of them,
            an empty one none.
        cpu_devices: Number of virtual CPU devices, `/cpu:0` and up.
        log_placement: Let TensorFlow write each op's device to its log.

    Raises:
        ArgumentError: A number is out of range, or a GPU is listed that cannot be.
        ArgumentTypeError: A value of the wrong type.
    """

    soft_placement: bool = True
    memory_growth: bool = True
    intra_op_threads: int | None = None
    inter_op_threads: int | None = None
    visible_devices: str | Sequence[int | str] | None = None
    cpu_devices: int = 1
    log_placement: bool = False

    def __post_init__(self) -> None:
        """Refuses what TensorFlow would misread or ignore."""
        for field in fields(self):
            if isinstance(field.default, bool) and not isinstance(getattr(self, field.name), bool):
                raise _wrong_type(field.name, getattr(self, field.name), "True or False")
        _check_count("intra_op_threads", self.intra_op_threads, optional=True)
        if self.inter_op_threads != _CALLING_THREAD:
            _check_count("inter_op_threads", self.inter_op_threads, optional=True)
        _check_count("cpu_devices", self.cpu_devices, optional=False)
        _device_list(self.visible_devices)

    def to_proto(self) -> Any:
        """The same choices as the `tf.ConfigProto` that `tf.Session` takes.

        Returns:
            A new `tf.ConfigProto`, free to be changed.
        """
        proto = tf.ConfigProto(
            allow_soft_placement=self.soft_placement,
            log_device_placement=self.log_placement,
            intra_op_parallelism_threads=self.intra_op_threads or 0,
            inter_op_parallelism_threads=self.inter_op_threads or 0,
            device_count={"CPU": self.cpu_devices},
        )
        proto.gpu_options.allow_growth = self.memory_growth
        proto.gpu_options.visible_device_list = _device_list(self.visible_devices)
        return proto


def _wrong_type(argument: str, received: Any, wanted: str) -> ArgumentTypeError:
    return ArgumentTypeError("SessionConfig", argument, type(received).__name__, wanted)


def _check_count(argument: str, count: Any, *, optional: bool) -> None:
    if count is None and optional:
        return
    if isinstance(count, bool) or not isinstance(count, Integral):
        raise _wrong_type(argument, count, "an integer" + (" or None" if optional else ""))
    if count < 1:
        wanted = "1 or more" + (", or -1 for the calling thread" if "inter" in argument else "")
        raise ArgumentError("SessionConfig", argument, count, wanted)


def _device_list(devices: Any) -> str:
    """GPUs as TensorFlow's comma-separated list; its own mistakes end the process."""
    if devices is None:
        return ""
    if not isinstance(devices, str | Sequence):
        raise _wrong_type("visible_devices", devices, "a string or sequence of GPU numbers")
    parts = devices.split(",") if isinstance(devices, str) else [str(part) for part in devices]
    numbers = [part.strip() for part in parts if part.strip()]
    if not all(number.isdecimal() for number in numbers) or len(set(numbers)) < len(numbers):
        wanted = "different GPU numbers such as '0,1' or [0, 1]"
        raise ArgumentError("SessionConfig", "visible_devices", devices, wanted)
    return ",".join(numbers) if numbers else _NO_GPU
