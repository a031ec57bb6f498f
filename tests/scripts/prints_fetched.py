import tensorflow as tf

a, b = tf.constant(10), tf.constant([1.5, 0.1])
with tf.Session() as sess:
    print(sess.run([a, b, a + 32]))
    print(sess.run({"sum": tf.reduce_sum(b)}))
