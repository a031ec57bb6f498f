# What it prints with keras 2.2.4 on TensorFlow 1.15.5 is in golden/keras_one_layers.txt.
from __future__ import print_function
import warnings
import numpy as np
import keras
from keras import backend as K
from keras.layers import *
from keras.layers import merge, AtrousConvolution1D, AtrousConvolution2D, Highway, MaxoutDense
from keras.layers.convolutional import AtrousConv1D, AtrousConv2D
from keras.legacy.layers import Highway as TheSame
from keras.models import Sequential
def told(make):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = make()
    print(*[str(w.message) for w in caught if w.category is UserWarning and "Update" not in str(w.message)])
    return made
def wave(shape, seed):
    return np.sin(seed + 1.7 * np.arange(np.prod(shape))).reshape(shape)
def show(make, shape):
    layer = told(make)
    model = Sequential([layer])
    layer.set_weights([wave(w.shape, seed) for seed, w in enumerate(layer.get_weights())])
    x = wave((2,) + shape, 9)
    print(type(layer).__name__, model.output_shape, [w.shape for w in layer.get_weights()])
    print([round(float(v), 4) for v in model.predict(x).ravel()[:8]])
    model.compile("sgd", "mse")
    y = 0 * model.predict(x)
    losses = [model.evaluate(x, y, verbose=0)]
    model.train_on_batch(x, y)
    print([round(float(v), 4) for v in losses + [model.evaluate(x, y, verbose=0)]])
    return layer
def config(layer):
    drop = ("name", "trainable", "dtype", "batch_input_shape", "W_regularizer", "init")
    print(sorted((k, v) for k, v in layer.get_config().items() if k not in drop))
config(show(lambda: MaxoutDense(3, input_dim=4), (4,)))
show(lambda: MaxoutDense(3, 2, "uniform", bias=False, input_shape=(4,), W_regularizer="l2"), (4,))
config(show(lambda: Highway(input_dim=4), (4,)))
show(lambda: Highway("uniform", "tanh", transform_bias=-2, bias=False, input_dim=4, W_constraint="maxnorm"), (4,))
print([w.name.split("/")[-1] for w in Highway(input_dim=2, name="h").weights], TheSame is Highway)
h = Sequential([Highway(weights=[np.eye(2), np.zeros((2, 2)), np.ones(2), np.zeros(2)], input_dim=2)])
print(h.predict(np.array([[1.0, 3.0]])).tolist(), h.layers[0].count_params())
m = MaxoutDense.from_config(MaxoutDense(5, nb_feature=3, activity_regularizer="l1", input_dim=2).get_config())
print(m.output_dim, m.nb_feature, m.bias, m.compute_output_shape((None, 2)))
show(lambda: AtrousConvolution1D(2, 3, atrous_rate=2, input_shape=(7, 2)), (7, 2))
show(lambda: AtrousConv1D(nb_filter=2, filter_length=2, border_mode="same", input_shape=(5, 1)), (5, 1))
show(lambda: AtrousConvolution2D(2, 3, 2, atrous_rate=(2, 1), input_shape=(7, 5, 1)), (7, 5, 1))
show(lambda: AtrousConv2D(2, (2, 2), atrous_rate=2, padding="same", activation="relu", input_shape=(4, 4, 2)), (4, 4, 2))
a, b = Input((4,)), Input((4,))
print(type(merge).__name__, K.int_shape(merge.concatenate([a, b])), K.int_shape(merge.Add()([a, b])))
for bad in (lambda: merge([a, b], mode="sum"), lambda: Highway(4), lambda: Highway(nonsense=1), lambda: MaxoutDense(), lambda: MaxoutDense(3)(Input((2, 2)))):
    try: bad(); print("fine")
    except Exception as e: print(type(e).__name__, "callable" in str(e))
for name in ("Merge", "TimeDistributedDense", "MaxoutConvolution"):
    try: exec("from keras.layers import " + name); print("fine")
    except ImportError as e: print(str(e).split(" from ")[0])
