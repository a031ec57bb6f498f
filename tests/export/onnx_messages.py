"""ONNX models written field by field, without the package."""

from __future__ import annotations

import struct

import numpy as np

from graphkit._formats._wire import write_bytes, write_int, write_varint

FLOAT, INT64 = 1, 7


def message(*parts):
    return b"".join(parts)


def text(field, word):
    return write_bytes(field, word.encode())


def tensor(name, array, *, location=""):
    """A `TensorProto` with raw data, or with the name of the file that it lies in."""
    dims = message(*(write_int(1, size) for size in array.shape))
    kind = {"float32": FLOAT, "int64": INT64}[array.dtype.name]
    head = message(dims, write_int(2, kind), text(8, name))
    if not location:
        return head + write_bytes(9, array.tobytes())
    entry = text(1, "location") + text(2, location)
    return head + write_bytes(13, text(1, "offset") + text(2, "0")) + write_bytes(13, entry)


def value(name, kind, shape=None):
    """A `ValueInfoProto`; a dimension is a number, or a word where it is open."""
    parts = write_int(1, kind)
    if shape is not None:
        sizes = [write_int(1, n) if isinstance(n, int) else text(2, n) for n in shape]
        parts += write_bytes(2, message(*(write_bytes(1, size) for size in sizes)))
    return text(1, name) + write_bytes(2, write_bytes(1, parts))


def attribute(name, setting):
    """An `AttributeProto`: an integer, integers, a text, a float, or a tensor."""
    if isinstance(setting, int):
        return text(1, name) + write_int(3, setting) + write_int(20, 2)
    if isinstance(setting, str):
        return text(1, name) + text(4, setting)
    if isinstance(setting, float):
        return text(1, name) + b"\x15" + struct.pack("<f", setting)
    if isinstance(setting, np.ndarray):
        return text(1, name) + write_bytes(5, tensor("", setting))
    return text(1, name) + message(*(b"\x40" + write_varint(number) for number in setting))


def node(op, inputs, outputs, *, domain="", bodies=(), name="", **settings):
    parts = [text(1, name) for name in inputs] + [text(2, name) for name in outputs]
    parts += [text(3, name)] if name else []
    parts += [text(4, op)] + ([text(7, domain)] if domain else [])
    names = ("then_branch", "else_branch") if op == "If" else ("body",)
    for attr, body in zip(names, bodies, strict=False):
        parts.append(write_bytes(5, text(1, attr) + write_bytes(6, body)))
    parts += [write_bytes(5, attribute(key, value)) for key, value in settings.items()]
    return write_bytes(1, message(*parts))


def graph(*nodes, weights=(), inputs=(), outputs=()):
    return message(
        *nodes,
        text(2, "main"),
        *(write_bytes(5, one) for one in weights),
        *(write_bytes(11, one) for one in inputs),
        *(write_bytes(12, one) for one in outputs),
    )


def model(body, *, opsets=(("", 11),)):
    head = write_int(1, 6) + text(2, "by hand") + text(3, "1.0") + write_bytes(7, body)
    return head + message(*(write_bytes(8, text(1, d) + write_int(2, v)) for d, v in opsets))
