"""contrib.distributions made of others: mixtures, independent batches, rounding, one by one."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions
X = np.linspace(-30.0, 30.0, 6001)


def normal_density(x, mean, deviation):
    return np.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))


def two_normals(static=False):
    return made_by.Mixture(
        made_by.Categorical(probs=np.array([0.3, 0.7])),
        [
            made_by.Normal(np.float64(-1), np.float64(0.5)),
            made_by.Normal(np.float64(2), np.float64(1.5)),
        ],
        use_static_graph=static,
    )


def same_family():
    return made_by.MixtureSameFamily(
        made_by.Categorical(probs=np.array([0.3, 0.7])),
        made_by.Normal(np.array([-1.0, 2.0]), np.array([0.5, 1.5])),
    )


@pytest.mark.parametrize("make", [two_normals, same_family])
class TestTwoNormals:
    DENSITY = 0.3 * normal_density(X, -1, 0.5) + 0.7 * normal_density(X, 2, 1.5)
    MEAN = 0.3 * -1 + 0.7 * 2
    VARIANCE = 0.3 * (0.25 + 1) + 0.7 * (2.25 + 4) - MEAN**2

    def test_densities_are_weighted(self, session, make):
        assert session.run(make().prob(X)) == pytest.approx(self.DENSITY, abs=1e-12)

    def test_so_are_cumulative_functions(self, session, make):
        below = session.run(make().cdf(X))
        assert below == pytest.approx(np.cumsum(self.DENSITY) * (X[1] - X[0]), abs=3e-3)

    def test_moments(self, session, make):
        mean, stddev, variance = session.run([make().mean(), make().stddev(), make().variance()])
        assert mean == pytest.approx(self.MEAN)
        assert variance == pytest.approx(self.VARIANCE)
        assert stddev == pytest.approx(math.sqrt(self.VARIANCE))

    def test_draws(self, session, make):
        drawn = session.run(make().sample(6000, seed=12))
        assert drawn.mean() == pytest.approx(self.MEAN, abs=0.1)
        assert drawn.var() == pytest.approx(self.VARIANCE, abs=0.2)
        share = [(drawn < place).mean() for place in (-1.0, 0.0, 2.0)]
        assert session.run(make().cdf([-1.0, 0.0, 2.0])) == pytest.approx(share, abs=0.03)

    def test_one_seed_gives_the_same(self, session, make):
        first, again, other = session.run([make().sample(5, seed=seed) for seed in (1, 1, 2)])
        assert first.tolist() == again.tolist()
        assert first.tolist() != other.tolist()


class TestMixture:
    def batch(self, **more):
        return made_by.Mixture(
            made_by.Categorical(probs=[[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]),
            [made_by.Normal([0.0, 10.0, 20.0], 0.01), made_by.Normal([100.0, 110.0, 120.0], 0.01)],
            **more,
        )

    @pytest.mark.parametrize("static", [False, True])
    def test_each_of_a_batch_draws_its_own(self, session, static):
        drawn = session.run(self.batch(use_static_graph=static).sample([200], seed=3))
        assert drawn.shape == (200, 3)
        assert drawn[:, 0] == pytest.approx(np.full(200, 100.0), abs=0.1)
        assert drawn[:, 1] == pytest.approx(np.full(200, 10.0), abs=0.1)
        assert set(np.round(drawn[:, 2])) == {20.0, 120.0}

    @pytest.mark.parametrize("static", [False, True])
    def test_vectors_come_whole(self, session, static):
        corners = [[0.0, 1.0], [10.0, 11.0]]
        made = made_by.Mixture(
            made_by.Categorical(probs=[0.5, 0.5]),
            [made_by.MultivariateNormalDiag(corner, [1e-3, 1e-3]) for corner in corners],
            use_static_graph=static,
        )
        drawn = np.round(session.run(made.sample([50], seed=2)))
        assert {tuple(row) for row in drawn} == {(0.0, 1.0), (10.0, 11.0)}
        assert made.event_shape.as_list() == [2]
        assert session.run(made.mean()) == pytest.approx([5, 6])

    def test_entropy_is_at_least_the_mean_of_entropies(self, session):
        made = two_normals()
        bound, log_prob = session.run([made.entropy_lower_bound(), made.log_prob(X)])
        each = 0.5 * np.log(2 * math.pi * math.e * np.array([0.25, 2.25]))
        assert bound == pytest.approx(0.3 * each[0] + 0.7 * each[1])
        assert bound < -(np.exp(log_prob) * log_prob).sum() * (X[1] - X[0])

    def test_gradients_reach_every_component(self, session):
        logits, left = tf.constant([0.3, -0.3]), tf.constant(-1.0)
        made = made_by.Mixture(
            made_by.Categorical(logits), [made_by.Normal(left, 1.0), made_by.Normal(1.0, 1.0)]
        )
        by_logits, by_left = session.run(tf.gradients(made.log_prob(0.5), [logits, left]))
        weights = np.exp([0.3, -0.3]) / np.exp([0.3, -0.3]).sum()
        parts = weights * normal_density(0.5, np.array([-1.0, 1.0]), 1)
        share = parts / parts.sum()
        assert by_logits == pytest.approx(share - weights, abs=1e-6)
        assert by_left == pytest.approx(share[0] * 1.5, rel=1e-5)

    @pytest.mark.parametrize(
        ("cat", "components", "error", "message"),
        [
            (lambda: made_by.Normal(0.0, 1.0), None, TypeError, "cat must be a Categorical"),
            (None, list, ValueError, "non-empty list or tuple"),
            (None, lambda: made_by.Normal(0.0, 1.0), TypeError, "must be a list or tuple"),
            (None, lambda: [made_by.Normal(0.0, 1.0), 3], TypeError, "Distribution instances"),
            (
                None,
                lambda: [made_by.Normal(0.0, 1.0), made_by.Normal(*np.zeros([2]))],
                TypeError,
                "must have the same dtype",
            ),
            (
                None,
                lambda: [made_by.Normal(0.0, 1.0)],
                ValueError,
                r"cat.num_classes != len\(components\): 2 vs. 1",
            ),
            (
                None,
                lambda: [made_by.Normal(0.0, 1.0), made_by.MultivariateNormalDiag([0.0])],
                ValueError,
                r"Shapes \(\) and \(1,\) are not compatible",
            ),
            (
                lambda: made_by.Categorical(tf.placeholder(tf.float32, [None])),
                None,
                ValueError,
                "Could not infer number of classes",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused(self, graph, cat, components, error, message):
        cat = cat() if cat else made_by.Categorical(probs=[0.5, 0.5])
        parts = components() if components else [made_by.Normal(0.0, 1.0)] * 2
        with pytest.raises(error, match=message):
            made_by.Mixture(cat, parts)

    def test_batches_are_compared_when_asked_for(self, graph):
        loc = tf.placeholder_with_default([0.0, 1.0, 2.0], [None])
        made = made_by.Mixture(
            made_by.Categorical(probs=tf.placeholder_with_default([[0.5, 0.5]], [None, 2])),
            [made_by.Normal(loc, 1.0)] * 2,
            validate_args=True,
        )
        with (
            tf.Session() as session,
            pytest.raises(tf.errors.InvalidArgumentError, match=r"components\[[01]\] batch shape"),
        ):
            session.run(made.mean())


class TestMixtureSameFamily:
    def test_one_choice_for_a_whole_batch(self, session):
        made = made_by.MixtureSameFamily(
            made_by.Categorical(probs=[0.0, 1.0]),
            made_by.Normal([[0.0, 10.0], [20.0, 30.0]], 0.01),
        )
        assert made.batch_shape.as_list() == [2]
        drawn = session.run(made.sample(40, seed=1))
        assert drawn == pytest.approx(np.tile([10.0, 30.0], [40, 1]), abs=0.1)
        assert session.run(made.mean()) == pytest.approx([10, 30])

    def test_covariance_of_vectors(self, session):
        weights, means = np.array([0.3, 0.7]), np.array([[0.0, 1.0], [2.0, -1.0]])
        made = made_by.MixtureSameFamily(
            made_by.Categorical(probs=weights),
            made_by.MultivariateNormalDiag(means, np.array([1.0, 0.5])),
        )
        covariance, variance = session.run([made.covariance(), made.variance()])
        apart = means - weights @ means
        expected = np.diag([1.0, 0.25]) + (weights[:, None] * apart).T @ apart
        assert covariance == pytest.approx(expected)
        assert variance == pytest.approx(np.diag(expected))
        with pytest.raises(NotImplementedError, match="covariance is not implemented"):
            same_family()._covariance()

    @pytest.mark.parametrize(
        ("mixture", "members", "message"),
        [
            (
                lambda: made_by.Normal(0.0, 1.0),
                lambda: made_by.Normal([0.0, 1.0], 1.0),
                r"`mixture_distribution.dtype` \(float32\) is not over integers",
            ),
            (
                lambda: made_by.OneHotCategorical([0.0, 1.0]),
                lambda: made_by.Normal([0.0, 1.0], 1.0),
                "must have scalar `event_dim`s",
            ),
            (
                lambda: made_by.Categorical([[0.0, 1.0]] * 3),
                lambda: made_by.Normal([[0.0, 1.0]] * 2, 1.0),
                r"\(`\[3\]`\) is not compatible with .* \(`\[2\]`\)",
            ),
            (
                lambda: made_by.Categorical([0.0, 1.0, 2.0]),
                lambda: made_by.Normal([0.0, 1.0], 1.0),
                r"components` \(3\) does not equal .* \(2\)",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused(self, graph, mixture, members, message):
        with pytest.raises(ValueError, match=message):
            made_by.MixtureSameFamily(mixture(), members())


class TestIndependent:
    LOC = np.arange(6.0).reshape(2, 3)

    @pytest.mark.parametrize(
        ("taken", "batch", "event"),
        [(None, [2], [3]), (0, [2, 3], []), (1, [2], [3]), (2, [], [2, 3])],
    )
    def test_dimensions_move_from_batches_to_events(self, session, taken, batch, event):
        plain = made_by.Normal(self.LOC, np.float64(2))
        made = made_by.Independent(plain, taken)
        assert (made.batch_shape.as_list(), made.event_shape.as_list()) == (batch, event)
        whole, each, entropy, every, drawn = session.run(
            [
                made.log_prob(self.LOC + 1),
                plain.log_prob(self.LOC + 1),
                made.entropy(),
                plain.entropy(),
                made.sample(5, seed=1),
            ]
        )
        axes = tuple(range(len(batch), 2))
        assert whole == pytest.approx(each.sum(axes))
        assert entropy == pytest.approx(every.sum(axes))
        assert drawn.shape == (5, 2, 3)

    def test_other_statistics_stay(self, session):
        made = made_by.Independent(made_by.Normal(self.LOC, np.float64(2)))
        mean, mode, variance, stddev = session.run(
            [made.mean(), made.mode(), made.variance(), made.stddev()]
        )
        assert mean.tolist() == mode.tolist() == self.LOC.tolist()
        assert variance.tolist() == np.full([2, 3], 4.0).tolist()
        assert stddev.tolist() == np.full([2, 3], 2.0).tolist()

    def test_too_many_are_refused(self, graph):
        with pytest.raises(ValueError, match=r"ndims\(3\) cannot exceed .*batch_ndims\(2\)"):
            made_by.Independent(made_by.Normal(self.LOC, np.float64(2)), 3)

    def test_divergences_add_up(self, session):
        a = made_by.Normal([0.0, 1.0, 2.0], 1.0)
        b = made_by.Normal([1.0, 1.0, 1.0], 2.0)
        kl = tf.distributions.kl_divergence
        whole, each = session.run([kl(*map(made_by.Independent, (a, b), (1, 1))), kl(a, b)])
        assert whole == pytest.approx(each.sum(), rel=1e-6)
        with pytest.raises(ValueError, match="Event shapes do not match"):
            kl(made_by.Independent(a, 1), made_by.Independent(b, 0))


class TestQuantized:
    def test_draws_are_rounded_up_and_cut(self, session):
        base = made_by.Normal(0.0, 3.0)
        plain, whole = session.run(
            [
                base.sample(200, seed=1),
                made_by.QuantizedDistribution(base, low=-2.0, high=4.0).sample(200, seed=1),
            ]
        )
        assert whole.tolist() == np.clip(np.ceil(plain), -2, 4).tolist()

    @pytest.mark.parametrize("ends", [{}, {"low": -1.0}, {"high": 2.0}, {"low": -1.0, "high": 2.0}])
    def test_probabilities_are_those_of_draws(self, session, ends):
        base = made_by.Normal(np.float64(0.3), np.float64(1.5))
        tensors = {name: tf.constant(end, tf.float64) for name, end in ends.items()}
        made = made_by.QuantizedDistribution(base, **tensors)
        numbers = np.arange(-9.0, 10.0)
        drawn = np.ceil(0.3 + 1.5 * np.random.RandomState(0).normal(size=40_000))
        drawn = np.clip(drawn, ends.get("low", -99), ends.get("high", 99))
        prob, log_prob, below, above = session.run(
            [
                made.prob(numbers),
                made.log_prob(numbers),
                made.cdf(numbers),
                made.survival_function(numbers),
            ]
        )
        share = np.array([(drawn == number).mean() for number in numbers])
        assert prob == pytest.approx(share, abs=0.01)
        assert prob.sum() == pytest.approx(1, abs=1e-6)
        inside = prob > 0
        assert np.exp(log_prob[inside]) == pytest.approx(prob[inside], abs=1e-9)
        assert below == pytest.approx(np.cumsum(prob), abs=1e-6)
        assert above == pytest.approx(1 - below)

    def test_far_tails_keep_their_digits(self, session):
        made = made_by.QuantizedDistribution(made_by.Logistic(np.float64(0), np.float64(1)))
        left, right = session.run([made.log_prob(np.float64(-39)), made.log_prob(np.float64(40))])
        assert left == pytest.approx(-39 + math.log(1 - math.exp(-1)), rel=1e-9)
        assert right == pytest.approx(-39 + math.log(1 - math.exp(-1)), rel=1e-9)

    def test_ends_are_whole_and_in_order(self, session):
        base = made_by.Normal(0.0, 1.0)
        with pytest.raises(tf.errors.InvalidArgumentError, match="non-integer"):
            session.run(made_by.QuantizedDistribution(base, low=0.5, validate_args=True).low)
        with pytest.raises(tf.errors.InvalidArgumentError, match="low must be strictly less"):
            session.run(made_by.QuantizedDistribution(base, 2.0, 1.0, validate_args=True).high)
        with pytest.raises(ValueError, match="float64"):
            made_by.QuantizedDistribution(base, low=np.float64(1))


class TestAutoregressive:
    def walk(self, x=None):
        """Each number about twice the one before it."""
        x = tf.zeros([3]) if x is None else x
        before = tf.concat([tf.zeros_like(x[..., :1]), x[..., :-1]], -1)
        return made_by.Independent(made_by.Normal(2 * before + 1, 0.5), 1)

    def test_numbers_depend_on_those_before(self, session):
        made = made_by.Autoregressive(self.walk)
        assert made.num_steps == 3
        drawn = session.run(made.sample(seed=4))
        noise = drawn - (2 * np.append(0, drawn[:-1]) + 1)
        (plain,) = session.run([self.walk().sample(seed=4)])
        assert noise == pytest.approx(plain - 1, abs=1e-5)

    def test_density_of_a_chain(self, session):
        made, x = made_by.Autoregressive(self.walk), np.array([1.0, 2.5, 6.0], np.float32)
        each = normal_density(x, 2 * np.append(0, x[:-1]) + 1, 0.5)
        log_prob, prob = session.run([made.log_prob(x), made.prob(x)])
        assert log_prob == pytest.approx(np.log(each).sum(), rel=1e-5)
        assert prob == pytest.approx(each.prod(), rel=1e-4)

    def test_draws_without_a_seed_are_chains_too(self, session):
        made = made_by.Autoregressive(self.walk)
        first, second = session.run([made.sample(), made.sample()])
        assert first.tolist() != second.tolist()

    @pytest.mark.parametrize(
        ("size", "steps", "message"),
        [(None, None, "fully known `event_shape`"), (3, 0, r"num_steps \(0\) must be at least 1")],
    )
    def test_how_often_has_to_be_known(self, graph, size, steps, message):
        start = tf.placeholder(tf.float32, [size])
        with pytest.raises(ValueError, match=message):
            made_by.Autoregressive(self.walk, start, steps)
