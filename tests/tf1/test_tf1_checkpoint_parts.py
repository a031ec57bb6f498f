"""contrib.checkpoint: arrays, numbered parts and split ones go into checkpoints and come back."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

checkpoint = tf.contrib.checkpoint


def saved(path, session, **parts):
    session.run(tf.global_variables_initializer())
    return tf.train.Checkpoint(**parts).save(str(path / "part"), session=session)


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "complex64", "<U3"])
def test_arrays_of_every_dtype_come_back(session, tmp_path, dtype):
    state = checkpoint.NumpyState()
    state.x = np.array([[1, 0], [2, 3]]).astype(dtype)
    path = saved(tmp_path, session, state=state)
    again = checkpoint.NumpyState()
    tf.train.Checkpoint(state=again).restore(path)
    np.testing.assert_array_equal(again.x, state.x)
    assert again.x.dtype == state.x.dtype


def test_arrays_are_saved_as_they_are_at_the_time(session, tmp_path):
    state = checkpoint.NumpyState()
    state.x = np.zeros(2)
    keeper = tf.train.Checkpoint(state=state)
    paths = []
    for number in (1, 2):
        state.x = state.x + number
        paths.append(keeper.save(str(tmp_path / "part"), session=session))
    for path, wanted in zip(paths, (1, 3), strict=True):
        keeper.restore(path)
        assert state.x.tolist() == [wanted, wanted]


def test_arrays_that_would_run_code_are_not_saved(session, tmp_path):
    state = checkpoint.NumpyState()
    state.x = np.array([{"any": "object"}])
    with pytest.raises(ValueError, match="allow_pickle"):
        saved(tmp_path, session, state=state)


def test_only_arrays_can_be_kept(graph):
    state = checkpoint.NumpyState()
    for value in ("text", [1.0], tf.constant(1.0)):
        with pytest.raises(NotImplementedError, match="which is not a NumPy array"):
            state.x = value


def test_parts_of_one_name_are_numbered_on(graph):
    tracker = checkpoint.UniqueNameTracker()
    parts = [tracker.track(tf.train.Checkpoint(), "x") for _ in range(3)]
    children = tracker._trackable_children()
    assert [children[name] for name in ("x", "x_1", "x_2")] == parts


def test_a_part_that_no_checkpoint_saves_is_told(graph):
    with pytest.raises(ValueError, match="Expected a trackable value, got 3"):
        checkpoint.UniqueNameTracker().track(3, "x")


@pytest.fixture
def halves(graph):
    """One variable as two parts, and how often they were put together."""
    whole = tf.get_variable("whole", initializer=[1.0, 2.0])
    calls = []

    def fill(parts):
        calls.append("saved")
        parts["a"], parts["b"] = tf.unstack(whole)

    def consume(parts):
        calls.append("restored")
        return tf.assign(whole, tf.stack([parts["a"], parts["b"]]))

    made = checkpoint.split_dependency(["a", "b"], [tf.float32] * 2, fill, consume, "/cpu:0")
    return whole, made, calls


def test_split_parts_are_saved_and_restored_together(session, tmp_path, halves):
    whole, parts, calls = halves
    path = saved(tmp_path, session, **parts)
    session.run(tf.assign(whole, [0.0, 0.0]))
    status = tf.train.Checkpoint(**parts).restore(path)
    assert calls == ["saved", "restored"]
    assert session.run(whole).tolist() == [0.0, 0.0]
    status.run_restore_ops(session)
    assert session.run(whole).tolist() == [1.0, 2.0]


def test_other_programs_read_split_parts_as_variables(session, tmp_path, halves):
    _, parts, _ = halves
    path = saved(tmp_path, session, **parts)
    single = tf.get_variable("single", initializer=0.0)
    tf.train.Checkpoint(b=single).restore(path).run_restore_ops(session)
    assert session.run(single) == 2.0


def test_quotes_in_names_are_kept_apart_from_those_of_the_picture(session, tmp_path):
    value = tf.Variable(1.0, name="plain")
    path = saved(tmp_path, session, **{'a"b': value})
    text = checkpoint.dot_graph_from_checkpoint(path)
    assert 'label="a\\"b"' in text
    assert text.startswith("digraph {\n")
    assert text.endswith("}\n")
