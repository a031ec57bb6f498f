"""A SavedModel of version 1, opened by the doors that TensorFlow itself has for it."""

from __future__ import annotations

import os

import numpy as np
import pytest
from nets import NETS, ROWS, classified, classifier, parts, write

from graphkit._tf import SavedModel, tf
from graphkit.export import convert, inspect_file


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The classifier, in a folder with a space."""
    folder = tmp_path_factory.mktemp("saved models")
    source = write(folder / "source.pb", classifier)
    return convert(source, folder / "my model", outputs=["y", "best"]).path


def stored(path):
    return SavedModel.FromString((path / "saved_model.pb").read_bytes())


def test_loader_of_version_one_gives_its_tensors(saved):
    with tf.Session(graph=tf.Graph()) as session:
        meta_graph = tf.saved_model.loader.load(session, ["serve"], str(saved))
        signature = meta_graph.signature_def["serving_default"]
        outputs = {key: info.name for key, info in signature.outputs.items()}
        found = session.run(outputs, {signature.inputs["x"].name: ROWS})
    expected = classified(ROWS)
    np.testing.assert_allclose(found["y"], expected["y"], rtol=1e-5)
    np.testing.assert_array_equal(found["best"], expected["best"])


def test_loader_of_version_two_gives_a_function(saved):
    loaded = tf.compat.v2.saved_model.load(str(saved))
    with tf.Graph().as_default(), tf.Session() as session:
        again = tf.compat.v2.saved_model.load(str(saved))
        found = session.run(again.signatures["serving_default"](x=tf.constant(ROWS)))
    assert [*loaded.signatures] == ["serving_default"]
    np.testing.assert_allclose(found["y"], classified(ROWS)["y"], rtol=1e-5)


def test_signature_says_what_goes_in_and_out(saved):
    meta_graph = stored(saved).meta_graphs[0]
    signature = meta_graph.signature_def["serving_default"]
    assert [*meta_graph.meta_info_def.tags] == ["serve"]
    assert signature.method_name == "tensorflow/serving/predict"
    assert {key: info.name for key, info in signature.inputs.items()} == {"x": "x:0"}
    shape = [dim.size for dim in signature.inputs["x"].tensor_shape.dim]
    assert (signature.inputs["x"].dtype, shape) == (tf.float32.as_datatype_enum, [-1, 4])
    assert sorted(signature.outputs) == ["best", "y"]


def test_folder_holds_the_graph_alone(saved):
    assert os.listdir(saved) == ["saved_model.pb"]
    assert inspect_file(saved).kind == "SavedModel"


@pytest.mark.parametrize("name", ["batch norm", "branch", "loop"])
def test_attributes_that_have_their_default_are_left_out(tmp_path, name):
    source = write(tmp_path / "source.pb", NETS[name].build)
    meta_graph = stored(convert(source, tmp_path / "folder", outputs=NETS[name].outputs).path)
    assert meta_graph.meta_graphs[0].meta_info_def.stripped_default_attrs
    attributes = {key for node in meta_graph.meta_graphs[0].graph_def.node for key in node.attr}
    assert not attributes & {"exponential_avg_factor", "grad_a", "grad_b", "data_format"}


def test_output_of_an_op_with_several_keeps_its_number(tmp_path):
    source = write(tmp_path / "source.pb", parts)
    signature = stored(convert(source, tmp_path / "folder").path).meta_graphs[0].signature_def
    outputs = signature["serving_default"].outputs
    assert {key: info.name for key, info in outputs.items()} == {
        "parts:0": "parts:0",
        "parts:1": "parts:1",
        "scaled": "scaled:0",
    }


def test_same_source_gives_the_same_bytes(saved, tmp_path):
    source = saved.parent / "source.pb"
    again = convert(source, tmp_path / "again", outputs=["y", "best"]).path
    assert (again / "saved_model.pb").read_bytes() == (saved / "saved_model.pb").read_bytes()
