"""A training loop that TensorBoard can watch: scalars, histograms, images and the graph.

python 09_tensorboard.py [--log-dir logs/line]
graphkit board logs/line
"""

import argparse

import numpy as np

import graphkit as gk
from graphkit import summaries, tf


def picture(line):
    """A 32-by-64 picture of a line's slope and offset: something for the image tab."""
    xs = tf.linspace(-1.0, 1.0, 64)
    ys = tf.reshape(tf.linspace(1.0, -1.0, 32), [-1, 1])
    near = tf.exp(-64.0 * tf.square(ys - (line[0] * xs + line[1])))
    return tf.reshape(near, [1, 32, 64, 1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--log-dir", default="logs/line")
    log_dir = parser.parse_args().log_dir

    with gk.GraphBuilder(seed=1) as g:
        x = g.placeholder("x", "float32", [None])
        y = g.placeholder("y", "float32", [None], role="label")
        line = g.variable("line", initializer=[0.0, 0.0])
        loss = tf.reduce_mean(tf.square(line[0] * x + line[1] - y), name="loss")
        train_op = g.train_op(loss, optimizer="adam", learning_rate=0.05)
        summaries.scalar("training/loss", loss)
        summaries.histogram("training/line", line)
        summaries.image("training/fit", picture(line))
        merged = summaries.merge_all()

    random = np.random.default_rng(1)

    def noisy_line(step):
        xs = random.uniform(-1, 1, 32).astype(np.float32)
        return {"x": xs, "y": 0.5 * xs - 0.25 + random.normal(0, 0.05, 32).astype(np.float32)}

    with gk.SessionRunner(g, log_dir=log_dir) as runner:
        for step in runner.steps(
            train_op,
            fetches={"loss": loss},
            feed=noisy_line,
            max_steps=200,
            summary=merged,
            summary_every=10,
        ):
            if step.step % 50 == 0:
                print(f"step {step.step}: loss {step.values['loss']:.4f}")
        slope, offset = runner.run(line)
        print(f"found: {slope:.2f} x + {offset:.2f}, wanted: 0.50 x + -0.25")

    log = summaries.read_events(log_dir)
    print("events written:", ", ".join(sorted([*log.scalars, *log.histograms, *log.images])))


if __name__ == "__main__":
    main()
