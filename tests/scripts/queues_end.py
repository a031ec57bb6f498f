"""Queue runners that are never stopped: nothing may be printed when the session closes."""

import tensorflow as tf

images, labels = ["a.jpg", "b.jpg", "c.jpg"], [1, 2, 3]
[image, label] = tf.train.slice_input_producer([images, labels], num_epochs=None, shuffle=False)
with tf.Session() as sess:
    sess.run(tf.local_variables_initializer())
    tf.train.start_queue_runners(sess=sess)
    for _ in range(4):
        name, number = sess.run([image, label])
        print("%s %d" % (name.decode(), number))
