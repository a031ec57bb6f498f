"""The records of the benchmarks are the same on every engine."""

from __future__ import annotations

import pytest

from benchmarks.workloads import augment_records, read_records
from benchmarks.workloads._side import Task
from graphkit._tf import tf


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    task = Task(str(tmp_path_factory.mktemp("records")), work=256, threads=2)
    read_records.prepare(task)
    return task


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    monkeypatch.setattr(read_records, "WARM_UP", 1)


@pytest.mark.parametrize("module", [read_records, augment_records])
def test_every_side_does_the_same_work(module, task):
    sides = [
        module.plain(task),
        module.same_calls(task, "queues"),
        module.same_calls(task, "tf.data"),
        module.by_hand(task),
    ]
    assert [side.done for side in sides] == [256] * 4
    assert [side.facts for side in sides] == [
        {"pixels": 256 * 32 * 32 * 3, "labels": list(range(10))}
    ] * 4


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
