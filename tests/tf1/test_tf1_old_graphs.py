"""Graphs that 1.15.5 wrote are imported; the global step and initial values are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.graph import drop_stale_shapes

# Written by record_old_graphs.py: a network trained while it normalises with its averages.
META = Path(__file__).parents[1] / "golden" / "old_graphs" / "normalised.meta"
MODEL = META.with_name("saved_model")
GRADIENT = "gradients/batch_normalization/FusedBatchNormV3_grad/FusedBatchNormGradV3"


@pytest.fixture
def meta_graph():
    return tf.MetaGraphDef.FromString(META.read_bytes())


def noted(graph_def):
    return [node.op for node in graph_def.node if "_output_shapes" in node.attr]


def test_todays_tensorflow_still_refuses_what_is_repaired(meta_graph):
    from graphkit._tf import tf as plain

    with plain.Graph().as_default(), pytest.raises(ValueError, match="_output_shapes"):
        plain.train.import_meta_graph(meta_graph)


@pytest.mark.parametrize("given", ["file", "message"])
def test_a_meta_graph_of_a_trained_network_is_imported(graph, meta_graph, given):
    before = meta_graph.SerializeToString()
    saver = tf.train.import_meta_graph(str(META) if given == "file" else meta_graph)
    assert saver is not None
    assert meta_graph.SerializeToString() == before
    assert graph.get_tensor_by_name(f"{GRADIENT}:0").shape.as_list() == [None, 2, 2, 2]
    assert [v.op.name for v in tf.trainable_variables()] == [
        "batch_normalization/gamma",
        "batch_normalization/beta",
    ]


def test_an_imported_network_trains_on(graph):
    tf.train.import_meta_graph(str(META), clear_devices=True)
    gamma = tf.trainable_variables()[0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(gamma)
        session.run("train", {"x:0": np.arange(16.0).reshape(2, 2, 2, 2)})
        assert not np.allclose(before, session.run(gamma))


def test_a_meta_graph_can_be_imported_under_a_scope(graph):
    tf.train.import_meta_graph(str(META), import_scope="old")
    assert graph.get_operation_by_name(f"old/{GRADIENT}").type == "FusedBatchNormGradV3"


def test_a_missing_meta_graph_is_an_os_error(graph, tmp_path):
    with pytest.raises(OSError, match="does not exist"):
        tf.train.import_meta_graph(str(tmp_path / "none.meta"))


@pytest.mark.parametrize("function", ["import_graph_def", "graph_util.import_graph_def"])
def test_a_graph_def_is_imported_and_not_changed(graph, meta_graph, function):
    call = tf.import_graph_def if function == "import_graph_def" else tf.graph_util.import_graph_def
    before = meta_graph.graph_def.SerializeToString()
    (x,) = call(meta_graph.graph_def, None, ["x:0"], "kept")
    assert x.name == "kept/x:0"
    assert meta_graph.graph_def.SerializeToString() == before


def test_importing_what_is_no_graph_is_a_type_error(graph):
    with pytest.raises(TypeError, match="GraphDef"):
        tf.import_graph_def("model.pb")


@pytest.mark.parametrize("function", ["load", "loader.load"])
def test_a_saved_model_of_a_trained_network_is_loaded(function):
    load = tf.saved_model.load if function == "load" else tf.saved_model.loader.load
    with tf.Graph().as_default(), tf.Session() as session:
        loaded = load(session, ["train"], str(MODEL))
        assert isinstance(loaded, tf.MetaGraphDef)
        gamma, beta = session.run(tf.trainable_variables())
        np.testing.assert_allclose(gamma, [1.0, 1.0])
        np.testing.assert_allclose(beta, [0.0, 0.0])
        with pytest.raises(RuntimeError, match="serve"):
            load(session, ["serve"], str(MODEL))


def test_private_paths_lead_to_the_same_functions():
    from graphkit.tf1.python.framework import importer
    from graphkit.tf1.python.training import saver, training_util

    assert importer.import_graph_def is tf.import_graph_def
    assert saver.import_meta_graph is tf.train.import_meta_graph
    assert training_util.get_global_step is tf.train.get_global_step


def test_only_the_notes_of_normalisation_gradients_are_dropped(meta_graph):
    graph_def = meta_graph.graph_def
    function = graph_def.library.function.add()
    function.node_def.add().CopyFrom(
        next(node for node in graph_def.node if node.op == "FusedBatchNormGradV3")
    )
    before = noted(graph_def)
    drop_stale_shapes(graph_def)
    assert sorted(set(before) - set(noted(graph_def))) == ["FusedBatchNormGradV3"]
    assert "_output_shapes" not in function.node_def[0].attr
    assert "FusedBatchNormV3" in noted(graph_def)


def test_a_global_step_that_only_its_name_tells_is_found(graph):
    assert tf.train.get_global_step() is None
    made = tf.Variable(3, name="global_step", trainable=False)
    assert tf.train.get_global_step() is made
    assert tf.train.get_or_create_global_step(graph) is made
    assert tf.contrib.framework.get_global_step() is made
    assert tf.contrib.framework.get_or_create_global_step() is made
    with pytest.raises(ValueError, match="already exists"):
        tf.train.create_global_step()


def test_a_global_step_is_made_once(graph):
    made = tf.train.get_or_create_global_step()
    assert (made.op.name, made.dtype.base_dtype) == ("global_step", tf.int64)
    assert tf.train.get_or_create_global_step() is made
    assert tf.get_collection(tf.GraphKeys.GLOBAL_STEP) == [made]


def test_a_global_step_is_made_in_the_graph_that_is_given(graph):
    other = tf.Graph()
    made = tf.train.create_global_step(other)
    assert made.graph is other
    assert tf.train.get_global_step(other) is made
    assert tf.train.get_global_step() is None
    assert not made.trainable


@pytest.mark.parametrize(
    ("value", "message"), [(1.5, "integer type"), ([1, 2], "not scalar"), (True, "integer type")]
)
def test_a_global_step_that_cannot_count_is_refused(graph, value, message):
    tf.Variable(value, name="global_step", trainable=False)
    with pytest.raises(TypeError, match=message):
        tf.train.get_global_step()


def test_an_initialised_value_is_the_value_or_what_it_will_be(session):
    v = tf.get_variable("v", initializer=[1.0, 2.0], use_resource=True)
    doubled = tf.Variable(v.initialized_value() * 2, use_resource=True)
    session.run(doubled.initializer)
    assert session.run(doubled).tolist() == [2, 4]
    session.run(v.initializer)
    session.run(v.assign([5.0, 6.0]))
    assert session.run(v.initialized_value()).tolist() == [5, 6]
    assert v.initialized_value().shape.as_list() == [2]


def test_the_old_module_of_native_functions_is_there(graph, tmp_path):
    with pytest.raises(Exception, match="none"):
        tf.pywrap_tensorflow.NewCheckpointReader(str(tmp_path / "none"))
