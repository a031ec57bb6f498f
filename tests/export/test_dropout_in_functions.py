"""Numbers that dropouts alone read are found in called functions, branches and loops as well."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.export import freeze_session, load_graph
from graphkit.export._freezing._dropout_rates import dropout_rates

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
