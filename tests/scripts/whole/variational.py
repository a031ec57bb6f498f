"""A variational autoencoder and an autoencoder with tied weights, seeds given to every op."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(2)
patterns = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1]], np.float32)
data = patterns[rng.randint(0, 3, 60)]


def xavier_init(fan_in, fan_out, seed, constant=1):
    low = -constant * np.sqrt(6.0 / (fan_in + fan_out))
    return tf.random_uniform((fan_in, fan_out), minval=low, maxval=-low, dtype=tf.float32, seed=seed)


class VariationalAutoencoder(object):
    def __init__(self, n_input=6, n_hidden=2, n_units=8, learning_rate=0.02):
        self.x = tf.placeholder(tf.float32, [None, n_input])
        w = {
            'h': tf.Variable(xavier_init(n_input, n_units, 1)),
            'mean': tf.Variable(xavier_init(n_units, n_hidden, 2)),
            'log_sigma_sq': tf.Variable(xavier_init(n_units, n_hidden, 3)),
            'g': tf.Variable(xavier_init(n_hidden, n_units, 4)),
            'out': tf.Variable(xavier_init(n_units, n_input, 5)),
        }
        b = tf.Variable(tf.zeros([n_units], dtype=tf.float32))
        h = tf.nn.softplus(tf.add(tf.matmul(self.x, w['h']), b))
        self.z_mean = tf.matmul(h, w['mean'])
        self.z_log_sigma_sq = tf.matmul(h, w['log_sigma_sq'])
        eps = tf.random_normal(tf.shape(self.z_mean), 0, 1, dtype=tf.float32, seed=6)
        self.z = tf.add(self.z_mean, tf.multiply(tf.sqrt(tf.exp(self.z_log_sigma_sq)), eps))
        self.reconstruction = tf.nn.sigmoid(tf.matmul(tf.nn.softplus(tf.matmul(self.z, w['g'])),
                                                      w['out']))
        reconstr_loss = -tf.reduce_sum(
            self.x * tf.log(1e-10 + self.reconstruction) +
            (1 - self.x) * tf.log(1e-10 + 1 - self.reconstruction), 1)
        latent_loss = -0.5 * tf.reduce_sum(
            1 + self.z_log_sigma_sq - tf.square(self.z_mean) - tf.exp(self.z_log_sigma_sq), 1)
        self.cost = tf.reduce_mean(reconstr_loss + latent_loss)
        self.optimizer = tf.train.AdamOptimizer(learning_rate).minimize(self.cost)
        self.sess = tf.InteractiveSession()
        self.sess.run(tf.initialize_all_variables())

    def partial_fit(self, X):
        return self.sess.run((self.cost, self.optimizer), feed_dict={self.x: X})[0]

    def generate(self, hidden=None):
        if hidden is None:
            hidden = np.zeros([1, 2])
        return self.sess.run(self.reconstruction, feed_dict={self.z: hidden})


vae = VariationalAutoencoder()
costs = [vae.partial_fit(data[i % 6 * 10:][:10]) for i in range(150)]
print('%.4f %.4f %.4f' % tuple(costs[:3]))
print('fell', np.mean(costs[-10:]) < np.mean(costs[:10]))
print(vae.generate().shape, vae.z_mean.eval({vae.x: patterns}).shape)
vae.sess.close()

tf.reset_default_graph()
x = tf.placeholder(tf.float32, [None, 6])
mask = tf.placeholder(tf.float32, [None, 6], name='mask')
W = tf.Variable(xavier_init(6, 3, 7), name='W')
hidden = tf.nn.sigmoid(tf.matmul(mask * x, W) + tf.Variable(tf.zeros([3])))
Z = tf.nn.sigmoid(tf.matmul(hidden, tf.transpose(W)) + tf.Variable(tf.zeros([6])))
cost = tf.reduce_sum(tf.pow(x - Z, 2))
kl = tf.reduce_sum(0.05 * tf.log(0.05 / tf.reduce_mean(hidden, 0)))
train = tf.train.GradientDescentOptimizer(0.02).minimize(cost + 0.1 * kl)
with tf.Session() as sess:
    tf.initialize_all_variables().run()
    for i in range(4):
        for start in range(0, 60, 20):
            kept = rng.binomial(1, 0.7, [20, 6])
            sess.run(train, {x: data[start:start + 20], mask: kept})
        print('%d %.3f' % (i, sess.run(cost, feed_dict={x: data, mask: np.ones_like(data)})))
