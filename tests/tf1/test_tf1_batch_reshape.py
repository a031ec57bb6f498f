"""contrib.distributions.BatchReshape: the same numbers in another shape."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

distributions = tf.contrib.distributions
LOC = np.arange(6.0)
SCALES = np.linspace(1.0, 2.0, 6)


def numbers():
    return distributions.Normal(LOC, SCALES)


def vectors():
    return distributions.MultivariateNormalDiag(
        np.outer(LOC, [1.0, -1.0]), np.outer(SCALES, [1.0, 2.0])
    )


# Name to the other, the shape given and the shape it stands for.
CASES = {
    "numbers": (numbers, [2, 3], [2, 3]),
    "numbers in a row": (lambda: distributions.BatchReshape(numbers(), [3, 2]), [6], [6]),
    "the rest": (numbers, [3, -1], [3, 2]),
    "vectors": (vectors, [1, 2, 3], [1, 2, 3]),
    "vectors and the rest": (vectors, [-1], [6]),
}
STATISTICS = ["mean", "mode", "stddev", "variance", "entropy"]
DENSITIES = ["log_prob", "prob"]
CUMULATIVE = ["cdf", "log_cdf", "survival_function", "log_survival_function"]


def made(name, **options):
    make, given, shape = CASES[name]
    other = make()
    return other, distributions.BatchReshape(other, given, **options), shape


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("checked", [False, True])
class TestEach:
    def test_shapes(self, session, name, checked):
        other, reshaped, shape = made(name, validate_args=checked)
        known = reshaped.batch_shape.as_list()
        assert all(side in (None, wanted) for side, wanted in zip(known, shape, strict=True))
        assert session.run(reshaped.batch_shape_tensor()).tolist() == shape
        assert reshaped.event_shape == other.event_shape
        told = session.run([reshaped.event_shape_tensor(), other.event_shape_tensor()])
        assert told[0].tolist() == told[1].tolist()

    def test_statistics_are_the_same_numbers(self, session, name, checked):
        other, reshaped, shape = made(name, validate_args=checked)
        for statistic in STATISTICS:
            events = [] if statistic == "entropy" else other.event_shape.as_list()
            found, known = session.run([getattr(one, statistic)() for one in (reshaped, other)])
            assert found.tolist() == known.reshape(shape + events).tolist(), statistic

    def test_densities_are_the_same_numbers(self, session, name, checked):
        other, reshaped, shape = made(name, validate_args=checked)
        events = other.event_shape.as_list()
        x = np.linspace(-1.0, 7.0, 4 * 6 * int(np.prod(events, dtype=int)))
        own = other.batch_shape.as_list()
        for density in DENSITIES if events else DENSITIES + CUMULATIVE:
            found = getattr(reshaped, density)(x.reshape([4, *shape, *events]))
            known = getattr(other, density)(x.reshape([4, *own, *events]))
            one, two = session.run([found, known])
            assert one.tolist() == two.reshape([4, *shape]).tolist(), density

    def test_draws_are_the_same_numbers(self, session, name, checked):
        other, reshaped, shape = made(name, validate_args=checked)
        events = other.event_shape.as_list()
        one, two = session.run([part.sample([5, 2], seed=3) for part in (reshaped, other)])
        assert one.tolist() == two.reshape([5, 2, *shape, *events]).tolist()


def test_covariances_too(session):
    other, reshaped, shape = made("vectors")
    one, two = session.run([reshaped.covariance(), other.covariance()])
    assert one.tolist() == two.reshape([*shape, 2, 2]).tolist()


class TestKnownLater:
    def both(self):
        """A batch and a shape that are fed."""
        loc, given = tf.placeholder(tf.float64, [None]), tf.placeholder(tf.int32, [None])
        other = distributions.Normal(loc, np.float64(1))
        return loc, given, distributions.BatchReshape(other, given, validate_args=True)

    def test_shapes_are_told_when_it_runs(self, session):
        loc, given, reshaped = self.both()
        x = tf.placeholder(tf.float64)
        fed = {loc: LOC, given: [-1, 2], x: LOC.reshape(3, 2)}
        shape, log_prob = session.run([reshaped.batch_shape_tensor(), reshaped.log_prob(x)], fed)
        assert shape.tolist() == [3, 2]
        assert log_prob == pytest.approx(np.full([3, 2], -0.5 * np.log(2 * np.pi)))

    @pytest.mark.parametrize(
        ("shape", "message"),
        [
            # Where two things are wrong, either may be told first.
            ([-1, -1], "At most one dimension can be unknown|Shape sizes do not match"),
            ([0, 3], "Shape elements must be >=-1|Shape sizes do not match"),
            ([4, 2], "Shape sizes do not match"),
        ],
    )
    def test_shapes_that_do_not_fit_are_told(self, session, shape, message):
        loc, given, reshaped = self.both()
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(reshaped.mean(), {loc: LOC, given: shape})

    @pytest.mark.parametrize(
        ("value", "message"),
        [(np.zeros(2), "too few batch and event dims"), (np.zeros([3, 1]), "unexpected batch")],
    )
    def test_values_that_do_not_fit_are_told(self, session, value, message):
        loc, given, reshaped = self.both()
        x = tf.placeholder(tf.float64)
        with pytest.raises(tf.errors.InvalidArgumentError, match=message):
            session.run(reshaped.prob(x), {loc: LOC, given: [3, 2], x: value})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([2, 2], r"size \(4\) must match `distribution.batch_shape` size \(6\)"),
        (6, r"must be a vector \(saw rank: 0\)"),
        ([0, -1], "elements must be >=-1"),
    ],
)
def test_shapes_that_cannot_be_are_refused(graph, given, message):
    with pytest.raises(ValueError, match=message):
        distributions.BatchReshape(numbers(), given)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (LOC, r"too few batch and event dims \(expected at least 2, saw 1\)"),
        (
            LOC[:3, np.newaxis],
            r"unexpected batch and event shape \(expected \[2, 3\], saw \[3, 1\]",
        ),
    ],
)
def test_nothing_is_broadcast(graph, value, message):
    with pytest.raises(NotImplementedError, match=message):
        distributions.BatchReshape(numbers(), [2, 3]).log_prob(value)
