"""What TensorFlow 1.15.5 delivered for the recorded pipelines, and how deliveries are compared."""

from __future__ import annotations

import json
from pathlib import Path

import reader_cases
import record_readers

GOLDEN = json.loads(Path(reader_cases.__file__).with_name("readers.json").read_text())
CASES = record_readers.cases()
REFUSALS = reader_cases.refusals()


def rows(batches):
    """Everything delivered, sorted; a row has a value of each tensor."""
    assert batches[-1] == "end"
    return sorted(repr(row) for batch in batches[:-1] for row in zip(*batch, strict=True))


def sizes(batches):
    """The length of each tensor of each batch."""
    return [[len(value) for value in batch] for batch in batches[:-1]]


def assert_same_delivery(batches, wanted, order):
    """Compares what came as far as the order of a case lets it: "exact", "any" or "some"."""
    if order == "exact":
        assert batches == wanted
        return
    assert sizes(batches) == sizes(wanted)
    if order == "any":
        assert rows(batches) == rows(wanted)
    else:
        assert len(set(rows(batches))) == len(rows(batches)) == len(rows(wanted))
