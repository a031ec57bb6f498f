"""contrib.graph_editor.util: what holds for every list, tree and scope."""

from __future__ import annotations

import operator

import pytest

import graphkit.tf1 as tf

util = tf.contrib.graph_editor.util

TREES = [
    7,
    [],
    [1, [2, (3, [4])], {"a": 5, "b": [6]}],
    {"x": ({"y": [1, 2]},), "z": 3},
    (((1,),),),
]


@pytest.mark.parametrize("tree", TREES)
def test_changed_trees_keep_their_form_and_the_order_of_their_leaves(tree):
    changed = util.transform_tree(tree, lambda leaf: -leaf)
    assert util.flatten_tree(changed) == [-leaf for leaf in util.flatten_tree(tree)]
    assert type(changed) is type(tree)
    assert util.transform_tree(changed, lambda leaf: -leaf) == tree


@pytest.mark.parametrize("name", ["a", "a/b", "a/b/c_1", "", "only/"])
def test_a_name_is_its_scope_and_its_own_part(name):
    lead, own = util.scope_dirname(name), util.scope_basename(name)
    assert lead + own == name
    assert "/" not in own
    assert util.scope_finalize(lead) == lead


def test_a_list_that_cannot_be_changed_shows_the_changes_of_its_own():
    numbers = [1, 2]
    view = util.ListView(numbers)
    assert operator.add(view, [3]) == [1, 2, 3]
    numbers.append(5)
    assert (list(view), len(view)) == ([1, 2, 5], 3)
    with pytest.raises(TypeError, match="item assignment"):
        view[0] = 9


def test_joined_lists_have_everything_once_and_stay_the_same_list():
    numbers = [3, 1]
    assert util.concatenate_unique(numbers, iter([1, 2, 2, 3])) is numbers
    assert numbers == [3, 1, 2]


def test_every_tensor_of_an_imported_graph_is_found(graph):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.add(tf.exp(x), 1.0, name="y")
    with tf.Graph().as_default() as other:
        tf.import_graph_def(graph.as_graph_def(), name="copy")
    found = util.find_corresponding(util.get_tensors(graph), other, dst_scope="copy")
    assert [t.name for t in found] == [f"copy/{t.name}" for t in util.get_tensors(graph)]
    back = util.find_corresponding(found, graph, src_scope="copy")
    assert back == util.get_tensors(graph)


def test_what_is_not_in_the_scope_is_told(graph):
    x = tf.placeholder(tf.float32, name="inner/x")
    with pytest.raises(ValueError, match=r"in scope 'outer/', got 'inner/x"):
        util.find_corresponding_elem(x, graph, src_scope="outer")
    with pytest.raises(TypeError, match=r"Expected tf.Tensor or tf.Operation"):
        util.find_corresponding_elem(tf.get_variable("v", [2]), graph)


def test_all_the_kinds_of_a_graph_name_it(graph):
    x = tf.placeholder(tf.float32)
    view = tf.contrib.graph_editor.sgv(x.op)
    util.check_graphs(x, view, x.op)
    assert util.get_unique_graph([x, x.op]) is graph
    with tf.Graph().as_default():
        stranger = tf.constant(1)
    with pytest.raises(ValueError, match=r"Argument\[2\]: Wrong graph"):
        util.check_graphs(x, view, stranger)
