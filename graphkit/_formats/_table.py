"""The sorted table of keys and values that checkpoints are written in (LevelDB's format).

    table   = data block*  metaindex block  index block  footer
    block   = entry*  uint32 restart*  uint32 restarts   then: byte compression, uint32 crc
    entry   = varint shared  varint fresh  varint length  byte key[fresh]  byte value[length]
    footer  = handle of metaindex, handle of index, padding to 40 bytes, 8 bytes of magic

A key repeats the first `shared` bytes of the one before. The index block leads to the data blocks.
See https://github.com/google/leveldb/blob/main/doc/table_format.md.

What is read stays in proportion to the file: data blocks follow each other, and a key stands whole
at every restart, which writers put before each sixteenth at the latest. Blocks are plain, or packed
by Snappy.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator

import google_crc32c

from graphkit._formats._snappy import unpacked
from graphkit._formats._wire import FormatError, read_varint, write_varint

__all__ = ["TABLE_MAGIC", "masked_crc", "read_table", "unmasked", "write_table"]

TABLE_MAGIC = bytes.fromhex("57fb808b247547db")

_FOOTER = 48
_TRAILER = 5
_BLOCK = 4096
_RESTART = 16
_PLAIN, _PACKED = 0, 1
_MASK_DELTA = 0xA282EAD8
_WORD = struct.Struct("<I")


def masked_crc(crc: int) -> int:
    """A checksum as files hold it, so that checksums of checksums do not degenerate."""
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def unmasked(stored: int) -> int:
    """The checksum that was masked."""
    rotated = (stored - _MASK_DELTA) & 0xFFFFFFFF
    return (rotated >> 17 | rotated << 15) & 0xFFFFFFFF


def read_table(file: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Goes through keys and values, in the order of the keys.

    Args:
        file: The bytes of the whole table.

    Yields:
        Each key, and its value in place.

    Raises:
        FormatError: The table is damaged or cut short.
    """
    if len(file) < _FOOTER or bytes(file[-len(TABLE_MAGIC) :]) != TABLE_MAGIC:
        raise FormatError("does not end as a table does (bad magic number)")
    footer = file[-_FOOTER:]
    _, place = _handle(footer, 0)
    index, _ = _handle(footer, place)
    end, last = 0, None
    for _, handle in _entries(_block(file, index)):
        (offset, size), _ = _handle(handle, 0)
        if offset < end:
            raise FormatError("blocks of its table lie over each other")
        end = offset + size
        for key, value in _entries(_block(file, (offset, size))):
            if last is not None and key <= last:
                raise FormatError("the keys of its table are not in order, each once")
            yield key, value
            last = key


def write_table(entries: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Writes a table.

    Args:
        entries: Keys and values, sorted by key, each key once.

    Returns:
        The bytes of the file.
    """
    table = bytearray()
    index: list[tuple[bytes, bytes]] = []
    waiting: list[tuple[bytes, bytes]] = []
    size = 0
    for key, value in entries:
        waiting.append((key, value))
        size += len(key) + len(value)
        if size >= _BLOCK:
            index.append((key, _append_block(table, waiting)))
            waiting, size = [], 0
    if waiting:
        index.append((waiting[-1][0], _append_block(table, waiting)))
    handles = _append_block(table, []) + _append_block(table, index)
    return bytes(table + handles.ljust(_FOOTER - len(TABLE_MAGIC), b"\0") + TABLE_MAGIC)


def _append_block(table: bytearray, entries: list[tuple[bytes, bytes]]) -> bytes:
    """Writes a block in which every key stands whole; gives the handle to it."""
    block = bytearray()
    restarts = [0]
    for key, value in entries:
        restarts.append(len(block))
        block += write_varint(0) + write_varint(len(key)) + write_varint(len(value)) + key + value
    starts = restarts[1:] or restarts
    block += b"".join(map(_WORD.pack, [*starts, len(starts)]))
    handle = write_varint(len(table)) + write_varint(len(block))
    block.append(_PLAIN)
    crc = int(google_crc32c.value(bytes(block)))
    table += block + _WORD.pack(masked_crc(crc))
    return handle


def _handle(block: memoryview, place: int) -> tuple[tuple[int, int], int]:
    offset, place = read_varint(block, place)
    size, place = read_varint(block, place)
    return (offset, size), place


def _block(file: memoryview, handle: tuple[int, int]) -> memoryview:
    offset, size = handle
    block = file[offset : offset + size + _TRAILER]
    if len(block) < size + _TRAILER or size < _WORD.size:
        raise FormatError("a block of its table is cut short")
    (stored,) = _WORD.unpack(block[size + 1 :])
    if masked_crc(int(google_crc32c.value(bytes(block[: size + 1])))) != stored:
        raise FormatError(f"a block of its table is damaged (byte {offset})")
    if block[size] not in (_PLAIN, _PACKED):
        raise FormatError(f"a block of its table is packed in an unknown way ({block[size]})")
    content = unpacked(block[:size]) if block[size] == _PACKED else block[:size]
    if len(content) < _WORD.size:
        raise FormatError("a block of its table is cut short")
    return content


def _entries(block: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    (restarts,) = _WORD.unpack(block[-_WORD.size :])
    end = len(block) - _WORD.size * (1 + restarts)
    if end < 0:
        raise FormatError("a block of its table contradicts itself")
    key, place = b"", 0
    left = _RESTART * len(block)
    while place < end:
        shared, place = read_varint(block, place)
        fresh, place = read_varint(block, place)
        length, place = read_varint(block, place)
        if shared > len(key) or place + fresh + length > end:
            raise FormatError("an entry of its table is cut short")
        key = key[:shared] + bytes(block[place : place + fresh])
        place += fresh
        left -= len(key)
        if left < 0:
            raise FormatError("the keys of its table repeat each other without an end")
        yield key, block[place : place + length]
        place += length
