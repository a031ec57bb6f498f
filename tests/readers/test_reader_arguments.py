"""Wrong arguments are refused before the first node, with a message that says what to give."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError

SIGNATURES = {
    "add_queue_runner": "qr collection",
    "batch": "tensors batch_size num_threads capacity enqueue_many shapes dynamic_pad"
    " allow_smaller_final_batch shared_name name",
    "batch_join": "tensors_list batch_size capacity enqueue_many shapes dynamic_pad"
    " allow_smaller_final_batch shared_name name",
    "shuffle_batch": "tensors batch_size capacity min_after_dequeue num_threads seed enqueue_many"
    " shapes allow_smaller_final_batch shared_name name",
    "shuffle_batch_join": "tensors_list batch_size capacity min_after_dequeue seed enqueue_many"
    " shapes allow_smaller_final_batch shared_name name",
    "maybe_batch": "tensors keep_input batch_size num_threads capacity enqueue_many shapes"
    " dynamic_pad allow_smaller_final_batch shared_name name",
    "maybe_batch_join": "tensors_list keep_input batch_size capacity enqueue_many shapes"
    " dynamic_pad allow_smaller_final_batch shared_name name",
    "maybe_shuffle_batch": "tensors batch_size capacity min_after_dequeue keep_input num_threads"
    " seed enqueue_many shapes allow_smaller_final_batch shared_name name",
    "maybe_shuffle_batch_join": "tensors_list batch_size capacity min_after_dequeue keep_input"
    " seed enqueue_many shapes allow_smaller_final_batch shared_name name",
    "bucket": "tensors which_bucket batch_size num_buckets num_threads capacity bucket_capacities"
    " shapes dynamic_pad allow_smaller_final_batch keep_input shared_name name",
    "bucket_by_sequence_length": "input_length tensors batch_size bucket_boundaries num_threads"
    " capacity bucket_capacities shapes dynamic_pad allow_smaller_final_batch keep_input"
    " shared_name name",
    "input_producer": "input_tensor element_shape num_epochs shuffle seed capacity shared_name"
    " summary_name name cancel_op",
    "string_input_producer": "string_tensor num_epochs shuffle seed capacity shared_name name"
    " cancel_op",
    "range_input_producer": "limit num_epochs shuffle seed capacity shared_name name",
    "slice_input_producer": "tensor_list num_epochs shuffle seed capacity shared_name name",
    "limit_epochs": "tensor num_epochs name",
    "match_filenames_once": "pattern name",
    "WholeFileReader": "name",
    "TFRecordReader": "name options",
    "TextLineReader": "skip_header_lines name",
    "FixedLengthRecordReader": "record_bytes header_bytes footer_bytes hop_bytes name encoding",
    "IdentityReader": "name",
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signature_is_that_of_tensorflow_1(name):
    parameters = inspect.signature(getattr(readers, name)).parameters.values()
    given_by_place = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert given_by_place == SIGNATURES[name].split()


def test_every_public_name_is_tested_here_or_beyond_tensorflow_1():
    beyond = (
        "DamagedRecord DecodeImage DecodeRaw PipelineReport PipelineSpeed StageSpeed"
        " at_first_start engine explain file_pipeline find_damaged_record"
        " graphs_with_batchers measure_speed record_batch reset set_default_engine"
    )
    assert set(readers.__all__) == {*SIGNATURES, *beyond.split()}
    assert readers.__all__ == sorted(readers.__all__)


def _one():
    return [tf.constant(1)]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: readers.string_input_producer([]),
            ArgumentError,
            r"at least one string, got \[\]",
        ),
        (lambda: readers.string_input_producer("a"), ArgumentError, "string_tensor must be a list"),
        (
            lambda: readers.string_input_producer(Path("a")),
            ArgumentError,
            "string_tensor must be a list",
        ),
        (lambda: readers.string_input_producer(["a"], 0), ArgumentError, "num_epochs must be .* 0"),
        (
            lambda: readers.string_input_producer(["a"], "1"),
            ArgumentTypeError,
            "num_epochs must be an int of at least 1, got '1'",
        ),
        (
            lambda: readers.string_input_producer(["a"], capacity=0),
            ArgumentError,
            "capacity must be a positive int, or a negative one for no bound, got 0",
        ),
        (
            lambda: readers.string_input_producer(["a"], capacity=None),
            ArgumentTypeError,
            "capacity must be .*, got None",
        ),
        (
            lambda: readers.input_producer(np.zeros([0, 2])),
            ArgumentError,
            "input_tensor must be of at least one row unless num_epochs is given",
        ),
        (
            lambda: readers.input_producer(tf.zeros([0, 2])),
            ArgumentError,
            "input_tensor must be of at least one row",
        ),
        (lambda: readers.range_input_producer(0), ArgumentError, "limit must be .* 1, got 0"),
        (lambda: readers.range_input_producer(-1, 2), ArgumentError, "limit must be .* 0, got -1"),
        (lambda: readers.range_input_producer("3"), ArgumentTypeError, "limit must be .*got '3'"),
        (lambda: readers.slice_input_producer([]), ArgumentError, r"at least one tensor, got \[\]"),
        (lambda: readers.slice_input_producer([[]]), ArgumentError, r"tensor_list\[0\] must be of"),
        (
            lambda: readers.slice_input_producer([[1, 2], [3]]),
            ArgumentError,
            r"tensor_list\[1\] must be at least as long as the first tensor \(2 rows\), got 1",
        ),
        (
            lambda: readers.slice_input_producer({0: [1, 2]}),
            ArgumentTypeError,
            "tensor_list must be a list of tensors, got dict",
        ),
        (
            lambda: readers.slice_input_producer(rows for rows in [[1, 2]]),
            ArgumentTypeError,
            "tensor_list must be a list of tensors, got generator",
        ),
        (lambda: readers.slice_input_producer(None), ArgumentTypeError, "got NoneType"),
        (lambda: readers.limit_epochs(_one()[0], -2), ArgumentError, "num_epochs .* got -2"),
        (lambda: readers.batch(_one(), 0), ArgumentError, "batch: batch_size .* 1, got 0"),
        (lambda: readers.batch(_one(), None), ArgumentError, "batch_size must be .*got None"),
        (lambda: readers.batch(_one(), 2.0), ArgumentTypeError, r"batch_size must be .*got 2\.0"),
        (lambda: readers.batch(_one(), 2, 0), ArgumentError, "num_threads must be .* 1, got 0"),
        (lambda: readers.batch(_one(), 2, capacity=0.5), ArgumentError, "capacity must be .*0.5"),
        (
            lambda: readers.shuffle_batch(_one(), 2, 10, 10),
            ArgumentError,
            r"shuffle_batch: min_after_dequeue must be less than the capacity \(10\), got 10",
        ),
        (lambda: readers.shuffle_batch(_one(), 2, 10, -1), ArgumentError, "at least 0, got -1"),
        (lambda: readers.shuffle_batch_join([_one()], 2, 10, 1.5), ArgumentTypeError, "got 1.5"),
        (lambda: readers.maybe_batch(_one(), True, -3), ArgumentError, "maybe_batch: .* got -3"),
        (
            lambda: readers.FixedLengthRecordReader(0),
            ArgumentError,
            "record_bytes must be an int of at least 1, got 0",
        ),
        (
            lambda: readers.FixedLengthRecordReader(3, hop_bytes=-1),
            ArgumentError,
            "hop_bytes must be an int of at least 0, got -1",
        ),
        (
            lambda: readers.TextLineReader(skip_header_lines=-1),
            ArgumentError,
            "skip_header_lines must be an int of at least 0, got -1",
        ),
    ],
)
def test_wrong_argument_is_named_with_what_was_wanted(graph, call, error, message):
    with pytest.raises(error, match=message):
        call()
    assert not [op for op in graph.get_operations() if op.type not in {"Const", "Fill"}]


@pytest.mark.parametrize("capacity", [5, np.int64(5), 5.9, -1])
def test_capacity_tensorflow_1_took_is_taken(graph, capacity):
    queue = readers.string_input_producer(["a"], capacity=capacity)
    assert queue.queue_ref.op.get_attr("capacity") == int(capacity)


@pytest.mark.parametrize("batch_size", [3, np.int32(3), np.array(3), tf.Dimension(3)])
def test_batch_size_tensorflow_1_took_is_taken(graph, batch_size):
    assert readers.batch(_one(), batch_size).shape.as_list() == [3]


def test_batch_size_may_be_computed(graph):
    assert readers.batch(_one(), tf.placeholder(tf.int32, [])).shape.as_list() == [None]


@pytest.mark.parametrize(
    "names", [np.array(["a", "b"]), np.array([b"a", b"b"]), ("a", Path("b"))], ids=repr
)
def test_names_may_be_an_array_a_tuple_or_paths(graph, session, names):
    dequeued = readers.string_input_producer(names, num_epochs=1, shuffle=False).dequeue()
    session.run(tf.local_variables_initializer())
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    assert [session.run(dequeued), session.run(dequeued)] == [b"a", b"b"]
    coordinator.request_stop()
    coordinator.join(threads)


def test_other_collections_are_left_to_tensorflow(graph):
    with pytest.raises((TypeError, ValueError), match="Expected string, but got 1"):
        readers.string_input_producer({"a": 1})


def test_no_rows_are_fine_for_a_number_of_epochs(graph):
    assert readers.range_input_producer(0, num_epochs=1).dtypes == [tf.int32]
    assert len(readers.slice_input_producer([np.zeros([0], np.int32)], num_epochs=1)) == 1


def test_range_and_rows_may_be_computed(graph):
    assert readers.range_input_producer(tf.placeholder(tf.int32, [])).dtypes == [tf.int32]
    rows = tf.placeholder_with_default([1, 2], [None])
    assert readers.slice_input_producer([rows, [1, 2, 3]])[0].shape.as_list() == []
    assert readers.slice_input_producer((rows,))[0].dtype == tf.int32


def test_slices_of_unknown_rank_are_left_to_tensorflow(graph):
    with pytest.raises(ValueError, match="Either `input_tensor` must have a fully defined shape"):
        readers.input_producer(tf.placeholder(tf.int32))


def test_lone_tensor_instead_of_a_list_is_refused(graph):
    with pytest.raises(TypeError, match="is not allowed"):
        readers.slice_input_producer(tf.constant([[1, 2]]))
