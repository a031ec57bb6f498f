"""What 1.15.5 says where a checkpoint is restored wrongly is told with its cause and a way out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkit._tf import tf
from graphkit.port._explanations import explain
from graphkit.port._growth import GrowthWatch

RECORDED = json.loads((Path(__file__).parents[1] / "golden" / "mistakes.json").read_text())
CAUSES = {
    "another shape": ("a variable has another shape in the checkpoint", ""),
    "nothing there": ("there is no checkpoint at that path", ""),
    "other names": ("written by a graph with other variable names", "graphkit checkpoint rename"),
    "other names, version 1": ("with other variable names", "graphkit checkpoint rename"),
    "the data file": ("one file of a checkpoint", "before .index"),
    "the folder": ("the folder of a checkpoint", "tf.train.latest_checkpoint(FOLDER)"),
    "the graph": ("one file of a checkpoint", "before .index"),
}


@pytest.mark.parametrize("mistake", sorted(RECORDED))
def test_each_mistake_has_its_cause(mistake):
    kind, message = RECORDED[mistake]
    error = type(kind, (Exception,), {})(message)
    cause, remedy = CAUSES[mistake]
    known = explain(error)
    assert cause in known.cause
    assert remedy in known.remedy


@pytest.fixture
def said():
    return []


@pytest.fixture
def watch(said):
    return GrowthWatch(said.append)


def grow(watch, graph, turns):
    for _ in range(turns):
        watch.note(graph)
        with graph.as_default():
            tf.constant(1.0, name="again")
    watch.note(graph)


def test_a_graph_that_grows_in_a_loop_is_told_of_once(watch, said):
    graph = tf.Graph()
    grow(watch, graph, 250)
    [line] = said
    assert "the graph has grown before 100 calls of Session.run, to 100 ops" in line
    assert f"the last 'again_99' (built at {__file__}:" in line
    assert "build ops once, before the loop" in line


@pytest.mark.parametrize("turns", [0, 1, 99])
def test_a_graph_built_in_some_parts_is_not_told_of(watch, said, turns):
    graph = tf.Graph()
    grow(watch, graph, turns)
    for _ in range(300):
        watch.note(graph)
    assert said == []


def test_each_graph_is_counted_by_itself(watch, said):
    for _ in range(3):
        grow(watch, tf.Graph(), 60)
    assert said == []
    grow(watch, tf.Graph(), 100)
    assert len(said) == 1
