# Python 2: print statements, xrange, integer division, cPickle, old exceptions
import cPickle
import tensorflow as tf
from tensorflow.python.ops import rnn_cell

batch = 7 / 2
cell = rnn_cell.BasicLSTMCell(4)
x = tf.placeholder(tf.float32, [batch, 5, 2])
outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
d = {"a": 1}
for k, v in d.iteritems():
    print k, v, d.has_key(k)
try:
    raise ValueError, "bad"
except ValueError, e:
    print "caught", e
with open("state.pkl", "w") as f:
    cPickle.dump(d, f)
print cPickle.load(open("state.pkl")), [i for i in xrange(batch)]
with tf.Session() as sess:
    sess.run(tf.initialize_all_variables())
    print sess.run(outputs, {x: [[[0, 0]] * 5] * batch}).shape
