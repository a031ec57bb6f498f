# A training script as people wrote them in 2017. Not edited for today: `graphkit run` runs it.
import numpy as np
import tensorflow as tf
from tensorflow.contrib import slim

flags = tf.app.flags
flags.DEFINE_integer("steps", 100, "training steps")
flags.DEFINE_float("learning_rate", 0.05, "learning rate")
FLAGS = flags.FLAGS


def network(x):
    with slim.arg_scope(
        [slim.fully_connected],
        activation_fn=tf.nn.tanh,
        weights_initializer=tf.contrib.layers.xavier_initializer(seed=1),
    ):
        net = slim.fully_connected(x, 8, scope="hidden")
        return slim.fully_connected(net, 1, activation_fn=None, scope="output")


def main(_):
    points = np.linspace(-1, 1, 64).astype(np.float).reshape(-1, 1)
    x = tf.placeholder(tf.float32, [None, 1])
    y = tf.placeholder(tf.float32, [None, 1])
    loss = tf.losses.mean_squared_error(y, network(x))
    train_op = tf.train.AdamOptimizer(FLAGS.learning_rate).minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        for step in range(FLAGS.steps):
            _, value = sess.run([train_op, loss], {x: points, y: points ** 2})
        print("loss after %d steps: %.4f" % (FLAGS.steps, value))


if __name__ == "__main__":
    tf.app.run()
