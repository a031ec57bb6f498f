"""`graphkit transform`: steps on a network worked out by hand, y = 2x + 1."""

from __future__ import annotations

import json

import pytest

from graphkit._tf import tf


@pytest.fixture
def model(tmp_path):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.add(x * tf.sqrt(tf.constant(4.0)), 1.0, name="y")
    (tmp_path / "model.pb").write_bytes(graph.as_graph_def().SerializeToString())
    return "model.pb"


def test_transform_tells_what_each_step_did(graphkit, model):
    steps = ("--step", "fold_constants", "--step", "rename:old=y,new=line")
    outcome = graphkit("transform", model, "-o", "out.pb", *steps)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("out.pb: 5 nodes, ")
    assert lines[1].startswith("  fold_constants: nodes 6 -> 5, bytes ")
    assert lines[2].startswith("  rename: nodes 5 -> 5, bytes ")
    assert lines[3] == "  verified on 2 batches, largest absolute difference 0"


def test_a_step_that_changed_nothing_is_told_in_its_line(graphkit, model):
    outcome = graphkit("transform", model, "-o", "out.pb", "--step", "fold_batch_norms")
    assert outcome.code == 0
    assert "  fold_batch_norms: found no batch norm to fold\n" in outcome.out


def test_transform_as_json(graphkit, model):
    outcome = graphkit("transform", model, "-o", "out.pb", "--step", "fold_constants", "--json")
    report = json.loads(outcome.out)
    assert [step["name"] for step in report["steps"]] == ["fold_constants"]
    assert [step["note"] for step in report["steps"]] == [""]
    assert report["outputs"] == [{"name": "y", "dtype": "float32", "shape": [None, 2]}]


def test_steps_lists_them_with_their_arguments(graphkit):
    outcome = graphkit("transform", "--steps")
    assert outcome.code == 0
    listed = {line.split()[0]: line for line in outcome.out.splitlines()}
    assert "max_bytes=10485760" in listed["fold_constants"]
    assert "Leaves out nodes and functions that no output needs." in listed["strip_unused"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Missing option '--step'"),
        (("--step", "fold"), "no step named 'fold'"),
        (("--step", "strip_unused", "--outputs", "z"), "no tensor or op named 'z'"),
    ],
)
def test_transform_refuses_what_it_cannot_do(graphkit, model, tmp_path, arguments, message):
    outcome = graphkit("transform", model, "-o", "out.pb", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert not (tmp_path / "out.pb").exists()
