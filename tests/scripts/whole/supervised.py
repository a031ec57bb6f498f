"""tf.train.Supervisor: initialises, saves, restores, runs its threads, stops on request."""
from __future__ import print_function

import os

import numpy as np
import tensorflow as tf

tf.app.flags.DEFINE_string('logdir', 'sv', 'where checkpoints go')
tf.app.flags.DEFINE_integer('steps', 5, 'how many steps')
tf.app.flags.DEFINE_boolean('verbose', False, 'tell more')
FLAGS = tf.app.flags.FLAGS


def build():
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [None, 2], 'x')
        y = tf.placeholder(tf.float32, [None], 'y')
        w = tf.get_variable('w', [2, 1], initializer=tf.zeros_initializer())
        b = tf.get_variable('b', [], initializer=tf.zeros_initializer)
        prediction = tf.squeeze(tf.matmul(x, w), 1) + b
        loss = tf.losses.mean_squared_error(y, prediction)
        global_step = tf.Variable(0, name='global_step', trainable=False)
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step)
        tf.summary.scalar('loss', loss)
        tf.summary.histogram('w', w)
        return graph, x, y, loss, train, global_step, tf.summary.merge_all()


def main(_):
    rng = np.random.RandomState(1)
    inputs = rng.rand(20, 2)
    targets = inputs.dot([2.0, -1.0]) + 0.5
    for attempt in range(2):
        graph, x, y, loss, train, global_step, merged = build()
        with graph.as_default():
            sv = tf.train.Supervisor(logdir=FLAGS.logdir, summary_op=None, save_model_secs=0,
                                     global_step=global_step)
            with sv.managed_session() as sess:
                print('starts at', sess.run(global_step))
                for step in range(FLAGS.steps):
                    if sv.should_stop():
                        break
                    value, _, number, text = sess.run(
                        [loss, train, global_step, merged], {x: inputs, y: targets})
                    sv.summary_computed(sess, text)
                print('%.5f' % value)
                sv.saver.save(sess, sv.save_path, global_step=global_step)
                sv.request_stop()
                print(sv.should_stop())
    print(sorted(f for f in os.listdir(FLAGS.logdir) if f.endswith('.index')))
    steps = []
    for name in sorted(os.listdir(FLAGS.logdir)):
        if 'tfevents' in name:
            for e in tf.train.summary_iterator(os.path.join(FLAGS.logdir, name)):
                steps += [(e.step, v.tag) for v in e.summary.value]
    print(sorted(set(tag for _, tag in steps)), max(s for s, _ in steps))
    if FLAGS.verbose:
        print(FLAGS.flag_values_dict())


if __name__ == '__main__':
    tf.app.run()
