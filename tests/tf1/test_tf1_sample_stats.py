"""contrib.distributions: percentiles and auto-correlations against NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

distributions = tf.contrib.distributions
X = np.sin(1.7 * np.arange(60.0)).reshape(3, 4, 5)
# NumPy's words for where a percentile falls between two numbers.
METHODS = {None: "nearest", "lower": "lower", "higher": "higher", "nearest": "nearest"}


class TestPercentile:
    @pytest.mark.parametrize("interpolation", list(METHODS))
    @pytest.mark.parametrize("axis", [None, 0, -1, [0, 2], [1, 0]])
    def test_as_numpy_finds_it(self, session, axis, interpolation):
        axes = tuple(axis) if isinstance(axis, list) else axis
        for q in (0.0, 12.0, 37.0, 66.0, 100.0):
            found = distributions.percentile(X, q, axis, interpolation)
            known = np.percentile(X, q, axis=axes, method=METHODS[interpolation])
            assert session.run(found) == pytest.approx(known)

    @pytest.mark.parametrize(
        ("axis", "shape"), [(None, [1, 1, 1]), (1, [3, 1, 5]), ([-1, 0], [1, 4, 1])]
    )
    def test_dimensions_may_stay(self, session, axis, shape):
        found = distributions.percentile(X, 40.0, axis, keep_dims=True)
        assert found.shape.as_list() == shape
        without = distributions.percentile(X, 40.0, axis)
        one, other = session.run([found, without])
        assert one.ravel().tolist() == np.ravel(other).tolist()

    def test_whole_numbers_stay_whole(self, session):
        found = distributions.percentile([[4, 1, 3], [9, 7, 8]], 50, axis=1)
        assert found.dtype == tf.int32
        assert session.run(found).tolist() == [3, 8]

    def test_sizes_known_later(self, session):
        fed, q = tf.placeholder(tf.float64, [None, 4, None]), tf.placeholder(tf.float64)
        found = distributions.percentile(fed, q, axis=[0, 2], validate_args=True)
        assert found.shape.as_list() == [4]
        known = np.percentile(X, 30, axis=(0, 2), method="nearest")
        assert session.run(found, {fed: X, q: 30}) == pytest.approx(known)
        with pytest.raises(tf.errors.InvalidArgumentError, match="x <= y did not hold"):
            session.run(found, {fed: X, q: 100.5})

    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ({"interpolation": "linear"}, ValueError, r"must be in \['higher', .* Found linear"),
            ({"q": [1.0, 2.0]}, ValueError, "to have ndims 0"),
            ({"axis": 3}, ValueError, r"dim 3 not in the interval \[-3, 2\]"),
            ({"axis": [0, -4]}, ValueError, r"dim -4 not in the interval \[-3, 2\]"),
            ({"axis": [[0]]}, ValueError, "to be statically available"),
            ({"axis": 1.0}, TypeError, "integer"),
            ({"x": 1.0, "axis": 0}, ValueError, "ndims >= 1"),
        ],
    )
    def test_what_cannot_be_asked(self, graph, given, error, message):
        with pytest.raises(error, match=message):
            distributions.percentile(**{"x": X, "q": 30.0, **given})


def correlated(row, lags, center=True, normalize=True):
    """The definition: mean products of numbers so many places apart."""
    row = row - row.mean() if center else row
    found = [np.mean(row[lag:] * np.conj(row[: len(row) - lag])) for lag in range(lags + 1)]
    return np.array(found) / (found[0] if normalize else 1)


class TestAutoCorrelation:
    @pytest.mark.parametrize(
        "options", [{}, {"center": False}, {"normalize": False}, {"max_lags": 2}, {"max_lags": 9}]
    )
    def test_by_its_definition(self, session, options):
        lags = min(options.get("max_lags", 4), 4)
        settings = {key: value for key, value in options.items() if key != "max_lags"}
        known = np.apply_along_axis(correlated, -1, X, lags, **settings)
        found = distributions.auto_correlation(X, **options)
        assert found.shape.as_list() == [3, 4, lags + 1]
        assert session.run(found) == pytest.approx(known)

    @pytest.mark.parametrize("axis", [0, 1, -2])
    def test_along_another_dimension(self, session, axis):
        known = np.apply_along_axis(lambda row: correlated(row, len(row) - 1), axis, X)
        assert session.run(distributions.auto_correlation(X, axis)) == pytest.approx(known)

    def test_complex_numbers(self, session):
        row = X[0, 0] + 1j * X[1, 1]
        found = session.run(distributions.auto_correlation(row))
        assert found == pytest.approx(correlated(row, 4))

    def test_sizes_known_later(self, session):
        fed, lags = tf.placeholder(tf.float64, [None, None]), tf.placeholder(tf.int32, [])
        found = distributions.auto_correlation(fed, max_lags=lags)
        assert session.run(found, {fed: X[0], lags: 2}).shape == (4, 3)
        assert session.run(found, {fed: X[0], lags: 20}).shape == (4, 5)

    def test_whole_numbers_are_refused(self, graph):
        with pytest.raises(TypeError, match="must have either float or complex dtype"):
            distributions.auto_correlation([1, 2, 3])
