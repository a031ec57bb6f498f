"""`inspect_checkpoint` prints names, values and counts in the words it had in 1.15."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import graphkit.tf1 as tf


@pytest.fixture
def listed(capsys):
    module = importlib.import_module("graphkit.tf1.python.tools.inspect_checkpoint")

    def lines(*args, **kwargs):
        assert module.print_tensors_in_checkpoint_file(*args, **kwargs) is None
        return capsys.readouterr().out.splitlines()

    return lines


@pytest.fixture
def prefix(graph, session, tmp_path):
    tf.Variable(np.arange(6.0).reshape(2, 3), name="b/w")
    tf.Variable(7, name="a")
    session.run(tf.global_variables_initializer())
    return tf.train.Saver().save(session, str(tmp_path / "a name"), write_meta_graph=False)


def test_all_names_are_printed_in_order(prefix, listed):
    assert listed(prefix, "", all_tensors=False, all_tensor_names=True) == [
        "tensor_name:  a",
        "tensor_name:  b/w",
        "# Total number of params: 7",
    ]


def test_all_values_are_printed(prefix, listed):
    assert listed(prefix, "a", True) == [
        "tensor_name:  a",
        "7",
        "tensor_name:  b/w",
        "[[0. 1. 2.]",
        " [3. 4. 5.]]",
        "# Total number of params: 7",
    ]


def test_one_value_is_printed(prefix, listed):
    expected = ["tensor_name:  a", "7", "# Total number of params: 7"]
    assert listed(prefix, "a", False) == expected


def test_without_a_name_shapes_are_printed(prefix, listed):
    lines = listed(prefix, None, False)
    assert "b/w (DT_DOUBLE) [2,3]" in lines
    assert lines[-1] == "# Total number of params: 7"


def test_what_is_not_counted_is_told(prefix, listed):
    assert listed(prefix, "a", False, count_exclude_pattern="^b/")[-2:] == [
        "# Excluding 1 tensors (6 params) that match ^b/ when counting.",
        "# Total number of params: 1",
    ]


def test_a_name_that_is_not_there_is_printed_and_not_raised(prefix, listed):
    name, told = listed(prefix, "b/v", False)[:2]
    assert name == "tensor_name:  b/v"
    assert "b/v" in told


def test_a_missing_checkpoint_is_printed_and_not_raised(tmp_path, listed):
    told = " ".join(listed(str(tmp_path / "none"), "", True))
    assert "Failed to find any matching files" in told


def test_the_prefix_is_suggested_for_a_part_of_a_checkpoint(prefix, listed, tmp_path):
    part = tmp_path / "one.index"
    part.write_bytes(b"no table at all" * 8)
    assert listed(str(part), "", True)[-1].endswith(f"try {tmp_path / 'one'}")
