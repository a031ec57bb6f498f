# Waits on a queue that nothing fills; says when it is inside TensorFlow.
import sys

import tensorflow as tf


def tell():
    print("ready")
    sys.stdout.flush()


queue = tf.FIFOQueue(3, [tf.float32], name="never_filled")
with tf.control_dependencies([tf.py_func(tell, [], [])]):
    value = queue.dequeue() * 2.0
sess = tf.Session()
sess.run(value)
