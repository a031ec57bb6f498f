"""What is in the picture of a graph: which ops, in which scopes, in which rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphkit._formats._graph import read_graph
from graphkit._tf import tf
from graphkit.export._drawing._geometry import lay_out
from graphkit.export._drawing._kinds import kind_of
from graphkit.export._drawing._layers import arrange
from graphkit.export._drawing._nodes import DrawnNode, drawn_nodes
from graphkit.export._drawing._scopes import build_boxes, open_boxes
from graphkit.export._graph_file import read_graph_file
from graphkit.export._inspection._flops import count_flops
from graphkit.export._inspection._shapes import infer_shapes

GOLDEN = Path(__file__).parents[1] / "golden"


def drawn(graph):
    shapes = infer_shapes(graph)
    return drawn_nodes(graph, shapes, count_flops(shapes))


def of_session(graph):
    return drawn(read_graph(memoryview(graph.as_graph_def().SerializeToString())))


def chain(*names):
    """Nodes of which each reads the one before."""
    sources = [(), *((name,) for name in names)]
    return [
        DrawnNode(name, "Relu", source, (1, 2), 1, 10)
        for name, source in zip(names, sources, strict=False)
    ]


def outline(box):
    """The labels of a box and of those in it."""
    return {box.label: [outline(inner) for inner in box.inside]} if box.inside else box.label


@pytest.fixture(scope="module")
def trained():
    """What is drawn of a network of 1.15.5 with its training."""
    return drawn(read_graph_file(GOLDEN / "flops" / "training.pb").graph)


def test_training_is_left_out(trained):
    names = {node.name for node in trained}
    assert {"x", "labels", "conv2d/Conv2D", "dense/BiasAdd", "flatten/Reshape"} <= names
    assert not [name for name in names if "gradients/" in name or "Momentum" in name]
    assert not [name for name in names if "Initializer" in name or "Assign" in name]


def test_weights_belong_to_what_reads_them(trained):
    held = {node.name: node.parameters for node in trained if node.parameters}
    assert held == {
        "conv2d/Conv2D": 3 * 3 * 3 * 4,
        "conv2d/BiasAdd": 4,
        "dense/MatMul": 16 * 5,
        "dense/BiasAdd": 5,
    }
    assert not {node.op for node in trained} & {"Const", "VariableV2"}


def test_what_is_drawn_knows_its_shape_and_operations(trained):
    nodes = {node.name: node for node in trained}
    assert nodes["conv2d/Conv2D"].shape == (2, 3, 3, 4)
    assert nodes["conv2d/Conv2D"].flops == 2 * 2 * 3 * 3 * 4 * 27
    assert nodes["conv2d/BiasAdd"].sources == ("conv2d/Conv2D",)


def test_weights_of_two_readers_count_once(graph):
    w = tf.get_variable("w", [3, 3])
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.matmul(tf.matmul(x, w, name="one"), w, name="two")
    assert sum(node.parameters for node in of_session(graph)) == 9


def test_first_values_are_left_out(graph):
    noise = tf.random.normal([3, 3], name="noise")
    w = tf.Variable(noise * 2.0, name="w", use_resource=False)
    tf.matmul(tf.placeholder(tf.float32, [1, 3], name="x"), w, name="y")
    assert {node.name for node in of_session(graph)} == {"x", "y"}


def test_whether_a_variable_has_a_value_is_no_part_of_the_picture(graph):
    w = tf.get_variable("w", [2], use_resource=True)
    tf.nn.relu(w, name="y")
    assert [node.name for node in of_session(graph)] == ["y"]


def test_a_graph_of_constants_is_drawn_all_the_same(graph):
    tf.constant([1.0, 2.0], name="only")
    assert [node.name for node in of_session(graph)] == ["only"]


def test_scopes_hold_what_their_names_say():
    root = build_boxes(chain("x", "a/b", "a/c/d", "a/c/e", "f"))
    assert outline(root) == {"": ["x", {"a": ["b", {"c": ["d", "e"]}]}, "f"]}
    scope = root.inside[1]
    assert (scope.path, scope.nodes, scope.parameters, scope.flops) == ("a", 3, 3, 30)


def test_scopes_of_one_box_are_that_box():
    root = build_boxes(chain("x", "a/b/c/d", "a/b/c/e", "f/g"))
    assert outline(root) == {"": ["x", {"a/b/c": ["d", "e"]}, "f/g"]}
    assert [box.path for box in root.inside] == ["x", "a/b/c", "f/g"]


def test_an_op_that_is_a_scope_too_lies_in_it():
    assert outline(build_boxes(chain("a", "a/b", "c"))) == {"": [{"a": ["a", "b"]}, "c"]}


def test_a_scope_shows_the_one_shape_it_gives():
    nodes = chain("a/b", "a/c", "d")
    assert build_boxes(nodes).inside[0].shape == (1, 2)
    other = DrawnNode("a/e", "Relu", ("a/b",), (7,), 0, 0)
    reader = DrawnNode("f", "Relu", ("a/e",), (7,), 0, 0)
    assert build_boxes([*nodes, other, reader]).inside[0].shape is None


@pytest.mark.parametrize("count", [49, 500, 10_000])
def test_no_scope_holds_more_than_can_be_looked_at(count):
    root = build_boxes(chain(*(f"add_{number}" for number in range(count))))
    waiting, ops = [root], 0
    while waiting:
        box = waiting.pop()
        waiting += box.inside
        ops += not box.inside
        assert len(box.inside) <= 48
    assert ops == root.nodes == count


def test_the_largest_scopes_open_first_and_small_parts_stay_closed():
    large = [f"large/{number}" for number in range(20)]
    small = [f"small_{scope}/{number}" for scope in range(20) for number in range(2)]
    root = build_boxes(chain(*large, *small))
    assert open_boxes(root, 20) == {""}
    assert open_boxes(root, 45) == {"", "large"}
    assert len(open_boxes(root, 60)) == 22


def test_names_without_an_end_are_no_depth_without_an_end():
    root = build_boxes(chain("a/" * 3000 + "a", "a/" * 3000 + "b"))
    assert root.nodes == 2


def test_rows_go_down_along_what_is_read():
    found = arrange(4, [(0, 1), (1, 3), (0, 3), (2, 3)])
    real = [[item for item in row if item >= 0] for row in found.rows]
    assert [sorted(row) for row in real] == [[0], [1, 2], [3]]
    assert sorted((way[0], len(way), way[-1]) for way in found.ways) == [
        (0, 2, 1),
        (0, 3, 3),  # through a slot beside 1
        (1, 2, 3),
        (2, 2, 3),
    ]


def test_rows_of_loops_and_of_nothing():
    assert arrange(0, []).rows == []
    assert arrange(2, [(0, 1), (1, 0), (1, 1)]).rows == [[0], [1]]


@pytest.mark.parametrize("numbers", [(0, 1, 2, 3), (3, 1, 0, 2), (2, 3, 1, 0)])
def test_rows_do_not_hang_on_the_order_of_boxes(numbers):
    edges = [(numbers[0], numbers[1]), (numbers[1], numbers[2]), (numbers[2], numbers[3])]
    assert arrange(4, edges).rows == [[number] for number in numbers]


def test_a_loop_is_entered_where_it_is_read_from_outside():
    first, body, end, after = 3, 2, 1, 0
    edges = [(first, body), (body, end), (end, body), (end, after)]
    assert arrange(4, edges).rows == [[first], [body], [end], [after]]


def test_weights_that_stand_first_in_a_file_lift_no_scope():
    nodes = [
        DrawnNode("second/w", "Const", (), (2,), 2, 0),
        DrawnNode("first/w", "Const", (), (2,), 2, 0),
        DrawnNode("x", "Placeholder", (), (2,), 0, 0),
        DrawnNode("first/mul", "Mul", ("x", "first/w"), (2,), 0, 2),
        DrawnNode("second/mul", "Mul", ("first/mul", "second/w"), (2,), 0, 2),
    ]
    root = build_boxes(nodes)
    rows = [[root.inside[box].label for box in row] for row in root.arrangement.rows]
    assert rows == [["x"], ["first"], ["second"]]


def test_ways_that_need_not_cross_do_not():
    found = arrange(6, [(0, 5), (1, 4), (2, 3)])
    above, below = found.rows
    partner = {0: 5, 1: 4, 2: 3}
    assert [partner[item] for item in above] == below


def test_boxes_do_not_lie_over_each_other(trained):
    root = build_boxes(trained)
    placed = lay_out(root, open_boxes(root, 100))
    waiting = [placed]
    while waiting:
        box = waiting.pop()
        waiting += box.inside
        for one in box.inside:
            assert one.x - one.width / 2 >= -1e-6
            assert one.x + one.width / 2 <= box.width + 1e-6
            assert one.y + one.height <= box.height
            for two in box.inside:
                apart_x = abs(one.x - two.x) >= (one.width + two.width) / 2
                apart_y = one.y >= two.y + two.height or two.y >= one.y + one.height
                assert one is two or apart_x or apart_y
        for way in box.ways:
            heights = [y for _, y in way]
            assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        ("Placeholder", "input"),
        ("IteratorGetNext", "input"),
        ("DepthwiseConv2dNative", "conv"),
        ("MatMul", "dense"),
        ("FusedBatchNormV3", "norm"),
        ("MaxPool", "pool"),
        ("Relu6", "activation"),
        ("Merge", "flow"),
        ("StatelessWhile", "flow"),
        ("Reshape", "shape"),
        ("BiasAdd", "math"),
        ("MyOwnOp", "other"),
    ],
)
def test_ops_have_a_kind(op, kind):
    assert kind_of(op) == kind
