"""contrib.distributions.bijectors: there and back, and volumes against measured Jacobians."""

from __future__ import annotations

import numpy as np
import pytest
from measured_jacobians import measured

import graphkit.tf1 as tf

bijectors = tf.contrib.distributions.bijectors
TRIL = np.array([[1.5, 0, 0], [0.3, 0.8, 0], [-0.4, 0.2, 1.1]])
NARROW = np.array([[0.5], [-0.4], [0.1]])
DIAG = np.array([1.0, -2.0, 0.5])
SHIFT = np.array([0.5, 1.0, -1.0])
POINT = np.array([0.3, -0.7, 1.2])

# Name to what makes it; all take three numbers.
VECTORS = {
    "affine": lambda: bijectors.Affine(SHIFT),
    "affine factor": lambda: bijectors.Affine(SHIFT, np.float64(-1.7)),
    "affine diagonal": lambda: bijectors.Affine(SHIFT, scale_diag=DIAG),
    "affine triangle": lambda: bijectors.Affine(scale_tril=TRIL),
    "affine all": lambda: bijectors.Affine(
        SHIFT, np.float64(0.3), np.abs(DIAG), TRIL, NARROW, np.array([0.7])
    ),
    "affine low rank": lambda: bijectors.Affine(
        scale_diag=np.abs(DIAG), scale_perturb_factor=NARROW
    ),
    "operator": lambda: bijectors.AffineLinearOperator(
        SHIFT, tf.linalg.LinearOperatorFullMatrix(TRIL + 0.2, is_non_singular=True)
    ),
    "operator without scale": lambda: bijectors.AffineLinearOperator(SHIFT),
    "permute": lambda: bijectors.Permute([2, 0, 1]),
    "chain": lambda: bijectors.Chain(
        [bijectors.Affine(scale_tril=TRIL), bijectors.Exp(), bijectors.Permute([1, 2, 0])]
    ),
    "inverted": lambda: bijectors.Invert(bijectors.Affine(SHIFT, scale_tril=TRIL)),
    "exp": bijectors.Exp,
    "sigmoid": bijectors.Sigmoid,
    "softplus": lambda: bijectors.Softplus(np.float64(0.7)),
    "softsign": bijectors.Softsign,
    "sinh arcsinh": lambda: bijectors.SinhArcsinh(np.float64(0.3), np.float64(1.4)),
    "gumbel": lambda: bijectors.Gumbel(np.float64(0.3), np.float64(2.0)),
    "scalar": lambda: bijectors.AffineScalar(np.float64(1.0), np.float64(-2.0)),
}
MATRICES = {
    "affine all": TRIL + np.diag(np.abs(DIAG)) + 0.3 * np.eye(3) + 0.7 * NARROW @ NARROW.T,
    "affine low rank": np.diag(np.abs(DIAG)) + NARROW @ NARROW.T,
    "affine diagonal": np.diag(DIAG),
    "operator": TRIL + 0.2,
}


@pytest.mark.parametrize("name", sorted(VECTORS))
class TestVectors:
    def test_there_and_back(self, session, name):
        made = VECTORS[name]()
        there = session.run(made.forward(POINT))
        # Not the tensor that the bijector remembers.
        assert session.run(made.inverse(tf.constant(there))) == pytest.approx(POINT)

    def test_volumes_grow_as_measured(self, session, name):
        made = VECTORS[name]()
        known = np.linalg.slogdet(measured(session, made.forward, POINT))[1]
        there = tf.constant(session.run(made.forward(POINT)))
        forward, inverse = session.run(
            [
                made.forward_log_det_jacobian(tf.constant(POINT), 1),
                made.inverse_log_det_jacobian(there, 1),
            ]
        )
        assert forward == pytest.approx(known, abs=1e-6)
        assert inverse == pytest.approx(-known, abs=1e-6)

    def test_rows_are_transformed_each_for_itself(self, session, name):
        made = VECTORS[name]()
        rows = np.stack([POINT, POINT / 2, POINT + 0.1])
        together = session.run(made.forward(tf.constant(rows)))
        alone = [session.run(made.forward(tf.constant(row))) for row in rows]
        assert together == pytest.approx(np.stack(alone))

    def test_shapes_stay(self, graph, name):
        made = VECTORS[name]()
        assert made.forward_event_shape([3]).as_list() == [3]
        assert made.inverse_event_shape([3]).as_list() == [3]
        assert made.forward(tf.zeros([4, 3], tf.float64)).shape.as_list() == [4, 3]


class TestAffine:
    @pytest.mark.parametrize("name", sorted(MATRICES))
    def test_the_scale_is_the_sum_of_its_parts(self, session, name):
        made = VECTORS[name]()
        assert measured(session, made.forward, POINT) == pytest.approx(MATRICES[name], abs=1e-6)
        assert session.run(made.scale.to_dense()) == pytest.approx(MATRICES[name])

    def test_batches_of_scales(self, session):
        scales = np.stack([TRIL, 2 * TRIL])
        made = bijectors.Affine(scale_tril=scales)
        found, volume = session.run(
            [made.forward(tf.constant(POINT)), made.forward_log_det_jacobian(POINT, 1)]
        )
        assert found == pytest.approx(scales @ POINT)
        assert volume == pytest.approx(np.linalg.slogdet(scales)[1])

    @pytest.mark.parametrize("size", [2, 5])
    def test_a_factor_needs_no_length(self, session, size):
        made = bijectors.Affine(scale_identity_multiplier=np.float64(3.0))
        x = np.ones(size)
        scale, found, volume = session.run(
            [made.scale, made.forward(x), made.forward_log_det_jacobian(tf.constant(x), 1)]
        )
        assert scale == 3
        assert found.tolist() == (3 * x).tolist()
        assert volume == pytest.approx(size * np.log(3))

    def test_arguments_stand_in_the_old_order(self, session):
        made = bijectors.Affine(SHIFT, None, np.abs(DIAG), None, NARROW, np.array([2.0]), True, "a")
        assert made.name == "a"
        assert made.validate_args
        expected = np.diag(np.abs(DIAG)) + 2 * NARROW @ NARROW.T
        assert session.run(made.scale.to_dense()) == pytest.approx(expected)

    def test_the_middle_needs_its_sides(self, graph):
        with pytest.raises(ValueError, match="given with scale_perturb_factor only"):
            bijectors.Affine(scale_perturb_diag=[1.0])

    def test_a_diagonal_of_nothing_is_told(self, session):
        with pytest.raises(tf.errors.InvalidArgumentError, match="diagonal part must be non-zero"):
            made = bijectors.Affine(scale_diag=[1.0, 0.0], validate_args=True)
            session.run(made.forward([1.0, 2.0]))


class TestOperators:
    def test_only_operators_are_taken(self, graph):
        with pytest.raises(TypeError, match=r"scale is not an instance of tf.LinearOperator"):
            bijectors.AffineLinearOperator(scale=tf.eye(2))

    def test_dtypes_are_one(self, graph):
        operator = tf.linalg.LinearOperatorIdentity(3, dtype=tf.float64)
        with pytest.raises(TypeError, match=r"shift.dtype.* is incompatible with scale.dtype"):
            bijectors.AffineLinearOperator(tf.zeros([3]), operator)

    def test_what_may_be_singular_is_refused_when_checked(self, graph):
        operator = tf.linalg.LinearOperatorFullMatrix(TRIL)
        with pytest.raises(ValueError, match="Scale matrix must be non-singular"):
            bijectors.AffineLinearOperator(scale=operator, validate_args=True)

    def test_nothing_changes_nothing(self, session):
        made = bijectors.AffineLinearOperator()
        found, volume = session.run(
            [made.forward([1.0, 2.0]), made.forward_log_det_jacobian([1.0, 2.0], 1)]
        )
        assert found.tolist() == [1, 2]
        assert volume == 0


def test_a_simplex_has_a_number_more(session):
    made = bijectors.SoftmaxCentered()
    jacobian = measured(session, made.forward, POINT)
    assert jacobian.shape == (4, 3)
    volume = session.run(made.forward_log_det_jacobian(tf.constant(POINT), 1))
    # The last number follows from the others, so three rows say all.
    assert volume == pytest.approx(np.linalg.slogdet(jacobian[:3])[1], abs=1e-6)
