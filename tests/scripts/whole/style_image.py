"""Paints an image by optimising its pixels: Gram matrices, total variation, L-BFGS from SciPy."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib.opt import ScipyOptimizerInterface

rng = np.random.RandomState(5)
kernels = rng.normal(0, 0.4, [3, 3, 3, 4]).astype(np.float32)
deeper = rng.normal(0, 0.3, [3, 3, 4, 6]).astype(np.float32)
content = rng.rand(1, 10, 10, 3).astype(np.float32) * 255
style = np.tile(np.linspace(0, 255, 10, dtype=np.float32)[None, None, :, None], [1, 10, 1, 3])
MEAN_PIXEL = np.array([123.68, 116.779, 103.939], np.float32)


def net(image):
    layers = {}
    x = image - MEAN_PIXEL
    for name, weights in (('conv1_1', kernels), ('conv2_1', deeper)):
        x = tf.nn.conv2d(x, tf.constant(weights), strides=(1, 1, 1, 1), padding='SAME')
        x = tf.nn.relu(x)
        layers[name] = x
        x = tf.nn.avg_pool(x, ksize=(1, 2, 2, 1), strides=(1, 2, 2, 1), padding='SAME')
    return layers


def _tensor_size(tensor):
    from operator import mul
    from functools import reduce
    return reduce(mul, (d.value for d in tensor.get_shape()), 1)


def gram_numpy(features):
    features = features.reshape(-1, features.shape[3])
    return features.T.dot(features) / features.size


with tf.Graph().as_default(), tf.Session() as sess:
    fed = tf.placeholder('float', shape=content.shape)
    layers = net(fed)
    content_features = layers['conv2_1'].eval(feed_dict={fed: content})
    style_features = {name: gram_numpy(layer.eval(feed_dict={fed: style}))
                      for name, layer in layers.items()}
    print({name: g.shape for name, g in sorted(style_features.items())})

with tf.Graph().as_default():
    image = tf.Variable(tf.random_normal(content.shape, seed=3) * 0.256)
    layers = net(image)
    content_loss = 2 * tf.nn.l2_loss(layers['conv2_1'] - content_features) / content_features.size
    style_loss = 0
    for name, gram in style_features.items():
        layer = layers[name]
        _, height, width, number = map(lambda i: i.value, layer.get_shape())
        feats = tf.reshape(layer, (-1, number))
        own = tf.matmul(tf.transpose(feats), feats) / (height * width * number)
        style_loss += 2 * tf.nn.l2_loss(own - gram) / gram.size
    tv_y, tv_x = _tensor_size(image[:, 1:, :, :]), _tensor_size(image[:, :, 1:, :])
    tv_loss = 2 * (tf.nn.l2_loss(image[:, 1:] - image[:, :-1]) / tv_y +
                   tf.nn.l2_loss(image[:, :, 1:] - image[:, :, :-1]) / tv_x)
    loss = content_loss + 1e-3 * style_loss + tv_loss
    train_step = tf.train.AdamOptimizer(2.0, beta1=0.9, beta2=0.999, epsilon=1e-08).minimize(loss)
    scipy_step = ScipyOptimizerInterface(loss, method='L-BFGS-B', options={'maxiter': 4})
    print(tv_y, tv_x)
    with tf.Session() as sess:
        sess.run(tf.initialize_all_variables())
        first = loss.eval()
        for i in range(3):
            print('content %.4e style %.4e tv %.4e' % (
                content_loss.eval(), style_loss.eval(), tv_loss.eval()))
            train_step.run()
        before = loss.eval()
        scipy_step.minimize(sess)
        print('fell', before < first, loss.eval() < before)
        painted = np.clip(image.eval()[0], 0, 255).astype(np.uint8)
        print(painted.shape, painted.dtype)
