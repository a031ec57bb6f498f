"""Many records per step, and shapes and sizes that the caller gives, on tf.data."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import delivered, parsed, write_records

from graphkit import readers
from graphkit._tf import tf

ENGINES = ("queues", "tf.data")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("many") / "images.tfrecord")


@pytest.fixture
def texts(tmp_path):
    """Two files of seven and four lines."""
    for name, count in [("a", 7), ("b", 4)]:
        (tmp_path / f"{name}.txt").write_text("".join(f"{name}{i}\n" for i in range(count)))
    return [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]


def _lines(texts, number=3):
    queue = readers.string_input_producer(texts, num_epochs=1, shuffle=False)
    return readers.TextLineReader().read_up_to(queue, number)


@pytest.mark.parametrize("engine", ENGINES)
def test_many_lines_and_their_keys(texts, engine):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        keys, lines = readers.batch(
            list(_lines(texts)), 4, enqueue_many=True, allow_smaller_final_batch=True
        )
        assert readers.explain(graph)[0].engine == engine
        assert lines.shape.as_list() == [None]
        found = delivered([keys, lines])
    assert [len(rows) for _, rows in found] == [4, 4, 3]
    wanted = [b"a%d" % i for i in range(7)] + [b"b%d" % i for i in range(4)]
    assert np.concatenate([rows for _, rows in found]).tolist() == wanted
    assert found[0][0][0].decode() == f"{texts[0]}:1"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_takes_the_records_of_one_file(texts, engine):
    with tf.Graph().as_default(), readers.engine(engine):
        _, lines = _lines(texts)
        together = readers.batch([tf.strings.reduce_join(lines), tf.size(lines)], 5)
        ((joined, sizes),) = delivered(together)
    assert joined.tolist() == [b"a0a1a2", b"a3a4a5", b"a6", b"b0b1b2", b"b3"]
    assert sizes.tolist() == [3, 3, 1, 3, 1]


@pytest.mark.parametrize("engine", ENGINES)
def test_work_on_many_records_before_the_batcher(texts, engine):
    with tf.Graph().as_default(), readers.engine(engine):
        _, lines = _lines(texts)
        numbers = tf.string_to_number(tf.strings.substr(lines, 1, 1), tf.int32)
        found = delivered(readers.batch([numbers], 5, enqueue_many=True))
    assert [batch.tolist() for batch in found] == [[0, 1, 2, 3, 4], [5, 6, 0, 1, 2]]


def test_a_number_of_records_that_is_fed_keeps_the_queues(texts):
    with tf.Graph().as_default() as graph, readers.engine("auto"):
        _, lines = _lines(texts, tf.placeholder_with_default(tf.constant(3, tf.int64), []))
        readers.batch([lines], 4, enqueue_many=True)
        (report,) = readers.explain(graph)
    assert report.reason.endswith("how many records it reads is computed")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_batch_size_may_be_a_constant(path, engine):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        batch = readers.batch([parsed(path)[2]], tf.constant(6))
        assert readers.explain(graph)[0].engine == engine
        assert batch.shape.as_list() == [6]
        assert [rows.tolist()[0] for rows in delivered(batch)] == [0, 6, 12]


@pytest.mark.parametrize("shapes", [[[8, 6, 3], []], [tf.TensorShape([8, 6, 3]), ()]])
@pytest.mark.parametrize("engine", ENGINES)
def test_shapes_may_be_given(path, engine, shapes):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        _, image, label = parsed(path)
        unknown = tf.reshape(image, tf.shape(image) + tf.cast(label * 0, tf.int32))
        batches = readers.batch([unknown, label], 6, shapes=shapes)
        assert readers.explain(graph)[0].engine == engine
        assert [batch.shape.as_list() for batch in batches] == [[6, 8, 6, 3], [6]]
        assert len(delivered(batches)) == 3


@pytest.mark.parametrize("engine", ENGINES)
def test_a_shape_of_a_lone_tensor_and_of_rows(path, engine):
    with tf.Graph().as_default(), readers.engine(engine):
        image = parsed(path)[1]
        rows = tf.reshape(image, tf.stack([tf.size(image) // 18, 18]))
        batch = readers.batch([rows], 40, enqueue_many=True, shapes=[18])
        assert batch.shape.as_list() == [40, 18]
        assert len(delivered(batch)) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_a_tensor_of_another_shape_than_given_is_an_error(path, engine):
    with tf.Graph().as_default(), pytest.raises(tf.errors.InvalidArgumentError):
        with readers.engine(engine):
            _, image, label = parsed(path)
            piece = image[: tf.cast(label, tf.int32) + 1]
            batch = readers.batch([piece], 4, shapes=[[8, 6, 3]])
        delivered(batch)


def test_as_many_shapes_as_tensors(path):
    with tf.Graph().as_default(), pytest.raises(ValueError, match="shapes"), readers.engine("auto"):
        readers.batch([parsed(path)[2]], 4, shapes=[[], []])
