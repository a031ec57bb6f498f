"""contrib's strategies and diagonal normal distribution."""

from __future__ import annotations

import json
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
    assert distribute.ParameterServerStrategy().num_replicas_in_sync == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MirroredStrategy", {"num_gpus": 0}),
        ("OneDeviceStrategy", {"device": "/cpu:0", "prefetch_on_device": True}),
        ("ParameterServerStrategy", {"num_gpus_per_worker": 0}),
        ("CollectiveAllReduceStrategy", {"num_gpus_per_worker": 0}),
    ],
)
def test_strategies_are_classes_to_derive_from(graph, name, arguments):
    base = getattr(tf.contrib.distribute, name)

    class Mine(base):
        """A strategy of a program's own."""

    made = Mine(**arguments)
    assert isinstance(made, base)
    assert isinstance(made, tf.contrib.distribute.DistributionStrategy)
    assert made.num_replicas_in_sync == 1
    with made.scope():
        assert tf.contrib.distribute.get_distribution_strategy() is made


def test_gradients_are_summed_as_told():
    distribute = tf.contrib.distribute
    packs = distribute.AllReduceCrossDeviceOps("hierarchical_copy", num_packs=2)
    assert isinstance(packs, distribute.CrossDeviceOps)
    assert isinstance(packs, distribute.AllReduceCrossDeviceOps)
    strategy = distribute.MirroredStrategy(["/cpu:0"], cross_tower_ops=packs)
    assert strategy.extended._cross_device_ops is packs


def test_a_mirrored_strategy_is_told_its_devices_once():
    make = tf.contrib.distribute.MirroredStrategy
    with pytest.raises(ValueError, match="both `num_gpus` and `num_gpus_per_worker`"):
        make(num_gpus=1, num_gpus_per_worker=1)
    with pytest.raises(ValueError, match=r"1 devices and a number of GPUs, 2; give one"):
        make(["/cpu:0"], num_gpus=2)


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


def steps_towards(target, repeated):
    """A weight trained towards a number, and the loop that trains it a batch at a time."""
    strategy = tf.contrib.distribute.OneDeviceStrategy("/cpu:0")

    def dataset_fn():
        rows = tf.data.Dataset.from_tensor_slices(np.ones([4, 1], np.float32))
        return rows.repeat(repeated).batch(2, drop_remainder=True)

    def loss_fn(context, inputs):
        weight = tf.get_variable("weight", [], initializer=tf.zeros_initializer())
        return tf.reduce_mean(tf.square(weight * inputs - target)) / 2

    optimizer = tf.train.GradientDescentOptimizer(0.5)
    made = tf.contrib.distribute.StandardSingleLossStep(dataset_fn, loss_fn, optimizer, strategy)
    return strategy, made


@pytest.mark.parametrize(("repeated", "asked", "done"), [(None, 3, 3), (1, None, 2), (2, 9, 4)])
def test_a_loop_takes_as_many_steps_as_asked_or_as_there_is_data(session, repeated, asked, done):
    strategy, step = steps_towards(8.0, repeated)
    with strategy.scope():
        tf.contrib.distribute.Monitor(step, session).run_steps(asked)
    # Each step goes half the way.
    assert session.run(tf.trainable_variables()[0]) == 8 - 8 / 2**done


def test_a_loop_of_a_graph_needs_a_session(graph):
    _, step = steps_towards(1.0, 1)
    with pytest.raises(ValueError, match="provide a `session` in Graph mode"):
        tf.contrib.distribute.Monitor(step)


def test_a_server_of_the_cluster_in_the_environment_is_started(monkeypatch):
    config = {"cluster": {"worker": ["localhost:0"]}, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    server = tf.contrib.distribute.run_standard_tensorflow_server()
    with tf.Graph().as_default(), tf.Session(server.target) as session:
        assert session.run(tf.constant(2) + 3) == 5
