"""A choice among many branches is written for other formats as conditions one in the other."""

from __future__ import annotations

import numpy as np
import pytest
from nets import write

from graphkit._tf import tf
from graphkit.export import convert
from graphkit.export._graphs._cases import cases_as_conditions
from graphkit.export._graphs._nodes import ops_within

X = np.arange(8, dtype=np.float32).reshape(2, 4) - 3
INDICES = range(-2, 6)


def _ends():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    return x, tf.placeholder(tf.int32, [], name="i")


def two():
    x, i = _ends()
    tf.identity(tf.switch_case(i, [lambda: x + 1, lambda: x * 2]), name="y")


def one():
    x, i = _ends()
    tf.identity(tf.switch_case(i, [lambda: x + 1]), name="y")


def four_of_two_results():
    x, i = _ends()
    factors = tf.constant([2.0, 3, 5, 7])
    branches = [lambda k=k: (x * factors + k, tf.reduce_sum(x) * k) for k in range(4)]
    first, second = tf.switch_case(i, branches)
    tf.add(first, second, name="y")


def one_in_another():
    x, i = _ends()

    def inner():
        return tf.switch_case(i - 1, [lambda: x * 2, lambda: x * 3, lambda: x * 5])

    tf.identity(tf.switch_case(i, [lambda: x, inner, inner, lambda: -x]), name="y")


def in_a_loop():
    x, i = _ends()

    def turn(k, v):
        return k + 1, tf.switch_case(k, [lambda: v + 1, lambda: v * 2, lambda: v - 3])

    tf.identity(tf.while_loop(lambda k, _: k < i, turn, [0, x])[1], name="y")


def _looped(i):
    value = X
    for turn in range(i):
        value = [value + 1, value * 2, value - 3][min(turn, 2)]
    return value


def _last_if_beyond(i, count):
    return i if 0 <= i < count else count - 1


def _product(k):
    return X * np.float32([2, 3, 5, 7]) + k + X.sum() * k


def _inner(i):
    return X * [2, 3, 5][_last_if_beyond(i - 1, 3)]


CASES = {
    two: lambda i: [X + 1, X * 2][_last_if_beyond(i, 2)],
    one: lambda _: X + 1,
    four_of_two_results: lambda i: _product(_last_if_beyond(i, 4)),
    one_in_another: lambda i: [X, _inner(i), _inner(i), -X][_last_if_beyond(i, 4)],
    in_a_loop: _looped,
}


@pytest.mark.parametrize("build", CASES)
def test_conditions_choose_what_the_case_chose(graph, build):
    build()
    rewritten = cases_as_conditions(graph.as_graph_def())
    cases = {kind for _, kind in ops_within(rewritten) if "Case" in kind}
    assert cases <= ({"Case", "StatelessCase"} if build is one else set())
    with tf.Graph().as_default() as other, tf.Session(graph=other) as session:
        tf.import_graph_def(rewritten, name="")
        for i in INDICES:
            found = session.run("y:0", {"x:0": X, "i:0": i})
            np.testing.assert_allclose(found, CASES[build](i), rtol=1e-6)


def test_a_graph_without_cases_stays_as_it_is(graph):
    x, i = _ends()
    tf.identity(tf.cond(i > 0, lambda: x, lambda: -x), name="y")
    assert cases_as_conditions(graph.as_graph_def()) == graph.as_graph_def()


@pytest.mark.parametrize("target", ["onnx", "tflite"])
@pytest.mark.parametrize("build", [four_of_two_results, one_in_another])
def test_other_formats_choose_the_same(tmp_path, build, target):
    if target == "onnx":
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    source = write(tmp_path / "source.pb", build)
    feeds = [{"x": X, "i": np.int32(i)} for i in INDICES]
    report = convert(source, tmp_path / f"model.{target}", outputs="y", feeds=feeds)
    assert report.batches_checked == len(INDICES)
    assert report.max_abs_diff <= 1e-5
