"""Optimizers of contrib.opt that keep averages: their variables, savers and hooks."""

from __future__ import annotations

import threading

import pytest
from opt_steps import run_once, variable

import graphkit.tf1 as tf

opt = tf.contrib.opt


def all_ops(graph):
    yield from graph.get_operations()
    for name in graph._functions if isinstance(graph._functions, dict) else ():
        yield from graph._get_function(name).graph.get_operations()


class TestAveraging:
    def worker(self, getter, optimizer, value=1.0):
        with tf.variable_scope("", custom_getter=getter):
            x = tf.get_variable("x", initializer=tf.constant([value]))
        step = tf.train.get_or_create_global_step()
        return x, step, optimizer(tf.train.GradientDescentOptimizer(0.5), getter)

    def test_agn_applies_the_mean_of_gradients_to_the_shared_variable(self, graph):
        x, step, worker = self.worker(
            opt.AGNCustomGetter("/cpu:0"),
            lambda inner, getter: opt.AGNOptimizer(inner, 1, getter, communication_period=2),
        )
        train = worker.minimize(tf.reduce_sum(4.0 * x), global_step=step)
        shared = next(v for v in tf.global_variables() if "global_center" in v.name)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            session.run(worker.get_init_op(0))
            session.run(train)
            assert session.run([x, shared, step]) == [[-1.0], [1.0], 0]
            session.run(train)
            assert session.run([x, shared, step]) == [[-1.0], [-1.0], 1]

    def test_without_trainable_variables_there_is_nothing_to_start(self, graph):
        getter = opt.AGNCustomGetter("/cpu:0")
        worker = opt.AGNOptimizer(tf.train.GradientDescentOptimizer(0.1), 1, getter)
        with pytest.raises(ValueError, match="local_variables should not be empty"):
            worker.get_init_op(0)

    def test_reused_variables_keep_their_twins(self, graph):
        getter = opt.ElasticAverageCustomGetter("/cpu:0")
        with tf.variable_scope("s", custom_getter=getter):
            first = tf.get_variable("x", [2])
        with tf.variable_scope("s", custom_getter=getter, reuse=True):
            again = tf.get_variable("x", [2])
        assert first is again
        assert [v.op.name for v in tf.global_variables()] == ["s/global_center_variable/s/x"] or [
            v.op.name for v in tf.global_variables()
        ] == ["global_center_variable/s/x"]

    def test_variables_that_are_not_trained_have_no_twin(self, graph):
        getter = opt.ElasticAverageCustomGetter("/cpu:1")
        with tf.variable_scope("s", custom_getter=getter):
            shared = tf.get_variable("a", [2], trainable=False)
            collections = [tf.GraphKeys.LOCAL_VARIABLES]
            local = tf.get_variable("b", [2], trainable=False, collections=collections)
        assert "CPU:1" in local.device.upper()
        assert "CPU:1" not in shared.device.upper()
        assert len(tf.global_variables()) == 1

    def test_divided_variables_have_divided_twins(self, graph):
        getter = opt.ElasticAverageCustomGetter("/cpu:0")
        partitioner = tf.fixed_size_partitioner(2)
        with tf.variable_scope("s", custom_getter=getter, partitioner=partitioner):
            divided = tf.get_variable("x", [4, 2])
        parts = list(divided)
        assert len(parts) == 2
        assert [getter.global_twin(part).shape.as_list() for part in parts] == [[2, 2]] * 2
        assert [getter.local_twin(part).shape.as_list() for part in parts] == [[2, 2]] * 2

    def elastic(self, **options):
        return self.worker(
            opt.ElasticAverageCustomGetter("/cpu:0"),
            lambda inner, getter: opt.ElasticAverageOptimizer(
                inner, 2, getter, communication_period=1, **options
            ),
        )

    def test_elastic_workers_and_centre_are_pulled_together(self, graph):
        x, step, worker = self.elastic(moving_rate=0.25, rho=0.0)
        train = worker.minimize(tf.reduce_sum(4.0 * x), global_step=step)
        centre = next(v for v in tf.global_variables() if "global_center" in v.name)
        found = run_once(train, x, centre, step)
        # One step to -1, two away from the centre, of which each gives a quarter.
        assert found == [[-0.5], [0.5], 1]

    def test_the_saver_writes_the_centre(self, graph, tmp_path):
        x, _, worker = self.elastic()
        worker.minimize(tf.reduce_sum(4.0 * x))
        centre = next(v for v in tf.global_variables() if "global_center" in v.name)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            session.run(tf.assign(centre, [5.0]))
            path = worker.swapping_saver().save(session, str(tmp_path / "c"))
            other = worker.swapping_saver({"renamed": x}).save(session, str(tmp_path / "d"))
        assert tf.train.load_checkpoint(path).get_tensor("x").tolist() == [5.0]
        assert tf.train.load_checkpoint(other).get_tensor("renamed").tolist() == [5.0]

    def test_a_hook_starts_a_worker_from_the_centre(self, graph):
        x, step, worker = self.elastic()
        train = worker.minimize(tf.reduce_sum(0.0 * x), global_step=step)
        hook = worker.make_session_run_hook(True, 0)
        with tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
            assert session.run(x).tolist() == [1.0]
            session.run(train)

    def test_synchronous_workers_wait_for_each_other(self, graph):
        _, _, worker = self.elastic(synchronous=True)
        first, second = worker.get_init_op(0), worker.get_init_op(1)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            waiting = threading.Thread(target=session.run, args=(first,), daemon=True)
            waiting.start()
            session.run(second)
            waiting.join(60)
            assert not waiting.is_alive()

    def average(self):
        return self.worker(
            opt.ModelAverageCustomGetter("/cpu:0"),
            lambda inner, getter: opt.ModelAverageOptimizer(
                inner, 1, True, getter, interval_steps=1
            ),
        )

    def test_model_average_of_one_worker_is_its_own(self, graph):
        x, step, worker = self.average()
        pairs = worker.compute_gradients(tf.reduce_sum(4.0 * x))
        train = worker.apply_gradients(pairs, global_step=step)
        shared = next(v for v in tf.global_variables() if "global_center" in v.name)
        hook = worker.make_session_run_hook()
        with tf.train.MonitoredTrainingSession(hooks=[hook]) as session:
            session.run(train)
            assert session.run([x, shared, step]) == [[-1.0], [-1.0], 1]

    def test_model_average_needs_variables_and_a_step(self, graph):
        x, _, worker = self.average()
        with pytest.raises(ValueError, match="at least one variable"):
            worker.apply_gradients([])
        with pytest.raises(ValueError, match="Global step is required"):
            worker.apply_gradients([(tf.ones([1]), x)])

    def test_a_second_worker_waits_for_the_first(self, graph):
        getter = opt.ModelAverageCustomGetter("/cpu:0")
        x, step, worker = self.worker(
            getter,
            lambda inner, getter: opt.ModelAverageOptimizer(
                inner, 2, False, getter, interval_steps=1
            ),
        )
        worker.minimize(tf.reduce_sum(x), global_step=step)
        kinds = {op.type for op in all_ops(graph)}
        assert "QueueDequeueV2" in kinds
        assert not kinds & {"AccumulatorTakeGradient", "ResourceAccumulatorTakeGradient"}


class TestMovingAverage:
    def made(self, **options):
        x = variable([1.0])
        optimizer = opt.MovingAverageOptimizer(
            tf.train.GradientDescentOptimizer(1.0), average_decay=0.5, **options
        )
        return x, optimizer, optimizer.minimize(tf.reduce_sum(4.0 * x))

    def test_the_saver_writes_averages_under_the_names_of_weights(self, graph, tmp_path):
        x, optimizer, train = self.made()
        saver = optimizer.swapping_saver()
        by_key = optimizer.swapping_saver({v.op.name: v for v in tf.global_variables()})
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            path = saver.save(session, str(tmp_path / "c"))
            other = by_key.save(session, str(tmp_path / "d"))
            assert session.run(x).tolist() == [-3.0]
        for made in (path, other):
            reader = tf.train.load_checkpoint(made)
            assert reader.get_tensor("x").tolist() == [-1.0]
            assert reader.get_tensor("x/ExponentialMovingAverage").tolist() == [-3.0]

    def test_parts_of_divided_variables_are_swapped_one_by_one(self, graph, tmp_path):
        with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
            divided = tf.get_variable("x", [4], initializer=tf.ones_initializer())
        inner = tf.train.GradientDescentOptimizer(1.0)
        optimizer = opt.MovingAverageOptimizer(inner, average_decay=0.5)
        train = optimizer.minimize(sum(tf.reduce_sum(part) for part in divided))
        averages = [v for v in tf.global_variables() if "Average" in v.op.name]
        saver = optimizer.swapping_saver({"x": list(divided), "average": averages})
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            path = saver.save(session, str(tmp_path / "c"))
        assert tf.train.load_checkpoint(path).get_tensor("x").tolist() == [0.5] * 4

    def test_averages_need_not_wait(self, graph):
        _, _, train = self.made(sequential_update=False)
        assert train.name == "train_with_avg"
        waits = {op.name for op in train.control_inputs}
        assert "GradientDescent" in waits
