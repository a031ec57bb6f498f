"""contrib.training, mixed_precision and solvers: what is refused, and formulas step by step."""

from __future__ import annotations

import numpy as np
import pytest
from graphkit.tf1.contrib.solvers import lanczos, least_squares, linear_equations, util
from queue_reading import numbers, reading, until_the_end

import graphkit.tf1 as tf

training = tf.contrib.training
mixed = tf.contrib.mixed_precision


class TestBuckets:
    @pytest.mark.parametrize(
        ("tensors", "options", "message"),
        [
            ([], {}, "at least one tensor"),
            ([1], {"batch_size": [2]}, r"batch_size must be a list of num_buckets \(2\) ints"),
            ([1], {"batch_size": [2, 0]}, "batch_size must be an int of at least 1"),
            (
                [1],
                {"bucket_capacities": [3]},
                r"bucket_capacities must be a list of num_buckets \(2\) ints, got \[3\]",
            ),
        ],
    )
    def test_what_does_not_fit_is_refused(self, graph, tensors, options, message):
        with pytest.raises(ValueError, match=message):
            training.bucket(tensors, 0, num_buckets=2, **{"batch_size": 2, **options})

    @pytest.mark.parametrize(
        ("boundaries", "error", "message"),
        [
            (3, TypeError, "must be a list of ints, got 3"),
            ([], ValueError, "must be of at least one int"),
            ([1.0, 2.0], TypeError, r"must be a list of ints, got \[1.0, 2.0\]"),
            ([1, 2.5], TypeError, r"must be a list of ints, got \[1, 2.5\]"),
            ([3, 2], ValueError, r"each larger than the last, got \[3, 2\]"),
            ([3, 3], ValueError, r"each larger than the last, got \[3, 3\]"),
        ],
    )
    def test_boundaries_are_growing_integers(self, graph, boundaries, error, message):
        with pytest.raises(error, match=message):
            training.bucket_by_sequence_length(1, [tf.constant(1)], 2, boundaries)

    def test_one_boundary_is_enough(self, graph):
        number = numbers(4)
        lengths, (batch,) = training.bucket_by_sequence_length(number, [number], 2, [2])
        with reading(graph) as session:
            found = [
                (length.tolist(), part.tolist())
                for length, part in until_the_end(session, (lengths, batch))
            ]
        assert sorted(found) == [([0, 1], [0, 1]), ([2, 3], [2, 3])]

    def test_sequences_are_padded_to_the_longest_of_their_batch(self, graph):
        number = numbers(4)
        sequence = tf.range(number + 1)
        # As in 1.15 the only tensor of a dict comes in a list.
        lengths, batch = training.bucket_by_sequence_length(
            number + 1, {"s": sequence}, 2, [3], shapes=[[None]], dynamic_pad=True
        )
        assert batch["s"][0].shape.as_list() == [2, None]
        with reading(graph) as session:
            found = [part["s"][0].tolist() for _, part in until_the_end(session, (lengths, batch))]
        assert sorted(found) == [[[0, 0], [0, 1]], [[0, 1, 2, 0], [0, 1, 2, 3]]]

    @pytest.mark.parametrize(
        ("size", "smaller", "static"),
        [(2, False, 2), (2, True, None), ([2, 3], False, None)],
    )
    def test_static_batch_sizes(self, graph, size, smaller, static):
        which, batch = training.bucket(
            [tf.zeros([5])], 0, size, 2, allow_smaller_final_batch=smaller
        )
        assert which.shape.as_list() == []
        assert batch.shape.as_list() == [static, 5]

    def test_an_unknown_batch_size_gives_an_unknown_shape(self, graph):
        size = tf.placeholder_with_default(2, [])
        _, batch = training.bucket([tf.zeros([5])], 0, size, 2)
        assert batch.shape.as_list() == [None, 5]

    def test_names_runners_and_summaries_are_those_of_1_15(self, graph):
        training.bucket([tf.zeros([5])], 0, 2, 2, num_threads=3, name="mine")
        runners = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        assert [len(runner.enqueue_ops) for runner in runners] == [2, 3]
        names = {op.name for op in graph.get_operations()}
        assert {"mine/bucket_queue_0", "mine/bucket_queue_1", "mine/top_queue"} <= names
        assert len(tf.get_collection(tf.GraphKeys.SUMMARIES)) == 3


class TestSampling:
    def test_two_lists_of_shares_have_one_length(self, graph):
        with pytest.raises(ValueError, match="Probability parameters must have the same length"):
            training.stratified_sample(
                [tf.constant(1.0)], tf.constant(0), [0.5, 0.5], 2, init_probs=[0.2, 0.3, 0.5]
            )

    def test_shares_have_a_known_number(self, graph):
        shares = tf.placeholder(tf.float32, [None])
        with pytest.raises(ValueError, match="fully defined"):
            training.stratified_sample([tf.constant(1.0)], tf.constant(0), shares, 2)

    def test_one_class_only_comes_when_it_alone_is_wanted(self, graph):
        number = numbers(40)
        (batch,), labels = training.stratified_sample(
            [number], number % 2, [0.0, 1.0], 4, init_probs=[0.5, 0.5]
        )
        with reading(graph) as session:
            found, classes = session.run([batch, labels])
        assert (classes == 1).all()
        assert (found % 2 == 1).all()

    def test_many_examples_at_a_time(self, graph):
        many = tf.reshape(tf.range(12), [12, 1])
        (batch,), labels = training.stratified_sample(
            [many], many[:, 0] % 3, [0.0, 0.0, 1.0], 3, [0.3, 0.3, 0.4], enqueue_many=True
        )
        assert batch.shape.as_list() == [3, 1]
        with reading(graph) as session:
            found, classes = session.run([batch, labels])
        assert (found % 3 == 2).all()
        assert classes.tolist() == [2, 2, 2]

    @pytest.mark.parametrize("label", [-1, 2])
    def test_labels_are_classes(self, graph, label):
        fed = tf.placeholder_with_default(label, [])
        made, _ = training.stratified_sample(
            [tf.constant(1.0)], fed, [0.5, 0.5], 1, init_probs=[0.5, 0.5]
        )
        # The check comes before the queue: an error ends the runner, and the batch with it.
        with pytest.raises(tf.errors.InvalidArgumentError), reading(graph) as session:
            list(until_the_end(session, made))

    def test_sure_examples_all_come(self, graph):
        number = numbers(6)
        (batch,) = training.rejection_sample([number], lambda _: tf.constant(1.0), 3)
        with reading(graph) as session:
            found = np.concatenate(list(until_the_end(session, batch)))
        assert found.tolist() == [0, 1, 2, 3, 4, 5]

    def test_batches_to_take_apart_have_equal_sizes(self, graph):
        with pytest.raises(ValueError, match="compatible"):
            training.rejection_sample(
                [tf.zeros([3, 1]), tf.zeros([4])], lambda _: 1.0, 2, enqueue_many=True
            )

    def test_rates_that_are_whole_for_sure(self, graph, session):
        found = session.run(
            training.resample_at_rate([tf.range(4), tf.ones([4, 2])], [0.0, 0.0, 0.0, 0.0], "mine")
        )
        assert [part.shape for part in found] == [(0,), (0, 2)]
        assert any(op.name.startswith("mine/") for op in graph.get_operations())

    def test_the_mean_of_weights_is_kept_in_a_local_variable(self, graph):
        weights = tf.constant([1.0, 3.0])
        _, rates = training.weighted_resample(
            [tf.constant([5, 6])], weights, 100.0, mean_decay=0.5, seed=1
        )
        (kept,) = tf.local_variables()
        assert kept.op.name == "estimate_mean/estimated_mean"
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            found = session.run(rates)
        # The first mean is the whole mean, whatever the decay.
        assert set(np.round(found).tolist()) == {50.0, 150.0}
        assert len(found) > 50


class TestLossScale:
    @pytest.mark.parametrize("scale", [0.5, 0.0, -1])
    def test_a_scale_is_at_least_one(self, graph, scale):
        with pytest.raises(ValueError, match="loss scale must be at least 1"):
            mixed.FixedLossScaleManager(scale)

    def test_a_fixed_scale_stays(self, graph, session):
        manager = mixed.FixedLossScaleManager(8)
        session.run(manager.update_loss_scale(tf.constant(False)))
        assert manager.get_loss_scale().dtype == tf.float32
        assert session.run(manager.get_loss_scale()) == 8.0

    @pytest.mark.parametrize("called", [False, True])
    @pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
    def test_gradients_are_scaled_down_again(self, graph, session, dtype, called):
        x = tf.get_variable("x", initializer=tf.constant([1.0, 2.0], dtype))
        loss = tf.reduce_sum(x * x)
        optimizer = mixed.LossScaleOptimizer(
            tf.train.GradientDescentOptimizer(0.5), mixed.FixedLossScaleManager(64)
        )
        ((grad, var),) = optimizer.compute_gradients((lambda: loss) if called else loss)
        session.run(tf.global_variables_initializer())
        assert var is x
        assert grad.dtype == dtype
        assert session.run(grad).tolist() == [2.0, 4.0]

    @pytest.mark.parametrize(
        ("value", "expected", "steps"),
        [(1.0, 0.5, 1), (np.inf, 1.0, 0), (-np.inf, 1.0, 0), (np.nan, 1.0, 0)],
    )
    def test_a_step_with_others_than_numbers_is_left_out(self, graph, value, expected, steps):
        x, step = tf.get_variable("x", initializer=1.0), tf.train.get_or_create_global_step()
        manager = mixed.ExponentialUpdateLossScaleManager(16.0, 1, 1, 2, 0.5)
        optimizer = mixed.LossScaleOptimizer(tf.train.GradientDescentOptimizer(0.5), manager)
        train = optimizer.apply_gradients([(tf.constant(value), x)], global_step=step)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            assert session.run([x, step]) == [expected, steps]
            assert session.run(manager.get_loss_scale()) == (32.0 if steps else 8.0)

    def test_counters_are_variables_that_are_not_trained(self, graph):
        mixed.ExponentialUpdateLossScaleManager(16.0, 1)
        names = [v.op.name for v in tf.global_variables()]
        assert names == ["loss_scale", "good_steps", "bad_steps"]
        assert tf.trainable_variables() == []


def matrix(rows, columns):
    return np.cos(1.3 * np.arange(rows * columns) ** 1.1).reshape(rows, columns)


class TestSolvers:
    SYMMETRIC = matrix(4, 4) @ matrix(4, 4).T + 2 * np.eye(4)
    RHS = np.array([1.0, -2.0, 0.5, 3.0])

    @pytest.mark.parametrize("steps", [1, 2, 3])
    @pytest.mark.parametrize("start", [None, np.array([0.1, 0.2, -0.3, 0.4])])
    def test_conjugate_gradients_step_by_step(self, session, steps, start):
        found = linear_equations.conjugate_gradient(
            util.create_operator(tf.constant(self.SYMMETRIC)),
            tf.constant(self.RHS),
            x=None if start is None else tf.constant(start),
            tol=0.0,
            max_iter=steps,
        )
        x = np.zeros(4) if start is None else start
        r = self.RHS - self.SYMMETRIC @ x
        p = r
        for _ in range(steps):
            alpha = r @ r / (p @ self.SYMMETRIC @ p)
            x, after = x + alpha * p, r - alpha * self.SYMMETRIC @ p
            p, r = after + (after @ after) / (r @ r) * p, after
        found = session.run(found)
        assert found.i == steps
        assert found.x == pytest.approx(x)
        assert found.r == pytest.approx(r)
        assert found.p == pytest.approx(p)
        assert found.gamma == pytest.approx(r @ r)

    def test_the_inverse_as_preconditioner_needs_one_step(self, session):
        found = linear_equations.conjugate_gradient(
            util.create_operator(tf.constant(self.SYMMETRIC)),
            tf.constant(self.RHS),
            preconditioner=util.create_operator(tf.constant(np.linalg.inv(self.SYMMETRIC))),
        )
        steps, x = session.run([found.i, found.x])
        assert steps == 1
        assert x == pytest.approx(np.linalg.solve(self.SYMMETRIC, self.RHS))

    @pytest.mark.parametrize("steps", [1, 2])
    def test_least_squares_step_by_step(self, session, steps):
        a = matrix(4, 3)
        found = session.run(
            least_squares.cgls(
                util.create_operator(tf.constant(a)), tf.constant(self.RHS), 0.0, steps
            )
        )
        x, r = np.zeros(3), self.RHS
        s = p = a.T @ r
        for _ in range(steps):
            alpha = s @ s / ((a @ p) @ (a @ p))
            x, r = x + alpha * p, r - alpha * a @ p
            after = a.T @ r
            p, s = after + (after @ after) / (s @ s) * p, after
        assert (found.i, type(found).__name__) == (steps, "CGLSState")
        assert found.x == pytest.approx(x)
        assert found.r == pytest.approx(r)
        assert found.gamma == pytest.approx(s @ s)

    @pytest.mark.parametrize("orthogonalize", [True, False])
    def test_lanczos_from_a_given_column(self, session, orthogonalize):
        a = matrix(5, 4)
        start = np.array([[3.0], [0], [4], [0], [0]])
        made = lanczos.lanczos_bidiag(
            util.create_operator(tf.constant(a)), 2, orthogonalize, tf.constant(start)
        )
        found = session.run(made)
        u0 = start / 5
        r = a.T @ u0
        alpha0 = np.linalg.norm(r)
        v0 = r / alpha0
        p = a @ v0 - alpha0 * u0
        beta0 = np.linalg.norm(p)
        assert found.u[:, :2] == pytest.approx(np.concatenate([u0, p / beta0], 1))
        assert found.v[:, :1] == pytest.approx(v0)
        assert (found.alpha[0], found.beta[0]) == pytest.approx((alpha0, beta0))
        diagonals = np.zeros([3, 2])
        diagonals[[0, 1], [0, 1]], diagonals[[1, 2], [0, 1]] = found.alpha, found.beta
        assert a @ found.v == pytest.approx(found.u @ diagonals)

    @pytest.mark.parametrize("adjoint", [False, True])
    def test_a_product_with_two_diagonals(self, session, adjoint):
        alpha, beta = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 4.0])
        diagonals = np.zeros([4, 3])
        diagonals[range(3), range(3)], diagonals[range(1, 4), range(3)] = alpha, beta
        x = matrix(2, 3 if adjoint else 4)
        found = session.run(lanczos.bidiag_matmul(tf.constant(x), alpha, beta, adjoint))
        # Of the transposed product the last column is left out.
        expected = (x @ diagonals.T)[:, :3] if adjoint else x @ diagonals
        assert found == pytest.approx(expected)

    def test_lengths(self, session):
        v = tf.constant([[3.0], [4.0]])
        unit, norm = util.l2normalize(v)
        found = session.run([util.l2norm(v), util.l2norm_squared(v), norm, unit])
        assert found[:3] == [5.0, 25.0, 5.0]
        assert found[3].ravel() == pytest.approx([0.6, 0.8])

    def test_an_identity_changes_nothing(self, session):
        operator = util.identity_operator(tf.zeros([2, 2]))
        v = tf.constant([[1.0], [2.0]])
        assert operator.shape == [2, 2]
        assert operator.dtype == tf.float32
        assert operator.apply(v) is operator.apply_adjoint(v) is v
