"""contrib.distributions that sum over a few points: against sums and integrals by NumPy."""

from __future__ import annotations

from math import factorial, sqrt

import numpy as np
import pytest

import graphkit.tf1 as tf

distributions = tf.contrib.distributions
operators = tf.linalg
LOC = np.array([0.5, -0.5])
SCALE = np.array([0.3, 1.0])
COUNTS = np.arange(60.0)[:, np.newaxis]


def double(value):
    return tf.constant(value, tf.float64)


class TestSchemes:
    @pytest.mark.parametrize("size", [3, 7])
    def test_points_of_gauss_and_hermite_integrate_powers(self, session, size):
        make = distributions.quadrature_scheme_lognormal_gauss_hermite
        grid, probs = session.run(make(double(LOC), double(SCALE), size))
        assert grid.shape == (2, size)
        for power, known in ((0, 1), (1, LOC), (2, LOC**2 + SCALE**2)):
            assert (grid**power * probs).sum(-1) == pytest.approx(np.broadcast_to(known, 2))

    @pytest.mark.parametrize("size", [1, 4])
    def test_middles_lie_between_quantiles(self, session, size):
        make = distributions.quadrature_scheme_lognormal_quantiles
        grid, probs = session.run(make(double(LOC), double(SCALE), size))
        share = np.arange(1, size + 2) / (size + 2)
        normal = tf.distributions.Normal(double(LOC), double(SCALE))
        cuts = np.exp(session.run(normal.quantile(share[:, np.newaxis]))).T
        assert grid == pytest.approx((cuts[:, 1:] + cuts[:, :-1]) / 2)
        assert probs == pytest.approx(np.full(size, 1 / size))

    @pytest.mark.parametrize("kind", ["gauss_hermite", "quantiles"])
    def test_shares_are_pairs_that_sum_to_1(self, session, kind):
        make = getattr(distributions, f"quadrature_scheme_softmaxnormal_{kind}")
        grid, probs = make(double(LOC[:, np.newaxis]), double(SCALE[:, np.newaxis]), 5)
        assert (grid.shape.as_list(), probs.shape.as_list()) == ([2, 2, 5], [5])
        pairs, weights = session.run([grid, probs])
        assert pairs.sum(1) == pytest.approx(np.ones([2, 5]))
        assert weights.sum() == pytest.approx(1)
        odds = np.log(pairs[:, 0] / pairs[:, 1])
        # In the middle of five stands the mean; 1.15's own scheme takes it of shares.
        assert odds[:, 2] == pytest.approx(LOC, abs=0.1)
        assert (np.diff(odds) > 0).all()

    @pytest.mark.parametrize("kind", ["gauss_hermite", "quantiles"])
    def test_only_two_shares_are_made(self, graph, kind):
        make = getattr(distributions, f"quadrature_scheme_softmaxnormal_{kind}")
        with pytest.raises(NotImplementedError, match=r"normal_scale.shape\[-1\]=2 is not 1"):
            make(LOC, SCALE, 3)
        with pytest.raises(ValueError, match=r"normal_scale.rank=0 is not at least one"):
            make(LOC[:1], SCALE[0], 3)


class TestPoisson:
    def made(self, **more):
        return distributions.PoissonLogNormalQuadratureCompound(double(LOC), double(SCALE), **more)

    def probabilities(self, session, made):
        rates, weights = session.run([made.distribution.rate, made.mixture_distribution.probs])
        counts = COUNTS[:, :, np.newaxis]
        known = [factorial(int(count)) for count in COUNTS[:, 0]]
        each = rates**counts * np.exp(-rates) / np.array(known, float)[:, np.newaxis, np.newaxis]
        return (each * weights).sum(-1)

    def test_probabilities_are_weighted_sums(self, session):
        made = self.made(quadrature_size=4)
        assert made.batch_shape.as_list() == [2]
        known = self.probabilities(session, made)
        assert session.run(made.prob(COUNTS)) == pytest.approx(known)

    def test_moments_of_the_mixture(self, session):
        made = self.made(
            quadrature_size=6, quadrature_fn=distributions.quadrature_scheme_lognormal_gauss_hermite
        )
        share = self.probabilities(session, made)
        mean = (COUNTS * share).sum(0)
        variance = ((COUNTS - mean) ** 2 * share).sum(0)
        found = session.run([made.mean(), made.variance(), made.stddev()])
        assert found[0] == pytest.approx(mean, rel=1e-4)
        assert found[1] == pytest.approx(variance, rel=1e-3)
        assert found[2] == pytest.approx(np.sqrt(found[1]))

    def test_draws_have_those_moments(self, session):
        made = self.made(quadrature_fn=distributions.quadrature_scheme_lognormal_gauss_hermite)
        drawn, mean, deviation = session.run(
            [made.sample(4000, seed=5), made.mean(), made.stddev()]
        )
        assert drawn.shape == (4000, 2)
        assert drawn.mean(0) == pytest.approx(mean, rel=0.1)
        assert drawn.std(0) == pytest.approx(deviation, rel=0.2)

    def test_weights_may_differ_along_the_batch(self, session):
        logits = np.array([[0.0, 50.0], [50.0, 0.0], [0.0, 50.0]])
        made = self.made(
            quadrature_fn=lambda *given: (double([-9.0, 3.0]), tf.nn.softmax(double(logits)))
        )
        assert made.batch_shape.as_list() == [3]
        drawn = session.run(made.sample(300, seed=2)).mean(0)
        assert drawn == pytest.approx([np.exp(3), 0, np.exp(3)], abs=1.0)

    def test_points_and_weights_are_of_one_dtype(self, graph):
        with pytest.raises(TypeError, match=r"dtype \(float64\) does not match .*\(float32\)"):
            self.made(quadrature_fn=lambda *given: (double([1.0]), tf.constant([1.0])))


DIAGONAL = np.array([1.0, 2.0])
LOWER = np.array([[1.0, 0.0], [0.5, 2.0]])
PLACES = np.array([[0.0, 1.0], [3.0, -1.0]])


def identity(factor=1.0):
    return operators.LinearOperatorScaledIdentity(2, double(factor), is_positive_definite=True)


# Name to two scales, the same as matrices, and the kind of operator between them.
SCALES = {
    "identities": (
        lambda: [operators.LinearOperatorIdentity(2, dtype=tf.float64), identity(3.0)],
        [np.eye(2), 3 * np.eye(2)],
        "LinearOperatorScaledIdentity",
    ),
    "diagonals": (
        lambda: [operators.LinearOperatorDiag(DIAGONAL), identity(3.0)],
        [np.diag(DIAGONAL), 3 * np.eye(2)],
        "LinearOperatorDiag",
    ),
    "triangles": (
        lambda: [operators.LinearOperatorLowerTriangular(LOWER), identity(0.5)],
        [LOWER, 0.5 * np.eye(2)],
        "LinearOperatorLowerTriangular",
    ),
}


class TestVectorDiffeomixture:
    def made(self, scale, loc=tuple(PLACES), mix_loc=(0.3,), **more):
        given = {
            "temperature": [0.8],
            "distribution": tf.distributions.Normal(double(0.0), double(1.5)),
            "quadrature_size": 3,
            **more,
        }
        return distributions.VectorDiffeomixture(mix_loc, loc=loc, scale=scale, **given)

    def components(self, session, made, scales, loc=PLACES):
        """The weight, mean and scale of each of the normal vectors that are mixed."""
        grid, weights = session.run([made.grid, made.mixture_distribution.probs])
        return [
            (weight, first * loc[0] + second * loc[1], first * scales[0] + second * scales[1])
            for weight, first, second in zip(weights, *grid, strict=True)
        ]

    @pytest.mark.parametrize("name", sorted(SCALES))
    def test_densities_are_weighted_sums(self, session, name):
        make, matrices, kind = SCALES[name]
        made = self.made(make())
        assert {type(part.scale).__name__ for part in made.interpolated_affine} == {kind}
        x = np.array([[0.5, -1.0], [2.0, 0.3]])
        known = np.zeros(2)
        for weight, mean, scale in self.components(session, made, matrices):
            z = np.linalg.solve(1.5 * scale, (x - mean).T)
            volume = 2 * np.pi * np.abs(np.linalg.det(1.5 * scale))
            known += weight * np.exp(-0.5 * (z**2).sum(0)) / volume
        assert session.run(made.prob(x)) == pytest.approx(known)

    @pytest.mark.parametrize("name", sorted(SCALES))
    def test_moments_of_the_mixture(self, session, name):
        make, matrices, _ = SCALES[name]
        made = self.made(make())
        parts = self.components(session, made, matrices)
        mean = sum(weight * place for weight, place, _ in parts)
        covariance = sum(
            weight * (1.5**2 * scale @ scale.T + np.outer(place - mean, place - mean))
            for weight, place, scale in parts
        )
        found = session.run([made.mean(), made.covariance(), made.variance(), made.stddev()])
        assert found[0] == pytest.approx(mean)
        assert found[1] == pytest.approx(covariance)
        assert found[2] == pytest.approx(np.diag(covariance))
        assert found[3] == pytest.approx(np.sqrt(np.diag(covariance)))

    def test_draws_have_those_means(self, session):
        made = self.made(SCALES["diagonals"][0](), mix_loc=[[0.3], [-2.0]])
        assert (made.batch_shape.as_list(), made.event_shape.as_list()) == ([2], [2])
        drawn, mean = session.run([made.sample(4000, seed=3), made.mean()])
        assert drawn.shape == (4000, 2, 2)
        assert drawn.mean(0) == pytest.approx(mean, abs=5 * 1.5 * 3 / sqrt(4000))

    def test_a_batch_of_places_shares_the_weights(self, session):
        places = [np.stack([PLACES[0], PLACES[0] + 10]), PLACES[1]]
        made = self.made(SCALES["diagonals"][0](), loc=places)
        drawn, mean = session.run([made.sample(4000, seed=3), made.mean()])
        assert drawn.mean(0) == pytest.approx(mean, abs=0.5)
        shapes = session.run([made.batch_shape_tensor(), made.event_shape_tensor()])
        assert [shape.tolist() for shape in shapes] == [[2], [2]]

    def test_one_place_or_none(self, session):
        one = self.made(SCALES["identities"][0](), loc=[None, PLACES[1]])
        parts = self.components(session, one, SCALES["identities"][1], [0 * DIAGONAL, PLACES[1]])
        known = sum(weight * place for weight, place, _ in parts)
        none = self.made(SCALES["identities"][0](), loc=None)
        found = session.run([one.mean(), none.mean()])
        assert found[0] == pytest.approx(known)
        assert found[1].tolist() == [0, 0]

    @pytest.mark.parametrize(
        ("scale", "more", "error", "message"),
        [
            (lambda: None, {}, ValueError, "Must specify list"),
            (lambda: [identity()], {}, ValueError, "Must specify list"),
            (
                lambda: [identity()] * 3,
                {"loc": None},
                NotImplementedError,
                r"len\(scale\)=3 is not 2",
            ),
            (lambda: [identity()] * 2, {"loc": [None]}, ValueError, "same-length lists"),
            (
                lambda: [identity(), operators.LinearOperatorIdentity(2)],
                {},
                TypeError,
                r'scale\[1\].base_dtype="float32" != "float64"',
            ),
            (
                lambda: [operators.LinearOperatorDiag(DIAGONAL)] * 2,
                {"validate_args": True},
                ValueError,
                r"scale\[0\].is_positive_definite = None != True",
            ),
            (
                lambda: [operators.LinearOperatorFullMatrix(LOWER), identity()],
                {},
                NotImplementedError,
                r"Unsupported Linop type \(LinearOperatorFullMatrix\)",
            ),
            (
                lambda: [identity()] * 2,
                {"distribution": "batch"},
                ValueError,
                "distribution must be scalar",
            ),
            (
                lambda: [identity()] * 2,
                {"distribution": "single"},
                TypeError,
                "dtype mismatch; distribution.dtype=.*float32",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused(self, graph, scale, more, error, message):
        normals = {"batch": lambda: tf.distributions.Normal(LOC, SCALE)}
        normals["single"] = lambda: tf.distributions.Normal(0.0, 1.0)
        if "distribution" in more:
            more = {"distribution": normals[more["distribution"]]()}
        with pytest.raises(error, match=message):
            self.made(scale(), **more)


class TestHead:
    LABELS = np.array([[1.0], [0.0], [3.0]], np.float32)

    def test_learns_the_mean(self, session):
        """Its loss is the mean of -log_prob, and goes down."""
        head = distributions.estimator_head_distribution_regression(
            lambda logits: distributions.Normal(tf.reshape(logits, [-1]), 2.0)
        )
        logits = tf.Variable(np.zeros([3, 1], np.float32))
        optimizer = tf.train.GradientDescentOptimizer(4.0)
        ops = head.create_model_fn_ops({}, "train", self.LABELS, optimizer.minimize, logits)
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        known = 0.5 * np.log(2 * np.pi * 4) + (self.LABELS**2).mean() / 8
        assert session.run(ops.loss) == pytest.approx(known, rel=1e-5)
        for _ in range(30):
            session.run(ops.train_op)
        assert session.run(ops.predictions["scores"]) == pytest.approx(self.LABELS[:, 0], abs=1e-2)

    def test_makes_one_distribution_of_the_same_logits(self, graph):
        head = distributions.estimator_head_distribution_regression(
            lambda logits: distributions.Normal(logits[..., 0], logits[..., 1]), logits_dimension=2
        )
        logits = tf.constant([[1.0, 2.0]])
        assert head.logits_dimension == 2
        assert head.distribution(logits) is head.distribution(logits)
        assert head.distribution(tf.constant([[1.0, 2.0]])) is not head.distribution(logits)
        assert len(head.distributions) == 2

    def test_takes_functions_only(self, graph):
        with pytest.raises(TypeError, match="`make_distribution_fn` must be a callable"):
            distributions.estimator_head_distribution_regression("normal")
