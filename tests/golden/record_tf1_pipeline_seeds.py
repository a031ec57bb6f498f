"""Programs that draw behind an input pipeline in a graph with a seed, as weights are drawn."""

import numpy as np


def line(tf, name="lines"):
    queue = tf.train.string_input_producer([name])
    return tf.TextLineReader().read(queue)[1]


def batch(tf):
    return tf.train.batch([line(tf)], 3, num_threads=2)


def batch_of_parts(tf):
    parts = {"words": tf.string_split([line(tf)]).values, "line": line(tf)}
    return tf.train.batch(parts, 3, dynamic_pad=True)


def batch_of_sparse(tf):
    return tf.train.batch([tf.string_split([line(tf)])], 3, allow_smaller_final_batch=True)


def batch_with_constants(tf):
    return tf.train.batch([line(tf), np.arange(3), 4, "x", tf.constant(2)], 3)


def batch_of_what_is_fed(tf):
    return tf.train.batch([line(tf) + tf.placeholder(tf.string, [])], 3)


def batches_of_one_producer(tf):
    found = line(tf)
    return tf.train.batch([found], 2), tf.train.shuffle_batch([found], 3, 20, 5)


def join(tf):
    return tf.train.batch_join([[line(tf)], [line(tf)]], 3)


def shuffled_join(tf):
    return tf.train.shuffle_batch_join([[line(tf)], [line(tf)]], 3, 20, 5)


def kept(tf):
    return tf.train.maybe_batch([line(tf)], True, 3)


def many(tf):
    queue = tf.train.string_input_producer(["lines"])
    lines = tf.TextLineReader().read_up_to(queue, 4)[1]
    return tf.train.batch([lines], 3, enqueue_many=True)


def rows(tf):
    return tf.train.batch(tf.train.slice_input_producer([[1, 2, 3], [4, 5, 6]]), 2)


def images(tf):
    queue = tf.train.string_input_producer(["picture"])
    content = tf.WholeFileReader().read(queue)[1]
    image = tf.image.resize_images(tf.image.decode_jpeg(content, channels=3), [8, 8])
    return tf.train.shuffle_batch([image], 2, 20, 5)


def numbers(tf):
    queue = tf.train.string_input_producer(["numbers"])
    content = tf.decode_raw(tf.FixedLengthRecordReader(28).read(queue)[1], tf.uint8)
    image = tf.cast(tf.reshape(content[1:], [3, 3, 3]), tf.float32)
    image = tf.image.random_brightness(tf.random_crop(image, [2, 2, 3]), 0.3)
    return tf.train.shuffle_batch([image, content[0]], 8, 100, 20, num_threads=4)


FEATURES = {"pixels": ([4], "float32"), "label": ([], "int64")}


def examples(tf):
    queue = tf.train.string_input_producer(["examples"])
    record = tf.TFRecordReader().read(queue)[1]
    features = {key: tf.FixedLenFeature(*feature) for key, feature in FEATURES.items()}
    parsed = tf.parse_single_example(record, dict(features, words=tf.VarLenFeature(tf.string)))
    return tf.train.shuffle_batch(parsed, 8, 100, 20)


def batches_of_examples(tf):
    queue = tf.train.string_input_producer(["examples"])
    records = tf.train.batch([tf.TFRecordReader().read(queue)[1]], 4)
    features = {key: tf.FixedLenFeature(*feature) for key, feature in FEATURES.items()}
    features["found"] = tf.SparseFeature("index", "value", tf.float32, 9)
    return tf.io.parse_example(records, features), tf.parse_example(
        records, {"words": tf.VarLenFeature(tf.string)}
    )


def single(tf):
    return line(tf)


def two_singles(tf):
    queue = tf.train.range_input_producer(6)
    return queue.dequeue(), queue.dequeue_many(2), queue.enqueue(3), queue.dequeue()


def own_queue(tf):
    queue = tf.RandomShuffleQueue(20, 5, [tf.string], [[]])
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(line(tf))] * 2))
    return queue.dequeue_many(3)


def behind(pipeline):
    def program(tf):
        tf.set_random_seed(3)
        pipeline(tf)
        return {"drawn": tf.random_uniform([2])}

    return program


PROGRAMS = {
    pipeline.__name__: behind(pipeline)
    for pipeline in (
        batch,
        batch_of_parts,
        batch_of_sparse,
        batch_of_what_is_fed,
        batch_with_constants,
        batches_of_examples,
        batches_of_one_producer,
        examples,
        images,
        join,
        kept,
        many,
        numbers,
        own_queue,
        rows,
        shuffled_join,
        single,
        two_singles,
    )
}
