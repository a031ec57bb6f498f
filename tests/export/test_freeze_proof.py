"""The proof of a frozen file: what is compared, with which numbers, and when it fails."""

from __future__ import annotations

import math

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    VerificationError,
)
from graphkit.export import TensorInfo, freeze_session, load_graph


@pytest.mark.parametrize(
    ("dtype", "shape"),
    [
        (tf.float32, [None, 3]),
        (tf.float64, [2, None]),
        (tf.float16, []),
        (tf.uint8, [None, None, None, 3]),
        (tf.int32, [None]),
        (tf.int64, []),
        (tf.bool, []),
        (tf.bool, [None]),
        (tf.string, [None]),
        (tf.complex64, [None]),
    ],
)
def test_batches_are_generated_for_every_dtype(graph, session, tmp_path, dtype, shape):
    tf.identity(tf.placeholder(dtype, shape, name="x"), name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert (report.batches_checked, report.max_abs_diff) == (2, 0)


def test_floats_that_stand_for_indices_are_made_as_such(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 40], name="x")
    table = tf.constant([[1.0], [2.0]])
    tf.gather(table, tf.cast(x, tf.int32), name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert report.batches_checked == 2


def test_a_graph_without_input(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=[1.0, 2.0])
    tf.multiply(variable, 2.0, name="y")
    session.run(variable.initializer)
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({})["y"].tolist() == [2.0, 4.0]


def test_nan_and_infinity_equal_themselves(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.log(x, name="y")
    feeds = {"x": [-1.0, 0.0, 1.0]}
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", feeds=feeds)
    assert report.max_abs_diff == 0


def test_several_batches_are_compared(dense, tmp_path):
    feeds = [{"x": np.ones([size, 3])} for size in (1, 2, 5)]
    report = freeze_session(dense, tmp_path / "m.pb", outputs="y", feeds=feeds)
    assert report.batches_checked == 3


class _Drifting:
    """A session that gives other numbers once the graph was read."""

    def __init__(self, session, change):
        self.graph = session.graph
        self._session = session
        self._change = change

    def run(self, fetches, feed_dict=None):
        values = self._session.run(fetches, feed_dict)
        return [self._change(value) for value in values] if feed_dict else values


def _drift(session, amount):
    return _Drifting(session, lambda value: value + amount)


@pytest.mark.parametrize("existing", [True, False])
def test_a_file_that_differs_is_not_written(dense, tmp_path, existing):
    path = tmp_path / "m.pb"
    if existing:
        freeze_session(dense, path, outputs="y")
    before = path.read_bytes() if existing else None
    with pytest.raises(VerificationError, match=r"'y:0'.*difference 0.01, allowed 1e-05; nothing"):
        freeze_session(_drift(dense, np.float32(0.01)), path, outputs="y")
    assert (path.read_bytes() if path.exists() else None) == before
    assert [file.name for file in tmp_path.iterdir()] == (["m.pb"] if existing else [])


def test_the_tolerance_is_the_callers(dense, tmp_path):
    drifting = _drift(dense, np.float32(0.01))
    report = freeze_session(drifting, tmp_path / "m.pb", outputs="y", tolerance=0.1)
    assert math.isclose(report.max_abs_diff, 0.01, rel_tol=1e-4)


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value[:, :1],
        lambda value: value.astype(np.float64),
        lambda value: np.where(value == value.max(), np.float32(np.nan), value),
        lambda value: np.where(value == value.max(), np.float32(np.inf), value),
    ],
)
def test_another_shape_dtype_or_nan_differs(dense, tmp_path, change):
    with pytest.raises(VerificationError, match="difference inf"):
        freeze_session(_Drifting(dense, change), tmp_path / "m.pb", outputs="y")


def test_integers_have_to_be_equal(graph, session, tmp_path):
    tf.add(tf.placeholder(tf.int32, [None], name="x"), 1, name="y")
    with pytest.raises(VerificationError, match=r"'y:0'.*difference inf"):
        freeze_session(_drift(session, np.int32(1)), tmp_path / "m.pb", outputs="y", tolerance=10)


def test_large_numbers_may_differ_in_proportion(graph, session, tmp_path):
    tf.multiply(tf.placeholder(tf.float32, [None], name="x"), 1e6, name="y")
    drifting = _drift(session, np.float32(1.0))
    report = freeze_session(drifting, tmp_path / "m.pb", outputs="y", feeds={"x": [1.0]})
    assert report.max_abs_diff == 1.0


def test_a_random_output_is_refused_with_its_op(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 50], name="x")
    keep_prob = tf.placeholder(tf.float32, [], name="keep_prob")
    tf.identity(tf.nn.dropout(x, keep_prob=keep_prob), name="y")
    feeds = {"x": np.ones([2, 50]), "keep_prob": 0.5}
    message = r"same in every run.*RandomUniform.*pins=\{'keep_prob': 1.0\}.*got 'y"
    with pytest.raises(ArgumentError, match=message):
        freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=list(feeds), feeds=feeds)
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"keep_prob": 1.0})


def test_a_random_output_without_a_switch(graph, session, tmp_path):
    tf.random_normal([3], name="y")
    told = (
        r"depends on y/RandomStandardNormal \(Random\w+\); if it is there for training, .*--script"
    )
    with pytest.raises(ArgumentError, match=told):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_numbers_that_prove_nothing_are_refused(graph, session, tmp_path):
    rate = tf.placeholder(tf.float32, [], name="rate")
    tf.divide(0.0, rate - 1.0, name="y")
    with pytest.raises(
        ArgumentError, match=r"feeds must be values that lead to a finite number; .* got .generated"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_generated_values_that_do_not_fit_ask_for_real_ones(graph, session, tmp_path):
    text = tf.placeholder(tf.string, [], name="text")
    tf.io.parse_tensor(text, tf.float32, name="y")
    with pytest.raises(
        ArgumentError, match=r"feeds must be given \(.*--feed .*\), .*, and the graph cannot run on"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    with pytest.raises(tf.errors.InvalidArgumentError):
        freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"text": b"no tensor"})


def test_an_input_of_unknown_rank_asks_for_values(graph, session, tmp_path):
    tf.identity(tf.placeholder(tf.float32, name="x"), name="y")
    with pytest.raises(
        ArgumentError, match=r"input 'x' must be of a known.* --pin x=VALUE.*'one of unknown shape'"
    ):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"x": 1.0}).inputs == [
        TensorInfo("x", "float32", None)
    ]


class _Broken:
    """A session in which some ops compute something else than their graph says."""

    def __init__(self, session, names):
        self.graph = session.graph
        self._session = session
        self._names = names

    def run(self, fetches, feed_dict=None):
        values = self._session.run(fetches, feed_dict)
        if feed_dict is None:
            return values
        return [
            v + np.float32(1) if tensor.op.name in self._names else v
            for tensor, v in zip(fetches, values, strict=True)
        ]


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ({"y"}, "'y', a Softmax"),
        ({"logits", "y"}, "'logits', a Add"),
        ({"MatMul", "y"}, "'MatMul'"),
    ],
)
def test_the_first_op_that_differs_is_named(dense, tmp_path, names, first):
    with pytest.raises(VerificationError, match=rf"'y:0' \(it begins at {first}"):
        freeze_session(_Broken(dense, names), tmp_path / "m.pb", outputs="y")
    assert not (tmp_path / "m.pb").exists()


def test_inside_a_loop_no_op_is_named(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.disable_control_flow_v2()
    try:
        y = tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, v * 2.0), (0, x))[1]
    finally:
        tf.enable_control_flow_v2()
    tf.identity(y, name="y")
    with pytest.raises(VerificationError, match=r"session at 'y:0': largest"):
        freeze_session(_Broken(session, {"y"}), tmp_path / "m.pb", outputs="y")
