"""A step that changed nothing says so."""

from __future__ import annotations

import dataclasses

import pytest
from small_networks import numbers

from graphkit._tf import tf
from graphkit.export import transform


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """y = relu(x * w): nothing to fold, remove, sort, leave out or store smaller."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        tf.nn.relu(tf.matmul(x, numbers(3, 2)), name="y")
    path = tmp_path_factory.mktemp("graphs") / "source.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


IDLE = {
    "fold_batch_norms": "found no batch norm to fold",
    "fold_constants": "found nothing that depends on constants alone",
    "for_opencv": "found nothing to write otherwise",
    "fuse": "found nothing to fuse",
    "inline_functions": "found no call to put in place",
    "quantize_weights": "found no weight that is large enough and finite",
    "remove_nodes": "found no node to take out",
    "remove_training_nodes": "found no node to take out",
    "round_weights": "found no weight that is large enough and finite",
    "sort_by_execution_order": "found them in that order",
    "strip_unused": "found none unused",
}


def test_each_says_what_it_found_none_of(source, tmp_path):
    first = transform(
        source, tmp_path / "sorted.pb", ["sort_by_execution_order", "strip_unused"]
    ).path
    report = transform(first, tmp_path / "same.pb", list(IDLE))
    assert {step.name: step.note for step in report.steps} == IDLE
    assert (tmp_path / "same.pb").read_bytes() == first.read_bytes()


def test_a_step_that_did_something_says_nothing(source, tmp_path):
    steps = ["quantize_weights:min_elements=1", "rename:old=y,new=z", "quantize_weights"]
    report = transform(source, tmp_path / "out.pb", steps)
    assert [bool(step.note) for step in report.steps] == [False, False, True]


def test_a_name_alone_is_a_change(source, tmp_path):
    """Nodes and bytes are as many as before."""
    [step] = transform(source, tmp_path / "out.pb", ["rename:old=y,new=z"]).steps
    assert (step.nodes_before, step.bytes_before) == (step.nodes_after, step.bytes_after)
    assert dataclasses.asdict(step)["note"] == ""


def test_what_a_called_function_does_is_part_of_the_network(tmp_path):
    """The nodes outside of it stay as they are."""

    @tf.function
    def doubled(value):
        return value * 2.0

    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        tf.identity(doubled(x), name="y")
    path = tmp_path / "calls.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    steps = ["strip_unused", "inline_functions", "inline_functions"]
    report = transform(path, tmp_path / "out.pb", steps)
    assert [bool(step.note) for step in report.steps] == [True, False, True]
