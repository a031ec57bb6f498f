"""Programs with contrib.learn's feeders: what they tell, and what they feed under which names."""

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


X = np.arange(10, dtype=np.float32).reshape(5, 2)
CUBE = np.arange(20, dtype=np.float64).reshape(5, 2, 2)
Y = np.array([0, 2, 1, 1, 0])
STEPS = np.array([[0, 1], [2, 1], [1, 1], [0, 0], [2, 0]])


def named(found):
    """What may be name to something, as pairs."""
    if isinstance(found, dict):
        return sorted([key, named(value)] for key, value in found.items())
    if isinstance(found, np.ndarray):
        return [str(found.dtype), np.asarray(found).tolist()]
    if isinstance(found, (list, tuple)):
        return [named(part) for part in found]
    if found is None or isinstance(found, (int, str)):
        return found
    return np.dtype(found).name


def told(tf, feeder, count=4, epoch=False):
    """What a feeder says of itself, the placeholders it makes, and what it feeds."""
    if epoch:
        feeder.make_epoch_variable()
    placeholders = feeder.input_builder()
    flat = []
    for part in placeholders:
        flat += [part[key] for key in sorted(part)] if isinstance(part, dict) else [part]
    feed, feeds = feeder.get_feed_dict_fn(), []
    while len(feeds) < count:
        try:
            feeds.append(named(dict(feed())))
        except StopIteration:
            feeds.append("end")
            break
    shapes = [feeder.input_shape, feeder.output_shape]
    return {
        "shapes": [named(s) if isinstance(s, dict) else s and list(s) for s in shapes[:1]],
        "dtypes": [named(feeder.input_dtype), named(feeder.output_dtype)],
        "placeholders": [
            p is not None and [p.name, p.dtype.name, p.get_shape().as_list()] for p in flat
        ],
        "feeds": feeds,
        "params": named(feeder.get_feed_params()),
        "size": feeder.batch_size,
    }


def setup(tf):
    return tf.contrib.learn.io.data_feeder.setup_train_data_feeder


CASES = {
    "plain": (X, Y, None, 2, False, 1),
    "everything": (X, None, None, None, True, 1),
    "shuffled": (X, Y, None, 2, True, 2),
    "classes": (X, Y, 3, 2, False, 1),
    "numbers": (X, Y.astype(np.float64), 1, 5, False, 1),
    "of_no_class": (X, Y, 0, 5, False, 1),
    "one_column": (X[:, 0], Y.reshape(5, 1), None, 3, False, 1),
    "one_column_of_classes": (X, Y.reshape(5, 1)[:, 0], 3, 3, False, 1),
    "cube": (CUBE, CUBE[:, 0], None, 4, False, 1),
    "sequences_of_classes": (X, STEPS, 3, 2, False, 1),
    "list": (X, [1.5, 2.5, 0.5, 3.5, 4.5], None, 5, False, 1),
    "by_name": ({"a": X, "b": Y}, {"y": Y, "z": X}, None, 3, False, 1),
    "by_name_with_classes": ({"a": X}, {"y": Y, "z": X}, {"y": 3}, 3, False, 1),
}


def of_arrays(name):
    def program(tf):
        x, y, n_classes, size, shuffle, epochs = CASES[name]
        return told(tf, setup(tf)(x, y, n_classes, size, shuffle, epochs))

    return program


def streams(**settings):
    def program(tf):
        x = settings.get("x", lambda: iter(X))()
        y = settings.get("y", lambda: iter(Y))()
        return told(tf, setup(tf)(x, y, settings.get("n_classes"), settings.get("size", 2)))

    return program


def by_row():
    return ({"a": row, "b": row[:1]} for row in X)


def epoch_variable(tf):
    feeder = tf.contrib.learn.io.data_feeder.DataFeeder(X, Y, None, 3, False, epochs=2)
    return told(tf, feeder, 5, epoch=True)


def predictions(tf):
    setup_predict = tf.contrib.learn.io.data_feeder.setup_predict_data_feeder
    found = [
        list(setup_predict(X, 2)),
        list(setup_predict(X)),
        list(setup_predict(X[:, 0], 3)),
        list(setup_predict(iter(X), 2)),
        list(setup_predict(iter(X[:4]))),
    ]
    refused = [
        error_of(lambda: setup_predict(X, 0)),
        error_of(lambda: list(setup_predict(iter(X), -1))),
        error_of(lambda: setup(tf)(X, Y, None, 0)),
        error_of(lambda: setup(tf)(iter(X), Y, None, 1)),
        error_of(lambda: setup(tf)(X, Y, 2, -1)),
    ]
    return {"found": [[np.asarray(b).tolist() for b in part] for part in found], "refused": refused}


PROGRAMS = dict(
    {name: of_arrays(name) for name in CASES},
    stream=streams(),
    stream_of_classes=streams(n_classes=3, size=3),
    stream_without_labels=streams(y=lambda: None),
    stream_by_name=streams(x=by_row, size=3),
    stream_of_rows=streams(y=lambda: iter(X), size=4),
    epoch_variable=epoch_variable,
    predictions=predictions,
)
