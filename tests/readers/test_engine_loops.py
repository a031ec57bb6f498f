"""What a loop draws for an example is a function of the example's number and of the round's."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from engine_pipelines import control_flow, delivered, functions_of, numbers

from graphkit import readers
from graphkit._tf import tf

GAMMA = 0x9E3779B97F4A7C15
GRAPH_SEED = 87654321  # TensorFlow's, where only the op has one


@pytest.fixture(autouse=True, params=["functions", "switches"])
def loops(request):
    """What loops are made of: today's, or those of TensorFlow 1."""
    with control_flow(of_today=request.param == "functions"):
        yield request.param


def _mixed(number):
    """SplitMix64's output function, on Python's integers."""
    for distance, factor in [(30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)]:
        number = (number ^ number >> distance) * factor % 2**64
    return number ^ number >> 31


def _key(seed, number):
    return _mixed((_mixed(seed) + number * GAMMA) % 2**64)


def _uniform(op_seed, *path):
    """The number in [0, 1) that an op draws for an example, and for the rounds it is in."""
    number, *rounds = path
    for done in rounds:
        number = _key(number, done)
    seed = (_mixed(GRAPH_SEED) + op_seed) % 2**64
    first = _mixed((_key(seed, number) + GAMMA) % 2**64)
    return (first >> 40) * 2.0**-24


def _drawn(*ops, count=12, size=4, **options):
    """What ops draw for examples in turn, and whether TensorFlow's generators do it."""
    with tf.Graph().as_default() as graph:
        number = numbers(count)
        values = [op(number) for op in ops]
        own = {op.type for op in graph.get_operations()} | functions_of(graph)
        before = {f.signature.name for f in graph.as_graph_def().library.function}
        with readers.engine("tf.data", **options):
            batch = readers.batch([*values, number], size, num_threads=1 + size % 3)
        stateful = {
            node.op
            for function in graph.as_graph_def().library.function
            if function.signature.name not in before
            for node in function.node_def
        } & {"RandomUniform", "RandomStandardNormal"}
        assert own & {"RandomUniform"}
        *found, _ = map(np.concatenate, zip(*delivered(batch), strict=True))
    return found, stateful


def _loop(number):
    return tf.while_loop(
        lambda step, _: step < 3,
        lambda step, drawn: (step + 1, tf.concat([drawn[1:], [_one(1)]], 0)),
        (0, tf.zeros([3])),
    )[1]


def _one(seed):
    return tf.random_uniform([], seed=seed)


def _mapped(number):
    return tf.map_fn(lambda part: part + _one(2), tf.zeros([4]))


def _nested(number):
    def inner(start):
        return tf.map_fn(lambda part: part + _one(3), start)

    return tf.map_fn(inner, tf.zeros([2, 3]))


def _in_a_branch(number):
    return tf.cond(number % 2 > 0, lambda: _mapped(number), lambda: tf.zeros([4]))


def _with_a_branch(number):
    return tf.map_fn(
        lambda part: tf.cond(part > 0, lambda: _one(4), lambda: tf.constant(9.0)),
        tf.constant([0.0, 1.0]),
    )


def _until(number):
    """Draws until a number is high; returns how often."""
    return tf.while_loop(lambda step: _one(5) < 0.7, lambda step: step + 1, (0,))


def _rounds(example):
    done = 0
    while _uniform(5, example, done) < 0.7:
        done += 1
    return done


# Per case: what is drawn for an example, and what SplitMix64 gives for it.
LOOPS = {
    "a loop": (_loop, lambda n: [_uniform(1, n, done) for done in range(3)]),
    "a map": (_mapped, lambda n: [_uniform(2, n, done) for done in range(4)]),
    "a map of maps": (
        _nested,
        lambda n: [[_uniform(3, n, i, j) for j in range(3)] for i in (0, 1)],
    ),
    "a map in a branch": (
        _in_a_branch,
        lambda n: [_uniform(2, n, done) if n % 2 else 0 for done in range(4)],
    ),
    "a branch in a map": (_with_a_branch, lambda n: [9.0, _uniform(4, n, 1)]),
    "a condition": (_until, _rounds),
}


@pytest.fixture(scope="module")
def together():
    """What all loops draw in one pipeline, by their names, worked out once for each size."""

    @functools.cache
    def drawn(_loops, size):
        found, stateful = _drawn(*(op for op, _ in LOOPS.values()), size=size)
        assert stateful == set()
        return dict(zip(LOOPS, found, strict=True))

    return drawn


@pytest.mark.parametrize("name", sorted(LOOPS))
def test_rounds_draw_by_their_numbers(name, loops, together):
    wanted = np.float32([LOOPS[name][1](n) for n in range(12)])
    np.testing.assert_array_equal(together(loops, 4)[name], wanted)


@pytest.mark.parametrize("name", sorted(LOOPS))
def test_neither_batches_nor_threads_change_what_a_loop_draws(name, loops, together):
    np.testing.assert_array_equal(together(loops, 4)[name], together(loops, 6)[name])


def test_without_a_seed_every_run_draws_anew():
    found = [_drawn(lambda n: tf.map_fn(lambda x: x + _one(None), tf.zeros([5])))[0] for _ in "ab"]
    assert len(set(np.ravel(found).tolist())) == 2 * 12 * 5


def test_loops_draw_in_turn_when_asked_to():
    ((found,), _), ((again,), _) = (_drawn(_mapped, draws="in turn") for _ in "ab")
    # TensorFlow runs rounds of a loop side by side: which draws first is left to it.
    np.testing.assert_array_equal(np.sort(found, axis=None), np.sort(again, axis=None))
    assert len(set(found.ravel().tolist())) == 48
    assert not np.isin(found, np.float32([_uniform(2, n, 0) for n in range(12)])).any()
