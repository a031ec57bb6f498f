"""A model whose weights lie apart, and what its session computed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graphkit._tf import tf
from graphkit.export import FrozenReport, freeze

ROWS = {"x": np.random.default_rng(0).standard_normal((3, 30)).astype(np.float32)}
WORDS = {"words": np.int32([4, 0, 49])}
FEEDS = {**ROWS, **WORDS}
OUTPUTS = ["y", "table"]


class Apart(NamedTuple):
    """A model.

    Attributes:
        report: What was frozen.
        expected: What the session gave for `FEEDS`, by output.
    """

    report: FrozenReport
    expected: dict


def numbers(*shape, seed=1):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def build():
    """Variables of both kinds, one in a loop, one that is an output, and a large constant."""
    x = tf.placeholder(tf.float32, [None, 30], name="x")
    words = tf.placeholder(tf.int32, [None], name="words")
    kernel = tf.get_variable("kernel", initializer=numbers(30, 40), use_resource=True)
    bias = tf.get_variable("bias", initializer=numbers(40, seed=2), use_resource=False)
    table = tf.get_variable("table", initializer=numbers(50, 40, seed=3), use_resource=False)
    square = tf.get_variable("square", initializer=numbers(40, 40, seed=4) / 9, use_resource=True)
    hidden = tf.matmul(x, kernel) + bias + tf.nn.embedding_lookup(table, words)
    turned = tf.while_loop(
        lambda i, _: i < 3, lambda i, v: (i + 1, tf.matmul(v, square)), (0, hidden)
    )
    tf.identity(turned[1] * tf.constant(numbers(1, 40, seed=5).repeat(10, 0))[:1], name="y")


def frozen_apart(folder, **options):
    """Freezes the model into a folder, as `m.pb`."""
    with tf.Graph().as_default(), tf.Session() as session:
        build()
        session.run(tf.global_variables_initializer())
        found = session.run(
            [f"{name}:0" for name in OUTPUTS], {f"{k}:0": v for k, v in FEEDS.items()}
        )
        options = {"outputs": OUTPUTS, "feeds": FEEDS, "weights_apart": True} | options
        report = freeze(session, folder / "m.pb", **options)
    return Apart(report, dict(zip(OUTPUTS, found, strict=True)))


def copied_to(model, folder):
    """Copies a model with its weights; gives the file of its graph."""
    for file in model.report.path.parent.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    return folder / model.report.path.name


def same(found, expected):
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-5)
