"""REINFORCE and an actor with a critic, as reinforcement learning tutorials wrote them."""
import numpy as np
import tensorflow as tf

np.random.seed(1)
tf.set_random_seed(1)


class Bandit(object):
    """Three arms in two states; the right arm differs by state."""
    best = {0: 2, 1: 0}

    def observe(self):
        self.state = np.random.randint(2)
        return np.eye(2)[self.state]

    def pull(self, action):
        return 1.0 if action == self.best[self.state] else -0.2


class PolicyGradient:
    def __init__(self, n_actions, n_features, learning_rate=0.05, reward_decay=0.0):
        self.gamma = reward_decay
        self.ep_obs, self.ep_as, self.ep_rs = [], [], []
        with tf.name_scope('inputs'):
            self.tf_obs = tf.placeholder(tf.float32, [None, n_features], name="observations")
            self.tf_acts = tf.placeholder(tf.int32, [None, ], name="actions_num")
            self.tf_vt = tf.placeholder(tf.float32, [None, ], name="actions_value")
        layer = tf.layers.dense(
            inputs=self.tf_obs, units=6, activation=tf.nn.tanh,
            kernel_initializer=tf.random_normal_initializer(mean=0, stddev=0.3, seed=1),
            bias_initializer=tf.constant_initializer(0.1), name='fc1')
        all_act = tf.layers.dense(
            inputs=layer, units=n_actions, activation=None,
            kernel_initializer=tf.random_normal_initializer(mean=0, stddev=0.3, seed=2),
            bias_initializer=tf.constant_initializer(0.1), name='fc2')
        self.all_act_prob = tf.nn.softmax(all_act, name='act_prob')
        with tf.name_scope('loss'):
            neg_log_prob = tf.nn.sparse_softmax_cross_entropy_with_logits(
                logits=all_act, labels=self.tf_acts)
            self.loss = tf.reduce_mean(neg_log_prob * self.tf_vt)
        with tf.name_scope('train'):
            self.train_op = tf.train.AdamOptimizer(learning_rate).minimize(self.loss)
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def choose_action(self, observation):
        weights = self.sess.run(self.all_act_prob, {self.tf_obs: observation[np.newaxis, :]})
        p = weights.ravel().astype(np.float64)
        return np.random.choice(range(weights.shape[1]), p=p / p.sum())

    def learn(self):
        discounted = np.zeros_like(self.ep_rs)
        running = 0
        for t in reversed(range(0, len(self.ep_rs))):
            running = running * self.gamma + self.ep_rs[t]
            discounted[t] = running
        discounted -= np.mean(discounted)
        discounted /= np.std(discounted) + 1e-8
        _, loss = self.sess.run([self.train_op, self.loss], feed_dict={
            self.tf_obs: np.vstack(self.ep_obs), self.tf_acts: np.array(self.ep_as),
            self.tf_vt: discounted})
        self.ep_obs, self.ep_as, self.ep_rs = [], [], []
        return loss


env = Bandit()
RL = PolicyGradient(3, 2)
losses = []
for i_episode in range(20):
    for _ in range(20):
        observation = env.observe()
        action = RL.choose_action(observation)
        RL.ep_obs.append(observation)
        RL.ep_as.append(action)
        RL.ep_rs.append(env.pull(action))
    losses.append(RL.learn())
print('%.4f %.4f' % (losses[0], losses[1]))
print(RL.sess.run(RL.all_act_prob, {RL.tf_obs: np.eye(2)}).argmax(1))
RL.sess.close()

tf.reset_default_graph()
s = tf.placeholder(tf.float32, [1, 2], 'state')
a = tf.placeholder(tf.float32, None, 'act')
td_error = tf.placeholder(tf.float32, None, 'td_error')
with tf.variable_scope('Actor'):
    l1 = tf.contrib.layers.fully_connected(
        s, 4, tf.nn.relu, weights_initializer=tf.random_normal_initializer(0., .1, seed=3),
        biases_initializer=tf.constant_initializer(0.1), scope='l1')
    mu = tf.squeeze(tf.contrib.layers.fully_connected(
        l1, 1, tf.nn.tanh, weights_initializer=tf.random_normal_initializer(0., .1, seed=4)) * 2)
    sigma = tf.squeeze(tf.contrib.layers.fully_connected(
        l1, 1, tf.nn.softplus, weights_initializer=tf.random_normal_initializer(0., 1., seed=5)))
    normal_dist = tf.distributions.Normal(mu, sigma + 0.1)
    action = tf.clip_by_value(normal_dist.sample(1, seed=6), -2, 2)
    exp_v = normal_dist.log_prob(a) * td_error + 0.01 * normal_dist.entropy()
    params = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope='Actor')
    train = tf.train.RMSPropOptimizer(0.01).minimize(-exp_v, var_list=params)
print([v.name for v in params][:3])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    feed = {s: [[0.5, -0.5]], a: [0.3], td_error: [1.5]}
    for _ in range(3):
        value, _, sampled = sess.run([exp_v, train, action], feed)
        print('%.4f %.4f' % (value[0], sampled[0]))
