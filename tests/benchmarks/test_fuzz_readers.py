"""Every reader of strangers' bytes on damaged files: told or refused, in little memory.

A few cases of `python -m benchmarks.fuzz`, always the same; the search itself takes hours.
"""

from __future__ import annotations

import pytest

from benchmarks._fuzz._attempt import attempt
from benchmarks._fuzz._cases import make_case, sound
from benchmarks._fuzz._readers import READERS, chosen
from graphkit.errors import UnknownNameError

# A case of these takes longer: a process, or every picture of a graph.
FEW = {"hdf5": 1, "keras": 1, "graph": 8, "meta-graph": 8, "saved-model": 8}
LIGHT = [reader for reader in READERS if not reader.tensorflow]
MOST_MEMORY = 128 * 2**10


@pytest.mark.parametrize("reader", LIGHT, ids=lambda reader: reader.name)
def test_damaged_files_are_read_or_refused(reader, tmp_path):
    samples = len(sound(reader))
    last = samples + FEW.get(reader.name, 20)
    for number in range(samples - 1, last):
        found = attempt(reader, 0, number, tmp_path / "case")
        assert found.ended in ("accepted", "refused"), found.why
        assert found.peak < MOST_MEMORY
        assert found.ended == "accepted" or number >= samples, found.why


@pytest.mark.parametrize("reader", LIGHT, ids=lambda reader: reader.name)
def test_a_case_is_the_same_each_time_and_damaged(reader):
    numbers = range(len(sound(reader)), len(sound(reader)) + 5)
    made = [make_case(reader, 1, number) for number in numbers]
    assert made == [make_case(reader, 1, number) for number in numbers]
    assert any(case not in sound(reader) for case in made)
    assert made != [make_case(reader, 2, number) for number in numbers]


def test_readers_are_chosen_by_name():
    assert [reader.name for reader in chosen(["onnx", "graph"])] == ["onnx", "graph"]
    assert chosen([]) == list(READERS)
    with pytest.raises(UnknownNameError, match="labels"):
        chosen(["labelz"])
