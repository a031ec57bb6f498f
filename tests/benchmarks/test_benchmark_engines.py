"""The records of the benchmarks are the same on every engine."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.workloads import (
    _pipelines,
    augment_records,
    read_buckets,
    read_cifar,
    read_images,
    read_lines,
    read_records,
    rows,
)
from benchmarks.workloads._side import Task
from graphkit._tf import tf

LABELS = list(range(10))


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    task = Task(str(tmp_path_factory.mktemp("data")), work=256, threads=2)
    for module in (read_records, read_buckets, read_cifar, read_images, read_lines):
        module.prepare(task)
    return task


@pytest.fixture(autouse=True)
def _little_work(monkeypatch):
    monkeypatch.setattr(_pipelines, "WARM_UP", 1)
    monkeypatch.setattr(rows, "ROWS", 2560)


@pytest.mark.parametrize(
    ("module", "facts"),
    [
        (read_records, {"pixels": 32 * 32 * 3, "labels": LABELS}),
        (augment_records, {"pixels": 32 * 32 * 3, "labels": LABELS}),
        (read_images, {"pixels": 224 * 224 * 3, "labels": []}),
        (rows, {"pixels": 8, "labels": []}),
        (read_lines, {"pixels": 10, "labels": LABELS}),
        (read_cifar, {"pixels": 32 * 32 * 3, "labels": LABELS}),
        (read_buckets, {"pixels": 1, "labels": LABELS}),
    ],
    ids=lambda value: getattr(value, "__name__", "").rpartition(".")[2] or None,
)
def test_every_side_does_the_same_work(module, facts, task):
    done = {name: side(task) for name, side in module.SIDES.items() if name != "tf115"}
    assert {name: result.done for name, result in done.items()} == dict.fromkeys(done, 256)
    assert {name: result.facts for name, result in done.items()} == dict.fromkeys(done, facts)


def test_a_side_reads_for_as_long_as_it_is_asked_to():
    moments = []
    least = Task("", work=1, threads=1, seconds=0.05)
    result = _pipelines.timed(least, lambda: moments.append(1) or [np.zeros(2)])
    assert result.seconds >= 0.05
    assert result.done == 2 * (len(moments) - _pipelines.WARM_UP) > 2


def test_augmentation_flips_and_brightens_by_chance(task):
    with tf.Graph().as_default(), tf.Session() as session:
        record = next(tf.io.tf_record_iterator(read_records.record_file(task)))
        image, label = augment_records.augmented(tf, tf.constant(record))
        parsed = tf.parse_single_example(record, read_records.features(tf))
        pixels = tf.reshape(tf.decode_raw(parsed["image"], tf.uint8), [32, 32, 3])
        plain = session.run(pixels) / 255
        seen = set()
        for _ in range(20):
            changed, number = session.run([image, label])
            either = {}
            for way, turned in (("as it was", plain), ("flipped", plain[:, ::-1])):
                either[way] = (changed - turned).std()
            seen.add(min(either, key=either.get))
            assert min(either.values()) < 1e-6  # one brightness for all pixels
            assert number == 0
    assert seen == {"as it was", "flipped"}


def test_buckets_hold_sentences_of_nearly_one_length(task):
    edges = [0, *read_buckets.BOUNDARIES, read_buckets.LONGEST + 1]
    with tf.Graph().as_default(), tf.Session() as session:
        lengths, _ = tf.data.make_one_shot_iterator(read_buckets.dataset(tf, task)).get_next()
        found = [session.run(lengths) for _ in range(20)]
    buckets = [set(np.searchsorted(edges, one, "right").tolist()) for one in found]
    assert all(len(bucket) == 1 for bucket in buckets)
    assert len(set.union(*buckets)) > 3
    assert {len(one) for one in found} == {read_buckets.BATCH}
