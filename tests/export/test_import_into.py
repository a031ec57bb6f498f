"""A graph file is imported into another graph: names, prefixes, what takes an input's place."""

from __future__ import annotations

import numpy as np
import pytest
from frozen_files import add_one, write_graph

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    CorruptFileError,
    UnknownNameError,
)
from graphkit.export import import_into, load_graph


def test_an_import_takes_the_place_of_an_input(graph, session, model, batch):
    given = tf.constant(batch)
    outputs = import_into(graph, model, {"x:0": given}, prefix="front")
    assert list(outputs) == ["front/logits", "front/y"]
    with load_graph(model) as loaded:
        expected = loaded.run({"x": batch})["y"]
    np.testing.assert_allclose(session.run(outputs["front/y"]), expected, atol=1e-6)


def test_an_import_has_the_prefix_of_tensorflow_1(graph, model):
    assert list(import_into(graph, model)) == ["import/logits", "import/y"]
    assert graph.get_operation_by_name("import/x").type == "Placeholder"


def test_an_import_without_prefix(model):
    with tf.Graph().as_default() as graph:
        assert list(import_into(graph, model, prefix="")) == ["logits", "y"]


@pytest.mark.parametrize(("prefix", "second"), [("import", "import_1/y"), ("", "y_1")])
def test_a_second_import_gives_its_own_outputs(tmp_path, prefix, second):
    path = write_graph(tmp_path / "m.pb", add_one)
    with tf.Graph().as_default() as graph, tf.Session() as session:
        import_into(graph, path, {"x": tf.constant([1.0])}, prefix)
        outputs = import_into(graph, path, {"x": tf.constant([5.0])}, prefix)
        assert list(outputs) == [second]
        assert session.run(outputs[second]).tolist() == [6.0]


def test_the_name_scope_around_an_import_comes_first(tmp_path):
    path = write_graph(tmp_path / "m.pb", add_one)
    with tf.Graph().as_default() as graph, tf.name_scope("outer"):
        assert list(import_into(graph, path)) == ["outer/import/y"]


@pytest.mark.parametrize(("call", "argument"), [("load_graph", "name"), ("import_into", "prefix")])
def test_a_prefix_that_is_no_name_scope_is_refused(tmp_path, call, argument):
    path = write_graph(tmp_path / "m.pb", add_one)
    with pytest.raises(ArgumentError, match=f"{call}: {argument} must be a name scope.*'my net'"):
        if call == "load_graph":
            load_graph(path, name="my net")
        else:
            import_into(tf.Graph(), path, prefix="my net")


def test_a_prefix_may_end_with_a_slash(tmp_path):
    with load_graph(write_graph(tmp_path / "m.pb", add_one), name="net/") as loaded:
        assert list(loaded.inputs) == ["net/x"]
        assert loaded.run({"net/x": [1.0]})["net/y"].tolist() == [2.0]


def test_an_import_of_an_unknown_input_is_refused(graph, model):
    with pytest.raises(UnknownNameError, match="no tensor named 'z:0'"):
        import_into(graph, model, {"z:0": tf.constant(1.0)})
    assert not any(op.name.startswith("import/") for op in graph.get_operations())


def test_an_import_of_another_dtype_is_refused(graph, model):
    with pytest.raises(CorruptFileError, match=r"model.pb: TensorFlow refuses this graph: .*x"):
        import_into(graph, model, {"x:0": tf.constant(1)})
