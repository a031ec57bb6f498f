"""What waits for an op may be in a branch or loop by that alone, and has to stay there."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.export._graphs._waits import drop_waits

BRANCH = """
    p Placeholder | x Placeholder | same Identity p
    side Switch p p | left Identity side:1
    in Switch x same | less Less in:1 in:1 | check Assert less less
"""
# What TensorFlow makes of an `If`: a merge that waits for both sides, one of which never runs.
MET = """
    p Placeholder | side Switch p p | left Identity side:1 | right Identity side:0
    check Assert right right | met Merge left right ^check
"""
LOOP = """
    x Placeholder | enter Enter x | round Merge enter next | go Less round round
    cond LoopCond go | side Switch round cond | next NextIteration step | exit Exit side
    body Identity side:1 | check Assert body body | early Assert go round
"""


def _nodes(*lines):
    nodes = [line.split() for text in lines for line in text.replace("\n", "|").split("|")]
    return [tf.NodeDef(name=n[0], op=n[1], input=n[2:]) for n in nodes if n]


@pytest.mark.parametrize(
    ("graph", "node", "left"),
    [
        pytest.param("a NoOp | b Const | y Neg b ^a", "y", ["b"], id="no case"),
        pytest.param(BRANCH + "y Const ^check", "y", ["^left"], id="a branch"),
        pytest.param(BRANCH + "y Neg in:1 ^check", "y", ["in:1"], id="read from a switch"),
        pytest.param(BRANCH + "y Neg less ^check", "y", ["less"], id="read in a branch"),
        pytest.param(BRANCH + "y Neg in:0 ^check", "y", ["in:0", "^left"], id="another side"),
        pytest.param(BRANCH + "y Const ^check ^left", "y", ["^left"], id="waits already"),
        pytest.param(MET + "y Const ^met", "y", [], id="met"),
        pytest.param(LOOP + "step Add body one | one Const ^check", "one", ["^body"], id="a round"),
        pytest.param(LOOP + "step Neg body ^check", "step", ["body"], id="read in a round"),
        pytest.param(LOOP + "step Add go one | one Const ^early", "one", ["^round"], id="a loop"),
        pytest.param(LOOP + "step Neg body | a Assert exit | y Const ^a", "y", [], id="behind"),
    ],
)
def test_a_node_runs_in_the_same_cases_without_a_wait(graph, node, left):
    nodes = _nodes(graph)
    drop_waits(nodes, {"a", "check", "early", "met"})
    (found,) = [list(one.input) for one in nodes if one.name == node]
    assert found == left


def test_a_wait_stays_where_nothing_else_keeps_a_node_in_its_branch():
    nodes = _nodes(
        "p Placeholder | x Placeholder | in Switch x p | check Assert in:1 | y Const ^check"
    )
    drop_waits(nodes, {"check"})
    assert list(nodes[-1].input) == ["^check"]


def test_functions_name_the_sides_of_switches_in_their_own_way():
    nodes = _nodes(
        "side Switch p p | left Identity side:output_true:0 | in Switch x p",
        "less Less in:output_true:0 x | check Assert less:z:0 | y Const ^check",
    )
    drop_waits(nodes, {"check"})
    assert list(nodes[-1].input) == ["^left"]
