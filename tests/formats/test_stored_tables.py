"""The sorted tables of checkpoints: there and back, and every damaged bit is noticed."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import google_crc32c
import pytest

from graphkit._formats._table import (
    TABLE_MAGIC,
    masked_crc,
    read_table,
    unmasked,
    write_table,
)
from graphkit._formats._wire import FormatError, write_varint

STORED = Path(__file__).parents[1] / "golden" / "stored"


def entries_of(table):
    return [(key, bytes(value)) for key, value in read_table(memoryview(table))]


def block(content):
    """A block with its trailer: no compression, and the right checksum."""
    data = content + b"\0"
    return data + struct.pack("<I", masked_crc(google_crc32c.value(data)))


def table_of(data_block, *, compression=b"\0", listed=1):
    """A table of one data block, given without its trailer; the index may list it repeatedly."""
    first = block(data_block)
    if compression != b"\0":
        body = data_block + compression
        first = body + struct.pack("<I", masked_crc(google_crc32c.value(body)))
    handle = write_varint(0) + write_varint(len(data_block))
    place = b"\0\1" + write_varint(len(handle)) + b"z" + handle
    index = place * listed + struct.pack("<II", 0, 1)
    empty = struct.pack("<II", 0, 1)
    places = [len(first), len(first) + len(empty) + 5]
    footer = b"".join(
        write_varint(place) + write_varint(len(one))
        for place, one in zip(places, (empty, index), strict=True)
    )
    return first + block(empty) + block(index) + footer.ljust(40, b"\0") + TABLE_MAGIC


@pytest.mark.parametrize("count", [0, 1, 2, 50, 1000])
def test_entries_go_there_and_back(count):
    chance = random.Random(count)
    values = {chance.randbytes(1 + i % 40): chance.randbytes(30) for i in range(count)}
    entries = sorted(values.items())
    assert entries_of(write_table(entries)) == entries


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 100_000])
def test_values_of_any_size(size):
    entries = [(b"", b"head"), (b"large", bytes(size)), (b"last", b"x")]
    assert entries_of(write_table(entries)) == entries


def test_keys_share_their_beginnings_where_tensorflow_wrote_them():
    index = (STORED / "old.index").read_bytes()
    names = [key.decode() for key, _ in entries_of(index)]
    assert names == sorted(names)
    assert "net/first/weights/Momentum" in names
    assert b"net/first/weights/Momentum" not in index  # only what differs is written


# A key of two bytes, then one that shares the first; worked out by hand from the format.
SHARED = b"\0\2\1ab1" + b"\1\1\1c2" + struct.pack("<II", 0, 1)


def test_a_block_worked_out_by_hand():
    assert entries_of(table_of(SHARED)) == [(b"ab", b"1"), (b"ac", b"2")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\5\1\1x1" + struct.pack("<II", 0, 1), "an entry of its table is cut short"),
        (b"\0\x7f\1x1" + struct.pack("<II", 0, 1), "an entry of its table is cut short"),
        (b"\0\1\x7fx1" + struct.pack("<II", 0, 1), "an entry of its table is cut short"),
        (b"\0\1\1x1" + struct.pack("<II", 0, 2**31), "a block of its table contradicts itself"),
        (b"\0\1\1x1" + struct.pack("<II", 0, 9), "a block of its table contradicts itself"),
        (b"\x80" + struct.pack("<II", 0, 1), "an entry of its table is cut short"),
    ],
)
def test_blocks_that_contradict_themselves_are_refused(content, said):
    with pytest.raises(FormatError, match=said):
        entries_of(table_of(content))


def shared_keys(count, size):
    """A block of one key in full, then of keys that each add a byte to all of it."""
    key = b"\0" + write_varint(size) + b"\0" + b"k" * size
    again = b"".join(write_varint(size) + b"\1\0" + bytes([i % 256]) for i in range(count))
    return key + again + struct.pack("<II", 0, 1)


def test_keys_may_share_as_much_as_writers_let_them():
    found = entries_of(table_of(shared_keys(15, 5000)))
    assert len(found) == 16
    assert found[-1][0] == b"k" * 5000 + bytes([14])


@pytest.mark.parametrize(("count", "size"), [(1000, 5000), (100_000, 300_000)])
def test_keys_cannot_fill_the_memory_by_sharing(count, size):
    with pytest.raises(FormatError, match="keys of its table repeat each other without an end"):
        for _ in read_table(memoryview(table_of(shared_keys(count, size)))):
            pass


@pytest.mark.parametrize("keys", [b"aba", b"aab", b"baa"])
@pytest.mark.parametrize("size", [1, 5000], ids=["in a block", "in several"])
def test_keys_stand_in_order_and_once(keys, size):
    """TensorFlow ends the process over some damage under a key that another one hides."""
    table = write_table([(bytes([key]), b"x" * size) for key in keys])
    with pytest.raises(FormatError, match="the keys of its table are not in order, each once"):
        list(read_table(memoryview(table)))


@pytest.mark.parametrize("listed", [2, 3, 1000])
def test_a_block_cannot_be_read_again_and_again(listed):
    table = table_of(SHARED, listed=listed)
    with pytest.raises(FormatError, match="blocks of its table lie over each other"):
        entries_of(table)


def test_a_block_that_snappy_packed_is_read():
    literal = write_varint(len(SHARED)) + bytes([len(SHARED) - 1 << 2]) + SHARED
    assert entries_of(table_of(literal, compression=b"\1")) == [(b"ab", b"1"), (b"ac", b"2")]


def test_a_packed_block_of_nothing_is_refused():
    with pytest.raises(FormatError, match="a block of its table is cut short"):
        entries_of(table_of(b"\0", compression=b"\1"))


def test_a_block_that_is_packed_otherwise_is_refused():
    said = r"a block of its table is packed in an unknown way \(2\)"
    with pytest.raises(FormatError, match=said):
        entries_of(table_of(SHARED, compression=b"\2"))


@pytest.mark.parametrize("place", range(0, 46, 5))
def test_a_flipped_bit_in_a_block_is_noticed(place):
    table = bytearray(write_table([(b"a", b"1" * 20), (b"b", b"2")]))
    table[place] ^= 4
    with pytest.raises(FormatError, match=r"a block of its table is damaged \(byte \d+\)"):
        entries_of(table)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "does not end as a table does"),
        (TABLE_MAGIC, "does not end as a table does"),
        (bytes(48), "does not end as a table does"),
        (bytes(40) + TABLE_MAGIC, "a block of its table is cut short"),
        (b"\xff" * 40 + TABLE_MAGIC, "a number has more than ten bytes"),
        (b"\0\0\x90\x4e\x08" + bytes(35) + TABLE_MAGIC, "a block of its table is cut short"),
    ],
)
def test_what_is_no_table_is_refused(table, said):
    with pytest.raises(FormatError, match=said):
        entries_of(table)


@pytest.mark.parametrize("data", [b"", b"a", b"some more bytes"])
def test_masks_of_checksums_can_be_taken_off(data):
    crc = google_crc32c.value(data)
    assert masked_crc(crc) != crc
    assert unmasked(masked_crc(crc)) == crc
