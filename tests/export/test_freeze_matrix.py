"""Graphs of every shape, each frozen without a word about its ends and compared with its session.

A graph that cannot be frozen is refused with the reason; there is nothing in between.
"""

from __future__ import annotations

import numpy as np
import pytest
from shapes_of_graphs import (
    accumulates,
    apart_and_widened,
    array_of_tensors,
    asserts_and_checks,
    batch_of_a_queue,
    boxes_kept,
    called_as_a_function,
    calls_python,
    case_of_many,
    default_value,
    dense,
    draws_numbers,
    embedding,
    embedding_in_parts,
    embedding_of_sparse_ids,
    fold_over_rows,
    gru,
    hashed_words,
    initializable_iterator,
    loop_in_a_branch,
    loop_that_grows,
    loop_with_weights,
    lstm,
    map_over_rows,
    moving_average_of_a_reference,
    moving_average_of_a_resource,
    nested_branches,
    normalized_and_pooled,
    normalized_by_switch,
    of_half_precision,
    one_shot_iterator,
    resized,
    scan_over_rows,
    several_devices,
    several_outputs,
    shared_weights,
    shuffled_batch,
    sorted_and_counted,
    sparse_product,
    spectrum,
    switch_case,
    switch_of_unknown_shape,
    switch_with_a_default,
    table_in_a_branch,
    table_of_words,
    table_that_is_learnt,
    table_with_unknown_words,
    text,
    two_cells,
    waits_for_another_op,
    writes_a_variable,
)
from shapes_of_picture_graphs import (
    PNG,
    decoded_picture,
    decoded_pictures,
    inception_block,
    residual_block,
    slim_block_by_switch,
)

from graphkit._tf import tf
from graphkit.errors import GraphkitError
from graphkit.export import freeze, load_graph

# slim's layers say themselves that they are old.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")

FROZEN = [
    *(
        dense,
        shared_weights,
        several_devices,
        several_outputs,
        waits_for_another_op,
        asserts_and_checks,
    ),
    *(default_value, switch_with_a_default, switch_of_unknown_shape, normalized_by_switch),
    *(moving_average_of_a_resource, nested_branches, case_of_many),
    *(switch_case, loop_with_weights, loop_that_grows, loop_in_a_branch, map_over_rows),
    *(scan_over_rows, fold_over_rows, array_of_tensors, lstm, gru, two_cells, batch_of_a_queue),
    *(shuffled_batch, one_shot_iterator, initializable_iterator, embedding, embedding_in_parts),
    *(embedding_of_sparse_ids, table_of_words, table_with_unknown_words, table_in_a_branch),
    *(hashed_words, text, sparse_product, normalized_and_pooled, apart_and_widened, boxes_kept),
    *(resized, sorted_and_counted, called_as_a_function, of_half_precision, spectrum),
    *(inception_block, residual_block, slim_block_by_switch, decoded_picture, decoded_pictures),
]
WITH_CONTROL_FLOW = [
    *(switch_of_unknown_shape, normalized_by_switch, moving_average_of_a_reference),
    *(moving_average_of_a_resource, nested_branches, case_of_many, loop_with_weights),
    *(loop_in_a_branch, map_over_rows, scan_over_rows, lstm, table_in_a_branch),
    *(slim_block_by_switch, decoded_pictures),
]


@pytest.fixture
def old_control_flow():
    """Branches of `Switch` and `Merge`, loops of `Enter` and `Exit`."""
    tf.disable_control_flow_v2()
    yield
    tf.enable_control_flow_v2()


def given(tensor, build):
    """Other values than those the proof makes up."""
    shape = [5 if dim is None else dim for dim in tensor.shape.as_list()]
    if build in (decoded_picture, decoded_pictures):
        return np.full(shape, PNG, object)
    if tensor.dtype == tf.string:
        return np.resize(np.array([b"cat", b"", b"dog", b"\xff"], object), shape)
    if tensor.dtype.is_integer:
        return np.random.default_rng(9).integers(0, 4, shape)
    return np.random.default_rng(9).normal(size=shape)


def named(built):
    """The outputs, by the names `y`, `y_1` ..."""
    several = built if isinstance(built, tuple) else (built,)
    return {name.op.name: name for name in (tf.identity(one, name="y") for one in several)}


def check(session, path, build):
    """Freezes and compares on values of the test's own, by a way of its own."""
    tf.set_random_seed(9)
    outputs = named(build())
    y, graph = outputs["y"], session.graph
    session.run([tf.global_variables_initializer(), tf.tables_initializer()])
    tolerance = 1e-3 if y.dtype == tf.float16 else 1e-5
    report = freeze(session, path, outputs=[*outputs], tolerance=tolerance)
    tensors = {info.name: graph.get_tensor_by_name(f"{info.name}:0") for info in report.inputs}
    feeds = {
        n: given(t, build) for n, t in tensors.items() if t.op.type != "PlaceholderWithDefault"
    }
    pins = {f"{name}:0": value for name, value in report.pins.items()}
    expected = session.run(outputs, {tensors[name]: v for name, v in feeds.items()} | pins)
    with load_graph(path) as frozen:
        kinds = {op.type for op in frozen.graph.get_operations()}
        found = frozen.run(feeds)
    for name in outputs:
        if y.dtype == tf.string:
            assert found[name].tolist() == expected[name].tolist()
        else:
            np.testing.assert_allclose(found[name], expected[name], rtol=1e-4, atol=1e-5)
    assert not {kind for kind in kinds if "Variable" in kind or "Queue" in kind}
    return report


@pytest.mark.parametrize("build", FROZEN, ids=lambda build: build.__name__)
def test_a_graph_is_frozen_and_agrees(graph, session, tmp_path, build):
    check(session, tmp_path / "m.pb", build)


@pytest.mark.parametrize("build", WITH_CONTROL_FLOW, ids=lambda build: build.__name__)
def test_so_is_one_with_the_control_flow_of_tensorflow_1(
    old_control_flow, graph, session, tmp_path, build
):
    check(session, tmp_path / "m.pb", build)


@pytest.mark.parametrize("build", [batch_of_a_queue, shuffled_batch, one_shot_iterator])
def test_what_filled_an_input_is_told(graph, session, tmp_path, build):
    report = check(session, tmp_path / "m.pb", build)
    assert report.cut == [info.name for info in report.inputs]
    assert len(report.cut) == 1


@pytest.mark.parametrize(
    ("build", "name"),
    [(switch_of_unknown_shape, "phase_train"), (switch_with_a_default, "is_training")],
)
def test_a_switch_that_was_pinned_is_told(graph, session, tmp_path, build, name):
    assert check(session, tmp_path / "m.pb", build).pins == {name: False}


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (calls_python, r"PyFunc.*"),
        (draws_numbers, "RandomStandardNormal"),
        (table_that_is_learnt, "lookup tables"),
        (accumulates, "Accumulator"),
        (writes_a_variable, "write variables"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_graph_that_cannot_be_frozen_is_refused_with_the_reason(
    graph, session, tmp_path, build, reason
):
    tf.identity(build(), name="y")
    session.run([tf.global_variables_initializer(), tf.tables_initializer()])
    with pytest.raises(GraphkitError, match=reason):
        freeze(session, tmp_path / "m.pb", outputs="y")
    assert not (tmp_path / "m.pb").exists()
