"""The order in which nodes can run, however a file lists them."""

from __future__ import annotations

from graphkit._tf import tf
from graphkit.export._graphs._order import execution_order, in_a_circle


def _nodes(**inputs):
    """Nodes by name, each with the names that it reads; `merge` and `next` are of a loop."""
    kinds = {"merge": "Merge", "next": "NextIteration"}
    return [
        tf.NodeDef(name=name, op=kinds.get(name, "NoOp"), input=read.split())
        for name, read in inputs.items()
    ]


def _ordered(nodes):
    return [node.name for node in execution_order(nodes)]


def test_each_node_comes_behind_its_inputs_and_else_as_it_stood():
    nodes = _nodes(d="c:1 b", c="a", a="elsewhere", b="^a", e="")
    assert _ordered(nodes) == ["a", "c", "b", "d", "e"]
    assert in_a_circle(nodes) == ""


def test_a_loop_is_entered_at_its_merge():
    nodes = _nodes(next="add", add="merge", merge="enter next", enter="")
    assert _ordered(nodes) == ["enter", "merge", "add", "next"]
    assert in_a_circle(nodes) == ""


def test_a_circle_has_an_end_and_is_told():
    nodes = _nodes(a="b", b="c", c="a", d="c")
    assert sorted(_ordered(nodes)) == ["a", "b", "c", "d"]
    assert in_a_circle(nodes) in "abc"


def test_a_node_of_very_many_inputs_is_looked_at_once():
    """Once for each of them would take hours."""
    reads = {f"read_{number}": "" for number in range(50_000)}
    ordered = _ordered(_nodes(all=" ".join(reads), **reads))
    assert ordered == [*reads, "all"]
