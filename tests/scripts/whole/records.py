"""TFRecords written, counted and read back by four threads; sparse, sequence and raw features."""
from __future__ import division, print_function

import numpy as np
import tensorflow as tf


def _int64_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


def _bytes_feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def convert_to(name, start):
    options = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    with tf.python_io.TFRecordWriter(name, options) as writer:
        for n in range(start, start + 10):
            image = np.full([4, 5, 1], n, np.uint8)
            example = tf.train.Example(features=tf.train.Features(feature={
                'height': _int64_feature(image.shape[0]),
                'label': _int64_feature(n % 3),
                'image_raw': _bytes_feature(image.tostring()),
                'tags': tf.train.Feature(
                    int64_list=tf.train.Int64List(value=list(range(n % 4)))),
                'score': tf.train.Feature(float_list=tf.train.FloatList(value=[n / 2, n / 4])),
            }))
            writer.write(example.SerializeToString())
    return options


names = ['train-%d.tfrecords' % i for i in range(3)]
for i, name in enumerate(names):
    options = convert_to(name, i * 10)
print(sum(1 for name in names for _ in tf.python_io.tf_record_iterator(name, options)))
first = tf.train.Example.FromString(next(tf.python_io.tf_record_iterator(names[1], options)))
print(sorted(first.features.feature), first.features.feature['score'].float_list.value[:])


def read_and_decode(filename_queue):
    reader = tf.TFRecordReader(options=options)
    _, serialized = reader.read(filename_queue)
    features = tf.parse_single_example(serialized, features={
        'image_raw': tf.FixedLenFeature([], tf.string),
        'label': tf.FixedLenFeature([], tf.int64),
        'tags': tf.VarLenFeature(tf.int64),
        'score': tf.FixedLenFeature([2], tf.float32),
        'missing': tf.FixedLenFeature([], tf.float32, default_value=-1.0),
    })
    image = tf.decode_raw(features['image_raw'], tf.uint8)
    image.set_shape([20])
    image = tf.cast(image, tf.float32) * (1. / 255) - 0.5
    return image, tf.cast(features['label'], tf.int32), features['tags'], features['missing']


with tf.Graph().as_default():
    queue = tf.train.string_input_producer(names, num_epochs=2)
    image, label, tags, missing = read_and_decode(queue)
    images, labels, sparse, gone = tf.train.shuffle_batch(
        [image, label, tags, missing], batch_size=6, num_threads=4, capacity=40,
        min_after_dequeue=10)
    print(images.shape, labels.shape, type(sparse).__name__, sparse.get_shape())
    counts = np.zeros(3, int)
    total = tagged = 0
    with tf.Session() as sess:
        sess.run(tf.group(tf.global_variables_initializer(), tf.local_variables_initializer()))
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess=sess, coord=coord)
        try:
            while not coord.should_stop():
                i, l, s, g = sess.run([images, labels, sparse, gone])
                counts += np.bincount(l, minlength=3)
                total += int(round(float(((i[:, 0] + 0.5) * 255).sum())))
                tagged += len(s.values)
                assert (g == -1).all()
        except tf.errors.OutOfRangeError:
            pass
        finally:
            coord.request_stop()
        coord.join(threads)
    print(counts, total, tagged)

sequence = tf.train.SequenceExample()
sequence.context.feature['length'].int64_list.value.append(3)
for token in [b'a', b'b', b'c']:
    sequence.feature_lists.feature_list['tokens'].feature.add().bytes_list.value.append(token)
context, lists = tf.parse_single_sequence_example(
    sequence.SerializeToString(),
    context_features={'length': tf.FixedLenFeature([], dtype=tf.int64)},
    sequence_features={'tokens': tf.FixedLenSequenceFeature([], dtype=tf.string)})
with tf.Session() as sess:
    print(sess.run([context['length'], lists['tokens']]))
