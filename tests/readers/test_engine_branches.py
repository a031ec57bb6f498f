"""Switches and merges of TensorFlow 1's control flow give what they give in queues."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import control_flow, delivered

from graphkit import readers
from graphkit._tf import tf

NUMBERS = range(9)


def _switch(value, condition):
    """A value on its way to one of two branches: where false, and where true."""
    return tf.raw_ops.Switch(data=value, pred=condition)


def _merge(*values):
    """The one value that comes, and which it is."""
    return tf.raw_ops.Merge(inputs=list(values))


def _by_one_condition(number):
    other, taken = _switch(number, number > 3)
    return _merge(other * 10, taken * 100).output


def _which_way(number):
    other, taken = _switch(number, number > 3)
    return _merge(other, taken).value_index


def _the_value_and_which_way(number):
    other, taken = _switch(number, number > 3)
    merged = _merge(other * 10, taken * 100)
    return merged.output + merged.value_index


def _by_two_conditions(number):
    other, _ = _switch(number, number > 3)
    _, taken = _switch(number, tf.greater(number, 3))
    return _merge(other * 10, taken * 100).output


def _by_a_copy_of_a_condition(number):
    condition = number > 3
    other, _ = _switch(number, condition)
    _, taken = _switch(number, tf.identity(condition))
    return _merge(other * 10, taken * 100).output


def _one_way_by_two_conditions(number):
    other, taken = _switch(number, number > 6)
    _, also = _switch(number * 2, number > 3)
    return _merge(other, taken + also).output


LARGE = np.ones(9000, np.int32)


def _known(op):
    """What compares a number with itself, which is the same for all records."""
    rank = tf.raw_ops.Rank(input=tf.constant(LARGE))
    return op(x=rank, y=rank)


def _by_what_is_known_before(number):
    return tf.cond(_known(tf.raw_ops.Equal), lambda: tf.square(number), lambda: -number)


def _what_is_known_before_is_not_taken(number):
    def taken():
        return number + tf.reduce_sum(tf.constant(LARGE))

    return tf.cond(_known(tf.raw_ops.Less), taken, lambda: -number)


def _chosen_before(number):
    return number + tf.cond(
        _known(tf.raw_ops.Less),
        lambda: tf.reduce_sum(tf.constant(LARGE)),
        lambda: tf.reduce_max(tf.constant(LARGE)),
    )


def _of_two_shapes(number):
    values = tf.cond(
        number > 3, lambda: tf.fill([2, 3], number), lambda: tf.transpose(tf.fill([2, 3], -number))
    )
    return tf.reduce_sum(tf.reshape(values, [6]))


def _nested(number):
    return tf.cond(
        number > 3,
        lambda: tf.cond(number > 6, lambda: number * 2, lambda: number * 3),
        lambda: tf.cond(number > 1, lambda: number * 5, lambda: number * 7),
    )


def _one_after_the_other(number):
    first = tf.cond(number > 3, lambda: number - 4, lambda: number)
    return tf.cond(first > 2, lambda: first * 10, lambda: first - number)


def _what_one_branch_asserts(number):
    def small():
        with tf.control_dependencies([tf.Assert(number < 7, [number])]):
            return tf.identity(number)

    return tf.cond(number < 7, small, lambda: -number)


def _python(function, value):
    found = tf.py_func(function, [value], tf.int32)
    found.set_shape([])
    return found


def _python_in_both_branches(number):
    return tf.cond(
        number > 3,
        lambda: _python(lambda n: n + n, number),
        lambda: _python(lambda n: n, number),
    )


def _python_behind_what_a_branch_prints(number):
    def printed():
        return tf.Print(number + 100, [number])

    return _python(lambda n: n, tf.cond(number > 3, printed, lambda: number))


def _python_before_what_a_branch_asserts(number):
    one = _python(lambda n: np.int32(n + 1), number)
    other = _python(lambda n: np.int32(n + 2), number)

    def asserted():
        with tf.control_dependencies([tf.Assert(other > 2, [other])]):
            return tf.identity(one)

    return tf.cond(number > 3, asserted, lambda: -one)


# Per case: the chain, what it gives in Python, and whether whole batches can be computed.
CASES = {
    "by one condition": (_by_one_condition, lambda n: n * 100 if n > 3 else n * 10, True),
    "which way": (_which_way, lambda n: int(n > 3), False),
    "and which way": (
        _the_value_and_which_way,
        lambda n: n * 100 + 1 if n > 3 else n * 10,
        False,
    ),
    "by two conditions": (_by_two_conditions, lambda n: n * 100 if n > 3 else n * 10, False),
    "by a copy": (_by_a_copy_of_a_condition, lambda n: n * 100 if n > 3 else n * 10, True),
    "one way by two": (_one_way_by_two_conditions, lambda n: n * 3 if n > 6 else n, False),
    "known before": (_by_what_is_known_before, lambda n: n * n, False),
    "known and not taken": (_what_is_known_before_is_not_taken, lambda n: -n, True),
    "chosen before": (_chosen_before, lambda n: n + 1, True),
    "of two shapes": (_of_two_shapes, lambda n: 6 * n if n > 3 else -6 * n, False),
    "nested": (
        _nested,
        lambda n: n * ((2 if n > 6 else 3) if n > 3 else (5 if n > 1 else 7)),
        True,
    ),
    "in a row": (
        _one_after_the_other,
        lambda n: (m * 10 if m > 2 else m - n) if (m := n - 4 if n > 3 else n) is not None else 0,
        True,
    ),
    "python": (_python_in_both_branches, lambda n: n + n if n > 3 else n, False),
    "python behind": (
        _python_behind_what_a_branch_prints,
        lambda n: n + 100 if n > 3 else n,
        False,
    ),
    "python before": (
        _python_before_what_a_branch_asserts,
        lambda n: n + 1 if n > 3 else -n - 1,
        False,
    ),
    "asserted": (_what_one_branch_asserts, lambda n: n if n < 7 else -n, False),
}


@pytest.fixture(autouse=True)
def _switches_and_merges():
    with control_flow(of_today=False):
        yield


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_choice_gives_what_python_gives(name, engine):
    chain, expected, at_once = CASES[name]
    with tf.Graph().as_default() as graph, readers.engine(engine):
        number = readers.range_input_producer(len(NUMBERS), num_epochs=1, shuffle=False).dequeue()
        batch = readers.batch([chain(number)], 3)
        functions = graph.as_graph_def().library.function
        found = np.concatenate(delivered(batch))
    assert found.tolist() == [expected(n) for n in NUMBERS]
    if engine == "tf.data":
        assert any("pfor" in node.name for f in functions for node in f.node_def) == at_once
