"""A graph file is loaded and run: its inputs and outputs, prefixes, feeds, closing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from frozen_files import add_one, write_graph

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    RunError,
    UnknownNameError,
    UsageError,
)
from graphkit.export import load_graph
from graphkit.session import SessionConfig

RECORDED = Path(__file__).parents[1] / "golden" / "export"


def test_what_tensorflow_1_froze_computes_the_same():
    expected = np.load(RECORDED / "expected.npz")
    with load_graph(RECORDED / "recurrent.pb") as loaded:
        assert sorted(loaded.inputs) == ["words"]
        found = loaded.run({"words": expected["recurrent/words"]})
    assert sorted(found) == ["strongest", "winner"]
    np.testing.assert_allclose(found["strongest"], expected["recurrent/strongest"], atol=1e-6)
    np.testing.assert_array_equal(found["winner"], expected["recurrent/winner"])


def test_all_outputs_it_was_made_for_come_in_their_order(model, batch):
    with load_graph(model) as loaded:
        assert list(loaded.outputs) == ["logits", "y"]
        assert list(loaded.run({"x": batch})) == ["logits", "y"]


@pytest.mark.parametrize("outputs", ["y:0", ["y:0"], ["MatMul", "y"]])
def test_any_tensor_can_be_asked_for(model, batch, outputs):
    with load_graph(model) as loaded:
        found = loaded.run({"x:0": batch}, outputs)
    assert list(found) == ([outputs] if isinstance(outputs, str) else outputs)


def test_a_prefix_is_put_before_all_names(model, batch):
    with load_graph(model, name="net") as loaded:
        assert (list(loaded.inputs), list(loaded.outputs)) == (["net/x"], ["net/logits", "net/y"])
        assert loaded.run({"net/x": batch})["net/y"].shape == (2, 2)


def test_two_graphs_of_one_file_do_not_meet(model, batch):
    with load_graph(model) as one, load_graph(model) as other:
        assert one.graph is not other.graph
        np.testing.assert_array_equal(one.run({"x": batch})["y"], other.run({"x": batch})["y"])


def test_the_session_is_configured(model, batch):
    with load_graph(model, config=SessionConfig(inter_op_threads=-1)) as loaded:
        assert loaded.run({"x": batch})["y"].shape == (2, 2)


def test_arrays_of_other_dtypes_are_converted_where_nothing_is_lost(model):
    with load_graph(model) as loaded:
        assert loaded.run({"x": [[1, 2, 3]]})["y"].dtype == np.float32


def test_inputs_may_be_named_by_their_tensors(model, batch):
    with load_graph(model) as loaded:
        assert loaded.run({loaded.inputs["x"]: batch})["y"].shape == (2, 2)


def test_an_integer_beyond_the_range_of_its_input_is_refused(tmp_path):
    def build():
        tf.negative(tf.placeholder(tf.int32, [None], name="x"), name="y")

    with load_graph(write_graph(tmp_path / "m.pb", build)) as loaded:
        assert loaded.run({"x": [2**31 - 1, 0]})["y"].tolist() == [1 - 2**31, 0]
        with pytest.raises(ArgumentError, match=r"feeds\['x'\] must be within the range of int32"):
            loaded.run({"x": [0, 2**31]})


def test_an_op_that_fails_is_named(tmp_path):
    def build():
        tf.reshape(tf.placeholder(tf.float32, [None], name="x"), [3], name="y")

    with load_graph(write_graph(tmp_path / "m.pb", build)) as loaded:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"(?s)\Ay\b.*1 values") as error:
            loaded.run({"x": [1.0]})
        assert isinstance(error.value, RunError)


def test_a_queue_that_nothing_fills_is_not_waited_for(tmp_path):
    def build():
        queue = tf.FIFOQueue(2, tf.float32, [[]])
        tf.identity(queue.dequeue(), name="y")
        with tf.control_dependencies([queue.enqueue(3.0)]):
            tf.identity(queue.dequeue(), name="z")

    with load_graph(write_graph(tmp_path / "m.pb", build)) as loaded:
        with pytest.raises(ArgumentError, match=r"wait for ever.*QueueDequeueV2"):
            loaded.run({}, "y")
        assert loaded.run({}, "z")["z"] == 3.0


def test_running_adds_nothing_to_the_graph(model, batch):
    with load_graph(model) as loaded:
        before = loaded.graph.as_graph_def()
        loaded.run({"x": batch})
        loaded.run({"x": batch})
        assert loaded.graph.as_graph_def() == before


def test_a_closed_graph_refuses_to_run(model, batch):
    loaded = load_graph(model)
    loaded.run({"x": batch})
    loaded.close()
    loaded.close()
    with pytest.raises(UsageError, match=r"model.pb is closed; load it again"):
        loaded.run({"x": batch})


def test_closing_what_never_ran(model):
    with load_graph(model):
        pass


@pytest.mark.parametrize(
    ("feeds", "outputs", "error", "message"),
    [
        ({}, None, ArgumentError, r"feeds must be values for 'x' too, got \[\]"),
        ({"z": 1.0}, None, UnknownNameError, "no input named 'z'; there is 'x'"),
        ({1: 1.0}, None, UnknownNameError, "no input named '1'; there is 'x'"),
        ([1.0], None, ArgumentTypeError, "feeds must be a dict of arrays by input name, got list"),
        ({"x": [[1.0], [1.0, 2.0]]}, None, ArgumentError, r"feeds\['x'\] must be an array \("),
        ({"x": [1.0]}, None, ArgumentError, r"feeds\['x'\] must be of shape .* got \[1\]"),
        ({"x": [["a", "b", "c"]]}, None, ArgumentError, "of dtype float32, got 'str32'"),
        ({"x": [[1.0, 2.0, 3.0]]}, "yy", UnknownNameError, "no tensor or op named 'yy'"),
    ],
)
def test_wrong_feeds_are_named_before_the_run(model, feeds, outputs, error, message):
    with load_graph(model) as loaded, pytest.raises(error, match=message):
        loaded.run(feeds, outputs)


def test_an_input_the_outputs_do_not_need_may_be_left_out(tmp_path):
    def build():
        add_one()
        tf.placeholder(tf.float32, [], name="unused")

    with load_graph(write_graph(tmp_path / "m.pb", build)) as loaded:
        assert loaded.run({"x": [1.0]}, "y")["y"].tolist() == [2.0]


def test_outputs_of_a_foreign_file_are_what_nothing_consumes(tmp_path):
    def build():
        add_one()
        tf.split(tf.constant([1.0, 2.0]), 2, name="parts")

    with load_graph(write_graph(tmp_path / "m.pb", build)) as loaded:
        assert list(loaded.outputs) == ["y", "parts:0", "parts:1"]


def test_text_is_told_by_its_content(tmp_path):
    path = tmp_path / "named.pb"
    with tf.Graph().as_default() as graph:
        add_one()
    path.write_text(f"# a comment\n{graph.as_graph_def()}")
    with load_graph(path) as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [2.0]
