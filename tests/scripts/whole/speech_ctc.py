"""Connectionist temporal classification: sparse labels, an LSTM, decoding, edit distance."""
import numpy as np
import tensorflow as tf

num_features, num_classes, num_hidden = 4, 5, 12  # three letters, a space and the blank
rng = np.random.RandomState(4)


def sparse_tuple_from(sequences, dtype=np.int32):
    indices, values = [], []
    for n, seq in enumerate(sequences):
        indices.extend(zip([n] * len(seq), range(len(seq))))
        values.extend(seq)
    indices = np.asarray(indices, dtype=np.int64)
    shape = np.asarray([len(sequences), indices.max(0)[1] + 1], dtype=np.int64)
    return indices, np.asarray(values, dtype=dtype), shape


targets = [[0, 1, 2], [2, 0]]
lengths = [12, 9]
signal = np.zeros([2, 12, num_features])
for row, (letters, n) in enumerate(zip(targets, lengths)):
    for t in range(n):
        signal[row, t, letters[t * len(letters) // n]] = 1
signal += rng.normal(0, 0.05, signal.shape)

graph = tf.Graph()
with graph.as_default():
    inputs = tf.placeholder(tf.float32, [None, None, num_features])
    labels = tf.sparse_placeholder(tf.int32)
    seq_len = tf.placeholder(tf.int32, [None])
    init = tf.random_uniform_initializer(-0.3, 0.3, seed=1)
    with tf.variable_scope('lstm', initializer=init):
        cell = tf.contrib.rnn.LSTMCell(num_hidden, use_peepholes=True, state_is_tuple=True)
        stack = tf.contrib.rnn.MultiRNNCell([cell], state_is_tuple=True)
        outputs, _ = tf.nn.dynamic_rnn(stack, inputs, seq_len, dtype=tf.float32)
    shape = tf.shape(inputs)
    W = tf.Variable(tf.truncated_normal([num_hidden, num_classes], stddev=0.1, seed=2))
    b = tf.Variable(tf.constant(0., shape=[num_classes]))
    logits = tf.reshape(tf.matmul(tf.reshape(outputs, [-1, num_hidden]), W) + b,
                        [shape[0], -1, num_classes])
    logits = tf.transpose(logits, (1, 0, 2))
    loss = tf.nn.ctc_loss(labels, logits, seq_len)
    cost = tf.reduce_mean(loss)
    optimizer = tf.train.MomentumOptimizer(0.05, 0.9).minimize(cost)
    decoded, log_prob = tf.nn.ctc_beam_search_decoder(logits, seq_len)
    greedy, _ = tf.nn.ctc_greedy_decoder(logits, seq_len)
    ler = tf.reduce_mean(tf.edit_distance(tf.cast(decoded[0], tf.int32), labels))
    dense = tf.sparse_tensor_to_dense(greedy[0], default_value=-1)
    print(labels.get_shape(), decoded[0].dtype.name, log_prob.get_shape())

with tf.Session(graph=graph) as session:
    tf.global_variables_initializer().run()
    feed = {inputs: signal, labels: sparse_tuple_from(targets), seq_len: lengths}
    print('%.4f %.4f' % tuple(session.run(loss, feed)))
    for epoch in range(150):
        batch_cost, _ = session.run([cost, optimizer], feed)
        if epoch in (0, 1):
            print('epoch %d cost %.4f' % (epoch, batch_cost))
    print('learned', batch_cost < 1.0, 'label error', session.run(ler, feed))
    print(session.run(dense, feed).tolist())
    value = session.run(decoded[0], feed)
    print(type(value).__name__, value.dense_shape.tolist())
    try:
        session.run(cost, {inputs: signal, labels: sparse_tuple_from([[0] * 9, [1]]),
                           seq_len: lengths})
    except tf.errors.InvalidArgumentError as e:
        print('Not enough time for target transition sequence' in e.message)
