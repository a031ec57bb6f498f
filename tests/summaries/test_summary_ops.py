"""Summary ops: what they hold, and what is refused before a node is added."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit import summaries
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError


def _values(session, op, feed=None):
    return tf.Summary.FromString(session.run(op, feed)).value


def test_scalar_holds_the_number(graph, session):
    (value,) = _values(session, summaries.scalar("loss", tf.constant(0.25)))
    assert (value.tag, value.simple_value) == ("loss", 0.25)


def test_histogram_holds_the_numbers(graph, session):
    (value,) = _values(session, summaries.histogram("weights", tf.constant([1.0, 2.0, 5.0])))
    assert value.tag == "weights"
    assert (value.histo.min, value.histo.max, value.histo.num, value.histo.sum) == (1, 5, 3, 8)


def test_histogram_takes_a_variable(graph, session):
    variable = tf.Variable([3.0], use_resource=False)
    op = summaries.histogram("w", variable)
    session.run(variable.initializer)
    assert _values(session, op)[0].histo.sum == 3


@pytest.mark.parametrize("dtype", [tf.uint8, tf.float16, tf.float32, tf.float64])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_image_holds_the_first_images(graph, session, dtype, channels):
    op = summaries.image("picture", tf.ones([5, 2, 3, channels], dtype), max_outputs=2)
    values = _values(session, op)
    assert [value.tag for value in values] == ["picture/image/0", "picture/image/1"]
    image = values[0].image
    assert (image.height, image.width, image.colorspace) == (2, 3, channels)


def test_text_holds_the_string(graph, session):
    (value,) = _values(session, summaries.text("note", tf.constant("**bold**")))
    assert value.tensor.string_val == [b"**bold**"]
    assert value.metadata.plugin_data.plugin_name == "text"


def test_tags_honour_the_name_scope(graph, session):
    with tf.name_scope("train"):
        op = summaries.scalar("loss", tf.constant(1.0))
    assert op.name == "train/loss:0"
    assert _values(session, op)[0].tag == "train/loss"


@pytest.mark.parametrize(
    ("make", "ones"),
    [
        (summaries.scalar, lambda: tf.ones([])),
        (summaries.histogram, lambda: tf.ones([2])),
        (summaries.image, lambda: tf.ones([1, 2, 2, 1])),
        (summaries.text, lambda: tf.constant("a")),
    ],
)
def test_an_op_lies_in_the_graph_of_its_tensor(graph, make, ones):
    with tf.Graph().as_default() as other:
        tensor = ones()
    assert make("there", tensor).graph is other
    assert graph.get_operations() == []


def test_merge_all_merges_the_graph_given(graph):
    summaries.scalar("a", tf.constant(1.0))
    summaries.scalar("b", tf.constant(2.0))
    other = tf.Graph()
    assert summaries.merge_all(other) is None
    with other.as_default():
        merged = summaries.merge_all(graph)
    with tf.Session(graph=graph) as session:
        assert [v.tag for v in _values(session, merged)] == ["a", "b"]


def test_merge_all_takes_the_default_graph(graph):
    summaries.scalar("a", tf.constant(1.0))
    assert summaries.merge_all().graph is graph


@pytest.mark.parametrize("shape", [None, []])
def test_scalar_accepts_what_may_be_a_scalar(graph, shape):
    assert summaries.scalar("loss", tf.placeholder(tf.float32, shape)).shape.rank == 0


@pytest.mark.parametrize("shape", [None, [None, None, None, None], [2, 4, 4, None]])
def test_image_accepts_what_may_be_images(graph, shape):
    assert summaries.image("i", tf.placeholder(tf.uint8, shape)).shape.rank == 0


@pytest.mark.parametrize(
    ("make", "dtype", "shape", "error", "message"),
    [
        (summaries.scalar, tf.float32, [1], ArgumentError, r"scalar\('n'\): tensor .*\[1\]"),
        (summaries.scalar, tf.bool, [], ArgumentTypeError, r"real dtype.*got bool"),
        (summaries.scalar, tf.string, [], ArgumentTypeError, r"real dtype.*got string"),
        (summaries.histogram, tf.complex64, [], ArgumentTypeError, r"got complex64"),
        (summaries.image, tf.int32, [1, 2, 2, 1], ArgumentTypeError, r"uint8.*got int32"),
        (summaries.image, tf.uint8, [2, 2, 1], ArgumentError, r"\[B, H, W, C\], got \[2, 2, 1\]"),
        (summaries.image, tf.uint8, [1, 2, 2, 2], ArgumentError, r"1, 3 or 4 channels, got"),
        (summaries.text, tf.float32, [], ArgumentTypeError, r"dtype string.*got float32"),
    ],
)
def test_a_tensor_that_does_not_fit_is_refused(graph, make, dtype, shape, error, message):
    tensor = tf.placeholder(dtype, shape)
    with pytest.raises(error, match=message):
        make("n", tensor)
    assert len(graph.get_operations()) == 1


@pytest.mark.parametrize(
    "make", [summaries.scalar, summaries.histogram, summaries.image, summaries.text]
)
@pytest.mark.parametrize("value", [1.0, np.ones(3), None, "words"])
def test_what_has_no_graph_is_refused(make, value):
    with pytest.raises(ArgumentTypeError, match=f"tensor of a graph.*got {type(value).__name__}"):
        make("n", value)


def test_an_eager_tensor_is_refused():
    if tf.executing_eagerly():
        with pytest.raises(ArgumentTypeError, match="tensor of a graph"):
            summaries.scalar("n", tf.constant(1.0))


@pytest.mark.parametrize("name", ["", None, 3])
def test_an_empty_name_is_refused(graph, name):
    with pytest.raises(ArgumentError, match=f"name must be a name, got {name!r}"):
        summaries.scalar(name, tf.constant(1.0))


@pytest.mark.parametrize("count", [0, -1])
def test_no_images_at_all_are_refused(graph, count):
    with pytest.raises(ArgumentError, match=f"max_outputs must be 1 or more, got {count}"):
        summaries.image("i", tf.ones([1, 2, 2, 1]), max_outputs=count)
