"""Skip-gram word vectors: candidate sampling, sparse gradients, nearest words."""
from __future__ import print_function

import collections

import numpy as np
import tensorflow as tf

words = ('the cat sat on the mat the dog sat on the rug a cat and a dog ran '
         'the king sat on the throne the queen sat on the throne ').split() * 6
counts = collections.Counter(words).most_common()
dictionary = {w: i for i, (w, _) in enumerate(sorted(counts, key=lambda t: (-t[1], t[0])))}
names = dict(zip(dictionary.values(), dictionary.keys()))
data = [dictionary[w] for w in words]
print(len(dictionary), names[0], counts[0][1])


def pairs(window=2):
    for i, centre in enumerate(data):
        for j in range(max(0, i - window), min(len(data), i + window + 1)):
            if j != i:
                yield centre, data[j]


examples = np.array(list(pairs()), np.int32)
graph = tf.Graph()
with graph.as_default():
    inputs = tf.placeholder(tf.int32, shape=[None])
    labels = tf.placeholder(tf.int32, shape=[None, 1])
    with tf.device('/cpu:0'):
        embeddings = tf.Variable(
            tf.random_uniform([len(dictionary), 8], -1.0, 1.0, seed=1), name='embeddings')
        embed = tf.nn.embedding_lookup(embeddings, inputs)
    weights = tf.Variable(tf.truncated_normal([len(dictionary), 8], stddev=0.3, seed=2))
    biases = tf.Variable(tf.zeros([len(dictionary)]))
    sampled = tf.nn.log_uniform_candidate_sampler(
        tf.cast(labels, tf.int64), 1, 4, True, len(dictionary), seed=5)
    loss = tf.reduce_mean(tf.nn.nce_loss(
        weights=weights, biases=biases, labels=labels, inputs=embed, num_sampled=4,
        num_classes=len(dictionary), sampled_values=sampled))
    full = tf.nn.softmax_cross_entropy_with_logits(
        labels=tf.one_hot(tf.squeeze(labels, 1), len(dictionary)),
        logits=tf.matmul(embed, weights, transpose_b=True) + biases)
    total = tf.reduce_mean(full)
    gradient, = tf.gradients(loss, [embeddings])
    print(type(gradient).__name__, gradient.values.shape, gradient.indices.dtype)
    optimizer = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    norm = tf.sqrt(tf.reduce_sum(tf.square(embeddings), 1, keep_dims=True))
    normalized = embeddings / norm
    valid = tf.constant([dictionary['cat'], dictionary['king']])
    similarity = tf.matmul(tf.nn.embedding_lookup(normalized, valid), normalized,
                           transpose_b=True)
    init = tf.initialize_all_variables()

with tf.Session(graph=graph) as session:
    init.run()
    feed = {inputs: examples[:, 0], labels: examples[:, 1:]}
    first = session.run(total, feed)
    print('before %.4f' % first)
    print([names[i] for i in session.run(sampled, feed).sampled_candidates])
    for step in range(60):
        batch = examples[step * 16 % 700:][:16]
        session.run([optimizer, loss], {inputs: batch[:, 0], labels: batch[:, 1:]})
    print('better', session.run(total, feed) < first)
    sim = similarity.eval()
    print(sim.shape, [names[int(i)] for i in sim.argmax(1)])
