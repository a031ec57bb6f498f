"""contrib's strategies and diagonal normal distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

MultivariateNormalDiag = tf.contrib.distributions.MultivariateNormalDiag
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_strategies_take_their_old_arguments():
    distribute = tf.contrib.distribute
    strategy = distribute.MirroredStrategy(num_gpus=0)
    assert strategy.num_replicas_in_sync == 1
    assert distribute.MirroredStrategy(["/cpu:0"]).num_replicas_in_sync == 1
    assert distribute.OneDeviceStrategy("/cpu:0").num_replicas_in_sync == 1
    assert isinstance(
        distribute.AllReduceCrossDeviceOps("hierarchical_copy"),
        tf.distribute.HierarchicalCopyAllReduce,
    )
    assert isinstance(distribute.AllReduceCrossDeviceOps(), tf.distribute.NcclAllReduce)
    assert distribute.ParameterServerStrategy().num_replicas_in_sync == 1


def test_a_diagonal_normal_has_the_known_numbers(session):
    made = MultivariateNormalDiag([1.0, 2.0], [1.0, 3.0])
    log_prob, mean, stddev, variance, covariance, mode, entropy, loc = session.run(
        [
            made.log_prob([2.0, 5.0]),
            made.mean(),
            made.stddev(),
            made.variance(),
            made.covariance(),
            made.mode(),
            made.entropy(),
            made.loc,
        ]
    )
    expected = -0.5 * (1 + 1) - math.log(2 * math.pi) - math.log(3)
    assert log_prob == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose([mean, mode, loc], [[1, 2]] * 3)
    np.testing.assert_allclose(variance, stddev**2)
    np.testing.assert_allclose(covariance, np.diag([1, 9]), rtol=1e-6)
    assert entropy == pytest.approx(math.log(2 * math.pi * math.e) + math.log(3), rel=1e-6)
    assert made.event_shape.as_list() == [2]
    assert made.batch_shape.as_list() == []
    assert session.run([made.event_shape_tensor(), made.batch_shape_tensor()])[0].tolist() == [2]


def test_draws_of_a_diagonal_normal_spread_as_told(session):
    made = MultivariateNormalDiag(scale_diag=[1.0, 3.0], scale_identity_multiplier=1.0)
    draws = session.run(made.sample(4000, seed=1))
    np.testing.assert_allclose(draws.std(0), [2, 4], rtol=0.1)
    other = MultivariateNormalDiag([0.0, 0.0], scale_identity_multiplier=2.0)
    assert session.run(other.stddev()).tolist() == [2, 2]
    assert session.run(MultivariateNormalDiag([0.0]).stddev()).tolist() == [1]
    with pytest.raises(ValueError, match="unless `loc` or `scale_diag` is specified"):
        MultivariateNormalDiag()


def test_divergence_of_diagonal_normals_is_known(session):
    a = MultivariateNormalDiag([0.0, 0.0], [1.0, 1.0])
    b = MultivariateNormalDiag([1.0, 0.0], [1.0, 2.0])
    expected = 0.5 * (1 + 0.25 + math.log(4) - 1)
    assert session.run(tf.distributions.kl_divergence(a, b)) == pytest.approx(expected, rel=1e-6)


def test_memory_in_use_is_a_number_in_the_graph(session):
    stats = tf.contrib.memory_stats
    used, most = session.run([stats.BytesInUse(), stats.MaxBytesInUse()])
    assert used > 0
    assert most > 0
