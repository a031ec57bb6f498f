"""Loops made of switches and merges: what of them tf.data runs, how often, and what it leaves."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from engine_pipelines import control_flow, delivered, functions_of, numbers

from graphkit import readers
from graphkit._tf import tf

LARGE = np.ones(9000, np.int32)


@pytest.fixture(autouse=True)
def _switches_and_merges():
    with tf.Graph().as_default(), control_flow(of_today=False):
        yield


def _up_to(limit, number):
    return tf.while_loop(lambda n: n < limit, lambda n: n + 1, [number])


def _added(amount, number):
    return tf.while_loop(lambda n: n < 9, lambda n: n + amount(), [number])


def _a_variable(**options):
    return tf.get_variable("bound", initializer=4, trainable=False, **options)


def _looked_up(number):
    pairs = tf.lookup.KeyValueTensorInitializer([0, 1], [5, 6], tf.int32, tf.int32)
    table = tf.lookup.StaticHashTable(pairs, 0, name="table")
    return _added(lambda: table.lookup(number), number)


def _without_a_condition(number):
    entered = tf.raw_ops.Enter(data=number, frame_name="frame", name="entered")
    return tf.raw_ops.Exit(data=entered + tf.random_uniform([], 0, 3, tf.int32))


LEFT = {
    "a variable": (
        lambda n: _up_to(_a_variable(use_resource=True), n),
        "bound (VarHandleOp): it reads a variable",
    ),
    "a variable of TensorFlow 1": (
        lambda n: _up_to(_a_variable(use_resource=False), n),
        "bound (VariableV2): it reads a variable",
    ),
    "a variable read in each round": (
        lambda n: _added(_a_variable(use_resource=False).read_value, n),
        "bound (VariableV2): it reads a variable",
    ),
    "a variable written in each round": (
        lambda n: _added(lambda: _a_variable(use_resource=True).assign_add(1), n),
        "bound (VarHandleOp): it reads a variable",
    ),
    "what is fed": (
        lambda n: _up_to(tf.placeholder(tf.int32, [], "fed"), n),
        "fed (Placeholder): its value is fed",
    ),
    "a table": (_looked_up, "table (HashTableV2): it reads a variable or a table"),
    "no condition": (_without_a_condition, "entered (Enter): it is in a loop without a condition"),
}


@pytest.mark.parametrize("name", sorted(LEFT))
def test_a_loop_that_takes_more_than_its_record_is_left_to_the_queues(name):
    chain, reason = LEFT[name]
    with readers.engine("auto"):
        readers.batch([tf.reshape(chain(numbers(4)), [])], 2)
    (report,) = readers.explain()
    assert report.engine == "queues"
    assert reason in report.reason


def _rows(build, count=6, size=3):
    with readers.engine("tf.data"):
        batch = readers.batch([build(numbers(count))], size)
    return np.concatenate(delivered(batch)).tolist()


def test_a_loop_that_takes_a_record_is_run_for_each():
    assert _rows(lambda n: _up_to(tf.constant(4), n)) == [4, 4, 4, 4, 4, 5]
    assert "Enter" in functions_of(tf.get_default_graph())


@pytest.mark.parametrize(("of_today", "begins"), [(False, "Enter"), (True, "StatelessWhile")])
def test_a_loop_that_is_the_same_for_all_is_run_once(of_today, begins):
    def build(number):
        squares = tf.map_fn(lambda n: n * n, tf.range(7))
        return number + tf.reduce_sum(squares)

    with control_flow(of_today=of_today):
        assert _rows(build) == [91 + n for n in range(6)]
    assert begins in {op.type for op in tf.get_default_graph().get_operations()}
    assert begins not in functions_of(tf.get_default_graph())


@pytest.mark.parametrize("of_today", [False, True])
def test_a_loop_that_draws_does_so_for_each_record(of_today):
    def build(number):
        zeros = tf.constant(np.zeros(1200, np.float32))
        return number, tf.reduce_sum(tf.map_fn(lambda zero: zero + tf.random_uniform([]), zeros))

    with control_flow(of_today=of_today), readers.engine("tf.data"):
        batch = readers.batch(list(build(numbers(6))), 3)
    assert len({sum for _, sums in delivered(batch) for sum in sums.tolist()}) == 6


def test_a_loop_that_is_the_same_for_all_feeds_another():
    def build(number):
        squares = tf.map_fn(lambda n: n * n, tf.range(3))
        return tf.reshape(tf.map_fn(lambda square: square * number, squares), [3])

    assert _rows(build, 3) == [[0, 0, 0], [0, 1, 4], [0, 2, 8]]


@pytest.mark.parametrize("condition", [tf.raw_ops.Less, tf.raw_ops.Equal])
def test_a_loop_in_a_branch_is_run_if_that_is_taken(condition):
    def build(number):
        rank = tf.raw_ops.Rank(input=tf.constant(LARGE))
        return tf.cond(
            condition(x=rank, y=rank),
            lambda: number + tf.reduce_sum(tf.map_fn(lambda n: n, tf.range(4))),
            lambda: number,
        )

    sums = 6 if condition is tf.raw_ops.Equal else 0
    assert _rows(build) == [n + sums for n in range(6)]


def test_functions_of_an_old_kind_are_called_in_rounds():
    defun = importlib.import_module("tensorflow.python.framework.function").Defun

    @defun(tf.int32)
    def doubled(number):
        return 2 * number

    def build(number):
        mapped = tf.map_fn(lambda n: tf.reshape(doubled(n), []), tf.range(2) + number)
        return tf.reshape(mapped, [2])

    assert _rows(build, 3) == [[0, 2], [2, 4], [4, 6]]


def test_what_all_rounds_share_is_computed_before():
    def build(number):
        total = tf.reduce_sum(tf.constant(LARGE))
        step = tf.raw_ops.Rank(input=tf.constant(LARGE)) * 3000
        return tf.while_loop(lambda n: n < total, lambda n: n + step, [number])

    assert _rows(build) == [9000, 9001, 9002, 9003, 9004, 9005]


def test_an_array_may_be_written_in_a_branch():
    def build(number):
        array = tf.TensorArray(tf.int32, 2).write(0, number)
        flow = tf.cond(
            number > 2, lambda: array.write(1, number).flow, lambda: array.write(1, -number).flow
        )
        array = tf.TensorArray(tf.int32, handle=array.handle, flow=flow)
        return tf.reshape(array.stack(), [2])

    assert _rows(build) == [[0, 0], [1, -1], [2, -2], [3, 3], [4, 4], [5, 5]]


def test_what_a_round_asserts_fails_with_its_record():
    def build(number):
        def checked(part):
            with tf.control_dependencies([tf.Assert(part < 7, ["too large", part])]):
                return tf.identity(part)

        return tf.reshape(tf.map_fn(checked, tf.range(3) + number), [3])

    with readers.engine("tf.data"):
        batch = readers.batch([build(numbers(6))], 2)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert session.run(batch).tolist() == [[0, 1, 2], [1, 2, 3]]
        assert session.run(batch).tolist() == [[2, 3, 4], [3, 4, 5]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="too large"):
            session.run(batch)
        coordinator.request_stop()
        coordinator.join(threads)


def test_a_meta_graph_keeps_its_loops(tmp_path):
    with readers.engine("tf.data"):
        batch = readers.batch([_up_to(tf.constant(4), numbers(6))], 3)
    tf.train.export_meta_graph(str(tmp_path / "graph.meta"))
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(str(tmp_path / "graph.meta"))
        assert readers.explain(graph)[0].engine == "tf.data"
        found = delivered(graph.get_tensor_by_name(batch.name))
    assert np.concatenate(found).tolist() == [4, 4, 4, 4, 4, 5]


PROGRAM = """
import sys
import tensorflow as tf
from graphkit import readers

tf.set_random_seed(1)
scale = tf.Variable(2.0, name='scale') if 'variable' in sys.argv else 2.0
queue = tf.train.string_input_producer(['numbers.csv'], num_epochs=1, shuffle=False)
_, line = tf.TextLineReader().read(queue)
fields = tf.string_split([line], ',').values
numbers = tf.map_fn(lambda f: tf.string_to_number(f) * scale, fields, dtype=tf.float32)
i = tf.constant(0)
total = tf.constant(0.0)
_, total = tf.while_loop(
    lambda i, t: tf.less(i, tf.size(numbers)), lambda i, t: [i + 1, t + numbers[i]], [i, total])
noisy = tf.map_fn(lambda n: n + tf.random_uniform([], 0, 0.5, seed=2), numbers)
near = tf.reduce_sum(tf.floor(noisy))
totals, nears = tf.train.batch([total, near], batch_size=2, capacity=20)
with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    try:
        while not coord.should_stop():
            for row in zip(*sess.run([totals, nears])):
                print(*row)
    except tf.errors.OutOfRangeError:
        print('done')
    finally:
        coord.request_stop()
    coord.join(threads)
graph = tf.get_default_graph()
print('Enter' in {op.type for op in graph.get_operations()})
for report in readers.explain(graph):
    print(report.engine, report.reason)
"""


ROWS = ["12.0 12.0", "8.0 8.0", "22.0 22.0", "68.0 68.0"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [([], "tf.data "), (["variable"], "queues scale (VariableV2): it reads a variable or a table")],
)
def test_a_program_with_loops_is_served(arguments, told, warm, tmp_path):
    (tmp_path / "numbers.csv").write_text("1,2,3\n4\n5,6\n7,8,9,10\n")
    (tmp_path / "program.py").write_text(PROGRAM)
    done = warm.graphkit("run", "program.py", *arguments, folder=tmp_path)
    assert done.stdout.splitlines() == [*ROWS, "done", "True", told], done.stderr
