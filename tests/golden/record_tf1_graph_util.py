"""Programs with contrib.graph_editor.util: lists, trees, scopes, what is alike in two graphs."""

import collections

Pair = collections.namedtuple("Pair", ["left", "right"])


def net(tf):
    with tf.name_scope("here"):
        a = tf.constant([1.0, 2.0], name="a")
        return a, tf.exp(a, name="b")


def failing(call):
    def program(tf):
        call(tf, tf.contrib.graph_editor.util, *net(tf))

    return program


def lists(tf):
    util = tf.contrib.graph_editor.util
    view = util.ListView([3, 1, 2])
    return {
        "view": [list(view), len(view), view[0], view[1:], bool(view), view.__add__((7, 8))],
        "empty": [len(util.ListView([])), bool(util.ListView([]))],
        "joined": util.concatenate_unique([2, 1, 2], [1, 3, 3, 0]),
    }


def trees(tf):
    util = tf.contrib.graph_editor.util
    a, b = net(tf)
    tree = collections.OrderedDict([("x", [1, (2, 3)]), ("y", Pair(4, {"z": 5})), ("w", ())])
    changed = util.transform_tree(tree, lambda leaf: leaf * 10)
    of_set = util.transform_tree(iter([1, 2]), lambda leaf: -leaf)
    return {
        "leaves": util.flatten_tree(tree),
        "more": util.flatten_tree([1, [2]], [0]),
        "leaf": util.flatten_tree(7),
        "changed": repr(sorted(changed.items())),
        "kinds": [type(changed).__name__, type(changed["y"]).__name__],
        "iterated": [type(of_set).__name__, list(of_set)],
        "single": util.transform_tree(3, lambda leaf: leaf + 1),
        "iterable": [util.is_iterable(x) for x in ([], {}, "", (), 3, None, a, [a], b.op)],
        "tensors": [t.name for t in util.flatten_tree({"k": [a, (b,)]})],
    }


def scopes(tf):
    util = tf.contrib.graph_editor.util
    names = ["", "a", "a/", "a/b", "a/b/c", "/"]
    return {
        "full": [util.scope_finalize(name) for name in names],
        "lead": [util.scope_dirname(name) for name in names],
        "own": [util.scope_basename(name) for name in names],
    }


def collections_of_tensorflow(tf):
    names = tf.contrib.graph_editor.util.get_predefined_collection_names()
    return {"some": [name in names for name in ("trainable_variables", "losses", "mine")]}


def graphs(tf):
    util = tf.contrib.graph_editor.util
    a, b = net(tf)
    graph = tf.get_default_graph()
    util.check_graphs(a, b, b.op)
    util.check_graphs()
    return {
        "same": [util.get_unique_graph(x) is graph for x in ([a], [a.op, b], graph, (b,))],
        "none": str(util.get_unique_graph([], none_if_empty=True)),
        "checked": util.get_unique_graph([a.op], check_types=tf.Operation) is graph,
        "of_types": util.get_unique_graph([a], check_types=(tf.Tensor,)) is graph,
    }


def alike(tf):
    util = tf.contrib.graph_editor.util
    a, b = net(tf)
    with tf.Graph().as_default() as other:
        net(tf)
        with tf.name_scope("inner"):
            net(tf)
    return {
        "tensor": util.find_corresponding_elem(a, other).name,
        "op": util.find_corresponding_elem(b.op, other).name,
        "inner": util.find_corresponding_elem(b, other, dst_scope="inner").name,
        "tree": [
            t.graph is other for t in util.flatten_tree(util.find_corresponding([a, [b]], other))
        ],
    }


def of_two_graphs(call):
    def program(tf):
        a, _ = net(tf)
        with tf.Graph().as_default():
            call(tf.contrib.graph_editor.util, a, net(tf)[1])

    return program


PROGRAMS = {
    "lists": lists,
    "trees": trees,
    "scopes": scopes,
    "collections_of_tensorflow": collections_of_tensorflow,
    "graphs": graphs,
    "alike": alike,
    "view_of_a_tuple": failing(lambda tf, util, a, b: util.ListView((1, 2))),
    "one_is_no_list": failing(lambda tf, util, a, b: util.get_unique_graph(a)),
    "none_of_nothing": failing(lambda tf, util, a, b: util.get_unique_graph([])),
    "no_op": failing(lambda tf, util, a, b: util.get_unique_graph([a, 3])),
    "other_type": failing(lambda tf, util, a, b: util.get_unique_graph([a], tf.Operation)),
    "not_there": failing(lambda tf, util, a, b: util.find_corresponding_elem(a, tf.Graph())),
    "two_graphs": of_two_graphs(lambda util, a, b: util.get_unique_graph([a, b])),
    "two_graphs_checked": of_two_graphs(lambda util, a, b: util.check_graphs(a, b)),
}
