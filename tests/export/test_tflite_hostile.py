"""Models of TFLite that lie: each lie is told as damage, in little time and memory."""

from __future__ import annotations

import struct

import pytest
from flat_files import Number, Numbers, code, flat_file, ints, model, op, subgraph, tensor

from graphkit.errors import CorruptFileError
from graphkit.export import draw_svg, inspect_file
from graphkit.export._inspection._tflite import describe_tflite, read_tflite_graph

ADD = code(0)
BEYOND = 2**31 - 1


def small(**changed):
    """One op on one tensor; a part of it may be another."""
    parts = {
        "codes": [ADD],
        "tensors": [tensor(2, name="x")],
        "ops": [op(0, (0,), (0,))],
        "inputs": (0,),
        "outputs": (0,),
        "buffers": [b""],
        **changed,
    }
    graph = subgraph(parts["tensors"], parts["ops"], parts["inputs"], parts["outputs"])
    return model(parts["codes"], [graph], parts["buffers"])


def written(tmp_path, data):
    (tmp_path / "m.tflite").write_bytes(data)
    return tmp_path / "m.tflite"


def test_the_model_that_the_lies_are_made_of_is_none(tmp_path):
    details = describe_tflite(written(tmp_path, flat_file(small())))
    assert (details.ops, details.flops) == ({"ADD": 1}, 2)


NO_TENSOR = "an op or the graph names a tensor that there is none of"


@pytest.mark.parametrize(
    ("root", "reason"),
    [
        (small(ops=[op(1, (0,), (0,))]), "it names op type 1, of 1"),
        (small(ops=[op(2**32 - 1, (0,), (0,))]), "it names op type 4294967295, of 1"),
        (small(codes=[]), "it names op type 0, of 0"),
        (small(tensors=[tensor(2, buffer=1)]), "it names buffer 1, of 1"),
        (small(tensors=[tensor(2, buffer=2**32 - 1)]), "it names buffer 4294967295, of 1"),
        (small(buffers=[]), "it names buffer 0, of 0"),
        (small(inputs=(1,)), NO_TENSOR),
        (small(inputs=(-1,)), NO_TENSOR),
        (small(outputs=(1,)), NO_TENSOR),
        (small(outputs=(-1,)), NO_TENSOR),
        (small(ops=[op(0, (1,), (0,))]), NO_TENSOR),
        (small(ops=[op(0, (-2,), (0,))]), NO_TENSOR),
        (small(ops=[op(0, (0,), (-1,))]), NO_TENSOR),
        (small(ops=[op(0, (0,), (BEYOND,))]), NO_TENSOR),
        (small(tensors=[]), NO_TENSOR),
        (model([ADD], []), "it holds no graph"),
        ({}, "it holds no graph"),
    ],
    ids=[
        "op type",
        "op type far off",
        "no op types",
        "buffer",
        "buffer far off",
        "no buffers",
        "input",
        "negative input",
        "output",
        "negative output",
        "read",
        "negative read",
        "given but left out",
        "given far off",
        "no tensors",
        "no graph",
        "nothing",
    ],
)
def test_what_names_a_thing_that_is_not_there(tmp_path, root, reason):
    path = written(tmp_path, flat_file(root))
    for read in (inspect_file, read_tflite_graph):
        with pytest.raises(
            CorruptFileError, match=f"m.tflite: is a damaged TFLite model: {reason}"
        ):
            read(path)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((1,) * 255, "a shape of 255 dimensions"),
        ((BEYOND, BEYOND, BEYOND), "more elements than a tensor can have"),
    ],
)
@pytest.mark.parametrize("signed", [False, True])
def test_shapes_that_no_tensor_has(tmp_path, shape, reason, signed):
    lie = tensor(1, signature=shape) if signed else tensor(*shape)
    path = written(tmp_path, flat_file(small(tensors=[lie])))
    for read in (describe_tflite, read_tflite_graph):
        with pytest.raises(CorruptFileError, match=reason):
            read(path)


@pytest.mark.parametrize("size", [254, 200])
def test_the_largest_shapes_are_read(tmp_path, size):
    path = written(tmp_path, flat_file(small(tensors=[tensor(*(1,) * size)])))
    assert inspect_file(path).details.inputs[0].shape == (1,) * size


@pytest.mark.parametrize(
    ("field", "value", "begins"),
    [
        (0, ints(101, 102), struct.pack("<II", 2, 101)),
        (3, "name", struct.pack("<I", 4) + b"name"),
        (7, ints(101, 102), struct.pack("<II", 2, 101)),
    ],
    ids=["shape", "name", "signature"],
)
@pytest.mark.parametrize("count", [2**31, 2**32 - 1, 2**30])
def test_counts_beyond_the_file(tmp_path, field, value, begins, count):
    """The count of elements stands before them."""
    data = bytearray(flat_file(small(tensors=[{**tensor(1), field: value}])))
    struct.pack_into("<I", data, data.index(begins), count)
    with pytest.raises(CorruptFileError, match=f"a vector of {count} elements is cut short"):
        inspect_file(written(tmp_path, bytes(data)))


@pytest.mark.parametrize("part", [1, 2, 3, 4], ids=["codes", "graphs", "description", "buffers"])
@pytest.mark.parametrize("far", [2**31, 2**32 - 1, 10**6])
def test_parts_that_lie_outside(tmp_path, part, far):
    root = {**small(), part: Number("I", far)}
    with pytest.raises(CorruptFileError, match=r"a place \d+ lies beyond its \d+ bytes"):
        inspect_file(written(tmp_path, flat_file(root)))


@pytest.mark.parametrize("field", [0, 1, 2, 3], ids=["tensors", "inputs", "outputs", "ops"])
def test_parts_of_a_graph_that_lie_outside(tmp_path, field):
    graph = {**subgraph([tensor(2)], [op(0, (0,), (0,))]), field: Number("I", 10**6)}
    with pytest.raises(CorruptFileError, match=r"a place \d+ lies beyond its \d+ bytes"):
        inspect_file(written(tmp_path, flat_file(model([ADD], [graph], [b""]))))


@pytest.mark.parametrize(
    ("size", "offset"),
    [(2**16 - 1, 4), (6, 2**16 - 1), (4, 0), (0, 0)],
    ids=["many fields", "field far off", "no field", "no size"],
)
def test_tables_of_offsets(tmp_path, size, offset):
    """`size` is that of the offsets, of which the first is `offset`."""
    data = struct.pack("<I4sHHHi", 14, b"TFL3", size, 8, offset, 6)
    with pytest.raises(CorruptFileError, match="is a damaged TFLite model"):
        inspect_file(written(tmp_path, data))


@pytest.mark.parametrize("back", [-(2**31), 2**31 - 1, -100, 100])
def test_tables_whose_offsets_lie_outside(tmp_path, back):
    data = struct.pack("<I4si", 8, b"TFL3", back)
    with pytest.raises(CorruptFileError, match=r"a place -?\d+ lies beyond its 12 bytes"):
        inspect_file(written(tmp_path, data))


def test_a_model_within_itself(tmp_path):
    """Its only graph is the model, whose op types are its tensors: what it says it is not."""
    data = bytearray(flat_file({2: [{0: Number("I", 0)}]}))
    entry = data.index(struct.pack("<I", 1), 8) + 4
    root = struct.unpack_from("<I", data)[0]
    struct.pack_into("<I", data, entry, (root - entry) % 2**32)
    with pytest.raises(CorruptFileError, match="is a damaged TFLite model"):
        inspect_file(written(tmp_path, bytes(data)))


@pytest.mark.parametrize("many", ["tensors", "graphs", "codes", "ops"])
def test_one_table_named_ten_thousand_times(tmp_path, many):
    """Each time it would hold ten thousand numbers or letters: they are not read as often."""
    long = Numbers("i", (1,) * 10_000)
    graph = subgraph([tensor(2)], [])
    lies = {
        "tensors": model([], [subgraph([{**tensor(), 3: "n" * 10_000}] * 10_000, [])]),
        "graphs": model([], [{**graph, 1: Numbers("i", (0,) * 10_000)}] * 10_000),
        "codes": model([code(32, "n" * 10_000)] * 10_000, [graph]),
        "ops": model([ADD], [subgraph([tensor(2)], [{**op(0, (), ()), 1: long}] * 10_000)]),
    }
    path = written(tmp_path, flat_file(lies[many]))
    assert path.stat().st_size < 10**5
    with pytest.raises(CorruptFileError, match="lead to each other again and again"):
        inspect_file(path)


@pytest.mark.parametrize("length", range(8, 60))
def test_the_beginning_alone(tmp_path, length):
    with pytest.raises(CorruptFileError, match="is a damaged TFLite model"):
        inspect_file(written(tmp_path, flat_file(small())[:length]))


def test_every_length_is_refused_or_whole(tmp_path):
    """What is cut off may be what nobody reads: the letters of the last text."""
    data = flat_file(small())
    told = []
    for length in range(60, len(data)):
        try:
            told.append(describe_tflite(written(tmp_path, data[:length])).ops)
        except CorruptFileError as failure:
            assert "m.tflite: is a damaged TFLite model" in str(failure)
    assert all(ops == {"ADD": 1} for ops in told)
    assert len(told) < 8


def test_pictures_refuse_what_inspection_refuses(tmp_path):
    path = written(tmp_path, flat_file(small(ops=[op(0, (7,), (0,))])))
    with pytest.raises(CorruptFileError, match=NO_TENSOR):
        draw_svg(path)
