"""Files of examples, and the loop that reads them all, for the tests of `record_batch`."""

from __future__ import annotations

from thread_counts import no_thread_is_left

from graphkit._tf import tf
from graphkit.readers import DecodeRaw
from graphkit.records import encode_example

LABEL = {"label": tf.FixedLenFeature([], tf.int64)}


RAW = {**LABEL, "raw": tf.FixedLenFeature([], tf.string)}


SQUARE = {"raw": DecodeRaw(tf.uint8, (2, 2))}


def write_examples(path, examples, compression=""):
    options = tf.python_io.TFRecordOptions(
        getattr(tf.python_io.TFRecordCompressionType, compression or "NONE")
    )
    with tf.python_io.TFRecordWriter(str(path), options) as writer:
        for example in examples:
            writer.write(encode_example(example))


def example(number):
    return {
        "label": number,
        "raw": bytes([number] * 4),
        "pair": [0.5, float(number)],
        "tags": [f"t{i}" for i in range(number % 3)] or ["none"],
    }


def deliver(batch, limit=100):
    """Runs until the data ends or `limit` batches came; leaves no thread behind."""
    delivered = []
    with no_thread_is_left(), tf.Session() as session:
        session.run(tf.local_variables_initializer())
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            while len(delivered) < limit:
                delivered.append(session.run(batch))
        except tf.errors.OutOfRangeError:
            pass
        coordinator.request_stop()
        coordinator.join(threads)
    return delivered


def labels_of(delivered):
    return [label for batch in delivered for label in batch["label"].tolist()]
