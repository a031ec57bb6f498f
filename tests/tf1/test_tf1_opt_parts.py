"""contrib.opt's wrappers, decays and clips by hand, on both kinds of variables."""

from __future__ import annotations

import math

import numpy as np
import pytest

import graphkit.tf1 as tf

opt = tf.contrib.opt
START = np.array([[3.0, 4.0], [0.3, 0.4], [6.0, 8.0]], np.float32)


@pytest.fixture(params=["resource", "reference"])
def kind(request):
    """Variables of today, and those of 1.15 with its control flow."""
    if request.param == "reference":
        tf.disable_resource_variables()
        tf.disable_control_flow_v2()
    yield request.param
    tf.enable_control_flow_v2()
    tf.enable_resource_variables()


def variable(values=START, name="x"):
    return tf.get_variable(name, initializer=tf.constant(values, tf.float32))


def run(op, fetches, steps=1):
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        for _ in range(steps):
            session.run(op)
        return session.run(fetches)


def rows(x, *which):
    return tf.reduce_sum(tf.nn.embedding_lookup(x, list(which)))


def key(x):
    return x.ref() if tf.resource_variables_enabled() else x


class TestWeightDecay:
    """Both shrink before the step: x - decay * x, then the optimizer's own."""

    def momentum(self, **options):
        return opt.MomentumWOptimizer(0.1, learning_rate=0.5, momentum=0.0, **options)

    def test_all_of_a_variable_shrinks(self, graph, kind):
        x = variable()
        found = run(self.momentum().minimize(tf.reduce_sum(x)), x)
        assert found == pytest.approx(START * 0.9 - 0.5, abs=1e-6)

    def test_only_rows_with_gradients_shrink(self, graph, kind):
        x = variable()
        found = run(self.momentum().minimize(rows(x, 0, 2)), x)
        expected = START.copy()
        expected[[0, 2]] = expected[[0, 2]] * 0.9 - 0.5
        assert found == pytest.approx(expected, abs=1e-6)

    @pytest.mark.parametrize("sparse", [False, True])
    def test_variables_can_be_chosen(self, graph, kind, sparse):
        x, other = variable(), variable(name="other")
        loss = rows(x, 0, 1, 2) + rows(other, 0, 1, 2)
        if not sparse:
            loss = tf.reduce_sum(x) + tf.reduce_sum(other)
        optimizer = self.momentum()
        pairs = optimizer.compute_gradients(loss)
        train = optimizer.apply_gradients(pairs, decay_var_list=[other])
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            found = session.run([x, other])
        assert found[0] == pytest.approx(START - 0.5, abs=1e-6)
        assert found[1] == pytest.approx(START * 0.9 - 0.5, abs=1e-6)

    def test_a_choice_for_minimize_has_no_effect(self, graph):
        x, other = variable(), variable(name="other")
        loss = tf.reduce_sum(x) + tf.reduce_sum(other)
        train = self.momentum().minimize(loss, decay_var_list=[other])
        assert run(train, x) == pytest.approx(START * 0.9 - 0.5, abs=1e-6)

    def test_the_share_may_be_a_function(self, graph, kind):
        x = variable()
        optimizer = opt.MomentumWOptimizer(lambda: tf.constant(0.2), 0.5, 0.0)
        found = run(optimizer.minimize(tf.reduce_sum(x)), x)
        assert found == pytest.approx(START * 0.8 - 0.5, abs=1e-6)

    def test_adam_takes_its_first_step_from_what_is_left(self, graph, kind):
        x = variable()
        found = run(opt.AdamWOptimizer(0.1, 0.01).minimize(tf.reduce_sum(x * 7)), x)
        assert found == pytest.approx(START * 0.9 - 0.01, abs=1e-5)

    def test_any_optimizer_can_be_extended(self, graph, kind):
        made = opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
        assert issubclass(made, tf.train.GradientDescentOptimizer)
        assert issubclass(made, opt.DecoupledWeightDecayExtension)
        x = variable()
        train = made(weight_decay=0.1, learning_rate=0.5).minimize(tf.reduce_sum(x))
        assert run(train, x) == pytest.approx(START * 0.9 - 0.5, abs=1e-6)

    def test_gradients_are_those_before_anything_shrinks(self, graph, kind):
        x = variable([2.0])
        other = variable([5.0], "other")
        train = self.momentum().minimize(tf.reduce_sum(x * other))
        with tf.Session() as session:
            for _ in range(5):
                session.run(tf.global_variables_initializer())
                session.run(train)
                # 2 * 0.9 - 0.5 * 5 and 5 * 0.9 - 0.5 * 2
                assert session.run(x) == pytest.approx([-0.7])
                assert session.run(other) == pytest.approx([3.5])


class TestClipping:
    def clipped(self, x, axes, loss, **options):
        inner = tf.train.GradientDescentOptimizer(0.0)
        optimizer = opt.VariableClippingOptimizer(inner, {key(x): axes}, 1.0, **options)
        return run(optimizer.minimize(loss), x)

    @pytest.mark.parametrize("colocated", [False, True])
    def test_each_row_is_cut_to_a_norm(self, graph, kind, colocated):
        x = variable()
        found = self.clipped(
            x, [1], tf.reduce_sum(x), colocate_clip_ops_with_vars=colocated, use_locking=True
        )
        assert found == pytest.approx(np.array([[0.6, 0.8], [0.3, 0.4], [0.6, 0.8]]), abs=1e-6)

    @pytest.mark.parametrize("colocated", [False, True])
    def test_only_rows_with_gradients_are_cut(self, graph, kind, colocated):
        x = variable()
        found = self.clipped(x, [1], rows(x, 0), colocate_clip_ops_with_vars=colocated)
        assert found == pytest.approx(np.array([[0.6, 0.8], *START[1:]]), abs=1e-6)

    def test_a_norm_over_rows_needs_all_of_them(self, graph, kind):
        x = variable()
        found = self.clipped(x, [0, 1], rows(x, 0))
        assert found == pytest.approx(START / np.sqrt((START**2).sum()), abs=1e-6)

    def test_small_variables_stay(self, graph, kind):
        x = variable(START / 100)
        assert self.clipped(x, [1], tf.reduce_sum(x)) == pytest.approx(START / 100)

    def test_the_step_counts_and_the_name_is_given(self, graph):
        x, step = variable(), tf.train.get_or_create_global_step()
        inner = tf.train.GradientDescentOptimizer(0.0)
        optimizer = opt.VariableClippingOptimizer(inner, {key(x): [1]}, 1.0)
        train = optimizer.minimize(tf.reduce_sum(x), global_step=step)
        assert run(train, step, steps=3) == 3


class TestStaleGradients:
    def stale(self, by, allowed):
        x, step = variable([1.0]), tf.train.get_or_create_global_step()
        inner = tf.train.GradientDescentOptimizer(0.5)
        optimizer = opt.DropStaleGradientOptimizer(inner, allowed)
        pairs = optimizer.compute_gradients(tf.reduce_sum(x))
        # Other workers come in between.
        with tf.control_dependencies([pairs[0][0]]):
            grad = tf.identity(pairs[0][0])
            others = [tf.assign_add(step, by)] if by else []
        with tf.control_dependencies(others):
            grad = tf.identity(grad)
        dropped = optimizer.apply_gradients([(grad, x)], global_step=step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            count = session.run(dropped)
            return count, session.run(x).tolist()

    @pytest.mark.parametrize(
        ("by", "allowed", "expected"),
        [(0, 0, (0.0, [0.5])), (2, 2, (0.0, [0.5])), (3, 2, (1.0, [1.0]))],
    )
    def test_gradients_that_are_too_old_are_dropped(self, graph, kind, by, allowed, expected):
        assert self.stale(by, allowed) == expected

    def test_rows_come_through(self, graph, kind):
        x, step = variable(), tf.train.get_or_create_global_step()
        optimizer = opt.DropStaleGradientOptimizer(tf.train.GradientDescentOptimizer(1.0), 5)
        train = optimizer.minimize(rows(x, 1), global_step=step)
        found = run(train, x)
        assert found == pytest.approx(START - np.array([[0, 0], [1, 1], [0, 0]]))


class TestTasksInTurns:
    def trained(self, gradient, steps=2):
        x = variable([1.0])
        wrapped = opt.MultitaskOptimizerWrapper(tf.train.MomentumOptimizer(0.5, 0.9))
        train = wrapped.apply_gradients([(tf.constant([gradient]), x)])
        return run(train, [x, wrapped.get_slot(x, "momentum")], steps)

    def test_a_gradient_of_zero_changes_nothing(self, graph, kind):
        x, momentum = self.trained(0.0)
        assert (x.tolist(), momentum.tolist()) == ([1.0], [0.0])

    def test_any_other_is_applied(self, graph, kind):
        x, momentum = self.trained(1.0)
        assert momentum == pytest.approx([1.9])
        assert x == pytest.approx([1.0 - 0.5 - 0.95])

    def test_rows_of_zeros_change_nothing(self, graph, kind):
        x = variable()
        wrapped = opt.MultitaskOptimizerWrapper(tf.train.AdagradOptimizer(0.5))
        found = run(wrapped.minimize(rows(x, 0) * 0.0), x)
        assert found.tolist() == START.tolist()

    @pytest.mark.parametrize("other", [None, "adam", object()])
    def test_only_optimizers_can_be_wrapped(self, other):
        with pytest.raises(TypeError, match=r"must be an instance of tf\.train\.Optimizer"):
            opt.MultitaskOptimizerWrapper(other)

    @pytest.mark.parametrize(("limit", "share"), [(20.0, 1.0), (2.5, 0.5)])
    def test_gradients_are_cut_to_a_common_norm(self, graph, session, limit, share):
        pairs = [(tf.constant([3.0]), "a"), (tf.constant([4.0]), "b")]
        cut, norm = opt.clip_gradients_by_global_norm(pairs, limit)
        assert [name for _, name in cut] == ["a", "b"]
        found = session.run([part for part, _ in cut])
        assert np.ravel(found) == pytest.approx([3 * share, 4 * share])
        assert session.run(norm) == 5.0


class TestLayerRates:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"momentum": -0.1}, "momentum should be positive: -0.1"),
            ({"weight_decay": -1.0}, "weight_decay should be positive: -1.0"),
        ],
    )
    def test_negative_settings_are_refused(self, options, message):
        with pytest.raises(ValueError, match=message):
            opt.LARSOptimizer(0.1, **options)

    @pytest.mark.parametrize("nesterov", [False, True])
    def test_two_steps_by_hand(self, graph, kind, nesterov):
        x = variable()
        optimizer = opt.LARSOptimizer(0.5, 0.9, 0.01, eeta=0.1, use_nesterov=nesterov)
        found = run(optimizer.minimize(tf.reduce_sum(tf.square(x)) / 2), x, steps=2)
        expected, average = START.astype(np.float64), 0.0
        for _ in range(2):
            norm = np.linalg.norm(expected)
            rate = 0.5 * 0.1 * norm / (norm + 0.01 * norm)
            scaled = rate * (expected + 0.01 * expected)
            average = 0.9 * average + scaled
            expected = expected - (scaled + 0.9 * average if nesterov else average)
        assert found == pytest.approx(expected, rel=1e-5)

    def test_variables_of_the_list_are_not_scaled(self, graph):
        x = variable(name="layer/bias")
        rate, _ = opt.LARSOptimizer(0.5, skip_list=["bias"]).compute_lr(tf.ones([3, 2]), x)
        assert rate == 0.5
        train = opt.LARSOptimizer(0.5, 0.0, skip_list=["bias"]).minimize(tf.reduce_sum(x))
        assert run(train, x) == pytest.approx(START - 0.5)

    @pytest.mark.parametrize("start", [0.0, 1.0])
    def test_without_a_norm_the_rate_is_the_rate(self, graph, start):
        x = variable([start])
        rate, _ = opt.LARSOptimizer(0.5).compute_lr(tf.constant([1.0 - start]), x)
        assert run(tf.no_op(), rate) == pytest.approx(0.5)


class TestDecays:
    @pytest.mark.parametrize("step", [0, 3, 10, 15])
    def test_a_line(self, graph, session, step):
        from graphkit.tf1.contrib.opt.python.training import sign_decay

        found = session.run(sign_decay.get_linear_decay_fn(10)(tf.constant(step)))
        assert found == pytest.approx(1 - min(step, 10) / 10)

    @pytest.mark.parametrize("step", [0, 2, 5, 8, 12])
    @pytest.mark.parametrize(("periods", "zero_after"), [(0.5, None), (2, None), (2, 1)])
    def test_a_cosine(self, graph, session, step, periods, zero_after):
        from graphkit.tf1.contrib.opt.python.training import sign_decay

        fraction = 2 * periods * min(step, 10) / 10
        expected = 0.5 * (1 + math.cos(math.pi * fraction))
        if zero_after is not None and fraction >= 2 * zero_after:
            expected = 0.0
        decay = sign_decay.get_cosine_decay_fn(10, periods, zero_after)
        assert session.run(decay(tf.constant(step))) == pytest.approx(expected, abs=1e-6)

    @pytest.mark.parametrize("step", [0, 2, 4, 6, 9])
    @pytest.mark.parametrize("zero_after", [None, 1])
    def test_a_cosine_that_starts_again(self, graph, session, step, zero_after):
        from graphkit.tf1.contrib.opt.python.training import sign_decay

        falls = 2 * step / 10
        expected = 0.5 * (1 + math.cos(math.pi * (falls % 1)))
        if zero_after is not None and falls >= zero_after:
            expected = 0.0
        decay = sign_decay.get_restart_decay_fn(10, 2, zero_after)
        assert session.run(decay(tf.constant(step))) == pytest.approx(expected, abs=1e-6)

    @pytest.mark.parametrize("kind_of_decay", ["linear", "cosine", "restart"])
    def test_a_step_is_required(self, graph, kind_of_decay):
        from graphkit.tf1.contrib.opt.python.training import sign_decay

        decay = getattr(sign_decay, f"get_{kind_of_decay}_decay_fn")(10)
        with pytest.raises(ValueError, match="global_step is required for"):
            decay(None)


class TestMovingAverage:
    def made(self, **options):
        x = variable([1.0])
        inner = tf.train.GradientDescentOptimizer(0.5)
        optimizer = opt.MovingAverageOptimizer(inner, 0.75, **options)
        return x, optimizer, optimizer.minimize(tf.reduce_sum(x))

    def test_the_average_follows(self, graph, kind):
        x, _, train = self.made()
        (average,) = [v for v in tf.global_variables() if v is not x]
        found = run(train, [x, average], steps=2)
        assert found[0] == pytest.approx([0.0])
        # 0.75 * 1 + 0.25 * 0.5, then 0.75 of that and nothing.
        assert found[1] == pytest.approx([0.75 * 0.875])

    def test_few_updates_make_the_decay_smaller(self, graph, kind):
        x, _, train = self.made(num_updates=0)
        (average,) = [v for v in tf.global_variables() if v is not x]
        assert run(train, average) == pytest.approx([0.1 * 1.0 + 0.9 * 0.5])

    def test_a_saver_needs_averages(self, graph):
        variable([1.0])
        optimizer = opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.5))
        with pytest.raises(RuntimeError, match="Must call apply_gradients or minimize before"):
            optimizer.swapping_saver()

    def test_a_saver_without_the_average_is_refused(self, graph, kind):
        x, optimizer, _ = self.made()
        with pytest.raises(ValueError, match=r"Variable to swap x/.* is not part of variables"):
            optimizer.swapping_saver([x])

    @pytest.mark.parametrize("named", [False, True])
    def test_a_saver_swaps(self, graph, kind, tmp_path, named):
        x, optimizer, train = self.made()
        chosen = {v.op.name: v for v in tf.global_variables()} if named else None
        saver = optimizer.swapping_saver(chosen)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            path = saver.save(session, str(tmp_path / "c"))
            assert session.run(x) == pytest.approx([0.5])
        reader = tf.train.load_checkpoint(path)
        assert reader.get_tensor("x") == pytest.approx([0.875])
        (other,) = set(reader.get_variable_to_shape_map()) - {"x"}
        assert reader.get_tensor(other) == pytest.approx([0.5])
