"""contrib.distributions of numbers: densities, moments, draws and gradients, by integration."""

from __future__ import annotations

from math import comb, exp, factorial, gamma, log, pi, sqrt

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions

# Name to class, arguments of float64, and the range outside which there is next to nothing.
SMOOTH = {
    "cauchy": ("Cauchy", {"loc": 0.5, "scale": 0.1}, (-2e3, 2e3)),
    "chi2": ("Chi2", {"df": 5.0}, (0, 80)),
    "chi2 of whole degrees": ("Chi2WithAbsDf", {"df": -5.7}, (0, 80)),
    "half normal": ("HalfNormal", {"scale": 1.5}, (0, 20)),
    "inverse gamma": ("InverseGamma", {"concentration": 9.0, "rate": 2.0}, (1e-9, 20)),
    "logistic": ("Logistic", {"loc": 0.5, "scale": 0.7}, (-40, 40)),
    "relaxed": ("RelaxedBernoulli", {"temperature": 1.5, "probs": 0.3}, (1e-12, 1 - 1e-12)),
}
COUNTS = {
    "binomial": ("Binomial", {"total_count": 5.0, "probs": 0.3}),
    "geometric": ("Geometric", {"probs": 0.4}),
    "negative binomial": ("NegativeBinomial", {"total_count": 2.5, "probs": 0.5}),
    "poisson": ("Poisson", {"rate": 2.5}),
}
# What has no closed form of its own in contrib.distributions.
WITHOUT = {
    "cauchy": {"mean", "variance"},
    "relaxed": {"mean", "variance", "entropy", "mode"},
    "binomial": {"entropy", "sample"},
    "negative binomial": {"entropy"},
    "poisson": {"entropy"},
}
DRAWN = sorted(set(SMOOTH) | set(COUNTS) - {"binomial"})


def doubles(given):
    return {name: tf.constant(value, tf.float64) for name, value in given.items()}


def make(name, **changes):
    kind, given = {**SMOOTH, **COUNTS}[name][:2]
    return getattr(made_by, kind)(**doubles({**given, **changes}))


def places(name, count=50_001):
    """Where a smooth density is looked at: more densely in the middle of a wide range."""
    low, high = SMOOTH[name][2]
    if high > 1e3:
        return 0.5 + 0.1 * np.tan(np.linspace(np.arctan(low / 0.1), np.arctan(high / 0.1), count))
    return np.linspace(low, high, count)


def integral(values, x):
    return np.sum((values[1:] + values[:-1]) / 2 * np.diff(x))


class TestSmoothDensities:
    @pytest.mark.parametrize("name", sorted(SMOOTH))
    def test_density_sums_to_one(self, session, name):
        x = places(name)
        assert integral(session.run(make(name).prob(x)), x) == pytest.approx(1, abs=1e-3)

    @pytest.mark.parametrize("name", sorted(SMOOTH))
    def test_cumulative_function_is_the_sum_of_the_density(self, session, name):
        distribution, x = make(name), places(name)
        density, below = session.run([distribution.prob(x), distribution.cdf(x)])
        steps = (density[1:] + density[:-1]) / 2 * np.diff(x)
        assert below[1:] - below[0] == pytest.approx(np.cumsum(steps), abs=1e-3)

    @pytest.mark.parametrize("name", sorted(SMOOTH))
    def test_moments_and_entropy_by_integration(self, session, name):
        distribution, x = make(name), places(name)
        density = session.run(distribution.prob(x))
        mean = integral(x * density, x)
        wanted = {
            "mean": mean,
            "variance": integral((x - mean) ** 2 * density, x),
            "entropy": -integral(density * np.log(np.maximum(density, 1e-300)), x),
        }
        for statistic in sorted(set(wanted) - WITHOUT.get(name, set())):
            found = session.run(getattr(distribution, statistic)())
            assert found == pytest.approx(wanted[statistic], abs=2e-3), statistic

    @pytest.mark.parametrize("name", sorted(set(SMOOTH) - {"relaxed"}))
    def test_nowhere_is_the_density_above_that_of_the_mode(self, session, name):
        distribution = make(name)
        height, density = session.run(
            [distribution.prob(distribution.mode()), distribution.prob(places(name))]
        )
        assert density.max() <= height * (1 + 1e-6)
        assert density.max() == pytest.approx(height, rel=1e-3)

    @pytest.mark.parametrize("name", sorted(SMOOTH))
    def test_log_and_survival_forms_agree(self, session, name):
        distribution, x = make(name), np.array([0.2, 0.5, 0.8])
        prob, log_prob, cdf, log_cdf, above, log_above = session.run(
            [
                distribution.prob(x),
                distribution.log_prob(x),
                distribution.cdf(x),
                distribution.log_cdf(x),
                distribution.survival_function(x),
                distribution.log_survival_function(x),
            ]
        )
        assert log_prob == pytest.approx(np.log(prob))
        assert log_cdf == pytest.approx(np.log(cdf))
        assert above == pytest.approx(1 - cdf)
        assert log_above == pytest.approx(np.log(above))

    @pytest.mark.parametrize("name", ["cauchy", "half normal"])
    def test_quantiles_undo_the_cumulative_function(self, session, name):
        distribution, p = make(name), np.linspace(0.05, 0.95, 7)
        assert session.run(distribution.cdf(distribution.quantile(p))) == pytest.approx(p)


class TestCounts:
    K = np.arange(0.0, 120.0)

    def known(self, name, k):
        k = int(k)
        return {
            "binomial": lambda: comb(5, k) * 0.3**k * 0.7 ** (5 - k) if k <= 5 else 0.0,
            "geometric": lambda: 0.4 * 0.6**k,
            "negative binomial": lambda: (
                gamma(2.5 + k) / gamma(2.5) / factorial(k) * 0.5**2.5 * 0.5**k
            ),
            "poisson": lambda: 2.5**k * exp(-2.5) / factorial(k),
        }[name]()

    @pytest.mark.parametrize("name", sorted(COUNTS))
    def test_probabilities_by_their_formula(self, session, name):
        k = self.K[:6]
        found = session.run(make(name).prob(k))
        assert found == pytest.approx([self.known(name, number) for number in k])

    @pytest.mark.parametrize("name", sorted(COUNTS))
    def test_cumulative_function_adds_them_up(self, session, name):
        k = self.K[:6]
        found = session.run(make(name).cdf(k))
        assert found == pytest.approx(np.cumsum([self.known(name, number) for number in k]))

    @pytest.mark.parametrize("name", sorted(COUNTS))
    def test_moments_by_summing(self, session, name):
        k = self.K[: 6 if name == "binomial" else 100]
        p = np.array([self.known(name, number) for number in k])
        mean, variance, mode = session.run(
            [make(name).mean(), make(name).variance(), make(name).mode()]
        )
        assert mean == pytest.approx((k * p).sum())
        assert variance == pytest.approx(((k - mean) ** 2 * p).sum())
        assert mode == k[p.argmax()]

    def test_entropy_of_waiting(self, session):
        p = 0.4 * 0.6**self.K
        assert session.run(make("geometric").entropy()) == pytest.approx(-(p * np.log(p)).sum())

    def test_odds_say_what_probabilities_do(self, session):
        odds = tf.constant(log(0.3 / 0.7), tf.float64)
        for kind, given in (
            ("Geometric", {}),
            ("Binomial", {"total_count": tf.constant(4.0, tf.float64)}),
            ("NegativeBinomial", {"total_count": tf.constant(4.0, tf.float64)}),
        ):
            by_odds = getattr(made_by, kind)(logits=odds, **given)
            by_probability = getattr(made_by, kind)(probs=tf.constant(0.3, tf.float64), **given)
            one, other = session.run([by_odds.log_prob(2.0), by_probability.log_prob(2.0)])
            assert one == pytest.approx(other)
            assert session.run(by_odds.probs) == pytest.approx(0.3)

    def test_rates_and_their_logarithms(self, session):
        made = made_by.Poisson(log_rate=[0.5, -1.0])
        assert session.run(made.rate) == pytest.approx(np.exp([0.5, -1.0]))
        assert session.run(made_by.Poisson([2.0]).log_rate) == pytest.approx([log(2)])

    def test_counts_and_trials_are_broadcast(self, session):
        made = made_by.Binomial([4.0, 6.0], probs=[[0.2], [0.5], [0.9]])
        assert made.batch_shape.as_list() == [3, 2]
        found = session.run(made.cdf(2.0))
        expected = [
            [sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(3)) for n in (4, 6)]
            for p in (0.2, 0.5, 0.9)
        ]
        assert found == pytest.approx(np.array(expected), rel=1e-5)

    def test_below_zero_and_between_counts_of_waiting(self, session):
        made = made_by.Geometric(probs=0.4)
        assert session.run(made.cdf([-1.0, 0.5, 1.9])) == pytest.approx([0, 0.4, 0.64])


class TestDraws:
    @pytest.mark.parametrize("name", DRAWN)
    def test_draws_follow_the_cumulative_function(self, session, name):
        distribution = make(name)
        drawn = session.run(distribution.sample(4000, seed=11))
        x = np.quantile(drawn, [0.1, 0.3, 0.5, 0.7, 0.9], method="inverted_cdf")
        share = [(drawn <= place).mean() for place in x]
        assert session.run(distribution.cdf(x)) == pytest.approx(share, abs=0.03)

    @pytest.mark.parametrize("name", DRAWN)
    def test_one_seed_gives_the_same_draws(self, session, name):
        first, again, other = session.run(
            [make(name).sample([2, 3], seed=seed) for seed in (5, 5, 6)]
        )
        assert first.shape == (2, 3)
        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()

    def test_binomials_are_not_drawn(self, graph):
        with pytest.raises(NotImplementedError, match="sample_n is not implemented"):
            make("binomial").sample(3)

    @pytest.mark.parametrize(
        ("name", "parameter"),
        [
            ("cauchy", "loc"),
            ("cauchy", "scale"),
            ("half normal", "scale"),
            ("logistic", "loc"),
            ("logistic", "scale"),
            ("relaxed", "temperature"),
            ("relaxed", "probs"),
        ],
    )
    def test_gradients_go_through_draws(self, session, name, parameter):
        kind, given = SMOOTH[name][:2]
        at = tf.placeholder_with_default(tf.constant(given[parameter], tf.float64), [])
        made = getattr(made_by, kind)(**{**doubles(given), parameter: at})
        assert made.reparameterization_type == made_by.FULLY_REPARAMETERIZED
        drawn = made.sample(5, seed=3)
        (slope,) = tf.gradients(drawn, at)
        step, middle = 1e-5, given[parameter]
        # Each run draws anew; fresh sessions start the seeded stream again.
        runs = []
        for value in (middle - step, middle + step, middle):
            with tf.Session() as fresh:
                runs.append(fresh.run([tf.reduce_sum(drawn), slope], {at: value}))
        assert runs[2][1] == pytest.approx((runs[1][0] - runs[0][0]) / (2 * step), rel=1e-4)

    @pytest.mark.parametrize("name", ["geometric", "poisson", "inverse gamma"])
    def test_other_draws_carry_no_gradient_by_contract(self, graph, name):
        assert make(name).reparameterization_type == made_by.NOT_REPARAMETERIZED


class TestSharpSlopes:
    @pytest.mark.parametrize("name", sorted(set(SMOOTH) | set(COUNTS)))
    def test_gradients_of_log_prob_by_differences(self, session, name):
        kind, given = {**SMOOTH, **COUNTS}[name][:2]
        x = 2.0 if name in COUNTS else 0.4
        for parameter in sorted(set(given) - {"df"} if kind == "Chi2WithAbsDf" else given):
            at = tf.placeholder_with_default(tf.constant(given[parameter], tf.float64), [])
            log_prob = getattr(made_by, kind)(**{**doubles(given), parameter: at}).log_prob(
                tf.constant(x, tf.float64)
            )
            slope = session.run(tf.gradients(log_prob, at)[0])
            step, middle = 1e-6, given[parameter]
            low, high = (session.run(log_prob, {at: middle + by}) for by in (-step, step))
            assert slope == pytest.approx((high - low) / (2 * step), rel=1e-4, abs=1e-6), parameter


class TestShapes:
    @pytest.mark.parametrize("name", sorted(set(SMOOTH) | set(COUNTS)))
    def test_batches_known_and_unknown(self, session, name):
        kind, given = {**SMOOTH, **COUNTS}[name][:2]
        first = sorted(given)[0]
        known = getattr(made_by, kind)(**{**given, first: [given[first]] * 3})
        assert known.batch_shape.as_list() == [3]
        assert known.event_shape.as_list() == []
        assert known.log_prob(tf.ones([4, 1])).shape.as_list() == [4, 3]
        open_ended = tf.placeholder_with_default([given[first]] * 3, [None])
        unknown = getattr(made_by, kind)(**{**given, first: open_ended})
        assert unknown.batch_shape.as_list() == [None]
        assert session.run(unknown.batch_shape_tensor()).tolist() == [3]
        assert session.run(unknown.event_shape_tensor()).tolist() == []
        one, other = session.run([known.log_prob(0.4), unknown.log_prob(0.4)])
        assert one == pytest.approx(other, rel=1e-6, nan_ok=True)

    @pytest.mark.parametrize("name", ["cauchy", "logistic", "inverse gamma"])
    def test_statistics_have_the_shape_of_the_batch(self, session, name):
        kind, given = SMOOTH[name][:2]
        last, first = sorted(given)
        made = getattr(made_by, kind)(**{first: [given[first]] * 2, last: [[given[last]]] * 3})
        for statistic in ("mean", "variance", "stddev", "mode", "entropy"):
            assert session.run(getattr(made, statistic)()).shape == (3, 2), statistic

    @pytest.mark.parametrize("name", sorted(set(SMOOTH) | set(COUNTS)))
    def test_a_copy_is_the_same_but_for_what_is_given(self, session, name):
        made = make(name)
        other = made.copy(name="again")
        assert type(other) is type(made)
        assert other.name == "again/"
        one, two = session.run([made.log_prob(0.4), other.log_prob(0.4)])
        assert one == two

    def test_names_stand_in_their_scope(self, graph):
        with tf.name_scope("net"):
            assert made_by.Logistic(0.0, 1.0).loc.op.name == "net/Logistic/loc"
            assert made_by.Logistic(0.0, 1.0).name == "net/Logistic_1/"


def test_half_of_a_normal_has_known_constants(session):
    made = made_by.HalfNormal(2.0)
    mean, variance, entropy = session.run([made.mean(), made.variance(), made.entropy()])
    assert mean == pytest.approx(2 * sqrt(2 / pi))
    assert variance == pytest.approx(4 * (1 - 2 / pi))
    assert entropy == pytest.approx(0.5 * log(pi * 4 / 2) + 0.5)
