"""Looks for what grows with time: `python -m benchmarks.steadiness [MEASURE ...]`.

Each measure is taken in a process of its own, with TensorFlow loaded:

- `epochs`: the memory in use after each epoch of a shuffled pipeline of records;
- `sessions`: the threads left after sessions were opened, trained in for a batch, and closed;
- `images`: the most memory in use while files of one image each are read once.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import numpy as np

import graphkit as gk
from graphkit import readers, tf

__all__ = ["main", "memory_after_epochs", "memory_of_images", "threads_left"]

_MB = 2**20
_GROWTH, _PEAK = 60 * _MB, 1200 * _MB
_WARM = 5  # epochs, or sessions, until the pools of threads and memory are as large as they get
_ENDING, _WAIT = 5.0, 0.05  # seconds


def main(arguments: list[str] | None = None) -> int:
    """Takes the measures that were asked for and prints them.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0 if nothing grew; 1 otherwise.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.steadiness", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help="which; all by default")
    parser.add_argument("--quick", action="store_true", help="a trial with little data")
    words = parser.parse_args(arguments)
    unknown = [name for name in words.measures if name not in _MEASURES]
    if unknown:
        parser.error(f"no measure {unknown[0]!r}; there are {', '.join(_MEASURES)}")
    if not Path("/proc/self/status").exists():
        parser.error("this needs Linux, which tells a process its memory and threads")
    codes = [_in_a_child(_MEASURES[name], words.quick) for name in words.measures or _MEASURES]
    return max(codes)


def _in_a_child(measure: Callable[[bool], bool], quick: bool) -> int:
    """Takes a measure in a process that nothing was done in before; 0 if it is good."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if measure(quick) else 1
        finally:
            sys.stdout.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _epochs(quick: bool) -> bool:
    good = True
    for engine in ("queues", "tf.data"):
        used = memory_after_epochs(engine, epochs=10, records=500 if quick else 5_000)
        growth = used[-1] - used[_WARM]
        print(f"epochs, {engine}: {_megabytes(used)} MB; {growth / _MB:+.0f} MB in the last half")
        good &= growth < _GROWTH
    return good


def _sessions(quick: bool) -> bool:
    good = True
    count = 50 if quick else 1_000
    for engine in ("queues", "tf.data"):
        left = threads_left(engine, count)
        print(f"sessions, {engine}: {left} threads left by {count} sessions")
        good &= left <= 0
    return good


def _images(quick: bool) -> bool:
    good = True
    for engine in ("queues", "tf.data"):
        peak = memory_of_images(engine, 500 if quick else 40_000)
        print(f"images, {engine}: {peak / _MB:.0f} MB at most")
        good &= peak < _PEAK
    return good


_MEASURES = {"epochs": _epochs, "sessions": _sessions, "images": _images}


def memory_after_epochs(engine: str, *, epochs: int, records: int) -> list[int]:
    """The memory in use (bytes) after each pass over records of 3 KB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records.tfrecord")
        with gk.records.RecordWriter(path) as writer:
            for number in range(records):
                writer.write(gk.records.encode_example({"image": bytes(3072), "label": number}))
        with gk.GraphBuilder() as g, readers.engine(engine):
            queue = readers.string_input_producer([str(path)], num_epochs=epochs)
            features = {"image": tf.FixedLenFeature([], tf.string)}
            example = tf.parse_single_example(readers.TFRecordReader().read(queue)[1], features)
            pixels = tf.reshape(tf.decode_raw(example["image"], tf.uint8), [32, 32, 3])
            batch = readers.shuffle_batch([pixels], records // 10, records, records // 2)
        used = []
        with gk.SessionRunner(g) as runner:
            for _ in range(epochs):
                for _ in range(10):
                    runner.run(batch)
                used.append(_status("VmRSS") * 1024)
    return used


def threads_left(engine: str, sessions: int) -> int:
    """How many threads more there are after sessions were opened and closed."""
    for _ in range(_WARM):
        _train_a_little(engine)
    before = _status("Threads")
    for _ in range(sessions):
        _train_a_little(engine)
    deadline = monotonic() + _ENDING
    while (left := _status("Threads") - before) > 0 and monotonic() < deadline:
        sleep(_WAIT)  # a thread that was joined may not have ended yet for Linux
    return left


def _train_a_little(engine: str) -> None:
    with tf.Graph().as_default(), readers.engine(engine):
        batch = readers.batch([readers.range_input_producer(20).dequeue()], 4)
        with tf.train.MonitoredSession() as session:
            session.run(batch)


def memory_of_images(engine: str, files: int) -> int:
    """The most memory (bytes) in use while images of 256x256 are read, resized and batched."""
    with tempfile.TemporaryDirectory() as folder:
        names = list(_image_files(Path(folder), files))
        with gk.GraphBuilder() as g, readers.engine(engine):
            queue = readers.string_input_producer(names, num_epochs=1, shuffle=False)
            content = readers.WholeFileReader().read(queue)[1]
            image = tf.image.resize_images(tf.image.decode_jpeg(content, channels=3), [224, 224])
            batch = readers.batch([image], 32, num_threads=2)
        with gk.SessionRunner(g) as runner:
            try:
                while True:
                    runner.run(batch.op)
            except tf.errors.OutOfRangeError:
                pass
    return _status("VmHWM") * 1024


def _image_files(folder: Path, count: int) -> Iterator[str]:
    """Writes as many images, each a name of one of a few files; yields the names."""
    chance = np.random.default_rng(0)
    with tf.Graph().as_default(), tf.Session() as session:
        pixels = tf.placeholder(tf.uint8)
        encoded = tf.image.encode_jpeg(pixels)
        for number in range(10):
            image = chance.integers(0, 256, (256, 256, 3), np.uint8)
            (folder / f"{number}.jpg").write_bytes(session.run(encoded, {pixels: image}))
    for number in range(count):
        name = folder / f"image-{number}.jpg"
        name.hardlink_to(folder / f"{number % 10}.jpg")
        yield str(name)


def _status(entry: str) -> int:
    """What Linux says of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{entry}:"):
            return int(line.split()[1])
    raise LookupError(entry)


def _megabytes(sizes: list[int]) -> str:
    return " ".join(f"{size / _MB:.0f}" for size in sizes)


if __name__ == "__main__":
    sys.exit(main())
