"""Checkpoints whose index Snappy packed: read as TensorFlow reads them, refused when damaged."""

from __future__ import annotations

import random
import shutil
import struct
from pathlib import Path

import google_crc32c
import pytest

from graphkit import tf
from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._snappy import unpacked
from graphkit._formats._table import TABLE_MAGIC, masked_crc, read_table
from graphkit._formats._wire import FormatError, write_varint
from graphkit.export import inspect_file, rename_checkpoint

STORED = Path(__file__).parents[1] / "golden" / "stored" / "kinds_v2"


def of(packed):
    return bytes(unpacked(memoryview(packed)))


# Worked out by hand from the description of the format.
@pytest.mark.parametrize(
    ("packed", "plain"),
    [
        (b"\x00", b""),
        (b"\x03\x08abc", b"abc"),
        (b"\x41\xf0\x40" + b"x" * 65, b"x" * 65),  # a literal whose length takes a byte
        (b"\xad\x02\xf4\x2c\x01" + b"y" * 301, b"y" * 301),  # two
        (b"\x02\xf8\x01\x00\x00no", b"no"),  # three
        (b"\x02\xfc\x01\x00\x00\x00no", b"no"),  # four
        (b"\x08\x0cabcd\x01\x04", b"abcdabcd"),  # a near copy
        (b"\x0e\x08abc\x1d\x03", b"abcabcabcabcab"),  # it runs into what it writes
        (b"\x0a\x00z\x15\x01", b"z" * 10),
        (b"\x06\x08abc\x0a\x03\x00", b"abcabc"),  # a distance of two bytes
        (b"\x06\x08abc\x0b\x02\x00\x00\x00", b"abcbcb"),  # of four
        (
            b"\xb1\x02\xf4\x2b\x01" + b"a" + b"b" * 299 + b"\x25\x2c",
            b"a" + b"b" * 299 + b"a" + b"b" * 4,
        ),
    ],
)
def test_elements_worked_out_by_hand(packed, plain):
    assert of(packed) == plain


@pytest.mark.parametrize(
    ("packed", "said"),
    [
        (b"", "a number is cut short"),
        (b"\x03", "0 bytes were packed where 3 should be"),
        (b"\x04\x08abc", "3 bytes were packed where 4 should be"),
        (b"\x02\x08abc", "3 bytes were packed where 2 should be"),
        (b"\x03\x08ab", "what is packed is cut short"),
        (b"\x03\xf0", "what is packed is cut short"),
        (b"\x03\xfc\xff\xff\xff\xff", "what is packed is cut short"),
        (b"\x05\x01", "what is packed is cut short"),
        (b"\x05\x00a\x01\x00", "what is packed repeats what was not there"),
        (b"\x05\x00a\x01\x02", "what is packed repeats what was not there"),
        (b"\x05\x01\x01", "what is packed repeats what was not there"),
        (b"\xff\xff\xff\xff\x0f\x00a", "1 bytes were packed where 4294967295 should be"),
    ],
)
def test_what_is_damaged_is_refused(packed, said):
    with pytest.raises(FormatError, match=f"^{said}$"):
        of(packed)


def test_bytes_by_chance_are_told_or_refused():
    chance = random.Random(1)
    for _ in range(500):
        packed = chance.randbytes(chance.randrange(40))
        try:
            assert len(of(packed)) <= 64 * len(packed)
        except FormatError:
            continue


def packed_by_pieces(plain):
    """A stream of literals, and of copies wherever four bytes stood there before."""
    stream, place = write_varint(len(plain)), 0
    while place < len(plain):
        before = plain.rfind(plain[place : place + 4], 0, place)
        if 0 <= before and place + 4 <= len(plain):
            stream += b"\x0e" + (place - before).to_bytes(2, "little")
            place += 4
        else:
            stream += b"\x00" + plain[place : place + 1]
            place += 1
    return stream


def packed_table(index):
    """A table's entries again, in one packed block."""
    block = b"".join(
        b"\0" + write_varint(len(key)) + write_varint(len(value)) + key + bytes(value)
        for key, value in read_table(memoryview(index))
    )
    table, handles, last = b"", [], b"\xff"
    ends = struct.pack("<II", 0, 1)
    for content in (block, b"", None):
        if content is None:
            content = b"\0\1" + write_varint(len(handles[0])) + last + handles[0]
        body = packed_by_pieces(content + ends)
        handles.append(write_varint(len(table)) + write_varint(len(body)))
        body += b"\1"
        table += body + struct.pack("<I", masked_crc(google_crc32c.value(body)))
    return table + (handles[1] + handles[2]).ljust(40, b"\0") + TABLE_MAGIC


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    """A checkpoint of real TensorFlow whose index is packed; TensorFlow reads it."""
    prefix = tmp_path_factory.mktemp("packed") / "model.ckpt"
    plain = STORED.with_name("kinds_v2.index").read_bytes()
    index = packed_table(plain)
    assert index != plain
    Path(f"{prefix}.index").write_bytes(index)
    for data in STORED.parent.glob("kinds_v2.data*"):
        shutil.copy(data, f"{prefix}{data.name.removeprefix('kinds_v2')}")
    return prefix


def bits(values):
    return values.tolist() if values.dtype == object else values.tobytes()


def test_values_are_those_that_tensorflow_reads(packed):
    theirs = tf.train.load_checkpoint(str(packed))
    ours = read_checkpoint(packed)
    assert set(ours.variables) == set(theirs.get_variable_to_shape_map())
    for name in ours.variables:
        assert bits(ours.read(name)) == bits(theirs.get_tensor(name))


def test_it_is_inspected_and_renamed(packed, tmp_path):
    report = inspect_file(packed)
    first = next(iter(sorted(read_checkpoint(packed).variables)))
    assert report.kind == "checkpoint"
    assert first in report.to_tree()
    rename_checkpoint(packed, tmp_path / "new.ckpt", {first: "another"})
    assert (
        "another"
        in tf.train.load_checkpoint(str(tmp_path / "new.ckpt")).get_variable_to_shape_map()
    )
