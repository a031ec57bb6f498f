"""contrib.distributions.bijectors that change shapes: triangles, orders, chains of ranks."""

from __future__ import annotations

import numpy as np
import pytest
from measured_jacobians import measured

import graphkit.tf1 as tf

bijectors = tf.contrib.distributions.bijectors
SIX = np.array([0.5, -1.5, 2.0, 0.3, -0.2, 1.1])
LOWER = np.array([[2.0, 0.0, 0.0], [0.5, 1.5, 0.0], [-0.3, 0.2, 0.7]])
FREE = np.tril_indices(3)
FULL = LOWER + 0.1 * np.triu(np.arange(9.0).reshape(3, 3), 1)


def spiral(numbers):
    """What the documentation of FillTriangular draws for six numbers."""
    a, b, c, d, e, f = numbers
    return np.array([[d, 0, 0], [f, e, 0], [c, b, a]])


def softplus(x):
    return np.log1p(np.exp(x))


def with_diagonal(matrix, diagonal):
    return matrix - np.diag(np.diag(matrix)) + np.diag(diagonal)


# Name to how it is made, what goes in, what NumPy makes of it, and the ranks of both.
CASES = {
    "fill": (bijectors.FillTriangular, SIX, spiral, 1, 2),
    "fill upper": (
        lambda: bijectors.FillTriangular(upper=True),
        SIX,
        lambda x: np.array([[x[0], x[1], x[2]], [0, x[4], x[5]], [0, 0, x[3]]]),
        1,
        2,
    ),
    "scale": (
        lambda: bijectors.ScaleTriL(diag_shift=np.float64(1e-5)),
        SIX,
        lambda x: with_diagonal(spiral(x), softplus(np.diag(spiral(x))) + 1e-5),
        1,
        2,
    ),
    "scale by exp": (
        lambda: bijectors.ScaleTriL(bijectors.Exp(), diag_shift=None),
        SIX,
        lambda x: with_diagonal(spiral(x), np.exp(np.diag(spiral(x)))),
        1,
        2,
    ),
    "diagonal": (
        lambda: bijectors.TransformDiagonal(bijectors.Exp()),
        FULL,
        lambda x: with_diagonal(x, np.exp(np.diag(x))),
        2,
        2,
    ),
    "cholesky": (bijectors.CholeskyOuterProduct, LOWER, lambda x: x @ x.T, 2, 2),
    "inverse": (bijectors.MatrixInverseTriL, LOWER, np.linalg.inv, 2, 2),
    "ordered": (
        bijectors.Ordered,
        np.array([-1.0, 0.5, 2.0, 2.1]),
        lambda x: np.concatenate([x[:1], np.log(np.diff(x))]),
        1,
        1,
    ),
    "reshape": (lambda: bijectors.Reshape([2, 3], [6]), SIX, lambda x: x.reshape(2, 3), 1, 2),
    "reshape rest": (lambda: bijectors.Reshape([3, -1]), SIX, lambda x: x.reshape(3, 2), 1, 2),
    "covariance": (
        lambda: bijectors.Chain([bijectors.CholeskyOuterProduct(), bijectors.FillTriangular()]),
        np.abs(SIX),
        lambda x: spiral(x) @ spiral(x).T,
        1,
        2,
    ),
    "exp of reshaped": (
        lambda: bijectors.Chain([bijectors.Exp(), bijectors.Reshape([2, 3], [6])]),
        SIX,
        lambda x: np.exp(x.reshape(2, 3)),
        1,
        2,
    ),
    "reshaped twice": (
        lambda: bijectors.Chain(
            [
                bijectors.Reshape([3, 2], [6]),
                bijectors.Affine(scale_diag=np.arange(1.0, 7.0)),
                bijectors.Reshape([6], [2, 3]),
            ]
        ),
        SIX.reshape(2, 3),
        lambda x: (x.ravel() * np.arange(1.0, 7.0)).reshape(3, 2),
        2,
        2,
    ),
}
# What of the result is free, where not everything is.
TRIANGULAR = {"fill", "scale", "scale by exp", "covariance"}


@pytest.mark.parametrize("name", sorted(CASES))
class TestEach:
    def test_gives_what_numpy_gives(self, session, name):
        make, x, known, _, _ = CASES[name]
        assert session.run(make().forward(x)) == pytest.approx(known(x))

    def test_there_and_back(self, session, name):
        make, x, _, _, _ = CASES[name]
        made = make()
        there = tf.constant(session.run(made.forward(x)))
        assert session.run(made.inverse(there)) == pytest.approx(x)

    def test_volumes_of_both_ways_are_opposite(self, session, name):
        make, x, _, before, after = CASES[name]
        made = make()
        there = tf.constant(session.run(made.forward(x)))
        forward, inverse = session.run(
            [
                made.forward_log_det_jacobian(tf.constant(x), before),
                made.inverse_log_det_jacobian(there, after),
            ]
        )
        assert forward == pytest.approx(-inverse)

    def test_shapes_are_told_both_ways(self, session, name):
        make, x, known, _, _ = CASES[name]
        made, there = make(), known(x)
        assert made.forward_event_shape(tf.TensorShape(x.shape)).as_list() == list(there.shape)
        assert made.inverse_event_shape(tf.TensorShape(there.shape)).as_list() == list(x.shape)
        told = (
            made.forward_event_shape_tensor(x.shape),
            made.inverse_event_shape_tensor(there.shape),
        )
        for found, shape in zip(session.run(told), (there.shape, x.shape), strict=True):
            assert found.tolist() == list(shape)

    def test_batches_and_open_shapes(self, session, name):
        make, x, known, before, _ = CASES[name]
        made, batch = make(), np.stack([x, x + 0.01 * (x != 0)])
        fed = tf.placeholder(tf.float64, [None, *x.shape])
        found, volumes = session.run(
            [made.forward(fed), made.forward_log_det_jacobian(fed, before)], {fed: batch}
        )
        assert found == pytest.approx(np.stack([known(row) for row in batch]))
        alone = [session.run(make().forward_log_det_jacobian(row, before)) for row in batch]
        assert np.broadcast_to(volumes, 2) == pytest.approx(np.array(alone))


@pytest.mark.parametrize("name", ["fill", "scale", "scale by exp", "ordered", "covariance"])
def test_volumes_of_vectors_grow_as_measured(session, name):
    make, x, _, before, _ = CASES[name]
    jacobian = measured(session, make().forward, x)
    free = jacobian[FREE] if name in TRIANGULAR else jacobian
    known = np.linalg.slogdet(free)[1]
    said = session.run(make().forward_log_det_jacobian(x, before))
    assert said == pytest.approx(known, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("diagonal", lambda x: tf.matrix_set_diag(x, tf.exp(tf.matrix_diag_part(x)))),
        # All numbers of the matrix count, not those of the triangle only, as in 1.15.
        ("inverse", tf.matrix_inverse),
    ],
)
def test_volumes_of_matrices_grow_as_measured(session, name, function):
    make, x, _, _, _ = CASES[name]
    flat = measured(
        session, lambda v: tf.reshape(function(tf.reshape(v, x.shape)), [-1]), x.ravel()
    )
    said = session.run(make().forward_log_det_jacobian(x, 2))
    assert said == pytest.approx(np.linalg.slogdet(flat)[1], abs=1e-6)


class TestChains:
    def test_ranks_are_those_of_what_goes_in_and_comes_out(self, graph):
        made = bijectors.Chain([bijectors.Exp(), bijectors.FillTriangular(), bijectors.Exp()])
        assert (made.forward_min_event_ndims, made.inverse_min_event_ndims) == (1, 2)
        back = bijectors.Chain([bijectors.Invert(bijectors.FillTriangular()), bijectors.Exp()])
        assert (back.forward_min_event_ndims, back.inverse_min_event_ndims) == (2, 1)

    def test_dimensions_made_on_the_way_are_not_asked_for(self, graph):
        made = bijectors.Chain([bijectors.CholeskyOuterProduct(), bijectors.FillTriangular()])
        assert made.forward_min_event_ndims == 1
        wide = bijectors.Chain([bijectors.FillTriangular(), bijectors.MatrixInverseTriL()])
        assert wide.forward_min_event_ndims == 2

    def test_a_rank_unknown_until_it_runs(self, session):
        made = bijectors.Chain([bijectors.Reshape([2, 3], [6]), bijectors.Exp()])
        fed = tf.placeholder(tf.float64)
        volume = session.run(made.forward_log_det_jacobian(fed, 1), {fed: SIX})
        assert volume == pytest.approx(SIX.sum())

    def test_the_dtype_is_that_of_a_part(self, graph):
        affine = bijectors.Affine(np.ones(2))
        assert bijectors.Chain([bijectors.Exp(), affine]).dtype == tf.float64
        assert bijectors.Chain([bijectors.Exp()]).dtype is None
        with pytest.raises(ValueError, match=r"incompatible dtypes: .*float32.*float64"):
            bijectors.Chain([affine, bijectors.Exp(), bijectors.Affine(np.ones(2, np.float32))])


class TestChecks:
    def checked(self, kind, *given):
        return getattr(bijectors, kind)(*given, validate_args=True)

    @pytest.mark.parametrize(
        ("kind", "method", "value", "message"),
        [
            ("CholeskyOuterProduct", "forward", [[1.0, 2.0]], "must be a square matrix"),
            ("MatrixInverseTriL", "forward", [[1.0, 2.0], [0.0, 1.0]], "must be lower triangular"),
            ("MatrixInverseTriL", "inverse", [[0.0]], "all diagonal entries nonzero"),
            ("Ordered", "forward", [1.0, 1.0], "must be strictly increasing"),
            ("Ordered", "inverse_event_shape_tensor", [1], "last dimension greater than 1"),
            ("FillTriangular", "forward_event_shape_tensor", [4], "not a triangular number"),
            ("FillTriangular", "inverse_event_shape_tensor", [2, 3], "Matrix must be square"),
            ("AbsoluteValue", "inverse", [-1.0], "Argument y was negative"),
        ],
    )
    def test_what_does_not_hold_is_told(self, session, kind, method, value, message):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(getattr(self.checked(kind), method)(value))

    def test_a_product_of_no_scale_has_no_volume(self, session):
        # 1.15 was silent about it and gave NaN.
        made = self.checked("CholeskyOuterProduct")
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be positive definite"):
            session.run(made.forward_log_det_jacobian([[-1.0]], 2))

    def test_events_of_another_shape(self, session):
        fed = tf.placeholder_with_default([5], [1])
        with pytest.raises(ValueError, match=r"does not match `event_shape_in` \(\[6\] vs \[5\]\)"):
            bijectors.Reshape([5], [5]).forward(SIX)
        with pytest.raises(tf.errors.InvalidArgumentError, match="does not match"):
            session.run(self.checked("Reshape", [2, 3], fed).forward(SIX))

    @pytest.mark.parametrize(("given", "message"), [([-1, -1], "one `-1`"), ([-2], "-1 or more")])
    def test_shapes_that_are_none(self, session, given, message):
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(self.checked("Reshape", given).forward(SIX))


class TestFolded:
    def test_two_numbers_share_a_distance(self, session):
        made = bijectors.AbsoluteValue()
        below, above = session.run(made.inverse([1.0, 0.0]))
        assert (below.tolist(), above.tolist()) == ([-1, 0], [1, 0])
        assert session.run(made.inverse_log_det_jacobian([1.0, 0.0], 0)) == (0, 0)

    def test_a_folded_normal_is_a_half_normal(self, session):
        drawn = tf.contrib.distributions.TransformedDistribution(
            tf.distributions.Normal(np.float64(0), np.float64(2)), bijectors.AbsoluteValue()
        )
        half = tf.contrib.distributions.HalfNormal(np.float64(2))
        x = np.linspace(0.1, 5.0, 7)
        found, known, sample = session.run(
            [drawn.log_prob(x), half.log_prob(x), drawn.sample(50, seed=3)]
        )
        assert found == pytest.approx(known)
        assert sample.min() >= 0
