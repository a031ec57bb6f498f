"""What TensorFlow quotes of a value that is no text: an error all the same, and which op it was."""

from __future__ import annotations

import pytest

from graphkit import SessionRunner
from graphkit._tf import tf
from graphkit.errors import ArgumentError, RunError
from graphkit.export import convert, freeze_session, open_model

BYTES = b"\xff\xfe\x80 no Example"


def example_parser():
    examples = tf.placeholder(tf.string, [None], name="examples")
    found = tf.parse_example(examples, {"age": tf.FixedLenFeature([], tf.float32, 0.0)})
    return tf.multiply(found["age"], tf.get_variable("weight", initializer=2.0), name="y")


def parsed(session):
    example_parser()
    session.run(tf.global_variables_initializer())


@pytest.mark.parametrize("name", ["m.pb", "saved"])
def test_a_model_says_what_it_cannot_read(graph, session, tmp_path, name):
    parsed(session)
    freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"examples": [b"", b""]})
    if name == "saved":
        convert(tmp_path / "m.pb", tmp_path / name, feeds={"examples": [b"", b""]})
    with (
        open_model(tmp_path / name) as model,
        pytest.raises(RunError, match=r"Could not parse example.*\\xff\\xfe\\x80 no") as told,
    ):
        model.run({"examples": [BYTES]})
    assert isinstance(told.value, tf.errors.InvalidArgumentError)


def test_a_session_says_it_too(graph):
    y = example_parser()
    with SessionRunner(graph) as runner, pytest.raises(RunError, match=r"\\xff\\xfe\\x80") as told:
        runner.run(y, {"examples:0": [BYTES]})
    assert told.value.op is None
    assert str(told.value).startswith("ParseExample")


def test_values_that_were_given_are_refused_and_nothing_is_written(graph, session, tmp_path):
    parsed(session)
    with pytest.raises(RunError, match="Could not parse example"):
        freeze_session(session, tmp_path / "m.pb", outputs="y", feeds={"examples": [BYTES]})
    assert not list(tmp_path.iterdir())


def test_values_that_were_made_up_have_to_be_given(graph, session, tmp_path):
    """A picture is made up for what decodes pictures, and its bytes are no number."""
    content = tf.placeholder(tf.string, [], name="content")
    picture = tf.cast(tf.io.decode_png(content), tf.float32)
    tf.identity(tf.reduce_sum(picture) + tf.strings.to_number(content), name="y")
    with pytest.raises(ArgumentError, match=r"feeds must be given.*could not correctly convert"):
        freeze_session(session, tmp_path / "m.pb", outputs="y")
