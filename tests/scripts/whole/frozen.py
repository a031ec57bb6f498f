"""A graph trained, frozen, optimised, written as text, imported and mapped onto other inputs."""
import os

import numpy as np
import tensorflow as tf
from tensorflow.python.framework import graph_util
from tensorflow.python.platform import gfile
from tensorflow.python.tools import freeze_graph, optimize_for_inference_lib

rng = np.random.RandomState(6)
images = rng.rand(12, 6, 6, 1).astype(np.float32)
labels = rng.randint(0, 3, 12)


def build(training):
    x = tf.placeholder(tf.float32, [None, 6, 6, 1], name='input')
    with tf.variable_scope('conv1'):
        kernel = tf.get_variable('weights', [3, 3, 1, 4],
                                 initializer=tf.truncated_normal_initializer(stddev=0.1, seed=1))
        biases = tf.get_variable('biases', [4], initializer=tf.constant_initializer(0.0))
        h = tf.nn.relu(tf.nn.conv2d(x, kernel, [1, 1, 1, 1], 'SAME') + biases)
    h = tf.layers.batch_normalization(h, training=training, name='bn', momentum=0.5)
    h = tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')
    h = tf.reshape(h, [-1, 36])
    if training:
        h = tf.nn.dropout(h, 0.9, seed=2)
    logits = tf.layers.dense(h, 3, name='fc',
                             kernel_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=3))
    return x, logits, tf.nn.softmax(logits, name='output')


with tf.Graph().as_default() as g, tf.Session() as sess:
    x, logits, _ = build(True)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    sess.run(tf.global_variables_initializer())
    for _ in range(5):
        value, _ = sess.run([loss, train], {x: images})
    tf.train.Saver().save(sess, 'checkpoints/net')
    print('%.4f' % value)

with tf.Graph().as_default() as g, tf.Session() as sess:
    x, logits, output = build(False)
    tf.train.Saver().restore(sess, 'checkpoints/net')
    expected = sess.run(output, {x: images})
    tf.train.write_graph(sess.graph_def, 'export', 'net.pbtxt', as_text=True)
    constant = graph_util.convert_variables_to_constants(
        sess, sess.graph.as_graph_def(), ['output'],
        variable_names_blacklist=['conv1/nothing'])
    with gfile.FastGFile('export/frozen.pb', 'wb') as f:
        f.write(constant.SerializeToString())
print(sorted({n.op for n in constant.node} & {'Variable', 'VariableV2', 'VarHandleOp'}))

freeze_graph.freeze_graph('export/net.pbtxt', '', False, 'checkpoints/net', 'output',
                          'save/restore_all', 'save/Const:0', 'export/tool.pb', True, '')


def load(path):
    graph_def = tf.GraphDef()
    with tf.gfile.GFile(path, 'rb') as f:
        graph_def.ParseFromString(f.read())
    return graph_def


slim = optimize_for_inference_lib.optimize_for_inference(
    load('export/frozen.pb'), ['input'], ['output'], tf.float32.as_datatype_enum)
print(any(n.op.startswith('FusedBatchNorm') for n in slim.node), slim.node[0].name)
for name, graph_def in (('frozen', load('export/frozen.pb')), ('tool', load('export/tool.pb')),
                        ('optimised', slim)):
    with tf.Graph().as_default() as graph:
        result, = tf.import_graph_def(graph_def, return_elements=['output:0'], name='')
        with tf.Session() as sess:
            got = sess.run(result, {'input:0': images})
            print(name, got.shape, bool(np.allclose(got, expected, atol=1e-5)))

with tf.Graph().as_default() as graph:
    doubled = tf.placeholder(tf.float32, [None, 6, 6, 1]) * 2.0
    probs, pooled = tf.import_graph_def(
        load('export/frozen.pb'), input_map={'input:0': doubled},
        return_elements=['output:0', 'MaxPool:0'], name='pretrained')
    bottleneck = tf.stop_gradient(pooled)
    head = tf.layers.dense(tf.layers.flatten(bottleneck), 2, name='head')
    print([v.name for v in tf.trainable_variables()], probs.op.name, head.shape)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        half = sess.run(probs, {doubled.op.inputs[0]: images / 2})
        print(bool(np.allclose(half, expected, atol=1e-5)), os.path.exists('export/net.pbtxt'))
    try:
        tf.import_graph_def(load('export/frozen.pb'), input_map={'inputs:0': doubled})
    except ValueError as e:
        print(str(e)[:62])
