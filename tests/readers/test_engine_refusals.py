"""What tf.data cannot do as the queues do stays with them, says why, and delivers the same."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import delivered

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError


def _numbers(limit=6, **options):
    queue = readers.range_input_producer(limit, num_epochs=1, shuffle=False, **options)
    return queue.dequeue()


def _filled(queue, enqueue):
    """A queue of the program's own, with its runner."""
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [enqueue]))
    return queue


def _limited(rows):
    return tf.train.limit_epochs(tf.constant(rows), 1)


def _value_of_the_program():
    return readers.batch([_numbers(), 7], 2)


def _a_variable_itself():
    variable = tf.get_variable("held", initializer=[1, 2], trainable=False)
    return readers.batch([_numbers(), variable], 2)


def _a_reader_that_is_shared(path):
    queue = readers.string_input_producer([path], num_epochs=1, shuffle=False)
    handle = tf.raw_ops.TextLineReaderV2(shared_name="ours")
    record = tf.raw_ops.ReaderReadV2(reader_handle=handle, queue_handle=queue.queue_ref)
    record.value.set_shape([])
    return readers.batch([record.value], 2)


def _a_reader_of_another_kind(path):
    queue = readers.string_input_producer([path], num_epochs=1, shuffle=False)
    _, record = tf.LMDBReader().read(queue)
    return readers.batch([record], 2)


def _a_queue_of_another_kind():
    queue = tf.RandomShuffleQueue(9, 0, [tf.int32], [[]])
    return readers.batch([_filled(queue, queue.enqueue_many(_limited([0, 1]))).dequeue()], 2)


def _a_queue_of_pairs():
    queue = tf.FIFOQueue(9, [tf.int32, tf.int32], [[], []])
    pairs = [_limited([[0, 1, 2, 3], [5, 6, 7, 8]])[place] for place in (0, 1)]
    return readers.batch(list(_filled(queue, queue.enqueue_many(pairs)).dequeue()), 2)


def _a_queue_filled_one_by_one():
    queue = tf.FIFOQueue(9, [tf.int32], [[]])
    return readers.batch([_filled(queue, queue.enqueue([_limited(3)])).dequeue()], 2)


def _a_queue_filled_from_two_sides():
    queue = tf.FIFOQueue(9, [tf.int32], [[]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue_many(_limited([n])) for n in (1, 2)])
    tf.train.add_queue_runner(runner)
    return readers.batch([queue.dequeue()], 2)


def _a_producer_behind_a_queue():
    queue = readers.input_producer(_numbers(4)[None], num_epochs=None, shuffle=False)
    return readers.batch([queue.dequeue()], 2)


def _sparse_with_shapes():
    number = tf.cast(_numbers(), tf.int64)
    sparse = tf.SparseTensor(tf.reshape(number, [1, 1]), tf.reshape(number, [1]), [9])
    return readers.batch([sparse], 2, shapes=[[9]])


def _two_examples_of_one_producer():
    queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
    return readers.batch_join([[queue.dequeue()], [-queue.dequeue()]], 2)


def _what_writes():
    number = _numbers()
    seen = tf.get_variable("seen", initializer=0, trainable=False, use_resource=True)
    with tf.control_dependencies([seen.assign_add(1)]):
        return readers.batch([tf.identity(number)], 2)


def _a_step_that_writes():
    number = _numbers()
    with tf.control_dependencies([tf.io.write_file("never-written", "text")]):
        return readers.batch([tf.identity(number)], 2)


def _what_comes_for_some():
    number = _numbers()
    return readers.batch([tf.raw_ops.Switch(data=number, pred=number > 3).output_true], 2)


def _a_loop_that_runs_for_some():
    number = _numbers()
    first = tf.raw_ops.Switch(data=number, pred=number > 3).output_true
    reached = tf.while_loop(lambda n: n < 9, lambda n: n + 1, [first])
    return readers.batch([tf.reshape(reached, [])], 2)


def _an_element_taken_after_a_check():
    queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
    with tf.control_dependencies([tf.Assert(False, ["checked"], name="check")]):
        number = queue.dequeue()
    return readers.batch([number], 2)


def _a_reader_made_after_a_check(path):
    queue = readers.string_input_producer([path], num_epochs=1, shuffle=False)
    with tf.control_dependencies([tf.Assert(False, ["checked"], name="check")]):
        _, record = readers.TextLineReader().read(queue)
    return readers.batch([record], 2)


CASES = {
    "a value of the program": (_value_of_the_program, "a value that is no tensor"),
    "a variable itself": (_a_variable_itself, "it reads a variable or a table"),
    "a queue of another kind": (
        _a_queue_of_another_kind,
        "a queue that is not filled as producers fill theirs",
    ),
    "a queue of pairs": (_a_queue_of_pairs, "a queue of several components"),
    "a queue filled one by one": (
        _a_queue_filled_one_by_one,
        "a queue that is not filled as producers fill theirs",
    ),
    "a queue filled from two sides": (
        _a_queue_filled_from_two_sides,
        "a queue that is not filled as producers fill theirs",
    ),
    "a producer behind a queue": (_a_producer_behind_a_queue, "takes its rows from another queue"),
    "two examples of one producer": (_two_examples_of_one_producer, "each in another way"),
    "what comes for some": (_what_comes_for_some, "examples that it does not come for"),
    "a loop that runs for some": (_a_loop_that_runs_for_some, "examples that it does not come for"),
    "an element taken after a check": (_an_element_taken_after_a_check, "has to run before it"),
    "what counts in a variable": (_what_writes, "it reads a variable or a table"),
    "what writes a file": (_a_step_that_writes, "writes something outside the pipeline"),
}
OF_FILES = {
    "a reader that is shared": (_a_reader_that_is_shared, "a reader that sessions share"),
    "a reader made after a check": (_a_reader_made_after_a_check, "has to run before it"),
    "a reader of another kind": (_a_reader_of_another_kind, "a reader of an unknown kind"),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("refusals") / "lines.txt"
    path.write_text("one\ntwo\n")
    return str(path)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_queues_do_it_and_the_report_says_why(name):
    build, reason = CASES[name]
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        build()
        (report,) = readers.explain(graph)
    assert report.engine == "queues"
    assert reason in report.reason


@pytest.mark.parametrize("name", sorted(OF_FILES))
def test_readers_that_are_not_known_keep_the_queues(name, path):
    build, reason = OF_FILES[name]
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        build(path)
        (report,) = readers.explain(graph)
    assert report.engine == "queues"
    assert reason in report.reason


@pytest.mark.parametrize("name", sorted(CASES))
def test_insisting_on_tf_data_is_an_error_with_the_reason(name):
    build, reason = CASES[name]
    with (
        tf.Graph().as_default(),
        pytest.raises(ArgumentError, match=reason),
        readers.engine("tf.data"),
    ):
        build()


def test_no_tensor_is_an_error_as_in_queues():
    for engine in ("queues", "auto"):
        with (
            tf.Graph().as_default(),
            readers.engine(engine),
            pytest.raises(ValueError, match=r"\w"),
        ):
            readers.batch([], 2)


def test_shapes_of_sparse_tensors_are_left_to_the_queues():
    with (
        tf.Graph().as_default(),
        readers.engine("tf.data"),
        pytest.raises(ArgumentError, match="the shapes of sparse tensors are given"),
    ):
        _sparse_with_shapes()


def test_a_number_beside_the_example_is_batched(path):
    with tf.Graph().as_default(), readers.engine("auto"):
        found = delivered(_value_of_the_program())
    assert [[part.tolist() for part in batch] for batch in found] == [
        [[n, n + 1], [7, 7]] for n in (0, 2, 4)
    ]


def test_examples_that_do_not_come_are_left_out():
    with tf.Graph().as_default(), readers.engine("auto"):
        found = delivered(_what_comes_for_some())
    assert [batch.tolist() for batch in found] == [[4, 5]]


def test_pairs_of_a_queue_stay_together():
    with tf.Graph().as_default(), readers.engine("auto"):
        found = delivered(_a_queue_of_pairs())
    pairs = sorted(tuple(pair) for batch in found for pair in zip(*batch, strict=True))
    assert pairs == [(n, n + 5) for n in range(4)]


def test_two_examples_take_turns_at_one_producer():
    with tf.Graph().as_default(), readers.engine("auto"):
        found = np.concatenate(delivered(_two_examples_of_one_producer()))
    assert sorted(np.abs(found).tolist()) == list(range(6))


def test_a_tensor_in_no_list_is_an_error_as_in_queues():
    for engine in ("queues", "auto"):
        with tf.Graph().as_default(), readers.engine(engine), pytest.raises(TypeError, match=r"\w"):
            readers.batch(_numbers(), 3)


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
def test_a_constant_beside_what_a_producer_gives(engine):
    """The constant is no component of the records, and nothing is computed from them."""
    with tf.Graph().as_default(), readers.engine(engine):
        table = tf.constant(np.arange(5000, dtype=np.int32))
        found = delivered(readers.batch([_numbers(4), table], 2))
    assert [batch[0].tolist() for batch in found] == [[0, 1], [2, 3]]
    assert all(batch[1].shape == (2, 5000) and (batch[1][1][-1] == 4999) for batch in found)


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
def test_a_bounding_box_that_has_to_cover_much(engine):
    """The op of before `min_object_covered` was an input; a box covers at least so much."""
    with tf.Graph().as_default(), readers.engine(engine):
        number = _numbers(20)
        begin, size, _ = tf.raw_ops.SampleDistortedBoundingBox(
            image_size=[100, 100, 3],
            bounding_boxes=[[[0.0, 0.0, 1.0, 1.0]]],
            seed=3,
            min_object_covered=0.5,
            area_range=[0.1, 1.0],
            use_image_if_no_bounding_boxes=True,
        )
        _, begins, sizes = delivered(readers.batch([number, begin, size], 20))[0]
    assert (begins >= 0).all()
    assert (begins[:, :2] + sizes[:, :2] <= 100).all()
    assert (sizes[:, 0] * sizes[:, 1] >= 0.49 * 100 * 100).all()
    assert len({tuple(row) for row in sizes.tolist()}) > 10
