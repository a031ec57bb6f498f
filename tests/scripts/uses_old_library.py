import oldlibrary
import tensorflow as tf

with tf.Session() as sess:
    print(sess.run(oldlibrary.doubled(3.0)))
