"""CIFAR-10 pickles are read as data: whatever else they hold, nothing of it runs."""

from __future__ import annotations

import os
import pickle
import struct
import tracemalloc

import numpy as np
import pytest
from cifar10_files import cifar10_batch, write_pickle

from graphkit.errors import CorruptFileError, GraphkitError, MissingFileError, UnsafeFileError
from graphkit.records import read_cifar10_batch

PROTOCOLS = [0, 1, 2, 3, 4]

# What Python 2.7 and NumPy 1.11 wrote for {"data": <uint8 1 by 3072>, "labels": [5], …}.
PYTHON2_ARRAY = (
    b"cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85U\x01b\x87Rq\x04"
    b"(K\x01K\x01M\x00\x0c\x86cnumpy\ndtype\nq\x05U\x02u1K\x00K\x01\x87Rq\x06(K\x03U\x01|NNN"
    b"J\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T\x00\x0c\x00\x00"
    + bytes(range(256)) * 12
    + b"tb"
)
PYTHON2_BATCH = (
    b"\x80\x02}q\x01(U\x04data" + PYTHON2_ARRAY + b"U\x06labels]q\x07K\x05a"
    b"U\x0bbatch_labelq\x08U\x01xU\tfilenames]q\tU\x05a.pngau."
)
PYTHON2_TEXT_BATCH = (
    b"(dp1\nS'labels'\np2\n(lp3\nI5\nasS'data'\np4\ncnumpy.core.multiarray\n_reconstruct\np5\n"
    b"(cnumpy\nndarray\np6\n(I0\ntS'b'\ntRp7\n(I1\n(I1\nI3072\ntcnumpy\ndtype\np8\n(S'u1'\nI0\nI1\n"
    b"tRp9\n(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\nS'%s'\ntbs."
)


def python2_text_batch():
    escaped = repr(bytes(range(256)) * 12)[2:-1].encode()
    return PYTHON2_TEXT_BATCH.replace(
        b"%s", escaped.replace(b"'", b"\\'").replace(b"\\\\'", b"\\'")
    )


class Call:
    """Pickles as a call of `function(*arguments)`."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def read(tmp_path, content):
    (tmp_path / "batch").write_bytes(content)
    return read_cifar10_batch(tmp_path / "batch")


class TestHonest:
    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_every_protocol_reads_the_same(self, tmp_path, protocol):
        batch = read_cifar10_batch(write_pickle(tmp_path / "b", cifar10_batch(3), protocol))
        assert batch.images[:, 0, 0, 0].tolist() == [0, 1, 2]
        assert batch.labels.tolist() == [0, 1, 2]
        assert batch.filenames == ["image_0.png", "image_1.png", "image_2.png"]

    @pytest.mark.parametrize("protocol", PROTOCOLS)
    def test_text_keys_of_python_3_read_the_same(self, tmp_path, protocol):
        content = {key.decode(): value for key, value in cifar10_batch(2).items()}
        content["filenames"] = ["ä.png", "b.png"]
        batch = read_cifar10_batch(write_pickle(tmp_path / "b", content, protocol))
        assert batch.filenames == ["ä.png", "b.png"]

    @pytest.mark.parametrize("content", [PYTHON2_BATCH, python2_text_batch()], ids=["2", "0"])
    def test_python_2_wrote_byte_strings(self, tmp_path, content):
        batch = read(tmp_path, content)
        planes = (np.arange(3072) % 256).astype(np.uint8).reshape(3, 32, 32)
        np.testing.assert_array_equal(batch.images[0], planes.transpose(1, 2, 0))
        assert batch.labels.tolist() == [5]

    def test_array_in_fortran_order_reads_as_it_was(self, tmp_path):
        content = cifar10_batch(4)
        content[b"data"] = np.asfortranarray(content[b"data"] + np.arange(3072, dtype=np.uint8))
        batch = read_cifar10_batch(write_pickle(tmp_path / "b", content))
        assert batch.images[3, 0, :3, 0].tolist() == [3, 4, 5]

    def test_file_names_are_optional(self, tmp_path):
        content = cifar10_batch(2)
        del content[b"filenames"]
        assert read_cifar10_batch(write_pickle(tmp_path / "b", content)).filenames == ["", ""]

    def test_long_numbers_and_unused_entries_are_fine(self, tmp_path):
        content = cifar10_batch(1)
        content[b"more"] = {
            b"n": [
                2**40,
                -(2**70),
                70_000,
                None,
                True,
                False,
                (),
                (1,),
                (1, 2),
                (1, 2, 3),
                "x" * 300,
            ],
            b"big": np.arange(5, dtype=">i4"),
        }
        for protocol in PROTOCOLS:
            assert len(read_cifar10_batch(write_pickle(tmp_path / "b", content, protocol))) == 1


class TestHostile:
    @pytest.mark.parametrize("protocol", PROTOCOLS)
    @pytest.mark.parametrize(
        ("function", "arguments", "name"),
        [
            (os.system, ("touch {}",), f"{os.name}.system"),
            (eval, ("open({!r}, 'w')",), "eval"),
            (exec, ("open({!r}, 'w')",), "exec"),
            (open, ("{}", "w"), "open"),
            (getattr, ("", "upper"), "getattr"),
            (np.load, ("{}",), "numpy"),
        ],
    )
    def test_call_is_named_and_not_made(self, tmp_path, protocol, function, arguments, name):
        witness = tmp_path / "witness"
        call = Call(function, *[argument.format(str(witness)) for argument in arguments])
        path = write_pickle(tmp_path / "b", {b"data": call}, protocol)
        with pytest.raises(
            UnsafeFileError, match=rf"its pickle wants \S*{name}\S*, .* nothing was run"
        ):
            read_cifar10_batch(path)
        assert not witness.exists()

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"cos\nsystem\n(S'true'\ntR.", "os.system"),
            (b"c__builtin__\neval\n(S'1'\ntR.", "__builtin__.eval"),
            (b"cnumpy\nndarray.__reduce__\n.", "numpy.ndarray.__reduce__"),
            (b"cnumpy.core.multiarray\nfromfile\n.", "numpy.core.multiarray.fromfile"),
            (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "os.system"),
        ],
    )
    def test_global_outside_the_table_is_named(self, tmp_path, content, name):
        with pytest.raises(
            UnsafeFileError, match=f"its pickle wants {name}, which no image data needs"
        ):
            read(tmp_path, content)

    @pytest.mark.parametrize(
        ("content", "opcode"),
        [
            (b"(S'true'\nios\nsystem\n.", "INST"),
            (b"(cnumpy\nndarray\no.", "OBJ"),
            (b"\x80\x02cnumpy\nndarray\n)\x81.", "NEWOBJ"),
            (b"\x80\x02\x82\x01.", "EXT1"),
            (b"\x80\x02\x83\x01\x00.", "EXT2"),
            (b"Pelsewhere\n.", "PERSID"),
            (b"Nq\x00Q.", "BINPERSID"),
            (b"\x80\x05\x96" + struct.pack("<Q", 1 << 60) + b".", "BYTEARRAY8"),
            (b"\x80\x04\x8e" + struct.pack("<Q", 1 << 60) + b".", "BINBYTES8"),
            (b"\x80\x05\x97.", "NEXT_BUFFER"),
            (b"\x80\x02\x8b\xff\xff\xff\x7f.", "LONG4"),
            (b"F1.5\n.", "FLOAT"),
            (b"N2.", "DUP"),
            (b"N0.", "POP"),
        ],
    )
    def test_opcode_that_data_has_no_need_of_is_named(self, tmp_path, content, opcode):
        with pytest.raises(UnsafeFileError, match=f"opcode {opcode}, which no image data needs"):
            read(tmp_path, content)

    def test_stand_ins_cannot_be_changed(self, tmp_path):
        build_a_global = b"\x80\x02cnumpy\ndtype\n(N}U\x04callU\x01xstb."
        with pytest.raises(CorruptFileError, match="_Global in the place of PickledObject"):
            read(tmp_path, build_a_global)

    def test_huge_memo_index_takes_no_memory(self, tmp_path):
        content = pickle.dumps(cifar10_batch(1), 2)
        huge = content[:3] + b"r" + struct.pack("<I", 0xFFFFFFFF) + content[3:]
        tracemalloc.start()
        assert len(read(tmp_path, huge)) == 1
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4 << 20

    @pytest.mark.parametrize(
        "content",
        [
            b"(" * 200_000 + b"t" * 200_000 + b".",
            b"]" * 200_000 + b"a" * 199_999 + b".",
            b"}" * 200_000 + b"U\x01k" * 1 + b"}s" * 1 + b".",
        ],
        ids=["tuples", "lists", "dictionaries"],
    )
    def test_deep_nesting_ends_in_an_error(self, tmp_path, content):
        with pytest.raises(CorruptFileError, match=r"is no whole pickle|holds no CIFAR-10 batch"):
            read(tmp_path, content)

    def test_steps_without_end_are_refused(self, tmp_path):
        nothing_list_memo_mark = b"N]\x94("
        with pytest.raises(UnsafeFileError, match="its pickle has more than 2000000 steps"):
            read(tmp_path, b"N" + nothing_list_memo_mark * 500_000 + b".")

    def test_file_without_end_is_refused(self, tmp_path):
        with open(tmp_path / "sparse", "wb") as file:
            file.truncate((256 << 20) + 1)
        with pytest.raises(
            UnsafeFileError, match=f"sparse: has {(256 << 20) + 1} bytes, allowed are {256 << 20}"
        ):
            read_cifar10_batch(tmp_path / "sparse")

    def test_text_made_into_bytes_over_and_over_is_refused(self, tmp_path):
        text = b"X" + struct.pack("<I", 16 << 20) + b"x" * (16 << 20)
        start = b"\x80\x02c_codecs\nencode\nq\x00" + text + b"q\x01X\x06\x00\x00\x00latin1q\x02"
        again = b"h\x00h\x01h\x02\x86R"
        with pytest.raises(
            CorruptFileError, match=f"more than {256 << 20} bytes are made from text"
        ):
            read(tmp_path, start + again * 17 + b".")

    def test_number_of_many_digits_is_refused(self, tmp_path):
        with pytest.raises(CorruptFileError, match="a number of 1000000 digits"):
            read(tmp_path, b"I" + b"9" * 1_000_000 + b"\n.")

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            (b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86", "an array of shape .* in 3072 bytes"),
            (b"J\xff\xff\xff\xffJ\x00\xf4\xff\xff\x86", "an array of shape"),
            (b"(" + b"\x8a\xff" + b"\x7f" * 255 + b"t", "an array of shape"),
            (b"(" + b"K\x01" * 33 + b"t", "no short tuple of whole numbers"),
            (b"NN\x86", "no short tuple of whole numbers"),
            (b"N", "object of type 'NoneType' has no len"),
        ],
    )
    def test_lying_shape_is_refused(self, tmp_path, shape, message):
        content = PYTHON2_BATCH.replace(b"K\x01M\x00\x0c\x86", shape)
        assert content != PYTHON2_BATCH
        with pytest.raises(CorruptFileError, match=message):
            read(tmp_path, content)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (b"U\x02u1", b"U\x01O", "an array of 'O'"),
            (b"U\x02u1", b"U\x02V9", "an array of 'V9'"),
            (b"U\x02u1", b"K\x01", "int in the place of a name"),
            (b"U\x01|", b"U\x01?", r"\?"),
            (
                b"\x89T\x00\x0c\x00\x00" + bytes(range(256)) * 12,
                b"\x89N",
                "is not a dtype and bytes",
            ),
            (b"q\x06(K\x03", b"q\x060(K\x03", "opcode POP"),
        ],
    )
    def test_lying_dtype_or_data_is_refused(self, tmp_path, old, new, message):
        content = PYTHON2_BATCH.replace(old, new, 1)
        assert content != PYTHON2_BATCH
        with pytest.raises(GraphkitError, match=message):
            read(tmp_path, content)


class TestDamaged:
    @pytest.mark.parametrize("content", [PYTHON2_BATCH, python2_text_batch()], ids=["2", "0"])
    def test_every_truncation_is_an_error_of_this_library(self, tmp_path, content):
        for size in [*range(250), *range(len(content) - 60, len(content))]:
            with pytest.raises(CorruptFileError, match="byte"):
                read(tmp_path, content[:size])

    def test_every_flipped_byte_is_data_or_an_error_of_this_library(self, tmp_path):
        for offset in [*range(250), *range(len(PYTHON2_BATCH) - 60, len(PYTHON2_BATCH))]:
            content = bytearray(PYTHON2_BATCH)
            content[offset] ^= 0x15
            try:
                assert len(read(tmp_path, bytes(content))) == 1
            except GraphkitError as error:
                assert str(tmp_path) in str(error)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "byte 0: is no whole pickle"),
            (b"\xf0", "byte 0: .*there is no opcode 240"),
            (b"just text", "byte 0"),
            (b".", "the stack is empty"),
            (b"N.", "NoneType in the place of dict"),
            (b"(.", "the stack is empty"),
            (b"t.", "pop from empty list"),
            (b"Na.", "the stack is empty"),
            (b"NNa.", "NoneType in the place of list"),
            (b"}(NNu.", "NoneType in the place of a name"),
            (b"}(U\x01au.", "argument 2 is shorter"),
            (b"h\x05.", "5"),
            (b"NNR.", "NoneType in the place of tuple"),
            (b"NNb.", "NoneType in the place of tuple"),
            (b"S'x\n.", "a string without its quotes"),
            (b"Sx\n.", "a string without its quotes"),
            (b"Ix\n.", "invalid literal"),
            (b"T\xff\xff\xff\xff.", "a string of -1 bytes goes beyond the end"),
            (b"U\x09short.", "a string of 9 bytes goes beyond the end"),
            (b"J\x00.", "requires a buffer"),
            (b"I1", "subsection not found"),
            (b"X\x01\x00\x00\x00\xff.", "can't decode"),
            (b"c_codecs\nencode\n(X\x02\x00\x00\x00\xc4\x80X\x01\x00\x00\x00ltR.", "can't encode"),
        ],
    )
    def test_damage_is_told_with_its_place(self, tmp_path, content, message):
        with pytest.raises(CorruptFileError, match=message):
            read(tmp_path, content)

    def test_absent_file_is_named(self, tmp_path):
        with pytest.raises(MissingFileError, match="data_batch_1: does not exist"):
            read_cifar10_batch(tmp_path / "data_batch_1")
