"""contrib.distributions: statistics that move, normal means after values, streams of seeds."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions
VALUES = np.random.RandomState(2).normal(size=[5, 3]).astype(np.float32)


class TestMovingMeans:
    DECAY = 0.9

    def followed(self):
        mean = variance = np.zeros(3)
        for value in VALUES:
            apart = value - mean
            variance = self.DECAY * (variance + (1 - self.DECAY) * apart**2)
            mean = mean + (1 - self.DECAY) * apart
        return mean, variance

    def test_variables_of_their_own(self, session):
        value = tf.placeholder(tf.float32, [3])
        moved = made_by.moving_mean_variance(value, self.DECAY)
        session.run(tf.global_variables_initializer())
        for row in VALUES:
            found = session.run(moved, {value: row})
        for part, expected in zip(found, self.followed(), strict=True):
            assert part == pytest.approx(expected, rel=1e-5)
        assert [variable.op.name for variable in tf.global_variables()] == [
            "moving_mean_variance/moving_variance",
            "moving_mean_variance/moving_mean",
        ]
        assert tf.trainable_variables() == []

    def test_variables_in_collections(self, graph):
        made_by.moving_mean_variance(tf.zeros([2]), 0.9, collections=["mine"], name="scope")
        assert tf.global_variables() == []
        names = [variable.op.name for variable in tf.get_collection("mine")]
        assert names == ["scope/moving_variance", "scope/moving_mean"]

    def test_variables_of_others(self, session):
        mean = tf.get_variable("mean", initializer=np.zeros(3, np.float32))
        variance = tf.get_variable("variance", initializer=np.zeros(3, np.float32))
        value = tf.placeholder(tf.float32, [3])
        moved = made_by.assign_moving_mean_variance(mean, variance, value, self.DECAY)
        session.run(tf.global_variables_initializer())
        for row in VALUES:
            session.run(moved, {value: row})
        found = session.run([mean, variance])
        for part, expected in zip(found, self.followed(), strict=True):
            assert part == pytest.approx(expected, rel=1e-5)

    def test_logarithms_of_means(self, session):
        log_mean = tf.get_variable("log_mean", initializer=np.zeros(3, np.float32))
        value = tf.placeholder(tf.float32, [3])
        moved = made_by.assign_log_moving_mean_exp(log_mean, value, self.DECAY)
        session.run(tf.global_variables_initializer())
        expected = np.ones(3)
        for row in VALUES:
            found = session.run(moved, {value: row})
            expected = self.DECAY * expected + (1 - self.DECAY) * np.exp(row)
        assert found == pytest.approx(np.log(expected), rel=1e-4)

    def test_logarithms_do_not_overflow(self, session):
        log_mean = tf.get_variable("log_mean", initializer=500.0)
        moved = made_by.assign_log_moving_mean_exp(log_mean, 501.0, 0.5)
        session.run(tf.global_variables_initializer())
        assert session.run(moved) == pytest.approx(500 + np.log((1 + np.e) / 2), rel=1e-6)

    def test_floats_of_one_dtype_are_needed(self, graph):
        whole = tf.get_variable("whole", initializer=1)
        single = tf.get_variable("single", initializer=1.0)
        double = tf.get_variable("double", initializer=np.float64(1))
        with pytest.raises(TypeError, match=r"mean_var.base_dtype\(int32\) does not have float"):
            made_by.assign_moving_mean_variance(whole, single, 1.0, 0.9)
        with pytest.raises(TypeError, match=r"\(float32\) != variance_var.base_dtype\(float64\)"):
            made_by.assign_moving_mean_variance(single, double, 1.0, 0.9)
        with pytest.raises(TypeError, match=r"log_mean_exp_var.base_dtype\(int32\)"):
            made_by.assign_log_moving_mean_exp(whole, 1.0, 0.9)
        with pytest.raises(TypeError, match=r"value.base_dtype\(int32\)"):
            made_by.moving_mean_variance(tf.constant(1), 0.9)


class TestConjugates:
    def integrated(self, values):
        """The mean and deviation of the unknown mean, on a grid."""
        grid = np.linspace(-10, 10, 40_001)
        logs = -0.5 * ((grid - 0.5) / 2) ** 2
        logs -= (0.5 * ((values[:, None] - grid) / 1.5) ** 2).sum(0)
        weights = np.exp(logs - logs.max())
        mean = np.average(grid, weights=weights)
        return mean, np.sqrt(np.average((grid - mean) ** 2, weights=weights))

    def test_what_is_known_after_values(self, session):
        values = np.array([1.0, 2.0, 0.5])
        given = (
            made_by.Normal(np.float64(0.5), np.float64(2)),
            np.float64(1.5),
            tf.constant(values.sum()),
            len(values),
        )
        posterior = made_by.normal_conjugates_known_scale_posterior(*given)
        predictive = made_by.normal_conjugates_known_scale_predictive(*given)
        loc, scale, next_loc, next_scale = session.run(
            [posterior.loc, posterior.scale, predictive.loc, predictive.scale]
        )
        mean, deviation = self.integrated(values)
        assert loc == next_loc == pytest.approx(mean, rel=1e-6)
        assert scale == pytest.approx(deviation, rel=1e-6)
        assert next_scale == pytest.approx(np.hypot(deviation, 1.5), rel=1e-6)

    @pytest.mark.parametrize("kind", ["posterior", "predictive"])
    def test_the_prior_is_normal(self, graph, kind):
        make = getattr(made_by, f"normal_conjugates_known_scale_{kind}")
        with pytest.raises(TypeError, match="Expected prior to be an instance of type Normal"):
            make(made_by.Laplace(0.0, 1.0), 1.0, tf.constant(1.0), 2)
        with pytest.raises(TypeError, match=r"does not match prior dtype: .*float64.*float32"):
            make(made_by.Normal(0.0, 1.0), 1.0, tf.constant(np.float64(1)), 2)


class TestSeeds:
    def test_seeds_differ_and_come_again(self):
        stream, again = (made_by.SeedStream(42, "mine") for _ in range(2))
        first = [stream() for _ in range(4)]
        assert len(set(first)) == 4
        assert first == [again() for _ in range(4)]
        assert made_by.SeedStream(42, "other")() not in first

    def test_streams_of_streams_start_anew(self):
        stream = made_by.SeedStream(7, "a")
        stream()
        inner = made_by.SeedStream(stream, "b")
        assert inner.original_seed == 7
        assert inner() == made_by.SeedStream(7, "b")()

    def test_no_seed_stays_none(self):
        assert made_by.SeedStream(None, "a")() is None
