"""A step of a mixture of Gaussians is the textbook's, and more steps are likelier."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

make = tf.contrib.factorization.GmmAlgorithm
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

RANDOM = np.random.RandomState(3)
POINTS = np.concatenate([RANDOM.normal(size=[20, 2]), RANDOM.normal(5, 1, [20, 2])]).astype("f")
MEANS = np.array([[1.0, 0.0], [4.0, 4.5]], np.float32)
FLOOR = 1e-3 * np.eye(2)


def densities(alphas, means, covs):
    found = []
    for alpha, mean, cov in zip(alphas, means, covs, strict=True):
        away = POINTS - mean
        distance = (away @ np.linalg.inv(cov + FLOOR) * away).sum(1)
        found.append(alpha * np.exp(-distance / 2) / np.sqrt(np.linalg.det(cov + FLOOR)))
    return np.stack(found, 1) / (2 * np.pi)


def step_in_numpy(alphas, means, covs, diagonal):
    chances = densities(alphas, means, covs)
    shares = chances / chances.sum(1, keepdims=True)
    counts = shares.sum(0)
    means = shares.T @ POINTS / counts[:, None]
    covs = []
    for share, count, mean in zip(shares.T, counts, means, strict=True):
        cov = (POINTS.T * share) @ POINTS / count - np.outer(mean, mean) + FLOOR
        covs.append(np.diag(np.diag(cov)) if diagonal else cov)
    return counts / counts.sum(), means, np.array(covs)


def started(session, covariance="full", parts=1, params="wmc", means=MEANS):
    data = [tf.constant(part) for part in np.split(POINTS, parts)]
    made = make(data, 2, None if means is None else tf.constant(means), params, covariance)
    session.run(tf.global_variables_initializer())
    session.run(made.init_ops())
    return made


@pytest.mark.parametrize("covariance", ["full", "diag"])
def test_steps_are_those_of_the_textbook(session, covariance):
    made = started(session, covariance)
    diagonal = covariance == "diag"
    start = session.run(made.covariances())
    expected = np.ones(2) / 2, MEANS, np.array([np.diag(c) for c in start]) if diagonal else start
    for _ in range(3):
        session.run(made.training_ops())
        expected = step_in_numpy(*expected, diagonal)
    fetched = [made.alphas(), made.clusters(), made.covariances()]
    alphas, means, covs = session.run(fetched)
    np.testing.assert_allclose(alphas, expected[0], rtol=1e-3)
    np.testing.assert_allclose(means[:, 0], expected[1], rtol=1e-3, atol=1e-4)
    wanted = np.array([np.diag(c) for c in expected[2]]) if diagonal else expected[2]
    np.testing.assert_allclose(covs, wanted, rtol=2e-3, atol=1e-3)
    chances = densities(*expected)
    np.testing.assert_array_equal(session.run(made.assignments())[0], chances.argmax(1))
    likelihood = session.run(made.log_likelihood_op())
    assert likelihood == pytest.approx(np.log(chances.sum()), rel=1e-2)


def test_points_in_parts_are_points(session):
    whole, parts = started(session), started(session, parts=4)
    session.run(whole.init_ops())
    # The first part alone gives the first covariance.
    same = tf.assign(parts.covariances(), whole.covariances(), validate_shape=False)
    session.run(same)
    for made in (whole, parts):
        session.run(made.training_ops())
    for name in ("alphas", "clusters", "covariances"):
        found, expected = session.run([getattr(parts, name)(), getattr(whole, name)()])
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("params", "changed"),
    [("w", {"alphas"}), ("c", {"covariances"}), ("mc", {"clusters", "covariances"}), ("m", set())],
)
def test_what_is_not_asked_for_is_not_trained(session, params, changed):
    made = started(session, params=params)
    names = ("alphas", "clusters", "covariances")
    before = session.run([getattr(made, name)() for name in names])
    session.run(made.training_ops())
    after = session.run([getattr(made, name)() for name in names])
    pairs = zip(names, before, after, strict=True)
    assert {name for name, old, new in pairs if not np.array_equal(old, new)} == changed


def test_the_first_means_are_points_and_stay(session):
    made = started(session, means=None)
    means = session.run(made.clusters())[:, 0]
    assert all(any(np.array_equal(mean, point) for point in POINTS) for mean in means)
    session.run(made.training_ops())
    trained = session.run(made.clusters())
    session.run(made.init_ops())
    np.testing.assert_array_equal(session.run(made.clusters()), trained)


def test_an_estimator_finds_the_two_clouds(tmp_path):
    def input_fn():
        return tf.constant(POINTS), None

    made = tf.contrib.factorization.GMM(2, str(tmp_path), initial_clusters=MEANS)
    made.fit(input_fn=input_fn, steps=10)
    expected = [POINTS[:20].mean(0), POINTS[20:].mean(0)]
    np.testing.assert_allclose(made.clusters(), expected, atol=0.1)
    assert list(made.predict_assignments(input_fn)) == [0] * 20 + [1] * 20
    np.testing.assert_allclose(made.weights(), [0.5, 0.5], atol=0.01)
    again = tf.contrib.factorization.GMM(2, str(tmp_path))
    again.fit(input_fn=input_fn, steps=1)
    np.testing.assert_allclose(again.clusters(), made.clusters(), atol=0.1)
    assert np.isfinite(again.score(input_fn, steps=1))
