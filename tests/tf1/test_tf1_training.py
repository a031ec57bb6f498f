"""contrib.training, contrib.nn and contrib.mixed_precision at work."""

from __future__ import annotations

import numpy as np
import pytest
from queue_reading import numbers, reading, until_the_end

import graphkit.tf1 as tf

training = tf.contrib.training


class TestBuckets:
    def test_every_batch_comes_from_one_bucket(self, graph):
        number = numbers(20)
        which, batch = training.bucket(
            [number, number * 10], number % 3, 2, 3, allow_smaller_final_batch=True
        )
        seen = []
        with reading(graph) as session:
            for bucket, (first, second) in until_the_end(session, (which, batch)):
                assert set(first % 3) == {bucket}
                assert (second == first * 10).all()
                assert len(first) <= 2
                seen.extend(first)
        assert sorted(seen) == list(range(20))

    def test_batches_are_full_unless_smaller_ones_are_allowed(self, graph):
        number = numbers(7)
        _, batch = training.bucket([number], 0, 3, 1)
        with reading(graph) as session:
            found = [list(part) for (part,) in until_the_end(session, [batch])]
        assert found == [[0, 1, 2], [3, 4, 5]]

    def test_each_bucket_has_its_own_batch_size(self, graph):
        number = numbers(12)
        which, batch = training.bucket({"n": number}, number % 2, [2, 3], 2)
        sizes = {0: set(), 1: set()}
        with reading(graph) as session:
            for bucket, found in until_the_end(session, (which, batch)):
                sizes[int(bucket)].add(len(found["n"]))
        assert sizes == {0: {2}, 1: {3}}

    def test_examples_can_stay_out(self, graph):
        number = numbers(10)
        _, batch = training.bucket([number], 0, 2, 1, keep_input=number < 4)
        with reading(graph) as session:
            found = [list(part) for (part,) in until_the_end(session, [batch])]
        assert found == [[0, 1], [2, 3]]

    def test_sparse_tensors_come_through(self, graph):
        number = numbers(4, np.int64)
        one = tf.SparseTensor(tf.reshape(number, [1, 1]), [7.0], [4])
        _, batch = training.bucket([one], 0, 2, 1)
        with reading(graph) as session:
            found = list(until_the_end(session, batch))
        assert [part.indices.tolist() for part in found] == [
            [[0, 0], [1, 1]],
            [[0, 2], [1, 3]],
        ]

    def test_sequences_meet_others_of_their_length(self, graph):
        number = numbers(12)
        sequence = tf.fill([number], number)
        lengths, (padded,) = training.bucket_by_sequence_length(
            number, [sequence], 2, [3, 6], dynamic_pad=True, shapes=[[None]]
        )
        seen = []
        with reading(graph) as session:
            for length, rows in until_the_end(session, (lengths, padded)):
                buckets = {int(np.searchsorted([3, 6], part, side="right")) for part in length}
                assert len(buckets) == 1
                assert rows.shape == (2, max(length))
                for part, row in zip(length, rows, strict=True):
                    assert row.tolist() == [part] * part + [0] * (max(length) - part)
                seen.extend(length)
        # Three buckets of 3, 3 and 6 examples: of the odd ones one is left over each.
        assert len(seen) == 10

    def test_shared_queues_have_numbered_names(self, graph):
        training.bucket([tf.constant(1)], 0, 2, 2, shared_name="mine")
        names = {
            op.get_attr("shared_name") for op in graph.get_operations() if "FIFOQueue" in op.type
        }
        assert names == {b"mine", b"mine_0", b"mine_1"}


class TestSampling:
    def test_rates_of_zero_leave_examples_out(self, graph, session):
        rates = tf.constant([0.0, 50.0, 0.0])
        x, twice = training.resample_at_rate([tf.range(3), tf.range(3) * 2], rates, seed=1)
        found, doubled = session.run([x, twice])
        assert set(found) == {1}
        assert 20 < len(found) < 90
        assert (doubled == 2 * found).all()

    def test_gradients_flow_to_what_is_resampled(self, graph, session):
        x = tf.constant([1.0, 2.0])
        (found,) = training.resample_at_rate([x], tf.constant([0.0, 3.0]), seed=1, back_prop=True)
        gradient, count = session.run([tf.gradients(found, x)[0], tf.size(found)])
        dense = np.zeros(2)
        np.add.at(dense, gradient.indices, gradient.values)
        assert dense.tolist() == [0.0, float(count)]

    def test_weights_share_out_an_overall_rate(self, graph):
        weights = tf.constant([1.0, 3.0])
        (x,), rates = training.weighted_resample([tf.range(2)], weights, 10.0, mean_decay=0.0)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            found, rate = session.run([x, rates])
        # The mean weight is 2, so the rates are 5 and 15.
        expected = {0: 5.0, 1: 15.0}
        assert [expected[number] for number in found] == pytest.approx(rate.tolist())

    def test_rejected_examples_do_not_come(self, graph):
        values = np.arange(100).astype(np.int32)
        source = tf.train.limit_epochs(tf.constant(values), num_epochs=2)
        found, doubled = training.rejection_sample(
            [source, source * 2],
            lambda parts: tf.cast(parts[0] % 2, tf.float32),
            10,
            enqueue_many=True,
            runtime_checks=True,
        )
        with reading(graph) as session:
            got, twice = session.run([found, doubled])
        assert (got % 2 == 1).all()
        assert (twice == 2 * got).all()

    def test_single_examples_can_be_rejected_too(self, graph):
        number = numbers(10)
        (batch,) = training.rejection_sample([number], lambda parts: tf.constant(1.0), 5)
        with reading(graph) as session:
            assert session.run(batch).tolist() == [0, 1, 2, 3, 4]

    @pytest.mark.parametrize("probability", [-0.5, 1.5])
    def test_probabilities_are_checked_when_asked(self, graph, probability):
        fed = tf.placeholder(tf.float32, [])
        training.rejection_sample([numbers(3)], lambda parts: fed, 1, runtime_checks=True)
        checked = graph.get_tensor_by_name("rejection_sample/prob_with_checks:0")
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
            session.run(checked, {fed: probability})

    def test_classes_come_as_often_as_is_wanted(self, graph):
        labels = np.array([0, 1, 1, 1] * 50, np.int32)
        source = tf.constant(labels)
        (values,), found = training.stratified_sample(
            [source * 10], source, [0.9, 0.1], 200, init_probs=[0.25, 0.75], enqueue_many=True
        )
        with reading(graph) as session:
            got, classes = session.run([values, found])
        assert (got == 10 * classes).all()
        assert 0.75 < np.mean(classes == 0) <= 1.0

    def test_classes_that_never_come_cannot_be_wanted(self, graph):
        from graphkit.tf1._contrib._training._sampling import _acceptance

        accepted = _acceptance(tf.constant([0.0, 1.0]), tf.constant([0.5, 0.5]))
        with tf.Session() as session:
            with pytest.raises(tf.errors.InvalidArgumentError, match="zero initial probability"):
                session.run(accepted)
            fair = _acceptance(tf.constant([0.5, 0.5]), tf.constant([0.25, 0.75]))
            assert session.run(fair) == pytest.approx([1 / 3, 1.0])
            rare = _acceptance(tf.constant([0.9, 0.1]), tf.constant([0.1, 0.9]))
            assert session.run(rare) == pytest.approx([1 / 81, 1.0])

    def test_classes_are_counted_as_they_come(self, graph):
        from graphkit.tf1._contrib._training._sampling import _counted_shares

        shares = _counted_shares(tf.constant([1, 1, 0]), 2)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(shares) == pytest.approx([11 / 23, 12 / 23])
            assert session.run(shares) == pytest.approx([12 / 26, 14 / 26])

    @pytest.mark.parametrize("shares", [[0.5, 0.4], [1.5, -0.5]])
    def test_shares_are_checked(self, graph, shares):
        from graphkit.tf1._contrib._training._sampling import _checked_shares

        checked = _checked_shares(tf.placeholder(tf.float32, [2]))
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
            session.run(checked, {"Placeholder:0": shares})


class TestDevices:
    def test_variables_go_where_the_least_load_is(self, graph):
        strategy = training.GreedyLoadBalancingStrategy(2, lambda op: 1.0)
        setter = tf.train.replica_device_setter(ps_tasks=2, ps_strategy=strategy)
        with tf.device(setter):
            made = [tf.get_variable(f"v{n}", [2]) for n in range(4)]
        assert [v.device.split("task:")[1][0] for v in made] == ["0", "1", "0", "1"]

    def test_the_load_of_resource_variables_is_that_of_their_handle(self, graph):
        variable = tf.get_variable("v", [3, 4], use_resource=True)
        assert training.byte_size_load_fn(variable.handle.op) == 1

    def test_a_seed_makes_another_choice(self, graph):
        ops = [tf.no_op(name=f"v{n}") for n in range(30)]
        one, other = (training.RandomStrategy(5, seed) for seed in (0, 1))
        assert [one(op) for op in ops] != [other(op) for op in ops]
        assert {one(op) for op in ops} == set(range(5))


def test_a_feeding_queue_runner_feeds_its_queue(graph):
    queue = tf.FIFOQueue(10, [tf.int32], shapes=[[]])
    value = tf.placeholder(tf.int32, [])
    feeds = iter([{"Placeholder:0": n} for n in (3, 4)])

    def feed():
        try:
            return next(feeds)
        except StopIteration:
            raise tf.errors.OutOfRangeError(None, None, "over") from None

    runner = training.FeedingQueueRunner(queue, [queue.enqueue(value)], feed_fns=[feed])
    tf.train.add_queue_runner(runner)
    with reading(graph) as session:
        assert [int(part) for part in until_the_end(session, queue.dequeue())] == [3, 4]


class TestNeural:
    def test_alpha_dropout_keeps_mean_and_variance(self, graph, session):
        x = tf.random_normal([200000], seed=1)
        dropped = session.run(tf.contrib.nn.alpha_dropout(x, 0.6, seed=2))
        assert dropped.mean() == pytest.approx(0.0, abs=0.02)
        assert dropped.var() == pytest.approx(1.0, abs=0.02)

    def test_scaled_softplus_by_hand(self, graph, session):
        x = np.array([-3.0, 0.0, 2.0], np.float32)
        expected = 0.5 * np.log1p(np.exp(x / 0.5))
        assert session.run(tf.contrib.nn.scaled_softplus(x, 0.5)) == pytest.approx(expected)
        cut = session.run(tf.contrib.nn.scaled_softplus(x, 0.5, clip=1.0))
        assert cut == pytest.approx(np.minimum(expected, 1.0))

    def test_ranked_losses_draw_their_own_samples(self, graph, session):
        loss = tf.contrib.nn.rank_sampled_softmax_loss(
            tf.ones([6, 4]),
            tf.zeros([6]),
            tf.constant([[1]], tf.int64),
            tf.ones([1, 4]),
            num_sampled=4,
            num_resampled=2,
            num_classes=6,
            num_true=1,
            sampled_values=None,
            resampling_temperature=1.0,
            remove_accidental_hits=False,
            partition_strategy="mod",
        )
        assert session.run(loss).shape == (1,)

    def test_sparse_sampled_losses_of_one_example(self, graph, session):
        loss = tf.contrib.nn.sampled_sparse_softmax_loss(
            tf.ones([6, 4]), tf.zeros([6]), tf.constant([[1]], tf.int64), tf.ones([1, 4]), 2, 6
        )
        assert session.run(loss).shape == (1,)


class TestMixedPrecision:
    mixed = tf.contrib.mixed_precision

    def test_the_scale_follows_the_gradients(self, graph):
        manager = self.mixed.ExponentialUpdateLossScaleManager(
            16.0, incr_every_n_steps=2, decr_every_n_nan_or_inf=2, incr_ratio=2, decr_ratio=0.5
        )
        finite = tf.placeholder(tf.bool, [])
        update = manager.update_loss_scale(finite)
        scales = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for seen in (True, True, True, False, True, False, False, True, True):
                session.run(update, {finite: seen})
                scales.append(float(session.run(manager.get_loss_scale())))
        # A step of the other kind starts the count of good ones again, never that of bad ones.
        assert scales == [16, 32, 32, 32, 32, 16, 16, 16, 32]

    def test_the_scale_neither_overflows_nor_falls_below_one(self, graph):
        for start, finite, end in ((3e38, True, 3e38), (1.0, False, 1.0)):
            manager = self.mixed.ExponentialUpdateLossScaleManager(start, 1, 1)
            update = manager.update_loss_scale(tf.constant(finite))
            with tf.Session() as session:
                session.run(tf.global_variables_initializer())
                session.run(update)
                assert session.run(manager.get_loss_scale()) == np.float32(end)

    def test_rows_and_missing_gradients_come_through(self, graph):
        table = tf.get_variable("t", initializer=tf.constant([[1.0], [2.0]]))
        tf.get_variable("unused", [3])
        manager = self.mixed.FixedLossScaleManager(4)
        optimizer = self.mixed.LossScaleOptimizer(tf.train.GradientDescentOptimizer(0.5), manager)
        loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1]))
        pairs = optimizer.compute_gradients(loss)
        assert [grad is None for grad, _ in pairs] == [False, True]
        train = optimizer.apply_gradients(pairs)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            assert session.run(table).ravel().tolist() == [1.0, 1.5]

    def test_a_manager_must_say_both(self):
        with pytest.raises(TypeError, match="abstract"):
            self.mixed.LossScaleManager()
