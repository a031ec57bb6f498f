"""Three files of examples for every test of the room."""

from __future__ import annotations

import pytest
from record_files import example, write_examples


@pytest.fixture
def shards(tmp_path):
    """Ten records in three files; the second is empty."""
    for index, numbers in enumerate([range(6), [], range(6, 10)]):
        write_examples(tmp_path / f"part-{index}.tfrecord", map(example, numbers))
    return tmp_path


@pytest.fixture
def pattern(shards):
    return str(shards / "part-*.tfrecord")
