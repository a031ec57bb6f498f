"""Standalone Keras 2 on TensorFlow 1, with its session."""

import keras
import numpy as np
import tensorflow as tf
from keras import backend as K
from keras.layers.core import Dense
from keras.models import Sequential
from keras.utils import np_utils

K.set_session(tf.Session(config=tf.ConfigProto(allow_soft_placement=True)))
model = Sequential()
model.add(Dense(2, input_dim=3, activation="softmax", kernel_initializer="zeros"))
model.compile(loss="categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
labels = np_utils.to_categorical([0, 1, 0, 1], 2)
model.fit(np.zeros((4, 3)), labels, epochs=1, verbose=0)
print(model.predict(np.zeros((1, 3))).shape, K.get_session().run(tf.constant(3)))
print(model.predict_classes(np.zeros((1, 3))), K.get_session().run(model.layers[0].apply(tf.ones([1, 3]))))
