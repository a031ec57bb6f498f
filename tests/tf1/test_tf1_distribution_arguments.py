"""contrib.distributions: what their arguments may be, and what is undefined for some."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions


class TestOneNumber:
    def test_it_is_all_there_is(self, session):
        made = made_by.Deterministic([1.0, 3.0])
        x = [[0.0, 3.0], [1.0, 4.0]]
        assert session.run(made.prob(x)).tolist() == [[0, 1], [1, 0]]
        assert session.run(made.cdf(x)).tolist() == [[0, 1], [1, 1]]
        assert session.run([made.mean(), made.mode()])[1].tolist() == [1, 3]
        assert session.run(made.entropy()).tolist() == [0, 0]
        assert session.run(made.sample([2, 1])).tolist() == [[[1, 3]], [[1, 3]]]

    def test_near_it_counts_as_it(self, session):
        made = made_by.Deterministic(10.0, atol=0.5, rtol=0.1)
        assert session.run(made.prob([8.4, 8.6, 11.4, 11.6])).tolist() == [0, 1, 1, 0]

    def test_integers_stay_integers(self, session):
        made = made_by.Deterministic(tf.constant([1, 2]))
        assert made.sample(2).dtype == tf.int32
        assert session.run(made.prob([1, 3])).tolist() == [1, 0]

    def test_a_vector_is_equal_in_every_place(self, session):
        made = made_by.VectorDeterministic([[0.0, 1.0], [2.0, 3.0]])
        assert (made.batch_shape.as_list(), made.event_shape.as_list()) == ([2], [2])
        assert session.run(made.prob([[0.0, 1.0], [2.0, 9.0]])).tolist() == [1, 0]
        assert session.run(made.sample(3)).shape == (3, 2, 2)

    def test_vectors_of_other_lengths_are_refused(self, graph):
        with pytest.raises(ValueError, match="Argument loc must be at least rank 1"):
            made_by.VectorDeterministic(1.0, validate_args=True)
        made = made_by.VectorDeterministic([0.0, 1.0], validate_args=True)
        short = tf.placeholder_with_default([0.0], [None])
        with pytest.raises(tf.errors.InvalidArgumentError, match="not defined in the same space"):
            running(lambda: made.prob(short))


def running(call):
    with tf.Session() as session:
        return session.run(call())


class TestChecks:
    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda: made_by.Binomial(-1.0, probs=0.5, validate_args=True).mean(), "non-negative"),
            (lambda: made_by.Binomial(1.5, probs=0.5, validate_args=True).mean(), "fractional"),
            (
                lambda: made_by.Binomial(2.0, probs=0.5, validate_args=True).log_prob(3.0),
                "less than or equal to n",
            ),
            (lambda: made_by.Poisson(2.0, validate_args=True).log_prob(1.5), "fractional"),
            (lambda: made_by.Geometric(probs=0.5, validate_args=True).cdf(-1.0), "non-negative"),
            (lambda: made_by.Geometric(probs=1.0, validate_args=True).entropy(), "undefined"),
            (lambda: made_by.Cauchy(0.0, -1.0, validate_args=True).entropy(), "x > 0"),
            (lambda: made_by.HalfNormal(0.0, validate_args=True).entropy(), "x > 0"),
            (lambda: made_by.Chi2(-1.0, validate_args=True).mean(), "x > 0"),
            (
                lambda: made_by.InverseGamma(3.0, 1.0, validate_args=True).log_prob(-1.0),
                "x > 0",
            ),
            (
                lambda: made_by.NegativeBinomial(0.0, probs=0.5, validate_args=True).mean(),
                "x > 0",
            ),
            (
                lambda: made_by.Deterministic(0.0, atol=-1.0, validate_args=True).prob(0.0),
                "tol.* must be non-negative",
            ),
        ],
    )
    def test_arguments_are_checked_when_asked_for(self, graph, call, message):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            running(call)

    @pytest.mark.parametrize("kind", ["Geometric", "RelaxedBernoulli", "OneHotCategorical"])
    def test_probabilities_come_in_one_form(self, graph, kind):
        given = (0.5,) if kind == "RelaxedBernoulli" else ()
        for more in ({}, {"logits": [0.1], "probs": [0.5]}):
            with pytest.raises(
                ValueError, match=r"[Mm]ust pass probs or logits|exactly one|but not"
            ):
                getattr(made_by, kind)(*given, **more)

    def test_rates_are_floats_in_one_form(self, graph):
        with pytest.raises(ValueError, match="exactly one of `rate` and `log_rate`"):
            made_by.Poisson()
        with pytest.raises(ValueError, match="exactly one of `rate` and `log_rate`"):
            made_by.Poisson(1.0, 0.0)
        with pytest.raises(TypeError, match=r"rate.dtype \(int32\) is a not a float-type"):
            made_by.Poisson(tf.constant(3))
        with pytest.raises(TypeError, match=r"log_rate.dtype \(int32\)"):
            made_by.Poisson(log_rate=tf.constant(3))

    @pytest.mark.parametrize("kind", ["Cauchy", "Logistic", "InverseGamma"])
    def test_parameters_share_a_dtype(self, graph, kind):
        with pytest.raises(ValueError, match="float64"):
            getattr(made_by, kind)(tf.constant(1.0), tf.constant(1.0, tf.float64))


class TestUndefined:
    def test_heavy_tails_have_no_mean(self, session):
        made = made_by.Cauchy([0.0, 1.0], 1.0)
        assert np.isnan(session.run(made.mean())).tolist() == [True, True]
        assert np.isnan(session.run(made.variance())).tolist() == [True, True]

    def test_or_an_error_instead(self, graph):
        made = made_by.Cauchy(0.0, 1.0, allow_nan_stats=False)
        with pytest.raises(ValueError, match="`mean` is undefined for Cauchy"):
            made.mean()
        with pytest.raises(ValueError, match="`stddev` is undefined for Cauchy"):
            made.stddev()

    def test_only_part_of_a_batch_may_have_one(self, session):
        made = made_by.InverseGamma([0.5, 1.5, 4.0], 3.0)
        mean, variance = session.run([made.mean(), made.variance()])
        assert mean == pytest.approx([np.nan, 6, 1], nan_ok=True)
        assert variance == pytest.approx([np.nan, np.nan, 0.5], nan_ok=True)

    def test_undefined_parts_are_told(self, session):
        made = made_by.InverseGamma([0.5, 4.0], 3.0, allow_nan_stats=False)
        for statistic, least in (("mean", 1), ("variance", 2)):
            with pytest.raises(tf.errors.InvalidArgumentError, match=f"concentration <= {least}"):
                session.run(getattr(made, statistic)())


class TestFormedParameters:
    def soft(self, x):
        return np.log1p(np.exp(x))

    @pytest.mark.parametrize(
        ("kind", "given", "plain", "same"),
        [
            ("NormalWithSoftplusScale", (0.5, -2.0), "Normal", (0.5, None)),
            ("LaplaceWithSoftplusScale", (0.5, -2.0), "Laplace", (0.5, None)),
            ("ExponentialWithSoftplusRate", (-2.0,), "Exponential", (None,)),
            ("GammaWithSoftplusConcentrationRate", (1.0, -2.0), "Gamma", (None, None)),
            ("BetaWithSoftplusConcentration", (1.0, -2.0), "Beta", (None, None)),
            (
                "InverseGammaWithSoftplusConcentrationRate",
                (1.0, -2.0),
                "InverseGamma",
                (None, None),
            ),
            ("StudentTWithAbsDfSoftplusScale", (-3.5, 0.5, -2.0), "StudentT", (3.0, 0.5, None)),
            ("Chi2WithAbsDf", (-3.5,), "Chi2", (3.0,)),
        ],
    )
    def test_parameters_become_fit(self, session, kind, given, plain, same):
        formed = [self.soft(x) if y is None else y for x, y in zip(given, same, strict=True)]
        made = getattr(made_by, kind)(*given)
        known = getattr(made_by, plain)(*[np.float32(value) for value in formed])
        one, other = session.run([made.log_prob(0.4), known.log_prob(0.4)])
        assert one == pytest.approx(other, rel=1e-5)
        assert isinstance(made, getattr(made_by, plain))
        assert type(made).__name__ == kind
        assert made.name == f"{kind}/"
        assert sorted(made.parameters) == sorted(made.copy().parameters)

    def test_vectors_too(self, session):
        made = made_by.MultivariateNormalDiagWithSoftplusScale([0.0, 1.0], [-1.0, 2.0])
        assert session.run(made.stddev()) == pytest.approx(self.soft(np.array([-1.0, 2.0])))
