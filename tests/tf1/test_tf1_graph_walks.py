"""contrib.graph_editor on graphs made by chance: walks reach what is reachable, copies compute.

Every node adds a number to the sum of some nodes before it, so what it is worth, also after an
edit, and what it can be reached from are worked out in NumPy.
"""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError

ge = tf.contrib.graph_editor

SIZE = 12
GRAPHS = range(8)


class Net:
    """A graph of `SIZE` nodes; `used[k]` are the places of the nodes that node k adds up.

    Attributes:
        ops: Its ops, in the order they were made.
        tensors: What they give (float64, `[]`).
        after: Whether node k is computed from node j, at `[k, j]`, each from itself too.
    """

    def __init__(self, number):
        chance = random.Random(number)
        self.used = [
            sorted({chance.randrange(k) for _ in range(2)}) if k else [] for k in range(SIZE)
        ]
        self.ops = []
        for k, places in enumerate(self.used):
            own = tf.constant(float(2**k), tf.float64, name=f"own_{k}")
            node = tf.add_n([own, *(self.ops[at].outputs[0] for at in places)], name=f"node_{k}")
            self.ops.append(node.op)
        self.tensors = [op.outputs[0] for op in self.ops]
        self.after = np.eye(SIZE, dtype=bool)
        for k, places in enumerate(self.used):
            self.after[k] |= self.after[places].any(axis=0)

    def places(self, ops):
        """The places of those of some ops that are nodes."""
        return {self.ops.index(op) for op in ops if op in self.ops}

    def worth(self, **replaced):
        """What every node gives, where `node_3=0.5` says what another one gives instead."""
        found = []
        for k, places in enumerate(self.used):
            computed = 2.0**k + sum(found[at] for at in places)
            found.append(replaced.get(f"node_{k}", computed))
        return np.array(found)


@pytest.fixture(params=GRAPHS)
def net(request, graph):
    return Net(request.param)


every_place = pytest.mark.parametrize("place", [0, 4, SIZE - 1])


@every_place
def test_a_walk_backward_finds_all_that_a_node_is_computed_from(net, place):
    found = ge.get_backward_walk_ops([net.ops[place]])
    assert net.places(found) == set(np.flatnonzero(net.after[place]))
    assert len(found) == len(set(found)) == 2 * net.after[place].sum()  # each with its own number


@every_place
def test_a_walk_forward_finds_all_that_is_computed_from_a_node(net, place):
    found = ge.get_forward_walk_ops([net.ops[place]])
    assert net.places(found) == set(np.flatnonzero(net.after[:, place]))
    assert len(found) == len(set(found))


@every_place
def test_where_a_walk_starts_can_be_left_out(net, place):
    start = net.ops[place]
    for walk in (ge.get_backward_walk_ops, ge.get_forward_walk_ops):
        assert set(walk([start])) - set(walk([start], inclusive=False)) == {start}


@every_place
def test_a_walk_from_a_tensor_begins_with_what_makes_or_uses_it(net, place):
    tensor = net.tensors[place]
    assert ge.get_backward_walk_ops(tensor) == ge.get_backward_walk_ops([tensor.op])
    users = tensor.consumers()
    forward = ge.get_forward_walk_ops(tensor) if users else []
    assert set(forward) == set(ge.get_forward_walk_ops(users) if users else [])


def test_a_walk_ends_at_the_tensors_it_is_told(net):
    ends = [net.tensors[3], net.tensors[5]]
    found = net.places(ge.get_backward_walk_ops([net.ops[-1]], stop_at_ts=ends))
    kept, waiting = set(), [SIZE - 1]
    while waiting:
        place = waiting.pop()
        kept.add(place)
        waiting += [at for at in net.used[place] if at not in (3, 5)]
    assert found == kept


@pytest.mark.parametrize("limit", ["ops", "function"])
def test_a_walk_stays_within_its_limits(net, limit):
    allowed = [op for op in net.ops if net.ops.index(op) % 3]
    limits = {"within_ops": allowed} if limit == "ops" else {"within_ops_fn": allowed.__contains__}
    found = net.places(ge.get_forward_walk_ops([net.ops[1]], **limits))
    kept, waiting = set(), [1]
    while waiting:
        place = waiting.pop()
        kept.add(place)
        waiting += [k for k in range(SIZE) if place in net.used[k] and k % 3 and k not in kept]
    assert found == kept


@pytest.mark.parametrize(("first", "last"), [(0, SIZE - 1), (2, 9), (9, 2)])
def test_walks_meet_between_two_nodes(net, first, last):
    between = ge.get_walks_intersection_ops([net.ops[first]], [net.ops[last]])
    expected = net.after[:, first] & net.after[last]
    assert net.places(between) == set(np.flatnonzero(expected))
    union = ge.get_walks_union_ops([net.ops[first]], [net.ops[last]])
    assert net.places(union) == set(np.flatnonzero(net.after[:, first] | net.after[last]))


def test_tensors_of_a_part_are_told_apart_by_where_they_are_made_and_used(net):
    inside = net.ops[3:8]
    coming, leaving, kept = ge.compute_boundary_ts(inside)
    used = {at for place in range(3, 8) for at in net.used[place]}
    outside = {at for place in [*range(3), *range(8, SIZE)] for at in net.used[place]}
    everywhere = used | outside
    assert net.places(t.op for t in coming) == used - set(range(3, 8))
    assert net.places(t.op for t in kept) == used & set(range(3, 8))
    assert net.places(t.op for t in leaving) == {
        place for place in range(3, 8) if place in outside or place not in everywhere
    }


def test_a_boundary_ends_what_is_connected(net):
    with pytest.raises(ArgumentError, match=r"boundary_ops must be other ops .*'node_4'"):
        ge.get_within_boundary_ops(net.ops, [net.ops[4]], [net.ops[4]])
    whole = ge.get_within_boundary_ops(net.ops, [net.ops[4]])
    joined = np.linalg.matrix_power((net.after | net.after.T).astype(int), SIZE)[4] > 0
    assert net.places(whole) == set(np.flatnonzero(joined))


@pytest.mark.parametrize("first", [True, False])
def test_what_replaces_a_tensor_reaches_all_that_is_computed_from_it(net, session, first):
    place = 0 if first else net.used[-1][-1]
    targets = [net.tensors[k] for k in range(SIZE) if net.after[k, place] and k != place]
    instead = tf.constant(0.5, tf.float64)
    found = session.run(ge.graph_replace(targets, {net.tensors[place]: instead}))
    expected = net.worth(**{f"node_{place}": 0.5})
    assert found == [expected[net.tensors.index(target)] for target in targets]
    assert session.run(net.tensors) == net.worth().tolist()


def test_a_copy_computes_the_same_from_what_its_placeholders_are_fed(net, session, graph):
    copied, info = ge.copy(ge.make_view(net.ops[2:]), dst_scope="again")
    assert [op.name for op in copied.ops] == [f"again/node_{k}" for k in range(2, SIZE)]
    fed = {}
    for op in graph.get_operations():  # each use of what is not copied has a placeholder
        if op.type == "Placeholder":
            stands_for = re.match(r"again/geph__(\w+_\d+)_0(_\d+)?$", op.name)[1]
            fed[op.outputs[0]] = session.run(f"{stands_for}:0")
    uses = sum(at < 2 for places in net.used[2:] for at in places)
    assert len(fed) == uses + SIZE - 2  # and every node its own number
    copies = [info.transformed(tensor) for tensor in net.tensors[2:]]
    assert session.run(copies, fed) == net.worth()[2:].tolist()


@pytest.mark.parametrize("place", [1, 4])
def test_a_tensor_that_is_rerouted_is_used_no_more(net, session, place):
    instead = tf.constant(-1.0, tf.float64)
    users = len({k for k in range(SIZE) if place in net.used[k]})
    assert ge.reroute_ts(instead, net.tensors[place]) == users
    expected = net.worth(**{f"node_{place}": -1.0})
    expected[place] = net.worth()[place]  # itself it is computed as before
    assert session.run(net.tensors) == expected.tolist()
    assert net.tensors[place].consumers() == []
