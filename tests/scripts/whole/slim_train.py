"""A slim network with scopes, regularisers, a training loop of slim's and an evaluation."""
import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.contrib.framework.python.ops import arg_scope

tf.logging.set_verbosity(tf.logging.ERROR)
rng = np.random.RandomState(3)
images = rng.rand(40, 8, 8, 1).astype(np.float32)
labels = (images.mean(axis=(1, 2, 3)) > np.median(images.mean(axis=(1, 2, 3)))).astype(np.int64)
images[labels == 1] += 0.5


def net_scope(weight_decay=0.0005):
    with slim.arg_scope([slim.conv2d, slim.fully_connected],
                        weights_regularizer=slim.l2_regularizer(weight_decay),
                        weights_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=5)):
        with slim.arg_scope([slim.conv2d], normalizer_fn=slim.batch_norm,
                            normalizer_params={'decay': 0.9, 'epsilon': 0.001}) as scope:
            return scope


def net(inputs, is_training=True, reuse=None, scope='Net'):
    with tf.variable_scope(scope, 'Net', [inputs], reuse=reuse) as sc:
        collection = sc.original_name_scope + '_end_points'
        with arg_scope([slim.conv2d, slim.max_pool2d], outputs_collections=collection):
            with arg_scope([slim.batch_norm, slim.dropout], is_training=is_training):
                x = slim.conv2d(inputs, 4, [3, 3], scope='conv1')
                x = slim.max_pool2d(x, [2, 2], scope='pool1')
                x = slim.repeat(x, 2, slim.conv2d, 6, [3, 3], scope='conv2')
                x = slim.flatten(x)
                x = slim.dropout(x, 1.0)
                x = slim.fully_connected(x, 2, activation_fn=None, scope='logits')
        return x, slim.utils.convert_collection_to_dict(collection)


with tf.Graph().as_default():
    slim.get_or_create_global_step()
    with slim.arg_scope(net_scope()):
        logits, end_points = net(tf.constant(images))
    for name in end_points:
        print(name, end_points[name].get_shape())
    tf.losses.sparse_softmax_cross_entropy(labels=labels, logits=logits)
    print(len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)), 'regularisers')
    total = tf.losses.get_total_loss()
    optimizer = tf.train.MomentumOptimizer(0.05, 0.9)
    train_op = slim.learning.create_train_op(total, optimizer)
    final = slim.learning.train(train_op, 'logs', number_of_steps=40, save_summaries_secs=0,
                                save_interval_secs=0)
    print('loss fell', final < 0.5)
    print([v.op.name for v in slim.get_model_variables('Net/conv2/conv2_1')])

with tf.Graph().as_default():
    with slim.arg_scope(net_scope()):
        logits, _ = net(tf.constant(images), is_training=False)
    predictions = tf.argmax(logits, 1)
    names_to_values, names_to_updates = slim.metrics.aggregate_metric_map({
        'accuracy': slim.metrics.streaming_accuracy(predictions, labels),
        'mse': slim.metrics.streaming_mean_squared_error(tf.cast(predictions, tf.int64), labels),
    })
    checkpoint = tf.train.latest_checkpoint('logs')
    print(checkpoint)
    values = slim.evaluation.evaluate_once(
        '', checkpoint, 'eval', num_evals=2, eval_op=list(names_to_updates.values()),
        final_op=[names_to_values['accuracy'], names_to_values['mse']])
    print('accurate', values[0] > 0.85, '%.3f' % (values[0] + values[1]))
    reader = tf.train.NewCheckpointReader(checkpoint)
    for key in sorted(reader.get_variable_to_shape_map())[:4]:
        print(key, reader.get_tensor(key).shape)
