"""Examples of a join that take from one producer: alike, tf.data serves them, and else the queues.

Each example is computed by its own ops, as by its own thread in TensorFlow 1.
"""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import FEATURES, IMAGES, control_flow, delivered, write_records

from graphkit import readers
from graphkit._tf import tf

BIG = np.arange(5000, dtype=np.int32)


@pytest.fixture(autouse=True, params=["functions", "switches"])
def _graph(request):
    """A graph whose loops and conditions are today's, or those of TensorFlow 1."""
    with tf.Graph().as_default(), control_flow(of_today=request.param == "functions"):
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


def _map(number, size):
    mapped = tf.map_fn(lambda part: part + tf.random_uniform([], 0, 2, tf.int32), tf.range(size))
    return number + tf.reduce_sum(mapped)


def _python(function):
    """A change that one function of Python makes, or one of two."""
    functions = {}

    def change(number, given):
        called = functions.setdefault(given, function(given))
        return tf.reshape(tf.py_func(called, [number], tf.int32), [])

    return change


class _Times:
    def __init__(self, factor):
        self.factor = np.int32(factor)

    def of(self, number):
        return number * self.factor

    __call__ = of


def _double(number):
    return number * np.int32(2)


def _triple(number):
    return number * np.int32(3)


def _checked(number, most):
    checks = [tf.debugging.assert_less(number, most), tf.debugging.assert_greater(number, -1)]
    with tf.control_dependencies(checks):
        return tf.identity(number)


PYTHON = _python(lambda given: (_double, _triple)[given - 1])

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
    "a map": _map,
    "a function": _python(lambda given: (_double, _triple)[given - 1]),
    "a function that holds a value": _python(lambda given: lambda number: number * np.int32(given)),
    "a method": _python(lambda given: _Times(given).of),
    "an object": _python(_Times),
    "a function of eager tensors": lambda number, given: tf.reshape(
        tf.py_function((_double, _triple)[given - 1], [number], tf.int32), []
    ),
    "a function in a loop": lambda number, given: tf.reduce_sum(
        tf.map_fn(lambda part: PYTHON(part, given), tf.range(3) + number)
    ),
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


def _called(function):
    return lambda number: tf.reshape(tf.py_func(function, [number], tf.int32), [])


def _joined(*changes):
    queue = readers.range_input_producer(6, num_epochs=1, shuffle=False)
    return readers.batch_join([[change(queue.dequeue())] for change in changes], 2)


def test_a_function_that_is_defined_again_is_the_same():
    with readers.engine("tf.data"):
        batch = _joined(*(_called(lambda number: number + np.int32(1)) for _ in "ab"))
    assert sorted(np.ravel(delivered(batch)).tolist()) == [1, 2, 3, 4, 5, 6]


def _counting():
    """A function that holds what it counts, of which each has its own."""
    count = 0

    def counted(number):
        nonlocal count
        count += 1
        return number

    return counted


def _noted():
    def counted(number):
        counted.calls += 1
        return number

    counted.calls = 0
    return counted


def _by_default():
    def counted(number, calls=[]):  # noqa: B006
        calls.append(number)
        return number

    return counted


@pytest.mark.parametrize("make", [_counting, _noted, _by_default, lambda: _Times(2)])
def test_functions_that_hold_something_of_their_own_are_not_the_same(make):
    with readers.engine("auto"):
        _joined(_called(make()), _called(make()))
    (report,) = readers.explain()
    assert report.engine == "queues"


def test_one_function_that_counts_its_calls_counts_those_of_all():
    function = _counting()
    with readers.engine("tf.data"):
        batch = _joined(_called(function), _called(function))
    assert len(delivered(batch)) == 3
    assert function.__closure__[0].cell_contents == 6


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
