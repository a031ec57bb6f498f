"""Programs with what tf.keras of 1.15 had and lost: wrappers for scikit-learn, cells, schedules."""

import os
import tempfile

import numpy as np

X = np.array([[0.0, 1.0], [1.0, 0.5], [2.0, -1.0], [-1.0, 0.0], [0.5, 2.0], [1.5, 1.0]])
NUMBERS = np.array([1.0, 0.5, -1.0, 0.25, 2.0, 1.5])
LABELS = np.array(["b", "a", "c", "a", "b", "c"])
PAIRS = np.array([3, 7, 7, 3, 3, 7])


def dense(tf, units, activation=None):
    kernel = tf.keras.initializers.Constant(0.25)
    return tf.keras.layers.Dense(
        units, activation=activation, kernel_initializer=kernel, input_shape=(2,)
    )


def maker(tf, units, activation, loss, metrics=("accuracy",)):
    def build(rate=0.5):
        model = tf.keras.Sequential([dense(tf, units, activation)])
        model.compile(tf.keras.optimizers.SGD(rate), loss, list(metrics))
        return model

    return build


MODELS = {
    "classes": (LABELS, 3, "softmax", "categorical_crossentropy"),
    "sparse": (LABELS, 3, "softmax", "sparse_categorical_crossentropy"),
    "one_hot": (np.eye(3)[[1, 0, 2, 0, 1, 2]], 3, "softmax", "categorical_crossentropy"),
    "pairs": (PAIRS, 1, "sigmoid", "binary_crossentropy"),
    "column": (PAIRS[:, None], 1, "sigmoid", "binary_crossentropy"),
}
FIT = {"epochs": 5, "batch_size": 6, "shuffle": False, "verbose": 0}


def classifier(kind):
    def program(tf):
        labels, units, activation, loss = MODELS[kind]
        model = tf.keras.wrappers.scikit_learn.KerasClassifier(
            maker(tf, units, activation, loss), rate=0.25, **FIT
        )
        history = model.fit(X, labels)
        scored = labels if kind != "one_hot" else labels.argmax(1)
        return {
            "loss": [float(number) for number in history.history["loss"]],
            "found": [str(name) for name in model.predict(X).tolist()],
            "likely": np.round(model.predict_proba(X).astype(float), 4).tolist(),
            "classes": [[str(name) for name in model.classes_.tolist()], model.n_classes_],
            "score": [] if kind == "one_hot" else [round(float(model.score(X, scored)), 4)],
            "params": sorted(model.get_params()),
        }

    return program


def regressor(tf):
    wrapper = tf.keras.wrappers.scikit_learn.KerasRegressor
    model = wrapper(maker(tf, 1, None, "mse", ()), **FIT)
    model.set_params(rate=0.1, epochs=3)
    model.fit(X, NUMBERS)
    return {
        "found": np.round(model.predict(X).astype(float), 4).tolist(),
        "score": round(float(model.score(X, NUMBERS)), 4),
        "fitted": round(float(model.fit(X, NUMBERS, epochs=1).history["loss"][0]), 4),
        "chosen": sorted(model.filter_sk_params(maker(tf, 1, None, "mse"))),
    }


def own_call(tf):
    """A class that makes its model itself, and an object that does."""

    class Own(tf.keras.wrappers.scikit_learn.KerasRegressor):
        def __call__(self, units=1):
            return maker(tf, units, None, "mse", ())()

    class Maker:
        def __call__(self, rate=0.5):
            return maker(tf, 1, None, "mse", ())(rate)

    first, second = Own(units=2, **FIT), tf.keras.wrappers.scikit_learn.KerasRegressor(Maker())
    first.fit(X, np.stack([NUMBERS, -NUMBERS], 1))
    second.fit(X, NUMBERS, **FIT)
    return {
        "shapes": [list(model.predict(X).shape) for model in (first, second)],
        "params": [sorted(model.get_params()) for model in (first, second)],
    }


def failing(call):
    def program(tf):
        return {"found": repr(call(tf, tf.keras.wrappers.scikit_learn))}

    return program


def without_accuracy(tf, wrappers):
    model = wrappers.KerasClassifier(maker(tf, 1, "sigmoid", "mse", ()), **FIT)
    model.fit(X, PAIRS)
    model.score(X, PAIRS)


def cell(**given):
    def program(tf):
        made = tf.keras.experimental.PeepholeLSTMCell(2, **given)
        x = tf.constant(np.cos(np.arange(24.0)).reshape(2, 4, 3), tf.float32)
        found, states = [], [tf.fill([2, 2], 0.25), tf.fill([2, 2], -0.5)]
        for step in range(4):
            output, states = made(x[:, step], states)
            found.append(output)
        return {"found": tf.stack(found), "state": states[1]}

    return program


def schedules(tf):
    experimental = tf.keras.experimental
    steps = [0, 1, 5, 10, 30]
    linear = experimental.LinearCosineDecay(0.1, 10, num_periods=1.5, alpha=0.1, beta=0.01)
    still = experimental.NoisyLinearCosineDecay(0.1, 10, initial_variance=1e-12)
    return {
        "linear": tf.stack([linear(step) for step in steps]),
        "still": tf.stack([still(step) for step in steps[:3]]),
        "config": sorted(map(str, linear.get_config().items())),
    }


def matrix(tf):
    import h5py

    path = os.path.join(tempfile.mkdtemp(), "rows.h5")
    with h5py.File(path, "w") as file:
        file["data"] = np.arange(12, dtype=np.float32).reshape(6, 2)
    whole = tf.keras.utils.HDF5Matrix(path, "data")
    part = tf.keras.utils.HDF5Matrix(path, "data", 1, 4, normalizer=lambda rows: rows / 2)

    def wrong(call):
        try:
            return np.asarray(call()).tolist()
        except Exception as error:
            return [type(error).__name__]

    return {
        "sizes": [len(whole), len(part), list(whole.shape), list(part.shape), int(part.size)],
        "kind": [str(whole.dtype), whole.ndim],
        "rows": [
            np.asarray(part[key]).tolist()
            for key in (0, slice(None), slice(1, 2), [0, 2], np.array([1, 2]), np.int64(2))
        ],
        "behind": [
            wrong(lambda key=key: part[key]) for key in (3, slice(0, 4), [0, 3], np.array([3]))
        ],
    }


def kernels(tf):
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Conv2D(2, (2, 3), input_shape=(6, 6, 1)),
            layers.Conv2DTranspose(1, 2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )
    values = [np.arange(w.size).reshape(w.shape) for w in model.get_weights()]
    model.set_weights(values)
    tf.keras.utils.convert_all_kernels_in_model(model)
    return {"weights": [w.ravel().tolist() for w in model.get_weights()[:4]]}


def gpus(count):
    return failing(
        lambda tf, _: tf.keras.utils.multi_gpu_model(maker(tf, 1, None, "mse", ())(), count)
    )


def no_pools(tf):
    return {"found": tf.keras.experimental.terminate_keras_multiprocessing_pools()}


PROGRAMS = {
    "regressor": regressor,
    "own_call": own_call,
    "schedules": schedules,
    "matrix": matrix,
    "kernels": kernels,
    "no_pools": no_pools,
    "one_gpu": gpus(1),
    "listed_gpu": gpus([0]),
    "gpus_that_are_not_there": gpus(7),
    "cell": cell(),
    "cell_apart": cell(implementation=1),
    "cell_settings": cell(activation="relu", recurrent_activation="sigmoid", use_bias=False),
    "other_argument": failing(
        lambda tf, wrappers: wrappers.KerasRegressor(maker(tf, 1, None, "mse"), depth=3)
    ),
    "other_setting": failing(
        lambda tf, wrappers: wrappers.KerasRegressor(maker(tf, 1, None, "mse")).set_params(depth=3)
    ),
    "labels_of_three_axes": failing(
        lambda tf, wrappers: wrappers.KerasClassifier(maker(tf, 1, None, "mse")).fit(
            X, np.zeros([6, 1, 1])
        )
    ),
    "without_accuracy": failing(without_accuracy),
}
PROGRAMS.update({"classifier_" + kind: classifier(kind) for kind in MODELS})
