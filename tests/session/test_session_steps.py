"""The training loop: counting, feeding, recording, and every way it ends."""

import io
import sys
import threading

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, RunError
from graphkit.session import SessionRunner, Step


@pytest.fixture(autouse=True)
def no_thread_survives():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


@pytest.fixture
def trained(graph):
    """One weight moved towards `target`, counted by a global step."""
    target = tf.placeholder_with_default(1.0, [], name="target")
    weight = tf.get_variable("weight", initializer=0.0)
    loss = tf.square(weight - target, name="loss")
    step = tf.train.get_or_create_global_step()
    tf.train.GradientDescentOptimizer(0.25).minimize(loss, step, name="train")
    tf.summary.scalar("loss", loss)
    return graph


def checkpoints(folder):
    return sorted(int(path.stem.split("-")[1]) for path in folder.glob("*.index"))


def test_steps_are_counted_and_fetched(trained):
    with SessionRunner(trained) as runner:
        steps = list(runner.steps("train", fetches={"w": ["weight"]}, max_steps=3))
    assert [step.step for step in steps] == [1, 2, 3]
    assert all(isinstance(step, Step) and step.seconds > 0 and step.epoch is None for step in steps)
    assert set(steps[0].values) == {"w"}


def test_epochs_are_counted_from_zero(trained):
    with SessionRunner(trained) as runner:
        epochs = [step.epoch for step in runner.steps("train", num_steps=5, epoch_size=2)]
        assert epochs == [0, 0, 1, 1, 2]
        assert [step.epoch for step in runner.steps("train", num_steps=1, epoch_size=2)] == [2]


def test_steps_without_fetches_have_no_values(trained):
    with SessionRunner(trained) as runner:
        assert next(runner.steps("train")).values is None


def test_max_steps_counts_all_and_num_steps_this_loop(trained):
    with SessionRunner(trained) as runner:
        assert [s.step for s in runner.steps("train", max_steps=2)] == [1, 2]
        assert [s.step for s in runner.steps("train", num_steps=2)] == [3, 4]
        assert [s.step for s in runner.steps("train", max_steps=5, num_steps=9)] == [5]


def test_op_that_leaves_the_global_step_alone_is_counted(trained):
    with SessionRunner(trained) as runner:
        list(runner.steps("train", num_steps=3))
        assert [s.step for s in runner.steps("loss", num_steps=2)] == [4, 5]
        assert runner.run("global_step") == 3


def test_graph_without_global_step_is_counted_by_the_runner(graph):
    tf.no_op(name="tick")
    with SessionRunner(graph) as runner:
        assert [s.step for s in runner.steps("tick", max_steps=2)] == [1, 2]
        assert [s.step for s in runner.steps("tick", max_steps=3)] == [3]


def test_own_counter_may_jump(graph, tmp_path):
    counter = tf.get_variable("counter", initializer=0)
    jump = tf.assign_add(counter, 10)
    with SessionRunner(graph, checkpoint_dir=tmp_path) as runner:
        loop = runner.steps(jump, global_step="counter", max_steps=40, checkpoint_every=15)
        assert [s.step for s in loop] == [10, 20, 30, 40]
    assert checkpoints(tmp_path) == [20, 30, 40]


def test_feed_is_a_dict_or_a_function_of_the_steps_done(trained):
    seen = []

    def feed(step):
        seen.append(step)
        return {"target": float(step)}

    with SessionRunner(trained) as runner:
        loops = [
            runner.steps("train", fetches="target", feed={"target": 5.0}, num_steps=1),
            runner.steps("train", fetches="target", feed=feed, num_steps=2),
        ]
        assert [step.values for loop in loops for step in loop] == [5.0, 1.0, 2.0]
    assert seen == [1, 2]


def test_function_that_runs_out_ends_the_loop(trained):
    batches = iter([{"target": 1.0}, {"target": 2.0}])
    with SessionRunner(trained) as runner:
        assert len(list(runner.steps("train", feed=lambda _: next(batches)))) == 2


def queue_batch(graph, texts=("1", "2", "3", "4")):
    (text,) = tf.train.slice_input_producer([list(texts)], num_epochs=1, shuffle=False)
    return tf.train.batch([tf.string_to_number(text, name="parse")], 2, name="batch")


def test_end_of_the_data_ends_the_loop(graph, tmp_path):
    queue_batch(graph)
    with SessionRunner(graph, checkpoint_dir=tmp_path) as runner:
        loop = runner.steps("batch", fetches="batch")
        assert [step.values.tolist() for step in loop] == [[1, 2], [3, 4]]
        assert list(runner.steps("batch")) == []


def test_step_that_counted_before_the_end_is_saved_as_such(trained, tmp_path):
    with trained.as_default():
        queue_batch(trained)
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        steps = list(runner.steps(["train", "batch"]))
        assert len(steps) == 2
        assert checkpoints(tmp_path) == [int(runner.run("global_step"))]


def test_bad_record_ends_the_loop_by_its_own_error(trained, tmp_path):
    with trained.as_default():
        queue_batch(trained, ["1", "2", "x", "4"])
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        with pytest.raises(RunError, match=r"^parse .*x"):
            list(runner.steps(["train", "batch"]))
    assert checkpoints(tmp_path) == []


def test_requested_stop_ends_the_loop(trained):
    with SessionRunner(trained) as runner:
        for step in runner.steps("train"):
            if step.step == 2:
                runner.coordinator.request_stop()
        assert step.step == 2
        assert runner.should_stop


def test_error_of_a_thread_between_two_steps_is_raised(trained):
    with SessionRunner(trained) as runner:
        loop = runner.steps("train")
        next(loop)
        try:
            raise KeyError("from a thread")
        except KeyError as error:
            runner.coordinator.request_stop(error)
        with pytest.raises(RunError, match="from a thread"):
            next(loop)


def test_checkpoints_are_written_every_so_many_steps_and_at_the_end(trained, tmp_path):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        for step in runner.steps("train", max_steps=7, checkpoint_every=3):
            if step.step == 6:
                assert checkpoints(tmp_path) == [3, 6]
        assert checkpoints(tmp_path) == [3, 6, 7]


def test_checkpoints_are_written_after_so_many_seconds(trained, tmp_path):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        for step in runner.steps("train", max_steps=3, checkpoint_seconds=1e-9):
            assert checkpoints(tmp_path) == list(range(1, step.step + 1))


def test_last_checkpoint_can_be_left_out(trained, tmp_path):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        list(runner.steps("train", max_steps=3, checkpoint=False))
    assert checkpoints(tmp_path) == []


def test_break_writes_the_last_checkpoint(trained, tmp_path):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        for step in runner.steps("train"):
            if step.step == 4:
                break
        assert checkpoints(tmp_path) == [4]


def test_loop_still_open_is_ended_with_the_runner(trained, tmp_path):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        loop = runner.steps("train")
        next(loop)
        next(loop)
    assert checkpoints(tmp_path) == [2]
    assert list(loop) == []


def test_ctrl_c_writes_the_last_checkpoint_and_goes_on(trained, tmp_path):
    def feed(step):
        if step == 3:
            raise KeyboardInterrupt
        return {}

    with trained.as_default():
        queue_batch(trained)
    with pytest.raises(KeyboardInterrupt):
        with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
            list(runner.steps("train", feed=feed))
    assert checkpoints(tmp_path) == [3]


def test_ctrl_c_in_the_body_writes_the_last_checkpoint(trained, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
            for step in runner.steps("train"):
                if step.step == 2:
                    raise KeyboardInterrupt
    assert checkpoints(tmp_path) == [2]


@pytest.mark.parametrize("last", [1, 2])
def test_a_loop_whose_steps_were_made_before_says_so(trained, tmp_path, last):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        list(runner.steps("train", max_steps=2))
    with SessionRunner(trained, checkpoint_dir=tmp_path, resume=True) as runner:
        said = rf"no step is made: max_steps={last} counts all steps, and 2 were made before"
        with pytest.warns(UserWarning, match=said) as caught:
            assert list(runner.steps("train", max_steps=last)) == []
        assert [warning.filename for warning in caught] == [__file__]  # the loop's own line
        assert [s.step for s in runner.steps("train", max_steps=3)] == [3]


def test_failed_run_writes_no_checkpoint(trained, tmp_path):
    with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
        loop = runner.steps("train", feed=lambda step: {"target": [1.0]} if step == 2 else None)
        with pytest.raises(ArgumentError, match="the feed of 'target:0' must be float32 of shape"):
            list(loop)
    assert checkpoints(tmp_path) == []


def test_resumed_loop_counts_on(trained, tmp_path):
    for last in (3, 5):
        with SessionRunner(trained, checkpoint_dir=tmp_path, resume=True) as runner:
            steps = [step.step for step in runner.steps("train", max_steps=last)]
    assert steps == [4, 5]


def test_bar_shows_steps_and_values(trained, monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    fetches = {"loss": "loss", "many": ["loss"]}
    with SessionRunner(trained) as runner:
        list(runner.steps("train", fetches=fetches, max_steps=3, progress=True, description="fit"))
        list(runner.steps("train", num_steps=1, progress=True))
    assert "fit: 100%" in screen.getvalue()
    assert "3/3" in screen.getvalue()
    assert "loss=" in screen.getvalue()
    assert "many" not in screen.getvalue()


@pytest.mark.parametrize("progress", [None, False])
def test_no_bar_away_from_a_terminal(trained, monkeypatch, progress):
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with SessionRunner(trained) as runner:
        list(runner.steps("train", max_steps=3, progress=progress))
    assert screen.getvalue() == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_steps": 0}, "max_steps must be 1 or more, got 0"),
        ({"num_steps": -1}, "num_steps must be 1 or more, got -1"),
        ({"epoch_size": 0}, "epoch_size must be 1 or more, got 0"),
        ({"checkpoint_seconds": 0}, "checkpoint_seconds must be above 0, got 0"),
        ({"checkpoint_every": 5}, "checkpoint_every must be left out, .* no checkpoint_dir, got 5"),
        (
            {"checkpoint_seconds": 5},
            "checkpoint_seconds must be left out, .* no checkpoint_dir, got 5",
        ),
        ({"trace_every": 5}, "trace_every must be left out, .* no log_dir, got 5"),
        ({"summary": "loss"}, "summary must be left out, .* no log_dir, got 'loss'"),
    ],
)
def test_values_that_cannot_be_used_are_refused_at_once(trained, arguments, message):
    with SessionRunner(trained) as runner, pytest.raises(ArgumentError, match=rf"steps: {message}"):
        runner.steps("train", **arguments)


@pytest.mark.parametrize(
    ("train_op", "arguments", "message"),
    [
        (None, {}, "train_op must be an op, tensor or nesting of them, got None"),
        ("train", {"max_steps": 1.5}, "max_steps must be an integer or None, got float"),
        ("train", {"summary_every": True}, "summary_every must be an integer or None, got bool"),
        ("train", {"feed": [1]}, "feed must be a dict, or a function .*, got list"),
    ],
)
def test_values_of_another_type_are_refused_at_once(trained, train_op, arguments, message):
    with (
        SessionRunner(trained) as runner,
        pytest.raises(ArgumentTypeError, match=rf"steps: {message}"),
    ):
        runner.steps(train_op, **arguments)


def test_loop_needs_an_open_runner(trained):
    with pytest.raises(RunError, match="steps: the session is not open"):
        SessionRunner(trained).steps("train")


def test_numpy_integers_count_and_give_python_ones(trained):
    with SessionRunner(trained) as runner:
        steps = list(runner.steps("train", max_steps=np.int64(3), epoch_size=np.int32(2)))
    assert [step.epoch for step in steps] == [0, 0, 1]
    assert {type(step.step) for step in steps} | {type(step.epoch) for step in steps} == {int}


@pytest.mark.parametrize(("seconds", "name"), [("3", "str"), ([1], "list")])
def test_seconds_that_are_no_number_are_refused(trained, seconds, name):
    with SessionRunner(trained) as runner:
        told = f"steps: checkpoint_seconds must be a number or None, got {name}"
        with pytest.raises(ArgumentTypeError, match=told):
            runner.steps("train", checkpoint_seconds=seconds)


def test_feed_function_that_returns_no_dict_is_told(trained):
    with SessionRunner(trained) as runner:
        told = r"run: feed must be a dict from tensor, variable or name to value, got tuple"
        with pytest.raises(ArgumentTypeError, match=told):
            next(runner.steps("train", feed=lambda step: ("target", 1.0)))


@pytest.mark.parametrize("early", [True, False])
def test_last_checkpoint_that_cannot_be_written_is_told_however_a_loop_ends(
    trained, tmp_path, early
):
    folder = tmp_path / "run"
    with pytest.raises(RunError, match=r"the checkpoint .*model\.ckpt-\d' could not be written"):
        with SessionRunner(trained, checkpoint_dir=folder) as runner:
            folder.write_text("in the way")
            for _ in runner.steps("train", max_steps=3):
                if early:
                    break


def test_feed_function_that_fails_leaves_the_state_before_it(trained, tmp_path):
    def feed(step):
        if step == 2:
            raise KeyError("no more")
        return {}

    with pytest.raises(KeyError, match="no more"):
        with SessionRunner(trained, checkpoint_dir=tmp_path) as runner:
            for _ in runner.steps("train", feed=feed):
                pass
    assert checkpoints(tmp_path) == [2]


@pytest.fixture
def gathering(graph):
    """A step that moves the global step in every third run only, as gathered gradients do."""
    step = tf.train.get_or_create_global_step()
    runs = tf.get_variable("runs", initializer=0)
    counted = tf.assign_add(runs, 1)
    due = tf.cast(tf.equal(counted % 3, 0), tf.int64)
    tf.group(tf.assign_add(step, due), name="train")
    return graph


def test_runs_are_counted_where_the_global_step_moves_now_and_then(gathering, tmp_path):
    with SessionRunner(gathering, checkpoint_dir=tmp_path) as runner:
        steps = [s.step for s in runner.steps("train", max_steps=7, checkpoint_every=3)]
        assert steps == [1, 2, 3, 4, 5, 6, 7]
        assert runner.run(["runs", "global_step"]) == [7, 2]
    assert checkpoints(tmp_path) == [3, 6, 7]


def test_runs_are_counted_where_the_first_run_moves_the_global_step(gathering):
    with SessionRunner(gathering) as runner:
        runner.run("train")
        runner.run("train")
        steps = [s.step for s in runner.steps("train", num_steps=4)]
        assert steps == [1, 2, 3, 4]
        assert runner.run(["runs", "global_step"]) == [6, 2]
