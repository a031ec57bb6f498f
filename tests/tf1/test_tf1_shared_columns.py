"""Shared embedding columns are those of 1.15.5 (tests/golden/shared_columns.json)."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from graphkit import tf1
from graphkit._tf import tf

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = json.loads((GOLDEN / "shared_columns.json").read_text())
_SPEC = importlib.util.spec_from_file_location("cases", GOLDEN / "record_shared_columns.py")
RECORDER = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(RECORDER)

layers = tf1.contrib.layers


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_shared_columns_are_those_of_before(graph, name):
    assert RECORDER.case(tf1, RECORDER.CASES[name]) == RECORDED[name]


def test_one_column_is_an_ordinary_one(graph):
    words = layers.sparse_column_with_hash_bucket("w", 5)
    start = tf.zeros_initializer()
    settings = {"combiner": "sqrtn", "initializer": start, "max_norm": 2.0, "trainable": False}
    shared = layers.shared_embedding_columns([words], 3, **settings)
    assert shared == [layers.embedding_column(words, 3, **settings)]


@pytest.mark.parametrize(
    "use",
    [
        lambda columns: layers.weighted_sum_from_feature_columns({}, columns, 1),
        lambda columns: layers.input_from_feature_columns({}, columns),
        lambda columns: layers.parse_feature_columns_from_examples(["x"], columns),
    ],
)
def test_columns_that_are_one_are_refused_wherever_they_are_used(graph, use):
    number = layers.real_valued_column("n")
    with pytest.raises(ValueError, match="Duplicate feature column key found for column: n"):
        use([number, layers.real_valued_column("n")])
