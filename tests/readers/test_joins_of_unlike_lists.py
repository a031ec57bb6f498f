"""Lists of a join that are not alike: the queues cut them or refuse them, as in TensorFlow 1.15.5.

What is cut and what is refused was seen there; https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/python/training/input.py
compares each list with the first.
"""

from __future__ import annotations

import pytest
from engine_pipelines import delivered

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError

ENGINES = ("queues", "auto")
UNLIKE = "the examples differ in their components"


def _join(lists):
    return readers.batch_join(lists, 4)


def _maybe_join(lists):
    return readers.maybe_batch_join(lists, tf.constant(True), 4)


def _shuffled_join(lists):
    return readers.shuffle_batch_join(lists, 4, 50, 10)


def _maybe_shuffled_join(lists):
    return readers.maybe_shuffle_batch_join(lists, 4, 50, 10, tf.constant(True))


JOINS = [_join, _maybe_join, _shuffled_join, _maybe_shuffled_join]


def _sparse(value, rank=1):
    places = tf.constant([[0] * rank], tf.int64)
    return tf.SparseTensor(places, tf.constant([value]), tf.constant([3] * rank, tf.int64))


def _one_and_two():
    return [[tf.constant(1)], [tf.constant(2), tf.constant(3)]]


REFUSED = {
    "too few": (
        lambda: [[tf.constant(1), tf.constant(2)], [tf.constant(3)]],
        (ValueError, "Inconsistent SparseTensors list"),
    ),
    "dtypes": (
        lambda: [[tf.constant(1)], [tf.constant(2.0)]],
        (TypeError, r"Expected types to be consistent: int32 vs\. float32\."),
    ),
    "a sparse one first": (
        lambda: [[_sparse(1)], [tf.constant(1)]],
        (ValueError, "Inconsistent SparseTensors list"),
    ),
    "a sparse one later": (
        lambda: [[tf.constant(1)], [_sparse(1)]],
        (ValueError, "Inconsistent SparseTensors list"),
    ),
    "sparse ranks": (
        lambda: [[_sparse(1)], [_sparse(1, rank=2)]],
        (ValueError, "Inconsistent SparseTensors list"),
    ),
    "a key more": (
        lambda: [{"a": tf.constant(1)}, {"a": tf.constant(1), "b": tf.constant(2)}],
        (ValueError, "must have the same keys"),
    ),
    "other keys": (
        lambda: [{"a": tf.constant(1)}, {"b": tf.constant(2)}],
        (ValueError, "must have the same keys"),
    ),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("join", JOINS)
def test_what_the_first_list_has_no_place_for_is_left_out(join, engine):
    with tf.Graph().as_default(), readers.engine(engine):
        batch = join(_one_and_two())
        (found,) = delivered(batch, most=1)
        (report,) = readers.explain()
    assert set(found.tolist()) <= {1, 2}
    assert report.engine == "queues"
    assert engine == "queues" or UNLIKE in report.reason


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", sorted(REFUSED))
@pytest.mark.parametrize("join", JOINS)
def test_other_lists_are_refused_in_the_same_words(join, case, engine):
    lists, (error, words) = REFUSED[case]
    with (
        tf.Graph().as_default(),
        readers.engine(engine),
        pytest.raises(error, match=words),
    ):
        join(lists())


@pytest.mark.parametrize("join", JOINS)
def test_insisting_on_tf_data_says_what_stands_in_the_way(join):
    with (
        tf.Graph().as_default(),
        readers.engine("tf.data"),
        pytest.raises(ArgumentError, match=UNLIKE),
    ):
        join(_one_and_two())


def test_sparse_values_of_several_dtypes_are_left_to_the_queues():
    """TensorFlow 1.15.5 builds it as well, with the first list's dtype."""
    with tf.Graph().as_default(), readers.engine("auto"):
        assert _join([[_sparse(1)], [_sparse(2.0)]]).dtype == tf.int32
        (report,) = readers.explain()
    assert (report.engine, report.reason.startswith(UNLIKE)) == ("queues", True)
