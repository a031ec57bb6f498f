"""contrib.distributions through bijectors that change shapes: matrices, orders, other shapes."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

distributions = tf.contrib.distributions
bijectors = distributions.bijectors
LOC = np.array([0.5, -1.0, 0.3, 0.2, 0.7, -0.4])


def noise(size=6):
    return distributions.MultivariateNormalDiag(LOC[:size], np.full(size, 0.5))


def drawn_back(bijector, size=6):
    """A distribution, with draws that are no longer the tensors the bijector remembers."""
    made = distributions.TransformedDistribution(noise(size), bijector)
    with tf.Session() as session:
        return made, session.run(made.sample(20, seed=9))


def density(session, bijector, y, event_ndims, size=6):
    """By the change of variables: of what `y` came from, and how much volumes grew."""
    x = bijector.inverse(tf.constant(y))
    volume = bijector.inverse_log_det_jacobian(tf.constant(y), event_ndims)
    base = distributions.Independent(distributions.Normal(LOC[:size], np.float64(0.5)))
    return session.run(tf.reduce_sum(base.distribution.log_prob(x), -1) + volume)


class TestScales:
    """Random lower triangles whose diagonal is above 0."""

    def test_draws_are_scales(self, session):
        made, y = drawn_back(bijectors.ScaleTriL(diag_shift=np.float64(1e-5)))
        assert y.shape == (20, 3, 3)
        assert made.event_shape.as_list() == [3, 3]
        assert np.triu(y, 1).tolist() == np.zeros_like(y).tolist()
        assert np.diagonal(y, axis1=1, axis2=2).min() > 0

    def test_density_by_the_change_of_variables(self, session):
        made, y = drawn_back(bijectors.ScaleTriL(diag_shift=np.float64(1e-5)))
        again = bijectors.ScaleTriL(diag_shift=np.float64(1e-5))
        found = session.run(made.log_prob(tf.constant(y)))
        assert found == pytest.approx(density(session, again, y, 2))

    def test_products_of_scales_are_covariances(self, session):
        chain = bijectors.Chain(
            [bijectors.CholeskyOuterProduct(), bijectors.ScaleTriL(bijectors.Exp(), None)]
        )
        made, y = drawn_back(chain)
        assert np.linalg.eigvalsh(y).min() > 0
        assert y == pytest.approx(np.swapaxes(y, 1, 2))
        scale = np.linalg.cholesky(y)
        diagonal = np.diagonal(scale, axis1=1, axis2=2)
        # Six free numbers: exp on the diagonal, then 2 ** 3 times the diagonal's powers 3, 2, 1.
        volume = 3 * np.log(2) + (np.log(diagonal) * np.array([3 + 1, 2 + 1, 1 + 1])).sum(-1)
        inside = scale - np.apply_along_axis(np.diag, -1, diagonal - np.log(diagonal))
        x = session.run(tf.contrib.distributions.fill_triangular_inverse(tf.constant(inside)))
        known = (-0.5 * ((x - LOC) / 0.5) ** 2 - np.log(0.5 * np.sqrt(2 * np.pi))).sum(-1)
        assert session.run(made.log_prob(tf.constant(y))) == pytest.approx(known - volume)

    def test_inverses_of_scales_are_scales(self, session):
        chain = bijectors.Chain([bijectors.MatrixInverseTriL(), bijectors.FillTriangular()])
        made, y = drawn_back(chain)
        assert np.abs(np.triu(y, 1)).max() < 1e-9
        assert made.event_shape.as_list() == [3, 3]
        back = np.linalg.inv(y)
        found = session.run(chain.inverse(tf.constant(y)))
        inside = session.run(bijectors.FillTriangular().forward(tf.constant(found)))
        assert inside == pytest.approx(np.tril(back), rel=1e-6)


class TestOrders:
    def test_draws_rise(self, session):
        made, y = drawn_back(bijectors.Invert(bijectors.Ordered()), 4)
        assert (np.diff(y) > 0).all()
        assert made.event_shape.as_list() == [4]

    def test_density_by_the_change_of_variables(self, session):
        made, y = drawn_back(bijectors.Invert(bijectors.Ordered()), 4)
        steps = np.concatenate([y[:, :1], np.log(np.diff(y))], 1)
        known = -0.5 * ((steps - LOC[:4]) / 0.5) ** 2 - np.log(0.5 * np.sqrt(2 * np.pi))
        volume = np.log(np.diff(y)).sum(1)
        found = session.run(made.log_prob(tf.constant(y)))
        assert found == pytest.approx(known.sum(1) - volume)


class TestOtherShapes:
    @pytest.mark.parametrize(("shape", "full"), [([2, 3], [2, 3]), ([-1, 2], [3, 2])])
    def test_numbers_stay_the_same(self, session, shape, full):
        made, y = drawn_back(bijectors.Reshape(shape, [6]))
        assert y.shape == (20, *full)
        assert made.event_shape.as_list() == full
        found, known = session.run(
            [made.log_prob(tf.constant(y)), noise().log_prob(y.reshape(20, 6))]
        )
        assert found == pytest.approx(known)

    def test_an_image_through_a_flow_of_vectors(self, session):
        chain = bijectors.Chain(
            [
                bijectors.Reshape([2, 3], [6]),
                bijectors.RealNVP(3, lambda x, units: (x[:, :units], tf.sin(x[:, :units]))),
            ]
        )
        made, y = drawn_back(chain)
        flat = y.reshape(20, 6)
        x = np.concatenate(
            [flat[:, :3], (flat[:, 3:] - flat[:, :3]) / np.exp(np.sin(flat[:, :3]))], 1
        )
        known = session.run(noise().log_prob(x)) - np.sin(flat[:, :3]).sum(1)
        assert session.run(made.log_prob(tf.constant(y))) == pytest.approx(known)
