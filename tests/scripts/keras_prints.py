"""What Keras tells of training, evaluating and predicting; recorded in golden/keras_prints.json.

With `standalone` it is the package keras 2.2.4, otherwise tf.keras of 1.15.5.
"""
from __future__ import print_function

import io
import re
import sys

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
if "standalone" in sys.argv:
    import keras
    print(keras.__version__)
else:
    keras = tf.keras

x = np.linspace(0, 1, 60).reshape(20, 3).astype("float32")
y = np.linspace(1, 2, 40).reshape(20, 2).astype("float32")


def tell(name, call):
    """Prints what a call prints, without its times and what a bar shows meanwhile."""
    real, sys.stdout = sys.stdout, io.StringIO()
    try:
        result = call()
    finally:
        text, sys.stdout = sys.stdout.getvalue().replace("\b", ""), real
    print("----", name, result)
    text = re.sub(r"\d+(us|ms|s)(/step|/sample)", r"TIME\2", re.sub(r" - \d+s", " - TIME", text))
    for line in re.split("[\r\n]+", text):
        if line and not ("ETA" in line and (">" in line or "=" not in line)):
            print(line)


def build(loss="mse", metrics=("mae",)):
    layer = keras.layers.Dense(2, input_shape=(3,), kernel_initializer="ones")
    model = keras.models.Sequential([layer])
    model.compile("sgd", loss, metrics=list(metrics))
    return model


def batches():
    while True:
        yield x[:10], y[:10]


def kinds(history):
    return {key: type(values[0]).__name__ for key, values in sorted(history.items())}


callbacks = keras.callbacks
net = build()
fixed = {"batch_size": 10, "shuffle": False}
tell("names", lambda: [layer.name for layer in net.layers] + [net.layers[0].kernel.name])
tell("summary", net.summary)
tell("fit", lambda: kinds(net.fit(x, y, epochs=2, validation_split=0.2, **fixed).history))
tell("fit once", lambda: net.fit(x, y, epochs=1, **fixed) and None)
tell("a line per epoch", lambda: net.fit(x, y, epochs=2, verbose=2, **fixed) and None)
tell("a line", lambda: net.fit(x, y, verbose=2, validation_data=(x, y), **fixed) and None)
tell("fit_generator", lambda: net.fit_generator(batches(), steps_per_epoch=2, epochs=1) and None)
tell("evaluate", lambda: [type(v).__name__ for v in net.evaluate(x, y, batch_size=8)])
tell("evaluate quietly", lambda: len(net.evaluate(x, y, verbose=0)))
tell("predict", lambda: net.predict(x, batch_size=8, verbose=1).shape)
tell("predict quietly", lambda: net.predict(x).shape)


def watch(*_):
    return [
        callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: print(epoch, sorted(logs)),
            on_batch_end=lambda batch, logs: print(batch, sorted(logs)),
        )
    ] if "standalone" in sys.argv else []


quiet = dict(fixed, verbose=0)
tell("logs", lambda: net.fit(x, y, callbacks=watch(), **quiet) and None)
best = callbacks.ModelCheckpoint("{epoch:02d}.h5", monitor="lost", verbose=1)
tell("checkpoint", lambda: net.fit(x, y, callbacks=[best], **quiet) and None)
early = callbacks.EarlyStopping("loss", patience=0, min_delta=10, verbose=1)
tell("stopped", lambda: net.fit(x, y, epochs=9, callbacks=[early], **quiet) and None)
slower = callbacks.LearningRateScheduler(lambda epoch: 0.5, verbose=1)
tell("rate", lambda: net.fit(x, y, epochs=2, callbacks=[slower], **quiet) and None)


def cosine(loss):
    return "%.4f %.4f" % tuple(build(loss, [loss]).evaluate(x, y, verbose=0))


tell("cosine_proximity", lambda: cosine("cosine_proximity"))
tell("its other name", lambda: cosine("cosine" if "standalone" in sys.argv else "cosine_similarity"))


def read_again(layer):
    """A model of Keras 1's layers, written and read."""
    model = keras.models.Sequential([layer])
    model.save("old.h5")
    found = keras.models.load_model("old.h5", compile=False)
    same = np.allclose(found.predict(x), model.predict(x))
    again = keras.models.model_from_json(model.to_json())
    return found.layers[0].__class__.__name__, same, again.output_shape


if "standalone" in sys.argv:
    tell("highway", lambda: read_again(keras.layers.Highway(input_shape=(3,))))
    maxout = keras.layers.MaxoutDense(2, nb_feature=3, input_shape=(3,))
    tell("maxout", lambda: read_again(maxout))
