"""Protobuf messages read as bytes: the same as protobuf reads, and nothing beyond what is there."""

from __future__ import annotations

import random

import pytest
from google.protobuf import struct_pb2

from graphkit._formats import _wire
from graphkit._formats._wire import FormatError, fields
from graphkit._tf import tf

NUMBERS = [0, 1, 127, 128, 300, 2**31 - 1, 2**32, 2**63 - 1]


def listed(data):
    return [(n, v if isinstance(v, int) else bytes(v)) for n, v in fields(memoryview(data))]


# Worked out by hand from the encoding's description.
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", []),
        (b"\x08\x96\x01", [(1, 150)]),
        (b"\x12\x07testing", [(2, b"testing")]),
        (b"\x1a\x00", [(3, b"")]),
        (b"\x0d\x01\x02\x03\x04", [(1, b"\x01\x02\x03\x04")]),
        (b"\x09\x01\x02\x03\x04\x05\x06\x07\x08", [(1, b"\x01\x02\x03\x04\x05\x06\x07\x08")]),
        (b"\x80\x01\x05", [(16, 5)]),
        (b"\x08\x01\x08\x02", [(1, 1), (1, 2)]),
    ],
)
def test_fields_are_read(data, found):
    assert listed(data) == found


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x08", "a number is cut short"),
        (b"\x08\x80", "a number is cut short"),
        (b"\x12\x05abc", "field 2 is cut short"),
        (b"\x12\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "field 2 is cut short"),
        (b"\x0d\x01\x02\x03", "field 1 is cut short"),
        (b"\x09\x01", "field 1 is cut short"),
        (b"\x02\x00", "field 0 does not exist"),
        (b"\x00\x00", "field 0 does not exist"),
        (b"\x80\x80\x80\x80\x10\x00", "field 536870912 does not exist"),
        (b"\x0b\x0c", "field 1 is of kind 3, which does not exist"),
        (b"\x0e", "field 1 is of kind 6, which does not exist"),
        (b"\x08" + b"\xff" * 11, "more than ten bytes"),
    ],
)
def test_damaged_messages_are_refused(data, said):
    with pytest.raises(FormatError, match=said):
        listed(data)


def test_fields_share_the_memory_of_their_message():
    data = bytearray(b"\x12\x03abc")
    ((_, value),) = fields(memoryview(data))
    data[2:5] = b"xyz"
    assert bytes(value) == b"xyz"


@pytest.mark.parametrize("number", [*NUMBERS, -1, -(2**31), -(2**63)])
def test_numbers_go_there_and_back(number):
    written = _wire.write_varint(number)
    read, place = _wire.read_varint(memoryview(written), 0)
    assert (_wire.signed(read), place) == (number, len(written))


@pytest.mark.parametrize("number", NUMBERS[1:])
def test_integer_fields_are_written_as_protobuf_does(number):
    assert _wire.write_int(3, number) == tf.AttrValue(i=number).SerializeToString()


def test_zero_is_written_as_no_field():
    assert _wire.write_int(3, 0) == b""


@pytest.mark.parametrize("text", ["", "a", "ä" * 100])
def test_text_fields_are_written_as_protobuf_does(text):
    assert (
        _wire.write_bytes(3, text.encode())
        == struct_pb2.Value(string_value=text).SerializeToString()
    )


def test_packed_and_single_numbers_read_alike():
    packed = tf.AttrValue.ListValue(i=NUMBERS).SerializeToString()
    ((_, value),) = fields(memoryview(packed))
    assert list(_wire.packed_varints(value)) == NUMBERS
    assert list(_wire.packed_varints(7)) == [7]


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        (_wire.as_int, memoryview(b"a"), "bytes stand where a number should"),
        (_wire.as_bytes, 3, "a number stands where bytes should"),
        (_wire.as_text, memoryview(b"\xff"), "a name is not UTF-8"),
        (_wire.as_text, 3, "a number stands where bytes should"),
    ],
)
def test_a_field_of_another_kind_is_refused(read, value, said):
    with pytest.raises(FormatError, match=said):
        read(value)


def test_any_bytes_are_read_or_refused_within_what_is_there():
    chance = random.Random(5)
    for _ in range(3000):
        data = bytes(chance.choices(range(256), k=chance.randrange(40)))
        try:
            found = listed(data)
        except FormatError:
            continue
        assert sum(len(value) for _, value in found if isinstance(value, bytes)) <= len(data)
