"""After `disable_v2_behavior()` sizes are taken and ops are found as they were in 1.15.5."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import graphkit.tf1 as tf
from graphkit.tf1._core._dimensions import accept_old_sizes
from graphkit.tf1._core._moved_names import find_moved_names, names_today

GOLDEN = Path(__file__).parents[1] / "golden"
DIMENSIONS = json.loads((GOLDEN / "dimensions.json").read_text())
NAMES = json.loads((GOLDEN / "names.json").read_text())


@pytest.fixture(scope="module")
def child(warm, tmp_path_factory):
    """What a process without version 2 found; it is asked once."""
    program = Path(__file__).with_name("version_one_child.py")
    done = warm.run(program, folder=tmp_path_factory.mktemp("version one"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kind(described):
    """The dtype and static shape in a description of a tensor; nothing for an op."""
    return described.split(" ")[1:]


@pytest.mark.parametrize("operand", ["2", "2.0", "2.5", "0.0", "-1", "None", "'4'", "three"])
def test_dimensions_count_as_in_1_15(child, operand):
    cases = {case: then for case, then in DIMENSIONS.items() if operand in case.split(" ")[1:]}
    assert len(cases) >= 20
    assert {case: child["dimensions"][case] for case in cases} == cases


def test_dimensions_and_shapes_are_made_as_in_1_15(child):
    assert child["dimensions"] == DIMENSIONS
    assert DIMENSIONS["mul three 2.0"] == "Dimension(6)"
    assert DIMENSIONS["Dimension(3.5)"] == "ValueError"


@pytest.mark.parametrize("expression", sorted(NAMES))
def test_what_a_core_function_makes_is_found_by_its_old_name(child, expression):
    now = child["names"][expression]
    assert not now["lost"]
    assert [kind(made) for made in now["made"]] == [kind(made) for made in NAMES[expression]]


def test_some_ops_are_found_by_names_they_no_longer_have(child):
    moved = [text for text, then in NAMES.items() if child["names"][text]["made"] != then]
    assert 'tf.einsum("ij,jk->ik", x, m)' in moved
    assert "tf.add(x, x)" not in moved
    assert len(moved) > 10


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("random_uniform", "random_uniform/RandomUniform"),
        ("net/random_uniform_3", "net/random_uniform_3/RandomUniform"),
        ("a/dropout_1/mul_1", "a/dropout_1/SelectV2"),
        ("Tensordot", "Tensordot/MatMul"),
        ("loss/ReduceLogSumExp_2/Add", "loss/ReduceLogSumExp_2"),
        ("MatrixTriangularSolve_1", "triangular_solve_1/MatrixTriangularSolve"),
    ],
)
def test_a_moved_name_keeps_its_scope_and_number(then, now):
    assert list(names_today(then)) == [now]


@pytest.mark.parametrize("name", ["my_random_uniform", "dropout/mul_2", "Add", "x/Merge"])
def test_other_names_are_left_alone(name):
    assert list(names_today(name)) == []


def shown(call, *arguments):
    """What a call gives, as it was recorded: as text, or the name of its error."""
    try:
        return repr(call(*arguments))
    except Exception as error:
        return type(error).__name__


@pytest.fixture
def old_sizes(monkeypatch):
    """Dimensions as after `disable_v2_behavior()`; TensorFlow's class is as it was afterwards."""
    monkeypatch.setattr(tf.Dimension, "__init__", tf.Dimension.__init__)
    accept_old_sizes()


def test_sizes_are_taken_as_in_1_15(old_sizes):
    once = tf.Dimension.__init__
    accept_old_sizes()
    assert tf.Dimension.__init__ is once
    for value in (3, 3.0, 3.5, "3", "x", -1, None, True):
        assert shown(tf.Dimension, value) == DIMENSIONS[f"Dimension({value!r})"]
    assert tf.TensorShape([2.0, None, "3"]).as_list() == [2, None, 3]
    with pytest.raises(ValueError, match=r"Ambiguous dimension: 2\.5"):
        tf.Dimension(2.5)


@pytest.fixture
def moved_names(monkeypatch):
    """Look-ups as after `disable_v2_behavior()`; TensorFlow's graphs are left as they were."""
    monkeypatch.setattr(tf.Graph, "as_graph_element", tf.Graph.as_graph_element)
    find_moved_names()


def _product():
    return tf.einsum("ij,jk->ik", tf.ones([2, 2]), tf.ones([2, 2]))


def test_an_op_is_found_by_its_old_name_where_nothing_has_that_name(graph, moved_names):
    product = _product()
    once = tf.Graph.as_graph_element
    find_moved_names()
    assert tf.Graph.as_graph_element is once
    assert graph.get_tensor_by_name("einsum/MatMul:0") is product
    assert graph.get_operation_by_name("einsum/MatMul") is product.op
    own = tf.constant(1.0, name="einsum_1/MatMul")
    assert graph.get_tensor_by_name("einsum_1/MatMul:0") is own


@pytest.mark.parametrize("name", ["einsum_7/MatMul:0", "nothing:0"])
def test_a_name_that_nothing_ever_had_stays_unknown(graph, moved_names, name):
    _product()
    with pytest.raises(KeyError, match=name):
        graph.get_tensor_by_name(name)


def test_what_is_no_name_is_looked_up_as_always(graph, moved_names):
    with tf.Graph().as_default():
        stranger = tf.constant(1.0)
    assert graph.as_graph_element(tf.constant(1.0, name="own")).name == "own:0"
    with pytest.raises(ValueError, match="is not an element of this graph"):
        graph.as_graph_element(stranger)
    with pytest.raises(TypeError, match="Can not convert a int"):
        graph.as_graph_element(3)


def test_library_use_leaves_look_ups_and_dimensions_alone(graph):
    _product()
    with pytest.raises(KeyError, match="einsum/MatMul:0"):
        graph.get_tensor_by_name("einsum/MatMul:0")
    with pytest.raises(TypeError):
        tf.Dimension(2.0)
