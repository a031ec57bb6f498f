"""Exports an Estimator that parses Examples, by TensorFlow 1.15.5 for tests/export.

/path/to/python3.7 tests/golden/record_parsed_examples.py

Written to parsed_examples/:

saved_model.pb, variables/   what `export_saved_model` makes of a trained classifier
expected.npz                 Examples, and the probabilities that 1.15.5 computed of them
"""

from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "parsed_examples")
COLUMN = tf.feature_column


def columns():
    """Numbers with a default, buckets, words of a list, hashed words, and weighted ones."""
    city = COLUMN.categorical_column_with_vocabulary_list("city", ["berlin", "paris", "rome"])
    tags = COLUMN.categorical_column_with_vocabulary_list("tag", ["a", "b"])
    name = COLUMN.categorical_column_with_hash_bucket("name", 5)
    return [
        COLUMN.numeric_column("age", shape=(2,), default_value=3.0),
        COLUMN.bucketized_column(COLUMN.numeric_column("year"), [1980.0, 1990.0]),
        COLUMN.indicator_column(city),
        COLUMN.embedding_column(name, 2),
        COLUMN.embedding_column(COLUMN.weighted_categorical_column(tags, "weight"), 2),
    ]


def training():
    """Sixteen rows, again and again."""
    draw = np.random.RandomState(0)
    rows = {
        "age": draw.rand(16, 2).astype("f"),
        "year": (1970 + 30 * draw.rand(16, 1)).astype("f"),
        "city": draw.choice(["berlin", "paris", "oslo"], (16, 1)),
        "name": draw.choice(["x", "y", "z"], (16, 1)),
        "tag": draw.choice(["a", "b"], (16, 1)),
        "weight": draw.rand(16, 1).astype("f"),
    }
    return tf.data.Dataset.from_tensors((rows, draw.randint(0, 2, 16))).repeat()


def feature(value):
    """A feature of floats or of words."""
    if isinstance(value[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=value))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=value))


def example(**values):
    """An Example, serialised."""
    features = {name: feature(value) for name, value in values.items()}
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


EXAMPLES = [
    example(age=[0.5, 0.25], year=[1985.0], city=[b"rome"], name=[b"x"], tag=[b"a"], weight=[2.0]),
    example(year=[1999.0], city=[b"oslo"], name=[b"x", b"y"]),
    example(age=[1.0, 2.0], year=[1950.0], tag=[b"b", b"a"], weight=[0.5, 0.25]),
]

if __name__ == "__main__":
    folder = tempfile.mkdtemp()
    config = tf.estimator.RunConfig(model_dir=folder, tf_random_seed=1)
    model = tf.compat.v1.estimator.DNNClassifier([3], columns(), config=config)
    model.train(training, steps=20)
    spec = COLUMN.make_parse_example_spec(columns())
    receiver = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    exported = model.export_saved_model(os.path.join(folder, "exported"), receiver).decode()
    shutil.rmtree(HERE, ignore_errors=True)
    shutil.copytree(exported, HERE)
    with tf.Session(graph=tf.Graph()) as session:
        tf.saved_model.load(session, ["serve"], HERE)
        found = session.run(
            "dnn/head/predictions/probabilities:0", {"input_example_tensor:0": EXAMPLES}
        )
    np.savez(
        os.path.join(HERE, "expected.npz"), examples=np.array(EXAMPLES, "S"), probabilities=found
    )
    shutil.rmtree(folder)
