"""Examples of a join that take from one producer: alike, tf.data serves them, and else the queues.

Each example is computed by its own ops, as by its own thread in TensorFlow 1.
"""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import FEATURES, IMAGES, delivered, write_records

from graphkit import readers
from graphkit._tf import tf

BIG = np.arange(5000, dtype=np.int32)


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def names(tmp_path):
    for file in "ab":
        (tmp_path / file).write_text("head\nline\n")
    return [str(tmp_path / file) for file in "ab"]


def _branches(number, added):
    return tf.cond(number > 2, lambda: number + added, lambda: number)


def _loop(number, rounds):
    return tf.while_loop(lambda i, _: i < rounds, lambda i, n: (i + 1, n + 1), [0, number])[1]


def _checked(number, most):
    checks = [tf.debugging.assert_less(number, most), tf.debugging.assert_greater(number, -1)]
    with tf.control_dependencies(checks):
        return tf.identity(number)


# What is done to each number, by two numbers of the program: alike if these are.
CHANGES = {
    "a constant": lambda number, given: number * given,
    "a large constant": lambda number, given: number + tf.gather(BIG * given, 3),
    "which input is which": lambda number, given: number - 7 if given == 1 else 7 - number,
    "an attribute": lambda number, given: tf.transpose(
        tf.linalg.matmul([[number, 1]], [[1, 2], [3, 4]], transpose_b=given == 1)
    ),
    "which output": lambda number, given: tf.split(tf.stack([number, -number]), 2)[given - 1],
    "what is asserted": lambda number, given: _checked(number, 100 * given),
    "a branch": _branches,
    "a loop": _loop,
    "noise": lambda number, given: number + tf.random_uniform([], 0, given, tf.int32),
}


def _join(change, given):
    """A join of two examples of one producer, each changed by one of two numbers."""
    queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
    return readers.batch_join([[change(queue.dequeue(), one)] for one in given], 2)


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_examples_that_differ_are_left_to_the_queues(name):
    with readers.engine("auto"):
        _join(CHANGES[name], (1, 2))
    (report,) = readers.explain()
    assert report.engine == "queues"
    assert "several examples take from it, each in another way" in report.reason


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_examples_that_are_alike_are_served(name, seed):
    tf.set_random_seed(seed)
    with readers.engine("tf.data"):
        batch = _join(CHANGES[name], (2, 2))
    (report,) = readers.explain()
    assert report.engine == "tf.data"
    assert len(delivered(batch)) == 3


def test_each_example_is_changed_by_its_own_ops():
    with readers.engine("auto"):
        batch = _join(lambda number, given: [tf.identity(number), number * given], (2, 3))
    found = np.reshape(delivered(batch), (6, 2))
    assert sorted(found[:, 0]) == list(range(6))
    assert all(product in (2 * number, 3 * number) for number, product in found)


def _lines(queue, **options):
    return readers.TextLineReader(**options).read(queue)


UNLIKE = {
    "readers of another kind": lambda queue: [
        [_lines(queue)[1]],
        [readers.WholeFileReader().read(queue)[1]],
    ],
    "readers that skip more": lambda queue: [
        [_lines(queue)[1]],
        [_lines(queue, skip_header_lines=1)[1]],
    ],
    "the key and the record": lambda queue: [[_lines(queue)[0]], [_lines(queue)[1]]],
    "a reader and the names": lambda queue: [[_lines(queue)[1]], [queue.dequeue()]],
}


@pytest.mark.parametrize("name", sorted(UNLIKE))
def test_what_is_read_otherwise_is_left_to_the_queues(name, names):
    with readers.engine("auto"):
        queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
        readers.batch_join(UNLIKE[name](queue), 2)
    (report,) = readers.explain()
    assert report.engine == "queues"
    assert "several examples take from it, each in another way" in report.reason


def test_readers_that_are_alike_are_served(names):
    with readers.engine("tf.data"):
        queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
        examples = [[_lines(queue, skip_header_lines=1)[1]] for _ in range(2)]
        batch = readers.batch_join(examples, 2)
    assert [one.tolist() for one in delivered(batch)] == [[b"line", b"line"]]


def _image(queue):
    """An image of a record, with a border around it, and its label."""
    _, record = readers.TFRecordReader().read(queue)
    example = tf.parse_single_example(record, FEATURES)
    image = tf.reshape(tf.decode_raw(example["image"], tf.uint8), IMAGES.shape[1:])
    return tf.image.resize_image_with_crop_or_pad(image, 10, 10), example["label"]


def test_images_that_are_checked_on_their_way_are_served(tmp_path):
    halves = [write_records(tmp_path / str(part), IMAGES[part::2]) for part in range(2)]
    with readers.engine("tf.data"):
        queue = readers.string_input_producer(halves, num_epochs=1, shuffle=False)
        batch = readers.batch_join([_image(queue) for _ in range(2)], 5)
    found = [
        pair for images, labels in delivered(batch) for pair in zip(images, labels, strict=True)
    ]
    assert sorted(label for _, label in found) == sorted([*range(10)] * 2)
    wanted = {image.tobytes() for image in IMAGES}
    assert {image[1:9, 2:8].tobytes() for image, _ in found} == wanted
    assert all(image.sum() == image[1:9, 2:8].sum() for image, _ in found)
