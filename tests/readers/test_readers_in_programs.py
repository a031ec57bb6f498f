"""Whole programs: readers in a GraphBuilder, and in a process that switched TensorFlow 2 off."""

from __future__ import annotations

import pytest
from thread_counts import no_thread_is_left

from graphkit import readers
from graphkit._tf import tf
from graphkit.graph import GraphBuilder
from graphkit.records import encode_example

SWITCHED_OFF = """
import sys
from graphkit._tf import tf
tf.disable_v2_behavior()
from graphkit import readers
names = readers.match_filenames_once(sys.argv[1])
queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
line = readers.TextLineReader().read(queue)[1]
kept = readers.maybe_batch([line], tf.not_equal(line, "skip"), 2, allow_smaller_final_batch=True)
with tf.train.MonitoredSession() as session:
    while not session.should_stop():
        print(b" ".join(session.run(kept)).decode())
"""


@pytest.fixture
def run_switched_off(warm, tmp_path):
    def run(pattern):
        (tmp_path / "program.py").write_text(SWITCHED_OFF)
        return warm.run(tmp_path / "program.py", pattern, folder=tmp_path)

    return run


def test_program_without_tensorflow_2_behavior_runs(tmp_path, run_switched_off):
    (tmp_path / "a.txt").write_text("one\nskip\ntwo\nthree\n")
    done = run_switched_off(str(tmp_path / "*.txt"))
    assert done.stdout.splitlines() == ["one two", "three"], done.stderr
    assert "input_producer (from" not in done.stderr and "QueueRunner.__init__" not in done.stderr


def test_program_without_tensorflow_2_behavior_names_what_is_missing(tmp_path, run_switched_off):
    done = run_switched_off(str(tmp_path / "*.txt"))
    assert done.returncode == 1
    assert "MissingFileError" in done.stderr and "*.txt: no file matches" in done.stderr


@pytest.fixture
def digits(tmp_path):
    path = tmp_path / "digits.tfrecord"
    with tf.python_io.TFRecordWriter(str(path)) as writer:
        for number in range(8):
            writer.write(encode_example({"pixels": bytes([number] * 4), "label": number}))
    return str(path)


def test_classic_pipeline_in_a_builder_feeds_a_layer(digits):
    features = {
        "pixels": tf.FixedLenFeature([], tf.string),
        "label": tf.FixedLenFeature([], tf.int64),
    }
    with GraphBuilder(seed=3) as builder:
        queue = readers.string_input_producer([digits], num_epochs=1)
        _, record = readers.TFRecordReader().read(queue)
        batch = readers.shuffle_batch([record], 4, capacity=20, min_after_dequeue=4)
        parsed = tf.parse_example(batch, features)
        pixels = tf.reshape(tf.decode_raw(parsed["pixels"], tf.uint8), [-1, 4])
        sums = tf.reduce_sum(tf.cast(pixels, tf.int64), axis=1)
    seen = []
    with (
        no_thread_is_left(),
        builder.graph.as_default(),
        tf.train.SingularMonitoredSession() as session,
    ):
        while not session.should_stop():
            seen += list(zip(*session.run([parsed["label"], sums]), strict=True))
    assert sorted(seen) == [(number, 4 * number) for number in range(8)]


def test_two_builders_read_the_same_file_side_by_side(digits):
    label = {"label": tf.FixedLenFeature([], tf.int64)}
    batches = []
    for _ in range(2):
        with GraphBuilder() as builder:
            batches.append(
                readers.record_batch(digits, label, batch_size=8, num_epochs=1, shuffle=False)
            )
        assert len(builder.graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)) == 2
    for batch in batches:
        with batch["label"].graph.as_default(), tf.train.MonitoredSession() as session:
            assert session.run(batch["label"]).tolist() == list(range(8))
