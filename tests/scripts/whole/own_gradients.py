"""Gradients of one's own: overridden by name, by py_func, by custom_gradient; loops and arrays."""
import numpy as np
import tensorflow as tf
from tensorflow.python.framework import function, ops


@tf.RegisterGradient('GuidedRelu')
def _GuidedReluGrad(op, grad):
    gate = tf.cast(op.inputs[0] > 0, 'float32') * tf.cast(grad > 0, 'float32')
    return gate * grad


@ops.RegisterGradient('StraightThrough')
def _straight_through(op, grad):
    return grad


def flip_gradient(x, l=1.0, name='FlipGradient0'):
    @ops.RegisterGradient(name)
    def _flip_gradients(op, grad):
        return [tf.negative(grad) * l]

    g = tf.get_default_graph()
    with g.gradient_override_map({'Identity': name}):
        return tf.identity(x)


def py_func(func, inp, Tout, grad, name):
    tf.RegisterGradient(name)(grad)
    with tf.get_default_graph().gradient_override_map({'PyFunc': name}):
        return tf.py_func(func, inp, Tout, stateful=True, name=name)


@tf.custom_gradient
def clipped(x):
    def grad(dy):
        return tf.clip_by_value(dy, -0.5, 0.5)
    return tf.identity(x), grad


@function.Defun(tf.float32, tf.float32)
def softer(x, y):
    return tf.log(1 + tf.exp(x)) * y


x = tf.constant([-2.0, -0.5, 0.5, 2.0])
g = tf.get_default_graph()
with g.gradient_override_map({'Relu': 'GuidedRelu'}):
    guided = tf.nn.relu(x)
with g.gradient_override_map({'Sign': 'StraightThrough'}):
    binary = tf.sign(x)
squared = py_func(lambda v: v * v, [x], [tf.float32], lambda op, grad: grad * 3.0 * op.inputs[0],
                  'PyFuncGrad7')[0]
weight = tf.constant([1.0, -1.0, 2.0, -2.0])
total = [tf.gradients(tf.reduce_sum(y * weight), x)[0]
         for y in (guided, binary, flip_gradient(x, 0.5), squared, clipped(x), softer(x, x))]
print(squared.get_shape(), binary.op.type, guided.op.get_attr('_gradient_op_type').decode())


def collatz(n):
    def body(i, value, seen):
        value = tf.cond(tf.equal(value % 2, 0), lambda: value // 2, lambda: 3 * value + 1)
        return i + 1, value, seen.write(i, value)
    array = tf.TensorArray(tf.int32, size=1, dynamic_size=True, clear_after_read=False)
    return tf.while_loop(lambda i, value, _: tf.logical_and(value > 1, i < 50), body,
                         [0, tf.constant(n), array], parallel_iterations=1)


steps, last, seen = collatz(6)
h0 = tf.Variable([1.0, 0.0])
W = tf.Variable([[0.5, -0.5], [0.25, 1.0]], name='W')
states = tf.scan(lambda h, x: tf.tanh(tf.squeeze(tf.matmul(h[None], W), 0) + x), tf.ones([3, 2]),
                 initializer=h0)
folded = tf.foldl(lambda a, x: a + x * x, tf.range(5))
mapped = tf.map_fn(lambda t: (t[0] + t[1], t[0] * t[1]), (tf.range(3), tf.range(3, 6)),
                   dtype=(tf.int32, tf.int32))
gW, = tf.gradients(states[-1], W)
hessian = tf.hessians(tf.reduce_sum(h0 ** 3), h0)[0]
jacobian = tf.stack([tf.gradients(states[-1][i], h0)[0] for i in range(2)])
case = tf.case([(tf.less(last, 0), lambda: tf.constant('below')),
                (tf.equal(last, 1), lambda: tf.constant('one'))], default=lambda: tf.constant('?'))
checked = tf.check_numerics(tf.log(h0), 'log of h0')
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for value in sess.run(total):
        print(['%.4f' % v for v in value])
    print(sess.run([steps, last, seen.stack(), seen.gather([0, 2])]))
    print(['%.4f' % v for v in sess.run(states).ravel()], sess.run(folded), sess.run(mapped))
    print(['%.4f' % v for v in sess.run(gW).ravel()], sess.run(hessian).tolist(), sess.run(case))
    print(['%.4f' % v for v in sess.run(jacobian).ravel()], states.shape)
    try:
        sess.run(checked)
    except tf.errors.InvalidArgumentError as e:
        print('log of h0 : Tensor had Inf' in e.message)
