"""A trained session becomes one .pb file, is reloaded, and computes the same.

`freeze_session` compares the file with the session before the file takes its name; a file that
differs is not written.
"""

from pathlib import Path

import numpy as np

import graphkit as gk
from graphkit import tf


def main():
    with gk.GraphBuilder(seed=1) as g:
        x = g.placeholder("x", "float32", [None, 2])
        is_training = g.switch("is_training")
        hidden = g.layers.dense(x, 8, activation=tf.nn.tanh, name="hidden")
        hidden = g.layers.batch_normalization(
            hidden, momentum=0.9, training=is_training, name="norm"
        )
        logits = g.layers.dense(hidden, 2, name="logits")
        tf.nn.softmax(logits, name="probabilities")
        labels = g.placeholder("labels", "int64", [None], role="label")
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train_op = g.train_op(loss, optimizer="adam", learning_rate=0.02)

    points = np.random.default_rng(0).uniform(-1, 1, (256, 2)).astype(np.float32)
    inside = (np.linalg.norm(points, axis=1) < 0.7).astype(np.int64)
    path = Path("data/circle.pb")
    path.parent.mkdir(exist_ok=True)
    with gk.SessionRunner(g) as runner:
        feed = {x: points, labels: inside, is_training: True}
        steps = runner.steps(train_op, fetches=loss, feed=feed, max_steps=300)
        losses = [step.values for step in steps]
        print(f"loss after {len(losses)} steps: {losses[-1]:.3f}")
        report = gk.export.freeze_session(
            runner.session,
            path,
            inputs=["x"],
            outputs=["probabilities"],
            pins={"is_training": False},
            feeds={"x": points},
        )
        print(f"{path}: {report.nodes} nodes, largest difference {report.max_abs_diff:.1g}")

    with gk.export.load_graph(path) as frozen:
        result = frozen.run({"x": points})["probabilities"]
    accuracy = np.mean(result.argmax(1) == inside)
    print(f"accuracy of the reloaded graph: {accuracy:.2f}, at least 0.9: {accuracy >= 0.9}")


if __name__ == "__main__":
    main()
