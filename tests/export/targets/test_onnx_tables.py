"""Lookup tables that constants fill go into ONNX models, and texts through ONNX Runtime."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ConversionError, RunError
from graphkit.export import convert, freeze, open_model

pytest.importorskip("tf2onnx")
pytest.importorskip("onnxruntime")

WORDS = np.array([b"cat", b"", b"z\xc3\xa9bu", b"unknown"], object)
NUMBERS = np.int64([3, -4, 99])
# By what a table does: keys, values and what it gives for others; what is looked up, and found.
TABLES = {
    "words to numbers": (
        (["", "cat", "z\u00e9bu"], np.int64([2, 0, 7]), -1),
        WORDS,
        [0, 2, 7, -1],
    ),
    "words to reals": ((["", "cat"], np.float32([2, 0.5]), 1.0), WORDS, [0.5, 2, 1, 1]),
    "words to words": (
        (["cat", "unknown"], ["z\u00e9bu", ""], "?"),
        WORDS,
        [b"z\xc3\xa9bu", b"?", b"?", b""],
    ),
    "numbers to words": (
        (np.int64([3, -4]), ["a", "\u00e9"], ""),
        NUMBERS,
        [b"a", b"\xc3\xa9", b""],
    ),
    "numbers to numbers": ((np.int64([3, -4]), np.int64([7, 8]), 0), NUMBERS, [7, 8, 0]),
    "numbers to reals": ((np.int64([3, -4]), np.float32([7, 8]), 0.25), NUMBERS, [7, 8, 0.25]),
}


def _table(keys, values, default):
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default)


@pytest.fixture
def frozen(tmp_path):
    """Freezes a graph whose output is `y`; gives the file."""

    def write(build):
        with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
            tf.identity(build(), name="y")
            session.run(tf.tables_initializer())
            freeze(session, tmp_path / "m.pb", outputs=["y"])
        return tmp_path / "m.pb"

    return write


@pytest.mark.parametrize("case", TABLES)
def test_a_table_is_looked_up_in_onnx(frozen, tmp_path, case):
    contents, given, found = TABLES[case]
    kind = tf.string if given is WORDS else tf.int64
    source = frozen(lambda: _table(*contents).lookup(tf.placeholder(kind, [None], name="x")))
    convert(source, tmp_path / "m.onnx", feeds={"x": given})
    with open_model(tmp_path / "m.onnx") as model:
        assert model.run({"x": given})["y"].tolist() == found


def _chain():
    words = tf.placeholder(tf.string, [None], name="x")
    ids = _table(["cat", ""], np.int64([5, 6]), 0)
    factors = _table(np.int64([5, 6]), np.float32([0.5, 2]), 10.0)
    return factors.lookup(ids.lookup(words)) * tf.cast(ids.lookup(words), tf.float32)


def test_several_lookups_in_several_tables(frozen, tmp_path):
    convert(frozen(_chain), tmp_path / "m.onnx", feeds={"x": WORDS})
    with open_model(tmp_path / "m.onnx") as model:
        assert model.run({"x": WORDS})["y"].tolist() == [2.5, 12, 0, 0]


def _of_doubles():
    table = _table(["cat"], np.float64([0.1]), 0.2)
    return table.lookup(tf.placeholder(tf.string, [None], name="x"))


def _with_buckets():
    keys = tf.lookup.KeyValueTensorInitializer(["cat", "dog"], np.int64([0, 1]))
    table = tf.lookup.StaticVocabularyTable(keys, 2)
    return table.lookup(tf.placeholder(tf.string, [None], name="x"))


def _joined():
    return tf.strings.join([tf.placeholder(tf.string, [None], name="x"), "s"])


@pytest.mark.parametrize(
    ("build", "op"),
    [
        (_of_doubles, "HashTableV2|LookupTableFindV2"),
        (_with_buckets, "StringToHashBucketFast"),
        (_joined, "StringJoin"),
    ],
)
def test_what_onnx_has_not_is_refused_with_the_way_out(frozen, tmp_path, build, op):
    source = frozen(build)
    with pytest.raises(ConversionError, match=rf"({op}).*name inputs behind it \(inputs\)"):
        convert(source, tmp_path / "m.onnx", feeds={"x": WORDS})
    assert not (tmp_path / "m.onnx").exists()


def test_texts_that_are_no_utf8_are_told(frozen, tmp_path):
    contents = TABLES["words to numbers"][0]
    source = frozen(lambda: _table(*contents).lookup(tf.placeholder(tf.string, [None], name="x")))
    convert(source, tmp_path / "m.onnx", feeds={"x": WORDS})
    with open_model(tmp_path / "m.onnx") as model:
        assert model.run({"x": np.array([], object)})["y"].shape == (0,)
        with pytest.raises(RunError, match="utf-8"):
            model.run({"x": np.array([b"\xff"], object)})


def _in_a_loop(words):
    begin = tf.zeros_like(tf.strings.length(words), tf.int64)
    table = _table(["cat"], np.int64([5]), 1)

    def step(turn, total):
        return turn + 1, total + table.lookup(words)

    return tf.while_loop(lambda turn, _: turn < 3, step, [0, begin])[1]


@pytest.mark.parametrize(
    "written", [tf.disable_control_flow_v2, tf.enable_control_flow_v2], ids=["apart", "whole"]
)
def test_a_lookup_in_a_loop_is_what_is_refused(written, tmp_path):
    was_whole = tf.control_flow_v2_enabled()
    written()
    try:
        with tf.Graph().as_default() as graph:
            tf.identity(_in_a_loop(tf.placeholder(tf.string, [None], name="x")), name="y")
    finally:
        (tf.enable_control_flow_v2 if was_whole else tf.disable_control_flow_v2)()
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    said = r"LookupTableFindV2' \(LookupTableFindV2\): tf2onnx writes no lookup inside a loop"
    with pytest.raises(ConversionError, match=said) as refused:
        convert(tmp_path / "m.pb", tmp_path / "m.onnx", feeds={"x": WORDS})
    assert [kind for _, kind in refused.value.ops] == ["LookupTableFindV2"]


def _in_a_branch():
    words = tf.placeholder(tf.string, [None], name="x")
    table = _table(["cat"], np.int64([5]), 1)
    return tf.cond(tf.size(words) > 2, lambda: table.lookup(words), lambda: tf.zeros([4], tf.int64))


def test_a_refusal_names_no_file_that_the_user_does_not_know(frozen, tmp_path):
    with pytest.raises(ConversionError) as refused:
        convert(frozen(_in_a_branch), tmp_path / "m.onnx", feeds={"x": WORDS})
    assert ".part" not in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
