"""Programs with the data sets of the MNIST tutorial."""

import importlib

import numpy as np


def tutorial(tf, name):
    """A module beside the namespace: of `tensorflow` in 1.15, of graphkit here."""
    return importlib.import_module(tf.__name__ + "." + name)


def pictures(count, height=2, width=3):
    return (
        (np.arange(count * height * width) % 256).astype(np.uint8).reshape(count, height, width, 1)
    )


def made(tf, count=5, **options):
    mnist = tutorial(tf, "contrib.learn.python.learn.datasets.mnist")
    return mnist.DataSet(pictures(count), np.arange(count) % 10, **options)


def batches(tf, sizes, count=5, shuffle=True, **options):
    """The labels of batches, and how often all examples have been handed out by then."""
    data = made(tf, count, **options)
    found = []
    for size in sizes:
        images, labels = data.next_batch(size, shuffle=shuffle)
        assert len(images) == len(labels)
        found.append([data.epochs_completed, *labels.tolist()])
    return found


def in_order(tf):
    return {
        "whole": batches(tf, [5, 5, 5], shuffle=False),
        "parts": batches(tf, [2] * 8, shuffle=False),
        "one": batches(tf, [1] * 7, shuffle=False),
        "uneven": batches(tf, [3, 4, 1, 5], shuffle=False),
    }


def shuffled(tf):
    return {
        "whole": batches(tf, [5, 5, 5], seed=7),
        "parts": batches(tf, [2] * 8, seed=7),
        "other": batches(tf, [4] * 6, count=9, seed=8),
        "first_only": batches(tf, [3, 3], seed=1) + batches(tf, [3, 3], seed=1, shuffle=False),
    }


def seeded_by_the_graph(tf):
    tf.set_random_seed(11)
    first = batches(tf, [3] * 4)
    tf.set_random_seed(12)
    return {"first": first, "second": batches(tf, [3] * 4)}


def too_large(tf):
    return {"never": batches(tf, [12], shuffle=False)}


def kept(tf):
    rows = made(tf, 3)
    bytes_only = made(tf, 3, dtype=tf.uint8, reshape=False)
    grey = made(tf, 2, reshape=False)
    return {
        "rows": rows.images.tolist(),
        "row_type": str(rows.images.dtype),
        "shapes": [list(data.images.shape) for data in (rows, bytes_only, grey)],
        "bytes": bytes_only.images.ravel().tolist(),
        "byte_type": str(bytes_only.images.dtype),
        "labels": rows.labels.tolist(),
        "counts": [data.num_examples for data in (rows, bytes_only, grey)],
        "epochs": [rows.epochs_completed],
    }


def made_up(tf):
    found = {}
    for one_hot in [False, True]:
        data = made(tf, 2, fake_data=True, one_hot=one_hot)
        images, labels = data.next_batch(3, fake_data=True)
        found["labels %s" % one_hot] = [
            list(np.ravel(label).astype(int).tolist()) for label in labels
        ]
        found["sizes %s" % one_hot] = [len(image) for image in images]
        found["ink %s" % one_hot] = [sum(images[0]), data.num_examples]
    return found


def one_hot_rows(tf):
    mnist = tutorial(tf, "contrib.learn.python.learn.datasets.mnist")
    rows = mnist.dense_to_one_hot(np.array([1, 0, 3]), 4)
    return {"rows": rows.tolist(), "type": str(rows.dtype)}


def wrong_type(tf):
    try:
        made(tf, dtype=tf.int32)
    except TypeError:
        return {"refused": 1}
    return {"refused": 0}


PROGRAMS = {
    "in_order": in_order,
    "kept": kept,
    "made_up": made_up,
    "one_hot_rows": one_hot_rows,
    "seeded_by_the_graph": seeded_by_the_graph,
    "shuffled": shuffled,
    "too_large": too_large,
    "wrong_type": wrong_type,
}
