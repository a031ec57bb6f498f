"""Numbers that dropouts alone read are found in called functions, branches and loops as well."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze_session, load_graph
from graphkit.export._freezing._dropout_rates import dropout_rates, fold_numbers
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import ops_within
from graphkit.export._transforms._dropout_in_functions import drop_in_functions

NOISE = {"RandomUniform"}
X = np.arange(6, dtype=np.float32).reshape(2, 3)


def _drop(x, keep):
    """As `tf.nn.dropout` is in TensorFlow 1.15."""
    rate = 1.0 - keep
    noise = tf.random_uniform(tf.shape(x), seed=1)
    return x * (1.0 / (1.0 - rate)) * tf.cast(noise >= rate, tf.float32)


def _called(x, p):
    return tf.function(_drop)(x, p)


def _called_in_a_call(x, p):
    return tf.function(lambda v, k: 2.0 * tf.function(_drop)(v, k))(x, p)


def _twice_called(x, p):
    drop = tf.function(_drop)
    return drop(drop(x, p), p)


def _in_a_branch(x, p):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: _drop(x, p), lambda: -x)


def _in_a_case(x, p):
    return tf.switch_case(tf.shape(x)[0], [lambda: x, lambda: -x, lambda: _drop(x, p)])


def _in_a_loop(x, p):
    return tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, _drop(v, p)), [0, x])[1]


def _in_a_call_in_a_loop(x, p):
    drop = tf.function(_drop)
    return tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, drop(v, p)), [0, x])[1]


def _in_a_branch_in_a_loop(x, p):
    turn = lambda i, v: (i + 1, tf.cond(i > 0, lambda: _drop(v, p), lambda: v * 2.0))  # noqa: E731
    return tf.while_loop(lambda i, _: i < 2, turn, [0, x])[1]


def _carried_along(x, p):
    """As a loop of today carries what it does not change."""
    return tf.while_loop(lambda i, v, k: i < 2, lambda i, v, k: (i + 1, _drop(v, k), k), [0, x, p])[
        1
    ]


def _read_behind_the_loop(x, p):
    *_, same = tf.while_loop(lambda i, k: i < 2, lambda i, k: (i + 1, k), [0, p])
    return _drop(x, same)


HIDDEN = {
    _called: X,
    _called_in_a_call: 2 * X,
    _twice_called: X,
    _in_a_branch: X,
    _in_a_case: X,
    _in_a_loop: X,
    _in_a_call_in_a_loop: X,
    _in_a_branch_in_a_loop: 2 * X,
    _carried_along: X,
    _read_behind_the_loop: X,
}


def _inputs():
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    return x, tf.placeholder_with_default(np.float32(0.5), [], name="p")


@pytest.mark.parametrize("hide", HIDDEN)
def test_the_use_tells_what_a_number_is_wherever_it_is_used(graph, hide):
    hide(*_inputs())
    assert dropout_rates(graph.as_graph_def(), graph) == {"p": 1}


@pytest.mark.parametrize("hide", HIDDEN)
def test_nothing_is_dropped_in_the_file(graph, session, tmp_path, hide):
    tf.identity(hide(*_inputs()), name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert report.pins == {"p": 1.0}
    assert [info.name for info in report.inputs] == ["x"]
    with load_graph(tmp_path / "m.pb") as loaded:
        np.testing.assert_array_equal(loaded.run({"x": X})["y"], HIDDEN[hide])
        stay = {"RandomUniform"} if hide is _read_behind_the_loop else set()
        assert kinds(loaded.graph.as_graph_def()) & NOISE == stay


def kinds(graph_def):
    return {kind for _, kind in ops_within(graph_def)}


def _dropped_by_tensorflow(x, p):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: tf.nn.dropout(x, rate=1 - p), lambda: -x)


def _returned_at_once(x, p):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: tf.nn.dropout(x, rate=1 - p), lambda: x)


def _of_a_constant(x, p):
    kept = lambda v: _drop(v, tf.constant(1.0))  # noqa: E731
    return tf.while_loop(lambda v: tf.reduce_sum(v) < p, lambda v: kept(v) + 1.0, [x])


@pytest.mark.parametrize(
    "build", [_in_a_case, _dropped_by_tensorflow, _returned_at_once, _of_a_constant]
)
def test_a_dropout_of_a_constant_is_left_out_of_functions(graph, session, build):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.identity(build(x, tf.constant(1.0)), name="y")
    wanted = session.run(y, {x: X})
    graph_def = graph.as_graph_def()
    fold_numbers(graph_def)
    assert kinds(graph_def) & NOISE
    drop_in_functions(graph_def, graph)
    assert not kinds(graph_def) & NOISE
    (found,) = run(graph_def, ["y:0"])
    np.testing.assert_array_equal(found, wanted)


def run(graph_def, names):
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        tf.import_graph_def(graph_def, name="")
        return session.run(names, {"x:0": X})


@pytest.mark.parametrize(("other", "stays"), [(0.5, True), (1.0, False)])
def test_a_function_stays_where_it_is_given_another_number_elsewhere(graph, other, stays):
    """Both read the same two functions; in the file of one network they may be so shared."""
    x, p = tf.placeholder(tf.float32, [None, 3], name="x"), tf.constant(1.0, name="p")
    name = _in_a_branch(x, p).op.inputs[0].op.name
    graph_def = graph.as_graph_def()
    (first,) = (node for node in graph_def.node if node.name == name)
    assert first.op in ("If", "StatelessIf")
    graph_def.node.add().CopyFrom(tf.constant(other, name="q").op.node_def)
    second = graph_def.node.add()
    second.CopyFrom(first)
    second.name = "second"
    second.input[list(second.input).index("p")] = "q"
    drop_in_functions(graph_def, graph)
    assert ("RandomUniform" in kinds(graph_def)) == stays
    if not stays:
        for found in run(graph_def, [f"{name}:0", "second:0"]):
            np.testing.assert_array_equal(found, X)


def test_a_function_that_runs_itself_with_other_numbers_has_an_end(graph):
    x, p = tf.placeholder(tf.float32, [None, 3], name="x"), tf.constant(1.0, name="p")
    _in_a_branch(x, p)
    graph_def = graph.as_graph_def()
    (function,) = (
        f for f in graph_def.library.function if any(n.op == "RandomUniform" for n in f.node_def)
    )
    (op,) = (node for node in graph_def.node if node.op in ("If", "StatelessIf"))
    inner = function.node_def.add(name="again", op="PartitionedCall")
    number = next(i for i, name in enumerate(op.input[1:]) if name == "p")
    arguments = [argument.name for argument in function.signature.input_arg]
    make_constant(function.node_def.add(), "one", np.float32(1))
    places = [arguments[number], "one:output:0"]
    more = function.node_def.add(name="more", op="AddV2", input=places)
    more.attr["T"].type = tf.float32.as_datatype_enum
    arguments[number] = "more:z:0"
    inner.input.extend(arguments)
    inner.attr["f"].func.name = function.signature.name
    inner.attr["Tin"].list.type.extend(a.type for a in function.signature.input_arg)
    inner.attr["Tout"].list.type.extend(a.type for a in function.signature.output_arg)
    drop_in_functions(graph_def, graph)
    assert "RandomUniform" in kinds(graph_def)


def _returned(x, p):
    return tf.function(lambda v, k: _drop(v, k) + k)(x, p)


def _given_back(x, p):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: p, lambda: 1.0) + _drop(x, p)


def _chosen_by(x, p):
    return tf.cond(p > 0.9, lambda: _drop(x, p), lambda: x)


def _changed_in_the_loop(x, p):
    return tf.while_loop(
        lambda i, v, k: i < 2, lambda i, v, k: (i + 1, _drop(v, k), k * 0.9), [0, x, p]
    )[1]


def _counted_by(x, p):
    return tf.while_loop(lambda v: tf.reduce_sum(v) < p, lambda v: _drop(v, p) + 1.0, [x])


def _used_otherwise_inside(x, p):
    return tf.function(lambda v, k: _drop(v, k) * tf.sin(k))(x, p)


@pytest.mark.parametrize(
    "use",
    [_returned, _given_back, _chosen_by, _changed_in_the_loop, _counted_by, _used_otherwise_inside],
)
def test_a_number_of_another_use_is_left(graph, use):
    use(*_inputs())
    assert dropout_rates(graph.as_graph_def(), graph) == {}


def test_a_named_number_stays_an_input(graph, session, tmp_path):
    tf.identity(_in_a_loop(*_inputs()), name="y")
    with pytest.raises(ArgumentError, match=r"same in every run"):
        freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=["x", "p"])
