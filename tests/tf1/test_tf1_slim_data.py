"""slim's data sets: parallel readers and prefetched batches, on both engines."""

from __future__ import annotations

import pytest

import graphkit.tf1 as tf
from graphkit import readers

slim = tf.contrib.slim
COUNT = 24


@pytest.fixture(scope="module")
def pattern(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slim")
    for shard in range(3):
        with tf.python_io.TFRecordWriter(str(folder / f"train-{shard}.tfrecord")) as writer:
            for number in range(shard, COUNT, 3):
                example = tf.train.Example()
                example.features.feature["number"].int64_list.value.append(number)
                writer.write(example.SerializeToString())
    return str(folder / "train-*.tfrecord")


def _provided(pattern, **options):
    """The number of the next example, as the programs of slim's model zoo get it."""
    decoder = slim.tfexample_decoder.TFExampleDecoder(
        {"number": tf.FixedLenFeature([], tf.int64)},
        {"number": slim.tfexample_decoder.Tensor("number")},
    )
    dataset = slim.dataset.Dataset(
        pattern, tf.TFRecordReader, decoder, COUNT, {"number": "a number"}
    )
    provider = slim.dataset_data_provider.DatasetDataProvider(
        dataset, common_queue_capacity=9, common_queue_min=3, num_epochs=2, **options
    )
    (number,) = provider.get(["number"])
    return number


def _numbers(fetched):
    with tf.train.MonitoredSession() as session:
        found = []
        while not session.should_stop():
            found += session.run(fetched).tolist()
    return found


@pytest.mark.parametrize("engine", ["queues", "tf.data"])
@pytest.mark.parametrize("options", [{}, {"num_readers": 2}, {"shuffle": False}], ids=str)
def test_every_example_comes_once_an_epoch(pattern, options, engine):
    with tf.Graph().as_default() as graph, readers.engine(engine):
        batch = tf.train.batch([_provided(pattern, **options)], 8, num_threads=2)
        assert [report.engine for report in readers.explain(graph)] == [engine]
        assert sorted(_numbers(batch)) == sorted([*range(COUNT)] * 2)


def test_the_queue_of_the_readers_stays_in_the_graph(pattern):
    with tf.Graph().as_default() as graph:
        tf.train.batch([_provided(pattern)], 8)
        (report,) = readers.explain(graph)
        assert report.engine == "tf.data"
        assert graph.get_operation_by_name("parallel_read/common_queue").type.startswith("Random")
        names = [one.queue.name for one in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)]
        assert "parallel_read/common_queue" in names


def test_prefetched_batches_are_those_of_the_batcher(pattern):
    with tf.Graph().as_default() as graph:
        batch = tf.train.batch([_provided(pattern)], 8)
        prefetched = slim.prefetch_queue.prefetch_queue([batch], capacity=2).dequeue()
        assert [report.engine for report in readers.explain(graph)] == ["tf.data"]
        assert sorted(_numbers(prefetched)) == sorted([*range(COUNT)] * 2)
