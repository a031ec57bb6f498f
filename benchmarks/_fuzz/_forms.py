"""Files taken apart and put together again, with checksums and lengths that are right.

Told apart by content: archives (zip, gzip, tar), tables of checkpoints, records, arrays of NumPy,
JSON and protobuf messages. What a part is made of may have a form of its own.
"""

from __future__ import annotations

import gzip
import io
import json
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from graphkit._formats._table import TABLE_MAGIC, read_table, write_table
from graphkit._formats._wire import read_varint, write_varint
from graphkit.records._framing import FOOTER_BYTES, HEADER_BYTES, frame, parse_header

__all__ = ["Form", "Part", "taken_apart"]

Part: TypeAlias = tuple[bytes, bytes]

_BLOCK = 512
_SUM = slice(148, 156)
_ARRAY = b"\x93NUMPY\x01\x00"
_MOST_UNPACKED = 2**24
_LONGEST_NAME = 2**14  # a zip takes four times as many bytes
_BYTES, _FIXED, _KINDS = 2, {1: 8, 5: 4}, {0, 1, 2, 5}
_DAMAGE = (ValueError, OSError, EOFError, RuntimeError)


@dataclass(frozen=True)
class Form:
    """What a file consists of.

    Attributes:
        parts: Its parts, each with what names it (empty where nothing does); a list of its own.
        together: Makes a file of parts, of which there may be more or fewer.
    """

    parts: list[Part]
    together: Callable[[list[Part]], bytes]


def taken_apart(data: bytes) -> Form | None:
    """Takes a file apart; None if it has no form that is known, or is damaged."""
    form = next((form for is_of_form, form in _FORMS if is_of_form(data)), None)
    try:
        return form(data) if form else None
    except (*_DAMAGE, zipfile.BadZipFile, zlib.error, struct.error):
        return None


def _zip(data: bytes) -> Form:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > _MOST_UNPACKED:
            raise ValueError("too large")
        return Form([(one.filename.encode(), archive.read(one)) for one in members], _zipped)


def _zipped(parts: list[Part]) -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as written, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that stand twice
            for name, content in parts:
                told = name[:_LONGEST_NAME].decode("latin-1").replace("\0", "")
                info = zipfile.ZipInfo(told or "x")
                written.writestr(info, content)
        return file.getvalue()


def _gzip(data: bytes) -> Form:
    with gzip.open(io.BytesIO(data)) as file:
        parts = [(b"", file.read(_MOST_UNPACKED))]
    return Form(parts, lambda parts: gzip.compress(_joined(parts), 1, mtime=0))


def _tar(data: bytes) -> Form:
    parts, place = [], 0
    while place < len(data):
        header = data[place : place + _BLOCK]
        text = header[124:135].strip(b"\0 ")
        size = int(text, 8) if text else 0
        end = place + _BLOCK + -(-size // _BLOCK) * _BLOCK
        parts.append((header, data[place + _BLOCK : end]))
        place = end
    return Form(parts, lambda parts: b"".join(_summed(head) + data for head, data in parts))


def _summed(header: bytes) -> bytes:
    """A header of tar with the sum of its bytes; anything else as it is."""
    if len(header) != _BLOCK or header[257:262] != b"ustar":
        return header
    whole = bytearray(header)
    whole[_SUM] = b" " * 8
    whole[_SUM] = b"%06o\0 " % sum(whole)
    return bytes(whole)


def _table(data: bytes) -> Form:
    parts = [(key, bytes(value)) for key, value in read_table(memoryview(data))]
    return Form(parts, write_table)


def _records(data: bytes) -> Form:
    parts, place = [], 0
    while place < len(data):
        length = parse_header(data[place : place + HEADER_BYTES])
        if length is None:
            raise ValueError("no record")
        parts.append((b"", data[place + HEADER_BYTES :][:length]))
        place += HEADER_BYTES + length + FOOTER_BYTES
    return Form(parts, lambda parts: b"".join(frame(record) for _, record in parts))


def _array(data: bytes) -> Form:
    (length,) = struct.unpack_from("<H", data, len(_ARRAY))
    start = len(_ARRAY) + 2
    parts = [(data[start + length :], data[start : start + length])]
    return Form(parts, lambda parts: b"".join(_headed(*part) for part in parts))


def _headed(values: bytes, header: bytes) -> bytes:
    header = header[: 2**16 - 1]
    return _ARRAY + struct.pack("<H", len(header)) + header + values


def _json(data: bytes) -> Form:
    """Its values one level down; strings and numbers are damaged as the text that they are."""
    found = json.loads(data)
    if isinstance(found, list):
        parts = [(b"", json.dumps(value).encode()) for value in found]
        return Form(parts, lambda parts: b"[" + b",".join(value for _, value in parts) + b"]")
    named = [(json.dumps(k).encode(), json.dumps(value).encode()) for k, value in found.items()]
    return Form(named, lambda parts: b"{" + b",".join(map(b":".join, parts)) + b"}")


def _message(data: bytes) -> Form:
    """The fields of a protobuf message; what holds bytes gets the length that they then have."""
    message, parts, place = memoryview(data), [], 0
    while place < len(data):
        key, start = read_varint(message, place)
        head = data[place:start]
        kind = key & 7
        if kind == _BYTES:
            length, start = read_varint(message, start)
            place = start + length
        else:
            place = start + _FIXED[kind] if kind in _FIXED else read_varint(message, start)[1]
        if not key >> 3 or kind not in _KINDS or place > len(data):
            raise ValueError("no message")
        parts.append((head, data[start:place]))
    return Form(parts, lambda parts: b"".join(map(_field, parts)))


def _field(part: Part) -> bytes:
    head, content = part
    is_bytes = bool(head) and head[0] & 7 == _BYTES
    return head + (write_varint(len(content)) if is_bytes else b"") + content


def _joined(parts: list[Part]) -> bytes:
    return b"".join(content for _, content in parts)


_FORMS: tuple[tuple[Callable[[bytes], bool], Callable[[bytes], Form]], ...] = (
    (lambda data: data[:4] == b"PK\x03\x04", _zip),
    (lambda data: data[:2] == b"\x1f\x8b", _gzip),
    (lambda data: data[257:262] == b"ustar", _tar),
    (lambda data: data.endswith(TABLE_MAGIC), _table),
    (lambda data: parse_header(data[:HEADER_BYTES]) is not None, _records),
    (lambda data: data[: len(_ARRAY)] == _ARRAY, _array),
    (lambda data: data.lstrip()[:1] in (b"{", b"["), _json),
    (lambda data: len(data) > 2, _message),
)
