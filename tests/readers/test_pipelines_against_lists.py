"""Pipelines put together by chance deliver what the same steps on Python lists give."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest
from engine_pipelines import ENGINES, delivered, plain

from graphkit import readers
from graphkit._tf import tf

# Queues, orders and ends: the same however a graph is rewritten.
pytestmark = pytest.mark.usefixtures("graphs_as_written")

PIPELINES = range(24)


@dataclass
class Pipeline:
    """A pipeline of one number per example, and what it is worth as a list.

    Attributes:
        number: The example (int32, `[]`).
        values: All its values in order.
        told: How it was made, for a test that fails.
    """

    number: Any
    values: list[int]
    told: list[str]

    def then(self, number, values, told):
        return Pipeline(number, values, [*self.told, told])


def _range(chance, folder):
    limit, epochs = chance.randint(1, 12), chance.randint(1, 3)
    queue = readers.range_input_producer(limit, num_epochs=epochs, shuffle=False)
    return Pipeline(queue.dequeue(), [*range(limit)] * epochs, [f"range({limit}) * {epochs}"])


def _slices(chance, folder):
    rows, epochs = (
        [chance.randint(-9, 9) for _ in range(chance.randint(1, 9))],
        chance.randint(1, 3),
    )
    number, _ = readers.slice_input_producer(
        [rows, ["x"] * len(rows)], num_epochs=epochs, shuffle=False
    )
    return Pipeline(number, rows * epochs, [f"slices of {rows} * {epochs}"])


def _lines(chance, folder):
    header, epochs = chance.randint(0, 2), chance.randint(1, 2)
    names, values = [], []
    for place in range(chance.randint(1, 3)):
        numbers = [chance.randint(0, 99) for _ in range(chance.randint(0, 6))]
        path = folder / f"{place}.txt"
        path.write_text("".join(f"{number}\n" for number in [*[0] * header, *numbers]))
        names.append(str(path))
        values += numbers
    queue = readers.string_input_producer(names, num_epochs=epochs, shuffle=False)
    _, line = readers.TextLineReader(skip_header_lines=header).read(queue)
    number = tf.string_to_number(line, tf.int32)
    return Pipeline(number, values * epochs, [f"lines {values} behind {header} * {epochs}"])


def _bytes(chance, folder):
    length, epochs = chance.randint(1, 3), chance.randint(1, 2)
    numbers = [chance.randint(0, 99) for _ in range(chance.randint(1, 8))]
    path = folder / "fixed.bin"
    path.write_bytes(b"HH" + b"".join(bytes([n] * length) for n in numbers) + b"F")
    queue = readers.string_input_producer([str(path)], num_epochs=epochs, shuffle=False)
    _, record = readers.FixedLengthRecordReader(length, 2, 1).read(queue)
    number = tf.cast(tf.decode_raw(record, tf.uint8)[0], tf.int32)
    return Pipeline(number, numbers * epochs, [f"records of {length} bytes {numbers} * {epochs}"])


def _added(pipeline, by):
    return pipeline.then(pipeline.number + by, [n + by for n in pipeline.values], f"+ {by}")


def _doubled_when_even(pipeline, by):
    number = pipeline.number
    found = tf.cond(tf.equal(number % 2, 0), lambda: number * 2, lambda: number - by)
    values = [n * 2 if n % 2 == 0 else n - by for n in pipeline.values]
    return pipeline.then(found, values, f"* 2 if even, else - {by}")


def _clipped(pipeline, by):
    values = [min(max(n, -by), by) for n in pipeline.values]
    return pipeline.then(tf.clip_by_value(pipeline.number, -by, by), values, f"within {by}")


def _summed(pipeline, by):
    values = [sum(range(abs(n) % 5)) + by for n in pipeline.values]
    total = tf.reduce_sum(tf.range(tf.abs(pipeline.number) % 5)) + by
    return pipeline.then(total, values, f"sum to mod 5, + {by}")


SOURCES = (_range, _slices, _lines, _bytes)
STEPS = (_added, _doubled_when_even, _clipped, _summed)


def _cut(values, size, smaller):
    whole = [values[at : at + size] for at in range(0, len(values), size)]
    return whole if smaller else [batch for batch in whole if len(batch) == size]


def _batch(chance, pipeline):
    """A batcher of any kind that keeps the order, and its batches as lists."""
    size, smaller = chance.randint(1, 5), chance.random() < 0.5
    kind = chance.choice(["batch", "many", "kept", "many kept", "padded"])
    given = {"batch_size": size, "allow_smaller_final_batch": smaller}
    pipeline.told.append(f"{kind} of {size}, {'smaller' if smaller else 'whole'} at the end")
    number, values = pipeline.number, pipeline.values
    if kind == "batch":
        return readers.batch([number], **given), _cut(values, size, smaller)
    if kind == "padded":
        row = tf.fill([tf.abs(number) % 3], number)
        batches = _cut([[n] * (abs(n) % 3) for n in values], size, smaller)
        wide = [max(map(len, batch)) for batch in batches]
        padded = [
            [row + [0] * (width - len(row)) for row in batch]
            for width, batch in zip(wide, batches, strict=True)
        ]
        return readers.batch([row], dynamic_pad=True, **given), padded
    keep = number % 3 > 0
    if kind == "kept":
        kept = [n for n in values if n % 3 > 0]
        return readers.maybe_batch([number], keep, **given), _cut(kept, size, smaller)
    pairs = tf.stack([number, -number])
    if kind == "many":
        rows = [row for n in values for row in (n, -n)]
        return readers.batch([pairs], enqueue_many=True, **given), _cut(rows, size, smaller)
    rows = [row for n in values for row in (n, -n) if row > 0]
    made = readers.maybe_batch([pairs], pairs > 0, enqueue_many=True, **given)
    return made, _cut(rows, size, smaller)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("number", PIPELINES)
def test_a_pipeline_gives_what_its_steps_give_on_lists(graph, tmp_path, number, engine):
    chance = random.Random(number)
    pipeline = SOURCES[number % len(SOURCES)](chance, tmp_path)
    for _ in range(chance.randint(0, 3)):
        pipeline = chance.choice(STEPS)(pipeline, chance.randint(1, 7))
    with readers.engine(engine):
        batch, expected = _batch(chance, pipeline)
    assert [plain(one) for one in delivered(batch)] == expected, "; ".join(pipeline.told)
