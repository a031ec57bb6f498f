"""A small GAN on rings: two networks by scope, batch normalisation, two optimizers."""
import numpy as np
import tensorflow as tf

slim = tf.contrib.slim
np.random.seed(0)


def lrelu(x, leak=0.2, name="lrelu"):
    with tf.variable_scope(name):
        return tf.maximum(x, leak * x)


def weights(seed):
    return tf.truncated_normal_initializer(stddev=0.02, seed=seed)


def generator(z, train=True, reuse=False):
    with tf.variable_scope("generator", reuse=reuse):
        h = tf.layers.dense(z, 4 * 4 * 8, kernel_initializer=weights(1), name='project')
        h = tf.reshape(h, [-1, 4, 4, 8])
        h = tf.contrib.layers.batch_norm(h, decay=0.9, updates_collections=None, epsilon=1e-5,
                                         scale=True, is_training=train, scope='g_bn0')
        h = tf.nn.relu(h)
        h = tf.layers.conv2d_transpose(h, 1, 5, strides=2, padding='same',
                                       kernel_initializer=weights(2), name='g_h1')
        return tf.nn.tanh(h)


def discriminator(image, reuse=False):
    with tf.variable_scope("discriminator") as scope:
        if reuse:
            scope.reuse_variables()
        h = lrelu(tf.layers.conv2d(image, 8, 5, strides=(2, 2), padding='SAME',
                                   kernel_initializer=weights(3), name='d_h0_conv'))
        h = tf.contrib.layers.flatten(h)
        logits = tf.layers.dense(h, 1, kernel_initializer=weights(4), name='d_h1_lin')
        return tf.nn.sigmoid(logits), logits


def loss(logits, ones):
    targets = tf.ones_like(logits) if ones else tf.zeros_like(logits)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=logits, labels=targets))


z = tf.placeholder(tf.float32, [None, 6], name='z')
images = tf.placeholder(tf.float32, [16, 8, 8, 1], name='real_images')
G = generator(z)
sampler = generator(z, train=False, reuse=True)
D, D_logits = discriminator(images)
D_, D_logits_ = discriminator(G, reuse=True)
d_loss = loss(D_logits, True) + loss(D_logits_, False)
g_loss = loss(D_logits_, True)
t_vars = tf.trainable_variables()
d_vars = [var for var in t_vars if 'd_' in var.name]
g_vars = [var for var in t_vars if var.name.startswith('generator')]
d_optim = tf.train.AdamOptimizer(0.0002, beta1=0.5).minimize(d_loss, var_list=d_vars)
g_optim = tf.train.AdamOptimizer(0.0002, beta1=0.5).minimize(g_loss, var_list=g_vars)
print([v.name for v in g_vars])
print([v.name for v in d_vars])
print([v.name for v in tf.global_variables() if 'moving' in v.name])
slim.model_analyzer.analyze_vars(d_vars, print_info=True)

grid = np.mgrid[-1:1:8j, -1:1:8j]
ring = np.where(np.abs(np.sqrt((grid ** 2).sum(0)) - 0.6) < 0.25, 1.0, -1.0)
real = np.tile(ring[None, ..., None], [16, 1, 1, 1]) + np.random.normal(0, 0.05, [16, 8, 8, 1])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        noise = np.random.uniform(-1, 1, [16, 6]).astype(np.float32)
        _, errD = sess.run([d_optim, d_loss], feed_dict={images: real, z: noise})
        _, errG = sess.run([g_optim, g_loss], feed_dict={z: noise})
        print("step %d d_loss: %.4f g_loss: %.4f" % (step, errD, errG))
    noise = np.linspace(-1, 1, 12).reshape(2, 6)
    samples = sess.run(sampler, {z: noise})
    print(samples.shape, samples.dtype, '%.3f' % abs(samples).max())
    print('%.4f' % sess.run(D, {images: real}).mean())
