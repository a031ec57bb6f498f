"""Files, chains and a loop that the tests of the tf.data engine share."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np

from graphkit import readers
from graphkit._tf import tf

ENGINES = ("queues", "tf.data")
IMAGES = np.random.default_rng(5).integers(0, 256, (20, 8, 6, 3), np.uint8)
FEATURES = {
    "image": tf.FixedLenFeature([], tf.string),
    "label": tf.FixedLenFeature([], tf.int64),
}


@contextmanager
def control_flow(*, of_today):
    """Makes loops and conditions of functions, as today, or of TensorFlow 1's switches."""
    was_of_today = tf.control_flow_v2_enabled()
    _switch(of_today)
    try:
        yield
    finally:
        _switch(was_of_today)


def _switch(of_today):
    (tf.enable_control_flow_v2 if of_today else tf.disable_control_flow_v2)()


def write_records(path, images=IMAGES):
    """Writes images and their numbers as examples; returns the path."""
    with tf.io.TFRecordWriter(str(path)) as writer:
        for label, image in enumerate(images):
            example = tf.train.Example()
            example.features.feature["image"].bytes_list.value.append(image.tobytes())
            example.features.feature["label"].int64_list.value.append(label)
            writer.write(example.SerializeToString())
    return str(path)


def parsed(path, num_epochs=1):
    """One example of a file: key, image (uint8, `[8, 6, 3]`) and label."""
    queue = readers.string_input_producer([path], num_epochs=num_epochs, shuffle=False)
    key, record = readers.TFRecordReader().read(queue)
    example = tf.parse_single_example(record, FEATURES)
    image = tf.reshape(tf.decode_raw(example["image"], tf.uint8), IMAGES.shape[1:])
    return key, image, example["label"]


def delivered(batches, *, most=10_000):
    """Runs the current graph until its data ends; returns the batches."""
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while len(found) < most:
                found.append(session.run(batches))
        except tf.errors.OutOfRangeError:
            pass
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)
    return found


def functions_of(graph):
    """The types of all nodes in the functions of a graph."""
    return {node.op for f in graph.as_graph_def().library.function for node in f.node_def}


def plain(value):
    """A batch as lists; sparse tensors as places, values and shape."""
    if isinstance(value, tf.SparseTensorValue):
        return [part.tolist() for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value.tolist()


def batches(engine, build, *, most=10_000):
    """All batches of a pipeline; the engine is the one asked for."""
    with tf.Graph().as_default() as graph, readers.engine(engine):
        fetches = build()
        assert [report.engine for report in readers.explain(graph)] == [engine]
        return [plain(batch) for batch in delivered(fetches, most=most)]


def numbers(limit, epochs=1):
    return readers.range_input_producer(limit, num_epochs=epochs, shuffle=False).dequeue()


def lines(path, header=None, epochs=1):
    queue = readers.string_input_producer([str(path)], num_epochs=epochs, shuffle=False)
    return readers.TextLineReader(skip_header_lines=header).read(queue)
