"""What a loop draws for an example is a function of the example's number and of the round's."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from engine_pipelines import control_flow, delivered, functions_of, numbers

from graphkit import readers
from graphkit._tf import tf

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


def _pair(op_seed, *path):
    """What an op draws by for an example, and for the rounds it is in."""
    number, *rounds = path
    for done in rounds:
        number = (_mixed(number) + done) % 2**64
    own = _mixed((_mixed(GRAPH_SEED) + op_seed) % 2**64)
    return np.uint64([number, own]).astype(np.int64)


def _uniform(op_seed, *path):
    """The number in [0, 1) that TensorFlow draws by such a pair."""
    return float(tf.random.stateless_uniform([], _pair(op_seed, *path)))


def _drawn(*ops, count=12, size=4, uniform=True, **options):
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
        assert not uniform or own & {"RandomUniform"}
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


# Per case: what is drawn for an example, and what TensorFlow's stateless ops give for it.
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


@pytest.mark.parametrize(
    ("draw", "stateless"),
    [
        (lambda: tf.random_normal([2], seed=6), tf.random.stateless_normal),
        (lambda: tf.truncated_normal([2], seed=6), tf.random.stateless_truncated_normal),
        (
            lambda: tf.cast(tf.random_uniform([2], 3, 9, tf.int32, seed=6), tf.float32),
            lambda shape, seed: tf.random.stateless_uniform(shape, seed, 3, 9, tf.int32),
        ),
        (
            lambda: tf.cast(tf.random_normal([2], seed=6, dtype=tf.float64), tf.float32),
            lambda shape, seed: tf.random.stateless_normal(shape, seed, dtype=tf.float64),
        ),
    ],
)
def test_all_that_draws_numbers_draws_by_the_round(draw, stateless):
    (found,), _ = _drawn(
        lambda _: tf.map_fn(lambda part: part + draw(), tf.zeros([3, 2])), uniform=False
    )
    wanted = [[stateless([2], seed=_pair(6, n, done)) for done in range(3)] for n in range(12)]
    np.testing.assert_array_equal(found, np.float32(wanted))


def test_other_random_ops_draw_by_the_round_as_well():
    (found,), _ = _drawn(
        lambda _: tf.map_fn(
            lambda part: part + tf.random_shuffle(tf.range(5.0), seed=7), tf.zeros([3, 5])
        ),
        uniform=False,
    )
    assert (np.sort(found) == np.arange(5.0)).all()
    assert len({row.tobytes() for row in found.reshape(-1, 5)}) > 20


def test_without_a_seed_every_run_draws_anew():
    found = [_drawn(lambda n: tf.map_fn(lambda x: x + _one(None), tf.zeros([5])))[0] for _ in "ab"]
    assert len(set(np.ravel(found).tolist())) == 2 * 12 * 5


def test_loops_draw_in_turn_when_asked_to():
    ((found,), _), ((again,), _) = (_drawn(_mapped, draws="in turn") for _ in "ab")
    # TensorFlow runs rounds of a loop side by side: which draws first is left to it.
    np.testing.assert_array_equal(np.sort(found, axis=None), np.sort(again, axis=None))
    assert len(set(found.ravel().tolist())) == 48
    assert not np.isin(found, np.float32([_uniform(2, n, 0) for n in range(12)])).any()
