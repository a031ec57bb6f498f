"""A training step of LeNet-5 on 28x28 images, batch 64, with Adam, the loss fetched every step."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np

from benchmarks.workloads._side import Result, Task, main

BATCH = 64
CLASSES = 10
LEARNING_RATE = 1e-3
CONVOLUTIONS = [("conv1", 6), ("conv2", 16)]
DENSE = [("dense1", 120), ("dense2", 84)]
WARM_UP = 20


def batch() -> tuple[Any, Any]:
    """Images float32 `[64, 28, 28, 1]` and labels int64 `[64]`, the same on every side."""
    numbers = np.random.RandomState(1)
    images = numbers.rand(BATCH, 28, 28, 1).astype(np.float32)
    return images, numbers.randint(0, CLASSES, BATCH).astype(np.int64)


def plain(task: Task) -> Result:
    """The network from `tf.nn` and `get_variable`, and a session loop."""
    import tensorflow.compat.v1 as tf

    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        images = tf.placeholder(tf.float32, [None, 28, 28, 1], name="images")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        hidden = images
        for name, filters in CONVOLUTIONS:
            with tf.variable_scope(name):
                kernel = tf.get_variable("kernel", [5, 5, int(hidden.shape[-1]), filters])
                bias = tf.get_variable("bias", [filters], initializer=tf.zeros_initializer())
                hidden = tf.nn.conv2d(hidden, kernel, strides=[1, 1, 1, 1], padding="SAME")
                hidden = tf.nn.relu(tf.nn.bias_add(hidden, bias))
                hidden = tf.nn.max_pool(hidden, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
        hidden = tf.reshape(hidden, [-1, 7 * 7 * 16])
        for name, units in [*DENSE, ("logits", CLASSES)]:
            with tf.variable_scope(name):
                kernel = tf.get_variable("kernel", [int(hidden.shape[-1]), units])
                bias = tf.get_variable("bias", [units], initializer=tf.zeros_initializer())
                hidden = tf.nn.bias_add(tf.matmul(hidden, kernel), bias)
                hidden = hidden if name == "logits" else tf.nn.relu(hidden)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, hidden)
        step = tf.train.get_or_create_global_step()
        train = tf.train.AdamOptimizer(LEARNING_RATE).minimize(loss, global_step=step)
        session.run(tf.global_variables_initializer())
        pixels, numbers = batch()
        feed = {images: pixels, labels: numbers}
        losses = []
        for _ in range(WARM_UP):
            losses.append(session.run([train, loss], feed)[1])
        started = time.perf_counter()
        for _ in range(task.work):
            losses.append(session.run([train, loss], feed)[1])
        seconds = time.perf_counter() - started
        return Result(task.work, seconds, _facts(tf, session.run(step), losses))


def with_graphkit(task: Task, inter_op_threads: int | None = None) -> Result:
    """The network from the builder's layers, and the runner's own step loop."""
    from graphkit._tf import tf
    from graphkit.graph import GraphBuilder
    from graphkit.session import SessionConfig, SessionRunner

    with GraphBuilder(seed=1) as g:
        images = g.placeholder("images", "float32", [None, 28, 28, 1])
        labels = g.placeholder("labels", "int64", [None])
        hidden = images
        for name, filters in CONVOLUTIONS:
            hidden = g.layers.conv2d(
                hidden, filters, 5, padding="same", activation=tf.nn.relu, name=name
            )
            hidden = g.layers.max_pooling2d(hidden, 2, 2)
        hidden = g.layers.flatten(hidden)
        for name, units in DENSE:
            hidden = g.layers.dense(hidden, units, activation=tf.nn.relu, name=name)
        logits = g.layers.dense(hidden, CLASSES, name="logits")
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train = g.train_op(loss, optimizer="adam", learning_rate=LEARNING_RATE)
        count = tf.train.get_global_step()
    pixels, numbers = batch()
    feed = {images: pixels, labels: numbers}
    with SessionRunner(g, config=SessionConfig(inter_op_threads=inter_op_threads)) as runner:
        losses = []
        for step in runner.steps(train, fetches=loss, feed=feed, num_steps=WARM_UP):
            losses.append(step.values)
        started = time.perf_counter()
        for step in runner.steps(train, fetches=loss, feed=feed, num_steps=task.work):
            losses.append(step.values)
        seconds = time.perf_counter() - started
        with g.graph.as_default():
            return Result(task.work, seconds, _facts(tf, runner.run(count), losses))


def _facts(tf: Any, steps: Any, losses: list[float]) -> dict[str, Any]:
    """Every side must have the same parameters, count the same steps, and learn."""
    sizes = [int(np.prod(v.shape.as_list())) for v in tf.trainable_variables()]
    learnt = bool(losses[-1] < losses[0])
    return {"parameters": sum(sizes), "steps": int(steps), "learnt": learnt}


if __name__ == "__main__":
    main(
        {
            "tf115": plain,
            "compat": plain,
            "graphkit": with_graphkit,
            "graphkit calling thread": partial(with_graphkit, inter_op_threads=-1),
        }
    )
