"""tf.keras writes HDF5 under every name, and reads it back, in a graph."""

import h5py
import numpy as np
import tensorflow as tf

model = tf.keras.models.Sequential()
model.add(tf.keras.layers.Dense(2, input_shape=(3,), kernel_initializer="ones"))
model.compile(optimizer=tf.keras.optimizers.Adam(lr=1e-3), loss="mse")
inputs = np.ones((1, 3))
for name in ("model.keras", "model.h5", "model"):
    model.save(name)
    again = tf.keras.models.load_model(name)
    print(name, h5py.is_hdf5(name), again.predict(inputs).tolist())
for name in ("net.weights.h5", "net.keras"):
    model.save_weights(name)
    model.load_weights(name)
    with h5py.File(name, "r") as stored:
        print(name, stored.attrs["layer_names"][0].decode("utf8"), model.predict(inputs).tolist())
