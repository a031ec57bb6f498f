import tensorflow as tf
from tensorflow.keras.layers import GRUCell, LSTM, LSTMCell, RNN

inputs = tf.zeros([1, 3, 4])
with tf.variable_scope("outer"):
    layers = [LSTM(2), RNN([LSTMCell(2), GRUCell(3)])]
    for layer in layers:
        layer(inputs)
        print([weight.name for weight in layer.weights])

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, "model")
print([name for name, _ in tf.train.list_variables(path)][:3])
