"""Static shapes and dimensions: arithmetic, comparison, merging, and the errors of each."""

from __future__ import annotations

import operator
import pickle

import pytest

import graphkit.tf1 as tf

D = tf.Dimension
UNKNOWN = tf.TensorShape(None)


def value(dimension):
    return dimension.value if isinstance(dimension, D) else dimension


@pytest.mark.parametrize(
    ("operation", "left", "right", "wanted"),
    [
        (operator.add, 3, 4, 7),
        (operator.sub, 3, 4, -1),
        (operator.mul, 3, 4, 12),
        (operator.floordiv, 7, 2, 3),
        (operator.mod, 7, 2, 1),
        (operator.add, None, 4, None),
        (operator.sub, 3, None, None),
        (operator.mul, None, None, None),
        (operator.floordiv, None, 2, None),
        (operator.mod, None, 2, None),
    ],
)
def test_dimensions_are_counted_with(operation, left, right, wanted):
    if wanted is not None and wanted < 0:
        with pytest.raises(ValueError, match="Dimension -1 must be >= 0"):
            operation(D(left), D(right))
        return
    for a, b in ((D(left), D(right)), (D(left), right), (left, D(right))):
        if a is None or b is None:
            continue
        assert value(operation(a, b)) == wanted


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq", "ne"])
@pytest.mark.parametrize(("left", "right"), [(2, 3), (3, 3), (4, 3)])
def test_known_dimensions_are_compared(name, left, right):
    compare = getattr(operator, name)
    assert compare(D(left), D(right)) is compare(left, right)
    assert compare(D(left), right) is compare(left, right)


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "eq", "ne"])
def test_an_unknown_dimension_compares_to_nothing_known(name):
    compare = getattr(operator, name)
    assert compare(D(None), D(3)) is None
    assert compare(D(3), D(None)) is None


def test_a_dimension_is_no_key():
    with pytest.raises(TypeError, match="unhashable"):
        hash(D(3))


def test_a_dimension_is_a_number_where_one_is_wanted():
    assert int(D(3)) == 3
    assert list(range(D(2))) == [0, 1]
    assert [10, 20, 30][D(1)] == 20
    assert (str(D(3)), str(D(None)), repr(D(3))) == ("3", "?", "Dimension(3)")


@pytest.mark.parametrize("other", [None, 3])
def test_dimensions_merge_where_they_agree(other):
    assert D(3).merge_with(D(other)).value == 3
    assert D(other).merge_with(D(3)).value == 3
    assert D(3).is_compatible_with(other)


def test_dimensions_that_disagree_do_not_merge():
    with pytest.raises(ValueError, match="Dimensions 3 and 4 are not compatible"):
        D(3).merge_with(4)
    with pytest.raises(ValueError, match="Dimensions 3 and 4 are not compatible"):
        D(3).assert_is_compatible_with(4)
    assert not D(3).is_compatible_with(4)


MERGED = [
    ([2, None], [None, 3], [2, 3]),
    ([2, 3], [2, 3], [2, 3]),
    ([None, None], [None, None], [None, None]),
    ([], [], []),
]


@pytest.mark.parametrize(("left", "right", "wanted"), MERGED)
def test_shapes_merge_size_by_size(left, right, wanted):
    a, b = tf.TensorShape(left), tf.TensorShape(right)
    assert a.merge_with(b).as_list() == wanted
    assert a.merge_with(UNKNOWN).as_list() == left
    assert UNKNOWN.merge_with(b).as_list() == right
    assert a.is_compatible_with(b)


@pytest.mark.parametrize(("left", "right"), [([2], [3]), ([2, 3], [2]), ([], [1])])
def test_shapes_that_disagree_do_not_merge(left, right):
    a, b = tf.TensorShape(left), tf.TensorShape(right)
    assert not a.is_compatible_with(b)
    with pytest.raises(ValueError, match="not compatible"):
        a.merge_with(b)
    with pytest.raises(ValueError, match="are incompatible"):
        a.assert_is_compatible_with(b)


def test_shapes_are_taken_apart_and_joined():
    shape = tf.TensorShape([None, 4, 5])
    assert [value(part) for part in shape] == [None, 4, 5]
    assert [value(shape[place]) for place in (0, 1, -1)] == [None, 4, 5]
    assert shape[1:].as_list() == [4, 5]
    assert shape.concatenate([6]).as_list() == [None, 4, 5, 6]
    assert shape[1:].concatenate(UNKNOWN).ndims is None
    assert [part.value for part in shape.dims] == [None, 4, 5]
    assert (shape.ndims, len(shape), shape[1:].num_elements()) == (3, 3, 20)
    assert shape.num_elements() is None


def test_an_unknown_rank_says_so():
    assert (UNKNOWN.ndims, UNKNOWN.dims) == (None, None)
    assert not UNKNOWN.is_fully_defined()
    assert str(UNKNOWN) == "<unknown>"
    with pytest.raises(ValueError, match="unknown"):
        UNKNOWN.as_list()
    with pytest.raises(ValueError, match="unknown rank"):
        len(UNKNOWN)
    assert UNKNOWN.with_rank(2).as_list() == [None, None]


@pytest.mark.parametrize(
    ("method", "rank", "message"),
    [
        ("with_rank", 3, "must have rank 3"),
        ("with_rank_at_least", 3, "must have rank at least 3"),
        ("with_rank_at_most", 1, "must have rank at most 1"),
        ("assert_has_rank", 1, "must have rank 1"),
    ],
)
def test_a_wrong_rank_is_refused(method, rank, message):
    shape = tf.TensorShape([2, None])
    with pytest.raises(ValueError, match=message):
        getattr(shape, method)(rank)
    getattr(shape, method)(2)


def test_a_shape_is_fully_defined_or_not():
    assert tf.TensorShape([2, 3]).is_fully_defined()
    assert not tf.TensorShape([2, None]).is_fully_defined()
    with pytest.raises(ValueError, match="fully defined"):
        tf.TensorShape([2, None]).assert_is_fully_defined()


def test_shapes_go_to_messages_and_pickles_and_back():
    for given in ([2, None], [], None):
        shape = tf.TensorShape(given)
        again = tf.TensorShape(shape.as_proto())
        assert (again.ndims, again.dims and again.as_list()) == (
            shape.ndims,
            shape.dims and shape.as_list(),
        )
        assert str(pickle.loads(pickle.dumps(shape))) == str(shape)


def test_old_helpers_make_shapes():
    shapes = tf.python.framework.tensor_shape
    assert shapes.scalar().as_list() == []
    assert shapes.vector(None).as_list() == [None]
    assert shapes.matrix(2, 3) == tf.TensorShape([2, 3])
    assert shapes.unknown_shape(2).as_list() == [None, None]
    assert shapes.as_dimension(3) == D(3)
    assert shapes.as_shape([3]).as_list() == [3]


def test_static_shapes_follow_ops(graph):
    x = tf.placeholder(tf.float32, [None, 6])
    assert tf.reshape(x, [-1, 2, 3]).shape.as_list() == [None, 2, 3]
    assert tf.concat([x, x], 1).shape.as_list() == [None, 12]
    assert [part.shape.as_list() for part in tf.split(x, [2, 4], 1)] == [[None, 2], [None, 4]]
    x.set_shape([5, None])
    assert x.get_shape().as_list() == [5, 6]
    with pytest.raises(ValueError, match="Dimension 0"):
        x.set_shape([4, 6])
