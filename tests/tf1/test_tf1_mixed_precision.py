"""contrib.mixed_precision: scales and steps over many runs, against the same loop in Python."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphkit.tf1 as tf

mixed = tf.contrib.mixed_precision


class Scale:
    """The scale as its documentation says it: it grows after good steps, shrinks after bad ones."""

    def __init__(self, start, grow_every, shrink_every, up, down):
        self.scale, self.good, self.bad = np.float32(start), 0, 0
        self.every, self.ratios = (grow_every, shrink_every), (up, down)

    def update(self, finite):
        self.good, self.bad = (self.good + 1, self.bad) if finite else (0, self.bad + 1)
        if finite and self.good >= self.every[0]:
            grown = self.scale * np.float32(self.ratios[0])
            self.scale = grown if np.isfinite(grown) else self.scale
            self.good = self.bad = 0
        elif not finite and self.bad >= self.every[1]:
            self.scale = max(np.float32(1), self.scale * np.float32(self.ratios[1]))
            self.good = self.bad = 0
        return self.scale


class TestScale:
    @pytest.mark.parametrize(
        "settings",
        [
            (16.0, 1, 1, 2.0, 0.5),
            (16.0, 2, 1, 4.0, 0.25),
            (3.0, 3, 2, 1.5, 0.1),
            (1.0, 1, 3, 2, 0.8),
        ],
    )
    def test_every_order_of_steps_is_followed(self, graph, settings):
        manager = mixed.ExponentialUpdateLossScaleManager(*settings)
        finite = tf.placeholder(tf.bool, [])
        update, scale = manager.update_loss_scale(finite), manager.get_loss_scale()
        start = tf.global_variables_initializer()
        with tf.Session() as session:
            for order in itertools.product([True, False], repeat=5):
                session.run(start)
                reference = Scale(*settings)
                for step in order:
                    session.run(update, {finite: step})
                    assert session.run(scale) == pytest.approx(reference.update(step)), order

    def test_the_scale_goes_on_from_a_checkpoint(self, graph, tmp_path):
        manager = mixed.ExponentialUpdateLossScaleManager(8.0, 2)
        update = manager.update_loss_scale(tf.constant(True))
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                session.run(update)
            path = saver.save(session, str(tmp_path / "c"))
        keys = sorted(name for name, _ in tf.train.list_variables(path))
        assert keys == ["bad_steps", "good_steps", "loss_scale"]
        with tf.Session() as session:
            saver.restore(session, path)
            assert session.run(manager.get_loss_scale()) == 16.0
            # One good step was made before; the second makes it grow.
            session.run(update)
            assert session.run(manager.get_loss_scale()) == 32.0

    @pytest.mark.parametrize("start", [8, 8.0, np.float64(8), "tensor"])
    def test_the_start_comes_in_any_form(self, graph, session, start):
        given = tf.constant(8.0) if start == "tensor" else start
        manager = mixed.ExponentialUpdateLossScaleManager(given, 1)
        session.run(tf.global_variables_initializer())
        assert manager.get_loss_scale().dtype.base_dtype == tf.float32
        assert session.run(manager.get_loss_scale()) == 8.0

    def test_a_manager_of_ones_own(self, graph):
        class Squares(mixed.LossScaleManager):
            """2, 4, 16 …: squares itself, whatever the gradients were."""

            def __init__(self):
                self.scale = tf.Variable(2.0, trainable=False)

            def get_loss_scale(self):
                return self.scale

            def update_loss_scale(self, finite_grads):
                with tf.control_dependencies([finite_grads]):
                    return tf.assign(self.scale, tf.square(self.scale)).op

        manager = Squares()
        x = tf.get_variable("x", initializer=4.0)
        optimizer = mixed.LossScaleOptimizer(tf.train.GradientDescentOptimizer(0.5), manager)
        train = optimizer.minimize(x)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for step, expected in enumerate([4.0, 16.0, 256.0], 1):
                session.run(train)
                assert session.run([x, manager.scale]) == [4.0 - 0.5 * step, expected]


class TestSteps:
    def test_gradients_that_would_vanish_in_float16_do_not(self, graph):
        """2e-4 * 2e-4 is less than float16 can hold; 1024 times as much is not."""
        x, found = tf.get_variable("x", initializer=tf.constant([1.0], tf.float32)), {}
        small = tf.constant(2e-4, tf.float16)
        loss = tf.reduce_sum(tf.cast(x, tf.float16) * small) * small
        for scale in (1, 1024):
            optimizer = mixed.LossScaleOptimizer(
                tf.train.GradientDescentOptimizer(1.0), mixed.FixedLossScaleManager(scale)
            )
            ((found[scale], _),) = optimizer.compute_gradients(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            grads = session.run(found)
        # The smallest number of float16 is 6e-8, so that rounding leaves two thirds or nothing.
        assert grads[1] != pytest.approx([4e-8], rel=0.1)
        assert grads[1024] == pytest.approx([4e-8], rel=0.01)

    @pytest.mark.parametrize("inner", ["descent", "momentum", "adam"])
    def test_a_scale_changes_no_step(self, graph, inner):
        make = {
            "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
            "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
            "adam": lambda: tf.train.AdamOptimizer(0.1),
        }[inner]
        variables = [tf.get_variable(name, initializer=[3.0, -1.0]) for name in ("plain", "scaled")]
        scaled = mixed.LossScaleOptimizer(
            make(), mixed.ExponentialUpdateLossScaleManager(64.0, 1, 1)
        )
        train = [
            optimizer.minimize(tf.reduce_sum(tf.square(x)), var_list=[x])
            for optimizer, x in zip((make(), scaled), variables, strict=True)
        ]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(4):
                session.run(train)
            plain, other = session.run(variables)
        assert other == pytest.approx(plain, rel=1e-6)

    @pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
    @pytest.mark.parametrize("sparse", [False, True])
    def test_one_bad_number_stops_every_variable(self, graph, bad, sparse):
        x, other = (tf.get_variable(name, initializer=[1.0, 2.0]) for name in ("x", "other"))
        step = tf.train.get_or_create_global_step()
        value = tf.placeholder(tf.float32, [])
        grad = tf.stack([value, 1.0])
        if sparse:
            grad = tf.IndexedSlices(grad, tf.constant([0, 1]), tf.constant([2]))
        inner = tf.train.MomentumOptimizer(0.5, 0.9)
        manager = mixed.ExponentialUpdateLossScaleManager(16.0, 10, 1, decr_ratio=0.5)
        optimizer = mixed.LossScaleOptimizer(inner, manager)
        pairs = [(grad, x), (tf.constant([1.0, 1.0]), other)]
        train = optimizer.apply_gradients(pairs, global_step=step)
        watched = [x, other, inner.get_slot(other, "momentum"), step, manager.get_loss_scale()]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train, {value: bad})
            now = [np.asarray(part).tolist() for part in session.run(watched)]
            assert now == [[1.0, 2.0], [1.0, 2.0], [0.0, 0.0], 0, 8.0]
            session.run(train, {value: 1.0})
            now = [np.asarray(part).tolist() for part in session.run(watched)]
            assert now == [[0.5, 1.5], [0.5, 1.5], [1.0, 1.0], 1, 8.0]

    def test_rows_are_scaled_down_and_stay_rows(self, graph, session):
        table = tf.get_variable("table", initializer=np.ones([4, 2], np.float32))
        optimizer = mixed.LossScaleOptimizer(
            tf.train.GradientDescentOptimizer(1.0), mixed.FixedLossScaleManager(128)
        )
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [2, 0, 2]) * 3.0)
        ((grad, _),) = optimizer.compute_gradients(loss)
        assert isinstance(grad, tf.IndexedSlices)
        session.run(tf.global_variables_initializer())
        values, indices = session.run([grad.values, grad.indices])
        assert values.tolist() == [[3.0, 3.0]] * 3
        assert indices.tolist() == [2, 0, 2]
