"""Writes FlatBuffers, and TFLite models of them, field by field."""

from __future__ import annotations

import struct
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number that stands in its table, in the letters of `struct`."""

    kind: str
    value: int


@dataclass(frozen=True)
class Numbers:
    """A vector of numbers."""

    kind: str
    values: tuple


def flat_file(root, mark=b"TFL3"):
    """A buffer whose first table has these fields.

    A field is a `Number`, a text, bytes, `Numbers`, a table (a dict of fields by number) or a list
    of tables; the same table is written once, however often a list names it.
    """
    data = bytearray(b"\0\0\0\0" + mark)
    written = {}
    struct.pack_into("<I", data, 0, _table(data, root, written))
    return bytes(data)


def _table(data, fields, written):
    count = max(fields, default=-1) + 1
    offsets, own = [0] * count, b""
    for number, value in sorted(fields.items()):
        offsets[number] = 4 + len(own)
        own += struct.pack(f"<{value.kind}", value.value) if type(value) is Number else bytes(4)
    table = len(data) + 4 + 2 * count
    data += struct.pack(f"<HH{count}H", 4 + 2 * count, 4 + len(own), *offsets)
    data += struct.pack("<i", 4 + 2 * count) + own
    written[id(fields)] = table
    for number, value in fields.items():
        if not isinstance(value, Number):
            field = table + offsets[number]
            struct.pack_into("<I", data, field, _elsewhere(data, value, written) - field)
    return table


def _elsewhere(data, value, written):
    """The place of what does not stand in its table."""
    if isinstance(value, dict):
        return written.get(id(value)) or _table(data, value, written)
    place = len(data)
    if isinstance(value, list):
        data += struct.pack("<I", len(value)) + bytes(4 * len(value))
        for number, table in enumerate(value):
            field = place + 4 + 4 * number
            struct.pack_into("<I", data, field, _elsewhere(data, table, written) - field)
    elif isinstance(value, Numbers):
        data += struct.pack(f"<I{len(value.values)}{value.kind}", len(value.values), *value.values)
    else:
        content = value.encode() if isinstance(value, str) else value
        data += struct.pack("<I", len(content)) + content + b"\0"
    return place


def ints(*values):
    return Numbers("i", values)


def tensor(*shape, name="", dtype=0, buffer=0, signature=None):
    fields = {0: ints(*shape), 1: Number("b", dtype), 2: Number("I", buffer), 3: name}
    return fields if signature is None else {**fields, 7: ints(*signature)}


def op(code, inputs, outputs, options=None):
    fields = {0: Number("I", code), 1: ints(*inputs), 2: ints(*outputs)}
    return fields if options is None else {**fields, 4: options}


def subgraph(tensors, ops, inputs=(0,), outputs=()):
    return {0: tensors, 1: ints(*inputs), 2: ints(*outputs), 3: ops}


def code(number, name=None):
    """An op type, in both of the fields that may say it."""
    fields = {0: Number("b", min(number, 127)), 3: Number("i", number)}
    return fields if name is None else {**fields, 1: name}


def model(codes, graphs, buffers=(b"",), description="by hand"):
    return {
        0: Number("I", 3),
        1: list(codes),
        2: list(graphs),
        3: description,
        4: [{0: content} if content else {} for content in buffers],
    }
