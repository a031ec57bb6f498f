"""contrib.opt's workers and wrappers over many steps, against the same loop in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

opt = tf.contrib.opt
START, TARGET = np.array([2.0, -1.0]), np.array([0.5, 0.25])
STEPS = 7


@pytest.fixture(params=["resource", "reference"], autouse=True)
def kind(request):
    """Variables of today, and those of 1.15 with its control flow."""
    if request.param == "reference":
        tf.disable_resource_variables()
        tf.disable_control_flow_v2()
    yield request.param
    tf.enable_control_flow_v2()
    tf.enable_resource_variables()


def distance(x):
    """A loss with the gradient `x - TARGET`."""
    return tf.reduce_sum(tf.square(x - tf.constant(TARGET, tf.float32))) / 2


def worker(getter, make):
    """A variable of a worker, its shared twin, the global step, and the op of a step."""
    custom = getter("/cpu:0")
    with tf.variable_scope("", custom_getter=custom):
        x = tf.get_variable("x", initializer=tf.constant(START, tf.float32))
    step = tf.train.get_or_create_global_step()
    optimizer = make(tf.train.GradientDescentOptimizer(0.25), custom)
    train = optimizer.minimize(distance(x), global_step=step)
    (shared,) = (v for v in tf.global_variables() if "global_center" in v.op.name)
    return {"x": x, "shared": shared, "step": step}, train, optimizer


def values_after_each(train, fetches, steps=STEPS, start=()):
    """What the variables hold after every step."""
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run(list(start))
        found = []
        for _ in range(steps):
            session.run(train)
            found.append(session.run(fetches))
    return found


def assert_equal(found, reference):
    for number, (now, then) in enumerate(zip(found, reference, strict=True)):
        for name, value in then.items():
            np.testing.assert_allclose(now[name], value, rtol=1e-5, atol=1e-6, err_msg=f"{number}")


@pytest.mark.parametrize("period", [1, 2, 3])
class TestWorkers:
    @pytest.mark.parametrize(("rate", "rho"), [(0.4, 0.5), (None, None), (0.1, 0.0)])
    def test_elastic_averaging(self, graph, period, rate, rho):
        fetches, train, _ = worker(
            opt.ElasticAverageCustomGetter,
            lambda inner, getter: opt.ElasticAverageOptimizer(
                inner, 3, getter, communication_period=period, moving_rate=rate, rho=rho
            ),
        )
        # Zhang et al. 2015: a rate of 0.9 / period / workers unless given, and rho * lr = rate.
        moving = 0.9 / period / 3 if rate is None else rate
        weight = moving / 0.25 if rho is None else rho
        x, centre, seen, count, reference = START, START, START, 0, []
        for step in range(1, STEPS + 1):
            x = x - 0.25 * (x - TARGET + weight * (x - seen))
            if step % period == 0:
                seen = centre
                pull = moving * (x - seen)
                x, centre, count = x - pull, centre + pull, count + 1
            reference.append({"x": x, "shared": centre, "step": count})
        assert_equal(values_after_each(train, fetches), reference)

    def test_averaged_gradients(self, graph, period):
        fetches, train, optimizer = worker(
            opt.AGNCustomGetter,
            lambda inner, getter: opt.AGNOptimizer(inner, 1, getter, communication_period=period),
        )
        x, shared, total, count, reference = START, START, np.zeros(2), 0, []
        for step in range(1, STEPS + 1):
            grad = x - TARGET
            x, total = x - 0.25 * grad, total + grad
            if step % period == 0:
                shared, total, count = shared - 0.25 * total / period, np.zeros(2), count + 1
                x = shared
            reference.append({"x": x, "shared": shared, "step": count})
        init = optimizer.get_init_op(0)
        assert_equal(values_after_each(train, fetches, start=[init]), reference)

    def test_averaged_models(self, graph, period):
        fetches, train, _ = worker(
            opt.ModelAverageCustomGetter,
            lambda inner, getter: opt.ModelAverageOptimizer(
                inner, 1, True, getter, interval_steps=period
            ),
        )
        x, shared, count, reference = START, START, 0, []
        for step in range(1, STEPS + 1):
            x = x - 0.25 * (x - TARGET)
            if step % period == 0:
                shared, count = x, count + 1
            reference.append({"x": x, "shared": shared, "step": count})
        assert_equal(values_after_each(train, fetches), reference)


class TestCollections:
    @pytest.mark.parametrize(
        ("getter", "twins"),
        [
            (opt.AGNCustomGetter, {"grad_variable"}),
            (opt.ElasticAverageCustomGetter, {"local_center_variable"}),
            (opt.ModelAverageCustomGetter, set()),
        ],
        ids=["agn", "elastic", "model_average"],
    )
    def test_only_the_shared_twin_is_global(self, graph, getter, twins):
        with tf.variable_scope("", custom_getter=getter("/cpu:0")):
            x = tf.get_variable("layer/x", [2])
        assert [v.op.name for v in tf.global_variables()] == ["global_center_variable/layer/x"]
        expected = {f"{twin}/layer/x" for twin in twins} | {"layer/x"}
        assert {v.op.name for v in tf.local_variables()} == expected
        assert tf.trainable_variables() == [x]

    def test_slots_of_a_worker_are_local_and_those_of_the_shared_variable_global(self, graph):
        custom = opt.AGNCustomGetter("/cpu:0")
        with tf.variable_scope("", custom_getter=custom):
            x = tf.get_variable("x", initializer=tf.constant(START, tf.float32))
        inner = tf.train.MomentumOptimizer(0.1, 0.9)
        opt.AGNOptimizer(inner, 1, custom).minimize(distance(x))
        local = {v.op.name for v in tf.local_variables()}
        shared = {v.op.name for v in tf.global_variables()}
        assert "x/Momentum" in local
        assert "global_center_variable/x/Momentum" in shared
        assert not local & shared


class TestMovingAverage:
    def made(self, **options):
        x = tf.get_variable("x", initializer=tf.constant(START, tf.float32))
        inner = tf.train.MomentumOptimizer(0.25, 0.5)
        optimizer = opt.MovingAverageOptimizer(inner, average_decay=0.8, **options)
        train = optimizer.minimize(distance(x))
        (average,) = (v for v in tf.global_variables() if "ExponentialMovingAverage" in v.op.name)
        return x, average, train, optimizer

    @pytest.mark.parametrize("updates", [None, 0, 3])
    def test_it_follows_the_weights(self, graph, updates):
        x, average, train, _ = self.made(num_updates=updates)
        decay = 0.8 if updates is None else min(0.8, (1 + updates) / (10 + updates))
        now, momentum, mean, reference = START, 0.0, START, []
        for _ in range(STEPS):
            momentum = 0.5 * momentum + now - TARGET
            now = now - 0.25 * momentum
            mean = decay * mean + (1 - decay) * now
            reference.append({"x": now, "average": mean})
        assert_equal(values_after_each(train, {"x": x, "average": average}), reference)

    def test_what_is_saved_is_evaluated_by_a_plain_saver(self, graph, tmp_path):
        x, average, train, optimizer = self.made()
        saver, plain = optimizer.swapping_saver(), tf.train.Saver()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(3):
                session.run(train)
            weights, mean = session.run([x, average])
            path = saver.save(session, str(tmp_path / "c"))
        with tf.Session() as session:
            plain.restore(session, path)
            assert session.run(x) == pytest.approx(mean)
            saver.restore(session, path)
            # Training goes on with the weights.
            assert session.run(x) == pytest.approx(weights)
            assert session.run(average) == pytest.approx(mean)

    def test_keys_are_those_of_a_plain_saver(self, graph, tmp_path):
        *_, optimizer = self.made()
        saver = optimizer.swapping_saver()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            path = saver.save(session, str(tmp_path / "c"))
        keys = sorted(name for name, _ in tf.train.list_variables(path))
        assert keys == ["x", "x/ExponentialMovingAverage", "x/Momentum"]

    def test_variables_that_are_not_trained_stay_under_their_names(self, graph, tmp_path):
        other = tf.get_variable("other", initializer=3.0, trainable=False)
        *_, optimizer = self.made()
        saver = optimizer.swapping_saver()
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            path = saver.save(session, str(tmp_path / "c"))
        assert tf.train.load_checkpoint(path).get_tensor(other.op.name) == 3.0


class TestWrappers:
    def test_clipping_follows_every_step(self, graph):
        x = tf.get_variable("x", initializer=tf.constant(np.stack([START, -START]), tf.float32))
        clipped = opt.VariableClippingOptimizer(
            tf.train.AdagradOptimizer(0.5), {x.ref(): [1]}, 1.25
        )
        train = clipped.minimize(distance(x))
        now, sums, reference = np.array([START, -START]), np.full([2, 2], 0.1), []
        for _ in range(STEPS):
            grad = now - TARGET
            sums = sums + grad**2
            now = now - 0.5 * grad / np.sqrt(sums)
            norm = np.linalg.norm(now, axis=1, keepdims=True)
            now = now * np.minimum(1.0, 1.25 / norm)
            reference.append({"x": now})
        assert_equal(values_after_each(train, {"x": x}), reference)

    @pytest.mark.parametrize("wrapped", [True, False])
    def test_tasks_in_turns_keep_each_others_momentum(self, graph, wrapped):
        x = tf.get_variable("x", initializer=tf.constant(START, tf.float32))
        turn = tf.placeholder(tf.float32, [])
        optimizer = tf.train.MomentumOptimizer(0.25, 0.9)
        if wrapped:
            optimizer = opt.MultitaskOptimizerWrapper(optimizer)
        train = optimizer.minimize(distance(x) * turn)
        fetches = {"x": x, "momentum": optimizer.get_slot(x, "momentum")}
        now, kept = START, np.zeros(2)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for step in range(STEPS):
                session.run(train, {turn: step % 2})
                if step % 2 or not wrapped:
                    kept = 0.9 * kept + (now - TARGET) * (step % 2)
                    now = now - 0.25 * kept
                assert_equal([session.run(fetches)], [{"x": now, "momentum": kept}])

    @pytest.mark.parametrize("allowed", [0, 1, 2])
    def test_gradients_too_old_are_counted_and_dropped(self, graph, allowed):
        """Another worker makes 0, 1, 2, 0, 1, 2 … steps while the gradient is computed."""
        x = tf.get_variable("x", initializer=tf.constant(START, tf.float32))
        step = tf.train.get_or_create_global_step()
        others = tf.placeholder(tf.int64, [])
        optimizer = opt.DropStaleGradientOptimizer(tf.train.GradientDescentOptimizer(0.25), allowed)
        ((grad, _),) = optimizer.compute_gradients(distance(x), [x])
        with tf.control_dependencies([grad]):
            counted = tf.assign_add(step, others)
        with tf.control_dependencies([counted]):
            grad = tf.identity(grad)
        dropped = optimizer.apply_gradients([(grad, x)], global_step=step)
        now, count, passed = START, 0, 0
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for number in range(STEPS):
                old = number % 3
                found = session.run(dropped, {others: old})
                if old <= allowed:
                    now, passed = now - 0.25 * (now - TARGET), passed + 1
                else:
                    count += 1
                passed += old
                assert found == count
                assert session.run(x) == pytest.approx(now)
                assert session.run(step) == passed

    @pytest.mark.parametrize("limit", [0.5, 5.0])
    def test_a_common_norm_holds_for_all_gradients(self, graph, limit):
        x = tf.get_variable("x", initializer=tf.constant(START, tf.float32))
        y = tf.get_variable("y", initializer=tf.constant(-START, tf.float32))
        inner = tf.train.GradientDescentOptimizer(1.0)
        pairs = inner.compute_gradients(distance(x) + distance(y))
        cut, norm = opt.clip_gradients_by_global_norm(pairs, limit)
        grads = np.array([START - TARGET, -START - TARGET])
        scale = min(1.0, limit / np.linalg.norm(grads))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(norm) == pytest.approx(np.linalg.norm(grads))
            session.run(inner.apply_gradients(cut))
            found = session.run([x, y])
        assert np.array(found) == pytest.approx(np.array([START, -START]) - scale * grads)
