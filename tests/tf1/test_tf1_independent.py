"""contrib.distributions.Independent: batches that become events."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

made_by = tf.contrib.distributions
kl = tf.distributions.kl_divergence
LOC = np.arange(24.0).reshape(2, 3, 4)


def normals(scale=2.0):
    return made_by.Normal(LOC, np.float64(scale))


def vectors():
    return made_by.MultivariateNormalDiag(LOC, np.ones_like(LOC))


def laplaces():
    return made_by.Laplace(LOC, np.float64(0.5))


# Name to the other, how many dimensions are taken, and what is left of the batch.
CASES = {
    "all but the first": (normals, None, [2]),
    "none": (normals, 0, [2, 3, 4]),
    "the last": (laplaces, 1, [2, 3]),
    "two": (normals, np.int32(2), [2]),
    "all": (laplaces, 3, []),
    "of vectors": (vectors, 1, [2]),
    "of independent ones": (lambda: made_by.Independent(normals(), 1), 1, [2]),
}
STATISTICS = ["mean", "mode", "stddev", "variance"]


def made(case, **options):
    make, taken, batch = CASES[case]
    other = make()
    return other, made_by.Independent(other, taken, **options), batch


def summed(values, kept):
    """Sums all but the first dimensions."""
    return values.sum(tuple(range(kept, values.ndim)))


@pytest.mark.parametrize("name", sorted(CASES))
class TestEach:
    def test_dimensions_go_from_the_batch_to_events(self, session, name):
        other, whole, batch = made(name)
        event = [2, 3, 4][len(batch) :]
        assert (whole.batch_shape.as_list(), whole.event_shape.as_list()) == (batch, event)
        told = session.run([whole.batch_shape_tensor(), whole.event_shape_tensor()])
        assert [part.tolist() for part in told] == [batch, event]
        assert whole.reinterpreted_batch_ndims == other.batch_shape.ndims - len(batch)

    def test_logarithms_add_up(self, session, name):
        other, whole, batch = made(name)
        x = LOC + np.array([[[[0.5]]], [[[-1.0]]]])
        found, parts = session.run([whole.log_prob(x), other.log_prob(x)])
        assert found.shape == (2, *batch)
        assert found == pytest.approx(summed(parts, 1 + len(batch)))
        prob = session.run(whole.prob(x))
        assert prob == pytest.approx(np.exp(found))

    def test_entropies_add_up(self, session, name):
        other, whole, batch = made(name)
        found, parts = session.run([whole.entropy(), other.entropy()])
        full = np.broadcast_to(parts, [2, 3, 4][: other.batch_shape.ndims])
        assert found == pytest.approx(summed(full, len(batch)))

    @pytest.mark.parametrize("statistic", STATISTICS)
    def test_other_statistics_stay(self, session, name, statistic):
        other, whole, _ = made(name)
        one, two = session.run([getattr(part, statistic)() for part in (whole, other)])
        assert one.tolist() == two.tolist()

    def test_draws_stay(self, session, name):
        other, whole, _ = made(name)
        one, two = session.run([part.sample([5], seed=4) for part in (whole, other)])
        assert one.shape == (5, 2, 3, 4)
        assert one.tolist() == two.tolist()
        assert whole.reparameterization_type == other.reparameterization_type

    def test_names_say_of_what(self, graph, name):
        other, whole, _ = made(name)
        assert whole.name.startswith("Independent")
        assert other.name.strip("/") in whole.name
        assert made(name, name="mine")[1].name == "mine/"


class TestDivergence:
    def test_divergences_add_up(self, session):
        one, other = normals(2.0), normals(3.0)
        each = session.run(kl(one, other))
        for taken, kept in ((1, 2), (2, 1), (3, 0)):
            pair = made_by.Independent(one, taken), made_by.Independent(other, taken)
            assert session.run(kl(*pair)) == pytest.approx(summed(each, kept))

    def test_events_are_of_one_shape(self, graph):
        pair = made_by.Independent(normals(), 1), made_by.Independent(normals(), 2)
        with pytest.raises(ValueError, match="Event shapes do not match"):
            kl(*pair)

    def test_so_are_those_of_the_parts(self, graph):
        pair = made_by.Independent(vectors(), 1), made_by.Independent(normals(), 2)
        with pytest.raises(NotImplementedError, match="with different event shapes"):
            kl(*pair)


class TestKnownLater:
    def test_sizes(self, session):
        loc = tf.placeholder(tf.float64, [None, None])
        whole = made_by.Independent(made_by.Normal(loc, np.float64(1)), validate_args=True)
        assert whole.batch_shape.as_list() == whole.event_shape.as_list() == [None]
        shapes = [whole.batch_shape_tensor(), whole.event_shape_tensor()]
        batch, event, found = session.run([*shapes, whole.log_prob(loc)], {loc: LOC[0]})
        assert (batch.tolist(), event.tolist()) == ([3], [4])
        assert found == pytest.approx(np.full(3, -2 * np.log(2 * np.pi)))

    @pytest.mark.parametrize(("rank", "count_is_fed"), [(None, False), ([2, 3], True)])
    def test_ranks_are_refused(self, graph, rank, count_is_fed):
        normal = made_by.Normal(tf.placeholder(tf.float64, rank), np.float64(1))
        taken = tf.placeholder(tf.int32, []) if count_is_fed else 1
        with pytest.raises(ValueError, match="and the rank of the batch must be known"):
            made_by.Independent(normal, taken)

    def test_a_batch_has_to_have_the_dimensions(self, graph):
        with pytest.raises(ValueError, match=r"ndims\(4\) cannot exceed .*batch_ndims\(3\)"):
            made_by.Independent(normals(), 4)
