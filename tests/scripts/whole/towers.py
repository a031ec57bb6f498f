"""Two towers on one device: shared variables, averaged gradients, moving averages, restoring."""
from datetime import datetime
import re

import numpy as np
import tensorflow as tf

FLAGS = tf.app.flags.FLAGS
tf.app.flags.DEFINE_integer('num_gpus', 2, """How many towers.""")
tf.app.flags.DEFINE_string('train_dir', 'train', """Where checkpoints go.""")
TOWER_NAME = 'tower'
rng = np.random.RandomState(8)
images = rng.rand(16, 4, 4, 3).astype(np.float32)
labels = rng.randint(0, 2, 16).astype(np.int32)


def _variable_on_cpu(name, shape, initializer):
    with tf.device('/cpu:0'):
        return tf.get_variable(name, shape, initializer=initializer, dtype=tf.float32)


def _variable_with_weight_decay(name, shape, stddev, wd, seed):
    var = _variable_on_cpu(name, shape, tf.truncated_normal_initializer(stddev=stddev, seed=seed))
    if wd is not None:
        tf.add_to_collection('losses', tf.multiply(tf.nn.l2_loss(var), wd, name='weight_loss'))
    return var


def inference(x):
    with tf.variable_scope('conv1') as scope:
        kernel = _variable_with_weight_decay('weights', [3, 3, 3, 4], 5e-2, None, 1)
        conv = tf.nn.conv2d(x, kernel, [1, 1, 1, 1], padding='SAME')
        biases = _variable_on_cpu('biases', [4], tf.constant_initializer(0.1))
        conv1 = tf.nn.relu(tf.nn.bias_add(conv, biases), name=scope.name)
    norm1 = tf.nn.lrn(conv1, 4, bias=1.0, alpha=0.001 / 9.0, beta=0.75, name='norm1')
    with tf.variable_scope('local2') as scope:
        reshape = tf.reshape(norm1, [x.get_shape().as_list()[0], -1])
        weights = _variable_with_weight_decay('weights', [reshape.get_shape()[1].value, 2],
                                              0.04, 0.004, 2)
        biases = _variable_on_cpu('biases', [2], tf.constant_initializer(0.0))
        return tf.add(tf.matmul(reshape, weights), biases, name=scope.name)


def tower_loss(scope, x, y):
    logits = inference(x)
    entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
    tf.add_to_collection('losses', tf.reduce_mean(entropy, name='cross_entropy'))
    losses = tf.get_collection('losses', scope)
    for l in losses:
        tf.summary.scalar(re.sub('%s_[0-9]*/' % TOWER_NAME, '', l.op.name), l)
    return tf.add_n(losses, name='total_loss')


def average_gradients(tower_grads):
    average_grads = []
    for grad_and_vars in zip(*tower_grads):
        grads = [tf.expand_dims(g, 0) for g, _ in grad_and_vars]
        grad = tf.reduce_mean(tf.concat(axis=0, values=grads), 0)
        average_grads.append((grad, grad_and_vars[0][1]))
    return average_grads


def train():
    with tf.Graph().as_default(), tf.device('/cpu:0'):
        global_step = tf.get_variable('global_step', [], initializer=tf.constant_initializer(0),
                                      trainable=False)
        lr = tf.train.exponential_decay(0.5, global_step, 3, 0.1, staircase=True)
        opt = tf.train.GradientDescentOptimizer(lr)
        tower_grads = []
        with tf.variable_scope(tf.get_variable_scope()):
            for i in range(FLAGS.num_gpus):
                with tf.device('/gpu:%d' % i):
                    with tf.name_scope('%s_%d' % (TOWER_NAME, i)) as scope:
                        part = slice(i * 8, i * 8 + 8)
                        loss = tower_loss(scope, tf.constant(images[part]), labels[part])
                        tf.get_variable_scope().reuse_variables()
                        summaries = tf.get_collection(tf.GraphKeys.SUMMARIES, scope)
                        tower_grads.append(opt.compute_gradients(loss))
        grads = average_gradients(tower_grads)
        for grad, var in grads:
            summaries.append(tf.summary.histogram(var.op.name + '/gradients', grad))
        apply_gradient_op = opt.apply_gradients(grads, global_step=global_step)
        variable_averages = tf.train.ExponentialMovingAverage(0.9, global_step)
        train_op = tf.group(apply_gradient_op, variable_averages.apply(tf.trainable_variables()))
        saver = tf.train.Saver(tf.global_variables())
        sess = tf.Session(config=tf.ConfigProto(allow_soft_placement=True))
        sess.run(tf.global_variables_initializer())
        print([s.op.name for s in summaries])
        for step in range(5):
            _, loss_value, rate = sess.run([train_op, loss, lr])
            assert not np.isnan(loss_value), 'Model diverged with loss = NaN'
            print('step %d, loss = %.4f rate %.2f' % (step, loss_value, rate))
        saver.save(sess, FLAGS.train_dir + '/model.ckpt', global_step=step)


def evaluate():
    with tf.Graph().as_default():
        logits = inference(tf.constant(images))
        top_k_op = tf.nn.in_top_k(logits, labels, 1)
        restored = tf.train.ExponentialMovingAverage(0.9).variables_to_restore()
        print(sorted(restored))
        saver = tf.train.Saver(restored)
        with tf.Session() as sess:
            ckpt = tf.train.get_checkpoint_state(FLAGS.train_dir)
            saver.restore(sess, ckpt.model_checkpoint_path)
            step = ckpt.model_checkpoint_path.split('/')[-1].split('-')[-1]
            print('precision @ 1 at', step, '%.3f' % (np.sum(sess.run(top_k_op)) / 16.0))


def main(argv=None):
    if tf.gfile.Exists(FLAGS.train_dir):
        tf.gfile.DeleteRecursively(FLAGS.train_dir)
    tf.gfile.MakeDirs(FLAGS.train_dir)
    train()
    evaluate()
    assert datetime.now() > datetime(2016, 1, 1)


if __name__ == '__main__':
    tf.app.run()
