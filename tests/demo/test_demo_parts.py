"""The demo's parts on a data set of a few images, each compared with what went into it."""

from __future__ import annotations

import pickle

import cv2
import numpy as np
import pytest

from graphkit import records, summaries
from graphkit._tf import tf
from graphkit.demo._data import DemoData, image_batch, prepare_data, read_all
from graphkit.demo._network import network
from graphkit.demo._prove import Evaluation
from graphkit.demo._run import _draw_predictions, run_demo
from graphkit.graph import GraphBuilder
from graphkit.session import SessionRunner

CLASSES = ["cat", "dog", "frog"]
TRAIN, TEST = 12, 5


def pixels(index):
    """Image k, `[32, 32, 3]`: noise of its own, so that no two are alike."""
    return np.random.RandomState(index).randint(0, 256, (32, 32, 3)).astype(np.uint8)


def rows(indices):
    """As CIFAR-10 stores them: all red, all green, all blue."""
    return np.stack([pixels(index).transpose(2, 0, 1).ravel() for index in indices])


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A CIFAR-10 folder of two training batches and a test batch."""
    folder = tmp_path_factory.mktemp("my data") / "cifar-10-batches-py"
    folder.mkdir()
    parts = {
        "data_batch_1": range(6),
        "data_batch_2": range(6, TRAIN),
        "test_batch": range(100, 105),
    }
    for name, indices in parts.items():
        batch = {
            b"batch_label": b"",
            b"labels": [index % 3 for index in indices],
            b"data": rows(indices),
            b"filenames": [b"%d.png" % index for index in indices],
        }
        (folder / name).write_bytes(pickle.dumps(batch, 2))
    names = {b"label_names": [name.encode() for name in CLASSES]}
    (folder / "batches.meta").write_bytes(pickle.dumps(names, 2))
    return folder


@pytest.fixture(scope="module")
def data(source, tmp_path_factory):
    seen = []
    made = prepare_data(
        source, tmp_path_factory.mktemp("shards"), lambda done, total: seen.append((done, total))
    )
    assert seen[-1][0] == seen[-1][1]
    return made


def everything(files, **options):
    found = list(read_all(files, 4, **options))
    return np.concatenate([i for i, _ in found]), np.concatenate([la for _, la in found])


def test_shards_are_named_and_counted(data):
    assert isinstance(data, DemoData)
    assert [path.name for path in data.train] == [
        f"train-0000{k}-of-00004.tfrecord" for k in range(4)
    ]
    assert [path.name for path in data.test] == ["test.tfrecord"]
    assert (data.classes, data.train_records) == (CLASSES, TRAIN)


@pytest.mark.parametrize(("split", "indices"), [("train", range(TRAIN)), ("test", range(100, 105))])
def test_every_pixel_and_label_arrives(data, split, indices):
    images, labels = everything(getattr(data, split))
    assert (images.dtype, labels.dtype) == (np.uint8, np.int64)
    wanted = {pixels(index).tobytes(): index % 3 for index in indices}
    found = {image.tobytes(): label for image, label in zip(images, labels.tolist(), strict=True)}
    assert len(images) == len(wanted)
    assert found == wanted


def test_images_lie_in_folders_of_their_class(data):
    tree = data.train[0].parent / "image"
    for split, count in (("train", TRAIN), ("test", TEST)):
        scanned = records.scan_images(tree / split)
        assert (len(scanned), scanned.classes) == (count, CLASSES)


def test_batch_is_typed_and_shaped(data):
    with GraphBuilder():
        endless = image_batch(data.train, 4)
        once = image_batch(data.train, 4, num_epochs=1)
    assert (endless["image"].dtype, endless["label"].dtype) == (tf.uint8, tf.int64)
    assert endless["image"].shape.as_list() == [4, 32, 32, 3]
    assert once["image"].shape.as_list() == [None, 32, 32, 3]
    assert once["label"].shape.as_list() == [None]


@pytest.fixture
def built():
    """The network for three classes on fed images, with a switch."""
    with GraphBuilder(seed=1) as g:
        images = g.placeholder("images", "uint8", [None, 32, 32, 3])
        switch = g.switch("is_training")
        made = network(g, images, 3, training=switch)
    return g, images, switch, made


def test_network_has_the_layers_it_says(built):
    g, _, _, made = built
    shapes = {v.op.name: v.shape.as_list() for v in g.graph.get_collection("trainable_variables")}
    assert shapes == {
        "block1/conv/kernel": [3, 3, 3, 16],
        "block1/norm/gamma": [16],
        "block1/norm/beta": [16],
        "block2/conv/kernel": [3, 3, 16, 32],
        "block2/norm/gamma": [32],
        "block2/norm/beta": [32],
        "hidden/kernel": [8 * 8 * 32, 128],
        "hidden/bias": [128],
        "logits/kernel": [128, 3],
        "logits/bias": [3],
    }
    assert made.predictions.dtype == tf.int64


def test_probabilities_and_predictions_follow_the_logits(built):
    g, images, _, made = built
    batch = np.stack([pixels(index) for index in range(6)])
    with SessionRunner(g) as runner:
        logits, probabilities, predictions = runner.run(list(made), {images: batch})
    powers = np.exp(logits - logits.max(1, keepdims=True))
    np.testing.assert_allclose(probabilities, powers / powers.sum(1, keepdims=True), atol=1e-6)
    np.testing.assert_array_equal(predictions, logits.argmax(1))


def test_switch_decides_whether_anything_is_random(built):
    g, images, switch, made = built
    batch = np.stack([pixels(0), pixels(1)])
    with SessionRunner(g) as runner:
        twice = [runner.run(made.logits, {images: batch}) for _ in range(2)]
        np.testing.assert_array_equal(*twice)
        twice = [runner.run(made.logits, {images: batch, switch: True}) for _ in range(2)]
        assert (twice[0] != twice[1]).any()


def evaluation(labels, predictions):
    images = np.stack([pixels(index) for index in range(len(labels))])
    return Evaluation(images, np.array(labels), np.array(predictions), 0.0)


@pytest.mark.parametrize(
    ("labels", "predictions", "accuracy"),
    [([0, 1, 2], [0, 1, 2], 1.0), ([0, 1, 2, 0], [0, 2, 2, 1], 0.5), ([1], [0], 0.0)],
)
def test_accuracy_is_the_share_of_hits(labels, predictions, accuracy):
    assert evaluation(labels, predictions).accuracy == accuracy


def test_picture_shows_mistakes_first(tmp_path):
    made = evaluation([0, 1, 2, 0], [0, 2, 2, 1])
    _draw_predictions(tmp_path / "p.png", made, CLASSES)
    drawn = cv2.imread(str(tmp_path / "p.png"))[..., ::-1]
    images = made.images[[1, 3, 0, 2]]
    captions = ["frog (dog)", "dog (cat)", "cat", "frog"]
    wanted = records.contact_sheet(images, captions, marks=[False, False, True, True])
    np.testing.assert_array_equal(drawn, wanted)


def test_picture_of_many_shows_forty(tmp_path):
    made = evaluation([0] * 50, [0] * 50)
    _draw_predictions(tmp_path / "p.png", made, CLASSES)
    assert cv2.imread(str(tmp_path / "p.png")).shape[0] == 5 * 124 + 6


def test_data_set_smaller_than_a_batch_is_learnt_all_the_same(source, tmp_path):
    said = []
    report = run_demo(
        tmp_path / "a log", data=source, steps=2, batch_size=TRAIN + 8, say=said.append
    )
    assert (report.train_steps, len(said)) == (2, 3)
    assert report.max_abs_diff <= 1e-5
    assert [e.step for e in summaries.read_events(report.log_dir).scalars["loss"]] == [1]
    assert (source / "batches.meta").is_file()
