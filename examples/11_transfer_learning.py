"""What one network learnt serves another: a new head on a frozen front, later one class more.

A network learns to tell the directions of lines. Its filters then tell cities (lines crossing each
other) from forests (lines upwards); only the new head is trained. At last the sea is added (lines
across), without forgetting the others.
"""

from pathlib import Path

import numpy as np

import graphkit as gk
from graphkit import tf

SIZE = 12
DIRECTIONS = {"across": ["across"], "upwards": ["upwards"], "down": ["down"], "up": ["up"]}
SCENES = {"city": ["across", "upwards"], "forest": ["upwards"], "sea": ["across"]}
PHASES = {"across": (1, 0), "upwards": (0, 1), "down": (1, 1), "up": (1, -1)}


def pictures(classes, count=120, seed=0):
    """Pictures of wavy lines `[count, SIZE, SIZE, 1]` and the number of each one's class."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % len(classes)
    rows, columns = np.mgrid[:SIZE, :SIZE]
    found = random.normal(0, 0.2, (count, SIZE, SIZE, 1)).astype(np.float32)
    for picture, label in zip(found, labels, strict=True):
        for direction in list(classes.values())[label]:
            down, right = PHASES[direction]
            shift = random.uniform(0, np.pi)
            picture[..., 0] += np.sin(1.5 * (rows * down + columns * right) + shift)
    return found, labels


def train_front(path):
    """Learns directions, and writes the network that does."""
    with gk.GraphBuilder(seed=1) as g:
        images = g.placeholder("images", "float32", [None, SIZE, SIZE, 1])
        hidden = tf.nn.relu(g.layers.conv2d(images, 16, 5))
        tf.reduce_mean(hidden, axis=[1, 2], name="bottleneck")
        features = g.graph.get_tensor_by_name("bottleneck:0")
        logits = g.layers.dense(features, len(DIRECTIONS), name="directions")
        labels = g.placeholder("labels", "int64", [None], role="label")
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train_op = g.train_op(loss, optimizer="adam", learning_rate=0.05)
    given, wanted = pictures(DIRECTIONS)
    with gk.SessionRunner(g) as runner:
        for _ in runner.steps(train_op, feed={images: given, labels: wanted}, max_steps=100):
            pass
        gk.export.freeze_session(runner.session, path, inputs=["images"], outputs=[logits.name])


def build_head(path, classes):
    """The front as far as the bottleneck, and a head that is the only thing to train."""
    with gk.GraphBuilder(seed=2) as g:
        imported = gk.export.import_into(g.graph, path, prefix="front", outputs="bottleneck")
        features = imported["front/bottleneck"]
        logits = g.layers.dense(features, classes, name="head")
        labels = g.placeholder("labels", "int64", [None], role="label")
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train_op = g.train_op(loss, optimizer="adam", learning_rate=0.1)
    return g, features, logits, train_op


def train_head(built, scenes, restored=None):
    """Trains a head from its beginning, or from a checkpoint; gives the checkpoint it leaves."""
    g, features, logits, train_op = built
    given, wanted = pictures(scenes, seed=3)
    feed = {"front/images:0": given, "labels:0": wanted}
    with gk.SessionRunner(g) as runner:
        if restored is not None:
            runner.restore(restored)
        before = runner.run(features, feed)
        for _ in runner.steps(train_op, feed=feed, max_steps=100 if restored is None else 200):
            pass  # steps are counted from the first one on, in the checkpoint too
        after, last = runner.run([features, logits], feed)
        saved = runner.save("data/heads/two" if restored is None else "data/heads/three")
    right = np.mean(last.argmax(1) == wanted)
    print(f"{', '.join(scenes)}: at least 90% right: {right >= 0.9}")
    print("  the front is bit-identical:", before.tobytes() == after.tobytes())
    return saved


def main():
    front = Path("data/front.pb")
    front.parent.mkdir(exist_ok=True)
    train_front(front)

    two = {name: SCENES[name] for name in ("city", "forest")}
    saved = train_head(build_head(front, 2), two)

    wider = "data/heads/wider"
    gk.export.add_classes(saved, wider, ["head/kernel", "head/bias"])
    old, new = (
        tf.train.load_checkpoint(place).get_tensor("head/kernel") for place in (saved, wider)
    )
    print(f"head {old.shape} -> {new.shape}, old weights kept:", np.array_equal(old, new[:, :2]))
    train_head(build_head(front, 3), SCENES, restored=wider)


if __name__ == "__main__":
    main()
