"""Arrays between two processes: a length, a header in JSON, then the bytes of each array.

Nothing of it is ever executed, as a pickle would be: dtypes are TensorFlow's names, strings their
bytes.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf

__all__ = ["Frame", "read_frame", "write_frame"]

_LENGTH = struct.Struct("<Q")
_STRING = "string"


class Frame(NamedTuple):
    """What is sent at once.

    Attributes:
        message: Anything JSON can hold.
        arrays: Arrays of any dtype TensorFlow has; those of strings arrive as bytes.
    """

    message: dict[str, Any]
    arrays: Sequence[npt.NDArray[Any]] = ()


def write_frame(stream: BinaryIO, frame: Frame) -> None:
    """Writes a frame, and has it on its way."""
    packed = [_packed(array) for array in frame.arrays]
    entries = [entry for entry, _ in packed]
    header = json.dumps({"message": frame.message, "arrays": entries}).encode()
    stream.write(_LENGTH.pack(len(header)) + header)
    for _, data in packed:
        stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO) -> Frame:
    """Reads a frame.

    Raises:
        EOFError: The stream ends before or within it.
    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    header = json.loads(_exactly(stream, length))
    return Frame(header["message"], [_unpacked(stream, entry) for entry in header["arrays"]])


def _packed(array: npt.NDArray[Any]) -> tuple[dict[str, Any], bytes]:
    shape = list(array.shape)
    if array.dtype.kind in "OSU":
        parts = [p.encode() if isinstance(p, str) else bytes(p) for p in array.ravel().tolist()]
        entry = {"dtype": _STRING, "shape": shape, "lengths": [len(part) for part in parts]}
        return entry, b"".join(parts)
    return {"dtype": tf.as_dtype(array.dtype).name, "shape": shape}, array.tobytes()


def _unpacked(stream: BinaryIO, entry: dict[str, Any]) -> npt.NDArray[Any]:
    shape = entry["shape"]
    if entry["dtype"] == _STRING:
        strings: npt.NDArray[Any] = np.empty(len(entry["lengths"]), object)
        strings[:] = [_exactly(stream, length) for length in entry["lengths"]]
        return np.reshape(strings, shape)
    dtype = np.dtype(tf.as_dtype(entry["dtype"]).as_numpy_dtype)
    data = bytearray(_exactly(stream, math.prod(shape) * dtype.itemsize))
    numbers: npt.NDArray[Any] = np.frombuffer(data, dtype)
    return np.reshape(numbers, shape)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data
