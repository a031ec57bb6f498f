"""contrib.distributions' TransformedDistribution: other shapes, draws it knows again, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions
bijectors = made_by.bijectors


def log_normal(**more):
    return made_by.TransformedDistribution(
        tf.distributions.Normal(0.5, 2.0), bijectors.Exp(), **more
    )


def known_log_prob(x):
    z = (np.log(x) - 0.5) / 2
    return -0.5 * z**2 - 0.5 * math.log(2 * math.pi) - math.log(2) - np.log(x)


class TestOtherShapes:
    X = np.array([[0.5, 1.0, 2.0], [3.0, 0.1, 0.7]], np.float32)

    def test_one_number_becomes_a_batch(self, session):
        made = log_normal(batch_shape=[2, 3])
        assert made.batch_shape.as_list() == [2, 3]
        assert session.run(made.batch_shape_tensor()).tolist() == [2, 3]
        assert session.run(made.log_prob(self.X)) == pytest.approx(known_log_prob(self.X), rel=1e-5)
        drawn = session.run(made.sample(5, seed=1))
        assert drawn.shape == (5, 2, 3)
        assert len(np.unique(drawn)) == 30

    def test_numbers_become_an_event(self, session):
        made = log_normal(event_shape=[3])
        assert (made.batch_shape.as_list(), made.event_shape.as_list()) == ([], [3])
        found = session.run(made.log_prob(self.X))
        assert found == pytest.approx(known_log_prob(self.X).sum(1), rel=1e-5)

    def test_both_at_once(self, session):
        made = log_normal(batch_shape=[2], event_shape=[3])
        found = session.run(made.log_prob(self.X))
        assert found == pytest.approx(known_log_prob(self.X).sum(1), rel=1e-5)
        assert session.run(made.sample([4, 1], seed=2)).shape == (4, 1, 2, 3)

    def test_an_event_in_front_of_a_batch_that_stays(self, session):
        base = tf.distributions.Normal([0.0, 10.0], [1.0, 2.0])
        made = made_by.TransformedDistribution(
            base, bijectors.Affine(shift=[1.0, 2.0, 3.0]), event_shape=[3]
        )
        assert (made.batch_shape.as_list(), made.event_shape.as_list()) == ([2], [3])
        drawn = session.run(made.sample(4000, seed=2))
        assert drawn.shape == (4000, 2, 3)
        assert drawn.mean(0) == pytest.approx(
            np.array([[1.0, 2.0, 3.0], [11.0, 12.0, 13.0]]), abs=0.15
        )
        z = (self.X - [1.0, 2.0, 3.0] - [[0.0], [10.0]]) / [[1.0], [2.0]]
        each = -0.5 * z**2 - 0.5 * math.log(2 * math.pi) - np.log([[1.0], [2.0]])
        assert session.run(made.log_prob(self.X)) == pytest.approx(each.sum(1), rel=1e-5)

    def test_shapes_may_be_known_only_when_run(self, session):
        shape = tf.placeholder_with_default([2], [1])
        made = log_normal(batch_shape=shape, event_shape=[3])
        assert made.batch_shape.as_list() == [None]
        found, drawn = session.run([made.log_prob(self.X), made.sample(seed=1)])
        assert found == pytest.approx(known_log_prob(self.X).sum(1), rel=1e-5)
        assert drawn.shape == (2, 3)

    def test_entropy_counts_every_number(self, session):
        shift = bijectors.AffineScalar(scale=3.0)
        made = made_by.TransformedDistribution(
            tf.distributions.Normal(0.0, 2.0), shift, batch_shape=[2], event_shape=[3]
        )
        known = 3 * (0.5 * math.log(2 * math.pi * math.e) + math.log(6))
        assert session.run(made.entropy()) == pytest.approx([known, known], rel=1e-5)

    def test_an_empty_shape_changes_nothing(self, session):
        made = log_normal(batch_shape=[], event_shape=[])
        assert session.run(made.log_prob(2.0)) == pytest.approx(known_log_prob(2.0), rel=1e-5)
        assert session.run(made.cdf(math.exp(0.5))) == pytest.approx(0.5)

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"batch_shape": 3}, "shape override must be a vector"),
            ({"event_shape": [[3]]}, "shape override must be a vector"),
            ({"batch_shape": [2, 0]}, "shape override must have positive elements"),
        ],
    )
    def test_what_is_no_shape_is_refused(self, graph, given, message):
        with pytest.raises(ValueError, match=message):
            log_normal(**given)

    def test_a_shape_cannot_be_given_twice(self, graph):
        for base, given in (
            (tf.distributions.Normal([0.0, 1.0], 1.0), {"batch_shape": [3]}),
            (made_by.MultivariateNormalDiag([0.0, 1.0]), {"event_shape": [3]}),
        ):
            with pytest.raises(ValueError, match="base distribution not scalar"):
                made_by.TransformedDistribution(base, bijectors.Exp(), **given)

    @pytest.mark.parametrize(
        "method", ["cdf", "log_cdf", "survival_function", "log_survival_function", "quantile"]
    )
    def test_events_have_no_cumulative_function(self, graph, method):
        message = f"{method} is not implemented when overriding event_shape"
        with pytest.raises(NotImplementedError, match=message):
            getattr(log_normal(event_shape=[2]), method)(0.5)


class TestDraws:
    def test_a_draw_is_known_again(self, session):
        calls = []

        class Counting(bijectors.Bijector):
            def __init__(self):
                super().__init__(forward_min_event_ndims=0, name="counting")

            def _forward(self, x):
                return x * 2.0

            def _inverse(self, y):
                calls.append(y)
                return y / 2.0

            def _forward_log_det_jacobian(self, x):
                return tf.constant(math.log(2.0)) + 0.0 * x

        made = made_by.TransformedDistribution(tf.distributions.Normal(0.0, 1.0), Counting())
        drawn = made.sample([2, 3], seed=1)
        values, logs = session.run([drawn, made.log_prob(drawn)])
        assert calls == []
        expected = -0.5 * (values / 2) ** 2 - 0.5 * math.log(2 * math.pi) - math.log(2)
        assert logs == pytest.approx(expected, rel=1e-5)
        session.run(made.log_prob(1.0))
        assert len(calls) == 1

    def test_draws_are_those_of_the_base_transformed(self, session):
        drawn, base = session.run(
            [log_normal().sample([2, 2], seed=3), tf.distributions.Normal(0.5, 2.0).sample(4, 3)]
        )
        assert drawn.ravel() == pytest.approx(np.exp(base), rel=1e-5)

    def test_gradients_go_through_them(self, session):
        loc = tf.constant(0.5)
        made = made_by.TransformedDistribution(tf.distributions.Normal(loc, 2.0), bijectors.Exp())
        drawn = made.sample(3, seed=3)
        slope, values = session.run([tf.gradients(drawn, loc)[0], drawn])
        assert slope == pytest.approx(values.sum(), rel=1e-5)


class TestNames:
    def test_of_the_parts(self, graph):
        assert log_normal().name == "expNormal/"
        assert log_normal(name="mine").name == "mine/"
        base = tf.distributions.Normal(0.0, 1.0)
        assert made_by.TransformedDistribution(base).name == base.name

    def test_arguments_are_told(self, graph):
        made = log_normal(batch_shape=[2])
        told = made.parameters
        assert set(told) == {
            "distribution",
            "bijector",
            "batch_shape",
            "event_shape",
            "validate_args",
            "name",
        }
        assert told["batch_shape"] == [2]
        assert made.copy(batch_shape=[5]).batch_shape.as_list() == [5]
