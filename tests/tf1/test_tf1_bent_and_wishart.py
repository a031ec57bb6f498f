"""contrib.distributions: Kumaraswamy, sinh-arcsinh and Wishart by their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions
X = np.linspace(1e-6, 1 - 1e-4, 20_001)


def integral(values, x):
    return np.sum((values[1:] + values[:-1]) / 2 * np.diff(x))


def doubles(*numbers):
    return [tf.constant(number, tf.float64) for number in numbers]


class TestKumaraswamy:
    A, B = 2.0, 3.0

    def test_density_and_cumulative_function(self, session):
        made = made_by.Kumaraswamy(*doubles(self.A, self.B))
        density, below = session.run([made.prob(X), made.cdf(X)])
        known = self.A * self.B * X ** (self.A - 1) * (1 - X**self.A) ** (self.B - 1)
        assert density == pytest.approx(known)
        assert below == pytest.approx(1 - (1 - X**self.A) ** self.B, abs=1e-9)

    def test_statistics_by_integration(self, session):
        made = made_by.Kumaraswamy(*doubles(self.A, self.B))
        density, mean, variance, mode = session.run(
            [made.prob(X), made.mean(), made.variance(), made.mode()]
        )
        middle = integral(X * density, X)
        assert mean == pytest.approx(middle, abs=1e-6)
        assert variance == pytest.approx(integral((X - middle) ** 2 * density, X), abs=1e-6)
        assert mode == pytest.approx(X[density.argmax()], abs=1e-3)

    def test_batches_are_those_of_the_parameters(self, session):
        made = made_by.Kumaraswamy([[2.0], [3.0]], [1.0, 2.0, 3.0])
        assert made.batch_shape.as_list() == [2, 3]
        assert session.run(made.sample(4, seed=1)).shape == (4, 2, 3)
        for statistic in ("mean", "variance", "entropy", "mode"):
            assert session.run(getattr(made, statistic)()).shape == (2, 3), statistic

    def test_parameters_of_unknown_shape(self, session):
        a = tf.placeholder_with_default([2.0, 3.0], [None])
        made = made_by.Kumaraswamy(a, 3.0)
        assert made.batch_shape.as_list() == [None]
        assert session.run(made.sample(5, seed=1)).shape == (5, 2)

    def test_a_mode_at_the_edge_is_undefined(self, session):
        made = made_by.Kumaraswamy([0.5, 2.0], [2.0, 2.0])
        found = session.run(made.mode())
        assert np.isnan(found).tolist() == [True, False]
        strict = made_by.Kumaraswamy([0.5], [2.0], allow_nan_stats=False)
        with pytest.raises(tf.errors.InvalidArgumentError, match="concentration1 <= 1"):
            session.run(strict.mode())

    def test_gradients_go_through_draws(self, session):
        a = tf.constant([2.0, 3.0])
        drawn = made_by.Kumaraswamy(a, 3.0).sample(seed=1)
        slope, values = session.run([tf.gradients(drawn, a)[0], drawn])
        assert slope == pytest.approx(-np.log(values) * values / [2, 3], rel=1e-4)


class TestSinhArcsinh:
    def bent(self, z, skewness, tailweight):
        return np.sinh((np.arcsinh(z) + skewness) * tailweight)

    @pytest.mark.parametrize(("skewness", "tailweight"), [(None, None), (0.4, 1.0), (-0.3, 1.7)])
    def test_draws_are_bent_normals(self, session, skewness, tailweight):
        made = made_by.SinhArcsinh(1.0, 2.0, skewness, tailweight)
        drawn, z = session.run(
            [made.sample(50, seed=3), tf.distributions.Normal(0.0, 1.0).sample(50, seed=3)]
        )
        lean, weight = skewness or 0.0, tailweight or 1.0
        stretch = 2 / self.bent(2.0, 0.0, weight)
        expected = 1 + 2 * stretch * self.bent(z, lean, weight)
        assert drawn == pytest.approx(expected, rel=1e-4, abs=1e-5)

    def test_without_bends_it_is_normal(self, session):
        x = np.array([-1.0, 0.5, 3.0], np.float32)
        bent, plain = session.run(
            [made_by.SinhArcsinh(1.0, 2.0).log_prob(x), made_by.Normal(1.0, 2.0).log_prob(x)]
        )
        assert bent == pytest.approx(plain, rel=1e-5)

    def test_density_sums_to_one(self, session):
        made = made_by.SinhArcsinh(*doubles(0.0, 1.0), *doubles(0.5, 1.3))
        x = np.linspace(-60, 200, 60_001)
        density, below = session.run([made.prob(x), made.cdf(x)])
        assert integral(density, x) == pytest.approx(1, abs=1e-5)
        assert np.cumsum(density) * (x[1] - x[0]) == pytest.approx(below, abs=5e-3)

    def test_another_noise_may_be_bent(self, session):
        noise = made_by.Laplace(0.0, 1.0)
        bent, plain = session.run(
            [made_by.SinhArcsinh(1.0, 2.0, distribution=noise).log_prob(3.0), noise.log_prob(1.0)]
        )
        assert bent == pytest.approx(plain - math.log(2), rel=1e-5)

    @pytest.mark.parametrize("kind", ["SinhArcsinh", "VectorSinhArcsinhDiag"])
    def test_noise_is_of_one_number(self, graph, kind):
        make = getattr(made_by, kind)
        place = (0.0, 1.0) if kind == "SinhArcsinh" else ([0.0, 1.0],)
        with pytest.raises(ValueError, match="distribution must be scalar"):
            make(*place, distribution=made_by.Normal([0.0, 1.0], 1.0))
        with pytest.raises(TypeError, match="dtype mismatch"):
            make(*place, distribution=made_by.Normal(*np.zeros([2])))

    def test_vectors_are_independent_numbers(self, session):
        loc, width = np.array([0.5, -1.0]), np.array([1.0, 2.0])
        made = made_by.VectorSinhArcsinhDiag(loc, width, skewness=0.3, tailweight=1.2)
        each = made_by.SinhArcsinh(loc, width, 0.3, 1.2)
        x = np.array([[0.1, 0.2], [3.0, -4.0]])
        whole, parts = session.run([made.log_prob(x), each.log_prob(x)])
        assert whole == pytest.approx(parts.sum(1))
        assert made.event_shape.as_list() == [2]
        assert session.run(made.sample(3, seed=1)).shape == (3, 2)


SCALE = np.array([[2.0, 0.3], [0.3, 1.0]])
ROOT = np.linalg.cholesky(SCALE)
PLACE = np.array([[3.0, -0.5], [-0.5, 4.0]])


def wishart_log_prob(x, df, scale):
    size = len(scale)
    log_gamma = size * (size - 1) / 4 * math.log(math.pi)
    log_gamma += sum(math.lgamma((df - number) / 2) for number in range(size))
    return (
        (df - size - 1) / 2 * np.linalg.slogdet(x)[1]
        - np.trace(np.linalg.inv(scale) @ x) / 2
        - df * size / 2 * math.log(2)
        - df / 2 * np.linalg.slogdet(scale)[1]
        - log_gamma
    )


class TestWishart:
    def made(self, kind, df=5.5, **more):
        given = {"WishartFull": SCALE, "WishartCholesky": ROOT}[kind]
        return getattr(made_by, kind)(df, given, **more)

    @pytest.mark.parametrize("kind", ["WishartFull", "WishartCholesky"])
    def test_density_and_moments(self, session, kind):
        made = self.made(kind)
        log_prob, mean, mode, variance, stddev, scale = session.run(
            [
                made.log_prob(PLACE),
                made.mean(),
                made.mode(),
                made.variance(),
                made.stddev(),
                made.scale(),
            ]
        )
        assert log_prob == pytest.approx(wishart_log_prob(PLACE, 5.5, SCALE))
        assert scale == pytest.approx(SCALE)
        assert mean == pytest.approx(5.5 * SCALE)
        assert mode == pytest.approx(2.5 * SCALE)
        known = 5.5 * (SCALE**2 + np.outer(np.diag(SCALE), np.diag(SCALE)))
        assert variance == pytest.approx(known)
        assert stddev @ stddev.T == pytest.approx(known)

    def test_of_one_dimension_it_is_a_gamma(self, session):
        made = made_by.WishartFull(5.0, np.array([[2.0]]))
        same = made_by.Gamma(np.float64(2.5), np.float64(0.25))
        x = np.array([[[3.0]], [[7.0]]])
        one, other, entropy, known = session.run(
            [made.log_prob(x), same.log_prob(x[:, 0, 0]), made.entropy(), same.entropy()]
        )
        assert one == pytest.approx(other)
        assert entropy == pytest.approx(known)

    @pytest.mark.parametrize("kind", ["WishartFull", "WishartCholesky"])
    def test_draws_have_the_mean_and_variance_told(self, session, kind):
        drawn = session.run(self.made(kind).sample(6000, seed=1))
        assert drawn.mean(0) == pytest.approx(5.5 * SCALE, abs=0.4)
        known = 5.5 * (SCALE**2 + np.outer(np.diag(SCALE), np.diag(SCALE)))
        assert drawn.var(0) == pytest.approx(known, rel=0.15)
        assert (np.linalg.eigvalsh(drawn) > 0).all()

    def test_entropy_and_determinants_by_draws(self, session):
        made = self.made("WishartFull")
        drawn = made.sample(6000, seed=1)
        log_prob, dets, entropy, mean = session.run(
            [made.log_prob(drawn), tf.linalg.logdet(drawn), made.entropy(), made.mean_log_det()]
        )
        assert entropy == pytest.approx(-log_prob.mean(), abs=0.1)
        assert mean == pytest.approx(dets.mean(), abs=0.05)

    def test_triangles_in_and_out(self, session):
        made = self.made("WishartCholesky", cholesky_input_output_matrices=True)
        whole = self.made("WishartCholesky")
        root = np.linalg.cholesky(PLACE)
        log_prob, mean, scale, drawn, full = session.run(
            [
                made.log_prob(root),
                made.mean(),
                made.scale(),
                made.sample(3, seed=1),
                whole.sample(3, seed=1),
            ]
        )
        assert log_prob == pytest.approx(wishart_log_prob(PLACE, 5.5, SCALE))
        assert scale == pytest.approx(ROOT)
        assert mean == pytest.approx(math.sqrt(5.5) * ROOT)
        assert drawn @ drawn.transpose(0, 2, 1) == pytest.approx(full)
        assert np.triu(drawn, 1).any() == np.False_
        with pytest.raises(ValueError, match="does not make sense"):
            made.stddev()

    def test_each_of_a_batch_has_its_degrees(self, session):
        made = made_by.WishartFull(np.array([4.0, 7.0]), np.stack([SCALE, 2 * SCALE]))
        assert made.batch_shape.as_list() == [2]
        log_prob, mean, drawn = session.run(
            [made.log_prob(PLACE), made.mean(), made.sample(4000, seed=2)]
        )
        assert log_prob == pytest.approx(
            [wishart_log_prob(PLACE, 4.0, SCALE), wishart_log_prob(PLACE, 7.0, 2 * SCALE)]
        )
        assert mean == pytest.approx(np.stack([4 * SCALE, 14 * SCALE]))
        assert drawn.mean(0) == pytest.approx(mean, rel=0.1, abs=0.3)

    def test_no_mode_below_one_more_than_the_size(self, session):
        assert np.isnan(session.run(self.made("WishartFull", df=2.5).mode())).all()

    def test_too_few_degrees_are_refused(self, session):
        with pytest.raises(ValueError, match=r"df = 1.5\) cannot be less than .*dimension = 2"):
            self.made("WishartFull", df=1.5)
        df = tf.placeholder_with_default(np.float64(1.5), [])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Degrees of freedom"):
            session.run(self.made("WishartFull", df=df, validate_args=True).mean())

    @pytest.mark.parametrize(
        ("kind", "scale", "message"),
        [
            ("WishartFull", [[1.0, 0.5], [0.0, 1.0]], "Matrix was not symmetric"),
            ("WishartCholesky", [[1.0, 0.0], [0.0, -1.0]], "scale must be positive definite"),
        ],
    )
    def test_other_scales_are_told(self, session, kind, scale, message):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(getattr(made_by, kind)(3.0, scale, validate_args=True).mean())

    def test_scales_are_floats_of_known_size(self, graph):
        with pytest.raises(TypeError, match="is not a floating-point type"):
            made_by.WishartCholesky(3.0, tf.constant([[1]]))
        with pytest.raises(ValueError, match="scale must be of known size"):
            made_by.WishartCholesky(3.0, tf.placeholder(tf.float32, [None, None]))
