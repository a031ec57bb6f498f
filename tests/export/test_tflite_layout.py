"""Models of TFLite whose parts lead outside: refused before the interpreter, which trusts them."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from flat_files import Number, Numbers, code, flat_file, ints, model, op, subgraph, tensor

from graphkit.errors import CorruptFileError
from graphkit.export import inspect_file, open_model

RECORDED = Path(__file__).parents[1] / "golden" / "tflite_files"
OUTSIDE = Number("I", 10**6)
QUANTIZATION = {
    0: Numbers("f", (0.0,)),
    1: Numbers("f", (1.0,)),
    2: Numbers("f", (0.5,)),
    3: Numbers("q", (0,)),
}
STABLEHLO = {
    2: ["q"],
    3: ["q", "q", "q"],
    4: [
        "q",
        "q",
        "q",
        "q",
        "?",
        None,
        None,
        "q",
        None,
        None,
        "q",
        None,
        None,
        "q",
        None,
        None,
        "I",
    ],
    5: ["", None, "", None, "i", "B"],
    6: ["q"],
    7: [None, "q", "q", "q"],
    9: ["q"],
    10: ["q", "q", "q"],
    12: ["q", "q", "q", "q", "I"],
    13: ["q", "q", "q", "q", "q"],
    16: ["q", "q", "q", None, "q"],
    17: ["q"],
    21: ["", None, "B"],
    23: ["i"],
}
OPTIONS = {3: [None, "i", "i"], 17: ["i"], 30: ["i"], 111: ["", ""], 115: ["f"]}


def _filled(letters):
    """A table of vectors of one number each, or texts where there is no letter."""
    return {
        field: Numbers(letter, (1,)) if letter else "text"
        for field, letter in enumerate(letters)
        if letter is not None
    }


def _in_tensor(**parts):
    fields = {
        {"quantization": 4, "sparsity": 6, "variants": 9}[name]: p for name, p in parts.items()
    }
    return model([code(0)], [subgraph([{**tensor(2, name="x"), **fields}], [])])


def _in_op(fields):
    ops = [{**op(0, (0,), (0,)), **fields}]
    return model([code(0)], [subgraph([tensor(2, name="x")], ops)])


def _in_model(fields):
    return {**model([code(0)], [subgraph([tensor(2, name="x")], [])]), **fields}


def _options(kind, table):
    return _in_op({3: Number("B", kind), 4: table})


def _stablehlo(kind, table):
    return _in_op({11: Number("B", kind), 12: table})


def _dimension(kind, table):
    counted = {2: Number("B", kind), 3: table, 4: Number("B", kind), 5: table}
    return _in_tensor(sparsity={0: ints(0), 1: ints(0), 2: [counted]})


# A part, by what it is called: given a field of it, the model; and the letter of a good field.
PARTS = {
    **{
        f"quantization {field}": (
            lambda value, field=field: _in_tensor(quantization={**QUANTIZATION, field: value}),
            good,
        )
        for field, good in QUANTIZATION.items()
    },
    "quantization details": (
        lambda value: _in_tensor(quantization={4: Number("B", 1), 5: {0: value}}),
        Numbers("B", (7,)),
    ),
    "order of sparse dimensions": (lambda value: _in_tensor(sparsity={0: value}), ints(0)),
    "blocks of sparse dimensions": (lambda value: _in_tensor(sparsity={1: value}), ints(0)),
    **{
        f"sparse indices of kind {kind}": (
            lambda value, kind=kind: _dimension(kind, {0: value}),
            Numbers(letter, (1,)),
        )
        for kind, letter in {1: "i", 2: "H", 3: "B"}.items()
    },
    "shape of a variant": (lambda value: _in_tensor(variants=[{0: value}]), ints(2)),
    "options of the user": (lambda value: _in_op({5: value}), b"\1\2"),
    "inputs that change": (lambda value: _in_op({7: value}), Numbers("?", (True,))),
    "intermediates": (lambda value: _in_op({8: value}), ints(0)),
    **{
        f"{name} {kind}, {field}": (
            lambda value, make=make, kind=kind, field=field, letters=letters: make(
                kind, {**_filled(letters), field: value}
            ),
            good,
        )
        for name, make, kinds in (
            ("options", _options, OPTIONS),
            ("StableHLO options", _stablehlo, STABLEHLO),
        )
        for kind, letters in kinds.items()
        for field, good in _filled(letters).items()
    },
    "name of a graph": (
        lambda value: model([code(0)], [{**subgraph([tensor(2)], []), 4: value}]),
        "main",
    ),
    "buffers of metadata": (lambda value: _in_model({5: value}), ints(0)),
    "name of metadata": (lambda value: _in_model({6: [{0: value}]}), "version"),
    "input of a signature": (lambda value: _in_model({7: [{0: [{0: value}]}]}), "x"),
    "output of a signature": (lambda value: _in_model({7: [{1: [{0: value}]}]}), "y"),
    "key of a signature": (lambda value: _in_model({7: [{2: value}]}), "serving_default"),
    "name of a file of buffers": (lambda value: _in_model({8: [{0: value}]}), "weights.bin"),
    "packing of a buffer in a file": (lambda value: _in_model({9: [{4: value}]}), "none"),
}


def written(tmp_path, root):
    (tmp_path / "m.tflite").write_bytes(flat_file(root))
    return tmp_path / "m.tflite"


@pytest.mark.parametrize(("make", "good"), PARTS.values(), ids=PARTS)
def test_a_part_that_lies_outside_is_refused(tmp_path, make, good):
    assert inspect_file(written(tmp_path, make(good))).details.subgraphs == 1
    with pytest.raises(CorruptFileError, match=r"is a damaged TFLite model: a place \d+ lies bey"):
        inspect_file(written(tmp_path, make(OUTSIDE)))


@pytest.mark.parametrize("letter", ["i", "H", "q", "d"])
def test_a_vector_is_as_long_as_it_says_in_bytes(tmp_path, letter):
    """Read as numbers of four bytes, the new shape of a reshape has room for none of eight."""
    data = bytearray(flat_file(_options(17, {0: Numbers(letter, (9,) * 5)})))
    start = data.index(struct.pack(f"<I5{letter}", 5, *(9,) * 5))
    struct.pack_into("<I", data, start, (len(data) - start) // 4)
    (tmp_path / "m.tflite").write_bytes(data)
    with pytest.raises(CorruptFileError, match="elements is cut short"):
        inspect_file(tmp_path / "m.tflite")


def test_a_table_whose_field_lies_outside_is_refused_though_nobody_knows_the_field(tmp_path):
    data = bytearray(flat_file(_options(99, {0: Number("i", 0x5EED)})))
    value = data.index(struct.pack("<i", 0x5EED))
    offset = data.rindex(struct.pack("<H", 4), 0, value)
    struct.pack_into("<H", data, offset, 2**16 - 1)
    (tmp_path / "m.tflite").write_bytes(data)
    with pytest.raises(CorruptFileError, match=r"a place \d+ lies beyond"):
        inspect_file(tmp_path / "m.tflite")


@pytest.mark.parametrize("size", [0, 3, 5, 7])
def test_offsets_of_no_whole_number_are_refused(tmp_path, size):
    """One of them that is cut in half would be read whole."""
    data = bytearray(flat_file(_in_model({})))
    root = struct.unpack_from("<I", data)[0]
    struct.pack_into("<H", data, root - struct.unpack_from("<i", data, root)[0], size)
    (tmp_path / "m.tflite").write_bytes(data)
    with pytest.raises(CorruptFileError, match=f"the offsets of a table have {size} bytes"):
        inspect_file(tmp_path / "m.tflite")


def test_one_table_of_many_fields_named_ten_thousand_times_is_not_looked_at_as_often(tmp_path):
    root = _in_model({4: [{20_000: Number("b", 1)}] * 10_000})
    with pytest.raises(CorruptFileError, match="lead to each other again and again"):
        inspect_file(written(tmp_path, root))


def test_a_text_without_an_end_is_refused(tmp_path):
    data = flat_file(_in_model({3: "by hand"})).replace(b"by hand\0", b"by hand!")
    (tmp_path / "m.tflite").write_bytes(data)
    with pytest.raises(CorruptFileError, match="a text of 7 bytes has no end"):
        inspect_file(tmp_path / "m.tflite")


@pytest.mark.parametrize("kind", ["network", "quantized"])
def test_what_a_converter_wrote_is_whole_and_runs(tmp_path, kind):
    path = shutil.copy(RECORDED / f"{kind}.tflite", tmp_path)
    assert inspect_file(path).details.ops
    with open_model(path) as opened:
        assert opened.inputs


def test_a_model_whose_options_lie_outside_does_not_reach_the_interpreter(tmp_path):
    """It would read there, and end the process."""
    data = bytearray((RECORDED / "quantized.tflite").read_bytes())
    data[2983] ^= 2
    (tmp_path / "m.tflite").write_bytes(data)
    with pytest.raises(CorruptFileError, match="a place 33557416 lies beyond its 3880 bytes"):
        open_model(tmp_path / "m.tflite")
