"""contrib.training's loops: the op of a step, training, waiting for checkpoints, evaluation."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

training = tf.contrib.training
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def variable(values=(1.0, 2.0), name="x"):
    return tf.get_variable(name, initializer=tf.constant(values, tf.float32))


def descent(rate=0.5):
    return tf.train.GradientDescentOptimizer(rate)


def run(fetches, steps=1):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [session.run(fetches) for _ in range(steps)]


def saved(folder, steps):
    """Checkpoints in which x and the global step are the number of steps; their paths."""
    with tf.Graph().as_default():
        x, step = variable([0.0]), tf.train.get_or_create_global_step()
        saver = tf.train.Saver(max_to_keep=None)
        with tf.Session() as session:
            paths = []
            for number in steps:
                session.run(tf.global_variables_initializer())
                session.run([tf.assign(x, [float(number)]), tf.assign(step, number)])
                paths.append(saver.save(session, str(folder / "model"), global_step=number))
    return paths


class TestTrainOp:
    def test_it_gives_the_loss_before_the_step(self, graph):
        x = variable()
        train = training.create_train_op(tf.reduce_sum(tf.square(x)), descent(0.25))
        step = tf.train.get_global_step()
        assert train.shape.as_list() == []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            # Each step halves the variable.
            assert [float(session.run(train)) for _ in range(3)] == [5.0, 1.25, 0.3125]
            assert session.run(step) == 3
            assert session.run(x).tolist() == [0.125, 0.25]

    def test_it_is_found_in_its_collection(self, graph):
        train = training.create_train_op(tf.reduce_sum(variable()), descent())
        # The optimizer's own op is there as well.
        assert tf.get_collection(tf.GraphKeys.TRAIN_OP)[-1] is train

    @pytest.mark.parametrize("counts", [True, False])
    def test_the_step_that_is_counted_can_be_chosen(self, graph, counts):
        x, own = variable(), tf.Variable(5, trainable=False, name="own", dtype=tf.int64)
        train = training.create_train_op(
            tf.reduce_sum(x), descent(), global_step=own if counts else None
        )
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            assert session.run(own) == (6 if counts else 5)
        assert tf.train.get_global_step() is None

    @pytest.mark.parametrize("given", [True, False])
    def test_updates_run_before_the_loss(self, graph, given):
        x, kept = variable([4.0]), tf.Variable([0.0], trainable=False, name="kept")
        update = tf.assign_add(kept, [1.0])
        if not given:
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
        loss = tf.reduce_sum(x)
        train = training.create_train_op(loss, descent(), update_ops=[update] if given else None)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(2):
                session.run(train)
            assert session.run(kept).tolist() == [2.0]

    def test_only_chosen_variables_are_trained(self, graph):
        x, other = variable(), variable(name="other")
        loss = tf.reduce_sum(x) + tf.reduce_sum(other)
        train = training.create_train_op(loss, descent(), variables_to_train=[other])
        ((_, found, left),) = run([train, tf.identity(x), x])
        assert found.tolist() == left.tolist() == [1.0, 2.0]

    def test_gradients_can_be_changed(self, graph):
        x = variable([1.0])

        def doubled(pairs):
            return [(2.0 * grad, var) for grad, var in pairs]

        train = training.create_train_op(tf.reduce_sum(x), descent(1.0), transform_grads_fn=doubled)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            session.run(train)
            assert session.run(x).tolist() == [-1.0]

    @pytest.mark.parametrize("checked", [True, False])
    def test_a_loss_that_is_no_number_is_told(self, graph, checked):
        x = variable([np.inf])
        loss = tf.reduce_sum(x) - np.inf
        train = training.create_train_op(loss, descent(), check_numerics=checked)
        if checked:
            with pytest.raises(tf.errors.InvalidArgumentError, match="LossTensor is inf or nan"):
                run(train)
        else:
            assert np.isnan(run(train)[0])

    def test_gradients_in_summaries(self, graph):
        x = variable()
        training.create_train_op(tf.reduce_sum(x), descent(), summarize_gradients=True)
        names = {op.op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)}
        assert {"summarize_grads/x_gradient", "summarize_grads/x_gradient_norm"} <= names


class TestGradients:
    def test_each_is_cut_to_a_norm_of_its_own(self, graph, session):
        x = variable()
        pairs = [(tf.constant([3.0, 4.0]), x), (tf.constant([0.3, 0.4]), x), (None, x)]
        cut = training.clip_gradient_norms(pairs, 1.0)
        found = session.run([grad for grad, _ in cut[:2]])
        assert np.array(found) == pytest.approx(np.array([[0.6, 0.8], [0.3, 0.4]]))
        assert cut[2][0] is None
        assert [var is x for _, var in cut] == [True] * 3

    def test_rows_are_cut_as_one(self, graph, session):
        x = variable()
        rows = tf.IndexedSlices(tf.constant([3.0, 4.0]), tf.constant([1, 0]), tf.constant([2]))
        ((grad, _),) = training.clip_gradient_norms_fn(1.0)([(rows, x)])
        assert isinstance(grad, tf.IndexedSlices)
        assert session.run(grad.values) == pytest.approx([0.6, 0.8])

    def test_they_are_multiplied_by_numbers_of_their_variables(self, graph, session):
        x, other = variable(), variable(name="other")
        rows = tf.IndexedSlices(tf.constant([3.0]), tf.constant([1]), tf.constant([2]))
        pairs = [(tf.constant([1.0, 2.0]), x), (rows, other)]
        factors = {x.op.name: 2.0, other.op.name: 0.5}
        (first, _), (second, _) = training.multiply_gradients(pairs, factors)
        assert session.run(first).tolist() == [2.0, 4.0]
        assert session.run(second.values).tolist() == [1.5]

    @pytest.mark.parametrize(
        ("grads", "factors", "message"),
        [
            ([1.0], [3.0], "must be a dict"),
            ([1.0], {}, "is empty"),
            ([1.0], 3.0, "must be a dict"),
            (None, {"x": 2.0}, "Requested multiple of `None` gradient"),
        ],
    )
    def test_factors_that_cannot_be_used(self, graph, grads, factors, message):
        grad = None if grads is None else tf.constant(grads)
        with pytest.raises(ValueError, match=message):
            training.multiply_gradients([(grad, variable([1.0]))], factors)

    def test_summaries_of_those_that_are_there(self, graph):
        pairs = [(tf.constant([1.0]), variable([1.0])), (None, variable([1.0], "other"))]
        made = training.add_gradients_summaries(pairs)
        assert [op.op.name for op in made] == ["x_gradient", "x_gradient_norm"]


class TestTrain:
    def train(self, folder, steps):
        with tf.Graph().as_default():
            x = variable([16.0])
            # Each step halves the variable; the loss is that before.
            train = training.create_train_op(tf.reduce_sum(tf.square(x)), descent(0.25))
            return training.train(
                train,
                folder,
                hooks=[tf.train.StopAtStepHook(num_steps=steps)],
                save_checkpoint_secs=600 if folder else None,
                save_summaries_steps=None,
            )

    def test_it_ends_where_a_hook_says_and_gives_the_last_loss(self):
        assert self.train(None, 3) == 4.0**2

    def test_it_goes_on_from_a_checkpoint(self, tmp_path):
        assert self.train(str(tmp_path), 2) == 8.0**2
        assert tf.train.latest_checkpoint(str(tmp_path)).endswith("-2")
        assert self.train(str(tmp_path), 2) == 2.0**2
        reader = tf.train.load_checkpoint(str(tmp_path))
        assert reader.get_tensor("x").tolist() == [1.0]
        assert reader.get_tensor("global_step") == 4

    def test_without_a_folder_there_is_nothing_to_write_summaries_into(self, graph):
        train = training.create_train_op(tf.reduce_sum(variable()), descent())
        with pytest.raises(ValueError, match="logdir cannot be None"):
            training.train(train, None)


class TestWaiting:
    def test_each_new_checkpoint_comes_once(self, tmp_path):
        (first,) = saved(tmp_path, [1])
        found = training.checkpoints_iterator(str(tmp_path), timeout=0)
        assert next(found) == first
        (second,) = saved(tmp_path, [2])
        assert next(found) == second
        with pytest.raises(StopIteration):
            next(found)

    def test_who_waits_can_be_asked_whether_to_go_on(self, tmp_path):
        answers = iter([False, False, True])
        found = training.checkpoints_iterator(
            str(tmp_path), timeout=0, timeout_fn=lambda: next(answers)
        )
        assert list(found) == []
        assert list(answers) == []

    def test_none_where_none_comes_in_time(self, tmp_path):
        wait = training.wait_for_new_checkpoint
        assert wait(str(tmp_path), seconds_to_sleep=0, timeout=0) is None
        (path,) = saved(tmp_path, [1])
        assert wait(str(tmp_path), None, seconds_to_sleep=0, timeout=0) == path
        assert wait(str(tmp_path), path, seconds_to_sleep=0, timeout=0) is None


class TestEvaluation:
    def model(self):
        """What counts runs, the restored variable, and the step it was saved at."""
        x, step = variable([-1.0]), tf.train.get_or_create_global_step()
        runs = tf.get_local_variable("runs", initializer=0.0)
        return tf.assign_add(runs, 1.0), {"runs": runs, "x": x, "step": step}

    @pytest.mark.parametrize("times", [1, 3])
    def test_it_runs_a_checkpoint_so_often(self, graph, tmp_path, times):
        first, _ = saved(tmp_path, [7, 9])
        count, final = self.model()
        found = training.evaluate_once(
            first,
            eval_ops=count,
            final_ops=final,
            hooks=[training.StopAfterNEvalsHook(times)],
        )
        assert found == {"runs": times, "x": [7.0], "step": 7}

    def test_it_ends_with_the_data(self, graph, tmp_path):
        (path,) = saved(tmp_path, [1])
        _, final = self.model()
        (number,) = tf.train.slice_input_producer([np.arange(4.0)], num_epochs=1, shuffle=False)
        total = tf.get_local_variable("total", initializer=np.float64(0))
        found = training.evaluate_once(
            path, eval_ops=tf.assign_add(total, number), final_ops=[total, final["x"]]
        )
        assert found == [6.0, [1.0]]

    def test_evaluations_are_counted(self, graph):
        step = training.get_or_create_eval_step()
        assert (step.dtype.base_dtype, step.shape.as_list()) == (tf.int64, [])
        assert step.op.name == "eval_step"
        assert training.get_or_create_eval_step() is step
        assert step.op.name in {var.op.name for var in tf.local_variables()}

    def test_what_is_fed(self, graph, tmp_path):
        (path,) = saved(tmp_path, [1])
        self.model()
        fed, kept = tf.placeholder(tf.float32, []), tf.get_local_variable("kept", initializer=0.0)
        found = training.evaluate_once(
            path,
            eval_ops=tf.assign_add(kept, fed),
            feed_dict={fed: 2.5},
            final_ops=kept + fed,
            final_ops_feed_dict={fed: 100.0},
            hooks=[training.StopAfterNEvalsHook(2)],
        )
        assert found == 105.0

    def test_a_summary_is_written_at_the_end_under_the_saved_step(self, graph, tmp_path):
        (path,) = saved(tmp_path, [7])
        count, final = self.model()
        tf.summary.scalar("counted", final["runs"])
        hooks = [
            training.StopAfterNEvalsHook(2),
            training.SummaryAtEndHook(str(tmp_path / "log"), summary_op=tf.summary.merge_all()),
        ]
        training.evaluate_once(path, eval_ops=count, hooks=hooks)
        (file,) = (tmp_path / "log").glob("events*")
        values = [
            (event.step, value.tag, value.simple_value)
            for event in tf.train.summary_iterator(str(file))
            for value in event.summary.value
        ]
        assert values == [(7, "counted", 2.0)]

    def test_every_checkpoint_of_a_folder_in_turn(self, graph, tmp_path):
        saved(tmp_path, [3])
        count, final = self.model()
        seen = []

        class Next(tf.train.SessionRunHook):
            def end(self, session):
                seen.append(session.run([final["x"], final["runs"]]))
                if len(seen) == 1:
                    saved(tmp_path, [5])

        found = training.evaluate_repeatedly(
            str(tmp_path),
            eval_ops=count,
            final_ops=final["step"],
            hooks=[training.StopAfterNEvalsHook(1), Next()],
            eval_interval_secs=0,
            max_number_of_evaluations=2,
        )
        assert found == 5
        assert seen == [[[3.0], 1.0], [[5.0], 1.0]]

    def test_nothing_where_no_checkpoint_comes(self, graph, tmp_path):
        count, final = self.model()
        found = training.evaluate_repeatedly(
            str(tmp_path), eval_ops=count, final_ops=final, timeout=0, eval_interval_secs=0
        )
        assert found is None
