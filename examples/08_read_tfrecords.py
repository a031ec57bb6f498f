"""TFRecords back to batches: the queue calls one by one, then the same in one call.

python 08_read_tfrecords.py [--records "data/train-*.tfrecord"]
"""

import argparse
import glob

import graphkit as gk
from graphkit import tf

FEATURES = {
    "image": tf.FixedLenFeature([], tf.string),
    "label": tf.FixedLenFeature([], tf.int64),
}


def read_step_by_step(files, batch_size):
    """File-name queue, reader, shuffling queue, parser, decoder: TensorFlow 1's own steps."""
    queue = gk.readers.string_input_producer(files, shuffle=True)
    _, record = gk.readers.TFRecordReader().read(queue)
    records = gk.readers.shuffle_batch(
        [record], batch_size, capacity=batch_size * 10, min_after_dequeue=batch_size * 5
    )
    parsed = tf.parse_example(records, FEATURES)
    pixels = tf.decode_raw(parsed["image"], tf.uint8)
    return tf.reshape(pixels, [-1, 32, 32, 3]), parsed["label"]


def read_in_one_call(files, batch_size):
    """The common case: one pass over the files, the last smaller batch included."""
    batch = gk.readers.record_batch(
        files,
        FEATURES,
        batch_size=batch_size,
        decode={"image": gk.readers.DecodeRaw(tf.uint8, [32, 32, 3])},
        num_epochs=1,
    )
    return batch["image"], batch["label"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", default="data/train-*.tfrecord")
    files = sorted(glob.glob(parser.parse_args().records))

    with gk.GraphBuilder() as g:
        images, labels = read_step_by_step(files, batch_size=2)
    with gk.SessionRunner(g) as runner:
        pixels, numbers = runner.run([images, labels])
        print("two images:", pixels.shape, pixels.dtype, "labels", numbers.tolist())

    with gk.GraphBuilder() as g:
        images, labels = read_in_one_call(files, batch_size=64)
    with gk.SessionRunner(g) as runner:
        count = 0
        try:
            while True:
                count += len(runner.run(labels))
        except tf.errors.OutOfRangeError:
            print("one pass over the files:", count, "images, none lost")


if __name__ == "__main__":
    main()
