"""Models of TFLite written field by field: each field's meaning, and what is left out."""

from __future__ import annotations

import pytest
from flat_files import Number, code, flat_file, model, op, subgraph, tensor

from graphkit.export import TensorInfo, inspect_file
from graphkit.export._inspection._tflite import read_tflite_graph
from graphkit.export._inspection._tflite_ops import TFLITE_OPS

NUMBER = {name: number for number, name in enumerate(TFLITE_OPS)}


@pytest.fixture
def details(tmp_path):
    """Describes a model."""

    def described(root, **options):
        (tmp_path / "m").write_bytes(flat_file(root))
        return inspect_file(tmp_path / "m", **options).details

    return described


def one_op(name, shapes, output, options=None, inputs=None):
    """A model of one op; the tensors it reads, and then the one it gives."""
    tensors = [tensor(*shape) for shape in (*shapes, output)]
    inputs = range(len(shapes)) if inputs is None else inputs
    ops = [op(0, inputs, [len(shapes)], options)]
    return model([code(NUMBER[name])], [subgraph(tensors, ops, (0,), (len(shapes),))])


def test_what_a_model_says_of_itself(details):
    tensors = [
        tensor(1, 4, name="x", dtype=9, signature=(-1, 4)),
        tensor(4, 2, name="w", dtype=1, buffer=1),
        tensor(1, 2, name="y"),
    ]
    ops = [op(0, (0, 1), (2,)), op(1, (2,), (2,)), op(1, (2,), (2,))]
    graph = subgraph(tensors, ops, (0,), (2, 2))
    codes = [code(NUMBER["FULLY_CONNECTED"]), code(NUMBER["RELU"])]
    found = details(model(codes, [graph], [b"", bytes(16)]))
    assert found.inputs == [TensorInfo("x", "int8", (None, 4))]
    assert found.outputs == [TensorInfo("y", "float32", (1, 2))] * 2
    assert found.weights == [TensorInfo("w", "float16", (4, 2))]
    assert (found.parameters, found.parameter_bytes) == (8, 16)
    assert (found.version, found.description, found.subgraphs) == (3, "by hand", 1)
    assert list(found.ops.items()) == [("RELU", 2), ("FULLY_CONNECTED", 1)]
    assert found.custom_ops == []


@pytest.mark.parametrize(
    ("fields", "name", "custom"),
    [
        (code(NUMBER["CUSTOM"], "Mine"), "Mine", ["Mine"]),
        (code(NUMBER["CUSTOM"]), "CUSTOM", []),
        (code(NUMBER["CUSTOM"], ""), "CUSTOM", []),
        (code(NUMBER["CUSTOM"], "ADD"), "ADD", []),
        (code(NUMBER["RELU"], "Mine"), "RELU", []),
        ({0: Number("b", 0)}, "ADD", []),
        ({}, "ADD", []),
        ({0: Number("b", 9)}, "FULLY_CONNECTED", []),
        ({3: Number("i", 9)}, "FULLY_CONNECTED", []),
        ({0: Number("b", 127), 3: Number("i", 130)}, TFLITE_OPS[130], []),
        ({0: Number("b", 9), 3: Number("i", -7)}, "FULLY_CONNECTED", []),
        (code(9999), "unknown op 9999", ["unknown op 9999"]),
        (code(len(TFLITE_OPS)), f"unknown op {len(TFLITE_OPS)}", None),
        ({0: Number("b", -3), 3: Number("i", -2)}, "unknown op -2", ["unknown op -2"]),
    ],
)
def test_the_type_of_an_op(details, fields, name, custom):
    found = details(model([fields], [subgraph([tensor(1)], [op(0, (0,), (0,))])]))
    assert found.ops == {name: 1}
    assert found.custom_ops == (custom if custom is not None else [name])


@pytest.mark.parametrize(
    ("number", "dtype"),
    [
        (0, "float32"),
        (3, "uint8"),
        (6, "bool"),
        (20, "uint4"),
        (21, "unknown dtype 21"),
        (-1, "unknown dtype -1"),
    ],
)
def test_the_dtype_of_a_tensor(details, number, dtype):
    graph = subgraph([tensor(2, dtype=number, name="x")], [])
    assert details(model([], [graph])).inputs == [TensorInfo("x", dtype, (2,))]


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        (tensor(2, 3), (2, 3)),
        (tensor(), ()),
        (tensor(1, 3, signature=(-1, 3)), (None, 3)),
        (tensor(1, 1, signature=(-1, -1)), (None, None)),
        (tensor(-1, 3), (None, 3)),
        (tensor(4, signature=()), (4,)),
        (tensor(0, 2), (0, 2)),
        ({}, ()),
    ],
)
def test_the_shape_of_a_tensor(details, fields, shape):
    (info,) = details(model([], [subgraph([fields], [])])).inputs
    assert info.shape == shape


def test_a_name_may_be_no_text(details):
    fields = {**tensor(1), 3: b"a\xff\xfeb"}
    (info,) = details(model([], [subgraph([fields], [])])).inputs
    assert info.name == "a\\xff\\xfeb"


def test_tensors_that_share_a_buffer_each_hold_weights(details):
    tensors = [tensor(2, 3, buffer=1, name="a"), tensor(6, buffer=1, name="b"), tensor(9)]
    found = details(model([], [subgraph(tensors, [])], [b"", bytes(24)]))
    assert [info.name for info in found.weights] == ["a", "b"]
    assert (found.parameters, found.parameter_bytes) == (12, 48)


def test_bodies_of_loops_count_as_well(details):
    """The main graph says what goes in and comes out; ops and weights are those of all."""
    main = subgraph([tensor(3, name="x")], [op(0, (0,), (0,))], (0,), (0,))
    body = subgraph([tensor(5, name="inner", buffer=1)], [op(1, (0,), (0,))] * 2)
    codes = [code(NUMBER["WHILE"]), code(NUMBER["NEG"])]
    found = details(model(codes, [main, body], [b"", bytes(20)]))
    assert (found.subgraphs, found.parameters) == (2, 5)
    assert [info.name for info in found.inputs] == ["x"]
    assert found.ops == {"NEG": 2, "WHILE": 1}
    assert found.flops_by_op == {"NEG": 10}


@pytest.mark.parametrize(
    ("name", "shapes", "output", "options", "flops"),
    [
        ("CONV_2D", [(1, 4, 4, 3), (5, 3, 3, 3)], (1, 4, 4, 5), {}, 80 * 2 * 27),
        ("CONV_2D", [(1, 4, 4, 3), (5, 3, 3, 3), (5,)], (1, 4, 4, 5), {}, 80 * (2 * 27 + 1)),
        (
            "CONV_2D",
            [(1, 4, 4, 3), (5, 3, 3, 3), (5,)],
            (1, 4, 4, 5),
            {3: Number("b", 1)},
            80 * (2 * 27 + 2),
        ),
        ("DEPTHWISE_CONV_2D", [(1, 4, 4, 3), (1, 2, 2, 3)], (1, 4, 4, 3), {}, 48 * 2 * 4),
        ("FULLY_CONNECTED", [(2, 6), (4, 6), (4,)], (2, 4), {}, 8 * (2 * 6 + 1)),
        ("FULLY_CONNECTED", [(2, 6), (4, 6)], (2, 4), {0: Number("b", 1)}, 8 * (2 * 6 + 1)),
        ("BATCH_MATMUL", [(3, 2, 6), (3, 6, 4)], (3, 2, 4), {}, 24 * 2 * 6),
        ("BATCH_MATMUL", [(3, 6, 2), (3, 6, 4)], (3, 2, 4), {0: Number("b", 1)}, 24 * 2 * 6),
        (
            "TRANSPOSE_CONV",
            [(4,), (5, 3, 3, 2), (1, 4, 4, 2)],
            (1, 8, 8, 5),
            {1: Number("i", 2), 2: Number("i", 2)},
            2 * 320 * 18 // 4,
        ),
        (
            "MAX_POOL_2D",
            [(1, 4, 4, 2)],
            (1, 2, 2, 2),
            {3: Number("i", 2), 4: Number("i", 3)},
            8 * 6,
        ),
        ("ADD", [(2, 3), (2, 3)], (2, 3), {}, 6),
        ("ADD", [(2, 3), (2, 3)], (2, 3), {0: Number("b", 3)}, 12),
        ("MUL", [(2, 3), (2, 3)], (2, 3), None, 6),
        ("RESHAPE", [(2, 3)], (6,), None, 0),
    ],
)
def test_operations_by_hand(details, name, shapes, output, options, flops):
    found = details(one_op(name, shapes, output, options))
    assert found.flops_by_op == ({name: flops} if flops else {})
    assert (found.flops, found.uncounted_ops) == (flops, {})


def test_a_bias_that_is_left_out_adds_nothing(details):
    root = one_op("FULLY_CONNECTED", [(2, 6), (4, 6)], (2, 4), {}, inputs=(0, 1, -1))
    assert details(root).flops == 8 * 2 * 6


@pytest.mark.parametrize(
    ("name", "shapes", "output", "options"),
    [
        ("CONV_2D", [(1, 4, 4, 3)], (1, 4, 4, 5), {}),
        ("FULLY_CONNECTED", [(2, 6), (4, -1)], (2, 4), {}),
        ("ADD", [(2, 3), (2, 3)], (2, -1), {}),
        ("TRANSPOSE_CONV", [(4,), (5, 3, 3, 2), (1, 4, 4, 2)], (1, 8, 8, 5), {}),
        (
            "TRANSPOSE_CONV",
            [(4,), (5, 3, 3, 2)],
            (1, 8, 8, 5),
            {1: Number("i", -1), 2: Number("i", 1)},
        ),
        ("BATCH_MATMUL", [(6,), (6,)], (1,), {0: Number("b", 1)}),
        ("MAX_POOL_2D", [(1, 4, 4, 2)], (1, 2, 2, 2), {3: Number("i", -2), 4: Number("i", 3)}),
        ("HARD_SWISH", [(3,)], (3,), None),
    ],
    ids=["filter", "depth", "output", "no stride", "stride", "rank", "window", "unknown"],
)
def test_what_cannot_be_counted_is_named(details, name, shapes, output, options):
    found = details(one_op(name, shapes, output, options))
    assert (found.flops, found.uncounted_ops) == (0, {name: 1})


@pytest.mark.parametrize("batch", [1, 7])
def test_an_open_batch_is_what_it_is_taken_for(details, batch):
    tensors = [tensor(1, 5, signature=(-1, 5)), tensor(1, 5, signature=(-1, 5))]
    found = details(
        model([code(NUMBER["NEG"])], [subgraph(tensors, [op(0, (0,), (1,))])]), batch=batch
    )
    assert (found.flops, found.batch) == (5 * batch, batch)


def test_the_graph_as_it_is_drawn(tmp_path):
    tensors = [
        tensor(1, 5, name="x", signature=(-1, 5)),
        tensor(5, name="b", buffer=1),
        tensor(1, 5),
    ]
    ops = [op(0, (0, 1), (2,)), op(0, (2, -1), ())]
    root = model([code(NUMBER["ADD"])], [subgraph(tensors, ops)], [b"", b"1"])
    (tmp_path / "m").write_bytes(flat_file(root))
    graph = read_tflite_graph(tmp_path / "m", batch=4)
    assert [(one.name, one.shape, one.is_weight) for one in graph.tensors] == [
        ("x", (4, 5), False),
        ("b", (5,), True),
        ("", (1, 5), False),
    ]
    assert graph.inputs == [0]
    assert [(one.op, one.inputs, one.outputs) for one in graph.ops] == [
        ("ADD", (0, 1), (2,)),
        ("ADD", (2, -1), ()),
    ]
    assert [one.option(0, "b") for one in graph.ops] == [0, 0]
    assert graph.flops.by_node == {"0": 5}
