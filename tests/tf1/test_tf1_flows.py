"""contrib.distributions.bijectors made of networks: there and back, volumes, who sees whom."""

from __future__ import annotations

import numpy as np
import pytest
from measured_jacobians import measured

import graphkit.tf1 as tf

distributions = tf.contrib.distributions
bijectors = distributions.bijectors
ROWS = np.array([[0.5, -1.5, 2.0, 0.3], [-0.2, 1.1, 0.4, -0.7], [1.3, 0.1, -0.6, 0.9]])


def halves(x, units):
    """A shift and the logarithm of a scale, of the sum of what is seen."""
    total = tf.reduce_sum(x, -1, keepdims=True)
    return total + tf.ones([units], x.dtype), tf.sin(total) * tf.ones([units], x.dtype)


def sums_before(x):
    before = tf.cumsum(x, axis=-1, exclusive=True)
    return 0.3 * before, tf.sin(before)


def network(kind, *args, **kwargs):
    """A template whose kernels are drawn with one seed."""
    make = getattr(bijectors, f"{kind}_default_template")
    return make(*args, kernel_initializer=tf.glorot_normal_initializer(seed=4), **kwargs)


FLOWS = {
    "real nvp": lambda: bijectors.RealNVP(2, halves),
    "real nvp network": lambda: bijectors.RealNVP(3, network("real_nvp", [5], activation=tf.tanh)),
    "shift only": lambda: bijectors.RealNVP(1, network("real_nvp", [5], shift_only=True), True),
    "scale only": lambda: bijectors.RealNVP(2, lambda x, units: (None, halves(x, units)[1])),
    "masked": lambda: bijectors.MaskedAutoregressiveFlow(sums_before),
    "masked unrolled": lambda: bijectors.MaskedAutoregressiveFlow(sums_before, unroll_loop=True),
    "masked network": lambda: bijectors.MaskedAutoregressiveFlow(
        network("masked_autoregressive", [8], activation=tf.tanh)
    ),
    "masked shift": lambda: bijectors.MaskedAutoregressiveFlow(
        network("masked_autoregressive", [8], shift_only=True), is_constant_jacobian=True
    ),
    "inverted": lambda: bijectors.Invert(bijectors.MaskedAutoregressiveFlow(sums_before)),
    "normalized": lambda: bijectors.BatchNormalization(
        tf.layers.BatchNormalization(dtype=tf.float64), training=False
    ),
}


def started(session, *tensors):
    session.run(tf.global_variables_initializer())
    return session.run(tensors)


@pytest.mark.parametrize("name", sorted(FLOWS))
class TestEach:
    def test_there_and_back(self, session, name):
        made = FLOWS[name]()
        back = made.inverse(tf.identity(made.forward(tf.constant(ROWS))))
        assert started(session, back)[0] == pytest.approx(ROWS)

    def test_volumes_grow_as_measured(self, session, name):
        made = FLOWS[name]()
        row = tf.constant(ROWS[:1])
        there = tf.identity(made.forward(row))
        said, back = started(
            session,
            made.forward_log_det_jacobian(tf.identity(row), 1) + 0.0,
            made.inverse_log_det_jacobian(there, 1) + 0.0,
        )
        jacobian = measured(session, lambda x: made.forward(x[tf.newaxis])[0], ROWS[0])
        known = np.linalg.slogdet(jacobian)[1]
        assert np.ravel(said) == pytest.approx(known, abs=1e-6)
        assert np.ravel(back) == pytest.approx(-known, abs=1e-6)

    def test_a_distribution_goes_through(self, session, name):
        base = distributions.MultivariateNormalDiag(np.zeros(4))
        made = distributions.TransformedDistribution(base, FLOWS[name]())
        x, volume = made.bijector.inverse(ROWS), made.bijector.inverse_log_det_jacobian(ROWS, 1)
        known = tf.reduce_sum(tf.distributions.Normal(np.float64(0), np.float64(1)).log_prob(x), -1)
        found, expected = started(session, made.log_prob(ROWS), known + volume)
        assert found == pytest.approx(expected)


class TestRealNVP:
    def test_by_hand(self, session):
        made = FLOWS["real nvp"]()
        total = ROWS[:, :2].sum(1, keepdims=True)
        known = np.concatenate(
            [ROWS[:, :2], ROWS[:, 2:] * np.exp(np.sin(total)) + total + 1], axis=1
        )
        found, volume = session.run(
            [made.forward(ROWS), made.forward_log_det_jacobian(tf.constant(ROWS), 1)]
        )
        assert found == pytest.approx(known)
        assert volume == pytest.approx(2 * np.sin(total[:, 0]))

    def test_the_first_numbers_need_some_behind_them(self, graph):
        with pytest.raises(ValueError, match="num_masked must be a positive integer"):
            bijectors.RealNVP(-1, halves)
        with pytest.raises(ValueError, match="must be smaller than the event size"):
            bijectors.RealNVP(4, halves).inverse(ROWS)

    def test_a_network_makes_its_variables_once(self, graph):
        made = bijectors.RealNVP(2, network("real_nvp", [5, 3], use_bias=False))
        made.forward(ROWS)
        made.inverse(ROWS)
        names = [variable.op.name for variable in tf.trainable_variables()]
        lead = "real_nvp_default_template/dense"
        assert names == [f"{lead}{number}/kernel" for number in ("", "_1", "_2")]


class TestMasked:
    @pytest.mark.parametrize("unrolled", [False, True])
    def test_by_hand(self, session, unrolled):
        made = bijectors.MaskedAutoregressiveFlow(sums_before, unroll_loop=unrolled)
        known = np.zeros_like(ROWS)
        for number in range(4):
            before = known[:, :number].sum(1)
            known[:, number] = ROWS[:, number] * np.exp(np.sin(before)) + 0.3 * before
        assert session.run(made.forward(ROWS)) == pytest.approx(known)

    def test_vectors_of_a_length_told_later(self, session):
        made = bijectors.MaskedAutoregressiveFlow(sums_before)
        fed = tf.placeholder(tf.float64, [None, None])
        once = session.run(made.forward(fed), {fed: ROWS})
        assert once == pytest.approx(session.run(made.forward(ROWS)))
        with pytest.raises(ValueError, match=r"must be known .* if `unroll_loop=True`"):
            bijectors.MaskedAutoregressiveFlow(sums_before, unroll_loop=True).forward(fed)

    def test_a_number_depends_on_those_before_it(self, session):
        shift_and_log_scale = network("masked_autoregressive", [16, 16], activation=tf.tanh)
        both = tf.stack(shift_and_log_scale(tf.constant(ROWS)))
        slopes = measured_of(session, shift_and_log_scale)
        assert started(session, both)[0].shape == (2, 3, 4)
        for part in slopes(ROWS[0]):
            assert np.triu(part) == pytest.approx(0, abs=1e-9)
            assert np.abs(part[3, :3]).min() > 1e-3

    @pytest.mark.parametrize(("cut_slopes", "passing"), [(False, 1.0), (True, 0.0)])
    def test_logarithms_of_scales_are_cut(self, session, cut_slopes, passing):
        made = bijectors.masked_autoregressive_default_template(
            [],
            log_scale_min_clip=-0.1,
            log_scale_max_clip=0.1,
            log_scale_clip_gradient=cut_slopes,
            bias_initializer=tf.ones_initializer(),
        )
        x = tf.constant(ROWS[:1])
        _, log_scale = made(x)
        (bias,) = (v for v in tf.trainable_variables() if "bias" in v.op.name)
        found, slopes = started(session, log_scale, *tf.gradients(log_scale[0, 0], [bias]))
        assert found[0, 0] == pytest.approx(0.1)
        assert slopes.sum() == passing


def measured_of(session, function):
    """The Jacobians of the two vectors that a function makes."""
    return lambda point: [
        measured(session, lambda x, part=part: function(x[tf.newaxis])[part][0], point)
        for part in (0, 1)
    ]


class TestMaskedDense:
    @pytest.mark.parametrize(
        ("units", "blocks", "exclusive", "seen"),
        [
            (4, 4, False, [[1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]),
            (4, 4, True, [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]),
            (4, 2, False, [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]]),
            (5, 2, True, [[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]]),
            (2, 3, False, [[1, 1, 1, 0], [1, 1, 1, 0]]),
            (2, 5, False, [[0, 0, 0, 0], [0, 0, 0, 0]]),
        ],
    )
    def test_who_sees_whom(self, session, units, blocks, exclusive, seen):
        ones = tf.ones_initializer()
        made = bijectors.masked_dense(
            tf.constant(np.eye(4)), units, blocks, exclusive, kernel_initializer=ones
        )
        assert started(session, made)[0].T.tolist() == seen

    def test_the_layer_keeps_what_is_not_seen_at_0(self, session):
        bijectors.masked_dense(tf.constant(ROWS), 4, 4, use_bias=False)
        (kernel,) = tf.trainable_variables()
        cut = kernel.constraint(tf.ones([4, 4], tf.float64))
        drawn, kept = started(session, kernel, cut)
        assert np.tril(drawn, -1).tolist() == np.zeros((4, 4)).tolist()
        assert kept.tolist() == np.triu(np.ones((4, 4))).tolist()

    def test_the_length_of_vectors_has_to_be_known(self, graph):
        with pytest.raises(NotImplementedError, match="must be known prior to graph execution"):
            bijectors.masked_dense(tf.placeholder(tf.float32), 4, 4)


class TestBatchNormalization:
    EPSILON = 1e-3

    def test_a_batch_is_normalised_on_the_way_back(self, session):
        made = bijectors.BatchNormalization()
        found, volume = started(
            session, made.inverse(ROWS), made.inverse_log_det_jacobian(tf.constant(ROWS), 1)
        )
        width = ROWS.var(0) + self.EPSILON
        assert found == pytest.approx((ROWS - ROWS.mean(0)) / np.sqrt(width), rel=1e-5)
        assert volume == pytest.approx(-0.5 * np.log(width).sum())

    def test_statistics_follow_batches(self, session):
        made = bijectors.BatchNormalization(tf.layers.BatchNormalization(momentum=0.5), name="mine")
        normal = made.inverse(tf.constant(ROWS, tf.float32))
        assert (made.name, made.forward_min_event_ndims) == ("mine", 1)
        started(session, normal)
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        assert len(updates) == 2
        session.run(updates)
        zeros = tf.zeros([3, 4])
        there = session.run(made.forward(zeros))
        assert there == pytest.approx(np.tile(0.5 * ROWS.mean(0), [3, 1]), rel=1e-5)
        volume = session.run(made.forward_log_det_jacobian(zeros, 1))
        known = 0.5 * np.log(0.5 + 0.5 * ROWS.var(0) + self.EPSILON).sum()
        assert volume == pytest.approx(known, rel=1e-4)

    @pytest.mark.parametrize(
        ("layer", "message"),
        [
            (lambda: tf.layers.Dense(3), "must be an instance of BatchNormalization"),
            (lambda: tf.layers.BatchNormalization(renorm=True), "not support renormalization"),
            (
                lambda: tf.layers.BatchNormalization(virtual_batch_size=2),
                "not support virtual batch sizes",
            ),
        ],
    )
    def test_other_layers_are_refused(self, graph, layer, message):
        with pytest.raises(ValueError, match=message):
            bijectors.BatchNormalization(layer())

    def test_shapes_have_to_be_known(self, graph):
        with pytest.raises(ValueError, match="Input must have shape known"):
            bijectors.BatchNormalization().forward(tf.placeholder(tf.float32, [None, 3]))
