"""Constants in the place of variables, in graphs that pipelines deliver to."""

from __future__ import annotations

import importlib

import pytest

import graphkit.tf1 as tf
from graphkit import readers

PIPELINES = {
    "a batch": lambda row: tf.train.batch([row], 2),
    "a single row": lambda row: tf.stack([row, row]),
}


@pytest.mark.parametrize("pipeline", PIPELINES)
@pytest.mark.parametrize("names", [{}, {"variable_names_blacklist": ["left"]}], ids=str)
def test_what_a_pipeline_counts_in_is_no_variable(pipeline, names):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        (row,) = tf.train.slice_input_producer([tf.constant([1.0, 2.0, 3.0])], shuffle=False)
        numbers = tf.identity(PIPELINES[pipeline](row), name="numbers")
        left = tf.get_variable("left", initializer=1.0, use_resource=True)
        factor = tf.get_variable("factor", initializer=7.0)
        tf.multiply(numbers, factor + 0 * left, name="scaled")
        assert [report.engine for report in readers.explain()] == ["tf.data"]
        session.run(tf.global_variables_initializer())
        frozen = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["scaled"], **names
        )
    kinds = {node.name: node.op for node in frozen.node}
    assert kinds["factor"] == "Const"
    assert kinds["left"] == ("VarHandleOp" if names else "Const")
    if not names:
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.import_graph_def(frozen, name="")
            assert session.run("scaled:0", {"numbers:0": [5.0, 6.0]}).tolist() == [35.0, 42.0]


@pytest.mark.parametrize("source", ["a graph", "a graph with its saver", "a MetaGraph"])
def test_the_tool_freezes_files_of_graphs_behind_a_pipeline(source, tmp_path):
    tool = importlib.import_module("graphkit.tf1.python.tools.freeze_graph")
    path = str(tmp_path / "model")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        (row,) = tf.train.slice_input_producer([tf.constant([1.0, 2.0, 3.0])], shuffle=False)
        numbers = tf.identity(tf.train.batch([row], 2), name="numbers")
        factor = tf.get_variable("factor", initializer=7.0, use_resource=False)
        tf.multiply(numbers, factor, name="scaled")
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        saver.save(session, path)
        tf.train.write_graph(graph, str(tmp_path), "graph.pb", as_text=False)
        (tmp_path / "saver").write_bytes(saver.as_saver_def().SerializeToString())
    graph_file = "" if source == "a MetaGraph" else str(tmp_path / "graph.pb")
    saver_file = str(tmp_path / "saver") if source == "a graph with its saver" else ""
    given = [graph_file, saver_file, True, path, "scaled", "", "", str(tmp_path / "frozen.pb")]
    more = {"input_meta_graph": f"{path}.meta" if source == "a MetaGraph" else ""}
    with tf.Graph().as_default():
        tool.freeze_graph(*given, True, "", variable_names_blacklist="", **more)
    frozen = tf.GraphDef.FromString((tmp_path / "frozen.pb").read_bytes())
    assert {node.name: node.op for node in frozen.node}["factor"] == "Const"
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(frozen, name="")
        assert session.run("scaled:0", {"numbers:0": [5.0, 6.0]}).tolist() == [35.0, 42.0]
