"""Tables as graphs have them until 2017, and tables in branches and loops: frozen as all others."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, UnsafeFileError
from graphkit.export import convert, freeze, freeze_session, load_graph, open_model
from graphkit.export._graphs._first_tables import renew_tables
from graphkit.export._graphs._tables import fill_tables

RECORDED = Path(__file__).parents[1] / "golden" / "first_tables"
FILLS = "InitializeTableFromTextFileV2"
OUTPUTS = ["sums", "in_file", "chosen", "counted"]
FIRST = {"HashTable", "InitializeTable", "LookupTableFind", "RefEnter", "RefSwitch"}

with np.load(RECORDED / "expected.npz") as recorded:
    EXPECTED = dict(recorded)
FED = {"words": np.char.encode(EXPECTED["words"]).astype(object)}


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """The file frozen of what 1.15.5 saved; its text file is gone since."""
    folder = tmp_path_factory.mktemp("first tables")
    shutil.copytree(RECORDED, folder / "saved")
    source = folder / "saved" / "network"
    report = freeze(source, folder / "m.pb", outputs=OUTPUTS, allow={FILLS})
    assert report.max_abs_diff == 0
    shutil.rmtree(folder / "saved")
    return report.path


def kinds(graph_def):
    return {node.op for node in graph_def.node}


def test_a_frozen_file_looks_up_what_1_15_did(frozen):
    with load_graph(frozen) as graph:
        found = graph.run(FED, OUTPUTS)
        ops = kinds(graph.graph.as_graph_def())
    found["chosen"] = np.char.decode(found["chosen"].astype(np.bytes_))
    for name in OUTPUTS:
        np.testing.assert_array_equal(found[name], EXPECTED[name])
    assert not FIRST & ops
    assert {"Enter", "HashTableV2", "LookupTableImportV2", "Switch"} <= ops


def test_a_text_file_is_read_with_the_same_permission(tmp_path):
    told = rf"network: its op 'lines_init' .* 'words\.txt', which was not read \(.*--allow {FILLS}"
    with pytest.raises(UnsafeFileError, match=told):
        freeze(RECORDED / "network", tmp_path / "m.pb", outputs=OUTPUTS)


@pytest.mark.parametrize(
    ("needed", "form"),
    [((), "tflite"), (("tf2onnx", "onnxruntime"), "onnx")],
    ids=["tflite", "onnx"],
)
def test_other_formats_take_several_such_tables(frozen, tmp_path, needed, form):
    """Of TFLite, each by a name of its own; tables without one would all be the same there."""
    for package in needed:
        pytest.importorskip(package)
    report = convert(frozen, tmp_path / f"m.{form}", outputs=["sums", "in_file"])
    assert report.differences == {"sums": 0, "in_file": 0}
    with open_model(report.path) as model:
        found = model.run(FED)
    np.testing.assert_array_equal(found["in_file"], EXPECTED["in_file"])


def first_table(graph, hand_on):
    """y looks words up in a table of 2016, behind what hands its handle on."""
    table = tf.raw_ops.HashTable(key_dtype=tf.string, value_dtype=tf.int64, name="table")
    keys, places = tf.constant(["a", "b"]), tf.constant([5, 6], tf.int64)
    tf.raw_ops.InitializeTable(table_handle=table, keys=keys, values=places, name="fill")
    words = tf.placeholder(tf.string, [None], name="words")
    missing = tf.constant(-1, tf.int64)
    tf.raw_ops.LookupTableFind(
        table_handle=hand_on(table), keys=words, default_value=missing, name="y"
    )
    return graph.as_graph_def()


@pytest.mark.parametrize(
    "hand_on",
    [lambda table: table, lambda table: tf.raw_ops.RefIdentity(input=table)],
    ids=["at once", "RefIdentity"],
)
def test_a_graph_file_of_that_time_fills_its_table(graph, tmp_path, hand_on):
    (tmp_path / "old.pb").write_bytes(first_table(graph, hand_on).SerializeToString())
    freeze(tmp_path / "old.pb", tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"words": [b"b", b"?"]})["y"].tolist() == [6, -1]


def test_a_handle_that_goes_elsewhere_stays_what_it_is(graph, session, tmp_path):
    def merged(table):
        return tf.raw_ops.RefMerge(inputs=[table, table])[0]

    graph_def = first_table(graph, merged)
    before = graph_def.SerializeToString(deterministic=True)
    renew_tables(graph_def)
    assert graph_def.SerializeToString(deterministic=True) == before
    assert fill_tables(graph_def, {}) == {}
    with pytest.raises(ArgumentError, match=r"'y:0' and feed what the table gives; .*'RefMerge'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_constants_are_imported_as_they_are_today(graph):
    """The op that TFLite and ONNX have a form for."""
    table = tf.raw_ops.HashTableV2(key_dtype=tf.int64, value_dtype=tf.float32, name="own")
    keys, values = tf.constant([1], tf.int64), tf.constant([2.0])
    tf.raw_ops.InitializeTableV2(table_handle=table, keys=keys, values=values, name="fill")
    graph_def = graph.as_graph_def()
    assert fill_tables(graph_def, {}) == {"own": "fill"}
    (node,) = (node for node in graph_def.node if node.name == "fill")
    assert (node.op, sorted(node.attr)) == ("LookupTableImportV2", ["Tin", "Tout"])
    assert (node.attr["Tin"].type, node.attr["Tout"].type) == (tf.int64, tf.float32)


def table(values):
    source = tf.lookup.KeyValueTensorInitializer(["a", "b", "c"], values)
    return tf.lookup.StaticHashTable(source, values.dtype.type(-1))


def places():
    return table(np.arange(3, dtype=np.int64))


def in_a_condition_of_old(words):
    tf.disable_control_flow_v2()
    try:
        return in_a_condition(words)
    finally:
        tf.enable_control_flow_v2()


def in_a_condition(words):
    own = places()
    return tf.cond(tf.size(words) > 1, lambda: own.lookup(words), lambda: tf.zeros([1], tf.int64))


def in_a_case(words):
    own = places()
    branches = [lambda: own.lookup(words), lambda: -own.lookup(words)]
    return tf.switch_case(tf.size(words) - 3, branches)


def in_a_loop(words):
    own = places()
    start = [0, tf.zeros_like(words, tf.int64)]
    return tf.while_loop(lambda i, _: i < 2, lambda i, v: (i + 1, v + own.lookup(words)), start)[1]


def of_float64(words):
    return table(np.float64([0.5, 1.5, 2.5])).lookup(words)


@pytest.mark.parametrize(
    ("build", "found"),
    [
        (in_a_condition_of_old, [1, -1, 2]),
        (in_a_condition, [1, -1, 2]),
        (in_a_case, [1, -1, 2]),
        (in_a_loop, [2, -2, 4]),
        (of_float64, [1.5, -1, 2.5]),
    ],
)
def test_a_table_is_filled_wherever_it_is_used(graph, session, tmp_path, build, found):
    tf.identity(build(tf.placeholder(tf.string, [None], name="words")), name="y")
    session.run(tf.tables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"words": [b"b", b"?", b"c"]})["y"].tolist() == found
