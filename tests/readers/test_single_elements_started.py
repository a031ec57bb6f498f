"""Single elements in sessions that ran, or filled the queue, before or after these were taken.

What TensorFlow 1.15.5 gave is what is expected.
"""

from __future__ import annotations

from threading import Thread

import pytest
from engine_pipelines import delivered, numbers

from graphkit import readers
from graphkit._tf import tf

pytestmark = pytest.mark.timeout(60)  # a step that waits in vain


@pytest.fixture
def names(tmp_path):
    (tmp_path / "lines").write_text("a\nb\nc\n")
    return [str(tmp_path / "lines")]


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as opened:
        yield opened


def _producer(limit=4):
    return readers.range_input_producer(limit, shuffle=False)


def _start(session):
    tf.train.start_queue_runners(session, tf.train.Coordinator())


def _engines():
    return [report.engine for report in readers.explain()]


def test_an_element_taken_after_the_start_comes_from_the_queue(session):
    queue = _producer()
    _start(session)
    number = queue.dequeue()
    assert [session.run(number) for _ in range(5)] == [0, 1, 2, 3, 0]


def test_a_record_read_after_the_start_comes_from_the_queue(session, names):
    queue = readers.string_input_producer(names)
    _start(session)
    line = readers.TextLineReader().read(queue)[1]
    assert [session.run(line) for _ in range(4)] == [b"a", b"b", b"c", b"a"]


def test_it_comes_from_tf_data_in_the_next_session(session):
    queue = _producer()
    _start(session)
    number = queue.dequeue()
    with tf.Session() as another:
        _start(another)
        assert _engines() == ["tf.data"]
        assert [another.run(number) for _ in range(3)] == [0, 1, 2]
        assert another.run("input_producer/input_producer_Size:0") == 0
    assert session.run(number) == 0


@pytest.mark.parametrize("start", ["runners", "by hand"])
def test_what_the_queue_delivers_in_a_session_that_ran_before(session, names, start):
    queue = readers.string_input_producer(names)
    session.run(tf.constant(1))  # what fills the queue is known to the session now
    reader = readers.TextLineReader()
    lines = [reader.read(queue)[1] for _ in range(2)]
    assert _engines() == ["queues", "queues"]
    if start == "runners":
        _start(session)
    else:
        session.run(tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[0].enqueue_ops)
    found = [session.run(lines[place % 2]) for place in range(3)]
    assert found == [b"a", b"b", b"c"]


def test_what_tf_data_delivers_in_a_session_that_ran_before(session, names):
    queue = readers.string_input_producer(names)
    session.run(tf.constant(1))
    line = readers.TextLineReader().read(queue)[1]
    _start(session)
    assert _engines() == ["tf.data"]
    assert [session.run(line) for _ in range(3)] == [b"a", b"b", b"c"]


@pytest.mark.parametrize("put_first", [False, True])
@pytest.mark.parametrize("many", [False, True])
def test_what_a_program_puts_into_the_queue_is_taken_from_there(session, put_first, many):
    queue = _producer()

    def put():
        return queue.enqueue_many([[7, 8]]) if many else queue.enqueue(7)

    puts = put() if put_first else None
    number = queue.dequeue()
    puts = puts or put()
    session.run(puts)
    assert session.run(number) == 7
    _start(session)
    assert session.run(number) == (8 if many else 0)
    assert _engines() == ["queues"]


def test_a_rest_in_files_that_are_not_known_yet_is_passed_over(session, tmp_path):
    (tmp_path / "bytes").write_bytes(b"abcdefgh")
    names = tf.placeholder_with_default([str(tmp_path / "bytes")], [None])
    queue = readers.string_input_producer(tf.strings.join([names, ""]), shuffle=False)
    record = readers.FixedLengthRecordReader(3).read(queue)[1]
    _start(session)
    assert [session.run(record) for _ in range(3)] == [b"abc", b"def", b"abc"]


def test_an_element_taken_after_a_step_of_the_program_is_taken_after_it(session):
    steps = tf.get_variable("steps", initializer=0, use_resource=True)
    queue = _producer()
    with tf.control_dependencies([steps.assign_add(1)]):
        number = queue.dequeue()
    session.run(tf.global_variables_initializer())
    _start(session)
    assert [session.run(number) for _ in range(3)] == [0, 1, 2]
    assert session.run(steps) == 3
    (report,) = readers.explain()
    assert "has to run before it" in report.reason


def test_a_batcher_behind_it_takes_after_that_step_too(session):
    queue = _producer()
    with tf.control_dependencies([tf.no_op(name="before")]):
        number = queue.dequeue()
    readers.batch([number], 2)
    (report,) = readers.explain()
    assert report.engine == "queues"
    assert "has to run before it" in report.reason


def test_what_a_batcher_on_queues_collects_passes_no_gate(session):
    number = numbers(6)
    (runner,) = tf.get_collection("tf_data_runners")
    waiting = number.op.inputs[0].op.type
    readers.batch([number + tf.placeholder_with_default(0, [])], 2)
    assert (waiting, number.op.inputs[0].op.type) == ("Merge", "QueueDequeueV2")
    assert number.op.inputs[0].op.control_inputs == []
    assert runner not in tf.get_collection("tf_data_runners")


def test_what_a_queue_of_the_program_collects_passes_none_either(session):
    number = numbers(3)
    queue = tf.FIFOQueue(8, [tf.int32], [[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(number)])
    readers.add_queue_runner(runner)
    assert runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    assert number.op.inputs[0].op.type == "QueueDequeueV2"
    assert delivered(queue.dequeue()) == [0, 1, 2]


def test_a_queue_runner_may_be_added_to_a_collection_of_its_own(session):
    queue = tf.FIFOQueue(8, [tf.int32], [[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1)])
    readers.add_queue_runner(runner, "own")
    assert tf.get_collection("own") == [runner]
    assert tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS) == []


def _waiting(session, taken, ends):
    """How a step ends that waits before anything was started, as `ends` comes."""
    found = []

    def step():
        try:
            found.append(session.run(taken))
        except tf.errors.OpError as error:
            found.append(type(error))

    waiting = Thread(target=step, daemon=True)
    waiting.start()
    ends()
    waiting.join(20)
    return found


@pytest.mark.parametrize("closed_by", ["program", "later", "runner", "stopping runner"])
def test_a_step_that_waits_ends_as_the_queue_is_closed(session, closed_by):
    queue = _producer()
    number = queue.dequeue()
    (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    closes = {"runner": runner.close_op, "stopping runner": runner.cancel_op}.get(closed_by)
    if closed_by == "program":
        closes = queue.close()
    assert _waiting(session, number, lambda: session.run(closes or queue.close())) == [
        tf.errors.OutOfRangeError
    ]


@pytest.mark.parametrize("closes", ["close_op", "cancel_op"])
def test_a_step_that_waits_for_a_batch_ends_as_its_queue_is_closed(session, closes):
    batch = readers.batch([_producer().dequeue()], 2)
    runner = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1]
    found = _waiting(session, batch, lambda: session.run(getattr(runner, closes)))
    assert found == [tf.errors.OutOfRangeError]


LATE = {
    "size": lambda queue, _: queue.size(),
    "is_closed": lambda queue, _: queue.is_closed(),
    "close": lambda queue, _: queue.close(cancel_pending_enqueues=True),
    "enqueue": lambda queue, _: queue.enqueue("d"),
    "enqueue_many": lambda queue, _: queue.enqueue_many([["d"]]),
    "dequeue": lambda queue, _: queue.dequeue(),
    "num_records_produced": lambda _, reader: reader.num_records_produced(),
    "num_work_units_completed": lambda _, reader: reader.num_work_units_completed(),
    "reset": lambda _, reader: reader.reset(),
    "read": lambda queue, reader: reader.read(queue),
}


@pytest.mark.parametrize("look", LATE)
def test_what_looks_there_after_the_start_is_warned_of(session, names, look):
    queue = readers.string_input_producer(names)
    reader = readers.TextLineReader()
    line = reader.read(queue)[1]
    _start(session)
    assert session.run(line) == b"a"
    said = "ReaderReadV2 goes on with tf.data in sessions that were started before"
    with pytest.warns(UserWarning, match=said):
        LATE[look](queue, reader)
    assert session.run(line) == b"b"
    assert "queues" in _engines()


def test_a_batch_built_after_the_start_is_warned_of_as_it_takes_the_same_again(session):
    number = _producer().dequeue()
    _start(session)
    assert session.run(number) == 0
    with pytest.warns(UserWarning, match="a batcher collects what it takes"):
        batch = readers.batch([number], 2)
    _start(session)
    assert session.run(batch).tolist() == [0, 1]
