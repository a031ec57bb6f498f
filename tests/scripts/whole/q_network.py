"""Deep Q-learning in a corridor: replay memory, a target network copied by collections."""
import collections
import random

import numpy as np
import tensorflow as tf

np.random.seed(1)
random.seed(1)
tf.set_random_seed(1)


class Corridor(object):
    """Walk right to the end; each step costs a little."""
    size = 5

    def reset(self):
        self.at = 0
        return self.state()

    def state(self):
        s = np.zeros(self.size)
        s[self.at] = 1
        return s

    def step(self, action):
        self.at = max(0, self.at - 1) if action == 0 else self.at + 1
        done = self.at == self.size - 1
        return self.state(), 1.0 if done else -0.01, done


class DeepQNetwork:
    def __init__(self, n_actions, n_features, gamma=0.9, lr=0.05):
        self.n_actions, self.n_features, self.gamma = n_actions, n_features, gamma
        self.memory = collections.deque(maxlen=60)
        self.learned = 0
        self.s = tf.placeholder(tf.float32, [None, n_features], name='s')
        self.q_target = tf.placeholder(tf.float32, [None, n_actions], name='Q_target')
        with tf.variable_scope('eval_net'):
            self.q_eval = self._net(self.s, ['eval_net_params', tf.GraphKeys.GLOBAL_VARIABLES])
        with tf.variable_scope('loss'):
            self.loss = tf.reduce_mean(tf.squared_difference(self.q_target, self.q_eval))
        with tf.variable_scope('train'):
            self.train = tf.train.RMSPropOptimizer(lr).minimize(self.loss)
        self.s_ = tf.placeholder(tf.float32, [None, n_features], name='s_')
        with tf.variable_scope('target_net'):
            self.q_next = self._net(self.s_, ['target_net_params', tf.GraphKeys.GLOBAL_VARIABLES])
        t_params = tf.get_collection('target_net_params')
        e_params = tf.get_collection('eval_net_params')
        self.replace = [tf.assign(t, e) for t, e in zip(t_params, e_params)]
        self.sess = tf.Session()
        self.sess.run(tf.global_variables_initializer())

    def _net(self, x, c_names):
        init = tf.constant_initializer(np.linspace(-0.3, 0.3, 40))
        w1 = tf.get_variable('w1', [self.n_features, 8], initializer=init, collections=c_names)
        b1 = tf.get_variable('b1', [1, 8], initializer=tf.constant_initializer(0.1),
                             collections=c_names)
        l1 = tf.nn.relu(tf.matmul(x, w1) + b1)
        w2 = tf.get_variable('w2', [8, self.n_actions], collections=c_names,
                             initializer=tf.constant_initializer(np.linspace(-0.2, 0.3, 16)))
        return tf.matmul(l1, w2)

    def choose(self, s, epsilon):
        if np.random.uniform() < epsilon:
            return np.random.randint(0, self.n_actions)
        return np.argmax(self.sess.run(self.q_eval, {self.s: s[np.newaxis, :]}))

    def learn(self):
        if self.learned % 20 == 0:
            self.sess.run(self.replace)
        batch = random.sample(list(self.memory), 16)
        s, a, r, s_, done = map(np.array, zip(*batch))
        q_next, q_eval = self.sess.run([self.q_next, self.q_eval], {self.s_: s_, self.s: s})
        target = q_eval.copy()
        target[np.arange(16), a] = r + self.gamma * q_next.max(axis=1) * (1 - done)
        _, cost = self.sess.run([self.train, self.loss], {self.s: s, self.q_target: target})
        self.learned += 1
        return cost


env = Corridor()
agent = DeepQNetwork(2, env.size)
costs = []
for episode in range(14):
    s, done, steps = env.reset(), False, 0
    while not done and steps < 30:
        a = agent.choose(s, max(0.05, 0.9 - 0.1 * episode))
        s_, r, done = env.step(a)
        agent.memory.append((s, a, r, s_, done))
        s, steps = s_, steps + 1
        if len(agent.memory) > 20:
            costs.append(agent.learn())
print('%.4f %.4f' % (costs[0], costs[1]))
print([int(agent.choose(row, 0)) for row in np.eye(env.size)[:-1]])
print([v.name for v in tf.get_collection('target_net_params')])
print([v.name for v in tf.global_variables() if 'RMSProp' in v.name][:2])
