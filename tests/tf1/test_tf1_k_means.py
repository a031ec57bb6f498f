"""contrib.factorization's k-means against Lloyd's algorithm in NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

factorization = tf.contrib.factorization

POINTS = (3 * np.sin(2.3 * np.arange(40)).reshape(20, 2)).astype(np.float32) + 4
START = POINTS[[0, 7, 13]]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def squared(points, centres):
    return ((points[:, None] - centres) ** 2).sum(-1)


def cosine(points, centres):
    return 1 - unit(points) @ unit(centres).T


def lloyd(points, centres, metric, steps):
    """Moves every centre to the mean of the points that are nearest to it."""
    for _ in range(steps):
        nearest = metric(points, centres).argmin(1)
        means = [points[nearest == c].mean(0) for c in range(len(centres))]
        centres = np.array(means)
    return centres


def build(inputs=None, **options):
    inputs = tf.constant(POINTS) if inputs is None else inputs
    return factorization.KMeans(
        inputs, 3, **{"initial_clusters": START, **options}
    ).training_graph()


def centres_of(session):
    (variable,) = [v for v in tf.global_variables() if v.op.name == "clusters"]
    return session.run(variable)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_full_steps_are_those_of_lloyd(session, steps):
    every, index, nearest, ready, start, step = build()
    session.run(tf.global_variables_initializer())
    assert not session.run(ready)
    session.run(start)
    assert session.run(ready)
    for _ in range(steps):
        session.run(step)
    wanted = lloyd(POINTS, START, squared, steps)
    np.testing.assert_allclose(centres_of(session), wanted, rtol=1e-4)
    distances, indices, least = session.run([every[0], index[0], nearest[0]])
    np.testing.assert_allclose(distances, squared(POINTS, wanted), rtol=1e-3, atol=1e-4)
    np.testing.assert_array_equal(indices, distances.argmin(1))
    np.testing.assert_allclose(least, distances.min(1), rtol=1e-4, atol=1e-4)


def test_no_step_takes_points_farther_away(session):
    _, _, nearest, _, start, step = build()
    session.run(tf.global_variables_initializer())
    session.run(start)
    sums = []
    for _ in range(6):
        sums.append(session.run(nearest[0]).sum())
        session.run(step)
    assert all(later <= before + 1e-3 for before, later in itertools.pairwise(sums))
    assert sums[-1] < sums[0]


def test_directions_are_compared_by_their_cosine(session):
    every, index, *_, start, step = build(distance_metric=factorization.COSINE_DISTANCE)
    session.run(tf.global_variables_initializer())
    session.run(start)
    distances, indices = session.run([every[0], index[0]])
    np.testing.assert_allclose(distances, cosine(POINTS, START), atol=1e-5)
    np.testing.assert_array_equal(indices, cosine(POINTS, START).argmin(1))
    session.run(step)
    moved = unit(centres_of(session))
    # Each centre is the direction of the sum of its points' directions.
    sums = [unit(POINTS)[indices == c].sum(0) for c in range(3)]
    np.testing.assert_allclose(moved, unit(np.array(sums)), atol=1e-4)


def test_parts_are_clustered_together(session):
    parts = [tf.constant(POINTS[:5]), tf.constant(POINTS[5:])]
    _, index, *_, start, step = build(parts)
    session.run(tf.global_variables_initializer())
    session.run(start)
    session.run(step)
    wanted = lloyd(POINTS, START, squared, 1)
    np.testing.assert_allclose(centres_of(session), wanted, rtol=1e-4)
    found = np.concatenate(session.run(list(index)))
    np.testing.assert_array_equal(found, squared(POINTS, wanted).argmin(1))


# What 1.15.5 chose from these points with the seed 5.
CHOSEN = {
    "random": [[3.65564561, 6.45176411], [1.65167642, 6.9568009], [1.07725096, 5.44295120]],
    "kmeans_plus_plus": [
        [2.40823245, 3.16431212],
        [6.83108711, 2.85378575],
        [2.6963031, 6.88345814],
    ],
    "kmc2": [[4.0, 6.23711586], [6.69845676, 3.17959094], [1.07725096, 5.44295120]],
}


def started(session, **options):
    """The first centres, and after which start they were all there."""
    *_, ready, start, _ = build(**options)
    session.run(tf.global_variables_initializer())
    done = []
    for _ in range(3):
        session.run(start)
        done.append(bool(session.run(ready)))
    return centres_of(session), done


@pytest.mark.parametrize("how", CHOSEN)
def test_centres_are_chosen_among_the_points_by_a_seed(session, how):
    centres, done = started(session, initial_clusters=how, random_seed=5)
    np.testing.assert_allclose(centres, CHOSEN[how], rtol=1e-6)
    # This one chooses a centre each time it is run.
    assert done == ([False, False, True] if how == "kmc2" else [True, True, True])


def test_too_few_points_are_taken_several_times_or_refused(session):
    few = tf.constant(POINTS[:2])
    centres, done = started(session, inputs=few, initial_clusters="random")
    assert {tuple(centre) for centre in centres} == {tuple(point) for point in POINTS[:2]}
    assert done == [False, True, True]
    with tf.Graph().as_default(), tf.Session() as other:
        few = tf.constant(POINTS[:2])
        with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
            started(other, inputs=few, initial_clusters="kmeans_plus_plus")


def test_a_function_chooses_the_centres(session):
    def first(points, count):
        (all_points,) = points
        return tf.slice(all_points, [0, 0], [count, -1])

    centres, _ = started(session, initial_clusters=first)
    np.testing.assert_array_equal(centres, POINTS[:3])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial_clusters": "first"}, "initial"),
        ({"distance_metric": "manhattan"}, "distance"),
    ],
)
def test_unknown_choices_are_refused(graph, options, message):
    with pytest.raises(ValueError, match=rf"(?i){message}"):
        build(**options)
