"""contrib.training's sampling by chance: how often examples come, within wide bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from queue_reading import numbers, reading, until_the_end

import graphkit.tf1 as tf

training = tf.contrib.training


def assert_expected(count, trials, probability):
    """A count lies within five deviations of what is expected."""
    deviation = math.sqrt(trials * probability * (1 - probability))
    assert abs(count - trials * probability) <= 5 * deviation + 1e-9


class TestRates:
    @pytest.mark.parametrize("rate", [0.3, 1.0, 4.0])
    def test_repetitions_are_poisson_numbers(self, graph, session, rate):
        count = 4000
        (found,) = training.resample_at_rate([tf.range(count)], tf.fill([count], rate), seed=3)
        times = np.bincount(session.run(found), minlength=count)
        # Of a Poisson number mean and variance are the rate.
        assert times.mean() == pytest.approx(rate, abs=5 * math.sqrt(rate / count))
        assert times.var() == pytest.approx(rate, rel=0.15)
        assert_expected((times == 0).sum(), count, math.exp(-rate))

    @pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
    def test_examples_stay_in_order_and_together(self, graph, session, dtype):
        values = tf.random_normal([50, 3], seed=1)
        rates = tf.linspace(tf.constant(0.0, dtype), tf.constant(3.0, dtype), 50)
        place, rows, whole = session.run(
            [*training.resample_at_rate([tf.range(50), values], rates, seed=2), values]
        )
        assert (np.diff(place) >= 0).all()
        assert (rows == whole[place]).all()

    @pytest.mark.parametrize("given", ["list", "array", "tensor"])
    def test_rates_come_in_any_form(self, graph, session, given):
        rates = {
            "list": [0.0, 30.0],
            "array": np.array([0.0, 30.0], np.float32),
            "tensor": tf.constant([0.0, 30.0]),
        }[given]
        (found,) = training.resample_at_rate([tf.constant([b"a", b"b"])], rates, seed=1)
        assert set(session.run(found)) == {b"b"}

    def test_another_seed_is_another_choice(self, graph, session):
        rates = tf.fill([200], 1.0)
        made = [training.resample_at_rate([tf.range(200)], rates, seed=n)[0] for n in (1, 1, 2)]
        one, again, other = (session.run(part).tolist() for part in made)
        assert one == again
        assert one != other

    def test_static_shapes_forget_the_number(self, graph):
        rates = tf.ones([4])
        found = training.resample_at_rate([tf.ones([4, 2, 3]), tf.ones([4])], rates)
        assert [part.shape.as_list() for part in found] == [[None, 2, 3], [None]]


class TestWeights:
    @pytest.mark.parametrize("decay", [0.0, 0.5, 0.9])
    def test_the_mean_of_weights_is_a_debiased_moving_average(self, graph, decay):
        weights = tf.placeholder(tf.float32, [3])
        (place,), rates = training.weighted_resample(
            [tf.range(3)], weights, 20.0, mean_decay=decay, seed=1
        )
        given = np.array([[1.0, 2.0, 3.0], [4.0, 4.0, 1.0], [0.5, 0.5, 8.0], [2.0, 1.0, 1.0]])
        kept = 0.0
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            for step, row in enumerate(given, 1):
                found, rate = session.run([place, rates], {weights: row})
                kept = decay * kept + (1 - decay) * row.mean()
                mean = kept / (1 - decay**step)
                assert rate == pytest.approx((20.0 * row / mean)[found], rel=1e-4)

    def test_a_share_of_all_examples_remains(self, graph):
        weights = tf.constant(np.tile([0.5, 1.0, 1.5], 1000), tf.float32)
        (place,), _ = training.weighted_resample(
            [tf.range(3000)], weights, 0.5, mean_decay=0.0, seed=4
        )
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            found = session.run(place)
        assert len(found) == pytest.approx(1500, abs=5 * math.sqrt(1500))
        each = np.bincount(found % 3)
        for times, share in zip(each, [1 / 6, 2 / 6, 3 / 6], strict=True):
            assert_expected(times, len(found), share)


class TestRejection:
    @pytest.mark.parametrize("probability", [0.0, 0.25, 0.9])
    def test_each_example_comes_with_its_probability(self, graph, probability):
        """Odd examples always come, even ones with a probability."""
        tf.set_random_seed(5)
        count = 600
        number = numbers(count)

        def accept(parts):
            return tf.where(tf.equal(parts[0] % 2, 1), 1.0, probability)

        (batch,) = training.rejection_sample([number], accept, 1)
        with reading(graph) as session:
            found = np.concatenate(list(until_the_end(session, batch)))
        assert found[found % 2 == 1].tolist() == list(range(1, count, 2))
        assert (np.diff(found) > 0).all()
        assert_expected((found % 2 == 0).sum(), count // 2, probability)

    def test_the_probability_can_depend_on_all_tensors(self, graph):
        number = numbers(20)
        sums = training.rejection_sample(
            [number, number * 2],
            lambda parts: tf.cast(tf.less(parts[0] + parts[1], 15), tf.float32),
            5,
        )
        with reading(graph) as session:
            found = session.run(sums)
        assert [part.tolist() for part in found] == [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8]]

    @pytest.mark.parametrize(("threads", "pre"), [(1, 1), (3, 2)])
    def test_threads_lose_and_repeat_nothing(self, graph, threads, pre):
        source = tf.reshape(numbers(30), [1])
        (batch,) = training.rejection_sample(
            [source],
            lambda parts: tf.constant(1.0),
            3,
            queue_threads=threads,
            enqueue_many=True,
            prebatch_threads=pre,
        )
        with reading(graph) as session:
            found = np.concatenate(list(until_the_end(session, batch)))
        assert sorted(found.tolist()) == list(range(30))


class TestClasses:
    @pytest.mark.parametrize("known", [True, False])
    def test_classes_come_as_often_as_asked(self, graph, known):
        tf.set_random_seed(9)
        labels = np.tile([0, 1, 1, 2, 2, 2, 2, 2], 50).astype(np.int32)
        target, initial = [0.5, 0.3, 0.2], [1 / 8, 2 / 8, 5 / 8]
        (values,), found = training.stratified_sample(
            [tf.constant(labels) + 10],
            tf.constant(labels),
            target,
            500,
            init_probs=initial if known else None,
            enqueue_many=True,
        )
        with reading(graph) as session:
            got, classes = session.run([values, found])
        assert (got == classes + 10).all()
        for label, share in enumerate(target):
            # Shares that are counted start from ten of each class, so they are a little off.
            slack = 0 if known else 20
            times = (classes == label).sum()
            bound = 5 * math.sqrt(500 * share * (1 - share)) + slack
            assert abs(times - 500 * share) <= bound

    def test_acceptance_makes_the_target_of_what_comes(self, graph, session):
        from graphkit.tf1._contrib._training._sampling import _acceptance

        rng = np.random.default_rng(0)
        for _ in range(5):
            initial, target = rng.dirichlet(np.ones(4), 2).astype(np.float32)
            accepted = session.run(_acceptance(tf.constant(initial), tf.constant(target)))
            # The rarest class relative to what is asked is always kept.
            assert accepted.max() == pytest.approx(1.0)
            kept = accepted * initial
            assert kept / kept.sum() == pytest.approx(target, rel=1e-4)

    def test_static_shapes_and_dtypes(self, graph):
        (batch,), labels = training.stratified_sample(
            [tf.zeros([2, 3], tf.float64)], tf.constant(1, tf.int64), [0.5, 0.5], 7
        )
        assert (batch.dtype, batch.shape.as_list()) == (tf.float64, [7, 2, 3])
        assert (labels.dtype, labels.shape.as_list()) == (tf.int64, [7])


class TestServers:
    def test_a_hash_spreads_names_evenly(self, graph):
        ops = [tf.no_op(name=f"layer{n}/weights") for n in range(400)]
        strategy = training.RandomStrategy(4)
        times = np.bincount([strategy(op) for op in ops], minlength=4)
        for count in times:
            assert_expected(count, 400, 1 / 4)

    def test_a_choice_depends_on_the_name_only(self, graph):
        first = training.RandomStrategy(7, 3)(tf.no_op(name="same"))
        with tf.Graph().as_default():
            tf.no_op(name="before")
            assert training.RandomStrategy(7, 3)(tf.no_op(name="same")) == first

    def test_loads_end_nearly_equal(self, graph):
        sizes = [int(size) for size in np.random.default_rng(1).integers(1, 50, 60)]
        made = [tf.placeholder(tf.float32, [size], name=f"v{n}") for n, size in enumerate(sizes)]
        strategy = training.GreedyLoadBalancingStrategy(3, training.byte_size_load_fn)
        loads = np.zeros(3)
        for tensor, size in zip(made, sizes, strict=True):
            chosen = strategy(tensor.op)
            assert chosen == int(np.argmin(loads))
            loads[chosen] += 4 * size
        assert np.ptp(loads) <= 4 * max(sizes)
