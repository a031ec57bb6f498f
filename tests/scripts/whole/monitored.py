"""A monitored session that is stopped, begins again, and tells what its hooks saw."""
import os
import time

import tensorflow as tf


class LoggerHook(tf.train.SessionRunHook):
    """Logs loss as the CIFAR-10 tutorial did."""

    def __init__(self, loss, lines):
        self._loss, self._lines = loss, lines

    def begin(self):
        self._step = -1
        self._start_time = time.time()

    def before_run(self, run_context):
        self._step += 1
        return tf.train.SessionRunArgs(self._loss)

    def after_run(self, run_context, run_values):
        if self._step % 4 == 0:
            self._lines.append('step %d, loss = %.4f' % (self._step, run_values.results))

    def end(self, session):
        self._lines.append('end %d' % session.run(tf.train.get_global_step()))


def train(last_step):
    lines = []
    with tf.Graph().as_default():
        global_step = tf.contrib.framework.get_or_create_global_step()
        w = tf.get_variable('w', initializer=[4.0, -2.0])
        with tf.control_dependencies([tf.assert_less(tf.norm(w), 100.)]):
            loss = tf.reduce_sum(tf.square(w - [1.0, 1.0]))
        rate = tf.train.exponential_decay(0.2, global_step, 4, 0.5, staircase=True)
        tf.summary.scalar('rate', rate)
        optimizer = tf.train.GradientDescentOptimizer(rate)
        grads = optimizer.compute_gradients(loss)
        apply_gradient_op = optimizer.apply_gradients(grads, global_step=global_step)
        averages = tf.train.ExponentialMovingAverage(0.5, global_step)
        with tf.control_dependencies([apply_gradient_op, averages.apply(tf.trainable_variables())]):
            train_op = tf.no_op(name='train')
        hooks = [tf.train.StopAtStepHook(last_step=last_step), tf.train.NanTensorHook(loss),
                 LoggerHook(loss, lines)]
        with tf.train.MonitoredTrainingSession(
                checkpoint_dir='train', hooks=hooks, save_summaries_steps=2,
                save_checkpoint_secs=None, save_checkpoint_steps=3,
                config=tf.ConfigProto(log_device_placement=False)) as mon_sess:
            while not mon_sess.should_stop():
                mon_sess.run(train_op)
        for line in lines:
            print(line)
        try:
            mon_sess.run(train_op)
        except AttributeError:
            print('the session is closed', mon_sess.should_stop())


train(6)
train(10)
checkpoint = tf.train.get_checkpoint_state('train')
print(checkpoint.model_checkpoint_path, len(checkpoint.all_model_checkpoint_paths))
for name, shape in tf.contrib.framework.list_variables('train'):
    print(name, shape)
print('%.4f %.4f' % tuple(tf.contrib.framework.load_variable('train', 'w')))
rates = []
for name in sorted(f for f in os.listdir('train') if 'tfevents' in f):
    for event in tf.train.summary_iterator(os.path.join('train', name)):
        rates += [(event.step, round(v.simple_value, 4)) for v in event.summary.value
                  if v.tag == 'rate']
print(rates)

with tf.Graph().as_default():
    x = tf.Variable(1.0)
    blown = x.assign(x + float('nan'))
    try:
        with tf.train.SingularMonitoredSession(hooks=[tf.train.NanTensorHook(blown)]) as sess:
            sess.run(blown)
    except tf.train.NanLossDuringTrainingError as e:
        print(type(e).__name__, e)
