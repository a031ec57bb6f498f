"""Fine-tuning: restores a part of a checkpoint, under other names, and trains the rest."""
import os

import numpy as np
import tensorflow as tf
from tensorflow.contrib.framework import assign_from_checkpoint_fn
from tensorflow.python.tools.inspect_checkpoint import print_tensors_in_checkpoint_file

rng = np.random.RandomState(3)
X = rng.normal(size=(30, 4)).astype(np.float32)


def network(scope, classes, first='constant'):
    with tf.variable_scope(scope):
        x = tf.placeholder_with_default(X, [None, 4], name='x')
        w = tf.get_variable('fc1/weights', initializer=tf.constant(
            np.arange(20).reshape(4, 5) / 10.0 - 1, tf.float32))
        b = tf.get_variable('fc1/biases', [5], initializer=tf.ones_initializer())
        h = tf.nn.relu(tf.nn.xw_plus_b(x, w, b))
        return tf.contrib.layers.fully_connected(
            h, classes, None, weights_initializer=tf.constant_initializer(0.1), scope='fc2')


with tf.Graph().as_default(), tf.Session() as sess:
    logits = network('old', 2)
    step = tf.train.get_or_create_global_step()
    loss = tf.reduce_mean(tf.square(logits))
    train = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss, global_step=step)
    sess.run(tf.global_variables_initializer())
    for _ in range(4):
        sess.run(train)
    saver = tf.train.Saver()
    for at in (2, 4):
        path = saver.save(sess, './ckpt/old', global_step=at, write_meta_graph=at == 4)
    np.save('weights.npy', {'fc1': sess.run(tf.trainable_variables()[:2])})
print(path, tf.train.latest_checkpoint('ckpt'), len(tf.trainable_variables()))
print_tensors_in_checkpoint_file(path, tensor_name='', all_tensors=False, all_tensor_names=True)

with tf.Graph().as_default(), tf.Session() as sess:
    logits = network('new', 3)
    names = {v.op.name.replace('new', 'old'): v
             for v in tf.contrib.slim.get_variables_to_restore(exclude=['new/fc2'])}
    print(sorted(names))
    head = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, 'new/fc2')
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    train = optimizer.minimize(tf.reduce_mean(tf.square(logits - 1)), var_list=head)
    sess.run(tf.global_variables_initializer())
    tf.train.Saver(names).restore(sess, path)
    kept = sess.run(names['old/fc1/weights'])
    sess.run(train)
    print('%.4f' % sess.run(head[0])[0, 0], np.array_equal(kept, sess.run(names['old/fc1/weights'])))
    assign_from_checkpoint_fn(path, names, ignore_missing_vars=True)(sess)
    weights = np.load('weights.npy', allow_pickle=True, encoding='bytes').item()
    for value, name in zip(weights['fc1'], ('weights', 'biases')):
        with tf.variable_scope('new/fc1', reuse=True):
            variable = tf.get_variable(name)
            sess.run(variable.assign(value))
            print(name, bool(np.allclose(value, variable.eval())))
    try:
        tf.train.Saver().restore(sess, path)
    except tf.errors.NotFoundError as e:
        print(type(e).__name__, 'not found in checkpoint' in str(e))
    try:
        tf.train.Saver({'old/fc2/weights': head[0]}).restore(sess, path)
    except tf.errors.InvalidArgumentError as e:
        print(type(e).__name__, 'Assign requires shapes of both tensors to match' in str(e))
    print(sess.run(tf.report_uninitialized_variables()))

with tf.Graph().as_default(), tf.Session() as sess:
    logits = network('warm', 3)
    tf.train.init_from_checkpoint(path, {'old/fc1/': 'warm/fc1/'})
    sess.run(tf.global_variables_initializer())
    with tf.variable_scope('warm', reuse=True):
        print(np.allclose(sess.run(tf.get_variable('fc1/weights')), kept))
reader = tf.train.NewCheckpointReader(path)
print(reader.has_tensor('old/fc1/weights/Momentum'), int(reader.get_tensor('global_step')))
for each in tf.train.checkpoint_exists('./ckpt/old-2'), os.path.exists('ckpt/old-2.meta'):
    print(each)
