import tensorflow as tf

number = tf.train.range_input_producer(4, 1, shuffle=False).dequeue()
batch = tf.train.batch([number], 2)
other = tf.train.range_input_producer(4, 1, shuffle=False).dequeue()
fed = tf.train.batch([other + tf.placeholder_with_default(1, [])], 2)
print(batch.op.type, fed.op.type)

with tf.train.MonitoredSession() as sess:
    print(sess.run(batch), sess.run(fed))
