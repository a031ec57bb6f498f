"""tf.data with an initialisable iterator and a Python generator; ragged lists in NumPy."""

import collections

import numpy as np
import tensorflow as tf


def rows():
    for n in range(4):
        yield n, np.array([n, n + 0.5])


ds = tf.data.Dataset.from_generator(rows, (tf.int64, tf.float32), ((), (2,))).batch(2)
it = ds.make_initializable_iterator()
number, row = it.get_next()
with tf.Session() as sess:
    sess.run(it.initializer)
    while True:
        try:
            a, b = sess.run([number, row])
        except tf.errors.OutOfRangeError:
            break
        print(a, b.sum())
ragged = np.array([[1], [2, 3]])
print(ragged.shape, isinstance({}, collections.Mapping), np.asscalar(np.array([5])))
