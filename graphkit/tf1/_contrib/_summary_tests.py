"""contrib.testing: what summaries a program wrote."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from graphkit._tf import tf

__all__ = [
    "assert_summary",
    "latest_event_file",
    "latest_events",
    "latest_summaries",
    "simple_values_from_events",
    "to_summary_proto",
]


def assert_summary(
    expected_tags: Iterable[str], expected_simple_values: Mapping[str, float], summary_proto: Any
) -> None:
    """Requires the tags of a summary and, to two places, some of its numbers.

    Args:
        expected_tags: All tags.
        expected_simple_values: Tag to number.
        summary_proto: The summary.

    Raises:
        ValueError: The tags are others.
        AssertionError: A number is another.
    """
    found = {value.tag: value.simple_value for value in summary_proto.value}
    for tag in found.keys() & expected_simple_values.keys():
        expected = expected_simple_values[tag]
        np.testing.assert_almost_equal(found[tag], expected, decimal=2, err_msg=tag)
    if set(expected_tags) != set(found):
        raise ValueError(f"Expected tags {set(expected_tags)}, got {set(found)}.")


def to_summary_proto(summary_str: bytes) -> Any:
    """Reads a summary.

    Args:
        summary_str: What a summary op returned.

    Returns:
        A `tf.Summary`.
    """
    return tf.Summary.FromString(summary_str)


def latest_event_file(base_dir: str) -> str | None:
    """Finds the last event file by name.

    Args:
        base_dir: The folder.

    Returns:
        Its path, or None.
    """
    paths = sorted(glob.glob(os.path.join(glob.escape(base_dir), "events.*")))
    return paths[-1] if paths else None


def latest_events(base_dir: str) -> list[Any]:
    """Reads the last event file.

    Args:
        base_dir: The folder.

    Returns:
        Its events; none without a file.
    """
    path = latest_event_file(base_dir)
    return list(tf.train.summary_iterator(path)) if path else []


def latest_summaries(base_dir: str) -> list[Any]:
    """Reads the summaries of the last event file.

    Args:
        base_dir: The folder.

    Returns:
        Events with a summary.
    """
    return [event for event in latest_events(base_dir) if event.HasField("summary")]


def simple_values_from_events(events: Iterable[Any], tags: Iterable[str]) -> dict[str, float]:
    """Finds the last number of each tag.

    Args:
        events: Events.
        tags: The tags.

    Returns:
        Tag to the number of its highest step; the first of several.

    Raises:
        ValueError: The summary of a tag is no number.
    """
    wanted = set(tags)
    found: dict[str, tuple[int, float]] = {}
    for event in events:
        for value in event.summary.value:
            if value.tag not in wanted:
                continue
            if not value.HasField("simple_value"):
                raise ValueError(f"Summary for {value.tag} is not a simple_value.")
            if value.tag not in found or event.step > found[value.tag][0]:
                found[value.tag] = (event.step, value.simple_value)
    return {tag: number for tag, (_, number) in found.items()}
