"""Programs with tf.keras.experimental's SavedModels: what lies in them, and what they compute."""

import glob
import os
import tempfile

import numpy as np

X = np.array([[0.5, -1.0], [2.0, 0.25], [1.0, 1.0]], np.float32)
Y = np.array([[1.0], [-1.0], [0.5]], np.float32)


def error_of(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def settled(model):
    """The model, with weights that depend on nothing."""
    values = [
        0.3 * np.cos(np.arange(value.size) + number).reshape(value.shape) + 0.4
        for number, value in enumerate(model.get_weights())
    ]
    model.set_weights(values)
    return model


def sequential(tf, optimizer=None, metrics=("mean_absolute_error",)):
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [layers.Dense(3, "tanh", input_shape=[2], name="hidden"), layers.Dense(1, name="out")]
    )
    if optimizer is not None:
        model.compile(optimizer, "mse", metrics=list(metrics))
    return settled(model)


def functional(tf):
    layers = tf.keras.layers
    left, right = (tf.keras.Input([2], name=name) for name in ("left", "right"))
    both = layers.concatenate([layers.Dense(2, name="one")(left), right], name="both")
    return settled(tf.keras.Model([left, right], [layers.Dense(1, name="sum")(both), both]))


def exported(tf, model, **options):
    folder = os.path.join(tempfile.mkdtemp(), "model")
    tf.keras.experimental.export_saved_model(model, folder, **options)
    return folder


def tree(folder):
    found = glob.glob(os.path.join(folder, "*")) + glob.glob(os.path.join(folder, "*", "*"))
    return sorted(os.path.relpath(path, folder) for path in found if ".data-" not in path)


def described(tf, folder):
    """Its files, the tags, signatures and collections of its graphs, the keys of its variables."""
    from tensorflow.core.protobuf import saved_model_pb2

    with open(os.path.join(folder, "saved_model.pb"), "rb") as file:
        saved = saved_model_pb2.SavedModel.FromString(file.read())
    graphs = []
    for graph in saved.meta_graphs:
        signatures = sorted(
            [
                name,
                each.method_name,
                sorted([key, part.name] for key, part in each.inputs.items()),
                # What only passes a value on is numbered.
                sorted(
                    [key, "" if "Identity" in part.name else part.name]
                    for key, part in each.outputs.items()
                ),
            ]
            for name, each in graph.signature_def.items()
        )
        graphs.append([list(graph.meta_info_def.tags), signatures, sorted(graph.collection_def)])
    variables = os.path.join(folder, "variables", "variables")
    keys = [name for name, _ in tf.train.list_variables(variables)]
    return {"tree": tree(folder), "graphs": graphs, "keys": keys}


def of_adam(tf):
    return described(tf, exported(tf, sequential(tf, tf.train.AdamOptimizer(0.1))))


def of_momentum(tf):
    model = sequential(tf, tf.train.MomentumOptimizer(0.1, 0.9), metrics=())
    model.fit(X, Y, verbose=0)
    return described(tf, exported(tf, model))


def of_a_model_that_is_not_compiled(tf):
    return described(tf, exported(tf, functional(tf)))


def used(tf, folder, tag, signature, feeds, steps=1):
    """What a graph of the SavedModel gives, its train op having been run before each further."""
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(session, [tag], folder)
        part = meta.signature_def[signature]
        feed = {part.inputs[key].name: value for key, value in feeds.items()}
        wanted = {k: v.name for k, v in part.outputs.items() if not k.startswith("metrics")}
        found = [session.run(wanted, feed)]
        for _ in range(steps - 1):
            session.run(tf.get_collection("train_op"), feed)
            found.append(session.run(wanted, feed))
        keys = sorted(wanted)
        return {key: np.array([np.squeeze(each[key]) for each in found]).tolist() for key in keys}


def rounded(found):
    # Compared as text: less the last digits.
    return sorted([key, np.round(value, 4).tolist()] for key, value in found.items())


def trained(tf):
    """Three steps of gradient descent in the graph that trains."""
    model = sequential(tf, tf.train.GradientDescentOptimizer(0.1))
    feeds = {"hidden_input": X, "out_target": Y}
    return {"found": rounded(used(tf, exported(tf, model), "train", "train", feeds, 3))}


def evaluated(tf):
    folder = exported(tf, sequential(tf, tf.train.GradientDescentOptimizer(0.1)))
    return {
        "found": rounded(used(tf, folder, "eval", "eval", {"hidden_input": X, "out_target": Y}))
    }


def served(tf):
    folder = exported(tf, functional(tf))
    feeds = {"left": X, "right": 2 * X}
    return {"found": rounded(used(tf, folder, "serve", "serving_default", feeds))}


def loaded(tf):
    """The same predictions; the optimizer stays behind."""
    model = sequential(tf, tf.train.AdamOptimizer(0.1))
    again = tf.keras.experimental.load_from_saved_model(exported(tf, model))
    return {
        "predicted": np.round(again.predict(X), 4).tolist(),
        "same": bool(np.allclose(model.predict(X), again.predict(X))),
        "compiled": again.optimizer is not None,
        "names": [layer.name for layer in again.layers],
    }


def misuse(tf):
    export = tf.keras.experimental.export_saved_model
    load = tf.keras.experimental.load_from_saved_model
    full = exported(tf, sequential(tf))

    class Own(tf.keras.Model):
        def call(self, inputs):
            return inputs

    unbuilt = tf.keras.Sequential([tf.keras.layers.Dense(2)])
    wrong = {
        "subclass": lambda: export(Own(), os.path.join(tempfile.mkdtemp(), "m")),
        "unbuilt": lambda: export(unbuilt, os.path.join(tempfile.mkdtemp(), "m")),
        "not_empty": lambda: export(sequential(tf), full),
        "nothing": lambda: load(tempfile.mkdtemp()),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


def quiet(program):
    """The program without its variables: Keras numbers those of the whole process."""

    def run(tf):
        with tf.Graph().as_default():
            return program(tf)

    return run


PROGRAMS = {
    "evaluated": quiet(evaluated),
    "loaded": quiet(loaded),
    "misuse": quiet(misuse),
    "of_a_model_that_is_not_compiled": quiet(of_a_model_that_is_not_compiled),
    "of_adam": quiet(of_adam),
    "of_momentum": quiet(of_momentum),
    "served": quiet(served),
    "trained": quiet(trained),
}
