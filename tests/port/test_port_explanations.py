"""Each row of the table answers the messages people post, and no others."""

from __future__ import annotations

import re

import pytest

from graphkit.port._explanations import EXPLANATIONS, explain

SAID = [
    (
        "RuntimeError",
        "Coordinator stopped with threads still running: Thread-3 Thread-4",
        "reading threads did not end in time",
    ),
    (
        "KeyError",
        "\"The name 'x:0' refers to a Tensor which does not exist. The operation, 'x', does not "
        'exist in the graph."',
        "the graph has no op of that name",
    ),
    ("AssertionError", "logits is not in graph", "the graph has no op of that name"),
    (
        "ValueError",
        "The name 'x' refers to an Operation, not a Tensor. Tensor names must be of the form "
        '"<op_name>:<output_index>".',
        "a tensor is named by its op",
    ),
    (
        "NotFoundError",
        "Op type not registered 'ImageProjectiveTransform' in binary running on host",
        "the graph was saved with an op that this TensorFlow does not have",
    ),
    (
        "ValueError",
        "The passed save_path is not a valid checkpoint: ./model.ckpt",
        "there is no checkpoint at that path",
    ),
    ("ValueError", "Can't load save_path when it is None.", "there is no checkpoint at that path"),
    (
        "InvalidArgumentError",
        "Assign requires shapes of both tensors to match. lhs shape= [10] rhs shape= [1000]\n"
        "\t [[{{node save/Assign_3}}]]",
        "a variable has another shape in the checkpoint",
    ),
    (
        "InvalidArgumentError",
        "Name: <unknown>, Feature: image/encoded (data type: string) is required but could not be "
        "found.",
        "the records hold other features",
    ),
    (
        "InvalidArgumentError",
        "Key: label.  Data types don't match. Data type: string but expected type: int64",
        "the records hold other features",
    ),
    (
        "ImportError",
        "Missing optional dependency 'pooch' required for scipy.datasets module. Please use pip or "
        "conda to install 'pooch'.",
        "the pictures of scipy.misc.face and ascent are downloaded",
    ),
    (
        "InvalidArgumentError",
        "Unknown image file format. One of JPEG, PNG, GIF, BMP required.",
        "a file is no picture",
    ),
    (
        "ValueError",
        'Tensor Tensor("x:0", shape=(), dtype=float32) is not an element of this graph.',
        "tensors of two graphs are mixed",
    ),
    (
        "ValueError",
        'Tensor("b:0") must be from the same graph as Tensor("a:0").',
        "tensors of two graphs are mixed",
    ),
    (
        "TypeError",
        "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include",
        "a feed takes numbers",
    ),
    (
        "ValueError",
        "Cannot feed value of shape (128, 28, 28) for Tensor 'x:0', which has shape '(?, 784)'",
        "the array that is fed has another shape",
    ),
    (
        "ValueError",
        "Variable fc/w/Adam/ does not exist, or was not created with tf.get_variable(). Did you "
        "mean to set reuse=None in VarScope?",
        "a scope that reuses variables",
    ),
    ("DecodeError", "Error parsing message", "the file is not a binary graph"),
    ("OSError", "SavedModel file does not exist at: out/{saved_model.pbtxt}", "no SavedModel"),
    (
        "RuntimeError",
        "MetaGraphDef associated with tags 'serve' could not be found in SavedModel.",
        "no SavedModel",
    ),
    ("InvalidArgumentError", "indices[3,7] = 5001 is not in [0, 5000)", "larger than the table"),
    (
        "InvalidArgumentError",
        "Received a label value of 10 which is outside the valid range of [0, 10).",
        "larger than the table",
    ),
    ("InvalidArgumentError", "loss is inf or nan : Tensor had NaN values", "left the range"),
    ("InvalidArgumentError", "gradient : Tensor had Inf values", "left the range"),
    (
        "error",
        "OpenCV(3.4.1) dnn/src/tensorflow/tf_importer.cpp:1487: error: (-2) Unknown layer type",
        "OpenCV reads frozen graphs",
    ),
    (
        "OutOfRangeError",
        "PaddingFIFOQueue '_2_batch/padding_fifo_queue' is closed and has insufficient elements",
        "the reading threads stopped",
    ),
    ("FailedPreconditionError", "Could not find variable w. This could mean", "before it has a"),
    ("TypeError", "Tensor objects is not iterable when eager execution", "expects eager"),
    (
        "TypeError",
        "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed",
        "expects eager",
    ),
    ("ValueError", "GraphDef exceeds maximum protobuf size of 2GB: 2147489", "as constants"),
    (
        "ValueError",
        "Input 0 of node bn/AssignMovingAvg was passed float from bn/moving_mean:0 incompatible "
        "with expected float_ref.",
        "assignments to variables",
    ),
    ("gaierror", "[Errno -2] Name or service not known", "downloads something"),
    ("NotFoundError", "data/train.txt; No such file or directory", "reads is not there"),
    ("ResourceExhaustedError", "OOM when allocating tensor with shape[256,64]", "memory ran out"),
]


def raised(name, message):
    return type(name, (Exception,), {})(message)


@pytest.mark.parametrize(("name", "message", "cause"), SAID)
def test_a_message_is_answered_by_its_row(name, message, cause):
    found = explain(raised(name, message))
    assert found is not None
    assert cause in found.cause or cause in found.remedy


@pytest.mark.parametrize(("name", "message", "cause"), SAID)
def test_the_same_words_of_another_class_are_not_answered(name, message, cause):
    found = explain(raised("CancelledError", message))
    assert found is None or not found.error


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ValueError", "x is not in list"),
        ("KeyError", "'graph'"),
        ("ValueError", "too many values to unpack (expected 2)"),
        ("TypeError", "f() missing 1 required positional argument: 'x'"),
        ("RuntimeError", "the program's own"),
        ("AttributeError", "'NoneType' object has no attribute 'numpy'"),
        ("InvalidArgumentError", "Incompatible shapes: [2] vs. [3]"),
        ("IndexError", "list index out of range"),
        ("OverflowError", "math range error"),
        ("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xff in position 0"),
        ("ImportError", "cannot import name 'x' from 'y'"),
        ("OSError", "[Errno 28] No space left on device"),
    ],
)
def test_what_belongs_to_no_row_is_left_as_it_is(name, message):
    assert explain(raised(name, message)) is None


def test_a_class_is_known_by_those_it_descends_from():
    parent = type("ResourceExhaustedError", (Exception,), {})
    child = type("AllocatorError", (parent,), {})
    assert explain(child("no more")) is explain(parent("no more"))
    assert explain(child("no more")).cause == "memory ran out"


@pytest.mark.parametrize("row", EXPLANATIONS, ids=lambda row: row.cause[:40])
def test_a_row_is_written_for_people(row):
    assert row.cause[0].islower() or row.cause.startswith(("NumPy", "OpenCV"))
    assert not row.cause.endswith(".")
    assert not row.remedy.endswith(".")
    assert row.error or row.pattern
    assert all(name.isidentifier() for name in row.error.split("|") if name)
    re.compile(row.pattern)
