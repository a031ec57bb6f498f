"""Saves a model with Keras 3 for tests/export, as keras_three/.

    python tests/golden/record_keras_three.py

    two.keras, two.h5   a model of several inputs and two outputs, whole
    expected.npz        what was fed, `in/NAME`, and what its `predict` gave, `out/NAME`

Later versions of Keras 3 read what earlier ones wrote, so that the earliest one has to write them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent / "keras_three"


def model(keras):
    """Places and words looked up, a normalisation with its own averages, a matrix."""
    layers = keras.layers
    places = keras.Input((3,), dtype="int32", name="places")
    values = keras.Input((4,), name="some values")
    words = keras.Input((1,), dtype="string", name="words")
    known = layers.StringLookup(vocabulary=["cat", "dog"], name="known")(words)
    meant = layers.Flatten(name="meant")(layers.Embedding(3, 2, name="meanings")(known))
    seen = layers.Flatten(name="flat")(layers.Embedding(5, 2, name="table")(places))
    normal = layers.BatchNormalization(name="normal")(values)
    both = layers.Dropout(0.5, name="dropped")(
        layers.Concatenate(name="both")([seen, meant, normal])
    )
    hidden = layers.Dense(3, "relu", name="hidden")(both)
    scores = layers.Dense(2, "softmax", name="scores")(hidden)
    return keras.Model([places, values, words], [scores, hidden], name="two")


def main():
    import keras

    HERE.mkdir(exist_ok=True)
    random = np.random.default_rng(1)
    built = model(keras)
    built.set_weights([random.uniform(0.2, 1.5, weight.shape) for weight in built.weights])
    fed = {
        "places": random.integers(0, 5, (3, 3)).astype(np.int32),
        "values": random.standard_normal((3, 4)).astype(np.float32),
    }
    fed["words"] = np.array([["dog"], ["bird"], ["cat"]])
    given = [keras.ops.convert_to_tensor(value) for value in fed.values()]
    found = dict(zip(["scores", "hidden"], built.predict(given, verbose=0), strict=True))
    arrays = {f"in/{name}": value for name, value in fed.items()}
    arrays |= {f"out/{name}": value for name, value in found.items()}
    np.savez_compressed(HERE / "expected.npz", **arrays)
    built.compile(keras.optimizers.Adam(), "mse")
    built.save(HERE / "two.keras")
    built.save(HERE / "two.h5")


if __name__ == "__main__":
    main()
