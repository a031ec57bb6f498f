"""The queue behind a pipeline on tf.data: as TensorFlow 1 has it, to look at and to fill."""

from __future__ import annotations

import threading

import pytest
from engine_pipelines import ENGINES, lines, numbers

from graphkit import readers
from graphkit._tf import tf


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        yield graph


def _session(**config):
    session = tf.Session(config=tf.ConfigProto(**config))
    session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    return session


def _runners():
    return tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)


def _started(session):
    coordinator = tf.train.Coordinator()
    return coordinator, tf.train.start_queue_runners(session, coordinator)


def _all(session, batch):
    found = []
    with pytest.raises(tf.errors.OutOfRangeError) as raised:
        while True:
            found.append(session.run(batch).tolist())
    return found, raised.value.message


def _built(build, engine):
    """Everything about a graph that a program can tell the engines apart by."""
    with tf.Graph().as_default() as graph, readers.engine(engine):
        tf.set_random_seed(4)
        batch = build()
        drawn = tf.random_uniform([]).op
        return {
            "names": {op.name for op in graph.get_operations() if op.name != "batch/dequeue"}
            - {op.name for op in graph.get_operations() if "/tf_data" in op.name},
            "batch": [(tensor.name, tensor.dtype, tensor.shape.as_list()) for tensor in batch],
            "runners": [(r.name, r.queue.dtypes, r.queue.shapes, r.close_op.name)
                        for r in _runners()],
            "enqueue": [op.name for r in _runners() for op in r.enqueue_ops],
            "summaries": [one.name for one in tf.get_collection(tf.GraphKeys.SUMMARIES)],
            "variables": [one.name for one in (*tf.global_variables(), *tf.local_variables())],
            "seeds": [drawn.get_attr("seed"), drawn.get_attr("seed2")],
        }  # fmt: skip


PROGRAMS = {
    "batch": lambda: readers.batch([numbers(9), tf.constant([1.0, 2.0])], 4),
    "dynamic_pad": lambda: readers.batch(
        [tf.range(numbers(9)), numbers(9)], 4, dynamic_pad=True, allow_smaller_final_batch=True
    ),
    "shuffle_batch": lambda: readers.shuffle_batch([numbers(9), numbers(9)], 4, 12, 4, 3),
    "with a seed": lambda: readers.shuffle_batch([numbers(9), numbers(9)], 4, 12, 4, seed=2),
    "batch_join": lambda: readers.batch_join([[numbers(4), 1 + numbers(5)]] * 2, 4),
    "maybe_batch": lambda: readers.maybe_batch([numbers(9), numbers(9)], numbers(9) > 3, 4),
    "buckets": lambda: tf.nest.flatten(
        readers.bucket([numbers(9)], numbers(9) % 2, 4, 2, num_threads=3, keep_input=numbers(9) > 3)
    ),
    "by length": lambda: tf.nest.flatten(
        readers.bucket_by_sequence_length(numbers(9), {"n": numbers(9)}, [2, 3], [4])
    ),
    "in a scope": lambda: readers.batch([numbers(9), numbers(9)], 4, name="input"),
}


@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_nothing_in_the_graph_is_called_otherwise(name):
    on_data, on_queues = (_built(PROGRAMS[name], engine) for engine in ("auto", "queues"))
    if name != "batch_join":  # whose sources share producers
        assert on_data.pop("names") >= on_queues.pop("names")
    on_data.pop("names", None), on_queues.pop("names", None)
    assert on_data == on_queues


def test_a_step_before_the_start_waits_for_it(graph):
    batch = readers.batch([numbers(8)], 4)
    found = []
    with _session() as session:
        steps = [
            threading.Thread(target=lambda: found.extend(session.run(batch))) for _ in range(2)
        ]
        for step in steps:
            step.start()
        coordinator, threads = _started(session)
        for step in steps:
            step.join(60)
        assert sorted(found) == list(range(8))
        coordinator.request_stop()
        coordinator.join(threads)


def test_a_step_that_waits_for_the_start_can_be_given_up(graph):
    batch = readers.batch([numbers(8)], 4)
    soon = tf.RunOptions(timeout_in_ms=50)
    with _session() as session:
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(batch, options=soon)
        coordinator, threads = _started(session)
        assert session.run(batch).tolist() == [0, 1, 2, 3]
        coordinator.request_stop()
        coordinator.join(threads)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_end_is_the_error_of_the_queue(graph, engine):
    with readers.engine(engine):
        batch = readers.batch([numbers(8)], 4)
    with _session() as session:
        coordinator, threads = _started(session)
        for _ in range(2):
            found, message = _all(session, batch)
            assert "batch/fifo_queue' is closed and has insufficient elements" in message
            assert "(requested 4, current size 0)" in message
        assert found == []
        coordinator.request_stop()
        coordinator.join(threads)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_op_that_takes_from_the_queue_says_which_line_built_it(graph, engine):
    with readers.engine(engine):
        batch = readers.batch([numbers(8)], 4)
    (runner,) = _runners()[-1:]
    takes = [op for op in graph.get_operations() if op.type == "QueueDequeueManyV2"]
    (op,) = [op for op in takes if op.inputs[0].op is runner.queue.queue_ref.op]
    assert op.name == ("batch" if engine == "queues" else "batch/dequeue")
    assert __file__ in {frame.filename for frame in op.traceback}
    assert __file__ in {frame.filename for frame in batch.op.traceback}


def test_a_program_that_runs_the_enqueue_ops_fills_the_queue(graph):
    batch = readers.batch([numbers(8)], 4)
    producer, runner = _runners()
    with _session() as session:
        threads = producer.create_threads(session, start=True)
        for filled in range(1, 9):
            session.run(runner.enqueue_ops)
            assert session.run(runner.queue.size()) == filled
        session.run(runner.close_op)
        assert _all(session, batch)[0] == [[0, 1, 2, 3], [4, 5, 6, 7]]
        for thread in threads:
            thread.join(60)


def _size_of_the_batchers_queue(_reader):
    return _runners()[-1].queue.size()


def _size_of_the_producers_queue(_reader):
    return _runners()[0].queue.size()


def _records_read(reader):
    return reader.num_records_produced()


@pytest.mark.parametrize(
    ("look", "what"),
    [
        (_size_of_the_batchers_queue, "it looks at its queue"),
        (_size_of_the_producers_queue, "it looks at what it takes from"),
        (_records_read, "it looks at what it takes from"),
    ],
)
def test_a_queue_that_the_program_looks_at_is_filled(graph, look, what, tmp_path):
    (tmp_path / "lines").write_text("a\nb\nc\nd\ne\n")
    queue = readers.string_input_producer([str(tmp_path / "lines")], 2, shuffle=False)
    reader = readers.TextLineReader()
    batch = readers.batch([reader.read(queue)[1]], 2)
    assert [report.engine for report in readers.explain(graph)] == ["tf.data"]
    looked = look(reader)
    (report,) = readers.explain(graph)
    assert (report.engine, report.reason.endswith(what)) == ("queues", True)
    assert looked.op.name in report.reason
    with _session() as session:
        coordinator, threads = _started(session)
        assert _all(session, batch)[0] == [[b"a", b"b"], [b"c", b"d"], [b"e", b"a"], [b"b", b"c"],
                                           [b"d", b"e"]]  # fmt: skip
        assert session.run(looked) == (10 if look is _records_read else 0)
        coordinator.request_stop()
        coordinator.join(threads)


def test_a_step_may_wait_in_the_only_thread_of_its_session(graph, tmp_path):
    (tmp_path / "lines").write_text("".join(f"{number}\n" for number in range(40)))
    number = tf.string_to_number(lines(tmp_path / "lines")[1])
    with readers.engine("tf.data"):
        first = readers.batch([tf.py_func(lambda n: n + n, [number], tf.float32)], 4, shapes=[[]])
        second = readers.batch([numbers(40)], 4)
    threads_of_its_own = {"inter_op_parallelism_threads": 1, "use_per_session_threads": True}
    with _session(**threads_of_its_own) as session:
        coordinator, threads = _started(session)
        both = [session.run([first, second]) for _ in range(10)]
        assert [one[0].tolist() for one in both] == [(2 * one[1]).tolist() for one in both]
        coordinator.request_stop()
        coordinator.join(threads)


def test_threads_that_the_program_starts_start_the_pipeline(graph):
    batch = readers.batch([numbers(8)], 4)
    with tf.Session() as session:
        started = _runners()[-1].create_threads(session)
        session.run(tf.local_variables_initializer())
        for thread in started:
            thread.start()
        for thread in started:
            thread.join(60)
        assert session.run(batch).tolist() == [0, 1, 2, 3]
        assert _runners()[-1].create_threads(session) == []


def test_a_finished_graph_is_started(graph):
    batch = readers.batch([numbers(8)], 4)
    session = _session()
    graph.finalize()
    coordinator, threads = _started(session)
    assert session.run(batch).tolist() == [0, 1, 2, 3]
    coordinator.request_stop()
    coordinator.join(threads)
    session.close()


def test_what_a_dataset_refuses_late_keeps_its_name(graph, tmp_path):
    (tmp_path / "bytes").write_bytes(b"abcdef")
    queue = readers.string_input_producer([str(tmp_path / "bytes")], 1)
    batch = readers.batch([readers.FixedLengthRecordReader(4, hop_bytes=2).read(queue)[1]], 2)
    (report,) = readers.explain(graph)
    assert (report.name, report.engine) == ("batch", "queues")
    assert (batch.name, _runners()[-1].name) == ("batch:0", "batch/fifo_queue")
    with _session() as session:
        coordinator, threads = _started(session)
        assert session.run(batch).tolist() == [b"abcd", b"cdef"]
        coordinator.request_stop()
        coordinator.join(threads)


def test_a_saver_saves_what_it_saved(graph, tmp_path):
    tf.get_variable("weights", [2])
    readers.shuffle_batch([numbers(8)], 4, 8, 4)
    with _session() as session:
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    assert [name for name, _ in tf.train.list_variables(path)] == ["weights"]
