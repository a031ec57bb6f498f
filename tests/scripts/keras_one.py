# What it prints with keras 2.2.4 on TensorFlow 1.15.5 is in golden/keras_one.txt.
from __future__ import print_function
import warnings; warnings.simplefilter("ignore")
import numpy as np
import keras
from keras.models import Sequential, Model
from keras.layers import *
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras import backend as K
def show(layer, shape):
    x = Input(batch_shape=shape); y = layer(x)
    print(type(layer).__name__, K.int_shape(y), [tuple(K.int_shape(w)) for w in layer.weights])
show(Convolution2D(4, 3, 3, border_mode="same", subsample=(2, 2), init="uniform", dim_ordering="tf", bias=False), (1, 8, 8, 3))
show(Conv2D(4, 3, 2), (1, 8, 8, 3))
show(Conv2D(nb_filter=4, nb_row=3, nb_col=2), (1, 8, 8, 3))
show(Conv2D(4, 3, nb_col=2), (1, 8, 8, 3))
show(Conv2D(4, (3, 3), strides=2), (1, 8, 8, 3))
show(Convolution3D(2, 1, 2, 3), (1, 4, 4, 4, 1))
show(Convolution1D(nb_filter=2, filter_length=3, subsample_length=2), (1, 9, 3))
show(Dense(output_dim=3, init="glorot_uniform", W_regularizer="l2", bias=False), (1, 5))
show(LSTM(output_dim=3, inner_init="orthogonal", forget_bias_init="one", dropout_W=0.1, consume_less="gpu"), (1, 5, 2))
show(GRU(3, inner_activation="sigmoid"), (1, 5, 2))
show(Embedding(10, 3, init="uniform", W_regularizer=None, dropout=0.2), (1, 5))
show(MaxPooling2D((2, 2), border_mode="same", dim_ordering="tf"), (1, 5, 5, 2))
show(MaxPooling1D(pool_length=2, stride=1), (1, 5, 2))
show(BatchNormalization(mode=0, gamma_init="ones"), (1, 5))
show(Dropout(p=0.3), (1, 5))
show(GaussianNoise(sigma=0.3), (1, 5))
show(SpatialDropout2D(p=0.3, dim_ordering="tf"), (1, 5, 5, 2))
show(ZeroPadding2D({"top_pad": 1, "left_pad": 2}), (1, 5, 5, 2))
show(UpSampling1D(length=3), (1, 5, 2))
show(SeparableConv2D(4, 3, 3, init="uniform"), (1, 8, 8, 3))
show(Deconvolution2D(4, 3, 3, output_shape=(1, 9, 9, 4), subsample=(2, 2), border_mode="same"), (1, 8, 8, 3))
m = Sequential([LSTM(output_dim=3, input_dim=4, input_length=5), Dense(2, activation="softmax")])
print(m.input_shape, m.output_shape)
m.compile("sgd", "categorical_crossentropy")
x = np.ones((6, 5, 4)); y = np.eye(2)[[0, 1, 0, 1, 0, 1]]
h = m.fit(x, y, nb_epoch=2, verbose=0)
print(len(h.history["loss"]), m.predict_classes(x).shape, m.predict_proba(x).shape)
def batches():
    while True:
        yield x, y
h = m.fit_generator(batches(), samples_per_epoch=3, nb_epoch=2, verbose=0, validation_data=batches(), nb_val_samples=1, max_q_size=1)
print(len(h.history["loss"]))
print(m.predict_generator(batches(), val_samples=2).shape)
a = Input((3,)); f = Model(input=a, output=Dense(1, activation="sigmoid")(a))
print(f.input_shape, f.output_shape)
g = Sequential([Dense(1, activation="sigmoid", input_dim=3)]); g.compile("sgd", "mse")
print(g.predict_classes(np.ones((2, 3))).dtype)
for bad in (lambda: BatchNormalization(mode=1), lambda: Dense(output_dim=3, units=2), lambda: Dense(3, nonsense=1), lambda: Conv2D(4, 3, 3, 3, 3)):
    try: bad(); print("fine")
    except Exception as e: print(type(e).__name__)
