"""Functions in files that lack something, or do not fit what runs them, are refused."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import CorruptFileError
from graphkit.export import load_graph


def _branches():
    """Two results, of which one is fetched."""
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.cond(tf.reduce_sum(x) > 0, lambda: (x * 2, x + 2), lambda: (x * 3, x + 3))[0]
    return tf.identity(y, name="y").graph.as_graph_def()


def _loop():
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, v * 2), [0, x])[1]
    return tf.identity(y, name="y").graph.as_graph_def()


def _call():
    x = tf.placeholder(tf.float32, [None], name="x")

    @tf.function(autograph=False)
    def inner(given):
        return given * 2

    @tf.function(autograph=False)
    def outer(given):
        return inner(given) + 1

    return tf.identity(outer(x), name="y").graph.as_graph_def()


def _function(graph_def, said):
    return next(f for f in graph_def.library.function if said in f.signature.name)


def _fewer_results(graph_def):
    del _function(graph_def, "true").signature.output_arg[1]


def _fewer_arguments(graph_def):
    function = _function(graph_def, "cond")
    argument = function.signature.input_arg.pop()
    assert all(argument.name not in node.input for node in function.node_def)


def _empty(graph_def):
    _function(graph_def, "body").ClearField("node_def")


def _no_results(graph_def):
    _function(graph_def, "cond").ret.clear()


def _nameless(graph_def):
    node = next(n for n in _function(graph_def, "true").node_def if n.op == "Mul")
    node.input[0] = "nowhere"


def _circle(graph_def):
    function = _function(graph_def, "body")
    for name, read in (("here", "there"), ("there", "here")):
        node = function.node_def.add(name=name, op="Identity", input=[f"{read}:output:0"])
        node.attr["T"].type = tf.float32.as_datatype_enum


def _gone(graph_def):
    graph_def.library.function.remove(_function(graph_def, "inner"))


@pytest.mark.parametrize(
    ("build", "damage", "reason"),
    [
        (_branches, _fewer_results, r"function '\w+true\w*' on 1 values for 2 results, and it ta"),
        (_branches, _nameless, r"function '\w+true\w*' reads 'nowhere', which is not there"),
        (_loop, _fewer_arguments, r"node 'while' runs function 'while_cond_\d+' on 4 values for 1"),
        (_loop, _empty, r"function 'while_body_\d+' returns 'add\w*', which it does not compute"),
        (_loop, _no_results, r"function 'while_cond_\d+' returns 'less', which it does not comp"),
        (_loop, _circle, r"function 'while_body_\d+' waits for 't?here', which waits for itself"),
        (_call, _gone, r"function '__inference_outer_\d+' runs '__inference_inner_\d+', which is"),
    ],
)
def test_a_function_that_cannot_be_run_is_named(graph, tmp_path, build, damage, reason):
    """TensorFlow would not look at it before it runs, and end the process over the first."""
    graph_def = build()
    damage(graph_def)
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=rf"m\.pb: .*{reason}"):
        load_graph(tmp_path / "m.pb")


@pytest.mark.parametrize("build", [_branches, _loop, _call])
def test_whole_functions_are_run(graph, tmp_path, build):
    (tmp_path / "m.pb").write_bytes(build().SerializeToString())
    expected = {_branches: [2.0, 4.0], _loop: [8.0, 16.0], _call: [3.0, 5.0]}[build]
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": np.float32([1, 2])})["y"].tolist() == expected
