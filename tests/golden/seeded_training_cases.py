"""Networks that are trained from the graph's seed alone, dropout and all."""

import numpy as np
from seed_cases import variables_of

STEPS = 5


def _lenet(tf, images):
    net = tf.layers.conv2d(images, 4, 3, padding="same", activation=tf.nn.relu)
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.conv2d(net, 6, 3, padding="same", activation=tf.nn.relu)
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.dense(tf.layers.flatten(net), 16, activation=tf.nn.relu)
    return tf.layers.dense(tf.layers.dropout(net, 0.4, training=True), 3)


def _two_layers(tf, images):
    rows = tf.reshape(images, [-1, 64])
    hidden = tf.Variable(tf.truncated_normal([64, 16], stddev=0.1))
    net = tf.nn.relu(tf.matmul(rows, hidden) + tf.Variable(tf.constant(0.1, shape=[16])))
    net = tf.nn.dropout(net, keep_prob=0.5)
    out = tf.Variable(tf.truncated_normal([16, 3], stddev=0.1))
    return tf.matmul(net, out) + tf.Variable(tf.zeros([3]))


NETWORKS = {"lenet": _lenet, "two_layers": _two_layers}


def _data():
    numbers = np.random.RandomState(0)
    return numbers.rand(12, 8, 8, 1).astype(np.float32), numbers.randint(0, 3, 12)


def trained(tf, network, kind):
    """What the weights start with, and the losses of a few steps."""
    pictures, labels = _data()
    with variables_of(tf, kind), tf.Graph().as_default():
        tf.set_random_seed(7)
        images = tf.placeholder(tf.float32, [None, 8, 8, 1])
        classes = tf.placeholder(tf.int64, [None])
        logits = network(tf, images)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
        loss = tf.reduce_mean(losses)
        step = tf.train.AdamOptimizer(0.01).minimize(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            weights = session.run(tf.trainable_variables())
            feed = {images: pictures, classes: labels}
            ran = [session.run([loss, step], feed)[0] for _ in range(STEPS)]
    return _told(weights, ran)


def fitted(tf):
    """The same of a model of Keras, with dropout and a normalization."""
    pictures, labels = _data()
    layers = tf.keras.layers
    with tf.Graph().as_default(), tf.Session():
        tf.set_random_seed(7)
        model = tf.keras.Sequential(
            [
                layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 1)),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dense(8, activation="relu"),
                layers.Dropout(0.3),
                layers.BatchNormalization(),
                layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        weights = model.get_weights()
        ran = model.fit(pictures, labels, epochs=3, batch_size=6, shuffle=False, verbose=0)
    return _told(weights, ran.history["loss"])


def _told(weights, losses):
    return {
        "weights": [weight.tobytes().hex() for weight in weights],
        "losses": [float(value) for value in losses],
    }
