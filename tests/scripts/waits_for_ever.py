"""Never starts its queue runners; a second thread ends the process once that was told."""
import os
import threading

import tensorflow as tf

queue = tf.train.string_input_producer(["a.csv"], name="files")
_, line = tf.TextLineReader().read(queue)
threading.Timer(14, os._exit, [3]).start()
with tf.Session() as sess:
    sess.run([line])
