"""What a frozen file cannot hold is named, with the place to cut where there is one."""

from __future__ import annotations

import re

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
)
from graphkit.export import freeze, freeze_session, load_graph


@pytest.mark.parametrize("use_resource", [False, True])
def test_a_variable_without_a_value_is_named(graph, session, tmp_path, use_resource):
    ready = tf.get_variable("ready", initializer=1.0)
    late = tf.get_variable("late", [2], use_resource=use_resource)
    tf.add(ready, late, name="y")
    session.run(ready.initializer)
    with pytest.raises(ArgumentError, match=r"run the initializer.*without a value for late'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_queues_are_cut_unless_inputs_are_named(graph, session, tmp_path):
    images = tf.FIFOQueue(4, [tf.float32], [[2]], name="queue").dequeue_many(2, name="batch")
    x = tf.placeholder(tf.float32, [2], name="x")
    tf.add(images, x, name="y")
    message = r"add 'batch:0'; the outputs still depend on queue \(FIFOQueueV2\), batch \(Queue"
    with pytest.raises(ArgumentError, match=message):
        freeze_session(session, tmp_path / "m.pb", outputs="y", inputs="x")
    with pytest.raises(ArgumentError, match=r"no queue, reader or iterator is left; the outputs"):
        freeze_session(session, tmp_path / "m.pb", outputs="batch")


@pytest.fixture
def worded(graph, session):
    """Words through a table, which was filled as it ran, into an embedding."""
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, 2, name="learnt")
    words = tf.placeholder(tf.string, [None], name="words")
    ids = table.lookup(words, name="ids")
    vectors = tf.get_variable("vectors", initializer=np.float32([[1], [2], [3]]))
    tf.gather(vectors, ids, name="y")
    session.run([tf.global_variables_initializer(), table.insert(["cat", "dog"], [0, 1])])
    return session


def test_a_table_is_named_with_the_place_to_cut_behind_it(worded, tmp_path):
    told = (
        r"freeze_session: inputs must be the tensors behind the lookup tables, which a \.pb cannot "
        r"fill; add '(ids.*:0)' and feed what the table gives; the outputs still depend on "
        r"'learnt', got \[\]$"
    )
    with pytest.raises(ArgumentError, match=told) as caught:
        freeze_session(worded, tmp_path / "m.pb", outputs="y")
    entry = re.search(told, str(caught.value))[1]
    report = freeze_session(worded, tmp_path / "m.pb", outputs="y", inputs=[entry])
    (given,) = report.inputs
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({given.name: [1, 0, 2]})["y"].tolist() == [[2], [1], [3]]


def test_a_table_that_is_cut_off_need_not_be_filled(graph, session, tmp_path):
    table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.float32, 0.0)
    found = table.lookup(tf.placeholder(tf.int64, [None], name="ids"))
    tf.multiply(found, 2.0, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=found.name)
    with load_graph(tmp_path / "m.pb") as loaded:
        (name,) = loaded.inputs
        assert loaded.run({name: [1.5]})["y"].tolist() == [3]


def test_what_a_file_cannot_hold_is_named(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.py_func(lambda value: value, [x], tf.float32, name="python")
    table = tf.lookup.experimental.MutableHashTable(tf.int32, tf.int32, 0, name="learnt")
    tf.identity(table.lookup(tf.constant([1])), name="found")
    variable = tf.get_variable("v", initializer=0.0)
    tf.identity(variable.assign_add(1.0), name="counted")
    for output, message in {
        "python": r"call Python.*got 'python \(PyFunc",
        "found": r"add 'learnt_lookup_table_find/LookupTableFindV2:0' and feed what",
        "counted": r"write variables; pin .*Assign",
    }.items():
        with pytest.raises(ArgumentError, match=message):
            freeze_session(session, tmp_path / "m.pb", outputs=output)


@pytest.mark.parametrize("asked", [{"targets": "serving"}, {"transforms": ["strip_unused"]}])
def test_variables_beyond_2_gib_are_handed_to_nobody_else(graph, session, tmp_path, asked):
    """They are written apart; that is said before they are read."""
    big = tf.get_variable("big", [2**15, 2**14], use_resource=False)
    tf.identity(big[0, 0], name="y")
    with pytest.raises(ArgumentError, match=f"{next(iter(asked))} must be left out: .* the 2 GiB"):
        freeze(session, tmp_path / "m.pb", outputs="y", **asked)


def test_a_handle_nobody_reads_is_named(graph, session, tmp_path):
    handle = tf.raw_ops.VarHandleOp(dtype=tf.float32, shape=[2], shared_name="v", name="v")
    tf.raw_ops.VariableShape(input=handle, name="y")
    with pytest.raises(ArgumentError, match="never reads 'v'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_a_use_of_a_variable_no_constant_can_take(graph, session, tmp_path):
    variable = tf.get_variable("v", initializer=1.0, use_resource=True)
    packed = tf.stack([variable.handle, variable.handle])
    tf.raw_ops.ReadVariableOp(resource=packed[0], dtype=tf.float32, name="y")
    session.run(variable.initializer)
    with pytest.raises(ArgumentError, match="computed without variables"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert list(tmp_path.iterdir()) == []


def test_a_table_filled_by_constants_fills_itself_in_the_file(graph, session, tmp_path):
    source = tf.lookup.KeyValueTensorInitializer(["cat", "dog"], np.int64([5, 6]))
    table = tf.lookup.StaticHashTable(source, -1)
    words = tf.placeholder(tf.string, [None], name="words")
    tf.add(table.lookup(words), tf.cast(table.size(), tf.int64), name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y")  # the table of the session is empty
    with load_graph(tmp_path / "m.pb") as loaded:
        for _ in range(2):
            assert loaded.run({"words": [b"dog", b"cow"]})["y"].tolist() == [8, 1]


def test_a_table_filled_by_what_is_fed_has_to_be_cut(graph, session, tmp_path):
    values = tf.placeholder(tf.int64, [2], name="values")
    source = tf.lookup.KeyValueTensorInitializer(["cat", "dog"], values)
    words = tf.placeholder(tf.string, [None], name="words")
    ids = tf.lookup.StaticHashTable(source, -1, name="table").lookup(words, name="ids")
    tf.add(ids, 1, name="y")
    with pytest.raises(ArgumentError, match=r"behind the lookup tables.*depend on 'table'"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
