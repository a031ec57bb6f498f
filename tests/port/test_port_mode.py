"""Programs for TensorFlow 1 are told from programs for TensorFlow 2."""

from __future__ import annotations

import ast

import pytest

from graphkit.port._mode import choose_mode
from graphkit.port._names_used import read_program, tensorflow_names


def parse(text, _path=""):
    return ast.parse(text)


def mode(text):
    return choose_mode([ast.parse(text)]).mode


@pytest.mark.parametrize(
    "text",
    [
        "x = 1",
        "import tensorflow as tf\ntf.Session()",
        "import tensorflow as tf\ntf.contrib.layers.flatten(x)",
        "from tensorflow.contrib import slim",
        "from tensorflow.examples.tutorials.mnist import input_data",
        "import tensorflow.compat.v1 as tf\ntf.placeholder(tf.float32)",
        "import tensorflow as tf\nprint(tf.__version__)",
        "import tensorflow as tf\nx = tf.placeholder(tf.float32)\ntf.compat.v1.logging",
        "import tensorflow as tf\ntf.enable_eager_execution()\nx = tf.constant(1).numpy()",
        "import tensorflow as tf\nd = tf.data.Dataset.range(3).make_one_shot_iterator()",
        "import tensorflow as tf\ntf.estimator.Estimator(f)\ntf.data.Dataset.range(3)",
        "import tensorflow as tf\nm = tf.keras.models.Sequential()\nm.fit(x, y)",
        "from tensorflow.python.framework import ops\nops.reset_default_graph()",
        "from tensorflow import train\ntrain.batch(x, 4)",
        "import tensorflow as tf\ntrain = tf.train\ntrain.batch([tf.constant(1)], 4)",
        "import tensorflow as tf\ndef f():\n train = t.train\n train.batch([t.ones(1)])\nt = tf",
        "import tensorflow as tf\nnn, io = tf.nn, tf.io\nnn.max_pool_with_argmax_v1(tf.ones(1))",
        "import tensorflow as tf\nif t := tf.train: t.batch(tf.ones([]))",
        "import tensorflow as tf\nt: object = tf.train\nt.batch(tf.ones([]))",
        "from tensorflow import keras\nK = keras.backend\nK.get_session()\nx.numpy()",
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


def test_names_by_second_names_are_listed():
    text = "import tensorflow as tf\ntrain = tf.train\nbatch = train.batch\nbatch(train.x)\n"
    assert sorted(tensorflow_names(ast.parse(text))) == [
        ("train", 2),
        ("train.batch", 3),
        ("train.batch", 4),
        ("train.x", 4),
    ]


@pytest.mark.parametrize(
    "other",
    [
        "train = load()",
        "train += 1",
        "train: object",
        "def train(): pass",
        "class train: pass",
        "def f(train): pass",
        "lambda train: train",
        "import train",
        "from data import x as train",
        "for train in y: pass",
        "(train, x), z = y",
        "train, x = y, tf",
        "with y as train: pass",
        "try: pass\nexcept E as train: pass",
        "[x for train in y]",
        "match y:\n case [*train]: pass",
        "match y:\n case {'a': 1, **train}: pass",
        "match y:\n case 1 as train: pass",
        "del train",
        "train = tf.nn",
    ],
)
def test_what_means_something_else_as_well_is_no_second_name(other):
    text = f"import tensorflow as tf\ntrain = tf.train\n{other}\ntrain.batch(x)"
    assert "train.batch" not in {name for name, _ in tensorflow_names(ast.parse(text))}


def test_names_that_stand_for_each_other_stand_for_nothing():
    text = "import tensorflow as tf\na = b\nb = a\na.x, b.x"
    assert list(tensorflow_names(ast.parse(text))) == []


def test_siblings_are_read_too(tmp_path):
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("from pkg import deep\nimport script_like\n")
    (tmp_path / "pkg" / "deep.py").write_text("import tensorflow as tf\ntf.Session()\nimport pkg")
    (tmp_path / "broken.py").write_text("def (")
    source = "import pkg, broken, os\nfrom . import gone"
    trees = read_program(source, [tmp_path], parse, "train.py")
    assert len(trees) == 3
    assert choose_mode(trees).mode == "v1"


def test_modules_of_every_folder_of_the_program_are_read(tmp_path):
    for name, line in [("scripts", "import helper"), ("library", "tf.Session()")]:
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.py").write_text(f"import tensorflow as tf\n{line}\n")
    (tmp_path / "library" / "helper.py").write_text("from library import x\n")
    folders = [tmp_path / "scripts", tmp_path / "library"]
    source = "import scripts\nimport tensorflow as tf\ntf.compat.v1.train.AdamOptimizer"
    assert choose_mode(read_program(source, folders, parse, "train.py")).mode == "v1"
    assert choose_mode(read_program(source, folders[:1], parse, "train.py")).mode == "v2"


def evidence(text, *old_libraries):
    return choose_mode([ast.parse(f"import tensorflow as tf\n{text}")], old_libraries)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("print(f'{tf.square(3)}')", "tf.square() without a session"),
        ("x = tf.Variable(1.0)\nx.assign_add(2.0)", "tf.Variable() without a session"),
        (
            "def load(path):\n"
            "    return tf.image.resize(tf.image.decode_image(tf.io.read_file(path)), [8, 8])",
            "tf.image.decode_image() without a session",
        ),
        ("m = tf.saved_model.load('out')\nm(1.0)", "tf.saved_model.load() without a session"),
        ("model = make()\nmodel.fit(tf.ones([4, 2]), y)", "tf.ones() without a session"),
        ("print(float(x.numpy()))", ".numpy()"),
        ("d = tf.data.Dataset.range(3)\nfor x in d: print(x)", "tf.data.Dataset"),
        ("devices = tf.config.list_physical_devices('GPU')", "tf.config.list_physical_devices"),
        ("d = d.prefetch(tf.data.AUTOTUNE)", "tf.data.AUTOTUNE"),
        ("x = tf.keras.utils.load_img('cat.jpg')", "tf.keras.utils.load_img"),
        ("tf.keras.applications.EfficientNetV2B0()", "tf.keras.applications.EfficientNetV2B0"),
        ("tf.keras.layers.MultiHeadAttention(2, 8)", "tf.keras.layers.MultiHeadAttention"),
        ("@tf.function(jit_compile=True)\ndef f(): pass", "tf.function"),
        (
            "m = tf.keras.Model()\nm.compile('sgd', metrics=['accuracy'])\n"
            "h = m.fit(x, y)\nprint(h.history['val_accuracy'])",
            "val_accuracy",
        ),
    ],
)
def test_eager_work_tells_tensorflow_2(text, told):
    choice = evidence(text)
    assert choice.mode == "v2"
    assert choice.evidence.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tf.reset_default_graph()", "tf.reset_default_graph"),
        ("y = tf.log(x)", "tf.log"),
        ("g = tf.Graph()\nwith g.as_default(): tf.constant(1)", "tf.Graph"),
        ("dx = tf.gradients(tf.square(x), x)", "tf.gradients"),
        ("out = model.sess.run(tf.square(x))", "session.run()"),
        ("def step(run): return run(tf.ones([2]), feed_dict={})", "feed_dict="),
        (
            "class T(tf.test.TestCase):\n"
            "    def test(self):\n"
            "        with self.cached_session(): tf.constant(1)",
            ".cached_session()",
        ),
        ("tf.estimator.Estimator(f)\nx = tf.square(2.0)", "tf.estimator"),
        ("from keras import backend as K\nK.get_session()", "tf.keras.backend.get_session"),
        (
            "from keras.backend.tensorflow_backend import set_session\ntf.ones([])",
            "tf.keras.backend.tensorflow_backend.set_session",
        ),
        (
            "m.compile('sgd', metrics=['accuracy'])\nm.fit(tf.ones([2]))\nh.history['val_acc']",
            "val_acc",
        ),
        (
            "m.compile('sgd', metrics=['accuracy'])\nK = tf.keras.callbacks\n"
            "K.EarlyStopping(monitor='val_acc')\ntf.ones([2])",
            "val_acc",
        ),
    ],
)
def test_graph_work_tells_tensorflow_1(text, told):
    choice = evidence(text)
    assert choice.mode == "v1"
    assert choice.evidence.startswith(told)


@pytest.mark.parametrize(
    "text",
    [
        "print(tf.__version__)",
        "m = tf.keras.Sequential([tf.keras.layers.Dense(1)])\nm.fit(x, y)",
        "m = tf.keras.Model()\nm.compile('sgd', metrics=['acc'])\nm.fit(x).history['val_acc']",
        "x = tf.keras.preprocessing.image.load_img('cat.jpg')",
        "x = tf.keras.preprocessing.sequence.pad_sequences(x)",
        "w = tf.io.gfile.GFile('x')\nwith tf.device('/cpu:0'): pass",
        "act = tf.nn.relu",
        "strategy = tf.distribute.MirroredStrategy()",
        "print(tf.train.latest_checkpoint('out'))",
    ],
)
def test_where_nothing_tells_it_is_tensorflow_1(text):
    assert evidence(text) == ("v1", "")


def test_keras_alone_tells_by_the_names_of_its_metrics():
    source = "import keras\nm.compile('sgd', metrics=['accuracy'])\nm.history['{}']"
    told = {name: choose_mode([ast.parse(source.format(name))]) for name in ("acc", "accuracy")}
    assert told == {"acc": ("v1", "acc"), "accuracy": ("v2", "accuracy")}


def test_an_old_library_outweighs_a_tensor_without_a_session():
    assert evidence("library.train(tf.ones([2]))").mode == "v2"
    assert evidence("library.train(tf.ones([2]))", "library") == ("v1", "--old-library library")
    assert evidence("tf.random.set_seed(1)", "library").mode == "v2"


def test_names_of_other_packages_are_not_tensorflows():
    source = "import numpy as tf\nimport tensorflow_hub as hub\ntf.log(hub.load(1))"
    assert choose_mode([ast.parse(source)]) == ("v1", "no TensorFlow")
