"""Checkpoints of version 1 made by hand, and networks of 1.15.5: names, pieces, damage."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._formats._slice_keys import slice_key
from graphkit._formats._table import write_table
from graphkit._formats._wire import write_bytes, write_int
from graphkit.errors import CorruptFileError

NETWORKS = Path(__file__).parents[1] / "golden" / "checkpoints"
RECORDED = json.loads((NETWORKS / "recorded.json").read_text())
FLOAT, INT32 = 1, 3


@pytest.mark.parametrize("network", sorted(RECORDED))
def test_networks_of_1_15_have_the_variables_it_listed(network):
    found = read_checkpoint(NETWORKS / network)
    listed = {n: [v.dtype.name, list(v.shape)] for n, v in found.variables.items()}
    assert listed == RECORDED[network]["contents"]
    for name, variable in found.variables.items():
        assert found.read(name).shape == variable.shape


def shape(*sizes):
    return b"".join(write_bytes(2, write_int(1, size)) for size in sizes)


def place(*extents):
    """A `TensorSliceProto`; None means all of a dimension."""
    return b"".join(
        write_bytes(1, b"" if one is None else write_int(1, one[0]) + write_int(2, one[1]))
        for one in extents
    )


def listed(name, dtype, sizes, *places):
    """What the table's first entry says of a variable."""
    parts = write_bytes(1, name.encode()) + write_bytes(2, shape(*sizes)) + write_int(3, dtype)
    return write_bytes(1, parts + b"".join(write_bytes(4, one) for one in places))


def saved(name, where, numbers):
    """A piece: its key and its entry, the numbers as a list of floats."""
    tensor = write_int(1, FLOAT) + write_bytes(5, struct.pack(f"<{len(numbers)}f", *numbers))
    parts = write_bytes(1, name.encode()) + write_bytes(2, where) + write_bytes(3, tensor)
    return slice_key(name, ((len(where), 1),)), write_bytes(2, parts)


@pytest.fixture
def checkpoint(tmp_path):
    def write(meta, *pieces):
        (tmp_path / "m").write_bytes(write_table(sorted([(b"", write_bytes(1, meta)), *pieces])))
        return tmp_path / "m"

    return write


ALL = place(None)


def test_a_whole_variable(checkpoint):
    meta = listed("v", FLOAT, [3], ALL)
    found = read_checkpoint(checkpoint(meta, saved("v", ALL, [1, 2, 3])))
    assert (found.version, found.read("v").tolist()) == ("V1", [1, 2, 3])


def test_a_variable_in_two_pieces(checkpoint):
    first, second = place((0, 1), None), place((1, 2), (0, 2))
    meta = listed("v", FLOAT, [3, 2], first, second)
    pieces = [saved("v", second, [3, 4, 5, 6]), saved("v", first, [1, 2])]
    found = read_checkpoint(checkpoint(meta, *pieces)).read("v")
    assert found.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_the_dtype_is_what_the_list_says(checkpoint):
    meta = listed("v", INT32, [2], ALL)
    found = read_checkpoint(checkpoint(meta, saved("v", ALL, [1, 2]))).read("v")
    np.testing.assert_array_equal(found, np.array([1, 2], np.int32))
    assert found.dtype == np.int32


def test_variables_come_sorted_by_name(checkpoint):
    meta = b"".join(listed(name, FLOAT, [1], ALL) for name in ("b", "c", "a"))
    prefix = checkpoint(meta, *(saved(name, ALL, [ord(name)]) for name in "abc"))
    found = read_checkpoint(prefix)
    assert {name: float(found.read(name)[0]) for name in found.variables} == {
        "a": 97.0,
        "b": 98.0,
        "c": 99.0,
    }
    assert list(found.variables) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        (listed("v", FLOAT, [3], place((0, 1))), "a piece of 'v' is missing"),
        (listed("w", FLOAT, [3], ALL), "a piece of 'w' is missing"),
        (listed("v", FLOAT, [-1], ALL), "'v' is of no definite shape"),
        (b"\x0a\x05v", "field 1 is cut short"),
        (b"\x0a\x02\x08\x01", "a number stands where bytes should"),
    ],
)
def test_lists_that_cannot_be_are_refused_when_it_is_opened(checkpoint, meta, said):
    with pytest.raises(CorruptFileError, match=f"m: the checkpoint cannot be read: {said}"):
        read_checkpoint(checkpoint(meta, saved("v", ALL, [1, 2, 3])))


@pytest.mark.parametrize(
    ("sizes", "numbers", "said"),
    [
        ([4], [1, 2, 3], "3 values stand where 4 should"),
        ([2**60], [1], "1 values stand where 1152921504606846976 should"),
        ([0], [1], "1 values stand where 0 should"),
    ],
)
def test_values_of_another_number_are_refused_when_they_are_read(checkpoint, sizes, numbers, said):
    found = read_checkpoint(checkpoint(listed("v", FLOAT, sizes, ALL), saved("v", ALL, numbers)))
    with pytest.raises(CorruptFileError, match=f"'v' cannot be read: {said}"):
        found.read("v")


def test_pieces_that_overlap_are_refused(checkpoint):
    first, second = place((0, 2)), place((1, 2))
    meta = listed("v", FLOAT, [3], first, second)
    found = read_checkpoint(checkpoint(meta, saved("v", first, [1, 2]), saved("v", second, [2, 3])))
    with pytest.raises(CorruptFileError, match=r"the pieces of 'v' do not make up \[3\]"):
        found.read("v")


def test_a_variable_without_pieces_has_no_values(checkpoint):
    found = read_checkpoint(checkpoint(listed("v", FLOAT, [3])))
    with pytest.raises(CorruptFileError, match=r"the pieces of 'v' do not make up \[3\]"):
        found.read("v")
