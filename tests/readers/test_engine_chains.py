"""What a program does between reader and batcher is done on tf.data, with the same values."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import IMAGES, delivered, functions_of, parsed, write_records

from graphkit import readers
from graphkit._tf import tf


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("chains") / "images.tfrecord")


def _scaled(image):
    return tf.cast(image, tf.float32) / 255.0


CHAINS = {
    "as they are": lambda image, label: [image, label],
    "scaled": lambda image, label: [_scaled(image), label],
    "standardised": lambda image, label: [tf.image.per_image_standardization(image), label],
    "cropped": lambda image, label: [tf.slice(image, [1, 2, 0], [5, 4, 3]), label],
    "padded": lambda image, label: [tf.pad(image, [[1, 1], [0, 2], [0, 0]]), label],
    "turned": lambda image, label: [tf.transpose(image, [1, 0, 2])[::-1], label],
    "reversed": lambda image, label: [
        tf.reverse(image, [1]),
        tf.reverse(_scaled(image), [-1]),
        tf.reverse(image, [0, 2]),
        tf.reverse(image[0, 0], [0]),
    ],
    "one of two ways": lambda image, label: [
        tf.cond(label > 6, lambda: _scaled(image), lambda: -_scaled(image)),
        tf.one_hot(label, 30),
    ],
    "one of many ways": lambda image, label: [
        tf.cond(
            label > 6,
            lambda: tf.cond(label > 12, lambda: (label, image[:2]), lambda: (-label, image[2:4])),
            lambda: (label * 2, image[4:6]),
        )[place]
        for place in (0, 1)
    ],
    "a way that fails": lambda image, label: [
        tf.cond(label > 6, lambda: 100 // (label - 6), lambda: label)
    ],
    "ways of two shapes": lambda image, label: [
        tf.reshape(tf.cond(label > 6, lambda: image[:4], lambda: image)[:4], [4, 6, 3])
    ],
    "looked up": lambda image, label: [tf.gather(tf.constant(np.arange(60) ** 2), label)],
    "called": lambda image, label: [tf.function(lambda x: -_scaled(x), autograph=False)(image)],
    "mirrored at the edges": lambda image, label: [
        tf.pad(image, [[1, 1], [0, 2], [0, 0]], "REFLECT")
    ],
    "resized by lines": lambda image, label: _resized(image, tf.image.ResizeMethod.BILINEAR),
    "resized by cubes": lambda image, label: _resized(image, tf.image.ResizeMethod.BICUBIC),
    "resized by areas": lambda image, label: _resized(image, tf.image.ResizeMethod.AREA),
    "resized by neighbours": lambda image, label: _resized(
        image, tf.image.ResizeMethod.NEAREST_NEIGHBOR
    ),
    "other colours": lambda image, label: [
        tf.image.adjust_hue(image, 0.2),
        tf.image.adjust_saturation(_scaled(image), 1.5),
        tf.image.adjust_contrast(image, 0.7),
        tf.image.adjust_brightness(image, 0.1),
    ],
    "hue and back": lambda image, label: [
        tf.image.rgb_to_hsv(_scaled(image)[:5, :5]),
        tf.image.hsv_to_rgb(_scaled(image)[:3, :5]),
    ],
    "grey": lambda image, label: [tf.image.rgb_to_grayscale(image)],
    "text": lambda image, label: [
        tf.as_string(label),
        tf.as_string(_scaled(image), precision=3),
        tf.string_to_number(tf.as_string(label), tf.int32),
    ],
    "cells of a line": lambda image, label: list(
        tf.decode_csv(tf.strings.join([tf.as_string(label), ",7"]), [[0], [0.5]])
    ),
    "powers": lambda image, label: [tf.exp(_scaled(image)[0, 0]), tf.rsqrt(_scaled(image) + 1)],
    "summed": lambda image, label: [
        tf.reduce_sum(tf.cast(image, tf.int32), axis=[0, 2]),
        tf.reduce_mean(_scaled(image), axis=1),
        tf.reduce_mean(tf.square(_scaled(image) / 3.7)),
    ],
    "summed by colour": lambda image, label: [tf.reduce_mean(_scaled(image) / 3.7, axis=[0, 1])],
    "squashed": lambda image, label: [tf.tanh(tf.cast(image, tf.float64) / 99.0)],
    "contrasted": lambda image, label: [tf.image.adjust_contrast(_scaled(image) / 3.7, 0.7)],
    "a shape of its own": lambda image, label: [
        tf.reshape(tf.reduce_sum(tf.fill([tf.cast(label, tf.int32) + 1], 2)), [])
    ],
    "a contrast of its own": lambda image, label: [
        tf.image.adjust_contrast(image, tf.cast(label, tf.float32) / 20.0)
    ],
}
ONE_BY_ONE = {
    "a shape of its own",
    "a way that fails",
    "grey",
    "powers",
    "squashed",
    "summed by colour",
    "ways of two shapes",
}


def _resized(image, method):
    by_scale = tf.image.resize_images(image, [5, 9], method)
    return [by_scale, tf.image.resize_images(image, [16, 3], method, align_corners=True)]


# Conditions are functions or switches, as control flow v2 is on or off.
CONTROL_FLOW = [(name, True) for name in sorted(CHAINS)]
CONTROL_FLOW += [(name, False) for name in sorted(CHAINS) if "way" in name]


@pytest.fixture
def _control_flow(v2):
    was_on = tf.control_flow_v2_enabled()
    (tf.enable_control_flow_v2 if v2 else tf.disable_control_flow_v2)()
    yield
    (tf.enable_control_flow_v2 if was_on else tf.disable_control_flow_v2)()


def _batches(path, chain, engine, **options):
    with tf.Graph().as_default() as graph:
        _, image, label = parsed(path)
        with readers.engine(engine):
            batches = readers.batch(chain(image, label), 6, **options)
        return delivered(batches), functions_of(graph)


def _nodes(path, chain):
    """The nodes of the functions of a pipeline on tf.data."""
    with tf.Graph().as_default() as graph:
        _, image, label = parsed(path)
        with readers.engine("tf.data"):
            readers.batch(chain(image, label), 6)
        return [node for f in graph.as_graph_def().library.function for node in f.node_def]


def _together(names):
    """One chain of many: what each gives, one after the other."""
    return lambda image, label: [part for name in names for part in CHAINS[name](image, label)]


def _are_computed_at_once(nodes):
    names = {node.name for node in nodes}
    return not any("ParseExample" in n for n in names) or any("pfor" in n for n in names)


GROUPS = [
    (
        at_once,
        v2,
        [name for name, on in CONTROL_FLOW if on == v2 and (name in ONE_BY_ONE) != at_once],
    )
    for at_once in (True, False)
    for v2 in (True, False)
]


@pytest.mark.usefixtures("_control_flow")
@pytest.mark.parametrize(("at_once", "v2", "names"), GROUPS)
def test_chains_have_the_same_bits_as_in_queues(at_once, names, path):
    """Those that are computed for whole batches in one pipeline, the others in another."""
    chain = _together(names)
    wanted, _ = _batches(path, chain, "queues", allow_smaller_final_batch=True)
    found, _ = _batches(path, chain, "tf.data", allow_smaller_final_batch=True)
    assert [len(tf.nest.flatten(batch)[0]) for batch in found] == [6, 6, 6, 2]
    for batch, other in zip(found, wanted, strict=True):
        for tensor, same in zip(tf.nest.flatten(batch), tf.nest.flatten(other), strict=True):
            assert tensor.dtype == same.dtype
            np.testing.assert_array_equal(tensor, same)


@pytest.mark.usefixtures("_control_flow")
@pytest.mark.parametrize("v2", [True, False])
def test_chains_are_computed_for_the_whole_batch_where_that_is_the_same(v2, path):
    """An op that is not known to be the same has all of its pipeline computed one by one."""
    names = [name for name, on in CONTROL_FLOW if on == v2]
    same = [name for name in names if name not in ONE_BY_ONE]
    assert _are_computed_at_once(_nodes(path, _together(same)))
    for name in sorted(set(names) - set(same)):
        assert not _are_computed_at_once(_nodes(path, CHAINS[name])), name


def test_a_flip_by_chance_turns_and_chooses_whole_images(path):
    """The forms that TensorFlow is fast at: the middle axis of three, and a choice by row."""
    with tf.Graph().as_default() as graph:
        _, image, _ = parsed(path)
        with readers.engine("tf.data"):
            readers.batch([tf.image.random_flip_left_right(image)], 6)
        nodes = [node for f in graph.as_graph_def().library.function for node in f.node_def]
    (turned,) = (node for node in nodes if node.op == "ReverseV2" and "/pfor/" in node.name)
    (shaped,) = (node for node in nodes if node.name == turned.input[0].split(":")[0])
    assert shaped.op == "Reshape"
    assert not any(node.op == "SelectV2" for node in nodes)


def test_values_are_those_of_the_files(path):
    def chain(image, label):
        return {"image": _scaled(image), "label": label}

    found, _ = _batches(path, chain, "tf.data")
    assert len(found) == 3  # 20 records: the last two do not fill a batch
    for place, batch in enumerate(found):
        rows = slice(6 * place, 6 * place + 6)
        np.testing.assert_allclose(batch["image"], IMAGES[rows] / 255.0, rtol=1e-6)
        assert batch["label"].tolist() == list(range(20))[rows]


def test_each_example_has_random_numbers_of_its_own(path):
    def chain(image, label):
        return [tf.random_crop(image, [3, 3, 3], seed=1), label, tf.random_uniform([], seed=2)]

    found, _ = _batches(path, chain, "tf.data")
    draws = np.concatenate([batch[2] for batch in found])
    assert len(set(draws.tolist())) == 18
    for crops, labels, _ in found:
        for crop, label in zip(crops, labels, strict=True):
            windows = np.lib.stride_tricks.sliding_window_view(IMAGES[label], (3, 3, 3))
            assert (windows.reshape(-1, 3, 3, 3) == crop).all(axis=(1, 2, 3)).any()


def test_random_flips_turn_about_half_of_the_images(tmp_path):
    images = np.zeros((400, 8, 6, 3), np.uint8)
    images[:, :, 0] = 1
    path = write_records(tmp_path / "flips.tfrecord", images)
    found, _ = _batches(
        path, lambda image, label: [tf.image.random_flip_left_right(image, seed=5)], "tf.data"
    )
    turned = np.concatenate(found)[:, 0, -1, 0]
    assert 150 < turned.sum() < 250


def test_ops_of_the_program_may_be_python(path):
    seen = []

    def look(label):
        seen.append(int(label))
        return label * 2

    def chain(image, label):
        doubled = tf.py_func(look, [label], tf.int64)
        doubled.set_shape([])
        return [doubled]

    found, _ = _batches(path, chain, "tf.data", allow_smaller_final_batch=True)
    assert np.concatenate(found).tolist() == [2 * label for label in range(20)]
    assert seen == list(range(20))


def test_assertions_of_the_program_are_checked(path):
    def chain(image, label):
        with tf.control_dependencies([tf.Assert(label < 10, [label])]):
            return [tf.identity(label)]

    with tf.Graph().as_default(), pytest.raises(tf.errors.InvalidArgumentError, match="10"):
        _, image, label = parsed(path)
        with readers.engine("tf.data"):
            batches = readers.batch(chain(image, label), 20)
        delivered(batches)


def test_keys_are_those_of_the_reader(path):
    with tf.Graph().as_default():
        key, _, label = parsed(path)
        wanted = delivered(readers.batch([key, label], 20))
    with tf.Graph().as_default(), readers.engine("tf.data"):
        key, _, label = parsed(path)
        found = delivered(readers.batch([key, label], 20))
    assert found[0][0].tolist() == wanted[0][0].tolist()
    assert found[0][0][0].decode() == f"{path}:0"


def test_a_large_constant_is_not_copied_into_the_functions(tmp_path):
    table = np.arange(300_000, dtype=np.float32).reshape(100_000, 3)
    with tf.Graph().as_default() as graph:
        (row,) = readers.slice_input_producer([table], num_epochs=1, shuffle=False)
        with readers.engine("tf.data"):
            batch = readers.batch([row], 50_000)
        assert graph.as_graph_def().library.ByteSize() < 100_000
        first, second = delivered(batch)
    np.testing.assert_array_equal(np.concatenate([first, second]), table)


def test_each_example_draws_in_its_own_branch(path):
    """Even numbers get a draw, odd ones a constant, and no two draws are the same."""

    def chain(image, label):
        drawn = tf.cond(
            tf.equal(label % 2, 0),
            lambda: tf.random_uniform([2], 1.0, 2.0),
            lambda: tf.constant([5.0, 5.0]),
        )
        return [label, drawn]

    with tf.Graph().as_default() as graph:
        _, image, label = parsed(path)
        with readers.engine("tf.data"):
            batches = readers.batch(chain(image, label), 5)
        names = {node.name for f in graph.as_graph_def().library.function for node in f.node_def}
        assert any("pfor" in name for name in names)
        found = delivered(batches)
    draws = np.concatenate([batch[1] for batch in found])
    assert (draws[1::2] == 5.0).all()
    assert ((draws[::2] >= 1.0) & (draws[::2] < 2.0)).all()
    assert len(set(draws[::2].ravel().tolist())) == 20


def test_a_function_of_the_program_may_choose_by_a_function(path):
    @tf.function(autograph=False)
    def larger(number):
        return tf.cond(number > 10, lambda: number * 3, lambda: number - 1)

    found, _ = _batches(path, lambda image, label: [larger(larger(label))], "tf.data")
    once = [number * 3 if number > 10 else number - 1 for number in range(18)]
    twice = [number * 3 if number > 10 else number - 1 for number in once]
    assert np.concatenate(found).tolist() == twice
