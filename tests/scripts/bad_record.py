"""Reads a damaged file through two queues and a coordinator."""
import tensorflow as tf

with open("damaged.tfrecord", "wb") as f:
    f.write(b"this is no record file, but long enough to look at")
queue = tf.train.string_input_producer(["damaged.tfrecord"])
_, record = tf.TFRecordReader().read(queue)
batch = tf.train.batch([record], 2)
with tf.Session() as sess:
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess, coord)
    print(sess.run(batch))
