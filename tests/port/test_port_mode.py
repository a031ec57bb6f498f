"""Programs for TensorFlow 1 are told from programs for TensorFlow 2."""

from __future__ import annotations

import ast

import pytest

from graphkit.port._mode import choose_mode, read_program, tensorflow_names


def parse(text, _path=""):
    return ast.parse(text)


def mode(text):
    return choose_mode([ast.parse(text)])


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "import tensorflow as tf\ntf.Session()",
        "import tensorflow as tf\ntf.contrib.layers.flatten(x)",
        "from tensorflow.contrib import slim",
        "from tensorflow.examples.tutorials.mnist import input_data",
        "import tensorflow.compat.v1 as tf\ntf.placeholder(tf.float32)",
        "import tensorflow as tf\ntf.constant(1)",
        "import tensorflow as tf\nx = tf.placeholder(tf.float32)\ntf.compat.v1.logging",
        "import tensorflow as tf\ntf.enable_eager_execution()\nx = tf.constant(1).numpy()",
        "import tensorflow as tf\nd = tf.data.Dataset.range(3).make_one_shot_iterator()",
        "import tensorflow as tf\ntf.estimator.Estimator(f)\ntf.data.Dataset.range(3)",
        "import tensorflow as tf\nm = tf.keras.models.Sequential()\nm.fit(x, y)",
        "from tensorflow.python.framework import ops\nops.reset_default_graph()",
    ],
)
def test_programs_of_tensorflow_1(text):
    assert mode(text) == "v1"


@pytest.mark.parametrize(
    "text",
    [
        "import tensorflow as tf\ntf.random.set_seed(1)",
        "import tensorflow as tf\nwith tf.GradientTape() as tape: pass",
        "import tensorflow as tf\n@tf.function\ndef f(): pass",
        "import tensorflow as tf\nfor x in tf.data.Dataset.range(3): print(x)",
        "import tensorflow as tf\nprint(tf.constant(1).numpy())",
        "from tensorflow.keras.layers.experimental import preprocessing",
        "import tensorflow as tf\ntf.keras.layers.Rescaling(1)",
        "import tensorflow as tf\nc = tf.compat.v1.ConfigProto()\ntf.keras.Model()",
        "import tensorflow as tf\nx = tf.keras.layers.Dense(1)(tf.random.normal([1]))\nx.numpy()",
    ],
)
def test_programs_of_tensorflow_2(text):
    assert mode(text) == "v2"


def test_names_are_listed_with_their_lines():
    text = (
        "import tensorflow as tf, os\n"
        "import tensorflow.contrib.slim as slim\n"
        "from tensorflow import keras as K, nn\n"
        "from .x import y\n"
        "slim.conv2d(tf.nn.relu(K.backend.x), os.path, f().tf)\n"
    )
    assert set(tensorflow_names(ast.parse(text))) == {
        ("contrib.slim", 2),
        ("keras", 3),
        ("nn", 3),
        ("contrib.slim.conv2d", 5),
        ("nn.relu", 5),
        ("keras.backend.x", 5),
    }


def test_siblings_are_read_too(tmp_path):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("from pkg import deep\nimport script_like\n")
    (tmp_path / "pkg" / "deep.py").write_text("import tensorflow as tf\ntf.Session()\nimport pkg")
    (tmp_path / "broken.py").write_text("def (")
    source = "import pkg, broken, os\nfrom . import gone"
    trees = read_program(source, [tmp_path], parse, "train.py")
    assert len(trees) == 3
    assert choose_mode(trees) == "v1"


def test_modules_of_every_folder_of_the_program_are_read(tmp_path):
    for name, line in [("scripts", "import helper"), ("library", "tf.Session()")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.py").write_text(f"import tensorflow as tf\n{line}\n")
    (tmp_path / "library" / "helper.py").write_text("from library import x\n")
    folders = [tmp_path / "scripts", tmp_path / "library"]
    source = "import scripts\nimport tensorflow as tf\ntf.compat.v1.train.AdamOptimizer"
    assert choose_mode(read_program(source, folders, parse, "train.py")) == "v1"
    assert choose_mode(read_program(source, folders[:1], parse, "train.py")) == "v2"
