"""Inputs and outputs by the names that the signature of a SavedModel has for them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import UnknownNameError
from graphkit.export import SignatureNames, convert, freeze, load_graph, open_model

ROWS = np.float32([[1, 2], [3, 4]])
DOUBLED = [[2, 4], [6, 8]]
SUMS = [3, 7]
KEYS = SignatureNames({"rows": "x"}, {"again": "sum", "doubled": "mul", "total": "sum"})


@pytest.fixture
def saved(tmp_path, graph, session):
    """`doubled = 2 x` and `total = x[0] + x[1]`, which is `again` too; an op is named `total_1`."""
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    factor = tf.placeholder_with_default(np.float32(2), [], name="factor")
    doubled = tf.multiply(x, factor, name="mul")
    total = tf.reduce_sum(x, 1, name="sum")
    tf.negative(total, name="total_1")
    signature = tf.saved_model.predict_signature_def(
        {"rows": x, "times": factor}, {"doubled": doubled, "total": total, "again": total}
    )
    builder = tf.saved_model.Builder(str(tmp_path / "saved"))
    builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
    builder.save()
    return tmp_path / "saved"


def run(path, feeds):
    with load_graph(path) as frozen:
        return {name: value.tolist() for name, value in frozen.run(feeds).items()}


def test_names_of_the_signature_mean_its_tensors(saved, tmp_path):
    given = {"inputs": ["rows"], "outputs": ["doubled", "total"], "pins": {"times": 3}}
    report = freeze(saved, tmp_path / "m.pb", feeds={"rows": ROWS}, **given)
    assert [info.name for info in report.outputs] == ["mul", "sum"]
    assert report.signature == KEYS
    assert run(tmp_path / "m.pb", {"x": ROWS}) == {"mul": [[3, 6], [9, 12]], "sum": SUMS}


def test_names_of_the_graph_go_as_before(saved, tmp_path):
    freeze(saved, tmp_path / "m.pb", inputs="x:0", outputs="total_1", feeds={"x": ROWS})
    assert run(tmp_path / "m.pb", {"x": ROWS}) == {"total_1": [-3, -7]}


def test_a_name_of_both_means_the_tensor_of_the_graph(tmp_path, graph, session):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    first, second = tf.identity(x, name="first"), tf.negative(x, name="second")
    signature = tf.saved_model.predict_signature_def({"x": x}, {"first": second, "y": first})
    builder = tf.saved_model.Builder(str(tmp_path / "saved"))
    builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
    builder.save()
    freeze(tmp_path / "saved", tmp_path / "m.pb", outputs="first")
    assert run(tmp_path / "m.pb", {"x": ROWS}) == {"first": ROWS.tolist()}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"outputs": "doubles"}, "no tensor or op named 'doubles'; did you mean 'doubled'"),
        ({"inputs": "row"}, "no tensor or op named 'row'; did you mean 'rows'"),
        ({"pins": {"time": 1}}, "no tensor or op named 'time'; did you mean 'times'"),
        ({"feeds": {"row": ROWS}}, "no input named 'row'; did you mean 'rows'"),
    ],
)
def test_an_unknown_name_is_told_those_of_the_signature(saved, tmp_path, given, message):
    with pytest.raises(UnknownNameError, match=message):
        freeze(saved, tmp_path / "m.pb", **given)


def test_the_record_keeps_them(saved, tmp_path):
    freeze(saved, tmp_path / "m.pb", outputs="doubled")
    said = json.loads((tmp_path / "m.pb.json").read_text())
    assert said["outputs"] == [{"name": "mul", "dtype": "float32", "shape": [None, 2]}]
    assert said["signature"] == {
        "inputs": {"rows": "x", "times": "factor"},
        "outputs": {"doubled": "mul"},
    }


def test_a_saved_model_has_them_again(saved, tmp_path):
    freeze(saved, tmp_path / "m.pb", pins={"times": 2})
    for source in (saved, tmp_path / "m.pb"):
        goal = tmp_path / f"from {source.stem}"
        report = convert(source, goal, pins={"times": 2} if source is saved else None)
        assert [info.name for info in report.outputs] == ["again", "total", "doubled"]
        assert report.signature == KEYS
        with open_model(goal) as model:
            found = model.run({"rows": ROWS})
        assert {name: value.tolist() for name, value in found.items()} == {
            "again": SUMS,
            "doubled": DOUBLED,
            "total": SUMS,
        }


def test_a_frozen_file_answers_to_what_its_record_says(saved, tmp_path):
    freeze(saved, tmp_path / "m.pb", pins={"times": 2})
    given = {"inputs": "rows", "outputs": "doubled", "feeds": {"rows": ROWS}}
    report = convert(tmp_path / "m.pb", tmp_path / "m.tflite", **given)
    assert report.signature == SignatureNames({"rows": "x"}, {"doubled": "mul"})
    freeze(tmp_path / "m.pb", tmp_path / "cut.pb", outputs="total")
    assert run(tmp_path / "cut.pb", {"x": ROWS}) == {"sum": SUMS}


NO_RECORDS = ["[]", '{"signature": 3}', '{"signature": {"inputs": {}}}']
NO_RECORDS += ['{"signature": {"inputs": {"rows": 5}, "outputs": {"doubled": ["mul"]}}}']


@pytest.mark.parametrize("text", NO_RECORDS)
def test_a_record_of_another_form_says_nothing(saved, tmp_path, text):
    freeze(saved, tmp_path / "m.pb", outputs="doubled")
    (tmp_path / "m.pb.json").write_text(text)
    with pytest.raises(UnknownNameError, match="named 'doubled'"):
        freeze(tmp_path / "m.pb", tmp_path / "again.pb", outputs="doubled")


def test_an_output_of_the_name_of_another_keeps_all_as_they_are(tmp_path, graph, session):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    first, second = tf.identity(x, name="first"), tf.negative(x, name="second")
    signature = tf.saved_model.predict_signature_def({"x": x}, {"second": first})
    builder = tf.saved_model.Builder(str(tmp_path / "saved"))
    builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
    builder.save()
    convert(tmp_path / "saved", tmp_path / "again", outputs=["first", second.name])
    with open_model(tmp_path / "again") as model:
        assert model.run({"x": ROWS})["second"].tolist() == (-ROWS).tolist()
