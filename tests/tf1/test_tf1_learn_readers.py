"""contrib.learn's readers of files of Examples give each of them as often as they are told.

What they make of a graph, and what they give in order, is compared with 1.15.5 by
`test_tf1_goldens.py`.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from queue_reading import reading, until_the_end

import graphkit.tf1 as tf

io = tf.contrib.learn.io
input_pipeline = tf.contrib.input_pipeline


@pytest.fixture
def lines(tmp_path):
    """Files of 4, 3 and 2 lines, "0" … "8"; gives their glob."""
    numbers = iter(range(9))
    for place, size in enumerate((4, 3, 2)):
        path = tmp_path / f"{place}.txt"
        path.write_text("".join(f"{next(numbers)}\n" for _ in range(size)))
    return str(tmp_path / "*.txt")


def read_all(graph, fetches):
    with reading(graph) as session:
        return list(until_the_end(session, fetches))


@pytest.mark.parametrize("read_batch_size", [1, 3])
@pytest.mark.parametrize("num_epochs", [1, 2])
@pytest.mark.parametrize("num_threads", [1, 2])
@pytest.mark.parametrize(
    "read",
    [io.read_batch_examples, io.graph_io.read_keyed_batch_examples_shared_queue],
    ids=["own", "shared"],
)
def test_every_example_comes_once_an_epoch(
    graph, lines, read, num_threads, num_epochs, read_batch_size
):
    batch = read(
        lines,
        4,
        tf.TextLineReader,
        num_epochs=num_epochs,
        queue_capacity=20,
        num_threads=num_threads,
        read_batch_size=read_batch_size,
    )
    examples = batch[1] if isinstance(batch, tuple) else batch
    found = Counter(int(line) for run in read_all(graph, examples) for line in run)
    assert found == dict.fromkeys(range(9), num_epochs)


def test_without_epochs_there_is_no_end(graph, lines):
    examples = io.read_batch_examples(lines, 4, tf.TextLineReader, False, queue_capacity=8)
    with reading(graph) as session:
        found = [int(line) for _ in range(5) for line in session.run(examples)]
    assert found == [number % 9 for number in range(20)]
    assert not tf.local_variables()


def test_several_globs_are_one_input(graph, tmp_path):
    for name in "abc":
        (tmp_path / name).write_text(f"{name}\n")
    patterns = [str(tmp_path / "c*"), str(tmp_path / "[ab]")]
    examples = io.read_batch_examples(patterns, 3, tf.TextLineReader, False, 1)
    assert read_all(graph, examples)[0].tolist() == [b"a", b"b", b"c"]


def test_keys_say_the_file_and_the_line(graph, lines):
    keys, examples = io.read_keyed_batch_examples(lines, 9, tf.TextLineReader, False, 1)
    ((keys, examples),) = read_all(graph, [keys, examples])
    places = [key.decode().rpartition("/")[2] for key in keys]
    assert places == [f"{file}.txt:{n + 1}" for file, n in enumerate((4, 3, 2)) for n in range(n)]
    assert examples.tolist() == [b"%d" % number for number in range(9)]


def test_what_is_parsed_may_be_a_pair_or_have_names(graph, lines):
    def number(line):
        return tf.string_to_number(line, tf.int32)

    plain = io.read_batch_examples(lines, 5, tf.TextLineReader, False, 1, parse_fn=number)
    named = io.read_batch_examples(
        lines, 5, tf.TextLineReader, False, 1, parse_fn=lambda line: {"twice": 2 * number(line)}
    )
    assert list(named) == ["twice"]
    assert [run.tolist() for run in read_all(graph, plain)] == [[0, 1, 2, 3, 4], [5, 6, 7, 8]]
    assert read_all(graph, named["twice"])[1].tolist() == [10, 12, 14, 16]


class TestQueueOfFeatures:
    """Parsed features wait in a queue of their own."""

    def test_every_kind_of_tensor_keeps_its_shape_and_dtype(self, graph):
        source = {
            "matrix": tf.constant(np.ones([2, 3], np.float32)),
            "word": tf.constant([b"a", b"b"]),
            "sparse": tf.SparseTensor([[0, 1]], np.array([7], np.int64), [2, 2]),
        }
        keys, found = io.queue_parsed_features(source, keys=tf.constant(["k"]))
        assert list(found) == ["matrix", "sparse", "word"]
        assert found["matrix"].shape.as_list() == [2, 3]
        assert found["sparse"].dtype == tf.int64
        with reading(graph) as session:
            key, values = session.run([keys, found])
        assert key.tolist() == [b"k"]
        assert values["word"].tolist() == [b"a", b"b"]
        assert values["sparse"].values.tolist() == [7]
        assert values["sparse"].dense_shape.tolist() == [2, 2]

    def test_one_runner_has_all_threads(self, graph):
        io.queue_parsed_features({"a": tf.constant(1)}, num_enqueue_threads=3)
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        assert len(runner.enqueue_ops) == 3
        ends = {tf.errors.OutOfRangeError, tf.errors.CancelledError}
        assert set(runner.queue_closed_exception_types) == ends

    def test_no_batch_is_lost_at_the_end(self, graph):
        (n,) = tf.train.slice_input_producer([np.arange(50)], num_epochs=1, shuffle=False)
        _, found = io.queue_parsed_features({"n": n}, None, 2, 4)
        assert sorted(run["n"] for run in read_all(graph, found)) == list(range(50))

    def test_keys_need_not_be_there(self, graph):
        keys, _ = io.queue_parsed_features({"a": tf.constant(1)})
        assert keys is None


@pytest.mark.parametrize("resource", [False, True])
def test_the_next_of_a_list_goes_around(graph, resource):
    counter = tf.get_variable(
        "counter", initializer=tf.constant(-1, tf.int64), trainable=False, use_resource=resource
    )
    following = input_pipeline.obtain_next(tf.constant(["a", "b", "c"]), counter)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [session.run(following) for _ in range(5)] == [b"a", b"b", b"c", b"a", b"b"]


def test_workers_that_share_a_counter_share_the_list(graph):
    counter = tf.get_variable("counter", initializer=tf.constant(-1, tf.int64), trainable=False)
    names = tf.constant([str(number) for number in range(40)])
    workers = [input_pipeline.obtain_next(names, counter) for _ in range(4)]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = [int(name) for _ in range(10) for name in session.run(workers)]
    assert sorted(found) == list(range(40))


def test_a_shuffled_list_has_every_string_each_epoch(graph):
    seek = tf.contrib.input_pipeline.python.ops.input_pipeline_ops.seek_next
    following = seek(["a", "b", "c", "d"], shuffle=True, seed=5, num_epochs=3)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = [[session.run(following) for _ in range(4)] for _ in range(3)]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(following)
    assert [sorted(epoch) for epoch in found] == [[b"a", b"b", b"c", b"d"]] * 3
