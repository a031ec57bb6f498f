"""Device strings are checked where they are written."""

from __future__ import annotations

import re

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import GraphBuilder


@pytest.mark.parametrize(
    ("device", "asked"),
    [
        ("/cpu:0", "/device:CPU:0"),
        ("gpu:1", "/device:GPU:1"),
        ("/device:GPU:0", "/device:GPU:0"),
        ("/job:worker/task:1/cpu:0", "/job:worker/task:1/device:CPU:0"),
        ("", ""),
        (None, ""),
        (lambda op: "/device:CPU:3", "/device:CPU:3"),
        (tf.DeviceSpec(device_type="GPU", device_index=2), "/device:GPU:2"),
    ],
)
def test_device_is_asked_for(device, asked):
    g = GraphBuilder()
    with g.device(device):
        assert g.constant(1).device == asked


@pytest.mark.parametrize("device", ["gpu1", "/gup:0", "/cpu:x", "/job", "/cpu:0/gpu:0", "/cpu:-1"])
def test_malformed_device_is_refused_with_examples(device):
    g = GraphBuilder()
    message = rf'device: device must be a device such as "/cpu:0".*got {re.escape(repr(device))}'
    with pytest.raises(ArgumentError, match=message), g.device(device):
        pass


def test_device_must_be_a_string():
    g = GraphBuilder()
    with pytest.raises(ArgumentTypeError, match=r"device: device must be .*got 0"), g.device(0):
        pass
