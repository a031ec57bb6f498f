"""What to change: about the bottleneck, and before all where tf.data could serve a pipeline."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit import readers
from graphkit._tf import tf
from graphkit.readers._engine._served import batchers
from graphkit.readers._speed._advice import advice


def _number():
    return readers.range_input_producer(8, shuffle=False).dequeue()


def _named(reader):
    return reader.read(readers.string_input_producer(["a"], check_files=False))[1]


def _image():
    pixels = tf.image.decode_jpeg(_named(readers.WholeFileReader()), channels=3, name="pixels")
    return tf.image.resize_images(pixels, [4, 4])


def _in_python():
    value = tf.py_func(lambda n: n, [_number()], tf.int32, name="mine")
    value.set_shape([])
    return value


CASES = {
    "many files": ("read", lambda: _named(readers.WholeFileReader()), "into a few record files"),
    "records": ("read", lambda: _named(readers.TFRecordReader()), "a faster disk"),
    "rows": ("read", _number, "enqueue_many"),
    "images": ("user ops", _image, "no larger than they are used: pixels decodes every pixel"),
    "Python": ("user ops", _in_python, "write mine with TensorFlow's ops"),
    "other ops": ("user ops", lambda: _number() * 2, "write the records nearer to what"),
    "session": ("session", _number, "use the batch inside the graph"),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_advice_is_about_the_bottleneck(graph, name):
    bottleneck, build, told = CASES[name]
    with readers.engine("tf.data"):
        readers.batch([build()], 2)
    (only,) = advice(batchers(graph)[0], bottleneck)
    assert told in only


@pytest.mark.parametrize("engine", ["auto", "tf.data"])
def test_a_large_stock_is_named(graph, engine):
    with readers.engine(engine):
        readers.shuffle_batch([_number()], 2, 5000, 4321)
    (only,) = advice(batchers(graph)[0], "shuffle")
    assert "min_after_dequeue=4321" in only


@pytest.mark.parametrize("bottleneck", ["read", "user ops", "session"])
def test_nothing_counts_as_much_as_the_engine(graph, bottleneck):
    with readers.engine("queues"):
        readers.batch([_number() + 1], 2)
    (only,) = advice(batchers(graph)[0], bottleneck)
    assert only.startswith('let tf.data serve it: readers.engine("auto")')


@pytest.mark.parametrize("engine", ["auto", "queues"])
def test_the_op_that_keeps_tf_data_away_is_named(graph, engine):
    offset = tf.get_variable("offset", initializer=np.int32(1))
    with readers.engine(engine):
        readers.batch([_number() + offset], 2)
    first, second = advice(batchers(graph)[0], "user ops")
    assert "offset" in first and "it reads a variable" in first
    assert second.startswith("raise num_threads")
