"""Ops with arguments drawn by chance: a whole batch has the bits of its records, one by one.

Every op below is run three times with the same arguments: by the queues, by tf.data for a whole
batch, and by tf.data for each record by itself.
"""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import IMAGES, delivered, parsed, write_records

from graphkit import readers
from graphkit._tf import tf

HEIGHT, WIDTH = IMAGES.shape[1:3]


def _floats(image):
    return tf.image.convert_image_dtype(image, tf.float32)


def _own(label):
    """A factor that is another one for each record."""
    return tf.cast(label, tf.float32) / 16.0 + 0.25


def _words(label):
    return tf.strings.join([" Nr. ", tf.as_string(label * 37)])


def _resized(method):
    def resize(chance, image, label):
        size = chance.integers(2, 20, 2).tolist()
        corners = bool(chance.integers(2))
        return tf.image.resize_images(image, size, method, align_corners=corners)

    return resize


def _box(chance):
    top, left = chance.integers(0, HEIGHT - 1), chance.integers(0, WIDTH - 1)
    height = chance.integers(1, HEIGHT - top + 1)
    return [int(n) for n in (top, left, height, chance.integers(1, WIDTH - left + 1))]


def _padded_box(chance, image, label):
    top, left, bottom, right = chance.integers(0, 4, 4).tolist()
    size = (HEIGHT + top + bottom, WIDTH + left + right)
    return tf.image.pad_to_bounding_box(image, top, left, *size)


def _padded(chance, image, label):
    mode = str(chance.choice(["CONSTANT", "REFLECT", "SYMMETRIC"]))
    return tf.pad(image, [*chance.integers(0, 4, (2, 2)).tolist(), [0, 0]], mode)


def _one_hot(chance, image, label):
    depth, on, off = int(chance.integers(1, 30)), *chance.normal(size=2).tolist()
    return tf.one_hot(label, depth, on, off, dtype=tf.float64)


METHODS = tf.image.ResizeMethod
OPS = {
    "by lines": _resized(METHODS.BILINEAR),
    "by cubes": _resized(METHODS.BICUBIC),
    "by areas": _resized(METHODS.AREA),
    "by neighbours": _resized(METHODS.NEAREST_NEIGHBOR),
    "box": lambda c, image, label: tf.image.crop_to_bounding_box(image, *_box(c)),
    "padded box": _padded_box,
    "padded": _padded,
    "centre": lambda c, image, label: tf.image.central_crop(image, float(c.uniform(0.3, 1))),
    "crop or pad": lambda c, image, label: tf.image.resize_image_with_crop_or_pad(
        image, *c.integers(1, 16, 2).tolist()
    ),
    "standard": lambda c, image, label: tf.image.per_image_standardization(
        tf.image.crop_to_bounding_box(image, *_box(c))
    ),
    "one hot": _one_hot,
    "contrast": lambda c, image, label: tf.image.adjust_contrast(image, float(c.uniform(0, 3))),
    "hue": lambda c, image, label: tf.image.adjust_hue(image, float(c.uniform(-1, 1))),
    "saturation": lambda c, image, label: tf.image.adjust_saturation(image, float(c.uniform(0, 3))),
    "brightness": lambda c, image, label: tf.image.adjust_brightness(image, float(c.normal())),
    "contrast, its own": lambda c, image, label: tf.image.adjust_contrast(image, _own(label)),
    "hue, its own": lambda c, image, label: tf.image.adjust_hue(_floats(image), _own(label) / 2),
    "saturation, its own": lambda c, image, label: tf.image.adjust_saturation(image, _own(label)),
    "brightness, its own": lambda c, image, label: tf.image.adjust_brightness(image, _own(label)),
    "joined": lambda c, image, label: tf.strings.join(
        [tf.as_string(image[0]), _words(label), str(c.integers(9)), tf.as_string(image[1])], "/"
    ),
    "lower case": lambda c, image, label: tf.strings.lower(_words(label)),
    "upper case": lambda c, image, label: tf.strings.upper(_words(label)),
    "stripped": lambda c, image, label: tf.strings.strip(_words(label)),
    "length": lambda c, image, label: tf.strings.length(_words(label)),
    "replaced": lambda c, image, label: tf.strings.regex_replace(
        _words(label), f"[{c.integers(0, 5)}-9]+", "<\\\\0>", replace_global=bool(c.integers(2))
    ),
    "matched": lambda c, image, label: tf.strings.regex_full_match(
        _words(label), f".*[{c.integers(0, 5)}-7]"
    ),
    "hashed": lambda c, image, label: tf.strings.to_hash_bucket_fast(
        _words(label), int(c.integers(1, 1000))
    ),
    "hashed, with a key": lambda c, image, label: tf.strings.to_hash_bucket_strong(
        _words(label), 100, c.integers(0, 2**40, 2).tolist()
    ),
    "encoded": lambda c, image, label: tf.io.encode_base64(_words(label), pad=bool(c.integers(2))),
    "decoded": lambda c, image, label: tf.io.decode_base64(tf.io.encode_base64(_words(label))),
}
DRAWN = {
    "contrast": lambda c, image: tf.image.random_contrast(image, 0.2, float(c.uniform(1, 3))),
    "saturation": lambda c, image: tf.image.random_saturation(
        _floats(image), 0.1, float(c.uniform(1, 3))
    ),
    "hue": lambda c, image: tf.image.random_hue(image, float(c.uniform(0.1, 0.5))),
    "brightness": lambda c, image: tf.image.random_brightness(image, float(c.uniform(0.1, 0.9))),
    "crop": lambda c, image: tf.random_crop(image, [*c.integers(1, 6, 2).tolist(), 3]),
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("bits") / "images.tfrecord")


def _delivered(path, engine, build, *, alone=False):
    """What a chain delivers, one array per name, and whether it ran for whole batches."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(5)
        _, image, label = parsed(path)
        values = build(image, label)
        if alone:  # an op that is not known to do the same for a batch
            values["alone"] = tf.reshape(tf.unique(tf.reshape(label, [1]))[0], [])
        with readers.engine(engine):
            batch = readers.batch(values, 5)
        library = graph.as_graph_def().library.function
        at_once = any("pfor" in node.name for f in library for node in f.node_def)
        found = delivered(batch)
    return {name: np.concatenate([one[name] for one in found]) for name in build.names}, at_once


def _chain(ops, seed, *values):
    def build(image, label):
        given = {"image": image, "label": label}
        chances = (np.random.default_rng([seed, place]) for place in range(len(ops)))
        pairs = zip(sorted(ops), chances, strict=True)
        return {name: ops[name](chance, *(given[v] for v in values)) for name, chance in pairs}

    build.names = sorted(ops)
    return build


def _assert_same(found, wanted):
    differing = [
        name
        for name, values in wanted.items()
        if found[name].dtype != values.dtype or not np.array_equal(found[name], values)
    ]
    assert differing == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_batch_has_the_bits_of_its_records(seed, path):
    build = _chain(OPS, seed, "image", "label")
    whole, at_once = _delivered(path, "tf.data", build)
    assert at_once
    _assert_same(whole, _delivered(path, "queues", build)[0])
    one_by_one, at_once = _delivered(path, "tf.data", build, alone=True)
    assert not at_once
    _assert_same(one_by_one, whole)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_batch_draws_the_bits_of_its_records(seed, path):
    build = _chain(DRAWN, seed, "image")
    whole, at_once = _delivered(path, "tf.data", build)
    assert at_once
    one_by_one, at_once = _delivered(path, "tf.data", build, alone=True)
    assert not at_once
    _assert_same(one_by_one, whole)
