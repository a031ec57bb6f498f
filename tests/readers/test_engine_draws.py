"""Random ops on tf.data: an example's numbers are its own, whoever computes it and when."""

from __future__ import annotations

import functools
import itertools
from typing import NamedTuple

import numpy as np
import pytest
from engine_pipelines import IMAGES, delivered, parsed, write_records

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.readers._engine._drawing import mixed


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("draws") / "images.tfrecord")


def _floats(image):
    return tf.cast(image, tf.float32)


def _in_a_branch(image):
    return tf.cond(
        tf.random_uniform([], seed=3) < 0.5,
        lambda: tf.random_normal([2], seed=4),
        lambda: tf.random_uniform([2], 5, 6, seed=5),
    )


OPS = {
    "uniform": lambda image: tf.random_uniform([3], seed=1),
    "uniform, in doubles": lambda image: tf.random_uniform([3], dtype=tf.float64, seed=1),
    "uniform, in halves": lambda image: tf.random_uniform([3], dtype=tf.float16, seed=1),
    "integers": lambda image: tf.random_uniform([3], -4, 9, tf.int32, seed=2),
    "large integers": lambda image: tf.random_uniform([2], -(2**62), 2**62, tf.int64, seed=2),
    "normal": lambda image: tf.random_normal([2, 2], seed=3),
    "normal, cut": lambda image: tf.truncated_normal([4], seed=4),
    "crop": lambda image: tf.random_crop(image, [3, 4, 3], seed=5),
    "left or right": lambda image: tf.image.random_flip_left_right(image, seed=6),
    "up or down": lambda image: tf.image.random_flip_up_down(image, seed=7),
    "brightness": lambda image: tf.image.random_brightness(_floats(image), 0.4, seed=8),
    "dropout": lambda image: tf.nn.dropout(_floats(image), 0.5, seed=9),
    "noise": lambda image: _floats(image) + tf.random_normal(image.shape, stddev=3.0, seed=1),
    "in a branch": _in_a_branch,
    "contrast": lambda image: tf.image.random_contrast(image, 0.5, 1.5, seed=1),
    "saturation": lambda image: tf.image.random_saturation(image, 0.5, 1.5, seed=2),
    "hue": lambda image: tf.image.random_hue(image, 0.2, seed=3),
}
ONE_BY_ONE = {
    "order": lambda image: tf.random_shuffle(image, seed=4),
    "a class": lambda image: tf.multinomial(tf.log([[0.5, 0.25, 0.25]]), 3, seed=5),
    "gamma": lambda image: tf.random_gamma([2], [0.5, 3.0], seed=6),
    "poisson": lambda image: tf.random_poisson([3.0, 0.5], [2], seed=7),
    "a piece": lambda image: tf.concat(
        tf.image.sample_distorted_bounding_box(
            image.shape, tf.zeros([1, 0, 4]), seed=8, use_image_if_no_bounding_boxes=True
        )[:2],
        0,
    ),
}
EVERY = {**OPS, **ONE_BY_ONE}


class Drawn(NamedTuple):
    """What ops draw for the records of a file, and how it was computed."""

    values: dict  # by the names of the ops
    at_once: bool
    stateful: set


def _drawn_together(path, ops, size=5, *, alone=False, draws="by number", **options):
    """All that some ops draw in one pipeline, in batches or each record by itself."""
    with tf.Graph().as_default() as graph:
        _, image, label = parsed(path)
        values = [*(op(image) for op in ops.values()), label]
        if alone:  # an op that is not known to do the same for a batch
            values[-1] = tf.reshape(tf.unique(tf.reshape(label, [1]))[0], [])
        own = {f.signature.name for f in graph.as_graph_def().library.function}
        with readers.engine("tf.data", draws=draws):
            batches = readers.batch(values, size, **options)
        functions = graph.as_graph_def().library.function
        nodes = [n for f in functions if f.signature.name not in own for n in f.node_def]
        at_once = any("pfor" in node.name for node in nodes)
        stateful = {node.op for node in nodes} & {"RandomUniform", "RandomUniformInt"}
        columns = zip(*delivered(batches), strict=True)
    return Drawn(dict(zip(ops, map(np.concatenate, columns), strict=False)), at_once, stateful)


def _drawn(path, op, *arguments, **options):
    """All that an op draws for the records of a file."""
    found = _drawn_together(path, {"": op}, *arguments, **options)
    return found.values[""], found.at_once, found.stateful


@pytest.fixture(scope="module")
def drawn(path):
    """What groups of ops draw, each way worked out once."""

    def together(ops, **options):
        return _drawn_together(path, OPS if ops == "OPS" else ONE_BY_ONE, **options)

    return functools.cache(together)


@pytest.mark.parametrize("name", sorted(OPS))
def test_a_batch_draws_what_its_examples_draw_alone(name, drawn):
    whole, alone = drawn("OPS"), drawn("OPS", alone=True)
    assert (whole.at_once, alone.at_once) == (True, False)
    assert whole.stateful == alone.stateful == set()
    assert whole.values[name].dtype == alone.values[name].dtype
    np.testing.assert_array_equal(whole.values[name], alone.values[name])


@pytest.mark.parametrize("name", sorted(EVERY))
def test_neither_batches_nor_threads_nor_runs_change_what_is_drawn(name, drawn):
    group = "OPS" if name in OPS else "ONE_BY_ONE"
    first, again = drawn(group), drawn(group, size=4, num_threads=3, capacity=7)
    assert first.stateful == again.stateful == set()
    np.testing.assert_array_equal(first.values[name], again.values[name])


def test_examples_that_are_alike_draw_numbers_of_their_own(tmp_path):
    alike = write_records(tmp_path / "alike.tfrecord", np.repeat(IMAGES[:1], 20, axis=0))

    def several(image):
        names = ["uniform", "integers", "normal", "crop", "order", "hue", "left or right"]
        parts = [tf.reshape(_floats(EVERY[name](image)), [-1]) for name in names]
        return tf.stack([tf.reduce_mean(tf.sin(part)) for part in [*parts[:-1], parts[-1][:3]]])

    found, _, _ = _drawn(alike, several)
    assert [len(set(column.tolist())) > 8 for column in found.T] == [True] * 6 + [False]
    assert len(set(found[:, -1].tolist())) == 2


def test_shuffled_examples_keep_their_numbers(path):
    def pairs(shuffled):
        with tf.Graph().as_default():
            label = parsed(path, num_epochs=2)[2]
            values = [label, tf.random_uniform([], seed=1)]
            with readers.engine("tf.data"):
                made = (
                    readers.shuffle_batch(values, 8, 30, 10, seed=2)
                    if shuffled
                    else readers.batch(values, 8)
                )
            return [pair for batch in delivered(made) for pair in zip(*batch, strict=True)]

    in_order, shuffled = pairs(shuffled=False), pairs(shuffled=True)
    assert in_order != shuffled
    assert sorted(in_order) == sorted(shuffled)
    assert len(set(shuffled)) == 40  # the second epoch draws anew


def test_the_same_seed_cuts_an_image_and_its_mask_alike(path):
    def pair(image):
        return tf.stack([tf.random_crop(part, [3, 4, 3], seed=5) for part in (image, 255 - image)])

    found, _, _ = _drawn(path, pair)
    np.testing.assert_array_equal(found[:, 0], 255 - found[:, 1])


def test_without_seeds_every_run_and_every_op_draws_anew(path):
    def two(image):
        return tf.stack([tf.random_uniform([]), tf.random_uniform([])])

    first, at_once, _ = _drawn(path, two)
    second, _, _ = _drawn(path, two)
    assert at_once
    assert len({*first.ravel().tolist(), *second.ravel().tolist()}) == 80


def test_the_graph_s_seed_is_enough(path):
    def drawn(seed):
        with tf.Graph().as_default():
            tf.set_random_seed(seed)
            label = parsed(path)[2]
            with readers.engine("tf.data"):
                return delivered(readers.batch([tf.random_uniform([2]), label], 20))[0][0]

    first = drawn(1)
    np.testing.assert_array_equal(first, drawn(1))
    assert (first != drawn(2)).all()


def test_generators_in_turn_draw_what_the_queues_draw(path):
    def several(image):
        return tf.concat([tf.random_uniform([5], seed=1), tf.random_normal([3], seed=2)], 0)

    with tf.Graph().as_default(), readers.engine("queues"):
        _, image, label = parsed(path)
        wanted = delivered(readers.batch([several(image), label], 5))
    found, at_once, stateful = _drawn(path, several, draws="in turn")
    assert not at_once
    assert stateful == {"RandomUniform"}
    np.testing.assert_array_equal(found, np.concatenate([batch[0] for batch in wanted]))


def test_there_is_no_other_way_to_draw():
    with (
        pytest.raises(ArgumentError, match="'by number', 'in turn'"),
        readers.engine("tf.data", draws="at random"),
    ):
        pass


def test_a_branch_of_another_shape_draws_by_number_too(path):
    def ragged(image):
        drawn = tf.cond(
            tf.random_uniform([], seed=3) < 0.5,
            lambda: tf.random_uniform([2], seed=4),
            lambda: tf.random_uniform([3], seed=5),
        )
        return tf.reduce_sum(drawn)

    first, at_once, stateful = _drawn(path, ragged)
    again, _, _ = _drawn(path, ragged, size=10, num_threads=2)
    assert not at_once
    assert stateful == set()
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("start", [0, 1])
def test_an_empty_range_of_integers_is_an_error(path, start):
    with pytest.raises(tf.errors.InvalidArgumentError):
        _drawn(path, lambda image: tf.random_uniform([2], start, 0, tf.int32, seed=1))


def test_bits_are_those_of_splitmix64():
    """The generator's first five numbers for the seed 1234567, as published with it."""
    gamma, wanted = (
        0x9E3779B97F4A7C15,
        [
            6457827717110365317,
            3203168211198807973,
            9817491932198370423,
            4593380528125082431,
            16408922859458223821,
        ],
    )
    states = np.array([(1234567 + gamma * step) % 2**64 for step in range(1, 6)], np.uint64)
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(mixed(tf.constant(states))).tolist() == wanted


MANY = 400
# Per case: what is drawn for an example of 50 numbers, its mean and its variance.
MOMENTS = {
    "uniform": (lambda: tf.random_uniform([50], seed=11), 1 / 2, 1 / 12),
    "doubles": (lambda: tf.random_uniform([50], dtype=tf.float64, seed=12), 1 / 2, 1 / 12),
    "integers": (lambda: tf.random_uniform([50], 0, 10, tf.int64, seed=13), 4.5, 8.25),
    "normal": (lambda: tf.random_normal([50], seed=14), 0.0, 1.0),
    "normal, cut": (lambda: tf.truncated_normal([50], seed=15), 0.0, 0.7737413),
    "gamma": (lambda: tf.random_gamma([50], 3.0, seed=16), 3.0, 3.0),
    "poisson": (lambda: tf.random_poisson(4.0, [50], seed=17), 4.0, 4.0),
    "classes": (lambda: tf.multinomial(tf.log([[0.25, 0.75]]), 50, seed=18)[0], 3 / 4, 3 / 16),
}


@pytest.fixture(scope="module")
def many():
    """What each of these ops draws for 400 examples."""
    with tf.Graph().as_default(), readers.engine("tf.data"):
        number = readers.range_input_producer(MANY, num_epochs=1, shuffle=False).dequeue()
        values = [op() for op, _, _ in MOMENTS.values()]
        ((*found, _),) = delivered(readers.batch([*values, number], MANY))
    return dict(zip(MOMENTS, found, strict=True))


@pytest.mark.parametrize("name", sorted(MOMENTS))
def test_numbers_are_distributed_as_their_op_says(name, many):
    _, mean, variance = MOMENTS[name]
    drawn = many[name].astype(np.float64)
    error = np.sqrt(variance / drawn.size)
    assert abs(drawn.mean() - mean) < 4 * error
    assert drawn.var() == pytest.approx(variance, rel=0.06)
    between = np.corrcoef(drawn[:-1].ravel(), drawn[1:].ravel())[0, 1]
    within = np.corrcoef(drawn[:, :-1].ravel(), drawn[:, 1:].ravel())[0, 1]
    assert max(abs(between), abs(within)) < 4 / np.sqrt(drawn.size)


def test_a_uniform_number_is_never_one_and_a_cut_one_within_two():
    with tf.Graph().as_default(), readers.engine("tf.data"):
        values = [
            tf.random_uniform([200], dtype=tf.float16, seed=1),
            tf.truncated_normal([200], seed=2),
        ]
        batches = readers.batch([*values, tf.random_normal([200], seed=3)], 100)
        ((halves, cut, normal),) = delivered(batches, most=1)
    assert 0 <= halves.min() < halves.max() < 1
    assert 1.99 < np.abs(cut).max() <= 2
    assert np.abs(normal).max() > 3


def test_all_orders_are_drawn_alike():
    with tf.Graph().as_default(), readers.engine("tf.data"):
        number = readers.range_input_producer(1200, num_epochs=1, shuffle=False).dequeue()
        batches = readers.batch([tf.random_shuffle([0, 1, 2], seed=21), number], 1200)
        ((orders, _),) = delivered(batches)
    counts = [(orders == order).all(axis=1).sum() for order in itertools.permutations(range(3))]
    assert sum(counts) == 1200
    assert sum((count - 200) ** 2 / 200 for count in counts) < 20.5  # chi-square, 5 degrees, 0.001
