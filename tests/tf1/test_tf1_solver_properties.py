"""contrib.solvers: what holds for every system, whatever its size, dtype and condition."""

from __future__ import annotations

import numpy as np
import pytest
from graphkit.tf1.contrib.solvers import lanczos, least_squares, linear_equations, util

import graphkit.tf1 as tf

DTYPES = [np.float32, np.float64]


def system(rows, columns, dtype, seed=0):
    """A matrix and a right side."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=[rows, columns]).astype(dtype), rng.normal(size=rows).astype(dtype)


def positive(size, dtype, condition=10.0):
    """A symmetric positive matrix whose eigenvalues go from 1 to a condition number."""
    columns, _ = np.linalg.qr(system(size, size, np.float64)[0])
    return ((columns * np.linspace(1, condition, size)) @ columns.T).astype(dtype)


def operator(matrix):
    return util.create_operator(tf.constant(matrix))


@pytest.mark.parametrize("dtype", DTYPES)
class TestConjugateGradients:
    @pytest.mark.parametrize("size", [2, 3, 6])
    def test_as_many_steps_as_unknowns_are_enough(self, session, dtype, size):
        a, (_, rhs) = positive(size, dtype), system(size, 1, dtype)
        found = linear_equations.conjugate_gradient(operator(a), tf.constant(rhs), max_iter=size)
        expected = np.linalg.solve(a.astype(np.float64), rhs)
        assert session.run(found.x) == pytest.approx(expected, rel=1e-2, abs=1e-3)

    def test_the_residual_is_that_of_the_solution(self, session, dtype):
        a, (_, rhs) = positive(5, dtype), system(5, 1, dtype)
        for steps in (1, 3):
            found = linear_equations.conjugate_gradient(
                operator(a), tf.constant(rhs), tol=0.0, max_iter=steps
            )
            x, r, count = session.run([found.x, found.r, found.i])
            assert count == steps
            assert r == pytest.approx(rhs - a @ x, abs=1e-4)

    def test_a_smaller_tolerance_takes_more_steps_and_keeps_its_word(self, session, dtype):
        a, (_, rhs) = positive(8, dtype, 30.0), system(8, 1, dtype)
        counts = []
        for tol in (0.5, 1e-1, 1e-3):
            found = linear_equations.conjugate_gradient(operator(a), tf.constant(rhs), tol=tol)
            count, r = session.run([found.i, found.r])
            assert np.linalg.norm(r) <= tol * np.linalg.norm(rhs)
            counts.append(int(count))
        assert counts == sorted(counts)
        assert counts[0] < counts[-1]

    def test_the_diagonal_as_preconditioner_solves_diagonal_systems_at_once(self, session, dtype):
        values = np.array([1.0, 10.0, 100.0, 1000.0], dtype)
        rhs = np.array([1.0, -2.0, 3.0, -4.0], dtype)
        found = linear_equations.conjugate_gradient(
            operator(np.diag(values)),
            tf.constant(rhs),
            preconditioner=operator(np.diag(1 / values)),
        )
        count, x = session.run([found.i, found.x])
        assert count == 1
        assert x == pytest.approx(rhs / values, rel=1e-5)

    def test_dtypes_stay(self, graph, dtype):
        made = linear_equations.conjugate_gradient(
            operator(positive(3, dtype)), tf.constant(system(3, 1, dtype)[1])
        )
        assert {part.dtype for part in (made.x, made.r, made.p, made.gamma)} == {tf.as_dtype(dtype)}
        assert made.i.dtype == tf.int32
        assert made.x.op.name.startswith("conjugate_gradient/")


@pytest.mark.parametrize("dtype", DTYPES)
class TestLeastSquares:
    @pytest.mark.parametrize("shape", [(5, 2), (4, 4), (9, 3)])
    def test_what_is_left_is_at_right_angles_to_the_columns(self, session, dtype, shape):
        a, rhs = system(*shape, dtype, seed=2)
        found = least_squares.cgls(operator(a), tf.constant(rhs), tol=1e-6, max_iter=30)
        x, r = session.run([found.x, found.r])
        assert r == pytest.approx(rhs - a @ x, abs=1e-3)
        assert a.T @ r == pytest.approx(np.zeros(shape[1]), abs=1e-3)

    def test_a_side_that_can_be_met_is_met(self, session, dtype):
        a, _ = system(6, 3, dtype, seed=3)
        wanted = np.array([1.0, -2.0, 0.5], dtype)
        found = least_squares.cgls(operator(a), tf.constant(a @ wanted))
        assert session.run(found.x) == pytest.approx(wanted, abs=1e-3)


@pytest.mark.parametrize("dtype", DTYPES)
class TestLanczos:
    @pytest.mark.parametrize(("shape", "k"), [((4, 4), 3), ((7, 4), 3), ((5, 5), 1)])
    def test_two_diagonals_stand_for_the_matrix(self, session, dtype, shape, k):
        a, start = system(*shape, dtype, seed=4)
        made = lanczos.lanczos_bidiag(
            operator(a), k, starting_vector=tf.constant(start[:, np.newaxis])
        )
        found = session.run(made)
        assert [found.u.shape, found.v.shape] == [(shape[0], k + 1), (shape[1], k)]
        assert [found.alpha.shape, found.beta.shape] == [(k,), (k,)]
        both = np.zeros([k + 1, k])
        both[range(k), range(k)], both[range(1, k + 1), range(k)] = found.alpha, found.beta
        assert a @ found.v == pytest.approx(found.u @ both, abs=1e-3)
        assert found.v.T @ found.v == pytest.approx(np.eye(k), abs=1e-3)
        assert found.u[:, 0] == pytest.approx(start / np.linalg.norm(start), abs=1e-4)

    def test_the_largest_singular_value_is_nearly_found(self, session, dtype):
        a = np.diag(np.array([10.0, 3.0, 2.0, 1.0, 0.5], dtype))
        start = tf.ones([5, 1], dtype)
        alpha, beta = session.run(lanczos.lanczos_bidiag(operator(a), 3, starting_vector=start)[2:])
        both = np.zeros([4, 3])
        both[range(3), range(3)], both[range(1, 4), range(3)] = alpha, beta
        assert np.linalg.norm(both, 2) == pytest.approx(10.0, rel=1e-2)


@pytest.mark.parametrize("dtype", [*DTYPES, np.complex64])
def test_operators_apply_a_matrix_and_its_adjoint(session, dtype):
    a, v = system(3, 2, np.float64)
    a, v = (a * (1 + 2j), v * (2 - 1j)) if dtype == np.complex64 else (a, v)
    a, v = a.astype(dtype), v.astype(dtype)
    made = operator(a)
    column, row = tf.constant(v[:2, np.newaxis]), tf.constant(v[:, np.newaxis])
    forward, back = session.run([made.apply(column), made.apply_adjoint(row)])
    assert (made.shape, made.dtype) == ([3, 2], tf.as_dtype(dtype))
    assert forward[:, 0] == pytest.approx(a @ v[:2], rel=1e-5)
    assert back[:, 0] == pytest.approx(np.conj(a).T @ v, rel=1e-5)
