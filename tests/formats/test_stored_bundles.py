"""Indexes of checkpoints made by hand: what contradicts itself is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import google_crc32c
import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._slice_keys import slice_key
from graphkit._formats._table import masked_crc, write_table
from graphkit._formats._wire import write_bytes, write_fixed32, write_int
from graphkit.errors import CorruptFileError

FLOAT, TEXT, INT64, RESOURCE = 1, 7, 9, 20
HEADER = write_int(1, 1) + write_bytes(3, write_int(1, 1))
VALUES = np.arange(6, dtype=np.float32)


def shape(*sizes):
    return write_bytes(2, b"".join(write_bytes(2, write_int(1, size)) for size in sizes))


def entry(dtype=FLOAT, sizes=(6,), *, shard=0, offset=0, size=24, crc=None, more=b""):
    """An entry of an index; the checksum is that of the values it means."""
    if crc is None:
        crc = masked_crc(google_crc32c.value(VALUES.tobytes()[offset : offset + size]))
    numbers = write_int(1, dtype) + shape(*sizes) + write_int(3, shard) + write_int(4, offset)
    return numbers + write_int(5, size) + write_fixed32(6, crc) + more


def piece(*extents):
    """A `TensorSliceProto` in the list of an entry; a length of None means all."""
    parts = [
        write_int(1, start) + (b"" if length is None else write_int(2, length))
        for start, length in extents
    ]
    return write_bytes(7, b"".join(write_bytes(1, part) for part in parts))


@pytest.fixture
def checkpoint(tmp_path):
    """Writes a checkpoint of these entries, over the bytes of VALUES; gives its prefix."""

    def write(entries, header=HEADER, data=None):
        Path(f"{tmp_path}/m.data-00000-of-00001").write_bytes(data or VALUES.tobytes())
        table = {b"": header} | entries
        (tmp_path / "m.index").write_bytes(write_table(sorted(table.items())))
        return tmp_path / "m"

    return write


def test_values_lie_where_the_index_says(checkpoint):
    entries = {b"a": entry(sizes=(2, 2), size=16), b"b": entry(sizes=(2,), offset=16, size=8)}
    found = read_checkpoint(checkpoint(entries))
    assert found.read("a").tolist() == [[0, 1], [2, 3]]
    assert found.read("b").tolist() == [4, 5]


def test_values_may_lie_in_any_order_and_have_no_bytes(checkpoint):
    entries = {
        b"a": entry(sizes=(2,), offset=16, size=8),
        b"b": entry(sizes=(4,), size=16),
        b"c": entry(sizes=(0,), offset=16, size=0),
    }
    found = read_checkpoint(checkpoint(entries))
    assert [found.read(name).tolist() for name in "abc"] == [[4, 5], [0, 1, 2, 3], []]


def test_a_shape_given_in_parts_is_put_together(checkpoint):
    """As protobuf does, so that TensorFlow, which ends over what is too large, reads the same."""
    found = read_checkpoint(checkpoint({b"a": entry(sizes=(2,), more=shape(3))}))
    assert found.read("a").tolist() == [[0, 1, 2], [3, 4, 5]]
    larger = checkpoint({b"a": entry(sizes=(2**40,), more=shape(2**40))})
    with pytest.raises(CorruptFileError, match="more elements than a tensor can have"):
        read_checkpoint(larger)


def test_a_tensor_of_more_dimensions_than_an_array_is_refused(checkpoint):
    """TensorFlow's tensors have up to 254."""
    wide, whole = (1,) * 70, ((0, 1),) * 70
    entries = {b"a": entry(sizes=wide, size=4)}
    entries[b"b"] = entry(sizes=wide, size=0, more=piece(*whole))
    entries[slice_key("b", whole)] = entry(sizes=wide, offset=4, size=4)
    stored = read_checkpoint(checkpoint(entries))
    with pytest.raises(CorruptFileError, match="'a' has 70 dimensions; no array has more"):
        stored.read("a")
    with pytest.raises(CorruptFileError, match="'b' has 70 dimensions; no array has more"):
        stored.read("b")


@pytest.mark.parametrize("offset", [0, 4, 20])
def test_values_that_share_bytes_are_refused(checkpoint, offset):
    entries = {b"a": entry(), b"b": entry(sizes=(1,), offset=offset, size=4)}
    with pytest.raises(CorruptFileError, match=r"values lie over each other in m\.data-00000"):
        read_checkpoint(checkpoint(entries))


def test_pieces_that_share_bytes_are_refused(checkpoint):
    """A thousand pieces of the same bytes would make up a thousand times the file."""
    rows = [((row, 1), (0, 6)) for row in range(1000)]
    more = b"".join(piece(*row) for row in rows)
    entries = {b"v": entry(sizes=(1000, 6), size=0, more=more)}
    entries |= {slice_key("v", row): entry(sizes=(1, 6)) for row in rows}
    with pytest.raises(CorruptFileError, match="values lie over each other"):
        read_checkpoint(checkpoint(entries))


def test_a_piece_that_is_listed_again_and_again_is_refused(checkpoint):
    row = ((0, 1), (0, 6))
    entries = {b"v": entry(sizes=(1000, 6), size=0, more=piece(*row) * 1000)}
    entries[slice_key("v", row)] = entry(sizes=(1, 6))
    stored = read_checkpoint(checkpoint(entries))
    with pytest.raises(CorruptFileError, match=r"pieces of 'v' do not make up \[1000, 6\]"):
        stored.read("v")


def test_pieces_are_put_in_their_places(checkpoint):
    rows = [((0, 1), (0, 3)), ((1, 1), (0, 3))]
    entries = {b"v": entry(sizes=(2, 3), size=0, more=b"".join(piece(*row) for row in rows))}
    for number, row in enumerate(rows):
        # The second row comes first in the data.
        entries[slice_key("v", row)] = entry(sizes=(1, 3), offset=12 * (1 - number), size=12)
    assert read_checkpoint(checkpoint(entries)).read("v").tolist() == [[3, 4, 5], [0, 1, 2]]


def test_a_piece_may_be_all_of_a_dimension(checkpoint):
    columns = [((0, None), (0, 2)), ((0, None), (2, 1))]
    entries = {b"v": entry(sizes=(2, 3), size=0, more=b"".join(piece(*one) for one in columns))}
    entries[slice_key("v", ((0, -1), (0, 2)))] = entry(sizes=(2, 2), size=16)
    entries[slice_key("v", ((0, -1), (2, 1)))] = entry(sizes=(2, 1), offset=16, size=8)
    assert read_checkpoint(checkpoint(entries)).read("v").tolist() == [[0, 1, 4], [2, 3, 5]]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (b"", "claims to have 0 data files"),
        (write_int(1, 2**40), "claims to have 1099511627776 data files"),
        (write_int(1, 1) + write_int(2, 1), "written by a machine of the other byte order"),
        (b"\x08", "a number is cut short"),
        (b"\x0a\x01x", "bytes stand where a number should"),
    ],
)
def test_headers_that_cannot_be_are_refused(checkpoint, header, said):
    with pytest.raises(CorruptFileError, match=said):
        read_checkpoint(checkpoint({b"a": entry()}, header))


def test_the_file_of_an_empty_value_has_to_be_there(checkpoint):
    prefix = checkpoint({b"a": entry(sizes=(0,), size=0)}, write_int(1, 2))
    with pytest.raises(CorruptFileError, match=r"m\.data-00000-of-00002, .* is not beside it"):
        read_checkpoint(prefix)


def test_an_index_without_a_header_is_refused(checkpoint):
    prefix = checkpoint({b"a": entry()})
    Path(f"{prefix}.index").write_bytes(write_table([(b"a", entry())]))
    with pytest.raises(CorruptFileError, match="its index has no header"):
        read_checkpoint(prefix)


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({b"a": entry(size=25)}, "24 bytes of m.data-00000-of-00001 where 25 are needed"),
        ({b"a": entry(offset=2**60)}, "where 115292150460684"),
        ({b"a": entry(offset=-4)}, "an entry contradicts itself"),
        ({b"a": entry(size=-4)}, "an entry contradicts itself"),
        ({b"a": entry(sizes=(-1,))}, "an entry contradicts itself"),
        ({b"a": entry(shard=3)}, "names a data file beyond its 1"),
        ({b"a": entry(shard=-1)}, "an entry contradicts itself"),
        ({b"a": b"\x08"}, "a number is cut short"),
        ({b"a\xff": entry()}, "a name is not UTF-8"),
        ({b"v": entry(more=piece((0, 6)))}, "a piece of 'v' is missing"),
    ],
)
def test_entries_that_cannot_be_are_refused_when_it_is_opened(checkpoint, entries, said):
    with pytest.raises(CorruptFileError, match=f"m: the checkpoint cannot be read: .*{said}"):
        read_checkpoint(checkpoint(entries))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (entry(sizes=(7,)), r"'v' has 6 values, not those of \[7\]"),
        (entry(sizes=(2**40,)), r"'v' has 6 values, not those of \[1099511627776\]"),
        (entry(INT64, sizes=(3,), size=20), "20 bytes are no whole number of int64 values"),
        (entry(crc=1), "its checksum is wrong"),
        (entry(RESOURCE), "values of resource cannot be read"),
        (entry(99), "values of unknown dtype 99 cannot be read"),
        (entry(TEXT, sizes=(2**50,)), "24 bytes cannot hold 1125899906842624 texts"),
        (entry(TEXT, sizes=(2,)), "its texts are cut short"),
        (entry(TEXT, sizes=(24,)), "a number is cut short"),
        (entry(TEXT, sizes=(2**31, 2**31)), r"24 bytes cannot hold 46\d+ texts"),
    ],
)
def test_values_that_cannot_be_are_refused_when_they_are_read(checkpoint, given, said):
    found = read_checkpoint(checkpoint({b"v": given}))
    with pytest.raises(CorruptFileError, match=f"m: 'v' cannot be read: {said}"):
        found.read("v")


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([((0, 2),)], r"the pieces of 'v' do not make up \[6\]"),
        ([((0, 6),), ((0, 6),)], r"the pieces of 'v' do not make up \[6\]"),
        ([((4, 6),)], r"a piece of 'v' reaches beyond \[6\]"),
        ([((0, 6), (0, 1))], "a piece of 'v' is of another rank"),
    ],
)
def test_pieces_that_do_not_fit_are_refused(checkpoint, pieces, said):
    entries = {b"v": entry(size=0, more=b"".join(piece(*one) for one in pieces))}
    for one in pieces:
        entries[slice_key("v", one)] = entry(sizes=(one[0][1],), size=4 * one[0][1])
    found = read_checkpoint(checkpoint(entries, data=bytes(64)))
    with pytest.raises(CorruptFileError, match=said):
        found.read("v")


def test_a_piece_of_another_size_than_its_values_is_refused(checkpoint):
    entries = {b"v": entry(size=0, more=piece((0, 2)) + piece((2, 4)))}
    entries[slice_key("v", ((0, 2),))] = entry(sizes=(2,), size=12)
    entries[slice_key("v", ((2, 4),))] = entry(sizes=(4,), offset=12, size=12)
    with pytest.raises(CorruptFileError, match=r"'v' has 3 values, not those of \[2\]"):
        read_checkpoint(checkpoint(entries)).read("v")


def test_pieces_that_claim_more_than_memory_are_not_made(checkpoint):
    cuts = [((0, 3),), ((3, 2**50),)]
    entries = {b"v": entry(sizes=(2**50 + 3,), size=0, more=b"".join(piece(*c) for c in cuts))}
    for offset, cut in zip((0, 12), cuts, strict=True):
        entries[slice_key("v", cut)] = entry(sizes=(cut[0][1],), offset=offset, size=12)
    with pytest.raises(CorruptFileError, match=r"'v' has 3 values, not those of \[1125899906"):
        read_checkpoint(checkpoint(entries)).read("v")


def test_an_index_that_names_itself_as_a_piece_has_an_end(checkpoint):
    nested = entry(size=0, more=piece((0, 6)))
    with pytest.raises(CorruptFileError, match="a piece of 'v' is missing"):
        read_checkpoint(checkpoint({b"v": nested, slice_key("v", ((0, 6),)): nested}))
