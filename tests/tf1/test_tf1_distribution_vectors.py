"""contrib.distributions of vectors: normal, exponential, Laplace, one-hot and relaxed, by NumPy."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions
LOC = np.array([0.5, -1.0, 2.0])
DIAG = np.array([1.0, 2.0, 0.5])
TRIL = np.array([[1.5, 0, 0], [0.3, 0.8, 0], [-0.4, 0.2, 1.1]])
NARROW = np.array([[0.5], [-0.4], [0.1]])
POINTS = np.array([[0.1, 0.2, 0.3], [1.0, -2.0, 3.0]])

# Name to class, arguments, and the matrix that noise is multiplied with.
NORMALS = {
    "diagonal": ("MultivariateNormalDiag", {"scale_diag": DIAG}, np.diag(DIAG)),
    "factor": ("MultivariateNormalDiag", {"scale_identity_multiplier": 1.5}, 1.5 * np.eye(3)),
    "nothing": ("MultivariateNormalDiag", {}, np.eye(3)),
    "triangle": ("MultivariateNormalTriL", {"scale_tril": TRIL}, TRIL),
    "triangle of nothing": ("MultivariateNormalTriL", {}, np.eye(3)),
    "covariance": (
        "MultivariateNormalFullCovariance",
        {"covariance_matrix": TRIL @ TRIL.T},
        TRIL,
    ),
    "low rank": (
        "MultivariateNormalDiagPlusLowRank",
        {"scale_diag": DIAG, "scale_perturb_factor": NARROW},
        np.diag(DIAG) + NARROW @ NARROW.T,
    ),
    "low rank with a middle": (
        "MultivariateNormalDiagPlusLowRank",
        {"scale_diag": DIAG, "scale_perturb_factor": NARROW, "scale_perturb_diag": [2.0]},
        np.diag(DIAG) + 2.0 * NARROW @ NARROW.T,
    ),
}


def normal(name, loc=LOC):
    kind, given, _ = NORMALS[name]
    tensors = {key: tf.constant(value, tf.float64) for key, value in given.items()}
    return getattr(made_by, kind)(loc=tf.constant(loc, tf.float64), **tensors)


def normal_log_prob(x, mean, covariance):
    apart = x - mean
    away = np.einsum("...i,ij,...j", apart, np.linalg.inv(covariance), apart)
    size = len(covariance)
    return -0.5 * (away + np.linalg.slogdet(covariance)[1] + size * math.log(2 * math.pi))


@pytest.mark.parametrize("name", sorted(NORMALS))
class TestNormals:
    def covariance(self, name):
        scale = NORMALS[name][2]
        return scale @ scale.T

    def test_density_by_its_formula(self, session, name):
        found = session.run(normal(name).log_prob(POINTS))
        assert found == pytest.approx(normal_log_prob(POINTS, LOC, self.covariance(name)))

    def test_moments(self, session, name):
        made, covariance = normal(name), self.covariance(name)
        mean, mode, variance, stddev, found, entropy = session.run(
            [
                made.mean(),
                made.mode(),
                made.variance(),
                made.stddev(),
                made.covariance(),
                made.entropy(),
            ]
        )
        assert mean.tolist() == mode.tolist() == LOC.tolist()
        assert found == pytest.approx(covariance)
        assert variance == pytest.approx(np.diag(covariance))
        assert stddev == pytest.approx(np.sqrt(np.diag(covariance)))
        known = 0.5 * np.linalg.slogdet(2 * math.pi * math.e * covariance)[1]
        assert entropy == pytest.approx(known)

    def test_draws_are_spread_as_told(self, session, name):
        drawn = session.run(normal(name).sample(5000, seed=4))
        assert drawn.mean(0) == pytest.approx(LOC, abs=0.12)
        assert np.cov(drawn.T) == pytest.approx(self.covariance(name), abs=0.3)

    def test_draws_are_the_noise_moved(self, session, name):
        drawn, noise = session.run(
            [normal(name).sample(4, seed=9), tf.random_normal([12], dtype=tf.float64, seed=9)]
        )
        expected = LOC + noise.reshape(4, 3) @ NORMALS[name][2].T
        assert drawn == pytest.approx(expected)

    def test_shapes(self, graph, name):
        made = normal(name)
        assert (made.batch_shape.as_list(), made.event_shape.as_list()) == ([], [3])
        assert made.sample([2, 4]).shape.as_list() == [2, 4, 3]
        assert made.log_prob(tf.zeros([5, 3], tf.float64)).shape.as_list() == [5]

    def test_gradient_reaches_the_place(self, session, name):
        loc = tf.constant(LOC)
        kind, given, scale = NORMALS[name]
        made = getattr(made_by, kind)(
            loc=loc, **{key: tf.constant(value, tf.float64) for key, value in given.items()}
        )
        slope = session.run(tf.gradients(made.log_prob(POINTS[0]), loc)[0])
        assert slope == pytest.approx(np.linalg.inv(scale @ scale.T) @ (POINTS[0] - LOC))

    def test_divergence_from_another(self, session, name):
        other_loc = np.array([0.0, 0.5, 1.0])
        ours, theirs = self.covariance(name), TRIL @ TRIL.T
        found = session.run(
            tf.distributions.kl_divergence(normal(name), normal("triangle", other_loc))
        )
        apart = other_loc - LOC
        inverse = np.linalg.inv(theirs)
        expected = 0.5 * (
            np.trace(inverse @ ours)
            + apart @ inverse @ apart
            - 3
            + np.linalg.slogdet(theirs)[1]
            - np.linalg.slogdet(ours)[1]
        )
        assert found == pytest.approx(expected, abs=1e-9)


class TestBatchesOfVectors:
    def test_places_and_widths_are_broadcast(self, session):
        loc = np.stack([LOC, LOC + 1])[:, np.newaxis]
        scales = np.stack([TRIL, 2 * TRIL, TRIL + np.eye(3)])
        made = made_by.MultivariateNormalTriL(loc, scales)
        assert made.batch_shape.as_list() == [2, 3]
        found = session.run(made.log_prob(POINTS[0]))
        for row, column in np.ndindex(2, 3):
            covariance = scales[column] @ scales[column].T
            expected = normal_log_prob(POINTS[0], loc[row, 0], covariance)
            assert found[row, column] == pytest.approx(expected)
        assert session.run(made.sample(2, seed=1)).shape == (2, 2, 3, 3)

    def test_above_the_diagonal_nothing_counts(self, session):
        full = TRIL + np.triu(np.full([3, 3], 7.0), 1)
        made = made_by.MultivariateNormalTriL(LOC, full)
        expected = normal_log_prob(POINTS, LOC, TRIL @ TRIL.T)
        assert session.run(made.log_prob(POINTS)) == pytest.approx(expected)

    def test_batches_of_unknown_size(self, session):
        loc = tf.placeholder(tf.float64, [None, 3])
        made = made_by.MultivariateNormalTriL(loc, TRIL)
        assert made.batch_shape.as_list() == [None]
        feed = {loc: np.stack([LOC] * 4)}
        found, batch = session.run([made.log_prob(POINTS[0]), made.batch_shape_tensor()], feed)
        expected = normal_log_prob(POINTS[0], LOC, TRIL @ TRIL.T)
        assert found == pytest.approx([expected] * 4)
        assert batch.tolist() == [4]

    def test_vectors_of_unknown_length(self, session):
        loc = tf.placeholder(tf.float64, [None])
        made = made_by.MultivariateNormalDiag(loc)
        assert made.event_shape.as_list() == [None]
        found, event = session.run([made.log_prob(POINTS), made.event_shape_tensor()], {loc: LOC})
        assert found == pytest.approx(normal_log_prob(POINTS, LOC, np.eye(3)))
        assert event.tolist() == [3]

    @pytest.mark.parametrize(
        ("kind", "given", "message"),
        [
            ("MultivariateNormalTriL", {}, "Must specify one or both of `loc`, `scale_tril`"),
            ("MultivariateNormalFullCovariance", {}, "Must specify one or both"),
            ("VectorLaplaceDiag", {"scale_identity_multiplier": 2.0}, "Cannot infer `event_shape`"),
            (
                "VectorExponentialDiag",
                {"loc": [0.0, 1.0], "scale_diag": [1.0, 2.0, 3.0]},
                r"Event size of 'scale' \(3\) could not be broadcast up to that of 'loc' \(2\)",
            ),
        ],
    )
    def test_what_tells_no_length_is_refused(self, graph, kind, given, message):
        with pytest.raises(ValueError, match=message):
            getattr(made_by, kind)(**given)

    def test_a_lopsided_covariance_is_told(self, session):
        lopsided = [[1.0, 0.5], [0.0, 1.0]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Matrix was not symmetric"):
            made = made_by.MultivariateNormalFullCovariance(
                covariance_matrix=tf.constant(lopsided), validate_args=True
            )
            session.run(made.mean())

    def test_a_negative_diagonal_of_a_low_rank_is_told(self, session):
        with pytest.raises(tf.errors.InvalidArgumentError, match="diagonal part must be positive"):
            made = made_by.MultivariateNormalDiagPlusLowRank(
                scale_diag=[1.0, -1.0], scale_perturb_factor=[[1.0], [1.0]], validate_args=True
            )
            session.run(made.log_prob([0.0, 0.0]))


class TestStretchedNoise:
    def test_exponentials(self, session):
        made = made_by.VectorExponentialDiag(LOC, DIAG)
        z = np.array([0.5, 1.0, 2.0])
        found, mean, mode, variance = session.run(
            [made.log_prob(LOC + DIAG * z), made.mean(), made.mode(), made.variance()]
        )
        assert found == pytest.approx(-z.sum() - np.log(DIAG).sum())
        assert mean == pytest.approx(LOC + DIAG)
        assert mode == pytest.approx(LOC)
        assert variance == pytest.approx(DIAG**2)
        drawn = session.run(made.sample(4000, seed=2))
        assert (drawn >= LOC).all()
        assert drawn.mean(0) == pytest.approx(LOC + DIAG, abs=0.1)

    def test_laplace(self, session):
        made = made_by.VectorLaplaceDiag(LOC, DIAG, np.float64(1))
        width = DIAG + 1
        found, mean, covariance, entropy = session.run(
            [made.log_prob(POINTS), made.mean(), made.covariance(), made.entropy()]
        )
        each = -np.abs(POINTS - LOC) / width - np.log(2 * width)
        assert found == pytest.approx(each.sum(-1))
        assert mean.tolist() == LOC.tolist()
        assert covariance == pytest.approx(np.diag(2 * width**2))
        assert entropy == pytest.approx((1 + np.log(2 * width)).sum())


def softmax(x):
    e = np.exp(x - np.max(x, -1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class TestOneHot:
    LOGITS = np.array([[0.2, 1.0, -0.5], [2.0, 0.0, 0.0]])

    def test_each_class_has_its_probability(self, session):
        made = made_by.OneHotCategorical(self.LOGITS)
        eye = np.eye(3, dtype=np.int32)[:, np.newaxis]
        assert session.run(made.prob(eye)) == pytest.approx(softmax(self.LOGITS).T)
        assert made.batch_shape.as_list() == [2]
        assert made.event_shape.as_list() == [3]
        assert session.run(made.event_size) == 3

    def test_moments(self, session):
        made, p = made_by.OneHotCategorical(self.LOGITS), softmax(self.LOGITS)
        mode, variance, covariance, entropy = session.run(
            [made.mode(), made.variance(), made.covariance(), made.entropy()]
        )
        assert mode.tolist() == np.eye(3)[p.argmax(1)].tolist()
        assert variance == pytest.approx(p * (1 - p))
        for row in range(2):
            assert covariance[row] == pytest.approx(np.diag(p[row]) - np.outer(p[row], p[row]))
        assert entropy == pytest.approx(-(p * np.log(p)).sum(1))

    def test_draws_have_a_single_one(self, session):
        made = made_by.OneHotCategorical(probs=[0.2, 0.5, 0.3], dtype=tf.float32)
        drawn = session.run(made.sample(3000, seed=8))
        assert drawn.dtype == np.float32
        assert set(drawn.sum(1)) == {1}
        assert drawn.mean(0) == pytest.approx([0.2, 0.5, 0.3], abs=0.03)

    def test_divergence(self, session):
        a = made_by.OneHotCategorical(probs=[0.2, 0.5, 0.3])
        b = made_by.OneHotCategorical(probs=[0.4, 0.4, 0.2])
        p, q = np.array([0.2, 0.5, 0.3]), np.array([0.4, 0.4, 0.2])
        found = session.run(tf.distributions.kl_divergence(a, b))
        assert found == pytest.approx((p * np.log(p / q)).sum(), rel=1e-5)

    def test_a_number_is_no_vector_of_classes(self, graph):
        with pytest.raises(ValueError, match="rank"):
            made_by.OneHotCategorical(logits=0.5)


class TestRelaxed:
    LOGITS = np.array([0.3, -0.2, 0.9])

    def log_prob(self, x, temperature):
        """By the paper: (K - 1)! t^(K - 1) prod(p_k x_k^(-t - 1)) / sum(p_k x_k^-t)^K."""
        p = softmax(self.LOGITS)
        size = len(p)
        below = size * np.log((p * x**-temperature).sum(-1))
        above = (np.log(p) - (temperature + 1) * np.log(x)).sum(-1)
        return math.lgamma(size) + (size - 1) * math.log(temperature) + above - below

    @pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
    def test_density_by_the_paper(self, session, temperature):
        warmth = tf.constant(temperature, tf.float64)
        made = made_by.RelaxedOneHotCategorical(warmth, self.LOGITS)
        x = np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])
        found = session.run(made.log_prob(x))
        assert found == pytest.approx(self.log_prob(x, temperature))

    def test_logarithms_are_a_change_of_variables_away(self, session):
        x = np.array([0.2, 0.3, 0.5])
        warmth = tf.constant(0.7, tf.float64)
        plain = made_by.RelaxedOneHotCategorical(warmth, self.LOGITS)
        logs = made_by.ExpRelaxedOneHotCategorical(warmth, self.LOGITS)
        one, other = session.run([plain.log_prob(x), logs.log_prob(np.log(x))])
        assert other - one == pytest.approx(np.log(x).sum())

    def test_draws_are_on_the_simplex_and_nearly_whole_when_cold(self, session):
        for temperature, largest in ((0.01, 0.99), (50.0, 0.4)):
            made = made_by.RelaxedOneHotCategorical(temperature, self.LOGITS.astype(np.float32))
            drawn = session.run(made.sample(500, seed=3))
            assert drawn.sum(1) == pytest.approx(np.ones(500), abs=1e-5)
            assert (np.median(drawn.max(1)) > largest) == (temperature < 1)

    def test_the_largest_is_drawn_as_often_as_its_class(self, session):
        made = made_by.RelaxedOneHotCategorical(0.5, self.LOGITS.astype(np.float32))
        drawn = session.run(made.sample(4000, seed=3))
        share = np.bincount(drawn.argmax(1), minlength=3) / 4000
        assert share == pytest.approx(softmax(self.LOGITS), abs=0.03)

    def test_each_of_a_batch_may_have_its_temperature(self, session):
        both = tf.constant([0.3, 2.5], tf.float64)
        made = made_by.RelaxedOneHotCategorical(both, np.stack([self.LOGITS] * 2))
        x = np.array([0.2, 0.3, 0.5])
        found = session.run(made.log_prob(np.stack([x, x])))
        assert found == pytest.approx([self.log_prob(x, 0.3), self.log_prob(x, 2.5)])
        assert session.run(made.sample(4, seed=1)).shape == (4, 2, 3)

    def test_places_off_the_simplex_are_told(self, session):
        made = made_by.ExpRelaxedOneHotCategorical(1.0, [0.0, 0.0], validate_args=True)
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(made.log_prob([-0.1, -0.1]))

    def test_relaxed_coins_are_two_relaxed_classes(self, session):
        warmth = tf.constant(0.7, tf.float64)
        coin = made_by.RelaxedBernoulli(warmth, tf.constant(0.4, tf.float64))
        classes = made_by.RelaxedOneHotCategorical(warmth, tf.constant([0.4, 0.0], tf.float64))
        x = np.array([0.1, 0.6])
        one, other = session.run([coin.log_prob(x), classes.log_prob(np.stack([x, 1 - x], axis=1))])
        assert one == pytest.approx(other)
