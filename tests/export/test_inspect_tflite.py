"""What inspect_file tells of models that 1.15.5 converted for TFLite; buffers made by hand."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import pytest

from graphkit._formats._flat import FlatTable, root_table
from graphkit._formats._wire import FormatError
from graphkit.errors import CorruptFileError, GraphkitError
from graphkit.export import TensorInfo, inspect_file
from graphkit.export._inspection._tflite_ops import CUSTOM, TFLITE_OPS

SAVED = Path(__file__).parents[1] / "golden" / "tflite_files"


def details(name):
    return inspect_file(SAVED / name).details


@pytest.mark.parametrize("name", ["network", "quantized"])
def test_what_goes_in_and_what_comes_out(name):
    found = details(f"{name}.tflite")
    assert found.inputs == [TensorInfo("x", "float32", (1, 4, 4, 1))]
    assert found.outputs == [
        TensorInfo("y", "float32", (1, 200)),
        TensorInfo("class", "int64", (1,)),
    ]
    assert (found.version, found.description, found.subgraphs) == (3, "TOCO Converted.", 1)


def test_ops_are_named():
    found = details("network.tflite")
    assert found.ops == {"DEPTHWISE_CONV_2D": 1, "FULLY_CONNECTED": 1, "SOFTMAX": 1, "ARG_MAX": 1}
    assert found.custom_ops == []


def test_custom_ops_are_told_by_their_own_name():
    found = details("custom.tflite")
    assert (found.ops, found.custom_ops) == ({"MatrixInverse": 1}, ["MatrixInverse"])


# The kernel, two biases, and the matrix of the network; the axis of the largest is one number.
ELEMENTS = 3 * 3 * 2 + 2 + 8 * 200 + 200 + 1


@pytest.mark.parametrize(
    ("name", "size"), [("network", 4 * ELEMENTS), ("quantized", 4 * ELEMENTS - 3 * 8 * 200)]
)
def test_parameters_and_their_memory(name, size):
    found = details(f"{name}.tflite")
    assert (found.parameters, found.parameter_bytes) == (ELEMENTS, size)


def test_quantized_weights_are_of_eight_bits():
    dtypes = {info.shape: info.dtype for info in details("quantized.tflite").weights}
    assert dtypes[200, 8] == "int8"
    assert dtypes[1, 3, 3, 2] == "float32"


def test_the_report_can_be_text_json_and_a_tree(tmp_path):
    (tmp_path / "model.pb").write_bytes((SAVED / "network.tflite").read_bytes())
    report = inspect_file(tmp_path / "model.pb")
    assert report.kind == "TFLite model"
    assert "  DEPTHWISE_CONV_2D  1" in report.to_text().splitlines()
    assert json.loads(json.dumps(report.to_dict()))["parameters"] == ELEMENTS
    assert "  transpose  1,600  float32 [200, 8]" in report.to_tree().splitlines()


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0, "ADD"),
        (3, "CONV_2D"),
        (9, "FULLY_CONNECTED"),
        (25, "SOFTMAX"),
        (118, "IF"),
        (119, "WHILE"),
    ],
)
def test_the_numbers_of_ops_are_those_of_the_schema(number, name):
    assert TFLITE_OPS[number] == name
    assert TFLITE_OPS[CUSTOM] == "CUSTOM"
    assert len(set(TFLITE_OPS)) == len(TFLITE_OPS)


def flat(*fields, before=b""):
    """A buffer of one table whose fields stand in it one after the other."""
    table = struct.pack("<i", 4 + 2 * len(fields)) + b"".join(fields)
    places, place = [], 4
    for field in fields:
        places.append(place if field else 0)
        place += len(field)
    offsets = struct.pack(f"<HH{len(fields)}H", 4 + 2 * len(fields), place, *places)
    head = struct.pack("<I", 4 + len(offsets))
    return root_table(memoryview(head + offsets + table + before))


def test_fields_of_a_table_worked_out_by_hand():
    table = flat(struct.pack("<i", -7), b"", struct.pack("<h", 3))
    assert table.number(0, "i") == -7
    assert table.number(1, "i", default=5) == 5
    assert table.number(2, "h") == 3
    assert table.number(9, "i") == 0


def test_vectors_and_texts_lie_elsewhere():
    vector = struct.pack("<Iii", 2, 8, -9)
    table = flat(struct.pack("<I", 8), struct.pack("<I", 16), before=vector + b"\2\0\0\0hi")
    assert table.numbers(0, "i") == [8, -9]
    assert (table.text(1), table.size(1)) == ("hi", 2)


def test_what_is_absent_is_empty():
    table = flat()
    assert (table.text(0), table.numbers(0, "i"), table.size(0)) == ("", [], 0)
    assert list(table.tables(0)) == []


@pytest.mark.parametrize(
    ("read", "buffer"),
    [
        (lambda table: table.number(0, "i"), b""),
        (lambda table: table.number(0, "i"), b"\xff\xff\xff\xff"),
        (lambda table: table.number(0, "i"), b"\4\0\0\0\xff\xff\xff\x7f"),
        (lambda table: table.number(0, "i"), b"\4\0\0\0\0\0\0\x80"),
        (lambda table: table.number(3, "i"), b"\4\0\0\0\0\0\xff\xff\0\0"),
    ],
)
def test_places_beyond_the_buffer_are_refused(read, buffer):
    with pytest.raises(FormatError, match=r"a place -?\d+ lies beyond its \d+ bytes"):
        read(root_table(memoryview(buffer)))


@pytest.mark.parametrize("length", [2**32 - 1, 1000])
def test_vectors_beyond_the_buffer_are_refused(length):
    table = flat(struct.pack("<I", 4), before=struct.pack("<I", length))
    for read in (FlatTable.text, FlatTable.size, lambda t, f: t.numbers(f, "i")):
        with pytest.raises(FormatError, match=f"a vector of {length} elements is cut short"):
            read(table, 0)


def test_tables_that_lead_to_each_other_have_an_end():
    # Whatever the two tables of the vector are, the first is taken for each of them.
    buffer = flat(struct.pack("<I", 4), before=struct.pack("<I2I", 2, 0, 0)).buffer

    def walk(table):
        for _ in table.tables(0):
            walk(table)

    with pytest.raises(FormatError, match="lead to each other again and again"):
        walk(root_table(buffer))


@pytest.mark.parametrize("name", ["network", "custom"])
def test_models_cut_short_are_refused_or_smaller(tmp_path, name):
    whole = (SAVED / f"{name}.tflite").read_bytes()
    for length in range(8, len(whole), 97):
        (tmp_path / "m").write_bytes(whole[:length])
        with pytest.raises(CorruptFileError, match="m: is a damaged TFLite model"):
            inspect_file(tmp_path / "m")


@pytest.mark.parametrize("seed", range(3))
def test_damage_is_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    whole = (SAVED / "custom.tflite").read_bytes()
    for _ in range(200):
        data = bytearray(whole)
        for place in chance.sample(range(8, len(data)), 3):
            data[place] = chance.randrange(256)
        (tmp_path / "m").write_bytes(data)
        try:
            inspect_file(tmp_path / "m").to_text()
        except GraphkitError:
            continue
