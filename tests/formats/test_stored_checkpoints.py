"""Checkpoints read without TensorFlow: values that 1.15.5 wrote, and damaged files."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats import _slice_keys
from graphkit._formats._checkpoint import read_checkpoint
from graphkit.errors import CorruptFileError

GOLDEN = Path(__file__).parents[1] / "golden"
STORED = GOLDEN / "stored"
VERSIONS = ["kinds_v1", "kinds_v2"]

with np.load(STORED / "kinds.npz") as recorded:
    KINDS = dict(recorded)


@pytest.fixture
def copied(tmp_path):
    """Copies a recorded checkpoint; gives its new prefix."""

    def copy(name):
        for file in STORED.glob(f"{name}*"):
            shutil.copy(file, tmp_path)
        return tmp_path / name

    return copy


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", sorted(KINDS))
def test_values_are_those_that_were_saved(version, name):
    found = read_checkpoint(STORED / version).read(name)
    assert (found.dtype, found.shape) == (KINDS[name].dtype, KINDS[name].shape)
    assert found.tobytes() == KINDS[name].tobytes()


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("nothing", "float32", (0, 3)),
        ("float64", "float64", ()),
        ("pieces/columns", "int64", (2, 10)),
        ("complex64", "complex64", (1, 1)),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_dtypes_and_shapes_are_told_without_the_values(version, name, dtype, shape):
    variable = read_checkpoint(STORED / version).variables[name]
    assert (variable.dtype.name, variable.shape) == (dtype, shape)
    assert variable.elements == np.prod(shape)


def test_texts_are_bytes_of_any_kind():
    found = read_checkpoint(STORED / "kinds_v2").read("texts")
    assert found.tolist() == [[b"", b"a\0b"], ["ä".encode(), b"x" * 200]]


def test_what_numpy_lacks_is_read_as_bits():
    checkpoint = read_checkpoint(STORED / "kinds_v2")
    assert checkpoint.variables["brain"].dtype.name == "bfloat16"
    assert checkpoint.read("brain").tolist() == [0x3F80, 0xBE20]  # 1 and -0.15625


@pytest.mark.parametrize(("version", "said"), [("kinds_v1", "V1"), ("kinds_v2", "V2")])
def test_the_version_is_told(version, said):
    assert read_checkpoint(STORED / version).version == said


def _flip(file, place):
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize("name", ["texts", "float32", "pieces/rows"])
def test_a_flipped_bit_in_a_value_is_noticed(copied, name):
    prefix = copied("kinds_v2")
    data = Path(f"{prefix}.data-00000-of-00001")
    for place in range(data.stat().st_size):
        _flip(data, place)
    with pytest.raises(CorruptFileError, match=f"kinds_v2: '{name}' cannot be read: its "):
        read_checkpoint(prefix).read(name)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("place", [0, 40, 200])
def test_a_flipped_bit_in_the_table_is_noticed(copied, version, place):
    prefix = copied(version)
    _flip(prefix if version == "kinds_v1" else Path(f"{prefix}.index"), place)
    with pytest.raises(CorruptFileError, match=r"cannot be read: a block .* is damaged \(byte 0\)"):
        read_checkpoint(prefix)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_table_cut_anywhere_is_refused(copied, version):
    prefix = copied(version)
    table = prefix if version == "kinds_v1" else Path(f"{prefix}.index")
    whole = table.read_bytes()
    for length in range(0, len(whole), 17):
        table.write_bytes(whole[:length])
        with pytest.raises(CorruptFileError, match="does not end as a table does"):
            read_checkpoint(prefix)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_footer_that_points_anywhere_is_refused(copied, version):
    prefix = copied(version)
    table = prefix if version == "kinds_v1" else Path(f"{prefix}.index")
    whole = table.read_bytes()
    for handle in (b"\xff" * 40, b"\x00" * 40, b"\xff\xff\xff\xff\x0f" * 8, b"\x05" * 40):
        table.write_bytes(whole[:-48] + handle + whole[-8:])
        with pytest.raises(CorruptFileError, match=r"kinds_v\d: the checkpoint cannot be read: "):
            read_checkpoint(prefix)


def test_a_missing_data_file_is_named(copied):
    prefix = copied("kinds_v2")
    Path(f"{prefix}.data-00000-of-00001").unlink()
    with pytest.raises(CorruptFileError, match=r"kinds_v2.data-00000-of-00001, .* not beside it"):
        read_checkpoint(prefix)


# Worked out by hand from the table of ordered_code.h.
@pytest.mark.parametrize(
    ("extents", "end"),
    [
        ((), b"\0"),
        (((0, -1),), b"\1\1\x80\x7f"),
        (((3, 63),), b"\1\1\x83\xbf"),
        (((64, 300),), b"\1\1\xc0\x40\xc1\x2c"),
        (((8192, 1), (0, 2)), b"\1\2\xe0\x20\0\x81\x80\x82"),
    ],
)
def test_keys_of_pieces(extents, end):
    assert _slice_keys.slice_key("ab", extents) == b"\0ab\0\1" + end


def test_key_of_a_piece_escapes_zeros_and_can_be_renamed():
    key = _slice_keys.slice_key("a\0b", ((0, 4),))
    assert key == b"\0a\0\xffb\0\1\1\1\x80\x84"
    assert _slice_keys.renamed_key(key, {"a\0b": "c"}) == _slice_keys.slice_key("c", ((0, 4),))
    assert _slice_keys.is_slice_key(key)
    assert not _slice_keys.is_slice_key(b"a\0b")
