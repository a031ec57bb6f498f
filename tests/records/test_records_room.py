"""The room's door: what it offers, and that opening it is cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest

from graphkit import records


def modules_after(code):
    code += "; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("name", records.__all__)
def test_every_name_loads(name):
    assert getattr(records, name) is not None


def test_opening_the_door_loads_nothing_heavy():
    assert not {"numpy", "cv2", "google.protobuf"} & modules_after("import graphkit.records")


@pytest.mark.parametrize("name", ["iterate_records", "describe_records", "decode_example"])
def test_looking_at_records_needs_no_images(name):
    loaded = modules_after(f"from graphkit.records import {name}")
    assert not {"cv2", "tensorflow"} & loaded


def test_nothing_here_loads_tensorflow():
    code = "import graphkit.records as r; [getattr(r, name) for name in r.__all__]"
    assert not {"tensorflow", "tf_keras"} & modules_after(code)
