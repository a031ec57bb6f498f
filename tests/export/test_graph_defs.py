"""Graphs as files hold them, built by hand: walking, folding, bounding and naming their nodes."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.export._graphs import _op_kinds as kinds
from graphkit.export._graphs._branches import fold_constant_branches
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import needed_nodes, op_of, ops_within, with_functions
from graphkit.export._graphs._outputs import file_outputs
from graphkit.export._graphs._tensors import describe_tensor, find_tensor, find_tensors
from graphkit.export._running._batches import (
    checked_batches,
    feedable,
    generated_batches,
)
from graphkit.export._running._difference import difference
from graphkit.export._running._values import converted
from graphkit.export._tensor_info import TensorInfo


def chain(*nodes):
    """A graph of `(name, op, inputs)`."""
    graph_def = tf.GraphDef()
    for name, op, *inputs in nodes:
        graph_def.node.add(name=name, op=op).input.extend(inputs)
    return graph_def


def names(nodes):
    return [node.name for node in nodes]


@pytest.mark.parametrize(
    ("reference", "op"), [("a", "a"), ("a:1", "a"), ("^a", "a"), ("s/a:0", "s/a"), ("^s/a", "s/a")]
)
def test_reference_names_its_op(reference, op):
    assert op_of(reference) == op


def test_needed_nodes_stand_in_the_order_of_the_graph():
    graph_def = chain(
        ("c", "Const"),
        ("b", "Neg", "c:0"),
        ("x", "Const"),
        ("a", "Add", "b", "^x"),
        ("z", "Neg", "a"),
    )
    assert names(needed_nodes(graph_def, ["a"])) == ["c", "b", "x", "a"]
    assert names(needed_nodes(graph_def, ["b"])) == ["c", "b"]
    assert names(needed_nodes(graph_def, ["absent"])) == []


def test_needed_nodes_of_a_circle_come_to_an_end():
    graph_def = chain(
        ("enter", "Enter"), ("merge", "Merge", "enter", "next"), ("next", "NextIteration", "merge")
    )
    assert names(needed_nodes(graph_def, ["merge"])) == ["enter", "merge", "next"]


def with_calls():
    """A node that calls `f`, which calls `g`; `h` is called by nobody."""
    graph_def = chain(("y", "PartitionedCall"))
    graph_def.node[0].attr["f"].func.name = "f"
    for name, inner in (("f", "g"), ("g", "Neg"), ("h", "Neg")):
        function = graph_def.library.function.add()
        function.signature.name = name
        function.node_def.add(name="inside", op=inner)
    return graph_def


def test_functions_called_by_functions_are_kept_and_others_not():
    kept = with_functions(with_calls(), with_calls().node)
    assert [f.signature.name for f in kept.library.function] == ["f", "g"]


def test_ops_within_functions_are_listed_with_their_function():
    assert list(ops_within(with_calls())) == [
        ("y", "PartitionedCall"),
        ("f/inside", "g"),
        ("g/inside", "Neg"),
        ("h/inside", "Neg"),
    ]


def constant(graph_def, name, value):
    make_constant(graph_def.node.add(), name, value)


def switched(condition, flips=0):
    """`x` through a switch on a constant, negated so often, and a merge of both sides."""
    graph_def = chain(("x", "Placeholder"))
    constant(graph_def, "c0", condition)
    for number in range(flips):
        graph_def.node.add(name=f"c{number + 1}", op="LogicalNot").input.append(f"c{number}")
    last = f"c{flips}"
    for name, op, *inputs in (
        ("switch", "Switch", "x", last),
        ("no", "Neg", "switch"),
        ("yes", "Abs", "switch:1"),
        ("merge", "Merge", "no", "yes"),
        ("out", "Identity", "merge"),
        ("side", "Identity", "merge:1"),
    ):
        graph_def.node.add(name=name, op=op).input.extend(inputs)
    return graph_def


@pytest.mark.parametrize("flips", [0, 1, 2])
@pytest.mark.parametrize("condition", [True, False])
def test_merge_takes_the_side_of_a_constant_condition(condition, flips):
    graph_def = switched(condition, flips)
    fold_constant_branches(graph_def)
    by_name = {node.name: node for node in graph_def.node}
    taken = condition ^ (flips % 2 == 1)
    assert (by_name["merge"].op, list(by_name["merge"].input)) == (
        "Identity",
        ["yes" if taken else "no"],
    )
    assert by_name["switch"].op == "Identity"
    assert list(by_name["yes"].input) == ["switch"]
    assert list(by_name["side"].input) == ["merge/side"]
    assert tf.make_ndarray(by_name["merge/side"].attr["value"].tensor) == int(taken)


@pytest.mark.parametrize("condition", [[True, False], np.int32(1)])
def test_what_is_no_single_truth_folds_nothing(condition):
    graph_def = switched(np.array(condition))
    before = graph_def.SerializeToString(deterministic=True)
    fold_constant_branches(graph_def)
    assert graph_def.SerializeToString(deterministic=True) == before


def test_outputs_are_what_nothing_consumes():
    graph_def = chain(
        ("x", "Placeholder"),
        ("k", "Const"),
        ("y", "Add", "x", "k"),
        ("z", "Neg", "x"),
        ("n", "NoOp", "^y"),
    )
    assert file_outputs(graph_def) == [("z", None)]


def test_marked_outputs_come_in_the_order_of_their_marks():
    graph_def = chain(("a", "Split"), ("b", "Neg", "a"), ("c", "Abs", "b"))
    for node, pairs in zip(graph_def.node, ([2, 1, 0, 0], [1, -1], []), strict=True):
        if pairs:
            node.attr["_graphkit_outputs"].list.i.extend(pairs)
    assert file_outputs(graph_def) == [("a", 0), ("b", None), ("a", 1)]


@pytest.mark.parametrize(
    ("kind", "ops"),
    [
        (kinds.feeds_pipeline, ["QueueDequeueV2", "ReaderReadV2", "IteratorGetNext", "Unstage"]),
        (
            kinds.writes_variable,
            ["AssignAdd", "AssignVariableOp", "ApplyAdam", "ResourceApplyAdam"],
        ),
        (kinds.writes_variable, ["ScatterNdUpdate", "ResourceScatterAdd", "ResourceCountUpTo"]),
        (kinds.keeps_state, ["HashTableV2", "MutableHashTableOfTensorsV2", "Barrier", "Stage"]),
        (kinds.waits, ["QueueDequeueManyV2", "ReaderReadUpToV2", "BarrierTakeMany", "_Recv"]),
        (kinds.fills, ["QueueEnqueueManyV2", "OrderedMapStage", "BarrierInsertMany", "_Send"]),
        (kinds.is_unsafe, ["ReadFile", "WriteFile", "RestoreV2", "PyFunc", "TextLineReaderV2"]),
        (kinds.is_unsafe, ["ExperimentalCSVDataset", "TFRecordDatasetV2"]),
    ],
)
def test_ops_of_a_kind(kind, ops):
    assert all(map(kind, ops))


@pytest.mark.parametrize(
    ("kind", "ops"),
    [
        (kinds.feeds_pipeline, ["MatMul", "Stack", "StageSize"]),
        (kinds.writes_variable, ["Assert", "ApproximateEqual", "ScatterNd", "ReadVariableOp"]),
        (kinds.keeps_state, ["LookupTableFindV2", "Const", "HashTableSize"]),
        (kinds.waits, ["QueueEnqueueV2", "Stage", "Identity"]),
        (kinds.fills, ["QueueDequeueV2", "Unstage", "StageSize"]),
        (kinds.is_unsafe, ["MatMul", "DecodePng", "StringSplit", "Placeholder"]),
    ],
)
def test_ops_of_another_kind(kind, ops):
    assert not any(map(kind, ops))


def test_unsafe_types_are_known_to_tensorflow_or_were():
    known = [kind for kind in kinds.unsafe_types() if hasattr(tf.raw_ops, kind)]
    assert {"ReadFile", "WriteFile", "PyFunc", "RestoreV2"} <= set(known)
    assert kinds.unsafe_types() == sorted(kinds.unsafe_types())


DTYPES = ["float16", "float32", "float64", "int8", "uint8", "int32", "int64", "bool", "complex64"]


@pytest.mark.parametrize("to", DTYPES)
@pytest.mark.parametrize("of", DTYPES)
def test_conversion_loses_no_kind_and_no_range(of, to):
    array = np.array([0, 1], of)
    fitted = converted(array, tf.as_dtype(to).as_numpy_dtype)
    integers = array.dtype.kind in "iu" and np.dtype(to).kind in "iu"
    if integers or np.can_cast(of, to, "same_kind"):
        assert fitted.dtype == to
        np.testing.assert_array_equal(fitted, np.array([0, 1], to))
    else:
        assert fitted is None


@pytest.mark.parametrize(
    ("value", "dtype", "fits"),
    [
        (255, "uint8", True),
        (256, "uint8", False),
        (-1, "uint8", False),
        (-(2**31), "int32", True),
        (2**31, "int32", False),
        (2**63, "int64", False),
    ],
)
def test_conversion_keeps_integers_in_their_range(value, dtype, fits):
    assert (converted(np.array([value]), tf.as_dtype(dtype).as_numpy_dtype) is not None) == fits


@pytest.mark.parametrize("text", ["naïve", b"\xff", ["a", b"b"]])
def test_text_fits_strings_alone(text):
    array = np.asarray(text, object)
    assert converted(array, object) is array
    assert converted(np.array(1.0), object) is None
    assert converted(np.array("1"), np.float32) is None


@pytest.fixture
def inputs(graph):
    """Three placeholders by name: rows, a switch and ids."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    switch = tf.placeholder_with_default(False, [], name="switch")
    ids = tf.placeholder(tf.int32, [None], name="ids")
    return {tensor.op.name: tensor for tensor in (x, switch, ids)}


def test_generated_batches_are_of_one_and_three_and_the_same_each_time(inputs):
    first, second = generated_batches("f", inputs), generated_batches("f", inputs)
    assert [{name: a.shape for name, a in batch.items()} for batch in first] == [
        {"x": (1, 3), "ids": (1,)},
        {"x": (3, 3), "ids": (3,)},
    ]
    for one, other in zip(first, second, strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])
    assert set(np.concatenate([batch["ids"] for batch in first])) <= {0, 1}


@pytest.mark.parametrize(
    ("dtype", "shape", "value"),
    [
        (tf.bool, [], False),
        (tf.float32, [], 1.0),
        (tf.float64, [], 1.0),
        (tf.string, [2], [b"", b""]),
    ],
)
def test_generated_switches_are_off_and_rates_keep_all(graph, dtype, shape, value):
    tensor = tf.placeholder(dtype, shape, name="x")
    for batch in generated_batches("f", {"x": tensor}):
        assert batch["x"].tolist() == value
        assert batch["x"].dtype == dtype.as_numpy_dtype


ROWS = [[1, 2, 3]]


@pytest.mark.parametrize("key", ["x", "x:0"])
def test_batch_is_taken_by_any_name_of_its_input(inputs, key):
    (batch,) = checked_batches("f", inputs, {key: ROWS, "ids": [1]})
    assert (batch["x"].dtype, batch["x"].tolist()) == (np.float32, [[1.0, 2.0, 3.0]])
    (batch,) = checked_batches("f", inputs, [{inputs["x"]: ROWS, "ids": [1], "switch": True}])
    assert batch["switch"].tolist() is True


@pytest.mark.parametrize(
    ("feeds", "error", "told"),
    [
        ([], ArgumentError, r"f: feeds must be at least one batch, got \[\]"),
        (3, ArgumentTypeError, "f: feeds must be a dict of arrays .*, got int"),
        ([{"x": ROWS, "ids": [1]}, None], ArgumentTypeError, "list of such dicts, got NoneType"),
        ({"x": ROWS}, ArgumentError, r"feeds must be values for 'ids' too, got \['x'\]"),
        ({"xx": ROWS}, UnknownNameError, "no input named 'xx'; did you mean 'x'"),
        ({"x": [1, 2]}, ArgumentError, r"feeds\['x'\] must be of shape \(None, 3\), got \[2\]"),
        ({"x": [["a"] * 3]}, ArgumentError, r"feeds\['x'\] must be of dtype float32, got 'str32'"),
        ({"ids": [2**40]}, ArgumentError, r"feeds\['ids'\] must be within the range of int32"),
        ({"ids": [0.5]}, ArgumentError, r"feeds\['ids'\] must be of dtype int32, got 'float64'"),
        ({"ids": [[1], [2, 3]]}, ArgumentError, r"feeds\['ids'\] must be an array \("),
    ],
)
def test_batch_that_does_not_fit_is_refused(inputs, feeds, error, told):
    with pytest.raises(error, match=told):
        checked_batches("f", inputs, feeds)


def test_empty_batch_fits(inputs):
    assert feedable("f", "ids", inputs["ids"], np.zeros([0], np.int64)).shape == (0,)


def test_tensors_are_found_by_every_form_of_their_name(graph):
    split = tf.split(tf.zeros([4], name="zeros"), 2, name="halves")
    assert find_tensor("f", "outputs", graph, "zeros").name == "zeros:0"
    assert find_tensor("f", "outputs", graph, "^zeros:0").name == "zeros:0"
    assert find_tensors("f", "outputs", graph, ["halves:1", "zeros"])[0] is split[1]
    assert describe_tensor(split[1]) == TensorInfo("halves:1", "float32", (2,))
    assert describe_tensor(tf.placeholder(tf.int64, name="any")) == TensorInfo("any", "int64", None)


@pytest.mark.parametrize(
    ("wanted", "error", "told"),
    [
        ([], ArgumentError, r"outputs must be at least one tensor name, got \[\]"),
        (["zeros", "zeros:0"], ArgumentError, "outputs must be different tensors"),
        ("zero", UnknownNameError, "no tensor or op named 'zero'; did you mean 'zeros'"),
        ("zeros:1", ArgumentError, "outputs must be one of 'zeros:0', got 'zeros:1'"),
        ("zeros:x", ArgumentError, "outputs must be one of 'zeros:0', got 'zeros:x'"),
        ("halves", ArgumentError, "one of 'halves:0', 'halves:1', got 'halves'"),
        ("nothing", ArgumentError, "outputs must be a tensor; NoOp ops have no output"),
        (3, ArgumentTypeError, "outputs must be the name of a tensor, got int"),
        ("a b", UnknownNameError, "no tensor or op named 'a b'"),
    ],
)
def test_tensor_that_cannot_be_found_is_explained(graph, wanted, error, told):
    tf.split(tf.zeros([4], name="zeros"), 2, name="halves")
    tf.no_op(name="nothing")
    with pytest.raises(error, match=told):
        find_tensors("f", "outputs", graph, wanted)


@pytest.mark.parametrize(
    ("first", "second", "absolute", "scaled"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0, 0),
        ([1.0, 2.0], [1.5, 2.0], 0.5, 0.5),
        ([100.0], [101.0], 1, 0.01),
        ([-100.0], [-99.0], 1, 0.01),
        ([0.5], [0.25], 0.25, 0.25),
        ([np.nan, np.inf], [np.nan, np.inf], 0, 0),
        ([np.nan], [1.0], np.inf, np.inf),
        ([np.inf], [-np.inf], np.inf, np.inf),
        ([np.inf], [1.0], np.inf, np.inf),
        ([1 + 1j], [1 + 2j], 1, 1 / np.sqrt(2)),
        ([1, 2], [1, 3], np.inf, np.inf),
        ([True], [True], 0, 0),
        ([b"a"], [b"b"], np.inf, np.inf),
        ([], [], 0, 0),
        ([1.0], [1.0, 2.0], np.inf, np.inf),
    ],
)
def test_difference_of_two_outputs(first, second, absolute, scaled):
    found = difference(np.array(first), np.array(second))
    np.testing.assert_allclose([found.absolute, found.scaled], [absolute, scaled])


def test_arrays_of_other_dtypes_differ_without_end():
    assert difference(np.float32([1]), np.float64([1])).absolute == np.inf
