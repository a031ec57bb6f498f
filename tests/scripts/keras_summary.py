"""The tables Keras printed in TensorFlow 1; recorded from 1.15.5 in golden/keras_summary.txt."""

import tensorflow as tf

layers = tf.keras.layers
chain = tf.keras.Sequential(name="chain")
chain.add(layers.Dense(512, activation="relu", input_shape=(784,), name="a_layer_with_a_long_name_here"))
chain.add(layers.BatchNormalization(name="norm"))
chain.add(layers.Dense(10, name="out", trainable=False))
chain.summary()

left = layers.Input([8], name="left")
right = layers.Input([8], name="right")
shared = layers.Dense(4, name="shared")
both = layers.concatenate([shared(left), shared(right)], name="both")
net = tf.keras.Model([left, right], [layers.Dense(2, name="a")(both), layers.Dense(1, name="b")(both)], name="net")
net.summary()

line = tf.keras.Model(left, chain.layers[-1].__class__(3, name="d")(left), name="line")
line.summary(line_length=40, positions=[0.5, 0.8, 1.0])
rows = []
net.summary(print_fn=rows.append, line_length=60)
print(len(rows), rows[4])


class Subclassed(tf.keras.Model):
    def __init__(self):
        super(Subclassed, self).__init__(name="own")
        self.used = layers.Dense(2, name="used")

    def call(self, inputs):
        return self.used(inputs)


own = Subclassed()
own(left)
own.summary()
