"""contrib.distributions and its bijectors beyond the recorded programs."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError

distributions = tf.contrib.distributions
bijectors = distributions.bijectors
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.mark.parametrize("power", [-1.0, None])
def test_a_power_has_to_be_known_and_not_negative(graph, power):
    given = tf.placeholder(tf.float32, []) if power is None else power
    with pytest.raises(ArgumentError, match="PowerTransform: power must be a number of 0 or more"):
        bijectors.PowerTransform(given)


def test_a_chain_of_vectors_and_numbers_counts_every_dimension(session):
    made = bijectors.Chain([bijectors.Affine(scale_diag=[2.0, 3.0]), bijectors.Exp()])
    x = tf.constant([[0.0, 1.0], [2.0, 0.5]])
    forward = session.run(made.forward_log_det_jacobian(x, 1))
    np.testing.assert_allclose(forward, np.log(6) + np.array([1.0, 2.5]), rtol=1e-6)


def test_a_vector_of_one_number_is_no_softmax(graph):
    with pytest.raises(ArgumentError, match="SoftmaxCentered: output_shape must be of 2 or more"):
        bijectors.SoftmaxCentered().inverse_event_shape([1])
    shape = bijectors.SoftmaxCentered().inverse_event_shape_tensor([3])
    with tf.Session() as session:
        assert session.run(shape).tolist() == [2]


def test_squares_of_negative_numbers_are_found(session):
    with pytest.raises(tf.errors.InvalidArgumentError, match="did not hold"):
        session.run(bijectors.Square(validate_args=True).forward([-1.0]))
    assert session.run(bijectors.Square().forward([-2.0])).tolist() == [4]


def test_slopes_agree_with_differences(session):
    made = [
        (bijectors.PowerTransform(0.3), 0.8),
        (bijectors.Softsign(), -0.6),
        (bijectors.Invert(bijectors.Sigmoid()), 0.3),
    ]
    step = 1e-5
    for bijector, place in made:
        x = tf.constant(place, tf.float64)
        said = session.run(bijector.forward_log_det_jacobian(x, 0))
        upper, lower = session.run([bijector.forward(x + step), bijector.forward(x - step)])
        assert said == pytest.approx(np.log((upper - lower) / (2 * step)), rel=1e-5)


def test_events_of_a_transformed_distribution_have_the_new_length(session):
    base = distributions.MultivariateNormalDiag([0.0, 1.0], [1.0, 2.0])
    made = distributions.TransformedDistribution(base, bijectors.SoftmaxCentered())
    drawn = session.run(made.sample(4, seed=1))
    assert drawn.shape == (4, 3)
    np.testing.assert_allclose(drawn.sum(1), np.ones(4), rtol=1e-6)
    assert session.run(made.batch_shape_tensor()).tolist() == []


def test_a_distribution_without_a_bijector_is_itself(session):
    made = distributions.TransformedDistribution(tf.distributions.Normal(0.0, 2.0))
    same = tf.distributions.Normal(0.0, 2.0)
    one, other = session.run([made.log_prob(1.0), same.log_prob(1.0)])
    assert one == other


def test_entropy_of_vectors_counts_the_scale(session):
    base = distributions.MultivariateNormalDiag([0.0, 1.0], [1.0, 2.0])
    made = distributions.TransformedDistribution(base, bijectors.Affine(scale_diag=[2.0, 3.0]))
    known = np.log(2 * np.pi * np.e) + np.log(2) + np.log(6)
    assert session.run(made.entropy()) == pytest.approx(known, rel=1e-5)
