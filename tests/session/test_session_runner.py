"""Opening and closing a runner, and what a plain session does beside it."""

import threading

import pytest

from graphkit import session as room
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, RunError
from graphkit.session import SessionConfig, SessionRunner


class Builder:
    """Anything with a graph."""

    def __init__(self, graph):
        self.graph = graph


def test_room_lists_its_names_in_order():
    assert room.__all__ == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)


def test_variables_and_tables_are_initialised(graph):
    tf.get_variable("resource", initializer=1)
    tf.get_variable("reference", initializer=2, use_resource=False)
    tf.Variable(3, name="local", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    table = tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(["four"], [4]), default_value=0
    )
    tf.identity(table.lookup(tf.constant("four")), name="looked_up")
    with SessionRunner(graph) as runner:
        assert runner.run(["resource", "reference", "local", "looked_up"]) == [1, 2, 3, 4]


def test_initial_values_may_be_fed(graph):
    start = tf.placeholder(tf.float32, [], name="start")
    tf.Variable(start * 2, name="v")
    with SessionRunner(graph, init_feed={"start": 4.0}) as runner:
        assert runner.run("v") == 8
    with pytest.raises(RunError, match="start: a placeholder without a value"):
        SessionRunner(graph).__enter__()


def test_initialising_can_be_left_to_the_user(graph):
    v = tf.get_variable("v", initializer=1.0)
    with SessionRunner(graph, initialize=False) as runner:
        runner.run(v.initializer)
        assert runner.run("v") == 1


def test_anything_with_a_graph_is_taken(graph):
    tf.constant(1, name="one")
    with SessionRunner(Builder(graph)) as runner:
        assert runner.graph is graph
        assert runner.run("one") == 1


@pytest.mark.parametrize("thing", [None, "graph", Builder(3)])
def test_what_is_no_graph_is_refused(thing):
    kind = type(thing).__name__
    with pytest.raises(
        ArgumentTypeError, match=rf"SessionRunner: graph must be a tf.Graph.*got {kind}"
    ):
        SessionRunner(thing)


def test_what_is_no_configuration_is_refused(graph):
    with pytest.raises(
        ArgumentTypeError, match="config must be a SessionConfig or None, got ConfigP"
    ):
        SessionRunner(graph, config=tf.ConfigProto())


@pytest.mark.parametrize(
    ("argument", "value", "wanted"),
    [("keep_checkpoints", 0, "1 or more"), ("grace_seconds", 0, "above 0")],
)
def test_numbers_out_of_range_are_refused(graph, argument, value, wanted):
    with pytest.raises(ArgumentError, match=rf"SessionRunner: {argument} must be {wanted}, got 0"):
        SessionRunner(graph, **{argument: value})


def test_configuration_reaches_the_session(graph):
    with tf.device("/cpu:1"):
        tf.constant(1, name="one")
    config = SessionConfig(cpu_devices=2, soft_placement=False)
    with SessionRunner(graph, config=config) as runner:
        assert runner.config is config
        assert len(runner.session.list_devices()) >= 2
        assert runner.run("one") == 1


def test_session_is_the_default_one_inside(graph):
    x = tf.placeholder(tf.float32, [], name="x")
    y = x * 2
    v = tf.get_variable("v", initializer=3.0)
    with SessionRunner(graph) as runner:
        assert y.eval({x: 2.0}) == 4
        assert v.eval() == 3
        assert tf.get_default_session() is runner.session
        assert runner.session.run(y, feed_dict={x: 1.0}) == 2
        runner.run(y, {x: 1.0}, options=tf.RunOptions(), run_metadata=tf.RunMetadata())
    assert tf.get_default_session() is None


def test_graph_is_finalised_and_growth_names_its_line(graph):
    one = tf.constant(1, name="one")
    with pytest.raises(
        RuntimeError, match=r"test_session_runner.py:\d+ adds a node .* finalised"
    ) as e:
        with SessionRunner(graph) as runner:
            runner.run(one + 1)
    assert isinstance(e.value, RunError)
    assert isinstance(e.value.__cause__, RuntimeError)


def test_growth_in_a_feed_function_names_its_line(graph):
    tf.no_op(name="train")

    def feed(_):
        return {tf.placeholder(tf.float32): 1.0}

    with pytest.raises(RunError, match=r"test_session_runner.py:\d+ adds a node"):
        with SessionRunner(graph) as runner:
            list(runner.steps("train", feed=feed))


def test_graph_can_be_left_open(graph):
    one = tf.constant(1, name="one")
    with SessionRunner(graph, finalize=False) as runner:
        assert runner.run(one + 1) == 2


def test_other_runtime_errors_pass(graph):
    with pytest.raises(RuntimeError, match=r"^mine$"), SessionRunner(graph):
        raise RuntimeError("mine")


def test_runner_opens_again_after_it_was_closed(graph):
    tf.get_variable("v", initializer=1.0)
    runner = SessionRunner(graph)
    for _ in range(2):
        with runner:
            assert runner.run("v") == 1
    ops = len(graph.get_operations())
    with runner:
        assert len(graph.get_operations()) == ops


def test_runner_opens_once_at_a_time(graph):
    runner = SessionRunner(graph)
    with runner, pytest.raises(RunError, match="this runner is open already"):
        runner.__enter__()
    runner.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("where", "use"),
    [
        ("run", lambda runner: runner.run("x")),
        ("session", lambda runner: runner.session),
        ("coordinator", lambda runner: runner.should_stop),
        ("make_callable", lambda runner: runner.make_callable("x")),
        ("save", lambda runner: runner.save("x")),
        ("restore", lambda runner: runner.restore("x")),
        ("start_queue_runners", lambda runner: runner.start_queue_runners()),
    ],
)
def test_closed_runner_says_so(graph, where, use):
    runner = SessionRunner(graph)
    with pytest.raises(RunError, match=rf"^{where}: the session is not open"):
        use(runner)
    with runner:
        pass
    with pytest.raises(RunError, match=rf"^{where}: the session is not open"):
        use(runner)


def test_failed_opening_leaves_nothing_behind(graph):
    before = set(threading.enumerate())
    (number,) = tf.train.slice_input_producer([[1, 2]])
    tf.train.batch([number], 2)
    tf.Variable(tf.placeholder(tf.float32, []), name="v")
    runner = SessionRunner(graph)
    with pytest.raises(RunError, match="Placeholder: a placeholder without a value"):
        runner.__enter__()
    assert set(threading.enumerate()) <= before
    assert tf.get_default_session() is None
    with pytest.raises(RunError, match="not open"):
        runner.run("v")


def test_runners_of_two_graphs_keep_apart():
    runners = []
    for value in (1.0, 2.0):
        with tf.Graph().as_default() as graph:
            v = tf.get_variable("v", initializer=value)
            with tf.control_dependencies([tf.assign_add(v, 10.0)]):
                tf.no_op(name="add")
        runners.append(SessionRunner(graph))
    first, second = runners
    with first:
        with second:
            first.run("add")
            assert tf.get_default_session() is second.session
            assert (first.run("v"), second.run("v")) == (11, 2)
        assert tf.get_default_session() is first.session
        assert first.run("v") == 11


def test_runs_from_several_threads_share_one_session(graph):
    v = tf.get_variable("v", initializer=0.0)
    with tf.control_dependencies([tf.assign_add(v, 1.0, use_locking=True)]):
        tf.no_op(name="add")
    with SessionRunner(graph) as runner:
        threads = [threading.Thread(target=runner.run, args=("add",)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert runner.run("v") == 8
