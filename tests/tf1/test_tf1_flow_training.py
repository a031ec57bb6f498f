"""Flows of contrib.distributions as programs train them: likelihood, slopes, checkpoints."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

distributions = tf.contrib.distributions
bijectors = distributions.bijectors
BANANA = np.stack([np.linspace(-1.5, 1.5, 40), np.linspace(-1.5, 1.5, 40) ** 2], 1)
BANANA = (BANANA + 0.1 * np.sin(np.arange(80.0)).reshape(40, 2)).astype(np.float32)


def seeded(**options):
    return {"kernel_initializer": tf.glorot_normal_initializer(seed=4), **options}


def real_nvp():
    make = bijectors.real_nvp_default_template([8], activation=tf.tanh, **seeded())
    return bijectors.RealNVP(1, make)


def masked():
    make = bijectors.masked_autoregressive_default_template([8], activation=tf.tanh, **seeded())
    return bijectors.MaskedAutoregressiveFlow(make)


def flow(make):
    base = distributions.MultivariateNormalDiag([0.0, 0.0])
    return distributions.TransformedDistribution(base, make())


@pytest.mark.parametrize("make", [real_nvp, masked])
class TestTraining:
    def test_data_become_likelier(self, session, make):
        likelihood = tf.reduce_mean(flow(make).log_prob(BANANA))
        step = tf.train.AdamOptimizer(0.05).minimize(-likelihood)
        session.run(tf.global_variables_initializer())
        before = session.run(likelihood)
        for _ in range(60):
            session.run(step)
        assert session.run(likelihood) > before + 0.5

    def test_slopes_by_differences(self, session, make):
        likelihood = tf.reduce_mean(flow(make).log_prob(BANANA))
        (bias,) = (v for v in tf.trainable_variables() if v.op.name.endswith("dense_1/bias"))
        (slope,) = tf.gradients(likelihood, [bias])
        session.run(tf.global_variables_initializer())
        known, start = session.run([slope, bias])
        for number in range(len(start)):
            either = []
            for by in (-1e-2, 1e-2):
                bias.load(start + by * np.eye(len(start), dtype=np.float32)[number], session)
                either.append(session.run(likelihood))
            assert known[number] == pytest.approx((either[1] - either[0]) / 2e-2, abs=5e-3)

    def test_draws_and_densities_use_one_set_of_variables(self, graph, make):
        made = flow(make)
        made.sample(3)
        count = len(tf.global_variables())
        made.log_prob(BANANA)
        assert len(tf.global_variables()) == count == 4

    def test_checkpoints_bring_the_density_back(self, session, make, tmp_path):
        log_prob = flow(make).log_prob(BANANA)
        session.run(tf.global_variables_initializer())
        saver = tf.train.Saver()
        path = saver.save(session, str(tmp_path / "flow"))
        known = session.run(log_prob)
        for variable in tf.global_variables():
            variable.load(np.zeros(variable.shape.as_list(), np.float32), session)
        assert np.abs(session.run(log_prob) - known).max() > 1e-3
        saver.restore(session, path)
        assert session.run(log_prob).tolist() == known.tolist()


def test_a_normalised_flow_learns_the_scale_of_data(session):
    normalised = bijectors.BatchNormalization(tf.layers.BatchNormalization(momentum=0.5))
    made = flow(lambda: bijectors.Chain([normalised, bijectors.Permute([1, 0])]))
    wide = 10 * BANANA + 3
    likelihood = tf.reduce_mean(made.log_prob(wide))
    session.run(tf.global_variables_initializer())
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        step = tf.train.AdamOptimizer(0.05).minimize(-likelihood)
    session.run(tf.global_variables_initializer())
    for _ in range(20):
        session.run(step)
    drawn = session.run(made.sample(500, seed=3))
    assert drawn.mean(0) == pytest.approx(wide.mean(0), abs=4)
    assert drawn.std(0) == pytest.approx(wide.std(0), rel=0.5)
